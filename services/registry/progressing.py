"""Takes the feed into the read model, batch by batch in its strict order, and rebuilds the model beside the living one.

What must stay true: a rebuilt model equals the living one; until it is whole nobody sees it, and if the process dies
before that, nothing has changed. A rebuilding goes over the feed once, with the rows packed in memory, writes them,
catches up with the living model and takes its place between two of its batches.
"""

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

import orjson

from services.registry import progress, progress_shares, progress_store
from services.spine import clock, feed, mongo
from services.spine.events import Event

Db = mongo.Db
BATCH = 500
AT_ONCE = 5000


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
    """Take the next batch in, or finish one that somebody began; how many events it had."""
    known = progress_store.cursor(db)
    start, upto = known["n"], known["upto"]
    if upto > start:
        told = _read(feed_db, start, upto)
    else:
        told = list(feed.read(feed_db, start, limit=limit))
        if not told:
            return 0
        upto = told[-1][0]
        if not progress_store.begin(db, known, upto):
            return len(told)
    progress_store.take(db, told, Living(known), upto, clock.today())
    progress_store.end(db, start, upto)
    return len(told)


def _read(feed_db: Db, after: int, upto: int) -> list[tuple[int, Event]]:
    return list(takewhile(lambda pair: pair[0] <= upto, feed.read(feed_db, after, limit=upto - after)))


def state(db: Db, feed_db: Db) -> dict[str, Any]:
    """How far behind the feed the model is."""
    number, last = progress_store.cursor(db)["n"], feed.last(feed_db)
    waiting = next(feed.read(feed_db, number, limit=1), None)
    rebuilding = db.progress_cursor.find_one({"_id": "rebuilding"}, {"_id": 0})
    since = waiting[1]["time"] if waiting else None
    return {"number": number, "last": last, "behind": last - number, "waiting_since": since, "rebuilding": rebuilding}


def rebuild(db: Db, feed_db: Db, campaign: str = "", tell: Callable[[dict[str, Any]], None] = lambda _: None) -> int:
    """Make the model of one campaign, or of all, anew from the feed and put it in its place; how many units it has."""
    known = progress_store.cursor(db)
    alive = {build for build in progress_store.builds(db) if build == progress_store.build_of(known, _of(build))}
    for build in progress_store.builds(db) - alive:
        progress_store.drop(db, build)  # what a rebuilding that died left behind
    number = max([known["generation"], *known["builds"].values()]) + 1
    report = _reporter(db, campaign, feed.last(feed_db), tell)
    rows, reached = _fold_all(feed_db, campaign, report)
    builds = _Builds(campaign, number)
    report(reached, "writing")
    sums: dict[str, progress_store.Sums] = {"counts": {}, "days": {}}
    for row in _unpacked(rows):
        progress_store.add(sums, builds[row["campaign"]], row, 1)
    whole = (progress_store.kept(row, builds[row["campaign"]], reached) for row in _unpacked(rows))
    progress_store.insert(db, whole, sums, reached, clock.today())
    change: dict[str, Any] = {f"builds.{campaign}": number} if campaign else {"generation": number, "builds": {}}
    while not progress_store.swap(db, reached, change):
        upto = progress_store.cursor(db)["n"]
        if upto <= reached:
            step(db, feed_db)  # nobody takes the feed in, or somebody is in the middle of a batch
        for start in range(reached, upto, AT_ONCE):
            until = min(start + AT_ONCE, upto)
            progress_store.take(db, _read(feed_db, start, until), builds, until, clock.today())
        reached = max(reached, upto)
    for build in alive:
        if campaign in ("", _of(build)):
            progress_store.drop(db, build)
    report(reached, "done")
    return len(rows)


class _Builds(Living):
    """The new build of one campaign, or of each."""

    def __init__(self, campaign: str, number: int) -> None:
        super().__init__({"builds": {}, "generation": number})
        self.campaign = campaign

    def __contains__(self, campaign: object) -> bool:
        return self.campaign in ("", campaign)


def _fold_all(feed_db: Db, campaign: str, report: Callable[[int, str], None]) -> tuple[dict[str, bytes], int]:
    """Every row as the feed makes it, packed, and the last event that was read."""
    rows: dict[str, bytes] = {}
    reached = 0
    while told := list(feed.read(feed_db, reached, limit=AT_ONCE)):
        reached = told[-1][0]
        own = [pair for pair in told if campaign in ("", pair[1]["campaign"])]
        before = {key: orjson.loads(rows[key]) for key in progress.units_of(own) if key in rows}
        rows.update({key: orjson.dumps(row) for key, row in progress.fold(before, own).items()})
        report(reached, "reading")
    return rows, reached


def _unpacked(rows: dict[str, bytes]) -> Iterator[progress.Row]:
    return (progress_shares.finished(orjson.loads(row)) for row in rows.values())


def _of(build: str) -> str:
    return build.rpartition("@")[0]


def _reporter(db: Db, campaign: str, last: int, tell: Callable[[dict[str, Any]], None]) -> Callable[[int, str], None]:
    def report(done: int, state: str) -> None:
        said = {"campaign": campaign or None, "done": done, "of": max(last, done), "state": state}
        db.progress_cursor.replace_one({"_id": "rebuilding"}, said, upsert=True)
        tell(said)

    return report
