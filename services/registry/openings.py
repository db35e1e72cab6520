"""Openings of campaigns with many units, as they are kept: how far their units were told.

What must stay true: a campaign says that it is opening before the first of its units is told in the background, and
that it is open after the last; nothing is forgotten between two writes. An opening: {_id: campaign, campaign, state,
total, worked, after, until, bounds}.
"""

from collections.abc import Sequence
from typing import Any

from services.registry import definition_store, telling, versions
from services.spine import mongo

Db = mongo.Db


def begin(db: Db, code: str) -> None:
    """Tell the units of a campaign; where that is being done it goes on."""
    fresh = {"campaign": code, "state": "running", "total": definition_store.units(db, code), **versions.WORK}
    if not mongo.insert_new(db.openings, [{"_id": code, **fresh}]):
        db.openings.update_one({"_id": code, "state": "done"}, {"$set": fresh})


def get(db: Db, code: str) -> dict[str, Any]:
    """How far a campaign's units were told."""
    return mongo.get(db.openings, code)


def unfinished(db: Db) -> list[str]:
    """Campaigns that say that they are opening and at which nobody is."""
    opening = [campaign["_id"] for campaign in db.campaigns.find({"state": "opening"}, {"_id": 1})]
    running = {work["_id"] for work in db.openings.find({"_id": {"$in": opening}, "state": "running"}, {"_id": 1})}
    return [code for code in opening if code not in running]


def untold(db: Db, among: Sequence[telling.Meeting]) -> list[telling.Meeting]:
    """Those of some units that were not told."""
    found = mongo.among(db.meetings, [meeting["_id"] for meeting in among])
    return [meeting for meeting in found if not meeting["announced"] and not meeting.get("cancelled")]


def any_untold(db: Db, code: str) -> bool:
    """Whether a unit of the campaign was not told: it came in while the others were. Cancelled ones are not told."""
    wanted = {"campaign": code, "announced": False, "cancelled": None}
    return db.meetings.find_one(wanted, {"_id": 1}) is not None
