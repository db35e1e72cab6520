"""The read model as it is kept: a row for each unit, sums by place, and how far the feed has been taken in.

What must stay true: whatever moment a process dies, each event is counted once. A batch is fixed before it is begun
(`upto`), sums are written first, each once (`n`), then lines, rows and the cursor; who comes after does the same batch
again and what is written already stays. Everything bears its `build`: a new one is made beside the living one.
What is large (a row, sums, lines) is one text, which a store hands on much sooner than it does a hundred numbers.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from pymongo import ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from services.registry import progress, progress_figures, progress_shares
from services.registry.progress import Row
from services.registry.progress_lines import Shelf
from services.spine import mongo
from services.spine.events import Event

Db = mongo.Db
Key = tuple[str, str, str, str, str, str]
Sums = dict[Key, Counter[str]]
CURSOR: dict[str, Any] = {"_id": "progress", "n": 0, "upto": 0, "generation": 1, "builds": {}, "rolled": "", "by": "",
                          "at": ""}  # fmt: skip
MANY = 1000
NOW = "now:"
Changes = dict[tuple[str, str], dict[str, Row | None]]
"""Lines that change: by build and region the row of a unit, None where it stands there no longer."""


def prepare(db: Db) -> None:
    """Indexes; units are found by their lines."""
    for collection in (db.progress_units, db.progress_lines):
        collection.create_index("build")
    for collection in (db.progress_counts, db.progress_days):
        for place in ("region", "group"):
            collection.create_index([(key, 1) for key in ("build", "grain", place, "slot")])
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
    before = rows(db, [f"{build}|{key}" for key, build in named.items()])
    own = ((number, event) for number, event in told if event["campaign"] in builds)
    after = {key: progress_shares.finished(row) for key, row in progress.fold(before, own).items()}
    sums: dict[str, Sums] = {"counts": {}, "days": {}}
    lines: Changes = {}
    for key, row in after.items():
        known = before.get(key)
        change(sums, named[key], progress_shares.finished(known) if known else None, row)
        if known and known["region"] != row["region"]:
            lines.setdefault((named[key], known["region"]), {})[row["unit"]] = None
        lines.setdefault((named[key], row["region"]), {})[row["unit"]] = row
    for name, changes in sums.items():
        _count(db[f"progress_{name}"], changes, upto, today)
    _line_up(db, lines, upto)
    replace(db.progress_units, [kept(row, named[key], upto) for key, row in after.items()], "n", upto)


def change(sums: dict[str, Sums], build: str, before: Row | None, after: Row) -> None:
    """Count a row for what it was no longer, but for what it is."""
    if before is None or progress_shares.places(before) != progress_shares.places(after):
        if before is not None:
            add(sums, build, before, -1)
        add(sums, build, after, 1)
        return
    found: dict[tuple[str, str], Counter[str]] = {}
    for row, count in ((before, Counter.subtract), (after, Counter.update)):
        for name, slot, counts in progress_shares.shares(row):
            count(found.setdefault((name, slot), Counter()), counts)
    for (name, slot), counts in found.items():
        if left := {key: count for key, count in counts.items() if count}:
            for place in progress_shares.places(after):
                sums[name].setdefault((build, *place, slot), Counter()).update(left)


def add(sums: dict[str, Sums], build: str, row: Row, sign: int) -> None:
    """Add what a row counts for to the sums of its places, or take it away."""
    for name, slot, counts in progress_shares.shares(row):
        for place in progress_shares.places(row):
            of = sums[name].setdefault((build, *place, slot), Counter())
            for key, count in counts.items():
                of[key] += sign * count


def kept(row: Row, build: str, upto: int) -> Row:
    """A row as it is kept in a build; what it is found by follows from it."""
    key = f"{row['campaign']}.{row['unit']}"
    packed = orjson.dumps({name: row[name] for name in row if name not in progress_shares.FOLLOWING})
    return {"_id": f"{build}|{key}", "build": build, "n": upto, "row": packed.decode()}


def rows(db: Db, keys: Sequence[str]) -> dict[str, Row]:
    """Rows of these keys (build|meeting) by meeting, those that there are."""
    found = db.progress_units.find({"_id": {"$in": list(keys)}})
    return {one["_id"].partition("|")[2]: orjson.loads(one["row"]) for one in found}


def shelves(db: Db, build: str, regions: Sequence[str] | None, *, marks: bool) -> Iterator[Shelf]:
    """The lines of a build, of some regions or (None) of all; with marks, or as far as most lists need them."""
    asked: Row = {"build": build} if regions is None else {"_id": {"$in": [f"{build}|{region}" for region in regions]}}
    for one in db.progress_lines.find(asked, None if marks else {"region": 1, "lines": 1}):
        yield Shelf(one["region"], one["lines"], one["marks"]) if marks else Shelf(one["region"], one["lines"])


def _line_up(db: Db, changes: Changes, upto: int) -> None:
    found = db.progress_lines.find({"_id": {"$in": ["|".join(key) for key in changes]}})
    known, fresh = {one["_id"]: one for one in found}, []
    for (build, region), units in changes.items():
        before = known.get(f"{build}|{region}")
        if before and before["n"] >= upto:
            continue
        shelf = Shelf(region, before["lines"], before["marks"]) if before else Shelf(region)
        for unit, row in units.items():
            if row:
                shelf.put(row)
            else:
                shelf.drop(unit)
        fresh.append(lined_up(shelf, build, upto))
    replace(db.progress_lines, fresh, "n", upto)


def lined_up(shelf: Shelf, build: str, upto: int) -> Row:
    """A region's lines as they are kept in a build."""
    return {"_id": f"{build}|{shelf.region}", "build": build, "region": shelf.region, "n": upto, **shelf.texts()}


def cells(key: Key, counts: Mapping[str, int], upto: int, today: str) -> list[Row]:
    """Sums as they are kept; beside those of a stage, apart and small, what they come to today (grain `now:...`)."""
    build, grain, region, group, team, slot = key
    place = {"build": build, "region": region, "group": group, "team": team, "slot": slot, "n": upto}
    left = {name: count for name, count in sorted(counts.items()) if count}
    kept = {"_id": "|".join(key), "grain": grain, **place, "counts": orjson.dumps(left).decode()}
    if slot == progress_shares.ANY or slot[0].isdigit():
        return [kept]
    return [{"_id": f"{NOW}{kept['_id']}", "grain": f"{NOW}{grain}", **place, **_today(left, today)}, kept]


def _today(counts: Mapping[str, int], today: str) -> Row:
    """What sums come to today."""
    return {"on": today, "now": orjson.dumps(progress_figures.now(counts, today)).decode()}


def _count(collection: Collection[Row], changes: Sums, upto: int, today: str) -> None:
    changed = {"|".join(key): (key, counts) for key, counts in changes.items() if any(counts.values())}
    known = {one["_id"]: one for one in collection.find({"_id": {"$in": list(changed)}})}
    fresh = []
    for name, (key, counts) in changed.items():
        before = known.get(name, {"n": 0, "counts": "{}"})
        if before["n"] < upto:
            counts.update(counts_of(before))
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
        found = db.progress_counts.find({"_id": {"$in": [_of(one) for one in some]}})
        sums = {one["_id"]: counts_of(one) for one in found}
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
    return progress_figures.now(counts_of(one if "counts" in one else mongo.get(db.progress_counts, _of(one))), today)


def counts_of(one: Row) -> dict[str, int]:
    """Sums as they are counted."""
    return dict(one["counts"] if isinstance(one["counts"], dict) else orjson.loads(one["counts"]))


def _of(one: Row) -> str:
    return str(one["_id"]).removeprefix(NOW)


def insert(db: Db, rows: Iterable[Row], lines: Iterable[Row], sums: Mapping[str, Sums], upto: int, today: str) -> None:
    """Write whole new builds."""
    _insert(db.progress_units, rows)
    _insert(db.progress_lines, lines)
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
    for collection in _parts(db):
        found |= {str(build) for build in collection.distinct("build")}
    return found


def drop(db: Db, build: str) -> None:
    """Forget a build."""
    for collection in _parts(db):
        collection.delete_many({"build": build})


def _parts(db: Db) -> tuple[Collection[Row], ...]:
    return db.progress_units, db.progress_lines, db.progress_counts, db.progress_days
