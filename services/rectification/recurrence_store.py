"""Which problems stood on an earlier ledger of the same unit (or of one that went into it), as it is kept.

Traces lie beside the items, so that an item's own record is not touched: {_id: item_id, keys}. A recurrence lies with
the later of two: {_id: item_id, item_id, campaign, unit, region, group, number, earlier: [{item_id, campaign, likeness,
carried}], years}. It is worked out anew from what is there, whoever came first.
"""

from collections.abc import Iterable
from typing import Any

from services.rectification import candidate_store, onward_store, recurrence
from services.rectification.domain import Item
from services.spine import actor, clock, errors, mongo

Db = mongo.Db
ORDER = ("unit", "number", "_id")


def prepare(db: Db) -> None:
    """Indexes."""
    db.traces.create_index("keys")
    for by in ((), ("group",), ("region",)):
        db.recurrences.create_index([("campaign", 1), *((key, 1) for key in (*by, *ORDER))])
    db.recurrences.create_index("earlier.item_id")
    db.meetings.create_index("predecessors", sparse=True)
    db.meetings.create_index("unit")


def look(db: Db, item: Item) -> None:
    """An item came, or is worded otherwise: find what it repeats, and what repeats it; done again nothing changes."""
    keys = recurrence.traces(item["campaign"], item["unit"], item["problem"])
    db.traces.replace_one({"_id": item["_id"]}, {"keys": keys}, upsert=True)
    repeating = {other["_id"]: other for other in _write(db, item) if when(db, item) < when(db, other)}
    for one in (items(db, repeated_by(db, item["_id"])) | repeating).values():
        _write(db, one)


def links(db: Db, item_id: str) -> list[dict[str, Any]]:
    """The earlier items a problem repeats, most alike first."""
    found = db.recurrences.find_one({"_id": item_id})
    return list(found["earlier"]) if found else []


def repeated_by(db: Db, item_id: str) -> list[str]:
    """The later items that repeat a problem."""
    return [row["_id"] for row in db.recurrences.find({"earlier.item_id": item_id}, {"_id": 1}).sort("_id", 1)]


def items(db: Db, item_ids: Iterable[str]) -> dict[str, Item]:
    """Items by their ids, all in one word."""
    return {row["_id"]: row for row in db.items.find({"_id": {"$in": list(item_ids)}}, {"outbox": 0})}


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of recurrences, by unit and number."""
    wanted: dict[str, Any] = {key: query[key] for key in ("campaign", "unit", "region", "group") if key in query}
    return onward_store.page(db.recurrences, actor.both(within, wanted), ORDER, query)


def units_before(db: Db, campaign: str, unit: str) -> list[str]:
    """A unit and those that went into it."""
    place = db.meetings.find_one({"_id": f"{campaign}.{unit}"}) or {}
    return [unit, *place.get("predecessors", [])]


def when(db: Db, item: Item) -> tuple[str, str]:
    """Where an item's ledger stands among others: by the day of the unit's meeting."""
    place = db.meetings.find_one({"_id": f"{item['campaign']}.{item['unit']}"}, {"meeting_on": 1}) or {}
    return str(place.get("meeting_on") or clock.local_day(item["history"][0]["at"])), str(item["campaign"])


def _alike(db: Db, item: Item) -> list[Item]:
    """The items of other campaigns that are like this one: of its unit, those before it and those it went into."""
    after = db.meetings.find({"predecessors": item["unit"]}, {"unit": 1})
    units = {*units_before(db, item["campaign"], item["unit"]), *(row["unit"] for row in after)}
    ledgers = db.meetings.find({"unit": {"$in": sorted(units)}}, {"campaign": 1, "unit": 1})
    others = [(one["campaign"], one["unit"]) for one in ledgers if one["campaign"] != item["campaign"]]
    keys = [key for campaign, unit in others for key in recurrence.traces(campaign, unit, item["problem"])]
    near = [row["_id"] for row in db.traces.find({"keys": {"$in": keys}}, {"_id": 1})]
    found = mongo.among(db.items, near)
    return [other for other in found if recurrence.likeness(item["problem"], other["problem"]) >= recurrence.ALIKE]


def _write(db: Db, item: Item) -> list[Item]:
    """What an item repeats of earlier ledgers, with what it was carried over from, however it is worded now; gives what
    is like it, earlier or later.

    Raises Stale when somebody else wrote it meanwhile, who may have found what came meanwhile.
    """
    before = db.recurrences.find_one({"_id": item["_id"]})
    taken_up = candidate_store.find(db, item["candidate"]) if "candidate" in item else None
    carried = taken_up["origin"] if taken_up and taken_up["source"] == "last_year" else None
    alike = _alike(db, item)
    met = {other["_id"]: other for other in alike if when(db, other) < when(db, item)}
    if carried and carried not in met and (other := db.items.find_one({"_id": carried})):
        met[carried] = other
    rows = [recurrence.link(item, other, carried=key == carried) for key, other in met.items()]
    rows.sort(key=lambda row: (-row["carried"], -row["likeness"], row["item_id"]))
    kept = {key: item[key] for key in ("_id", "item_id", "campaign", "unit", "region", "group", "number")}
    after = {**kept, "earlier": rows, "years": recurrence.years(item["campaign"], rows)}
    if before and rows:
        mongo.save(db.recurrences, before, after, at="")
    elif before:
        standing = {"_id": item["_id"], "revision": before["revision"]}
        if not db.recurrences.delete_one(standing).deleted_count:
            raise errors.Stale
    elif rows and not mongo.add(db.recurrences, after, at=""):
        raise errors.Stale
    return alike
