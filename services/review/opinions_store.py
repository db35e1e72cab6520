"""Opinions as they are kept, and which reviews have to be pre-checked once more because of them."""

from typing import Any

from services.review import domain, opinions, standards
from services.spine import actor, errors, mongo

Db = mongo.Db
WITHOUT_TEXT = {"paragraphs": 0, "structure": 0, "findings": 0}
ORDER = [("unit", 1), ("post", 1), ("_id", 1)]


def add(db: Db, found: list[opinions.Opinion]) -> dict[str, Any]:
    """Keep opinions about one post; those known already change nothing. {opinion_ids, added, known, withdrawn}."""
    ids = [one["_id"] for one in found]
    known = {row["_id"]: row for row in db.opinions.find({"_id": {"$in": ids}})}
    fresh = [one for one in found if one["_id"] not in known]
    if fresh:
        place = {key: fresh[0][key] for key in ("campaign", "unit", "post")}
        if db.opinions.count_documents(place) + len(fresh) > opinions.MOST:
            raise errors.Refusal("too_many_opinions", most=opinions.MOST)
        mongo.add_all(db.opinions, fresh)
    gone = sum(row["withdrawn"] is not None for row in known.values())
    return {"opinion_ids": ids, "added": len(fresh), "known": len(known) - gone, "withdrawn": gone}


def get(db: Db, opinion_id: str, within: dict[str, Any]) -> opinions.Opinion:
    """One opinion within a scope."""
    return mongo.get(db.opinions, opinion_id, within)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of opinions, by unit and post; within a post in no order that tells when they came."""
    wanted: dict[str, Any] = {name: query[name] for name in ("campaign", "unit", "post") if name in query}
    if "state" in query:
        wanted["withdrawn"] = None if query["state"] == "open" else {"$ne": None}
    return mongo.page(db.opinions, actor.both(within, wanted), ORDER, query)


def withdraw(db: Db, opinion: opinions.Opinion, changed: opinions.Opinion, at: str) -> None:
    """Keep that an opinion was withdrawn."""
    mongo.save(db.opinions, opinion, changed, at=at)


def of(db: Db, review: domain.Review) -> list[opinions.Opinion]:
    """The opinions this material must answer: those about its post, or about the team, that stand."""
    if review["kind"] not in standards.KINDS:
        return []
    place = {key: review[key] for key in ("campaign", "unit")}
    return list(db.opinions.find({**place, "post": review["post"] or "team", "withdrawn": None}).sort("_id", 1))


def outdated(db: Db, place: dict[str, Any]) -> list[str]:
    """The reviews of a post that nobody has judged and whose pre-check knew other opinions than now stand."""
    post = place["post"] if place["post"] not in ("team", None) else {"$in": ["team", None]}
    wanted = {"campaign": place["campaign"], "unit": place["unit"], "post": post, "state": "prechecked"}
    return [row["_id"] for row in db.reviews.find(wanted, WITHOUT_TEXT) if _differs(db, row)]


def reopen(db: Db, review_id: str, at: str) -> bool:
    """Whether this review is to be pre-checked once more; if nobody has judged it meanwhile, it waits for that."""
    review = db.reviews.find_one({"_id": review_id}, WITHOUT_TEXT)
    if review is None or review["state"] not in ("waiting", "prechecked"):
        return False
    if review["state"] == "prechecked":
        if not _differs(db, review):
            return False
        mongo.save(db.reviews, review, domain.once_more(review), at=at)
    return True


def _differs(db: Db, review: domain.Review) -> bool:
    known = {one["opinion_id"] for one in review.get("answers") or ()}
    return known != {one["_id"] for one in of(db, review)}
