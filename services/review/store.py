"""Reviews and the signatures by which near-copies are found, as they are kept."""

import bisect
from collections import defaultdict
from typing import Any

from services.review import closes, domain, reading, sampling_store, tasks, trials_store
from services.spine import actor, clock, mongo, outbox, settings, workdays
from services.spine.events import Fact

Db = mongo.Db
OPEN = ("waiting", "prechecked", "unreadable")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.reviews)
    outbox.kept(db.supervision_comments)
    db.supervision_comments.create_index([("campaign", 1), ("unit", 1)])
    tasks.prepare(db)
    sampling_store.prepare(db)
    trials_store.prepare(db)
    if settings.embedded() and not settings.beside():
        tasks.begin_anew(db)
    db.reviews.create_index([("campaign", 1), ("group", 1), ("state", 1), ("meeting_on", 1), ("submitted_at", 1)])
    db.reviews.create_index([("campaign", 1), ("unit", 1), ("state", 1)])
    db.reviews.create_index([("material_id", 1), ("version", 1)])
    db.reviews.create_index([("once_more", 1), ("state", 1)], sparse=True)
    db.reviews.create_index([("holder.account", 1), ("state", 1)])
    db.reviews.create_index([("verdict.by_account", 1), ("verdict.at", -1)])
    db.recusals.create_index([("campaign", 1), ("account", 1)])
    db.talks.create_index("material_id")
    db.readers.create_index([("campaign", 1), ("group", 1)])
    db.signatures.create_index("bands")
    db.signatures.create_index("algorithm")
    db.signatures.create_index([("unit", 1), ("post", 1), ("kind", 1), ("submitted_at", -1)])
    db.signatures.create_index([("origin", 1), ("kept_at", -1)], sparse=True)


def remember_campaign(db: Db, event: dict[str, Any]) -> None:
    """What reading needs of the campaign: its aspects, the time to answer, how long a text may be, its last day."""
    keys = ("aspects", "answer_within", "standards", "reading", "lengths", "all_meetings_held_by")
    said = {key: event["data"][key] for key in keys if key in event["data"]}
    said["version"] = event["data"].get("version", 1)
    if before := db.campaigns.find_one({"_id": event["campaign"]}, {"_id": 0}):
        _keep_version(db, event["campaign"], before)
    mongo.remember(db.campaigns, event["campaign"], said, event["sequence"])
    _keep_version(db, event["campaign"], {**said, "sequence": event["sequence"]})


def _keep_version(db: Db, code: str, said: dict[str, Any]) -> None:
    """What was said of one version stays known: reviews keep the version they began with."""
    key = f"{code}@{said.get('version', 1)}"
    db.campaigns.update_one({"_id": key}, {"$setOnInsert": said}, upsert=True)


def campaign(db: Db, code: str) -> dict[str, Any]:
    """What was said of the campaign."""
    return mongo.get(db.campaigns, code)


def begun_with(db: Db, review: domain.Review) -> dict[str, Any]:
    """What was said of the campaign in the version that a review began with."""
    kept = db.campaigns.find_one({"_id": f"{review['campaign']}@{review.get('definition', 1)}"})
    return kept or campaign(db, review["campaign"])


def remember_calendar(db: Db, event: dict[str, Any]) -> None:
    """The days an office loaded, of the newest version that was said."""
    mongo.remember(db.calendars, "standing", {"days": event["data"]["days"]}, event["data"]["version"])


def calendar(db: Db) -> workdays.Calendar:
    """Which days are worked."""
    kept = db.calendars.find_one({"_id": "standing"})
    return workdays.Calendar(kept["days"]) if kept else workdays.PUBLISHED


def remember_meeting(db: Db, event: dict[str, Any]) -> None:
    """The unit's meeting day and group, as said last; its reviews move with them, out of the former group's hands."""
    said = {"meeting_on": event["data"]["meeting_on"], "group": event["data"]["group"]}
    places = {"campaign": event["campaign"], "unit": event["data"]["unit"]}
    first = (post["post"] for post in event["data"].get("posts", ()) if post["role"] == "secretary")
    known = {**said, "region": event["region"], "rules": event["data"].get("rules", {}), "secretary": next(first, None)}
    if mongo.remember(db.meetings, f"{places['campaign']}.{places['unit']}", known, event["sequence"]):
        mongo.move(db.reviews, places, {"group": said["group"]}, {"holder": None})
        _follow(db, places, said)
        mongo.move(db.reviews, places, {"meeting_on": said["meeting_on"]})
        mongo.move(db.opinions, places, {"group": said["group"]})
        mongo.move(db.supervision_comments, places, {"group": said["group"]})
        waiting = [row["_id"] for row in db.reviews.find({**places, "state": "waiting"}, {"_id": 1})]
        tasks.move(db, waiting, said["meeting_on"], clock.today())


def _follow(db: Db, places: dict[str, Any], said: dict[str, Any]) -> None:
    """The answers a unit owes, with what is said of them, before anything else learns of its meeting's new day."""
    for review in list(db.reviews.find({**places, "state": "judged"})):
        owed = review["verdict"]["outcome"] != "passed" and review["meeting_on"] != said["meeting_on"]
        if owed and newest(db, review["material_id"]) == review["version"]:
            days = reading.policy(begun_with(db, review))["close_days_before"]
            changed, facts = closes.follow(review, said, days, clock.today())
            mongo.save(db.reviews, review, changed, facts, at=clock.now())


def campaigns(db: Db, events: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """What was said of the campaign of each event, in the version its material began with, as far as it was said."""
    codes = [event["campaign"] for event in events]
    begun = [f"{event['campaign']}@{event['data'].get('definition')}" for event in events]
    said = {row["_id"]: row for row in db.campaigns.find({"_id": {"$in": sorted({*codes, *begun})}})}
    return [said.get(version) or said.get(code) for version, code in zip(begun, codes, strict=True)]


def answer_within(db: Db, review: domain.Review) -> dict[str, Any]:
    """How soon a return is answered: as the unit's rules say, else the campaign's."""
    found = db.meetings.find_one({"_id": f"{review['campaign']}.{review['unit']}"}) or {}
    within: dict[str, Any] = (
        found.get("rules", {}).get("answer_within") or campaign(db, review["campaign"])["answer_within"]
    )
    return within


def place(db: Db, campaign: str, unit: str) -> dict[str, Any]:
    """Where a unit belongs, as its meeting was scheduled, with its day and whether it was held or cancelled."""
    found = mongo.get(db.meetings, f"{campaign}.{unit}")
    keys = ("region", "group", "meeting_on", "held", "cancelled_on")
    return {"campaign": campaign, "unit": unit, **{key: found.get(key) for key in keys}}


def recusal(db: Db, recusal_id: str, within: dict[str, Any]) -> dict[str, Any]:
    """A recusal within a scope."""
    return mongo.get(db.recusals, recusal_id, within)


def unjudged(db: Db, campaign: str, unit: str) -> list[dict[str, Any]]:
    """The places of a unit whose pre-checked materials nobody has judged: [{campaign, unit, post}]."""
    here = {"campaign": campaign, "unit": unit}
    return [{**here, "post": post} for post in db.reviews.distinct("post", {**here, "state": "prechecked"})]


def remember_held(db: Db, event: dict[str, Any]) -> None:
    """The unit's meeting was held: its verdicts stand."""
    key = f"{event['campaign']}.{event['data']['unit']}"
    db.meetings.update_one({"_id": key}, {"$set": {"held": True}})


def meeting_held(db: Db, review: domain.Review) -> bool:
    """Whether the unit's meeting was held."""
    found = db.meetings.find_one({"_id": f"{review['campaign']}.{review['unit']}"}, {"held": 1})
    return bool(found and found.get("held"))


def aspects(db: Db, campaign: str) -> list[str]:
    """The aspects that materials of a campaign examine."""
    return [one["code"] for one in mongo.get(db.campaigns, campaign)["aspects"]]


def former(db: Db, review: domain.Review) -> domain.Review | None:
    """The last version before this one that was judged: what was handed in meanwhile and not read answers nothing."""
    judged = {"material_id": review["material_id"], "version": {"$lt": review["version"]}, "verdict": {"$ne": None}}
    return db.reviews.find_one(judged, sort=[("version", -1)])


def noted(db: Db, review: domain.Review) -> list[domain.Review]:
    """The versions before this one, the oldest first, whose notes no other took along: the last that was pre-checked
    and those that were overtaken before they were; none that was taken back."""
    before = {"material_id": review["material_id"], "version": {"$lt": review["version"]}, "state": {"$ne": "recalled"}}
    found: list[domain.Review] = []
    for one in db.reviews.find(before, sort=[("version", -1)]):
        found.insert(0, one)
        if one["paragraphs"] or one["refusal"]:
            break
    return [one for one in found if one["notes"]]


def rounds(db: Db, reviews: list[domain.Review]) -> dict[str, int]:
    """The number of each one's round: how many earlier versions were judged, and one."""
    later = sorted({review["material_id"] for review in reviews if review["version"] > 1})
    judged = {"material_id": {"$in": later}, "verdict": {"$ne": None}}
    read = defaultdict[str, list[int]](list)
    for one in db.reviews.find(judged, {"material_id": 1, "version": 1}).sort("version", 1) if later else ():
        read[one["material_id"]].append(one["version"])
    return {one["_id"]: 1 + bisect.bisect_left(read[one["material_id"]], one["version"]) for one in reviews}


def copies(db: Db, review: domain.Review) -> list[dict[str, Any]]:
    """What a text resembles, each with the secrecy that the other material has by now."""
    ids = [copy.get("review_id") for copy in review["near_copies"]]
    said = db.reviews.find({"_id": {"$in": ids}}, {"secrecy": 1}) if ids else ()
    secrecy = {row["_id"]: row.get("secrecy") for row in said}
    return [{**copy, "secrecy": secrecy.get(copy.get("review_id"))} for copy in review["near_copies"]]


def talks(db: Db, material_id: str) -> list[dict[str, Any]]:
    """The talks of the group's leader with the author about a material, in their order."""
    return list(db.talks.find({"material_id": material_id}, {"_id": 0}).sort("at", 1))


def keep_talk(db: Db, talk: dict[str, Any]) -> dict[str, Any]:
    """Keep a talk, once; as it is kept."""
    db.talks.update_one({"_id": talk["talk_id"]}, {"$setOnInsert": talk}, upsert=True)
    return db.talks.find_one({"_id": talk["talk_id"]}, {"_id": 0}) or talk


def newest_review(db: Db, material_id: str, within: dict[str, Any]) -> domain.Review:
    """The newest version's review of a material within a scope."""
    number = newest(db, material_id)
    return get(db, f"{material_id}.v{number}", within)


def meetings(db: Db, events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The meetings of the units that events speak of, as far as they were said, by `campaign.unit`."""
    keys = sorted({f"{event['campaign']}.{event['data']['unit']}" for event in events})
    return {row["_id"]: row for row in db.meetings.find({"_id": {"$in": keys}})}


def open_reviews(db: Db, reviews: list[domain.Review], at: str) -> None:
    """New reviews, each once. Whichever of two versions is written last finds the other: the older is superseded."""
    mongo.add_all(db.reviews, reviews)
    for review in reviews:
        if reading.is_work_secret(review):
            mongo.move(db.reviews, {"material_id": review["material_id"]}, {"secrecy": review["secrecy"]})
            sampling_store.keep_to_office(db, review["material_id"])
    materials = {"material_id": {"$in": [review["material_id"] for review in reviews]}}
    keys = dict.fromkeys(("material_id", "version", "verdict", "state", "revision"), 1)
    rows = sorted(db.reviews.find(materials, keys), key=lambda row: int(row["version"]))
    latest = {row["material_id"]: row["version"] for row in rows}
    for row in rows:
        if row["version"] < latest[row["material_id"]] and not row["verdict"]:
            mongo.save(db.reviews, row, domain.supersede(row), at=at)


def newest(db: Db, material_id: str) -> int:
    """The highest version that came in for review and was not taken back; 0 when none did."""
    standing = {"material_id": material_id, "state": {"$ne": "recalled"}}
    found = db.reviews.find_one(standing, {"version": 1}, sort=[("version", -1)])
    return int(found["version"]) if found else 0


def find(db: Db, review_id: str) -> domain.Review | None:
    """The review of that id, if its version has come in."""
    return db.reviews.find_one({"_id": review_id})


def get(db: Db, review_id: str, within: dict[str, Any] | None = None) -> domain.Review:
    """The review of that id within a scope."""
    return mongo.get(db.reviews, review_id, within)


def save(db: Db, before: domain.Review, after: domain.Review, facts: list[Fact], at: str) -> domain.Review:
    """Write a changed review with what it says."""
    return mongo.save(db.reviews, before, after, facts, at=at)


QUEUE = ("campaign", "unit", "region", "group", "material_id", "meeting_on")
NEAREST = [("meeting_on", 1), ("submitted_at", 1), ("_id", 1)]
LINE = {"paragraphs": 0, "structure": 0, "outbox": 0, "notes": 0, "carried": 0, "answers": 0}


def wanted(query: dict[str, str], account: str, barred: frozenset[str], today: str) -> dict[str, Any]:
    """What a question to the queue asks for."""
    asked: dict[str, Any] = {key: query[key] for key in QUEUE if key in query}
    if "state" in query:
        asked["state"] = {"$in": list(OPEN)} if query["state"] == "open" else query["state"]
    if query.get("overdue"):
        asked |= {"meeting_on": {"$lt": today}, "state": {"$in": list(OPEN)}}
    if query.get("mine") == "held":
        asked |= {"holder.account": account, "holder.until": {"$gte": today}, "state": {"$in": list(domain.READABLE)}}
    if query.get("mine") == "free":
        asked = actor.both(asked, free(account, barred, today))
    return asked


def free(account: str, barred: frozenset[str], today: str) -> dict[str, Any]:
    """Reviews that nobody holds and this reader may take."""
    unheld = {"$or": [{"holder": None}, {"holder.until": {"$lt": today}}]}
    state = {"state": {"$in": list(domain.READABLE)}, "declined.account": {"$ne": account}}
    return {**unheld, **state, "unit": {"$nin": sorted(barred)}} if barred else {**unheld, **state}


def queue(db: Db, within: dict[str, Any], asked: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of the queue: the nearest meeting first, then what was handed in first."""
    return mongo.page(db.reviews, actor.both(within, asked), NEAREST, query, LINE)


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
    mongo.save(db.reviews, review, domain.once_more(review), at=at)
    return True
