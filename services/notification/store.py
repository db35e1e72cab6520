"""Messages as they are kept."""

from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection

from services.notification import (
    column_store,
    domain,
    reminders_store,
    replays_store,
    resends_store,
    sendings_store,
    subscribers_store,
    tips_store,
    webhooks_store,
)
from services.spine import actor, mongo, portions

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes."""
    db.messages.create_index([("campaign", 1), ("sides", 1), ("unit", 1), ("at", -1)])
    db.messages.create_index([("campaign", 1), ("sides", 1), ("group", 1), ("at", -1)])
    db.messages.create_index("matter")
    column_store.prepare(db)
    reminders_store.prepare(db)
    subscribers_store.prepare(db)
    webhooks_store.prepare(db)
    tips_store.prepare(db)
    sendings_store.prepare(db)
    resends_store.prepare(db)
    replays_store.prepare(db)


def add(db: Db, messages: list[domain.Message]) -> None:
    """Keep messages, each once; there may be none."""
    if messages:
        mongo.insert_new(db.messages, messages)


def settle(db: Db, said: list[tuple[str, int, str]]) -> None:
    """What was asked in these matters (matter, sequence, at) before is done with; heard in any order, or twice, it
    comes to the same."""
    newest = {one[0]: one for one in sorted(said, key=lambda one: one[1])}
    mongo.insert_new(db.matters, [_matter(*one) for one in newest.values()])
    for some in portions.few(newest):
        _settle(db, {key: _matter(*newest[key]) for key in some})


def inbox(db: Db, within: dict[str, Any], account: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of an inbox, newest first; what is settled waits for nobody, read or not."""
    wanted = {"read_by": {"$ne": account}, "settled_at": None} if "unread" in query else {}
    return mongo.page(db.messages, actor.both(within, wanted), [("at", -1), ("_id", 1)], query)


def mark_read(db: Db, message_id: str, within: dict[str, Any], account: str) -> None:
    """This reader has read it."""
    mongo.get(db.messages, message_id, within)
    db.messages.update_one({"_id": message_id}, {"$addToSet": {"read_by": account}})


def _settle(db: Db, said: dict[str, dict[str, Any]]) -> None:
    """Few matters, each kept once at least: what was said of them, unless something newer is known."""
    known = {row["_id"]: row for row in mongo.among(db.matters, list(said))}
    newer = {key: one for key, one in said.items() if one["sequence"] > known[key]["sequence"]}
    _write(db.matters, [({"_id": key, "sequence": {"$lt": one["sequence"]}}, one) for key, one in newer.items()])
    stands = known | newer
    asked = db.messages.find({"matter": {"$in": list(said)}, "settled_at": None}, {"matter": 1, "sequence": 1})
    over = [row for row in asked if row["sequence"] < stands[row["matter"]]["sequence"]]
    _write(db.messages, [({"_id": row["_id"]}, {"settled_at": stands[row["matter"]]["at"]}) for row in over])


def _write(records: Collection[dict[str, Any]], changes: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    mongo.write_all(records, (UpdateOne(which, {"$set": one}) for which, one in changes))


def _matter(key: str, sequence: int, at: str) -> dict[str, Any]:
    return {"_id": key, "sequence": sequence, "at": at}
