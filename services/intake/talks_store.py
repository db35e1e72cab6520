"""The books of talks as they are kept, one for each unit."""

from typing import Any

from services.intake import talks
from services.spine import actor, errors, mongo, outbox

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.talk_books)
    db.talk_books.create_index([("campaign", 1), ("group", 1), ("counts.missing", -1)])
    db.talk_books.create_index([("campaign", 1), ("region", 1), ("counts.missing", -1)])


def book(db: Db, plan: talks.Plan) -> tuple[talks.Book | None, talks.Book]:
    """A unit's book as it is kept (None before there is one), and as it is to be gone on with."""
    found = db.talk_books.find_one({"_id": f"{plan['campaign']}.{plan['unit']}"})
    return found, found or talks.begin(plan)


def save(db: Db, before: talks.Book | None, changed: talks.Changed, at: str) -> talks.Book:
    """Write a book with what it says."""
    after, facts = changed
    if before is not None:
        return mongo.save(db.talk_books, before, after, facts, at=at)
    if not mongo.add(db.talk_books, after, facts, at=at):
        raise errors.Stale
    return after


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of units with how far their talks have come, those that lack most first."""
    wanted: dict[str, Any] = {key: query[key] for key in ("campaign", "group", "region") if key in query}
    if "state" in query:
        wanted["counts.complete"] = query["state"] == "complete"
    keys = {"campaign": 1, "unit": 1, "region": 1, "group": 1, "counts": 1}
    order = [("counts.missing", -1), ("counts.unconfirmed", -1), ("_id", 1)]
    return mongo.page(db.talk_books, actor.both(within, wanted), order, query, keys)
