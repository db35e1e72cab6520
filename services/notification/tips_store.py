"""Work tips as they are kept: what is being written, what went out, who has it, and where units belong."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pymongo import UpdateOne

from services.notification import reminders_store, tips
from services.spine import actor, errors, mongo, outbox
from services.spine.events import Event, Fact

Db = mongo.Db
Filter = dict[str, Any]
AT_ONCE = 500
OPEN = {"$in": ["unread", "opened"]}
LISTED = [("state", -1), ("_id", 1)]
_PLACES = ("region", "group", "level", "team")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.tip_receipts)
    db.tips.create_index([("campaign", 1), ("region", 1)])
    db.tip_versions.create_index([("tip_id", 1), ("version", -1)])
    db.tip_versions.create_index([("spread", 1), ("version", -1)])
    db.tip_units.create_index([("campaign", 1), ("unit", 1)])
    for places in (("tip_id",), ("campaign", "region"), ("campaign", "group"), ("campaign", "unit")):
        db.tip_receipts.create_index([*((place, 1) for place in places), *LISTED])


def add(db: Db, tip: tips.Tip, at: str) -> tips.Tip:
    """Begin a tip; the one that is there already stays as it is."""
    mongo.add(db.tips, tip, at=at)
    return get(db, tip["_id"])


def get(db: Db, tip_id: str, within: Filter | None = None) -> tips.Tip:
    """What is being written."""
    return mongo.get(db.tips, tip_id, within)


def find(db: Db, tip_id: str) -> tips.Tip | None:
    """The same, None when nobody has begun it."""
    return db.tips.find_one({"_id": tip_id})


def listed(db: Db, within: Filter, query: dict[str, str]) -> dict[str, Any]:
    """One page of the tips of a campaign, each with its last version."""
    found = mongo.page(db.tips, _narrowed(within, {"campaign": query["campaign"]}), [("_id", 1)], query)
    return {**found, "rows": [{**row, "last": last(db, row["_id"])} for row in found["rows"]]}


def save(db: Db, before: tips.Tip, after: tips.Tip, at: str) -> tips.Tip:
    """Write what was changed."""
    return mongo.save(db.tips, before, after, at=at)


def last(db: Db, tip_id: str) -> tips.Version | None:
    """The version that went out last."""
    return db.tip_versions.find_one({"tip_id": tip_id}, {"outbox": 0}, sort=[("version", -1)])


def versions(db: Db, tip_id: str) -> list[tips.Version]:
    """All versions that went out, the newest first."""
    return list(db.tip_versions.find({"tip_id": tip_id}, {"outbox": 0}).sort("version", -1))


def version(db: Db, tip_id: str, number: int) -> tips.Version:
    """One version."""
    return mongo.get(db.tip_versions, f"{tip_id}.v{number}")


def add_version(db: Db, made: tips.Version) -> None:
    """Keep a version; whoever was overtaken decides once more."""
    if not mongo.add(db.tip_versions, made, at=made["at"]):
        raise errors.Stale


def addressed(db: Db, tip: tips.Tip, to: dict[str, list[str]]) -> int:
    """How many units a version would go to."""
    return db.tip_units.count_documents(tips.addressed(tip, to))


def spread(db: Db, made: tips.Version, most: int) -> None:
    """Give a version to the units it goes to, at most so many now; broken off anywhere it goes on where it was, and
    from the beginning where a unit has come meanwhile."""
    given, reached = 0, made["spread_to"]
    wanted = actor.both(tips.addressed(made, made["to"]), {"unit": {"$gt": reached}})
    for units in mongo.parts(db.tip_units.find(wanted).sort("unit", 1).limit(most), AT_ONCE):
        _deliver(db, made, units)
        before, given, reached = reached, given + len(units), units[-1]["unit"]
        if not _come(db, made, before, {"spread_to": reached}):
            return
    if given < most:
        _come(db, made, reached, {"spread": True})


def _come(db: Db, made: tips.Version, reached: str, changes: Filter) -> bool:
    """Note how far a version has come, unless it begins anew."""
    return db.tip_versions.update_one({"_id": made["_id"], "spread_to": reached}, {"$set": changes}).matched_count > 0


def unspread(db: Db) -> list[tips.Version]:
    """Versions that are not with all their units yet; the newest first, so that no unit is given an older one."""
    return list(db.tip_versions.find({"spread": False}).sort("version", -1))


def _deliver(db: Db, made: tips.Version, units: list[tips.Unit]) -> None:
    keys = [f"{made['tip_id']}.{unit['unit']}" for unit in units]
    known = {row["_id"]: row for row in mongo.among(db.tip_receipts, keys)}
    told: dict[str, list[Fact]] = {}
    fresh, changed = [], []
    for key, unit in zip(keys, units, strict=True):
        after, facts = tips.deliver(known.get(key), made, unit)
        if key not in known:
            fresh.append(after)
            told[key] = facts
        elif facts:
            changed.append((known[key], after, facts))
    mongo.add_all(db.tip_receipts, fresh, lambda row: told[row["_id"]], at=made["at"])
    _all_saved(mongo.save_all(db.tip_receipts, changed, at=made["at"]))


def receipt(db: Db, receipt_id: str, within: Filter) -> tips.Receipt:
    """What one unit has and has acknowledged."""
    return mongo.get(db.tip_receipts, receipt_id, within)


def save_receipt(db: Db, before: tips.Receipt, after: tips.Receipt, facts: Iterable[Fact], at: str) -> tips.Receipt:
    """Write what became of it with what it says."""
    return mongo.save(db.tip_receipts, before, after, facts, at=at)


def receipts(db: Db, within: Filter, query: dict[str, str]) -> dict[str, Any]:
    """One page of receipts: what nobody has read first, what is acknowledged last; and how many units have it, by how
    far they are, whatever the list is narrowed to; what a unit that does not meet left open only where that unit is
    asked for. All is read once, as short lines, then the page by its ids."""
    asked = _wanted(query)
    known = db.tip_receipts.find(_narrowed(within, _whole(asked)), {"state": 1, "cancelled_on": 1})
    lines = [line for line in known if "unit" in {**within, **query} or not _given_up(line)]
    shown = [line for line in lines if _fits(line["state"], asked)]
    found = mongo.first_of(shown, query, lambda line: (tips.STATES.index(line["state"]), line["_id"]))
    keys = [line["_id"] for line in found["rows"]]
    rows = {row["_id"]: row for row in mongo.among(db.tip_receipts, keys, {"outbox": 0})}
    counted = Counter(line["state"] for line in lines)
    counts = {state: counted[state] for state in tips.STATES}
    return {**found, "rows": [rows[key] for key in keys if key in rows], "counts": counts}


def counts(db: Db, wanted: Filter) -> dict[str, int]:
    """How many units have it that are to meet, by how far they are."""
    known = db.tip_receipts.find(wanted, {"state": 1, "cancelled_on": 1})
    counted = Counter(line["state"] for line in known if not _given_up(line))
    return {state: counted[state] for state in tips.STATES}


def _given_up(line: tips.Receipt) -> bool:
    return bool(line.get("cancelled_on")) and line["state"] != "acknowledged"


def _whole(asked: Filter) -> Filter:
    return {key: value for key, value in asked.items() if key != "state"}


def _fits(state: str, asked: Filter) -> bool:
    wanted = asked.get("state", OPEN)
    return "state" not in asked or state in (wanted["$in"] if isinstance(wanted, dict) else (wanted,))


def _wanted(query: dict[str, str]) -> Filter:
    keys = ("campaign", "tip_id", "stage", "state", "region", "group", "unit", "level")
    wanted: Filter = {key: query[key] for key in keys if key in query}
    if "unacknowledged" in query:
        wanted["state"] = OPEN
    if "version" in query:
        wanted["version"] = int(query["version"])
    return wanted


def remind(db: Db, within: Filter, wanted: Filter, hand: tips.Hand, most: int) -> dict[str, int]:
    """Remind those who have not acknowledged, at most so many now; how many had been today, and how many are left."""
    asked = _narrowed(within, {**wanted, "state": OPEN})
    found = db.tip_receipts.find(asked, {"reminded_on": 1, "cancelled_on": 1})
    lines = [line for line in found if not line.get("cancelled_on")]
    due = [line["_id"] for line in lines if line["reminded_on"] != hand.today]
    rows = list(mongo.among(db.tip_receipts, due[:most]))
    changes = [(row, *tips.remind(row, hand)) for row in rows]
    _all_saved(mongo.save_all(db.tip_receipts, changes, at=hand.at))
    return {"reminded": len(rows), "already": len(lines) - len(due), "left": len(due) - len(rows)}


def _narrowed(within: Filter, wanted: Filter) -> Filter:
    """What is wanted within a scope, flat where the scope says the same already."""
    return actor.both(within, {key: value for key, value in wanted.items() if within.get(key) != value})


def _all_saved(written: tuple[int, int]) -> None:
    if written[1]:
        raise errors.Stale


def unit(db: Db, campaign: str, code: str) -> tips.Unit:
    """Where a unit belongs and when its aspects are due; nothing while the registry has not said it."""
    return db.tip_units.find_one({"_id": f"{campaign}.{code}"}) or {}


def remember_units(db: Db, told: list[Event]) -> None:
    """Keep where units belong, the newest word of each; a unit that is new, or is to meet after all, gets the tips that
    go to its like."""
    newest = {event["subject"]: event for event in sorted(told, key=lambda event: int(event["sequence"]))}
    known = {one["_id"]: one for one in mongo.among(db.tip_units, list(newest))}
    said = {key: {**tips.place_of(event), "sequence": event["sequence"]} for key, event in newest.items()}
    fresh = {key: one for key, one in said.items() if one["sequence"] > known.get(key, {}).get("sequence", -1)}
    _write(db, {key: one for key, one in fresh.items() if key not in known}, fresh)
    for key, one in fresh.items():
        place, before = {name: one[name] for name in _PLACES}, known.get(key, {})
        if before and place != {name: before.get(name) for name in _PLACES}:
            mongo.move(db.tip_receipts, {"campaign": one["campaign"], "unit": one["unit"]}, place)
    for campaign in {one["campaign"] for key, one in fresh.items() if key not in known}:
        _spread_again(db, campaign)
    for event in told:
        if event["data"].get("because") == "restored":
            _cancelled(db, event, None)


def remember_cancelled(db: Db, told: list[Event]) -> None:
    """Units that do not meet are asked for no receipt any more."""
    for event in told:
        _cancelled(db, event, event["data"]["on"])


def _cancelled(db: Db, event: Event, on: str | None) -> None:
    """The receipts of a unit stand as its meeting does; one that is to meet again gets the tips it missed."""
    mongo.remember_part(db.tip_units, event, "cancelled_on", on)
    now = mongo.get(db.tip_units, event["subject"])["cancelled_on"]
    place = {"campaign": event["campaign"], "unit": event["data"]["unit"]}
    mongo.move(db.tip_receipts, place, {"cancelled_on": now})
    if now is None:
        _spread_again(db, event["campaign"])
    else:
        asked = [row["_id"] for row in db.tip_receipts.find({**place, "state": OPEN}, {"_id": 1})]
        reminders_store.settle(db, asked, event["time"])


def _spread_again(db: Db, campaign: str) -> None:
    db.tip_versions.update_many({"campaign": campaign}, {"$set": {"spread": False, "spread_to": ""}})


def _write(db: Db, new: dict[str, tips.Unit], fresh: dict[str, tips.Unit]) -> None:
    """What is not known yet is inserted at once; whoever was overtaken by somebody else looks once more."""
    older = [
        UpdateOne({"_id": key, "sequence": {"$lt": one["sequence"]}}, {"$set": one})
        for key, one in fresh.items()
        if key not in new
    ]
    if mongo.insert_new(db.tip_units, [{"_id": key, **one} for key, one in new.items()]) < len(new):
        raise errors.Stale
    mongo.write_all(db.tip_units, older)
