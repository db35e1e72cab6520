"""Messages as they are kept."""

from typing import Any

from services.notification import (
    column_store,
    domain,
    reminders_store,
    replays_store,
    sendings_store,
    subscribers_store,
    tips_store,
    webhooks_store,
)
from services.spine import actor, mongo

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
    replays_store.prepare(db)


def add(db: Db, messages: list[domain.Message]) -> None:
    """Keep messages, each once; there may be none."""
    if messages:
        mongo.insert_new(db.messages, messages)


def settle(db: Db, matter: str, sequence: int, at: str) -> None:
    """What was asked in a matter before is done with; heard in any order, or twice, it comes to the same."""
    mongo.remember(db.matters, matter, {"at": at}, sequence)
    known = mongo.get(db.matters, matter)
    asked = {"matter": matter, "sequence": {"$lt": known["sequence"]}, "settled_at": None}
    db.messages.update_many(asked, {"$set": {"settled_at": known["at"]}})


def inbox(db: Db, within: dict[str, Any], account: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of an inbox, newest first; what is settled waits for nobody, read or not."""
    wanted = {"read_by": {"$ne": account}, "settled_at": None} if "unread" in query else {}
    return mongo.page(db.messages, actor.both(within, wanted), [("at", -1), ("_id", 1)], query)


def mark_read(db: Db, message_id: str, within: dict[str, Any], account: str) -> None:
    """This reader has read it."""
    mongo.get(db.messages, message_id, within)
    db.messages.update_one({"_id": message_id}, {"$addToSet": {"read_by": account}})
