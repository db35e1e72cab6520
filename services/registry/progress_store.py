"""The read model as it is kept: a row for each unit, sums by place, and how far the feed has been taken in.

What must stay true: whatever moment a process dies, each event is counted once. A batch is fixed before it is begun
(`upto`), sums are written first, each once (`n`), then the rows, then the cursor; who comes after does the same batch
again and what is written already stays. Everything bears its `build`: a new one is made beside the living one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from pymongo import ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from services.registry import progress, progress_figures, progress_shares
from services.registry.progress import Row
from services.spine import mongo
from services.spine.events import Event

Db = mongo.Db
Key = tuple[str, str, str, str, str, str]
Sums = dict[Key, Counter[str]]
CURSOR: dict[str, Any] = {"_id": "progress", "n": 0, "upto": 0, "generation": 1, "builds": {}, "rolled": "", "by": "",
                          "at": ""}  # fmt: skip
MANY = 1000
NOW = "now:"
UNIT_INDEXES = ((), ("region",), ("group",), ("unit",), ("marks",))
Index = list[tuple[str, int]]


def index(*keys: str) -> Index:
    """An index of something that bears a build."""
    return [(key, 1) for key in ("build", *keys)]


def prepare(db: Db) -> None:
    """Indexes; units are found by place or by what a number counts, the earliest due first."""
    for keys in UNIT_INDEXES:
        db.progress_units.create_index(index(*keys, "due_on", "_id"))
    for collection in (db.progress_counts, db.progress_days):
        for place in ("region", "group"):
            collection.create_index(index("grain", place, "slot"))
    mongo.insert_new(db.progress_cursor, [dict(CURSOR)])


def cursor(db: Db) -> dict[str, Any]:
    """How far the feed has been taken in, and which builds are the living ones."""
    return db.progress_cursor.find_one({"_id": "progress"}) or dict(CURSOR)


def build_of(known: Mapping[str, Any], campaign: str) -> str:
    """The living build of a campaign."""
    return f"{campaign}@{known['builds'].get(campaign, known['generation'])}"


def begin(db: Db, known: Mapping[str, Any], upto: int, by: str, at: str) -> bool:
    """Fix the next batch, or take one over; False when somebody else was faster."""
    same = {key: known[key] for key in ("_id", "n", "upto", "generation", "builds", "by", "at")}
    return bool(db.progress_cursor.update_one(same, {"$set": {"upto": upto, "by": by, "at": at}}).matched_count)


def end(db: Db, start: int, upto: int) -> None:
    """The batch is taken in."""
    db.progress_cursor.update_one({"_id": "progress", "n": start, "upto": upto}, {"$set": {"n": upto}})


def swap(db: Db, at: int, change: Mapping[str, Any]) -> bool:
    """Let other builds be the living ones, if the living model stands just there, between two batches."""
    there = {"_id": "progress", "n": at, "upto": at}
    return bool(db.progress_cursor.update_one(there, {"$set": dict(change)}).matched_count)


def take(db: Db, told: Sequence[tuple[int, Event]], builds: Mapping[str, str], upto: int, today: str) -> None:
    """Count a batch in the builds of its campaigns; what of it is counted already stays as it is."""
    named = {key: builds[key.partition(".")[0]] for key in progress.units_of(told) if key.partition(".")[0] in builds}
    found = db.progress_units.find({"_id": {"$in": [f"{build}|{key}" for key, build in named.items()]}})
    before = {row["meeting_id"]: row for row in found}
    own = ((number, event) for number, event in told if event["campaign"] in builds)
    after = {key: progress_shares.finished(row) for key, row in progress.fold(before, own).items()}
    sums: dict[str, Sums] = {"counts": {}, "days": {}}
    for key, row in after.items():
        if key in before:
            add(sums, named[key], before[key], -1)
        add(sums, named[key], row, 1)
    for name, changes in sums.items():
        _count(db[f"progress_{name}"], changes, upto, today)
    replace(db.progress_units, [kept(row, named[key], upto) for key, row in after.items()], "n", upto)


def add(sums: dict[str, Sums], build: str, row: Row, sign: int) -> None:
    """Add what a row counts for to the sums of its places, or take it away."""
    for name, slot, counts in progress_shares.shares(row):
        for place in progress_shares.places(row):
            of = sums[name].setdefault((build, *place, slot), Counter())
            for key, count in counts.items():
                of[key] += sign * count


def kept(row: Row, build: str, upto: int) -> Row:
    """A row as it is kept in a build."""
    key = f"{row['campaign']}.{row['unit']}"
    return {**row, "_id": f"{build}|{key}", "meeting_id": key, "build": build, "n": upto}


def cells(key: Key, counts: Mapping[str, int], upto: int, today: str) -> list[Row]:
    """Sums as they are kept; beside those of a stage, apart and small, what they come to today (grain `now:...`)."""
    build, grain, region, group, team, slot = key
    place = {"build": build, "region": region, "group": group, "team": team, "slot": slot, "n": upto}
    left = {name: count for name, count in sorted(counts.items()) if count}
    kept = {"_id": "|".join(key), "grain": grain, **place, "counts": left}
    if slot == progress_shares.ANY or slot[0].isdigit():
        return [kept]
    return [{"_id": f"{NOW}{kept['_id']}", "grain": f"{NOW}{grain}", **place, **_today(left, today)}, kept]


def _today(counts: Mapping[str, int], today: str) -> Row:
    """What sums come to today, packed: a store hands on one text much sooner than a hundred numbers."""
    return {"on": today, "now": orjson.dumps(progress_figures.now(counts, today)).decode()}


def _count(collection: Collection[Row], changes: Sums, upto: int, today: str) -> None:
    changed = {"|".join(key): (key, counts) for key, counts in changes.items() if any(counts.values())}
    known = {one["_id"]: one for one in collection.find({"_id": {"$in": list(changed)}})}
    fresh = []
    for name, (key, counts) in changed.items():
        before = known.get(name, {"n": 0, "counts": {}})
        if before["n"] < upto:
            counts.update(before["counts"])
            fresh += cells(key, counts, upto, today)
    replace(collection, [one for one in fresh if "now" in one], "n", upto)
    replace(collection, [one for one in fresh if "counts" in one], "n", upto)  # last: by these it is told what is done


def replace(collection: Collection[Row], rows: Sequence[Row], key: str, upto: int) -> None:
    """Write rows, those that are not written up to there already."""
    for place in range(0, len(rows), MANY):
        some = rows[place : place + MANY]
        writes = [ReplaceOne({"_id": row["_id"], key: {"$lt": upto}}, row, upsert=True) for row in some]
        try:
            collection.bulk_write(writes, ordered=False)
        except BulkWriteError as failure:
            if any(fault["code"] != mongo.DUPLICATE for fault in failure.details["writeErrors"]):
                raise


def roll(db: Db, today: str) -> None:
    """A new day: what the stages' sums come to is worked out again."""
    while some := list(db.progress_counts.find({"on": {"$exists": True, "$ne": today}}).limit(MANY)):
        sums = {
            one["_id"]: one["counts"] for one in db.progress_counts.find({"_id": {"$in": [_of(one) for one in some]}})
        }
        db.progress_counts.bulk_write(
            [
                UpdateOne(
                    {"_id": one["_id"], "n": one["n"]},
                    {"$set": _today(sums.get(_of(one), {}), today)},
                )
                for one in some
            ],
            ordered=False,
        )
    db.progress_cursor.update_one({"_id": "progress"}, {"$set": {"rolled": today}})


def now(db: Db, one: Row, today: str) -> dict[str, Any]:
    """What sums of a stage come to today: as kept, else worked out of them."""
    if one.get("on") == today:
        return dict(orjson.loads(one["now"]))
    counts = one["counts"] if "counts" in one else mongo.get(db.progress_counts, _of(one))["counts"]
    return progress_figures.now(counts, today)


def _of(one: Row) -> str:
    return str(one["_id"]).removeprefix(NOW)


def insert(db: Db, rows: Iterable[Row], sums: Mapping[str, Sums], upto: int, today: str) -> None:
    """Write a whole new build."""
    _insert(db.progress_units, rows)
    for name, found in sums.items():
        _insert(
            db[f"progress_{name}"], (one for key, counts in found.items() for one in cells(key, counts, upto, today))
        )


def _insert(collection: Collection[Row], rows: Iterable[Row]) -> None:
    waiting: list[Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == MANY:
            collection.insert_many(waiting, ordered=False)
            waiting = []
    if waiting:
        collection.insert_many(waiting, ordered=False)


def builds(db: Db) -> set[str]:
    """All builds of which something is kept, living or not."""
    found: set[str] = set()
    for collection in (db.progress_units, db.progress_counts, db.progress_days):
        found |= {str(build) for build in collection.distinct("build")}
    return found


def drop(db: Db, build: str) -> None:
    """Forget a build."""
    for collection in (db.progress_units, db.progress_counts, db.progress_days):
        collection.delete_many({"build": build})
