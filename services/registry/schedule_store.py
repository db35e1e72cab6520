"""What the schedule keeps and asks of the store: loaded calendars, who asks for another day, who meets when."""

import itertools
import re
from typing import Any

from services.registry import calendar_file, postponing, rosters, telling, waves
from services.registry.roster_lines import Line
from services.spine import errors, mongo, outbox
from services.spine.workdays import PUBLISHED, Calendar

Db = mongo.Db
COMMITTEE = re.compile("^中共.*委员会$")


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.calendars)
    db.calendars.create_index([("version", -1)])


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


def uncounted(db: Db, version: int, most: int) -> list[telling.Meeting]:
    """Some of the meetings to come whose dates were counted with an earlier calendar."""
    found = (line for line in rosters.every(db) if line.calendar != version and not line.held_on)
    return rosters.read(db, list(itertools.islice(found, most)))


def superior(db: Db, campaign: telling.Campaign, meeting: telling.Meeting) -> telling.Meeting | None:
    """The meeting of the team above a unit, where one is known."""
    code, key = meeting["campaign"], meeting.get("superior")
    if not key and not campaign.get("waves"):
        return None
    if key:
        keys = [f"{code}.{key}"]
    else:
        lines = rosters.chosen(db, {"campaign": code}, code, {"region": meeting["region"]})
        keys = [line.meeting_id for line in lines if COMMITTEE.search(line.name)]
    found = db.meetings.find({"_id": {"$in": [one for one in keys if one != meeting["_id"]]}})
    return waves.superior(campaign, meeting, found.sort("_id", 1))


def postponements(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of units that ask for another day, who has waited longest first; or of those that were answered."""
    decided = query.get("state") == "decided"
    found = [
        line
        for line in rosters.chosen(db, within, code, _places(query))
        if (line.answered and not line.asking if decided else line.asking and not line.held_on)
    ]
    page = mongo.first_of(found, query, key=lambda line: (line.asking, line.unit))
    return {**page, "rows": [postponing.row(row) for row in rosters.read(db, page["rows"])]}


def days(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """Who still meets on which day, by group."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    lines = rosters.chosen(db, within, code, {**_places(query), "unheld": "1"})
    for line in sorted(lines, key=lambda line: (line.meeting_on, line.unit)):
        fresh: dict[str, Any] = {"group": line.group, "on": line.meeting_on, "units": []}
        day = found.setdefault((line.group, line.meeting_on), fresh)
        day["units"].append({"meeting_id": line.meeting_id, "unit": line.unit, "unit_name": line.name})
    return list(found.values())


def dated(db: Db, within: dict[str, Any], code: str) -> list[Line]:
    """Units with all their days, for a calendar to take along."""
    return sorted(rosters.chosen(db, within, code, {}), key=lambda line: (line.meeting_on, line.unit))


def _places(query: dict[str, str]) -> dict[str, str]:
    return {key: query[key] for key in ("region", "group") if key in query}
