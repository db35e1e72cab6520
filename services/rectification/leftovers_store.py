"""What earlier campaigns left undone on a unit's ledgers, and what became of it in this one."""

from typing import Any

from services.rectification import candidate_store, recurrence_store
from services.rectification.domain import Item
from services.spine import errors, mongo

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes."""
    db.items.create_index([("unit", 1), ("state", 1)])


def find(db: Db, campaign: str, unit: str) -> list[Item]:
    """The items of earlier campaigns that are not closed, of the unit and of those that went into it.

    One that stands on a ledger in between is followed from there.
    """
    units = recurrence_store.units_before(db, campaign, unit)
    wanted = {"unit": {"$in": units}, "state": {"$ne": "closed"}, "campaign": {"$ne": campaign}}
    day = (db.meetings.find_one({"_id": f"{campaign}.{unit}"}) or {}).get("meeting_on") or "9999"
    rows = list(db.items.find(wanted, {"outbox": 0}).sort([("campaign", 1), ("number", 1)]))
    carried = candidate_store.carried(db, [row["_id"] for row in rows])
    goes_on = {one["origin"] for one in carried if one["campaign"] != campaign and one["state"] == "adopted"}
    before = (row for row in rows if recurrence_store.when(db, row) < (day, campaign))
    return [row for row in before if row["_id"] not in goes_on]


def chosen(db: Db, campaign: str, unit: str, item_ids: list[str]) -> list[Item]:
    """Those that are to be carried over, all of them or none; what was carried already is found, too, closed since."""
    carried = {row["origin"] for row in candidate_store.carried(db, item_ids) if row["campaign"] == campaign}
    there = {row["_id"]: row for row in find(db, campaign, unit)}
    for item_id in item_ids:
        if item_id not in there and item_id not in carried:
            raise errors.Refusal("not_found", id=item_id)
    return [there[item_id] for item_id in item_ids if item_id not in carried]


def became(db: Db, campaign: str, rows: list[Item]) -> dict[str, dict[str, Any]]:
    """What became of items in a campaign: {item_id: {candidate_id, state, item_id}}."""
    found = candidate_store.carried(db, [row["_id"] for row in rows])
    keys = ("candidate_id", "state", "item_id")
    return {row["origin"]: {key: row[key] for key in keys} for row in found if row["campaign"] == campaign}
