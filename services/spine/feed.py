"""The feed: every event ever told, in one strict order; the source of truth for other systems and for replay.

An event's place `n` is the next whole number, taken by a unique key: a number exists only after all smaller ones are
visible, so a reader who remembers the last number it read misses nothing, however many write at once. Looking for the
end begins where it was last seen, and reading goes in windows, so neither costs more as the feed grows. Up to the
number that `compacted` says, only the last event of each record and name may be left: there numbers have gaps, the
order stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from services.spine import actor, events

Db = Database[dict[str, Any]]
DUPLICATE = 11000
WINDOW = 500
_seen: WeakKeyDictionary[MongoClient[dict[str, Any]], dict[str, int]] = WeakKeyDictionary()
"""Where the end was seen last, by store and name."""


def prepare(db: Db) -> None:
    """Indexes of the feed."""
    db.events.create_index("n", unique=True)
    _seen.get(db.client, {}).pop(db.name, None)


def last(db: Db) -> int:
    """The number of the newest event; 0 when there is none. Behind what was compacted numbers have no gaps, so it is
    looked for by keys alone, in growing steps: a store that reads all that it sorts would read the whole history."""
    known = _seen.setdefault(db.client, {})
    seen = _end(db, known.get(db.name, 0))
    if seen < (through := compacted(db)):
        seen = _end(db, through)
    known[db.name] = seen
    return seen


def compacted(db: Db) -> int:
    """Up to which number only the last event of each record and name may be left; it says so before any goes."""
    return int((db.checkpoints.find_one({"_id": "compacted"}) or {"through": 0})["through"])


def _end(db: Db, seen: int) -> int:
    step = 1
    while _is_there(db, seen + step):
        seen, step = seen + step, step * 2
    while step > 1:
        step //= 2
        if _is_there(db, seen + step):
            seen += step
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
            _seen[db.client][db.name] = rows[-1]["n"]
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
    until: str = "",
) -> Iterator[tuple[int, events.Event]]:
    """Events after a number, oldest first: pairs of number and event. A region takes in all that begins with it, and
    `until` is the first moment that is not asked for."""
    asked = actor.both(within or {}, wanted(name, region, since, until))
    reached, left = last(db), limit
    while after < reached and left:
        window = db.events.find({"n": {"$gt": after, "$lte": after + WINDOW}, **asked}).sort("n", 1).limit(left)
        for row in window:
            left -= 1
            yield row["n"], row["event"]
        after += WINDOW


def wanted(name: str = "", region: str = "", since: str = "", until: str = "") -> dict[str, Any]:
    """What is asked of events, as a filter of the store."""
    found: dict[str, Any] = {"name": name} if name else {}
    if region:
        found["region"] = {"$regex": f"^{region}"}
    if since or until:
        found["event.time"] = ({"$gte": since} if since else {}) | ({"$lt": until} if until else {})
    return found
