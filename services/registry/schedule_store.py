"""What the schedule keeps and asks of the store: loaded calendars, who asks for another day, who meets when."""

from typing import Any

from services.registry import calendar_file, domain, postponing, waves
from services.spine import actor, errors, mongo, outbox
from services.spine.workdays import PUBLISHED, Calendar

Db = mongo.Db
COMMITTEE = "^中共.*委员会$"
NOT_HELD: dict[str, Any] = {"held": None}


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.calendars)
    db.calendars.create_index([("version", -1)])
    db.meetings.create_index([("campaign", 1), ("asking_since", 1)])
    db.meetings.create_index([("held", 1), ("calendar", 1)])


def standing(db: Db) -> calendar_file.Version | None:
    """The calendar that was loaded last."""
    return db.calendars.find_one({}, {"outbox": 0}, sort=[("version", -1)])


def calendar(db: Db) -> Calendar:
    """Which days are worked."""
    found = standing(db)
    return Calendar(found["days"]) if found else PUBLISHED


def versions(db: Db) -> list[calendar_file.Version]:
    """All calendars that were loaded, newest first."""
    return list(db.calendars.find({}, {"outbox": 0}).sort("version", -1))


def load(db: Db, version: calendar_file.Version, at: str) -> None:
    """Keep the next version and say it; whoever was faster is seen the second time."""
    if not mongo.add(db.calendars, version, [calendar_file.loaded(version)], at=at):
        raise errors.Stale


def uncounted(db: Db, version: int, most: int) -> list[domain.Meeting]:
    """Some of the meetings to come whose dates were counted with an earlier calendar."""
    return list(db.meetings.find({**NOT_HELD, "calendar": {"$ne": version}}).limit(most))


def superior(db: Db, campaign: domain.Campaign, meeting: domain.Meeting) -> domain.Meeting | None:
    """The meeting of the team above a unit, where one is known."""
    wanted: dict[str, Any] = {"region": meeting["region"], "unit_name": {"$regex": COMMITTEE}}
    if meeting.get("superior"):
        wanted = {"unit": meeting["superior"]}
    elif not campaign.get("waves"):
        return None
    found = db.meetings.find({"campaign": meeting["campaign"], **wanted, "_id": {"$ne": meeting["_id"]}})
    return waves.superior(campaign, meeting, found.sort("_id", 1))


def postponements(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of units that ask for another day, who has waited longest first; or of those that were answered."""
    places: dict[str, Any] = {key: query[key] for key in ("region", "group") if key in query}
    asked = {"asking_since": {"$gt": ""}, **NOT_HELD}
    decided = {"asking_since": None, "postponements.0": {"$exists": True}}
    state = decided if query.get("state") == "decided" else asked
    wanted = actor.both(within, {"campaign": code, **places, **state})
    found = mongo.page(db.meetings, wanted, [("asking_since", 1), ("_id", 1)], query)
    return {**found, "rows": [postponing.row(row) for row in found["rows"]]}


def days(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """Who still meets on which day, by group."""
    places: dict[str, Any] = {key: query[key] for key in ("region", "group") if key in query}
    asked = actor.both(within, {"campaign": code, **places, **NOT_HELD})
    keys = {"meeting_id": 1, "unit": 1, "unit_name": 1, "group": 1, "meeting_on": 1}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in db.meetings.find(asked, keys).sort([("meeting_on", 1), ("_id", 1)]):
        fresh: dict[str, Any] = {"group": row["group"], "on": row["meeting_on"], "units": []}
        day = found.setdefault((row["group"], row["meeting_on"]), fresh)
        day["units"].append({key: row[key] for key in ("meeting_id", "unit", "unit_name")})
    return list(found.values())


def dated(db: Db, within: dict[str, Any], code: str) -> list[domain.Meeting]:
    """Meetings with all their days, for a calendar to take along."""
    keys = dict.fromkeys(("campaign", "unit_name", "meeting_on", "aspects", "held", "history", "meeting_id"), 1)
    return list(db.meetings.find(actor.both(within, {"campaign": code}), keys).sort([("meeting_on", 1), ("_id", 1)]))
