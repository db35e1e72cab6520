"""Documents of the ladder as they are kept, and what the night reads: only what has its day.

What must stay true: a document of one meaning is there once, and its number is given once with the words before it
and its year.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from services.rectification import domain, escalation
from services.rectification.domain import Item
from services.spine import actor, errors, mongo, outbox, workdays

Db = mongo.Db
AT_ONCE = 500
SEEN = ("item_id", "campaign", "unit", "region", "group", "category", "number", "state", "due_on", "late", "told")
OWED = ("plan_due_on", "look_back_on", "look_backs_missed", "recheck_on", "milestone_due_on", "calm_until")
SHORT = dict.fromkeys((*SEEN, *OWED, "definition", "look_on", "revision"), 1)
"""What the night reads of an item."""
ORDER = [("proposed_on", -1), ("_id", -1)]
EVIDENCE = ("progress.evidence", "interim.evidence")


def prepare(db: Db) -> None:
    """Indexes: what has its day, whose documents, and which item holds a piece of evidence."""
    outbox.kept(db.escalations)
    for kept in (db.items, db.escalations):
        kept.create_index([("region", 1), ("look_on", 1)])
    for place in EVIDENCE:
        db.items.create_index(f"{place}.sha256")
    db.escalations.create_index("item_id")
    db.escalations.create_index("serial", unique=True, sparse=True)
    db.escalations.create_index([("rules.mark", 1), ("year", 1), ("number", 1)])
    for places in ((), ("state",), ("region",), ("group",), ("unit",)):
        asked = [("campaign", 1), *((place, 1) for place in places)]
        db.escalations.create_index([*asked, *ORDER])
    db.escalations.create_index([("campaign", 1), ("state", 1), ("acknowledge_by", 1)])


def remember_calendar(db: Db, event: dict[str, Any]) -> None:
    """The days an office loaded, of the newest version that was said."""
    mongo.remember(db.calendars, "standing", {"days": event["data"]["days"]}, event["data"]["version"])


def calendar(db: Db) -> workdays.Calendar:
    """Which days are worked."""
    kept = db.calendars.find_one({"_id": "standing"})
    return workdays.Calendar(kept["days"]) if kept else workdays.PUBLISHED


def waiting(db: Db, kept: Collection[Any], today: str, shown: Mapping[str, int]) -> Iterator[list[dict[str, Any]]]:
    """Items or documents that have their day by today, or that nobody looked at yet, some at a time until none is left;
    region by region, for the embedded store takes into its memory all that one question finds."""
    left = True
    while left:
        left = False
        for wanted in _places(db, today):
            for some in mongo.parts(kept.find(wanted, shown), AT_ONCE):
                left = True
                yield some


def how_many_wait(db: Db, today: str) -> int:
    """How many items and documents have their day by today."""
    return sum(kept.count_documents(wanted) for wanted in _places(db, today) for kept in (db.items, db.escalations))


def _places(db: Db, today: str) -> Iterator[dict[str, Any]]:
    for region in sorted(db.meetings.distinct("region")):
        yield {"region": region, "look_on": {"$lte": today}}


def items_of(db: Db, documents: Sequence[escalation.Escalation]) -> dict[str, Item]:
    """The items of documents, as far as the night reads them."""
    keys = list({one["item_id"] for one in documents})
    return {row["_id"]: row for row in mongo.among(db.items, keys, SHORT)}


def add_all(db: Db, proposals: Sequence[escalation.Escalation], at: str) -> None:
    """Documents the night proposes, those that are not there already."""
    mongo.add_all(db.escalations, proposals, escalation.proposed, at=at)


def get(db: Db, key: str, within: dict[str, Any]) -> escalation.Escalation:
    """The document of that id within a scope."""
    return mongo.get(db.escalations, key, within)


def save(db: Db, before: escalation.Escalation, changed: escalation.Changed, at: str) -> escalation.Escalation:
    """Write a changed document with what it says; Stale when its number was given to another a moment ago."""
    try:
        return mongo.save(db.escalations, before, *changed, at=at)
    except DuplicateKeyError:
        raise errors.Stale from None


def next_number(db: Db, mark: str, year: int) -> int:
    """The number that follows the last one of a year with these words before it, whosever it is."""
    last = db.escalations.find_one({"rules.mark": mark, "year": year}, {"number": 1}, sort=[("number", -1)])
    return int(last["number"]) + 1 if last else 1


def of_item(db: Db, item_id: str, within: dict[str, Any]) -> list[escalation.Escalation]:
    """The documents of an item, the first before the others."""
    found = db.escalations.find(actor.both(within, {"item_id": item_id}), {"outbox": 0})
    return sorted(found, key=lambda one: (one["round"], one["rung"], one["times"]))


def listed(db: Db, within: dict[str, Any], query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of documents, the newest first; `unreceipted`: issued, and the time to acknowledge is over."""
    keys = ("campaign", "region", "unit", "group", "state", "step", "signer", "item_id")
    asked: dict[str, Any] = {key: query[key] for key in keys if key in query}
    if "unreceipted" in query:
        asked |= {"state": "issued", "acknowledge_by": {"$lt": today}}
    return mongo.page(db.escalations, actor.both(within, asked), ORDER, query, {"paper": 0, "outbox": 0})


def uses(db: Db, item: Item, within: dict[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Where else each file of an item's evidence stands, and in its unit the same words of the same day without one:
    {mark: {items within a scope, elsewhere: how many more}}."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    pieces = {domain.mark(one): one for one in domain.evidence_of(item)}
    of_unit, shown = {key: item[key] for key in ("campaign", "unit")}, {"outbox": 0, "history": 0}
    bare = any(not one.get("sha256") for one in pieces.values())
    own = list(db.items.find(of_unit, shown)) if bare else []
    for mark, one in pieces.items():
        held = own
        if sha256 := one.get("sha256"):
            asked = ({f"{place}.sha256": sha256} for place in EVIDENCE)
            held = [row for wanted in asked for row in db.items.find(wanted, shown).limit(AT_ONCE)]
        rows = list({row["_id"]: row for row in held if _again(row, item, mark)}.values())[: 2 * AT_ONCE]
        seen = [row for row in rows if actor.lies_within(row, within)]
        if rows:
            keys = ("item_id", "unit", "number", "problem")
            found[mark] = {
                "items": [{key: row[key] for key in keys} for row in seen],
                "elsewhere": len(rows) - len(seen),
            }
    return found


def _again(row: Item, item: Item, mark: tuple[str, ...]) -> bool:
    return bool(row["_id"] != item["_id"]) and mark in map(domain.mark, domain.evidence_of(row))
