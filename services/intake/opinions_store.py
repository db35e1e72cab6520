"""Opinions as they are kept, the names to be masked in them, and which readers are recused from which units."""

from typing import Any

from services.intake import opinions
from services.spine import actor, errors, events, mongo, outbox

Db = mongo.Db
ORDER = [("unit", 1), ("post", 1), ("_id", 1)]


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.opinions)
    db.opinions.create_index([("campaign", 1), ("unit", 1), ("post", 1)])
    db.opinions.create_index([("campaign", 1), ("group", 1)])
    db.opinions.create_index("merged_into", sparse=True)
    db.recusals.create_index("account")


def add(db: Db, found: list[opinions.Opinion], at: str) -> dict[str, Any]:
    """Keep opinions about one post; those known already change nothing. {opinion_ids, added, known, withdrawn}."""
    ids = [one["_id"] for one in found]
    known = {row["_id"]: row for row in db.opinions.find({"_id": {"$in": ids}})}
    fresh = [one for one in found if one["_id"] not in known]
    if fresh:
        place = {key: fresh[0][key] for key in ("campaign", "unit", "post")}
        if db.opinions.count_documents(place) + len(fresh) > opinions.MOST:
            raise errors.Refusal("too_many_opinions", most=opinions.MOST)
        keep(db, fresh, at)
    gone = sum(row["withdrawn"] is not None for row in known.values())
    return {"opinion_ids": ids, "added": len(fresh), "known": len(known) - gone, "withdrawn": gone}


def keep(db: Db, found: list[opinions.Opinion], at: str) -> None:
    """Keep opinions, each with what it says of itself, those that are not there already."""
    for said_at in sorted({opinions.said_at(one, at) for one in found}):
        told = [one for one in found if opinions.said_at(one, at) == said_at]
        mongo.add_all(db.opinions, told, opinions.changed, at=said_at)


def get(db: Db, opinion_id: str, within: dict[str, Any]) -> opinions.Opinion:
    """One opinion within a scope."""
    return mongo.get(db.opinions, opinion_id, within)


def parts(db: Db, ids: list[str], within: dict[str, Any]) -> list[opinions.Opinion]:
    """Several opinions within a scope, all of them or none."""
    return [mongo.get(db.opinions, one, within) for one in sorted(set(ids))]


def merged_into(db: Db, opinion_id: str) -> list[opinions.Opinion]:
    """The opinions that were merged into this one."""
    return list(db.opinions.find({"merged_into": opinion_id}).sort("_id", 1))


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of opinions, by unit and post; within a post in no order that tells when they came."""
    wanted: dict[str, Any] = {name: query[name] for name in ("campaign", "unit", "post") if name in query}
    if query.get("state") == "open":
        wanted |= {"withdrawn": None, "merged_into": None}
    elif "state" in query:
        wanted |= {"withdrawn": {"$ne": None}}
    return mongo.page(db.opinions, actor.both(within, wanted), ORDER, query)


def about(db: Db, campaign: str, unit: str, post: str) -> list[opinions.Opinion]:
    """Every opinion about a post, also those that do not stand."""
    return list(db.opinions.find({"campaign": campaign, "unit": unit, "post": post}).sort("_id", 1))


def save(db: Db, before: opinions.Opinion, after: opinions.Opinion, at: str) -> opinions.Opinion:
    """Keep an opinion's next state; that it stands or stands no more is said."""
    told = opinions.changed(after) if opinions.stands(before) != opinions.stands(after) else []
    return mongo.save(db.opinions, before, after, told, at=at)


def mark(db: Db, place: dict[str, str], unmarked: str, wanted: dict[str, Any], today: str) -> int:
    """Write a day beside the standing opinions about a post that have none there yet; how many."""
    standing = {**place, "withdrawn": None, "merged_into": None, unmarked: None, **wanted}
    return db.opinions.update_many(standing, {"$set": {unmarked: today}, "$inc": {"revision": 1}}).modified_count


def names(db: Db, campaign: str, unit: str) -> list[str]:
    """The names that are masked in a unit's opinions."""
    found = db.names.find_one({"_id": f"{campaign}.{unit}"})
    return list(found["names"]) if found else []


def all_names(db: Db, campaign: str) -> list[str]:
    """The names that are masked in the opinions of any unit of a campaign."""
    found = db.names.find({"_id": {"$gte": f"{campaign}.", "$lt": f"{campaign}/"}})
    return sorted({name for row in found for name in row["names"]})


def keep_names(db: Db, campaign: str, unit: str, given: list[str]) -> None:
    """Keep the names that are masked in a unit's opinions."""
    db.names.replace_one({"_id": f"{campaign}.{unit}"}, {"names": sorted(set(given))}, upsert=True)


def remember_recusal(db: Db, event: events.Event) -> None:
    """Whether a reader is recused from a unit, as was said last."""
    said = {name: event["data"][name] for name in ("unit", "account", "stands")} | {"campaign": event["campaign"]}
    mongo.remember(db.recusals, event["data"]["recusal_id"], said, event["sequence"])


def recused(db: Db, campaign: str, unit: str, account: str) -> bool:
    """Whether a reader is recused from a unit."""
    return f"{campaign}.{unit}" in recusals(db, account)


def recusals(db: Db, account: str) -> list[str]:
    """The units a reader is recused from, each as `campaign.unit`."""
    return [f"{row['campaign']}.{row['unit']}" for row in db.recusals.find({"account": account, "stands": True})]
