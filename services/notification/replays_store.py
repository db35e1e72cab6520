"""Replays as they are kept, and who works one off."""

from datetime import timedelta
from typing import Any

from services.notification import replays
from services.spine import clock, feed, mongo

Db = mongo.Db
LEASE_SECONDS = 60
COUNTED = 20000
HIDDEN = {"_id": 0, "outbox": 0, "revision": 0, "owner": 0, "lease_until": 0}


def prepare(db: Db) -> None:
    """Indexes."""
    db.replays.create_index([("code", 1), ("at", -1)])
    db.replays.create_index("state")


def add(db: Db, replay: replays.Replay, at: str) -> None:
    """A new replay, to be worked off."""
    mongo.add(db.replays, replay, at=at)


def get(db: Db, code: str, replay_id: str) -> replays.Replay:
    """A replay to that subscriber."""
    return mongo.get(db.replays, replay_id, {"code": code})


def save(db: Db, before: replays.Replay, after: replays.Replay, at: str) -> None:
    """Write a changed replay."""
    mongo.save(db.replays, before, after, at=at)


def listed(db: Db, code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of the replays to a subscriber, the newest first."""
    return mongo.page(db.replays, {"code": code}, [("at", -1), ("_id", 1)], query, HIDDEN)


def due(db: Db, now: str) -> list[str]:
    """The replays that may go on now."""
    return [row["_id"] for row in db.replays.find(_free(now), {"_id": 1}).sort("_id", 1)]


def take(db: Db, replay_id: str, owner: str, now: str) -> replays.Replay | None:
    """Have a replay to oneself for a while; None when somebody else has it or it is over."""
    until = clock.stamp(clock.moment(now) + timedelta(seconds=LEASE_SECONDS))
    changes = {"$set": {"owner": owner, "lease_until": until}}
    wanted = {"_id": replay_id, **_free(now)}
    return mongo.take(db.replays, wanted, changes)


def move(db: Db, replay_id: str, owner: str, changes: dict[str, Any], sent: int = 0) -> bool:
    """Write how far a replay has come; False when it is ours no more or was stopped."""
    mine = {"_id": replay_id, "owner": owner, "state": "running"}
    update = {"$set": changes, "$inc": {"sent": sent}}
    return db.replays.update_one(mine, update).matched_count > 0


def release(db: Db, replay_id: str, owner: str) -> None:
    """Somebody else may have it."""
    db.replays.update_one({"_id": replay_id, "owner": owner}, {"$set": {"owner": None, "lease_until": None}})


def count(source: feed.Db, within: dict[str, Any], after: int, through: int) -> int:
    """How many events of the feed a replay would send."""
    return sum(
        source.events.count_documents({"n": {"$gt": start, "$lte": min(start + COUNTED, through)}, **within})
        for start in range(after, through, COUNTED)
    )


def _free(now: str) -> dict[str, Any]:
    over = [{"next_at": None}, {"next_at": {"$lte": now}}]
    left = [{"lease_until": None}, {"lease_until": {"$lte": now}}]
    return {"state": "running", "$and": [{"$or": over}, {"$or": left}]}
