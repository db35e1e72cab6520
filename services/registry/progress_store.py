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
Place = tuple[str, str, str]
Table = dict[str, dict[str, dict[str, Any]]]
"""The sums of a place, by cell (`group|team` within a region, else none) and slot."""
CURSOR: dict[str, Any] = {"_id": "progress", "n": 0, "upto": 0, "generation": 1, "builds": {}, "rolled": "", "by": "",
                          "at": ""}  # fmt: skip
MANY = 200
NOW = "now:"
Changes = dict[tuple[str, str], dict[str, Row | None]]
"""Lines that change: by build and region the row of a unit, None where it stands there no longer."""


def prepare(db: Db) -> None:
    """Indexes; units are found by their lines, and sums by build and grain or by region."""
    db.progress_lines.create_index("build")
    for collection in (db.progress_counts, db.progress_days):
        collection.create_index([("build", 1), ("grain", 1)])
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
    """A finished row as it is kept in a build, whole and in short; what it is found by follows from it."""
    key = f"{row['campaign']}.{row['unit']}"
    packed = orjson.dumps({name: row[name] for name in row if name not in progress_shares.FOLLOWING})
    short = orjson.dumps(progress_shares.short(row)).decode()
    return {"_id": f"{build}|{key}", "build": build, "n": upto, "row": packed.decode(), "short": short}


def shorts(db: Db, keys: Sequence[str]) -> dict[str, Row]:
    """What a list shows of the rows of these keys, by meeting; one that an earlier version wrote is read whole."""
    found = {one["_id"]: one.get("short") for one in mongo.among(db.progress_units, keys, {"short": 1})}
    whole = rows(db, [key for key, short in found.items() if not short])
    shown = {key: progress_shares.short(progress_shares.finished(row)) for key, row in whole.items()}
    return shown | {key.partition("|")[2]: orjson.loads(short) for key, short in found.items() if short}


def rows(db: Db, keys: Sequence[str]) -> dict[str, Row]:
    """Rows of these keys (build|meeting) by meeting, those that there are."""
    found = mongo.among(db.progress_units, keys)
    return {one["_id"].partition("|")[2]: orjson.loads(one["row"]) for one in found}


def shelves(db: Db, build: str, regions: Sequence[str] | None, *, marks: bool) -> Iterator[Shelf]:
    """The lines of a build, of some regions or (None) of all; with marks, or as far as most lists need them."""
    asked: Row = {"build": build} if regions is None else {"_id": {"$in": [f"{build}|{region}" for region in regions]}}
    for one in db.progress_lines.find(asked, None if marks else {"region": 1, "lines": 1}):
        yield Shelf(one["region"], one["lines"], one["marks"]) if marks else Shelf(one["region"], one["lines"])


def _line_up(db: Db, changes: Changes, upto: int) -> None:
    found = mongo.among(db.progress_lines, ["|".join(key) for key in changes])
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


def by_place(sums: Sums) -> dict[Place, dict[tuple[str, str], Counter[str]]]:
    """Sums by what they are kept in: a region keeps those of its cells with its own."""
    found: dict[Place, dict[tuple[str, str], Counter[str]]] = {}
    for (build, grain, region, group, team, slot), counts in sums.items():
        cell = grain == "cell"
        place = build, "region" if cell else grain, region or group
        found.setdefault(place, {})[f"{group}|{team}" if cell else "", slot] = counts
    return found


def _count(collection: Collection[Row], changes: Sums, upto: int, today: str) -> None:
    changed = by_place({key: counts for key, counts in changes.items() if any(counts.values())})
    ids = ["|".join(place) for place in changed]
    known = {one["_id"]: one for one in mongo.among(collection, [*ids, *(f"{NOW}{key}" for key in ids)])}
    fresh, sums = [], []
    for key, (place, counts) in zip(ids, changed.items(), strict=True):
        before = known.get(key, {"n": 0, "counts": "{}"})
        if before["n"] >= upto:
            continue
        table: Table = orjson.loads(before["counts"])
        for (cell, slot), count in counts.items():
            count.update(table.get(cell, {}).get(slot, {}))
            table.setdefault(cell, {})[slot] = {name: number for name, number in count.items() if number}
        sums.append(kept_sums(place, table, upto))
        if collection.name == "progress_counts":
            was = known.get(f"{NOW}{key}", {"on": ""})
            of = orjson.loads(was["now"]) if was["on"] == today else None
            fresh.append(kept_now(place, table, upto, today, of, counts))
    replace(collection, fresh, "n", upto)
    replace(collection, sums, "n", upto)  # last: by these it is told what is done


def kept_sums(place: Place, table: Table, upto: int) -> Row:
    """The sums of a place as they are kept."""
    build, grain, of = place
    packed = orjson.dumps(table).decode()
    return {"_id": "|".join(place), "build": build, "grain": grain, "of": of, "n": upto, "counts": packed}


def kept_now(place: Place, table: Table, upto: int, today: str, known: Table | None = None, changed: Any = None) -> Row:
    """What the stages' sums come to today, beside them and small (grain `now:...`); of what is known only what changed
    is worked out."""
    now = known or {}
    for cell, slot in changed if known else [(cell, slot) for cell, slots in table.items() for slot in slots]:
        if slot != progress_shares.ANY:
            now.setdefault(cell, {})[slot] = progress_figures.now(table[cell][slot], today)
    build, grain, of = place
    where = {"_id": f"{NOW}{'|'.join(place)}", "build": build, "grain": f"{NOW}{grain}", "of": of}
    return {**where, "n": upto, "on": today, "now": orjson.dumps(now).decode()}


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
        sums = {one["_id"]: one for one in db.progress_counts.find({"_id": {"$in": [_of(one) for one in some]}})}
        fresh = [(one, kept_now(_place(one), _table(sums.get(_of(one))), one["n"], today)) for one in some]
        writes = [
            UpdateOne({"_id": one["_id"], "n": one["n"]}, {"$set": {key: new[key] for key in ("on", "now")}})
            for one, new in fresh
        ]
        db.progress_counts.bulk_write(writes, ordered=False)
    db.progress_cursor.update_one({"_id": "progress"}, {"$set": {"rolled": today}})


def tables(
    db: Db, name: str, build: str, grain: str, places: Sequence[str] | None, today: str
) -> Iterator[tuple[str, Table]]:
    """The sums (`counts`, `days`) of places of a grain, of some or (None) of all; with a day what they come to then."""
    kind = f"{NOW}{grain}" if today else grain
    head = f"{NOW}{build}" if today else build
    asked: Row = {"build": build, "grain": kind}
    if places is not None:
        asked = {"_id": {"$in": [f"{head}|{grain}|{place}" for place in places]}}
    for one in db[f"progress_{name}"].find(asked):
        stale = today and one["on"] != today
        table = _table(db.progress_counts.find_one({"_id": _of(one)})) if stale else {}
        told = kept_now(_place(one), table, one["n"], today) if stale else one
        yield one["of"], orjson.loads(told["now"] if today else told["counts"])


def _table(one: Row | None) -> Table:
    return dict(orjson.loads(one["counts"])) if one else {}


def _place(one: Row) -> Place:
    return one["build"], str(one["grain"]).removeprefix(NOW), one["of"]


def _of(one: Row) -> str:
    return str(one["_id"]).removeprefix(NOW)


def insert(db: Db, rows: Iterable[Row], lines: Iterable[Row], sums: Mapping[str, Sums], upto: int, today: str) -> None:
    """Write whole new builds."""
    _insert(db.progress_units, rows)
    _insert(db.progress_lines, lines)
    for name, found in sums.items():
        for place, counts in by_place(found).items():
            table: Table = {}
            for (cell, slot), count in counts.items():
                table.setdefault(cell, {})[slot] = {key: number for key, number in count.items() if number}
            docs = [kept_sums(place, table, upto)]
            docs += [kept_now(place, table, upto, today)] if name == "counts" else []
            db[f"progress_{name}"].insert_many(docs)


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
