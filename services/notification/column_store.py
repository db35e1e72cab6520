"""Articles of the column as they are kept; who reads without an account is given released ones only."""

from collections.abc import Iterable
from typing import Any

from services.notification import column, column_drafts, column_views
from services.spine import actor, mongo, outbox

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes; articles tell that they were released and withdrawn."""
    outbox.kept(db.articles)
    db.articles.create_index([("state", 1), ("released_at", -1), ("_id", 1)])
    db.articles.create_index([("campaign", 1), ("state", 1), ("facts.held_on", -1)])
    db.articles.create_index([("campaign", 1), ("unit", 1), ("number", -1)])


def add(db: Db, article: column.Article, at: str) -> None:
    """Keep a draft, once."""
    mongo.add(db.articles, article, at=at)


def latest(db: Db, campaign: str, unit: str) -> column.Article | None:
    """The article that was drafted last of a unit's meeting, if there is one."""
    return db.articles.find_one({"campaign": campaign, "unit": unit}, sort=[("number", -1)])


def follows(db: Db, article: column.Article) -> str | None:
    """The draft that was made after an article was withdrawn, if one was."""
    found = db.articles.find_one({"_id": column_drafts.following(article)}, {"_id": 1})
    return found["_id"] if found else None


def get(db: Db, key: str, within: dict[str, Any] | None = None) -> column.Article:
    """An article within a scope."""
    return mongo.get(db.articles, key, within)


def save(db: Db, before: column.Article, changed: column.Changed, at: str) -> column.Article:
    """Write a changed article with what it says."""
    return mongo.save(db.articles, before, *changed, at=at)


def keep_picture(db: Db, key: str, sha256: str, data: bytes) -> None:
    """Keep the bytes of an article's picture."""
    db.pictures.replace_one({"_id": f"{key}:{sha256}"}, {"data": data}, upsert=True)


def picture(db: Db, key: str, sha256: str) -> bytes:
    """The bytes of an article's picture."""
    return bytes(mongo.get(db.pictures, f"{key}:{sha256}")["data"])


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of an office's list, the latest meetings first, with how many articles are in each state."""
    named = [key for key in ("campaign", "region") if key in query]
    place = actor.both(within, {key: query[key] for key in named})
    wanted = actor.both(place, {"state": query["state"]}) if "state" in query else place
    found = mongo.page(db.articles, wanted, [("facts.held_on", -1), ("_id", 1)], query)
    return {**found, "rows": [column_views.row(one) for one in found["rows"]], "states": states(db, place)}


def states(db: Db, within: dict[str, Any]) -> dict[str, int]:
    """How many articles are in each state."""
    return {state: db.articles.count_documents(actor.both(within, {"state": state})) for state in column.STATES}


def released(db: Db, query: dict[str, str]) -> dict[str, Any]:
    """One page of the public list, the latest released first, with the regions there are to choose from."""
    public = {"state": "released"}
    wanted = {**public, **({"region": query["region"]} if "region" in query else {})}
    found = mongo.page(db.articles, wanted, [("released_at", -1), ("_id", 1)], query)
    return {**found, "rows": [column_views.public(one) for one in found["rows"]], "regions": list(_regions(db, public))}


def _regions(db: Db, wanted: dict[str, str]) -> Iterable[dict[str, Any]]:
    named = {"_id": "$region", "name": {"$first": "$region_name"}, "count": {"$sum": 1}}
    for one in db.articles.aggregate([{"$match": wanted}, {"$group": named}, {"$sort": {"_id": 1}}]):
        yield {"region_code": one["_id"], "name": one["name"], "count": one["count"]}
