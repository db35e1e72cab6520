"""Which opinions stand, as intake said last, and which reviews have to be pre-checked once more because of them.

An opinion here: {_id, opinion_id, campaign, unit, group, post, stands}; its words are intake's.
"""

from typing import Any

from services.review import domain, standards
from services.spine import events, mongo

Db = mongo.Db
Opinion = dict[str, Any]
WITHOUT_TEXT = {"paragraphs": 0, "structure": 0, "findings": 0}


def prepare(db: Db) -> None:
    """Index."""
    db.opinions.create_index([("campaign", 1), ("unit", 1), ("post", 1)])


def remember(db: Db, event: events.Event) -> bool:
    """Whether an opinion stands, as was said last; whether that is news."""
    said = {"campaign": event["campaign"], **event["data"]}
    return mongo.remember(db.opinions, said["opinion_id"], said, event["sequence"])


def of(db: Db, review: domain.Review) -> list[Opinion]:
    """The opinions this material must answer: those about its post, or about the team, that stand."""
    if review["kind"] not in standards.KINDS:
        return []
    place = {key: review[key] for key in ("campaign", "unit")}
    return list(db.opinions.find({**place, "post": review["post"] or "team", "stands": True}).sort("_id", 1))


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
