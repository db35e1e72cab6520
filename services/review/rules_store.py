"""Past materials as a trial of new rules takes them: text and context as they were kept, and what people decided."""

from typing import Any

from services.review import domain, standards, store
from services.spine import actor, mongo

Db = mongo.Db


def past(db: Db, within: dict[str, Any], campaign: str | None, limit: int) -> list[domain.Review]:
    """Reviews with a text, those that people judged first, the newest first."""
    wanted = {"kind": {"$in": list(standards.KINDS)}, "paragraphs.0": {"$exists": True}}
    wanted |= {"campaign": campaign} if campaign else {}
    found: list[domain.Review] = []
    for state in ("judged", "prechecked"):
        rows = db.reviews.find(actor.both(within, {**wanted, "state": state}), {"outbox": 0, "structure": 0})
        found += rows.sort([("submitted_at", -1), ("_id", 1)]).limit(limit - len(found)) if len(found) < limit else []
    return found


def material(db: Db, review: domain.Review, author: dict[str, str] | None) -> dict[str, Any]:
    """What `precheck.examine` is asked of it, under its id; what it was compared with is as it was found then.

    `author`: {unit_name, title} of who handed it in, None when nobody can tell.
    """
    campaign = store.begun_with(db, review)
    return {
        "id": review["_id"],
        **{key: review[key] for key in ("paragraphs", "kind", "submitted_at", "unit", "post")},
        "aspects": campaign["aspects"],
        "plan": domain.plan(review, campaign),
        "author": author,
        "copies": review["near_copies"],
        "opinions": [{**one, "id": one["opinion_id"]} for one in review.get("answers") or ()],
    }


def failed(reviews: list[domain.Review]) -> dict[str, list[str]]:
    """The standards that people failed, by review, of those that were judged."""
    return {
        review["_id"]: [code for code in domain.STANDARDS if not review["verdict"]["standards"][code]["passed"]]
        for review in reviews
        if review["verdict"]
    }
