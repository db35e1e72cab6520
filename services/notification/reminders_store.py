"""Nodes, places and policies as they are kept, and what a run of reminders reads: only what has its day.

What must stay true: whoever was overtaken reads and decides once more; a message of one meaning is there once, so that
whoever is killed between writing it and noting it down tells nothing twice. `policies`: {_id: campaign, reminders,
close_days_before}; `calendars` as an office loaded them.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pymongo.collection import Collection

from services.notification import domain, nodes, reminders
from services.notification.nodes import Told
from services.notification.reminders import Change, Message, Node
from services.spine import errors, events, mongo, portions, workdays

Db = mongo.Db
Kept = Collection[mongo.Document]
AT_ONCE = 500
SHARES = [None, *range(reminders.SHARES)]
UNPLANNED = ""
"""Before every day: a node that is planned anew as soon as a run sees it."""


def prepare(db: Db) -> None:
    """Indexes: what has its day, whose nodes, and what is open in a campaign."""
    db.nodes.create_index([("share", 1), ("next_on", 1)])
    db.nodes.create_index("place")
    db.nodes.create_index([("done", 1), ("campaign", 1)])


def remember_policy(db: Db, event: events.Event) -> None:
    """A campaign's reminders; what is open in it is planned anew."""
    said = event["data"]
    kept = {
        "reminders": said.get("reminders"),
        "close_days_before": said.get("reading", {}).get("close_days_before", 0),
    }
    mongo.remember(db.policies, event["campaign"], kept, event["sequence"])
    _plan_anew(db, {"campaign": event["campaign"]})


def remember_calendar(db: Db, event: events.Event) -> None:
    """The days an office loaded, of the newest version that was said; what is open is planned anew."""
    mongo.remember(db.calendars, "standing", {"days": event["data"]["days"]}, event["data"]["version"])
    _plan_anew(db, {})


def _plan_anew(db: Db, wanted: dict[str, Any]) -> None:
    """A few at a time, for one word about all nodes of a province would outlast the store's patience."""
    found = (node["_id"] for node in db.nodes.find({"done": False, **wanted}, {"_id": 1}))
    for keys in portions.few(found):
        anew = {"$set": {"next_on": UNPLANNED}, "$inc": {"revision": 1}}
        db.nodes.update_many({"_id": {"$in": keys}, "done": False}, anew)


def hear(db: Db, told: Sequence[Told], today: str, at: str) -> None:
    """Take over what was said of places and of nodes; raises Stale when somebody else was faster.

    What was told is settled before the node says so: whoever is killed in between does both once more.
    """
    _take_over(db.places, [change for one in told for change in nodes.of_place(one)], {}, at)
    whole = list(dict.fromkeys(one.place for one in told if nodes.of_place(one)))
    known = {node["_id"]: node for node in _of_places(db, whole)}
    said = [change for one in told for change in nodes.changes(one)]
    said += [change for one in told for change in nodes.dropped(one, known.values())]
    known |= _kept(db.nodes, [one.node for one in said if one.node not in known])
    after = _applied(known, said, reminders.FRESH)
    ground = Ground(db, after.values())
    planned = {key: ground.plan(node, today) for key, node in after.items()}
    before = {key: known.get(key) or {"_id": key, **reminders.FRESH} for key in planned}
    settle(db, sorted(set().union(*(reminders.over(before[key], node) for key, node in planned.items()))), at)
    if _write(db.nodes, known, planned, at) or ground.has_moved():
        raise errors.Stale


class Ground:
    """What nodes stand on while they are planned: their places, their campaigns' policies, the working days."""

    def __init__(self, db: Db, found: Iterable[Node]) -> None:
        self.db, under = db, {(node["place"], node["campaign"]) for node in found}
        self.keys = sorted({place for place, _ in under})
        self.places = _kept(db.places, self.keys)
        self.policies = _kept(db.policies, sorted({campaign for _, campaign in under}))
        standing = db.calendars.find_one({"_id": "standing"})
        self.calendar = workdays.Calendar(standing["days"]) if standing else workdays.PUBLISHED

    def plan(self, node: Node, today: str) -> Node:
        """The node with the day on which it is looked at next."""
        return reminders.plan(node, *self._under(node), self.calendar, today)

    def look(self, node: Node, today: str, at: str) -> tuple[Node, list[Message]]:
        """What is to be told of a node today, and the node when it has been told."""
        under, marks, written = self._under(node), list[str](), list[Message]()
        for one in reminders.each(node):
            steps = reminders.due(one, *under, self.calendar, today)
            marks += reminders.marks(one, *under, steps)
            written += [reminders.write(one, *under, step, today, at) for step in steps]
        return self.plan({**node, "sent": [*node["sent"], *marks]}, today), written

    def came_late(self, node: Node) -> bool:
        """Whether a node was there only when the first steps behind its day had passed."""
        return reminders.came_late(node, *self._under(node))

    def has_moved(self) -> bool:
        """Whether a place is no longer as it was read."""
        return _kept(self.db.places, self.keys) != self.places

    def _under(self, node: Node) -> tuple[reminders.Place, reminders.Policy]:
        place, own = self.places.get(node["place"], {}), self.policies.get(node["campaign"], {})
        steps = place.get("rules") or own.get("reminders")
        policy = reminders.Policy(reminders.default() if steps is None else steps, own.get("close_days_before", 0))
        return place, policy


def late_comers(db: Db, told: Sequence[events.Event]) -> list[events.Event]:
    """Of the words that items are late those of items that came late: reminders do not reach all whom it concerns."""
    late = {domain.matter(event): event for event in told if event["data"]["days_late"] > 1}
    known = _kept(db.nodes, late)
    ground = Ground(db, known.values())
    return [event for key, event in late.items() if key not in known or ground.came_late(known[key])]


def how_many_wait(db: Db, today: str) -> int:
    """How many nodes have their day by today."""
    return sum(db.nodes.count_documents({"share": share, "next_on": {"$lte": today}}) for share in SHARES)


def waiting(db: Db, today: str) -> Iterator[list[Node]]:
    """The nodes that have their day by today, some at a time, by the index; first those kept before shares were."""
    shares = (db.nodes.find({"share": share, "next_on": {"$lte": today}}) for share in SHARES)
    return portions.portions(itertools.chain.from_iterable(shares), AT_ONCE)


def send(db: Db, looked: Sequence[tuple[Node, Node, list[Message]]], at: str) -> int:
    """Write the messages, then note down that they were; how many were not there before."""
    messages = [message for _, _, written in looked for message in written]
    written = mongo.insert_new(db.messages, messages)
    if mongo.save_all(db.nodes, [(before, after, ()) for before, after, _ in looked], at=at)[1]:
        told = {message["matter"] for message in messages}
        rows = mongo.among(db.nodes, [before["_id"] for before, _, about in looked if about])
        settle(db, sorted(told.difference(*map(reminders.standing, rows))), at)
    return written


def settle(db: Db, matters: Sequence[str], at: str) -> None:
    """What was told of them is to be done no more."""
    for some in portions.few(matters):
        told = {"matter": {"$in": some}, "settled_at": None}
        db.messages.update_many(told, {"$set": {"settled_at": at}})


def _of_places(db: Db, places: Sequence[str]) -> Iterator[Node]:
    for some in portions.few(places):
        yield from db.nodes.find({"place": {"$in": some}})


def _kept(collection: Kept, keys: Iterable[str]) -> dict[str, Node]:
    return {row["_id"]: row for row in mongo.among(collection, list(dict.fromkeys(keys)))}


def _applied(known: Mapping[str, Node], said: Iterable[Change], fresh: Node) -> dict[str, Node]:
    after = dict(known)
    for change in said:
        before = after.get(change.node) or {"_id": change.node, "said": {}, **fresh}
        after[change.node] = reminders.apply(before, change)
    return after


def _take_over(collection: Kept, said: Sequence[Change], fresh: Node, at: str) -> None:
    known = _kept(collection, [one.node for one in said])
    if _write(collection, known, _applied(known, said, fresh), at):
        raise errors.Stale


def _write(collection: Kept, known: Mapping[str, Node], after: Mapping[str, Node], at: str) -> bool:
    """Write what changed and what is new; whether anybody was faster."""
    new = [node for key, node in after.items() if key not in known]
    mongo.add_all(collection, new)
    kept = _kept(collection, [node["_id"] for node in new])
    overtaken = mongo.save_all(
        collection, [(known[key], node, ()) for key, node in after.items() if key in known], at=at
    )
    return bool(overtaken[1]) or any(kept[node["_id"]]["said"] != node["said"] for node in new)
