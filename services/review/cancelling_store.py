"""A unit's meeting is cancelled, or to be held again: its reviews, tasks and rereadings follow.

What must stay true: the meeting is written first and the rest follows what stands there, so that whoever dies midway,
or hears the same again, comes to the same; nothing is lost, and nothing that was cancelled is worked on.
"""

from services.review import domain, tasks
from services.spine import mongo

Db = mongo.Db


def follow(db: Db, key: str, today: str, at: str, now: float) -> None:
    """What is read for a meeting (`campaign.unit`) stands as it does."""
    on, (campaign, unit) = mongo.get(db.meetings, key).get("cancelled_on"), key.split(".")
    places = {"campaign": campaign, "unit": unit}
    for review in list(db.reviews.find(places)):
        if review.get("cancelled_on") != on:
            mongo.save(db.reviews, review, domain.follow_cancelled(review, on), at=at)
    mongo.move(db.rereadings, places, {"cancelled_on": on})
    state = "cancelled" if on else "waiting"
    found = [row["_id"] for row in db.reviews.find({**places, "state": state}, {"_id": 1})]
    if on:
        tasks.cancel(db, found, now)
    else:
        tasks.restore(db, found, today, now)
