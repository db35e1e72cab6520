"""Takes the feed into the read model, batch by batch in its strict order, and rebuilds the model beside the living one.

What must stay true: a rebuilt model equals the living one; until it is whole nobody sees it, and if the process dies
before that, nothing has changed. A rebuilding goes over the feed once, with the rows packed in memory, writes them,
catches up with the living model and takes its place between two of its batches.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, takewhile
from types import MappingProxyType
from typing import Any

import orjson

from services.registry import progress, progress_shares, progress_store
from services.registry.progress_lines import Shelf
from services.spine import clock, errors, feed, mongo
from services.spine.events import Event

Db = mongo.Db
BATCH = 4000
"""Events that are taken in at once where so many wait: what they change of a place is then written once."""
WRITTEN = 1000
AT_ONCE = 5000
FOLDED = 1000
STALE_SECONDS = 30
BATCH_SECONDS = 30
BREATH = 0.05
OWN = uuid.uuid4().hex
"""This process, among those who follow the feed."""


class Living(dict[str, str]):
    """The living build of each campaign."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__()
        self.known = known

    def __contains__(self, campaign: object) -> bool:
        return True

    def __missing__(self, campaign: str) -> str:
        return progress_store.build_of(self.known, campaign)


def step(db: Db, feed_db: Db, limit: int = BATCH) -> int:
    """Take the next batch in, or finish one that somebody began and left; how many events it had."""
    known, now = progress_store.cursor(db), clock.now()
    start, upto = known["n"], known["upto"]
    if upto > start:
        if known["by"] != OWN and known["at"] > _ago(BATCH_SECONDS):
            return 0  # somebody is at it
        told = _read(feed_db, start, upto)
    else:
        told = list(feed.read(feed_db, start, limit=limit))
    if not told or not progress_store.begin(db, known, told[-1][0], OWN, now):
        return 0
    upto = told[-1][0]
    progress_store.take(db, told, Living(known), upto, clock.today())
    progress_store.end(db, start, upto)
    return len(told)


def _read(feed_db: Db, after: int, upto: int) -> list[tuple[int, Event]]:
    return list(takewhile(lambda pair: pair[0] <= upto, feed.read(feed_db, after, limit=upto - after)))


def state(db: Db, feed_db: Db) -> dict[str, Any]:
    """How far behind the feed the model is."""
    number, last = progress_store.cursor(db)["n"], feed.last(feed_db)
    waiting = next(feed.read(feed_db, number, limit=1), None)
    known = db.progress_cursor.find_one({"_id": "rebuilding", "done": {"$exists": True}}) or {}
    rebuilding = {key: known[key] for key in ("campaign", "done", "of", "state")} if known else None
    since = waiting[1]["time"] if waiting else None
    return {"number": number, "last": last, "behind": last - number, "waiting_since": since, "rebuilding": rebuilding}


def rebuild(db: Db, feed_db: Db, campaign: str = "", tell: Callable[[dict[str, Any]], None] = lambda _: None) -> int:
    """Make the model of one campaign, or of all, anew from the feed and put it in its place; how many units it has.

    Refuses `rebuild_running` while somebody else is at it, and `feed_compacted` when events it would count are gone; a
    campaign that began behind those is made anew.
    """
    through, first = feed.compacted(feed_db), _first(feed_db, campaign)
    if first <= through:
        raise errors.Refusal("feed_compacted", through=through)
    report = _reporter(db, campaign, feed.last(feed_db), tell)
    known, kept = progress_store.cursor(db), progress_store.builds(db)
    alive = {build for build in kept if build == progress_store.build_of(known, _of(build))}
    for build in kept - alive:
        progress_store.drop(db, build)  # what a rebuilding that died left behind
    number = max([known["generation"], *known["builds"].values()]) + 1
    builds = _Builds(campaign, number)
    rows, reached = _fold_all(feed_db, campaign, first - 1, report)
    _write(db, rows, builds, reached, report)
    reached = _take_place(db, feed_db, builds, reached)
    for build in alive:
        if campaign in ("", _of(build)):
            progress_store.drop(db, build)
    report(reached, "done")
    return len(rows)


def _write(db: Db, rows: Mapping[str, bytes], builds: Living, reached: int, report: Callable[[int, str], None]) -> None:
    """Add up what the rows count for, put them in lines, then write all."""
    sums: dict[str, progress_store.Sums] = {"counts": {}, "days": {}}
    shelves: dict[tuple[str, str], Shelf] = {}
    shorts: dict[str, str] = {}
    for place, packed in enumerate(rows.values()):
        if place % WRITTEN == 0:
            report(reached, "writing")
        row = progress_shares.finished(orjson.loads(packed))
        build, region = builds[row["campaign"]], row["region"]
        progress_store.add(sums, build, row, 1)
        shelves.setdefault((build, region), Shelf(region)).put(row)
        shorts[row["_id"]] = orjson.dumps(progress_shares.short(row)).decode()
    own = {key: builds[key.partition(".")[0]] for key in rows}
    whole = (
        {"_id": f"{own[key]}|{key}", "build": own[key], "n": reached, "row": packed.decode(), "short": shorts[key]}
        for key, packed in rows.items()
    )
    lines = (progress_store.lined_up(shelf, build, reached) for (build, _), shelf in shelves.items())
    progress_store.insert(db, whole, lines, sums, reached, clock.today())
    report(reached, "writing")


def _take_place(db: Db, feed_db: Db, builds: "_Builds", reached: int) -> int:
    """Catch up with the living model, which may be behind when all is new, and be it from then on."""
    while True:
        known = progress_store.cursor(db)
        living, whole = known["n"], not builds.campaign
        for start in range(reached, living, AT_ONCE):
            until = min(start + AT_ONCE, living)
            progress_store.take(db, _read(feed_db, start, until), builds, until, clock.today())
        reached = max(reached, living)
        if (whole or living == reached) and progress_store.swap(db, living, builds.change(reached)):
            return reached
        if (living < reached or known["upto"] > living) and not step(db, feed_db):
            time.sleep(BREATH)  # it is in the middle of a batch


class _Builds(Living):
    """The new build of one campaign, or of each."""

    def __init__(self, campaign: str, number: int) -> None:
        super().__init__({"builds": {}, "generation": number})
        self.campaign = campaign

    def __contains__(self, campaign: object) -> bool:
        return self.campaign in ("", campaign)

    def change(self, reached: int) -> dict[str, Any]:
        """What makes these builds the living ones; where all are new, the feed goes on from where they stand."""
        number = self.known["generation"]
        if self.campaign:
            return {f"builds.{self.campaign}": number}
        return {"generation": number, "builds": {}, "n": reached, "upto": reached}


def _first(feed_db: Db, campaign: str) -> int:
    """The number of a campaign's first event, which is left of it where others are gone; without a campaign 1."""
    if not campaign:
        return 1
    found = feed.read(feed_db, limit=1, within={"event.campaign": campaign})
    return next((number for number, _ in found), feed.last(feed_db) + 1)


def _fold_all(
    feed_db: Db, campaign: str, after: int, report: Callable[[int, str], None]
) -> tuple[dict[str, bytes], int]:
    """Every row as the feed makes it from there, packed, and the last event that was read."""
    rows: dict[str, bytes] = {}
    reached = after
    for told in _parts(feed_db, after):
        reached = told[-1][0]
        own = [pair for pair in told if campaign in ("", pair[1]["campaign"])]
        before = {key: orjson.loads(rows[key]) for key in progress.units_of(own) if key in rows}
        rows.update({key: orjson.dumps(row) for key, row in progress.fold(before, own).items()})
        report(reached, "reading")
    return rows, reached


def _parts(feed_db: Db, after: int) -> Iterator[list[tuple[int, Event]]]:
    """The feed to its end, so few events at a time that the rows of their units weigh little beside all packed ones."""
    before = after - 1
    while after > before:
        before, more = after, feed.read(feed_db, after, limit=AT_ONCE)
        while some := list(islice(more, FOLDED)):
            yield some
            after = some[-1][0]


def _ago(seconds: float) -> str:
    return clock.stamp(clock.moment(clock.now()) - clock.seconds(seconds))


def _of(build: str) -> str:
    return build.rpartition("@")[0]


def _reporter(db: Db, campaign: str, last: int, tell: Callable[[dict[str, Any]], None]) -> Callable[[int, str], None]:
    """Says how far a rebuilding has come, and holds the place against others who would begin one."""
    owner = uuid.uuid4().hex
    free = {"_id": "rebuilding", "$or": [{"state": "done"}, {"at": {"$lt": _ago(STALE_SECONDS)}}]}

    def report(done: int, state: str, held: Mapping[str, Any] = MappingProxyType({"owner": owner})) -> None:
        said = {"campaign": campaign or None, "done": done, "of": max(last, done), "state": state}
        mine = {"_id": "rebuilding", **held}
        if not db.progress_cursor.replace_one(mine, {**said, "owner": owner, "at": clock.now()}).matched_count:
            raise errors.Refusal("rebuild_running")
        tell(said)

    mongo.insert_new(db.progress_cursor, [{"_id": "rebuilding", "state": "done", "at": ""}])
    report(0, "reading", free)
    return report
