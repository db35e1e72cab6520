"""How far each address that is called has come, and the log of what was sent to it; keys are kept sealed."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from pymongo import ReturnDocument

from services.notification import signing
from services.spine import clock, events, mongo, settings

Db = mongo.Db
LEASE_SECONDS = 60
KEPT_DAYS = 30
MOST_ATTEMPTS = 12


def prepare(db: Db) -> None:
    """Indexes; the log goes by itself when its time is over."""
    db.subscribers.create_index([("kind", 1), ("state", 1)])
    db.deliveries.create_index([("code", 1), ("n", -1)])
    db.deliveries.create_index("kept_until", expireAfterSeconds=0)


def due(db: Db, last: int, now: str) -> list[str]:
    """The addresses that may be called now and have something to take."""
    waiting = db.subscribers.find(_free(now), {"cursor": 1, "until": 1}).sort("_id", 1)
    today = clock.local_day(now)
    return [row["_id"] for row in waiting if row["cursor"] < last and (row["until"] or today) >= today]


def take(db: Db, code: str, owner: str, now: str) -> dict[str, Any] | None:
    """Have an address to oneself for a while; None when somebody else has it or it is not to be called."""
    until = clock.stamp(clock.moment(now) + timedelta(seconds=LEASE_SECONDS))
    changes = {"$set": {"owner": owner, "lease_until": until}}
    return db.subscribers.find_one_and_update(
        {"_id": code, **_free(now)}, changes, return_document=ReturnDocument.AFTER
    )


def move(db: Db, code: str, owner: str, changes: dict[str, Any]) -> bool:
    """Write how far an address has come; False when it is ours no more or was stopped."""
    mine = {"_id": code, "owner": owner, "state": "active"}
    return db.subscribers.update_one(mine, {"$set": changes}).matched_count > 0


def release(db: Db, code: str, owner: str) -> None:
    """Somebody else may have it."""
    db.subscribers.update_one({"_id": code, "owner": owner}, {"$set": {"owner": None, "lease_until": None}})


def log(db: Db, code: str, number: int, event: events.Event, tried: dict[str, Any], at: datetime) -> None:
    """One more try of a call, beside those before it."""
    about = {"code": code, "n": number, "event_id": event["id"], "type": events.name_of(event)}
    kept = {"taken": tried["taken"], "kept_until": at + timedelta(days=KEPT_DAYS)}
    pushed = {"attempts": {"$each": [tried], "$slice": -MOST_ATTEMPTS}}
    changes = {"$set": {**about, **kept}, "$push": pushed, "$inc": {"tries": 1}}
    db.deliveries.update_one({"_id": f"{code}:{number}"}, changes, upsert=True)


def deliveries(db: Db, code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of what was sent to an address, the newest first."""
    wanted: dict[str, Any] = {"code": code, **({"taken": query["taken"] == "1"} if "taken" in query else {})}
    wanted |= {"type": query["type"]} if "type" in query else {}
    wanted |= {"n": int(query["number"])} if "number" in query else {}
    return mongo.page(db.deliveries, wanted, [("n", -1)], query, {"_id": 0, "kept_until": 0})


def sealed(key: signing.Key) -> signing.Key:
    """A key as it is kept."""
    return {**key, "key": _seal().encrypt(key["key"].encode()).decode()}


def opened(key: signing.Key) -> signing.Key:
    """A kept key as it signs."""
    return {**key, "key": _seal().decrypt(key["key"].encode()).decode()}


def _free(now: str) -> dict[str, Any]:
    over = [{"next_at": None}, {"next_at": {"$lte": now}}]
    left = [{"lease_until": None}, {"lease_until": {"$lte": now}}]
    return {"kind": "webhook", "state": "active", "$and": [{"$or": over}, {"$or": left}]}


def _seal() -> Fernet:
    """What keys are sealed with: made of the deployment's secret."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"webhook keys " + settings.secret().encode()).digest()))
