"""The feed: every event ever told, in one strict order; the source of truth for other systems and for replay.

An event's place `n` is the next whole number, taken by a unique key: a number exists only after all smaller ones are
visible, so a reader who remembers the last number it read misses nothing, however many write at once. Looking for the
end begins where it was last seen, and reading goes in windows, so neither costs more as the feed grows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo.database import Database
from pymongo.errors import BulkWriteError

from services.spine import actor, events

Db = Database[dict[str, Any]]
DUPLICATE = 11000
WINDOW = 500
_seen: dict[str, int] = {}


def prepare(db: Db) -> None:
    """Indexes of the feed."""
    db.events.create_index("n", unique=True)
    _seen.pop(db.name, None)


def last(db: Db) -> int:
    """The number of the newest event; 0 when there is none. Numbers have no gaps, so it is looked for by keys alone,
    in growing steps: a store that reads all that it sorts would read the whole history."""
    seen, step = _seen.get(db.name, 0), 1
    while _is_there(db, seen + step):
        seen, step = seen + step, step * 2
    while step > 1:
        step //= 2
        if _is_there(db, seen + step):
            seen += step
    _seen[db.name] = seen
    return seen


def _is_there(db: Db, number: int) -> bool:
    return db.events.find_one({"n": number}, {"_id": 1}) is not None


def append(db: Db, told: Sequence[events.Event]) -> None:
    """Put events at the end, each once however often it is told."""
    waiting = list(told)
    while waiting:
        start = last(db) + 1
        rows = [
            {"_id": event["id"], "n": number, "name": events.name_of(event), "region": event["region"], "event": event}
            for number, event in enumerate(waiting, start)
        ]
        try:
            db.events.insert_many(rows, ordered=True)
            return
        except BulkWriteError as failure:
            fault = failure.details["writeErrors"][0]
            if fault["code"] != DUPLICATE:
                raise
            known = db.events.find_one({"_id": waiting[fault["index"]]["id"]}, {"_id": 1})
            waiting = waiting[fault["index"] + (known is not None) :]


def read(
    db: Db,
    after: int = 0,
    name: str = "",
    region: str = "",
    limit: int = 200,
    since: str = "",
    within: Mapping[str, Any] | None = None,
) -> Iterator[tuple[int, events.Event]]:
    """Events after a number, oldest first: pairs of number and event. A region takes in all that begins with it."""
    wanted: dict[str, Any] = {}
    if name:
        wanted["name"] = name
    if region:
        wanted["region"] = {"$regex": f"^{region}"}
    if since:
        wanted["event.time"] = {"$gte": since}
    asked = actor.both(within or {}, wanted)
    reached, left = last(db), limit
    while after < reached and left:
        window = db.events.find({"n": {"$gt": after, "$lte": after + WINDOW}, **asked}).sort("n", 1).limit(left)
        for row in window:
            left -= 1
            yield row["n"], row["event"]
        after += WINDOW
