"""Sendings, preferences, rules of campaigns and circuits as they are kept."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.notification import circuits, domain, sendings
from services.spine import actor, clock, mongo, workdays

Db = mongo.Db
AT_ONCE = 200
FOUND_AT_ONCE = 2000
"""The embedded store looks at all that fits a question, however few are wanted; so more are read at a time."""
LEASE_SECONDS = 120


def prepare(db: Db) -> None:
    """Indexes; what became of a sending goes by itself when its time is over."""
    db.messages.create_index("told_at")
    db.sendings.create_index([("channel", 1), ("state", 1), ("urgent", 1), ("next_at", 1)])
    db.sendings.create_index([("campaign", 1), ("state", 1), ("made_at", -1)])
    db.sendings.create_index([("state", 1), ("made_at", -1)])
    db.sendings.create_index([("made_at", -1), ("_id", 1)])
    db.sendings.create_index("parcel")
    db.sendings.create_index("code")
    db.sendings.create_index("package")
    db.sendings.create_index("kept_until", expireAfterSeconds=0)


def untold(db: Db) -> list[domain.Message]:
    """Messages of which nobody has been called yet, some at a time."""
    return list(db.messages.find({"told_at": None}).limit(FOUND_AT_ONCE))


def told(db: Db, messages: Iterable[domain.Message], at: str) -> None:
    """The sendings of these messages are made."""
    db.messages.update_many({"_id": {"$in": [one["_id"] for one in messages]}}, {"$set": {"told_at": at}})


def pass_over(db: Db, at: str) -> None:
    """Nobody is called for what is kept so far."""
    db.messages.update_many({"told_at": None}, {"$set": {"told_at": at}})


def wishes(db: Db, logins: Iterable[str]) -> dict[str, sendings.Wishes]:
    """What each of these persons wishes."""
    asked = set(logins)
    kept = {row["_id"]: row for row in mongo.among(db.preferences, sorted(asked))}
    return {login: sendings.wishes(kept.get(login)) for login in asked}


def policy(db: Db, campaign: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """The rules of a campaign, or the deployment's where it has none."""
    return db.delivery_policies.find_one({"_id": campaign}) or otherwise


def calendar(db: Db) -> workdays.Calendar:
    """Which days are worked."""
    kept = db.calendars.find_one({"_id": "standing"})
    return workdays.Calendar(kept["days"]) if kept else workdays.PUBLISHED


def due(db: Db, channel: str, now: str, most: int, campaign: str = "") -> list[str]:
    """The parcels that may leave by a channel now, what is urgent first, then what waits longest."""
    found: dict[str, None] = {}
    for urgent in (True, False):
        wanted = {"channel": channel, "state": {"$in": sendings.OPEN}, "urgent": urgent, "next_at": {"$lte": now}}
        within = {"campaign": campaign} if campaign else {}
        rows = db.sendings.find({**wanted, **within}, {"parcel": 1}).sort("next_at", 1).limit(max(AT_ONCE, most))
        found |= dict.fromkeys(row["parcel"] for row in rows)
    return list(found)[:most]


def take(db: Db, parcel: str, owner: str, now: str) -> bool:
    """Have a parcel to oneself for a while; False when somebody else has it."""
    until = clock.stamp(clock.moment(now) + timedelta(seconds=LEASE_SECONDS))
    free = {"_id": parcel, "lease_until": {"$lte": now}}
    try:
        db.parcels.find_one_and_update(
            free, {"$set": {"owner": owner, "lease_until": until}}, upsert=True, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:
        return False
    return True


def release(db: Db, parcel: str, owner: str) -> None:
    """Somebody else may have it."""
    db.parcels.delete_one({"_id": parcel, "owner": owner})


def waiting(db: Db, parcel: str, now: str) -> list[sendings.Sending]:
    """What is in a parcel and has not left."""
    wanted = {"parcel": parcel, "state": {"$in": sendings.OPEN}, "next_at": {"$lte": now}}
    return list(db.sendings.find(wanted).sort("_id", 1))


def messages(db: Db, parcel: Sequence[sendings.Sending]) -> dict[str, domain.Message]:
    """The messages of a parcel by id."""
    return {row["_id"]: row for row in mongo.among(db.messages, [one["message_id"] for one in parcel])}


def note(db: Db, rows: Iterable[sendings.Sending], changes: dict[str, Any], what: str, at: str, by: str = "") -> None:
    """Write what became of sendings, each with a step more in its history."""
    step = {"what": what, "at": at, "by": by, "because": changes.get("because", "")}
    history = {"$each": [step], "$slice": -sendings.MOST_STEPS}
    update = {"$set": changes, "$push": {"history": history}, "$inc": {"tries": int(what == "tried")}}
    open_ones = {"_id": {"$in": [one["_id"] for one in rows]}, "state": {"$in": sendings.OPEN}}
    db.sendings.update_many(open_ones, update)


def circuit(db: Db, channel: str) -> dict[str, Any]:
    """The circuit of a channel."""
    return db.circuits.find_one({"_id": channel}) or dict(circuits.CLOSED)


def set_circuit(db: Db, channel: str, circuit: dict[str, Any]) -> None:
    """The circuit of a channel from now on."""
    db.circuits.update_one({"_id": channel}, {"$set": circuit}, upsert=True)


def hurry(db: Db, channel: str, at: str) -> None:
    """A channel is there again: what failed while it was away is due at once."""
    away = {"channel": channel, "state": "failed", "next_at": {"$gt": at}}
    db.sendings.update_many(away, {"$set": {"next_at": at}})


def listed(db: Db, scope: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of sendings, the newest first."""
    return mongo.page(db.sendings, actor.both(scope, _wanted(query)), [("made_at", -1), ("_id", 1)], query)


def counts(db: Db, scope: dict[str, Any], channel: str) -> dict[str, int]:
    """How many sendings of a channel wait, failed and were given up."""
    states = ("waiting", *sendings.FAILED)
    return {
        state: db.sendings.count_documents(actor.both(scope, {"channel": channel, "state": state})) for state in states
    }


def resend(db: Db, scope: dict[str, Any], draft: dict[str, Any], by: str, at: str, most: int) -> int:
    """Have these sendings, or all that a filter names, tried once more; how many. Done twice it changes nothing."""
    wanted = {"_id": {"$in": draft["ids"]}} if "ids" in draft else {"state": "dead", **_wanted(draft)}
    count = 0
    for row in db.sendings.find(actor.both(scope, wanted)).sort("_id", 1).limit(most):
        if "ids" not in draft or row["state"] in ("dead", "failed"):
            after = sendings.again(row, draft["reason"], by, at)
            changes = {key: after[key] for key in ("state", "because", "failures", "next_at", "parcel", "history")}
            count += db.sendings.update_one(
                {"_id": row["_id"], "state": row["state"]}, {"$set": changes}
            ).modified_count
    return count


def of_code(db: Db, code: str, account: str) -> sendings.Sending | None:
    """The sending whose code a person followed."""
    return db.sendings.find_one({"code": code, "account": account})


def _wanted(query: dict[str, Any]) -> dict[str, Any]:
    return {key: query[key] for key in ("state", "channel", "event", "account", "campaign") if query.get(key)}
