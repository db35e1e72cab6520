"""How far each address that is called has come, and the log of what was sent to it; keys are kept sealed."""

import base64
import functools
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.fernet import Fernet
from pymongo.errors import BulkWriteError

from services.notification import signing, together
from services.spine import clock, events, mongo, portions, settings

Db = mongo.Db
LEASE_SECONDS = 60
KEPT_DAYS = 30
MOST_ATTEMPTS = 12
Endpoint = dict[str, Any]


class Move(NamedTuple):
    """An address that moves, if it still is whose it was, and what changes."""

    code: str
    mine: dict[str, Any]
    changes: dict[str, Any]


def prepare(db: Db) -> None:
    """Indexes; the log goes by itself when its time is over."""
    db.subscribers.create_index([("kind", 1), ("state", 1)])
    db.deliveries.create_index([("code", 1), ("n", -1)])
    db.deliveries.create_index("kept_until", expireAfterSeconds=0)


def some(db: Db) -> bool:
    """Whether there is anybody to call."""
    return db.subscribers.find_one({"kind": "webhook", "state": "active"}, {"_id": 1}) is not None


def due(db: Db, last: int, now: str) -> list[str]:
    """The addresses that may be called now and have something to take."""
    waiting = db.subscribers.find(_free(now), {"cursor": 1, "until": 1}).sort("_id", 1)
    today = clock.local_day(now)
    return [row["_id"] for row in waiting if row["cursor"] < last and (row["until"] or today) >= today]


def take(db: Db, codes: Sequence[str], owner: str, now: str) -> list[Endpoint]:
    """Have addresses to oneself for a while; those that nobody else has and that are to be called."""
    until = clock.stamp(clock.moment(now) + timedelta(seconds=LEASE_SECONDS))
    taken: list[Endpoint] = []
    for some in portions.few(codes):
        few = {"$in": some}
        changes = {"$set": {"owner": owner, "lease_until": until}}
        if db.subscribers.update_many({"_id": few, **_free(now)}, changes).matched_count:
            taken += db.subscribers.find({"_id": few, "owner": owner})
    return taken


def move(db: Db, code: str, owner: str, changes: dict[str, Any]) -> bool:
    """Write how far an address has come; False when it is ours no more or was stopped."""
    return _moving(db)(Move(code, {"owner": owner, "state": "active"}, changes))


def release(db: Db, code: str, owner: str) -> None:
    """Somebody else may have it."""
    _moving(db)(Move(code, {"owner": owner}, {"owner": None, "lease_until": None}))


def log(db: Db, code: str, number: int, event: events.Event, tried: dict[str, Any], at: datetime) -> None:
    """One more try of a call, beside those before it."""
    about = {"code": code, "n": number, "event_id": event["id"], "type": events.name_of(event)}
    kept = {"taken": tried["taken"], "kept_until": at + timedelta(days=KEPT_DAYS)}
    _logging(db)(({"_id": f"{code}:{number}", **about, **kept}, tried))


@functools.cache
def _moving(db: Db) -> together.Together[Move, bool]:
    return together.Together(functools.partial(_move, db))


@functools.cache
def _logging(db: Db) -> together.Together[tuple[mongo.Document, dict[str, Any]], None]:
    return together.Together(functools.partial(_log, db))


def _move(db: Db, moves: Sequence[Move]) -> list[bool]:
    """Those that change alike in one word; where that finds one that is ours no more, one by one."""
    moved = [True] * len(moves)
    alike = portions.alike(({"mine": one.mine, "$set": one.changes}, place) for place, one in enumerate(moves))
    for change, places in alike:
        several, mine, update = [moves[place].code for place in places], change["mine"], {"$set": change["$set"]}
        if db.subscribers.update_many({"_id": {"$in": several}, **mine}, update).matched_count < len(several):
            for place, code in zip(places, several, strict=True):
                moved[place] = db.subscribers.update_one({"_id": code, **mine}, update).matched_count > 0
    return moved


def _log(db: Db, tries: Sequence[tuple[mongo.Document, dict[str, Any]]]) -> list[None]:
    """First tries in one word; those that were tried before one by one."""
    try:
        first = [{**line, "attempts": [tried], "tries": 1} for line, tried in tries]
        db.deliveries.insert_many(first, ordered=False)
    except BulkWriteError as failure:
        for fault in failure.details["writeErrors"]:
            if fault["code"] != mongo.DUPLICATE:
                raise
            line, tried = tries[fault["index"]]
            pushed = {"attempts": {"$each": [tried], "$slice": -MOST_ATTEMPTS}}
            changes = {"$set": line, "$push": pushed, "$inc": {"tries": 1}}
            db.deliveries.update_one({"_id": line["_id"]}, changes)
    return [None] * len(tries)


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
