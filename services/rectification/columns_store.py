"""Each unit's columns as they are kept beside its items, and those of regions as a process holds them.

What must stay true: whatever moment a process dies, the columns come to what the items say. A unit's are made anew from
its items and bear `n`, all their revisions together, which only grows; its region notes in one write that it takes
these, as its next `turn` (`last`); whoever comes next finishes what is noted, so that columns are written in the order
of their turns and a process reads what is newer than it holds. How far a region has come is said before its columns
are there. columns: {_id: campaign.unit, campaign, region, unit, n, turn, packed: see columns}; regions: {_id:
campaign.region, turn, units: {unit: n}, last}; turns: {_id: campaign, made: whose turns they are, regions: {code:
turn}}.
"""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from services.rectification import columns, domain
from services.rectification.columns import Block
from services.spine import errors, mongo

Db = mongo.Db
TIMES = 20
MOST = 3_000_000
"""How many lines a process holds at most, of the regions that were asked for last (60 to 150 bytes each)."""
_held: OrderedDict[tuple[str, str], tuple[int, Block]] = OrderedDict()
_reading = threading.Lock()
"""Who asks while another reads waits: together they would hold all of it once each."""


def prepare(db: Db) -> None:
    """Index; what was registered before there were columns has them."""
    db.columns.create_index([("campaign", 1), ("region", 1), ("turn", 1)])
    mongo.once(db, "columns", lambda: _begin(db))


def _begin(db: Db) -> None:
    """And what lists and sums were read from before, which each write of an item paid for, is there no longer."""
    for index in db.items.index_information():
        if index.endswith(("due_key_1", "age_key_1")):
            db.items.drop_index(index)
    for former in ("paces", "words", "tallies", "sums"):
        db[former].drop()
    for place in db.meetings.find({}, {"campaign": 1, "unit": 1}):
        refresh(db, place["campaign"], place["unit"])


def refresh(db: Db, campaign: str, unit: str, ledger: Sequence[domain.Item] | None = None) -> None:
    """Bring the columns to what a unit's items say, which are read unless somebody has them."""
    items = ledger or list(db.items.find({"campaign": campaign, "unit": unit}, columns.SEEN))
    if not items:
        return
    row = {"_id": f"{campaign}.{unit}", **{key: items[0][key] for key in ("campaign", "region", "unit")}}
    row |= {"n": sum(item["revision"] for item in items), "packed": columns.pack(items)}
    for _ in range(TIMES):
        if _taken(db, row):
            return
    raise errors.Stale


def _taken(db: Db, row: dict[str, Any]) -> bool:
    """Let a unit's region take its columns; False when somebody else was faster and it has to be looked at again."""
    key, unit = f"{row['campaign']}.{row['region']}", row["unit"]
    known = db.regions.find_one({"_id": key})
    if known is None:
        mongo.insert_new(db.regions, [{"_id": key, "turn": 0, "units": {}, "last": None}])
        return False
    _finish(db, known["last"])
    if known["units"].get(unit, 0) >= row["n"]:
        return True
    row = {**row, "turn": known["turn"] + 1}
    taken = {"$set": {"turn": row["turn"], f"units.{unit}": row["n"], "last": row}}
    if not db.regions.update_one({"_id": key, "turn": known["turn"]}, taken).matched_count:
        return False
    _finish(db, row)
    return True


def _finish(db: Db, row: dict[str, Any] | None) -> None:
    """Write the columns that a region has taken, where they are not written yet."""
    if row is None or db.columns.find_one({"_id": row["_id"], "n": {"$gte": row["n"]}}, {"_id": 1}):
        return
    come(db, row["campaign"], row["region"], row["turn"])
    mongo.insert_new(db.columns, [{**row, "n": 0, "turn": 0}])
    db.columns.replace_one({"_id": row["_id"], "n": {"$lt": row["n"]}}, row)


def come(db: Db, campaign: str, region: str, turn: int) -> None:
    """Say how far a region has come."""
    said = {"$max": {f"regions.{region}": turn}}
    while not db.turns.update_one({"_id": campaign}, said).matched_count:
        mongo.insert_new(db.turns, [{"_id": campaign, "made": uuid.uuid4().hex, "regions": {}}])


def regions(db: Db, campaign: str) -> dict[str, tuple[str, int]]:
    """The regions of a campaign, each with whose turns they are and how far it has come."""
    known = db.turns.find_one({"_id": campaign}) or {"regions": {}}
    return {code: (known["made"], known["regions"][code]) for code in sorted(known["regions"])}


def block(db: Db, campaign: str, region: str, come: tuple[str, int]) -> Block:
    """A region's lines as they stood when it had come so far, or later; who holds more than is said even now is of a
    store that was set back."""
    with _reading:
        return _read(db, campaign, region, come)


def _read(db: Db, campaign: str, region: str, come: tuple[str, int]) -> Block:
    key, turn = (come[0], region), come[1]
    had, held = _held.get(key, (0, columns.EMPTY))
    if had > turn and had > regions(db, campaign).get(region, come)[1]:
        had, held = 0, columns.EMPTY
    if had < turn:
        newer = {"campaign": campaign, "region": region, "turn": {"$gt": had}}
        rows = list(db.columns.find(newer, {"unit": 1, "turn": 1, "packed": 1}))
        held = columns.joined(held, {row["unit"]: columns.unpacked(_packed(db, campaign, row)) for row in rows})
        had = max((row["turn"] for row in rows), default=had)
        _held[key] = had, held
        _held.move_to_end(key)
        while len(_held) > 1 and sum(one.starts[-1] for _, one in _held.values()) > MOST:
            _held.popitem(last=False)
    else:
        _held.move_to_end(key)
    return held


def _packed(db: Db, campaign: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was packed of a unit; from its items where that was laid out otherwise."""
    known: Mapping[str, Any] = row["packed"]
    if known.get("layout") == columns.LAYOUT:
        return known
    return columns.pack(db.items.find({"campaign": campaign, "unit": row["unit"]}, columns.SEEN))
