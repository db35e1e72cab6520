"""Reviews and the signatures by which near-copies are found, as they are kept."""

from typing import Any

from services.review import domain, tasks
from services.spine import actor, clock, mongo, outbox, settings
from services.spine.events import Fact

Db = mongo.Db
OPEN = ("waiting", "prechecked", "unreadable")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.reviews)
    tasks.prepare(db)
    if settings.embedded() and not settings.beside():
        tasks.begin_anew(db)
    db.reviews.create_index([("campaign", 1), ("group", 1), ("state", 1), ("meeting_on", 1), ("submitted_at", 1)])
    db.reviews.create_index([("campaign", 1), ("unit", 1), ("state", 1)])
    db.reviews.create_index([("material_id", 1), ("version", 1)])
    db.signatures.create_index("bands")
    db.signatures.create_index([("unit", 1), ("post", 1), ("kind", 1), ("submitted_at", -1)])
    db.signatures.create_index([("origin", 1), ("kept_at", -1)], sparse=True)


def remember_campaign(db: Db, event: dict[str, Any]) -> None:
    """What reading needs of the campaign: its aspects and the time to answer."""
    said = {key: event["data"][key] for key in ("aspects", "answer_within")}
    mongo.remember(db.campaigns, event["campaign"], said, event["sequence"])


def campaign(db: Db, code: str) -> dict[str, Any]:
    """What was said of the campaign."""
    return mongo.get(db.campaigns, code)


def remember_meeting(db: Db, event: dict[str, Any]) -> None:
    """The unit's meeting day and group, as said last; its reviews move with them."""
    said = {"meeting_on": event["data"]["meeting_on"], "group": event["data"]["group"]}
    places = {"campaign": event["campaign"], "unit": event["data"]["unit"]}
    if mongo.remember(db.meetings, f"{places['campaign']}.{places['unit']}", said, event["sequence"]):
        mongo.move(db.reviews, places, said)
        waiting = [row["_id"] for row in db.reviews.find({**places, "state": "waiting"}, {"_id": 1})]
        tasks.move(db, waiting, said["meeting_on"], clock.today())


def meeting_days(db: Db, events: list[dict[str, Any]]) -> dict[str, str | None]:
    """The meeting days of the units that events speak of, as far as they were said, by `campaign.unit`."""
    keys = sorted({f"{event['campaign']}.{event['data']['unit']}" for event in events})
    found = {row["_id"]: row["meeting_on"] for row in db.meetings.find({"_id": {"$in": keys}})}
    return {key: found.get(key) for key in keys}


def open_reviews(db: Db, reviews: list[domain.Review], at: str) -> None:
    """New reviews, each once. Whichever of two versions is written last finds the other: the older is superseded."""
    mongo.add_all(db.reviews, reviews)
    materials = {"material_id": {"$in": [review["material_id"] for review in reviews]}}
    keys = dict.fromkeys(("material_id", "version", "verdict", "state", "revision"), 1)
    rows = sorted(db.reviews.find(materials, keys), key=lambda row: int(row["version"]))
    latest = {row["material_id"]: row["version"] for row in rows}
    for row in rows:
        if row["version"] < latest[row["material_id"]] and not row["verdict"]:
            mongo.save(db.reviews, row, domain.supersede(row), at=at)


def newest(db: Db, material_id: str) -> int:
    """The highest version that came in for review; 0 when none did."""
    found = db.reviews.find_one({"material_id": material_id}, {"version": 1}, sort=[("version", -1)])
    return int(found["version"]) if found else 0


def get(db: Db, review_id: str, within: dict[str, Any] | None = None) -> domain.Review:
    """The review of that id within a scope."""
    return mongo.get(db.reviews, review_id, within)


def save(db: Db, before: domain.Review, after: domain.Review, facts: list[Fact], at: str) -> domain.Review:
    """Write a changed review with what it says."""
    return mongo.save(db.reviews, before, after, facts, at=at)


def queue(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of the queue: the nearest meeting first, then what was handed in first."""
    wanted: dict[str, Any] = {key: query[key] for key in ("unit", "region", "group", "material_id") if key in query}
    if "state" in query:
        wanted["state"] = {"$in": list(OPEN)} if query["state"] == "open" else query["state"]
    order = [("meeting_on", 1), ("submitted_at", 1), ("_id", 1)]
    project = {"paragraphs": 0, "structure": 0, "outbox": 0}
    found = mongo.page(db.reviews, actor.both(within, wanted), order, query, project)
    return {**found, "rows": [domain.row(row) for row in found["rows"]]}


def remember_signature(
    db: Db, review: domain.Review, signature: dict[str, Any], paragraphs: list[dict[str, Any]]
) -> None:
    """Keep a text with its signature before it is compared, so that of two at once one finds the other."""
    keys = ("material_id", "review_id", "campaign", "unit", "region", "group", "kind", "post", "submitted_at")
    kept = {**signature, "paragraphs": paragraphs, "origin": "material", **{key: review[key] for key in keys}}
    db.signatures.replace_one({"_id": review["_id"]}, kept, upsert=True)


def reopen(db: Db, review_id: str, copied_from: str, at: str) -> bool:
    """An earlier text turned up that this one resembles: it is pre-checked once more, unless a person has judged it."""
    review = db.reviews.find_one({"_id": review_id, "state": "prechecked"})
    if review is None or any(copy["material_id"] == copied_from for copy in review["near_copies"]):
        return False
    mongo.save(db.reviews, review, {**review, "state": "waiting"}, at=at)
    return True
