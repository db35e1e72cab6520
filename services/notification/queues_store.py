"""Subscribers with a queue as they are kept, and who fills the queues."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from services.notification import queues, subscribers
from services.spine import clock, mongo

Db = mongo.Db
LEASE_SECONDS = 10


def lead(db: Db, owner: str, now: str) -> bool:
    """Whether this process fills the queues for the next seconds: one does, so that order is kept."""
    until = clock.stamp(clock.moment(now) + timedelta(seconds=LEASE_SECONDS))
    free = {"_id": "queues", "$or": [{"owner": owner}, {"until": {"$lte": now}}]}
    try:
        db.forwarders.update_one(free, {"$set": {"owner": owner, "until": until}}, upsert=True)
    except DuplicateKeyError:
        return False
    return True


def all_of_them(db: Db) -> list[subscribers.Subscriber]:
    """Every subscriber that has a queue, or had one that may still stand."""
    living = [{"state": {"$ne": "ended"}}, {"queue.filled": {"$ne": None}}]
    return list(db.subscribers.find({"kind": "amqp", "$or": living}, {"changes": 0}).sort("_id", 1))


def due(db: Db, last: int) -> list[subscribers.Subscriber]:
    """Those whose queue stands and that have not been told all, who is furthest behind first."""
    wanted = {"kind": "amqp", "state": "active", "queue.filled": {"$ne": None}, "cursor": {"$lt": last}}
    return list(db.subscribers.find(wanted, {"changes": 0}).sort("cursor", 1))


def move(db: Db, moved: Iterable[tuple[subscribers.Subscriber, int, queues.Queue]]) -> None:
    """Write how far queues were filled, but of one that was sent back or stopped meanwhile: that goes on from there."""
    writes = (
        UpdateOne(
            {"_id": row["_id"], "cursor": row["cursor"], "state": "active"},
            {"$set": {"cursor": cursor, "queue": queue}},
        )
        for row, cursor, queue in moved
    )
    mongo.write_all(db.subscribers, writes)


def note(db: Db, row: subscribers.Subscriber, queue: queues.Queue, **more: Any) -> None:
    """Write what was seen of a queue."""
    db.subscribers.update_one({"_id": row["_id"]}, {"$set": {"queue": queue, **more}})


def take_down(
    db: Db, row: subscribers.Subscriber, cursor: int, queue: queues.Queue, what: str, at: str, **more: Any
) -> None:
    """Write that a queue stands no more, from where all is told again, and why."""
    line = {"what": what, "reason": f"after {cursor}", "by": "notification", "at": at}
    pushed = {"changes": {"$each": [line], "$slice": -subscribers.MOST_CHANGES}}
    db.subscribers.update_one(
        {"_id": row["_id"]},
        {"$set": {"queue": queue, **more}, "$min": {"cursor": cursor}, "$push": pushed, "$inc": {"revision": 1}},
    )
