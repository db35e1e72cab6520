"""Subscribers as they are kept; of a token only the hash."""

import hashlib
from typing import Any

from services.notification import subscribers
from services.spine import actor, errors, mongo

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes."""
    db.subscribers.create_index("token")
    db.subscribers.create_index([("campaign", 1), ("_id", 1)])


def add(db: Db, subscriber: subscribers.Subscriber, at: str) -> None:
    """A new subscriber; refuses a code that is taken."""
    if not mongo.add(db.subscribers, subscriber, at=at):
        raise errors.Refusal("subscriber_taken", subscriber=subscriber["code"])


def get(db: Db, code: str, within: dict[str, Any]) -> subscribers.Subscriber:
    """The subscriber of that code within a scope."""
    return mongo.get(db.subscribers, code, within)


def save(db: Db, before: subscribers.Subscriber, after: subscribers.Subscriber, at: str) -> None:
    """Write a changed subscriber."""
    mongo.save(db.subscribers, before, after, at=at)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of the subscribers of a scope, by code; of one kind or state, if asked."""
    wanted: dict[str, Any] = {key: query[key] for key in ("kind", "state") if key in query}
    return mongo.page(db.subscribers, actor.both(within, wanted), [("_id", 1)], query)


def of_token(db: Db, token: str) -> subscribers.Subscriber | None:
    """Whose token that is."""
    return db.subscribers.find_one({"token": hash_of(token)})


def find(db: Db, code: str) -> subscribers.Subscriber | None:
    """The subscriber of that code, if there is one."""
    return db.subscribers.find_one({"_id": code})


def mark_read(db: Db, code: str, cursor: int, at: str) -> None:
    """A reader of the feed said how far it has come."""
    db.subscribers.update_one({"_id": code}, {"$set": {"cursor": cursor, "read_at": at}})


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
