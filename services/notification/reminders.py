"""Reminders: which step of a node is due, whom it reaches, and on which day the next one is looked for.

A node is something that is owed by a day: a material, the meeting, a reading, an item. What must stay true: of a node
and a step one message, ever, however its day moves, until somebody's decision begins a new round; steps whose day has
passed do not come in a heap, only the latest of them, and none that is older than a week; what rests or is done is not
reminded of. Of steps that fall on one day each is told, the earlier to those whom no later one reaches. A part of an
item (a measure that a post owns, a milestone) that has another day or owner than the item is reminded of beside it, by
the same steps, its owner alone: all that stands for it is in the item's node, so whatever ends the item ends it.

A policy: {kind: [{days, unit: natural|working, to: [owner|leader|group|office]}]}. A node: {_id, kind,
place: campaign.unit, campaign, region, unit, group, post, link, share, said: {facet: [sequence, value]}, done, due_on,
sent: [marks], next_on: a day, `never`, or empty where it is to be planned anew}; facets: due, done, asking (since when
more time is asked for), owner (of an item: a post), parts (of an item: [{what, post, due_on}]), round, handed_in and
taken_back (versions). A place: {_id, region, group, meeting_on, posts: {post: role}, rules, said: {scheduled, asking,
round, cancelled}}.
"""

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from services.spine import contracts
from services.spine.workdays import Calendar

Node = dict[str, Any]
Place = Mapping[str, Any]
Message = dict[str, Any]
Step = Mapping[str, Any]
Steps = Mapping[str, Sequence[Step]]
NEVER = "never"
LATE_DAYS = 7
"""A step that was missed is still told so many days later, while its day may have been a holiday or the system down."""
PARTS = ("measure", "milestone")
OF_ITEMS = ("item", *PARTS)
OF_THEIR_OWN = (*OF_ITEMS, "acknowledgement", "second_round")
"""Kinds that do not hang on the meeting: whether it has another day, or is cancelled, is none of their business."""
READERS = ("reading", "comment")
"""Kinds that a group owes, not a unit."""
FRESH: Node = {"kind": "material", "post": None, "said": {}, "sent": []}
FRESH |= {"done": False, "due_on": None, "next_on": NEVER}
SHARES = 128
"""Nodes are read a share at a time: a store that reads all that fits a question holds no whole night at once."""


class Change(NamedTuple):
    """What was said of a facet of a node; `about` says what the node is, where that is known."""

    node: str
    facet: str
    sequence: int
    value: Any
    about: dict[str, Any]


class Policy(NamedTuple):
    """What a campaign says of reminders, and how many days before a meeting reading ends."""

    steps: Steps
    close_days_before: int = 0


class Standing(NamedTuple):
    """How a node stands: the day, whether anything is to be said of it, and in which round."""

    due_on: str | None
    done: bool
    rests: bool
    round: int


def default() -> Steps:
    """The steps of a campaign that says nothing of them."""
    steps: Steps = contracts.documents()["documents/terms"]["$defs"]["reminder_policy"]["default"]
    return steps


def apply(known: Node, change: Change) -> Node:
    """A node, or a place, with what was said of it; in whatever order and however often it is heard, it comes to the
    same."""
    if change.sequence <= known["said"].get(change.facet, [-1])[0]:
        return known
    said = {**known["said"], change.facet: [change.sequence, change.value]}
    return {**known, **change.about, "said": said}


def stand(node: Node, place: Place, policy: Policy) -> Standing:
    """How a node stands; nobody is late by waiting for an answer, what was late when it was asked stays reminded of.
    Nothing is to be done for a meeting that is cancelled."""
    said, of_place = node["said"], place.get("said", {})
    asked, begun = (said if node["kind"] in kinds else of_place for kinds in (OF_THEIR_OWN, (*OF_THEIR_OWN, "answer")))
    due_on, since = _due_on(node, place, policy), asked.get("asking", [0, None])[1]
    handed_in = said.get("handed_in", [0])[0] > said.get("taken_back", [0])[0]
    over = node["kind"] not in OF_THEIR_OWN and of_place.get("cancelled", [0, None])[1]
    done = bool(over or said.get("done", [0, handed_in])[1])
    return Standing(due_on, done, bool(since and due_on and due_on >= since), begun.get("round", [0])[0])


def _due_on(node: Node, place: Place, policy: Policy) -> str | None:
    """A reading's day is counted from the meeting; every other was said."""
    if node["kind"] != "reading":
        due_on: str | None = node["said"].get("due", [0, None])[1]
        return due_on
    meeting_on = place.get("meeting_on")
    if not meeting_on:
        return None
    return (date.fromisoformat(meeting_on) - timedelta(days=policy.close_days_before)).isoformat()


def plan(node: Node, place: Place, policy: Policy, calendar: Calendar, today: str) -> Node:
    """The node with the day on which it is looked at next."""
    stands = stand(node, place, policy)
    next_on = min(_next_on(one, place, policy, calendar, today) for one in each(node))
    return {**node, "done": stands.done, "due_on": stands.due_on, "next_on": next_on, "share": share(node["_id"])}


def _next_on(node: Node, place: Place, policy: Policy, calendar: Calendar, today: str) -> str:
    stands = stand(node, place, policy)
    steps = _dated(node, stands, policy, calendar)
    if due(node, place, policy, calendar, today):
        return max(day for day, _ in steps if day <= today)
    ahead = [day for day, step in steps if day > today and mark(stands.round, step, node) not in node["sent"]]
    return min(ahead, default=NEVER)


def each(node: Node) -> list[Node]:
    """A node and, as nodes beside it, the parts of an item that have another day or another owner than it; a part's day
    is told of once, in whatever round its item is."""
    said, own = node["said"], [node["said"].get(facet, [0, None])[1] for facet in ("owner", "due")]
    parts = [
        {
            **node,
            "kind": one["what"],
            "part": f"{one['what']}.{one['post'] or ''}.{one['due_on']}",
            "said": {**said, "owner": [0, one["post"] or own[0]], "due": [0, one["due_on"]], "round": [0, None]},
        }
        for one in said.get("parts", [0, ()])[1]
        if [one["post"] or own[0], one["due_on"]] != own
    ]
    return [node, *parts]


def matter(node: Node) -> str:
    """What its messages are about: a node, or a part of one."""
    return f"{node['_id']}{_at(node)}"


def _at(node: Node) -> str:
    return f"@{node['part']}" if "part" in node else ""


def over(before: Node, after: Node) -> set[str]:
    """The matters of a node of which what was told holds no more: they are done, or have another day."""
    moved = {after["_id"]} if before["due_on"] and before["due_on"] != after["due_on"] else set()
    return moved | (standing(before) - standing(after))


def standing(node: Node) -> set[str]:
    """The matters of a node that are to be done."""
    return set() if node["done"] else {matter(one) for one in each(node)}


def share(key: str) -> int:
    """The share a node is in, whatever becomes of it."""
    return zlib.crc32(key.encode()) % SHARES


def due(node: Node, place: Place, policy: Policy, calendar: Calendar, today: str) -> list[Step]:
    """The steps to be told today: those of the latest day that has come, unless they were told or are too old."""
    stands = stand(node, place, policy)
    passed = [(day, step) for day, step in _dated(node, stands, policy, calendar) if day <= today]
    latest = passed[-1][0] if passed else ""
    if not latest or (date.fromisoformat(today) - date.fromisoformat(latest)).days > LATE_DAYS:
        return []
    found, reached = list[Step](), set[str]()
    for step in (step for day, step in reversed(passed) if day == latest):
        sides = {name: _sides(node, place, name) for name in step["to"]}
        to = [name for name in step["to"] if not reached.issuperset(sides[name])]
        reached.update(*sides.values())
        if to and mark(stands.round, step, node) not in node["sent"]:
            found.insert(0, {**step, "to": to})
    return found


def _dated(node: Node, stands: Standing, policy: Policy, calendar: Calendar) -> list[tuple[str, Step]]:
    """The steps of a node by their days; none where nothing is to be said of it."""
    if stands.done or stands.rests or not stands.due_on:
        return []
    start = date.fromisoformat(stands.due_on)
    dated = [(calendar.shift(start, step["days"], step["unit"]).isoformat(), step) for step in _steps(node, policy)]
    return sorted(dated, key=lambda one: (one[0], one[1]["days"], one[1]["unit"]))


def _steps(node: Node, policy: Policy) -> Sequence[Step]:
    """The steps of a node; of a part its item's for the owner, none behind a milestone: of that the ledger tells."""
    if node["kind"] not in PARTS:
        return policy.steps.get(node["kind"], ())
    owners = [{**step, "to": ["owner"]} for step in policy.steps.get("item", ()) if "owner" in step["to"]]
    return [step for step in owners if node["kind"] == "measure" or step["days"] <= 0]


def marks(node: Node, place: Place, policy: Policy, steps: Sequence[Step]) -> list[str]:
    """What is noted down of steps that have been told."""
    round_ = stand(node, place, policy).round
    return [mark(round_, step, node) for step in steps]


def mark(round_: int, step: Step, node: Node = FRESH) -> str:
    """What a step of a round is remembered by: `0:-3`, `0:+1w` (working days), `0:-3@measure.02.2026-03-10`."""
    return f"{round_}:{step['days']:+d}{'w' if step['unit'] == 'working' else ''}{_at(node)}"


def came_late(node: Node, place: Place, policy: Policy) -> bool:
    """Whether a node was there only when the first steps behind its day had passed: whom they reach heard nothing, for
    of the latest alone is told."""
    stands = stand(node, place, policy)
    if stands.done or stands.rests or not policy.steps.get(node["kind"]):
        return False
    told_ = [one.rstrip("w").split(":") for one in node["sent"] if "@" not in one]
    return not any(int(round_) == stands.round and int(days) <= 1 for round_, days in told_)


def write(node: Node, place: Place, policy: Policy, step: Step, today: str, at: str) -> Message:
    """The message of a step, addressed to who holds the line now: another group, another post's holder get it."""
    stands = stand(node, place, policy)
    key = f"reminder:{node['_id']}:{mark(stands.round, step, node)}"
    sides = [side for name in step["to"] for side in _sides(node, place, name)]
    higher, due_on = set(step["to"]) - {"owner"}, stands.due_on or ""
    when = "before" if today < due_on else "on" if today == due_on else "after"
    return {
        "_id": key,
        "message_id": key,
        "event": f"reminder_{node['kind']}",
        "campaign": node["campaign"],
        "region": place.get("region", node["region"]),
        "unit": node["unit"],
        "group": place.get("group", node["group"]),
        "post": _post(node, place),
        "sides": list(dict.fromkeys(sides)),
        "params": {"due_on": due_on, "days": step["days"], "when": when},
        "link": node["link"],
        "at": at,
        "read_by": [],
        "matter": matter(node),
        "sequence": 0,
        "settled_at": None,
        "account": None,
        "class": "urgent" if step["days"] == 0 or (step["days"] > 0 and higher) else "normal",
    }


def _sides(node: Node, place: Place, to: str) -> tuple[str, ...]:
    """Who stands at a place of the line of a node."""
    if node["kind"] in READERS:
        return {"owner": ("group",), "leader": ("group_leader",), "group": ("group",), "office": ("office",)}[to]
    return _owner(node, place) if to == "owner" else ("secretary",) if to == "leader" else (to,)


def _owner(node: Node, place: Place) -> tuple[str, ...]:
    """Whoever holds the post; the liaison for what is the team's, and of an item whoever holds the post that owns it,
    too, or where none does the members, who put it right; a measure's post alone while the team has it."""
    if node["kind"] == "acknowledgement":
        return ("secretary",)
    if node["kind"] in OF_ITEMS:
        post = _post(node, place)
        holder = str(place.get("posts", {}).get(post, "member"))
        return (holder,) if post and node["kind"] == "measure" else ("liaison", holder)
    if node["post"] in (None, "team"):
        return ("liaison",)
    return (str(place.get("posts", {}).get(node["post"], "member")),)


def _post(node: Node, place: Place) -> str | None:
    """The post a node is about; that which owns an item or a part only while the team has it."""
    post: str | None = node["said"].get("owner", [0, node["post"]])[1]
    return post if node["kind"] not in OF_ITEMS or post in place.get("posts", {}) else None
