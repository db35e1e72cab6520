"""How far behind each subscriber is, and who was told that one is called no more."""

from typing import Any

from services.notification import subscribers
from services.spine import clock, feed, mongo

Db = mongo.Db


def since(source: feed.Db, cursor: int) -> str | None:
    """When the first event after a number was said; None when there is none."""
    return next((str(event["time"]) for _, event in feed.read(source, cursor, limit=1)), None)


def lags(db: Db, source: feed.Db, now: str) -> list[dict[str, Any]]:
    """Each subscriber that has not ended: {code, kind, lag: events, seconds: age of the first it has not had}."""
    last, found = feed.last(source), []
    for one in db.subscribers.find({"state": {"$ne": "ended"}}).sort("_id", 1):
        waits = subscribers.shown(one, last)["lag"]
        begun = since(source, one["cursor"]) if waits else None
        seconds = (clock.moment(now) - clock.moment(begun)).total_seconds() if begun else 0.0
        found.append({"code": one["code"], "kind": one["kind"], "lag": waits, "seconds": max(seconds, 0.0)})
    return found


def states(db: Db) -> dict[str, int]:
    """How many subscribers are in which state."""
    rows = db.subscribers.aggregate([{"$group": {"_id": "$state", "count": {"$sum": 1}}}])
    return dict.fromkeys(subscribers.STATES, 0) | {row["_id"]: row["count"] for row in rows}


def newly_disabled(db: Db) -> list[subscribers.Subscriber]:
    """Those that are called no more and of whom nobody was told yet."""
    return list(db.subscribers.find({"state": "disabled", "told_at": None}))


def note_told(db: Db, code: str, at: str) -> None:
    """Somebody was told that it is called no more."""
    db.subscribers.update_one({"_id": code, "state": "disabled"}, {"$set": {"told_at": at}})


def called_again(db: Db) -> list[str]:
    """Those of whom somebody was told, and that are disabled no longer."""
    return [row["_id"] for row in db.subscribers.find({"told_at": {"$gt": ""}, "state": {"$ne": "disabled"}})]


def settle(db: Db, code: str, matter: str, at: str) -> None:
    """Nobody has to see to it any more."""
    db.messages.update_many({"matter": matter, "settled_at": None}, {"$set": {"settled_at": at}})
    db.subscribers.update_one({"_id": code, "state": {"$ne": "disabled"}}, {"$set": {"told_at": None}})
