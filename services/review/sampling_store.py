"""Rereadings as they are kept, and the counts that calibration is made of.

What was decided is counted in the store, through an index; what was read again is a sample and small. A question names
only what its index has: the embedded store finds none when it is asked for more.
"""

from typing import Any

from services.review import domain, sampling
from services.spine import actor, mongo

Db = mongo.Db
BY_GROUP = {"verdict.level": "group"}
OPEN_FIRST = [("state", -1), ("drawn_at", 1), ("_id", 1)]


def prepare(db: Db) -> None:
    """Indexes."""
    db.reviews.create_index([("campaign", 1), ("verdict.level", 1), ("group", 1), ("verdict.outcome", 1)])
    db.rereadings.create_index("review_id", unique=True)
    db.rereadings.create_index([("campaign", 1), ("state", -1), ("drawn_at", 1)])
    db.rereadings.create_index([("campaign", 1), ("group", 1), ("state", -1), ("drawn_at", 1)])


def decided(db: Db, campaign: str, seed: str) -> list[tuple[str, str]]:
    """What groups decided and can be read here, (review_id, group), without what another seed has drawn and without
    what is cancelled."""
    drawn = db.rereadings.find({"campaign": campaign}, {"review_id": 1, "seed": 1})
    others = {row["review_id"] for row in drawn if row["seed"] != seed}
    found = db.reviews.find({"campaign": campaign, **BY_GROUP}, {"group": 1, "refusal": 1, "cancelled_on": 1})
    read = (row for row in found if not row["refusal"] and not row.get("cancelled_on"))
    return [(row["_id"], row["group"]) for row in read if row["_id"] not in others]


def undrawn(db: Db, review_ids: list[str]) -> list[domain.Review]:
    """The reviews among these that are not drawn yet, without their texts."""
    drawn = {row["review_id"] for row in db.rereadings.find({"review_id": {"$in": review_ids}}, {"review_id": 1})}
    left = [review_id for review_id in review_ids if review_id not in drawn]
    keys = dict.fromkeys(("review_id", "campaign", "unit", "group", "kind", "secrecy", "verdict"), 1)
    found = db.reviews.find({"_id": {"$in": left}}, keys).sort("_id", 1)
    return [row for row in found if row["verdict"]]


def groups(db: Db, campaign: str) -> list[str]:
    """The groups whose units have a meeting day."""
    here = {"_id": {"$gte": f"{campaign}.", "$lt": f"{campaign}/"}}
    return sorted(db.meetings.distinct("group", here))


def given(db: Db, campaign: str) -> dict[str, int]:
    """How many rereadings each group has been given."""
    count: list[dict[str, Any]] = [
        {"$match": {"campaign": campaign}},
        {"$group": {"_id": "$group", "count": {"$sum": 1}}},
    ]
    return {row["_id"]: row["count"] for row in db.rereadings.aggregate(count)}


def keep(db: Db, rereadings: list[sampling.Rereading]) -> int:
    """Keep what was drawn, each review once; how many are new."""
    if not rereadings:
        return 0
    mongo.add_all(db.rereadings, rereadings)
    one = rereadings[0]
    return db.rereadings.count_documents({key: one[key] for key in ("campaign", "seed", "drawn_at")})


def keep_to_office(db: Db, material_id: str) -> None:
    """A material is a work secret by now: what is still to be read again of it is the office's."""
    versions = {"review_id": {"$gte": f"{material_id}.v", "$lt": f"{material_id}.w"}}
    mongo.move(db.rereadings, {**versions, "state": "open"}, {"group": None})


def page(db: Db, within: dict[str, Any], who: sampling.Second | None, query: dict[str, str]) -> dict[str, Any]:
    """One page of rereadings, open ones first; for `who` those he may read. Of a cancelled meeting only judged ones."""
    asked: dict[str, Any] = {key: query[key] for key in ("campaign", "state") if key in query}
    asked["$or"] = [{"cancelled_on": None}, {"state": "judged"}]
    if who:
        asked |= {"first.by_account": {"$ne": who.account}, "first.group": {"$nin": sorted(who.groups)}}
        asked |= {"unit": {"$nin": sorted(who.barred.all)}}
    return mongo.page(db.rereadings, actor.both(within, asked), OPEN_FIRST, query)


def get(db: Db, rereading_id: str, within: dict[str, Any]) -> sampling.Rereading:
    """The rereading of that id within a scope."""
    return mongo.get(db.rereadings, rereading_id, within)


def save(db: Db, before: sampling.Rereading, after: sampling.Rereading, at: str) -> None:
    """Write a rereading that was judged."""
    mongo.save(db.rereadings, before, after, at=at)


def counted(db: Db, campaign: str) -> dict[str, tuple[int, int]]:
    """How many versions each group decided and passed: (judged, passed)."""
    by_outcome: dict[str, Any] = {"group": "$group", "outcome": "$verdict.outcome"}
    count: list[dict[str, Any]] = [
        {"$match": {"campaign": campaign, **BY_GROUP}},
        {"$group": {"_id": by_outcome, "count": {"$sum": 1}}},
    ]
    found: dict[str, tuple[int, int]] = {}
    for row in db.reviews.aggregate(count):
        judged, passed = found.get(row["_id"]["group"], (0, 0))
        more = row["count"] if row["_id"]["outcome"] == "passed" else 0
        found[row["_id"]["group"]] = (judged + row["count"], passed + more)
    return found


def pairs(db: Db, campaign: str) -> list[dict[str, Any]]:
    """First and second verdicts, counted: {group, first, second, count, and each standard: how often they agreed}."""
    both: dict[str, Any] = {"group": "$first.group", "first": "$first.passed", "agreed": "$agreed.passed"}
    sums: dict[str, Any] = {code: {"$sum": f"$agreed.{code}"} for code in domain.STANDARDS}
    count: list[dict[str, Any]] = [
        {"$match": {"campaign": campaign, "state": "judged"}},
        {"$group": {"_id": both, "count": {"$sum": 1}, **sums}},
    ]
    found = []
    for row in db.rereadings.aggregate(count):
        key = row.pop("_id")
        second = key["first"] if key["agreed"] else not key["first"]
        found.append({"group": key["group"], "first": key["first"], "second": second, **row})
    return found
