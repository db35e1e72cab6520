"""Candidates as they are kept, beside the items that took them up.

The item comes first and says that it took the candidate up; the candidate follows, at once or when that is heard.
"""

from typing import Any

from services.rectification import candidates, domain
from services.spine import actor, mongo, outbox

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes; that of the items lets one item take a candidate up."""
    outbox.kept(db.candidates)
    db.candidates.create_index([("campaign", 1), ("unit", 1), ("number", 1)])
    db.candidates.create_index([("campaign", 1), ("group", 1), ("state", 1)])
    db.items.create_index("candidate", unique=True, sparse=True)


def add(db: Db, event: dict[str, Any]) -> None:
    """The problems of a comment, each once, where the unit belongs by now."""
    place = db.meetings.find_one({"_id": f"{event['campaign']}.{event['data']['unit']}"}) or event["data"]
    mongo.add_all(db.candidates, candidates.begin(event, place["group"]))


def find(db: Db, candidate_id: str) -> candidates.Candidate | None:
    """The candidate of that id, if there is one."""
    return db.candidates.find_one({"_id": candidate_id})


def get(db: Db, candidate_id: str, within: dict[str, Any]) -> candidates.Candidate:
    """The candidate of that id within a scope."""
    return mongo.get(db.candidates, candidate_id, within)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of candidates, by unit and number."""
    keys = ("campaign", "unit", "state", "group", "region")
    asked = actor.both(within, {key: query[key] for key in keys if key in query})
    return mongo.page(db.candidates, asked, [("unit", 1), ("number", 1), ("_id", 1)], query)


def save(db: Db, before: candidates.Candidate, changed: candidates.Changed, at: str) -> candidates.Candidate:
    """Write a changed candidate with what it says."""
    return mongo.save(db.candidates, before, *changed, at=at)


def item_of(db: Db, candidate_id: str) -> domain.Item | None:
    """The item that took a candidate up."""
    return db.items.find_one({"candidate": candidate_id})


def adopt(db: Db, candidate_id: str, item_id: str) -> None:
    """The candidate is on the ledger; written again nothing changes."""
    db.candidates.update_one(
        {"_id": candidate_id, "state": {"$ne": "adopted"}},
        {"$set": {"state": "adopted", "item_id": item_id}, "$inc": {"revision": 1}},
    )
