"""Sendings, preferences, rules of campaigns and circuits as they are kept."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from services.notification import circuits, domain, sendings, windows
from services.spine import actor, clock, mongo, portions, workdays

Db = mongo.Db
AT_ONCE = 200
LEASE_SECONDS = 120
_walks: defaultdict[tuple[Any, ...], windows.Windows] = defaultdict(windows.Windows)


def prepare(db: Db) -> None:
    """Indexes; what became of a sending goes by itself when its time is over."""
    db.messages.create_index([("told_at", 1), ("at", 1)])
    db.sendings.create_index([("channel", 1), ("state", 1), ("urgent", 1), ("next_at", 1)])
    db.sendings.create_index([("campaign", 1), ("state", 1), ("made_at", -1)])
    db.sendings.create_index([("state", 1), ("made_at", -1)])
    db.sendings.create_index([("made_at", -1), ("_id", 1)])
    db.sendings.create_index("parcel")
    db.sendings.create_index("code")
    db.sendings.create_index("package")
    db.sendings.create_index("kept_until", expireAfterSeconds=0)


def untold(db: Db, now: str) -> Iterator[list[domain.Message]]:
    """Messages of which nobody has been called yet, some at a time."""
    for found in _walks[db.name, "untold"].walk(db.messages, {"told_at": None}, "at", now):
        yield from portions.portions(found, AT_ONCE)


def told(db: Db, messages: Iterable[domain.Message], at: str) -> None:
    """The sendings of these messages are made."""
    for some in portions.few(one["_id"] for one in messages):
        db.messages.update_many({"_id": {"$in": some}}, {"$set": {"told_at": at}})


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


def due(db: Db, channel: str, now: str, campaign: str = "") -> Iterator[str]:
    """The parcels that may leave by a channel now, what is urgent first, then what waits longest."""
    for urgent, state in itertools.product((True, False), sendings.OPEN):
        wanted = {"channel": channel, "state": state, "urgent": urgent, **({"campaign": campaign} if campaign else {})}
        walk = _walks[db.name, *wanted.values()]
        for found in walk.walk(db.sendings, wanted, "next_at", now, {"parcel": 1}):
            yield from dict.fromkeys(row["parcel"] for row in found)


def take(db: Db, parcels: Sequence[str], owner: str, now: str) -> list[str]:
    """Have parcels to oneself for a while; those that nobody else has."""
    mine = {"owner": owner, "lease_until": clock.stamp(clock.moment(now) + timedelta(seconds=LEASE_SECONDS))}
    if mongo.insert_new(db.parcels, [{"_id": parcel, **mine} for parcel in parcels]) < len(parcels):
        db.parcels.update_many({"_id": {"$in": parcels}, "lease_until": {"$lte": now}}, {"$set": mine})
        return [row["_id"] for row in db.parcels.find({"_id": {"$in": parcels}, "owner": owner})]
    return list(parcels)


def release(db: Db, parcels: Sequence[str], owner: str) -> None:
    """Somebody else may have them."""
    db.parcels.delete_many({"_id": {"$in": parcels}, "owner": owner})


def waiting(db: Db, parcels: Sequence[str], now: str) -> list[sendings.Sending]:
    """What is in some parcels and has not left."""
    rows = (row for some in portions.few(parcels) for row in db.sendings.find({"parcel": {"$in": some}}))
    found = [row for row in rows if row["state"] in sendings.OPEN and row["next_at"] <= now]
    return sorted(found, key=lambda row: str(row["_id"]))


def messages(db: Db, rows: Sequence[sendings.Sending]) -> dict[str, domain.Message]:
    """The messages of some sendings by id."""
    keys = list(dict.fromkeys(one["message_id"] for one in rows))
    return {row["_id"]: row for row in mongo.among(db.messages, keys)}


def note(db: Db, rows: Iterable[sendings.Sending], changes: dict[str, Any], what: str, at: str, by: str = "") -> None:
    """Write what became of sendings, each with a step more in its history."""
    step = {"what": what, "at": at, "by": by, "because": changes.get("because", "")}
    history = {"$each": [step], "$slice": -sendings.MOST_STEPS}
    update = {"$set": changes, "$push": {"history": history}, "$inc": {"tries": int(what == "tried")}}
    for some in portions.few(one["_id"] for one in rows):
        db.sendings.update_many({"_id": {"$in": some}, "state": {"$in": sendings.OPEN}}, update)


def put_off(db: Db, keys: Sequence[str], changes: dict[str, Any]) -> None:
    """These leave later, and together with others."""
    for some in portions.few(keys):
        db.sendings.update_many({"_id": {"$in": some}, "state": {"$in": sendings.OPEN}}, {"$set": changes})


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
    return mongo.page(db.sendings, actor.both(scope, named(query)), [("made_at", -1), ("_id", 1)], query)


def counts(db: Db, scope: dict[str, Any], channel: str) -> dict[str, int]:
    """How many sendings of a channel wait, failed and were given up."""
    states = ("waiting", *sendings.FAILED)
    return {
        state: db.sendings.count_documents(actor.both(scope, {"channel": channel, "state": state})) for state in states
    }


def of_code(db: Db, code: str, account: str) -> sendings.Sending | None:
    """The sending whose code a person followed."""
    return db.sendings.find_one({"code": code, "account": account})


def named(query: dict[str, Any]) -> dict[str, Any]:
    """The sendings a filter names."""
    return {key: query[key] for key in ("state", "channel", "event", "account", "campaign") if query.get(key)}
