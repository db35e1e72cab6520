"""What an event says of the nodes that people are reminded of: what is owed by which day, what is done, what rests.

What must stay true: whoever owns a record numbers what is said of it, and of two sayings the later holds; versions
handed in and taken back are counted by themselves, for two services say them.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from services.notification.reminders import Change, Node
from services.spine import events
from services.spine.events import Event

LAID_OUT = ("material", "record", "talks", "comment")
"""Kinds of nodes that a meeting's schedule names."""


class Told(NamedTuple):
    """An event as it is read here: what it says, of which place, and on which day."""

    name: str
    said: dict[str, Any]
    place: str
    about: dict[str, Any]
    sequence: int
    day: str

    def of(self, node: str, facet: str, value: Any, about: Node | None = None, version: int | None = None) -> Change:
        """A change of a node of this place; a version counts for itself."""
        number = self.sequence if version is None else version
        return Change(node, facet, number, value, {**self.about, **(about or {})})


def read(event: Event, day: str) -> Told:
    """An event of a unit; `day`: on which it happened where the campaign lives."""
    said, place = event["data"], f"{event['campaign']}.{event['data']['unit']}"
    about = {"place": place, "unit": said["unit"], "campaign": event["campaign"], "region": event["region"]}
    about |= {"group": said["group"]} if "group" in said else {}
    return Told(events.name_of(event), said, place, about, event["sequence"], day)


def of_place(told: Told) -> list[Change]:
    """What is said of a place as a whole; a change of the place as of a node."""
    key, found = told.place, []
    if told.name == "meeting_scheduled":
        posts = {row["post"]: row["role"] for row in told.said.get("posts", ())}
        rules = told.said.get("rules", {}).get("reminders")
        more = {"meeting_on": told.said["meeting_on"], "posts": posts, "rules": rules}
        found = [told.of(key, "scheduled", True, more)]
        if told.said.get("because") == "postponed":
            found.append(told.of(key, "round", True))
        if told.said.get("because") == "restored":
            found.append(told.of(key, "cancelled", None))
    elif told.name == "meeting_cancelled":
        found = [told.of(key, "cancelled", told.said["on"])]
    elif told.name == "postponement_asked":
        found = [told.of(key, "asking", told.day)]
    elif told.name == "postponement_decided":
        found = [told.of(key, "asking", None)]
    return [one._replace(about=one.about if one.facet == "scheduled" else {}) for one in found]


def changes(told: Told) -> list[Change]:
    """What is said of single nodes."""
    return list(SAYS[told.name](told)) if told.name in SAYS else []


def dropped(told: Told, known: Iterable[Node]) -> list[Change]:
    """Of the nodes of a unit whose meeting is said those that it owes no longer."""
    if told.name != "meeting_scheduled":
        return []
    named = {one.node for one in changes(told)}
    laid_out = [node for node in known if node["place"] == told.place and node["kind"] in LAID_OUT]
    return [told.of(node["_id"], "due", None) for node in laid_out if node["_id"] not in named]


def _meeting(told: Told) -> Iterator[Change]:
    said, key, page = told.said, told.place, {"link": {"page": "meeting", "id": told.place}}
    yield told.of(f"{key}:meeting", "due", said["meeting_on"], {"kind": "meeting", **page})
    for row in said["required"]:
        about = {"kind": "material" if row.get("gate", True) else "record", "post": row["post"]}
        due_on = None if row.get("state") == "waived" else row.get("due_on")
        yield _paper(told, f"{key}.{row['kind']}.{row['post']}", "due", due_on, about)
    if talks := said.get("preparation", {}).get("talks", {}).get("due_on"):
        yield told.of(f"{key}:talks", "due", talks, {"kind": "talks", **page})
    for row in said.get("aspects", ()):
        if row.get("follows") == "comment":
            due_on = None if row["state"] == "waived" else row["due_on"]
            yield told.of(f"{key}:comment", "due", due_on, _is("comment", "comment", key))


def _is(kind: str, page: str, key: str, post: str | None = None) -> Node:
    """What a node is."""
    return {"kind": kind, "link": {"page": page, "id": key}, **({"post": post} if post else {})}


def _paper(
    told: Told, material: str, facet: str, value: Any, about: Node | None = None, version: int | None = None
) -> Change:
    link = {"link": {"page": "material", "id": material}}
    return told.of(f"{material}:due", facet, value, {**link, **(about or {})}, version)


def _answer(told: Told, version: int, facet: str, value: Any, number: int | None = None) -> Change:
    """Of the answer to a returned version."""
    material = told.said["material_id"]
    about = _is("answer", "material", material, told.said["post"])
    return told.of(f"{material}.v{version}:answer", facet, value, about, number)


def _reading(told: Told, *, done: bool) -> Change:
    review = told.said["review_id"]
    return told.of(f"{review}:reading", "done", done, _is("reading", "review", review, told.said["post"]))


def _submitted(told: Told) -> Iterator[Change]:
    material, version = told.said["material_id"], told.said["version"]
    yield _paper(told, material, "handed_in", True, {"post": told.said["post"]}, version)
    if version > 1:
        yield _answer(told, version - 1, "handed_in", True, version)


def _taken_back(told: Told) -> Iterator[Change]:
    """A version is gone as if it had never come; nobody reads it any more."""
    if not told.said.get("granted", True):
        return
    version = told.said["version"]
    yield _reading(told, done=True)
    if told.said["back_to"] == "missing":
        yield _paper(told, told.said["material_id"], "taken_back", True, None, version)
    elif version > 1:
        yield _answer(told, version - 1, "taken_back", True, version)


def _received(told: Told) -> Iterator[Change]:
    if told.said["outcome"] == "returned":
        yield _paper(told, told.said["material_id"], "taken_back", True, None, told.said["version"])


def _judged(told: Told) -> Iterator[Change]:
    yield _reading(told, done=True)
    if told.said["due_on"]:
        yield _answer(told, told.said["version"], "due", told.said["due_on"])


def _judged_no_more(told: Told) -> Iterator[Change]:
    yield _reading(told, done=False)
    yield _answer(told, told.said["version"], "due", None)


def _item(**facets: Callable[[Told], Any]) -> Callable[[Told], Iterator[Change]]:
    """An event of the ledger: each facet it speaks of, with how its value is read; None is read as not spoken of."""

    def say(told: Told) -> Iterator[Change]:
        item = told.said["item_id"]
        for facet, value in facets.items():
            if (found := value(told)) is not None:
                yield told.of(f"{item}:item", facet, None if found is OVER else found, _is("item", "item", item))

    return say


def _record(
    kind: str, page: str, ending: str, facet: str, value: Callable[[Told], Any]
) -> Callable[[Told], Iterator[Change]]:
    """An event of a record that has a page of its own: a document of the ladder, an evaluation."""

    def say(told: Told) -> Iterator[Change]:
        record = told.said[f"{page}_id"]
        yield told.of(f"{record}:{ending}", facet, value(told), _is(kind, page, record))

    return say


_letter = partial(_record, "acknowledgement", "escalation", "receipt")
_round = partial(_record, "second_round", "evaluation", "round")


def _of_place(suffix: str, *, done: bool) -> Callable[[Told], Iterator[Change]]:
    page = "comment" if suffix == "comment" else "meeting"

    def say(told: Told) -> Iterator[Change]:
        yield told.of(f"{told.place}:{suffix}", "done", done, _is(suffix, page, told.place))

    return say


OVER = object()
"""A value that is none any more."""


def _day(told: Told) -> Any:
    return told.said.get("due_on") or OVER


def _owner(told: Told) -> Any:
    return (told.said["owner_post"] or OVER) if "owner_post" in told.said else None


def _parts(told: Told) -> Any:
    return told.said.get("parts")


def _granted(told: Told) -> Any:
    return True if told.said["outcome"] == "granted" else None


STATED: dict[str, Callable[[Told], Any]] = {"due": _day, "owner": _owner, "parts": _parts}
SAYS: dict[str, Callable[[Told], Iterable[Change]]] = {
    "meeting_scheduled": _meeting,
    "meeting_held": _of_place("meeting", done=True),
    "talks_completed": _of_place("talks", done=True),
    "talks_reopened": _of_place("talks", done=False),
    "supervision_commented": _of_place("comment", done=True),
    "material_submitted": _submitted,
    "withdrawal_decided": _taken_back,
    "secrecy_found": _taken_back,
    "receipt_given": _received,
    "material_prechecked": lambda told: [_reading(told, done=False)],
    "verdict_issued": _judged,
    "verdict_withdrawn": _judged_no_more,
    "answer_extended": lambda told: [_answer(told, told.said["version"], "due", told.said["due_on"])],
    "item_registered": _item(**STATED, done=lambda told: told.said.get("state") == "closed"),
    "item_planned": _item(**STATED),
    "item_revised": _item(**STATED),
    "item_progressed": _item(parts=_parts),
    "item_postponement_asked": _item(asking=lambda told: told.day),
    "item_postponement_decided": _item(asking=lambda _: OVER, due=_day, round=_granted),
    "retype_decided": _item(due=_day, round=_granted),
    "closeout_requested": _item(done=lambda _: True),
    "closeout_decided": _item(
        done=lambda told: told.said["outcome"] == "closed",
        due=lambda told: _day(told) if "due_on" in told.said else None,
        round=lambda told: True if told.said["outcome"] == "returned" else None,
    ),
    "item_reopened": _item(done=lambda _: False, due=_day, round=lambda _: True),
    "escalation_issued": _letter("due", lambda told: told.said["acknowledge_by"]),
    "escalation_acknowledged": _letter("done", lambda _: True),
    "escalation_withdrawn": _letter("done", lambda _: True),
    "second_round_opened": _round("due", lambda told: told.said["due_on"]),
    "evaluation_decided": _round("done", lambda _: True),
}
