"""What the schedule keeps and asks of the store: loaded calendars, who asks for another day, who meets when."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

from services.registry import aspects, calendar_file, outside, postponing, roster_lines, rosters, telling, waves
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


def number(db: Db) -> int:
    """Which version of the calendar that is; 0 for the one that comes with the house."""
    found = standing(db)
    return int(found["version"]) if found else 0


def versions(db: Db) -> list[calendar_file.Version]:
    """All calendars that were loaded, newest first."""
    return list(db.calendars.find({}, {"outbox": 0}).sort("version", -1))


def load(db: Db, version: calendar_file.Version, at: str) -> None:
    """Keep the next version and say it; whoever was faster is seen the second time."""
    if not mongo.add(db.calendars, version, [calendar_file.loaded(version)], at=at):
        raise errors.Stale


def uncounted(db: Db, version: int, most: int) -> list[telling.Meeting]:
    """Some of the meetings to come whose dates were counted with an earlier calendar."""
    found = (line for line in rosters.every(db) if line.calendar != version and line.to_be_held)
    return rosters.read(db, list(itertools.islice(found, most)))


def superior(db: Db, campaign: telling.Campaign, meeting: telling.Meeting) -> Line | None:
    """The team above a unit, where one is known."""
    return superiors(db, campaign, [roster_lines.of(meeting)]).get(meeting["unit"])


def around(db: Db, campaign: telling.Campaign, meeting: telling.Meeting, *, office: bool) -> outside.Around:
    """What stands around a meeting that is put on record."""
    return outside.Around(superior(db, campaign, meeting), office, calendar(db))


def superiors(db: Db, campaign: telling.Campaign, lines: Sequence[Line]) -> dict[str, Line]:
    """The team above each of these units, where one is known and its meeting not cancelled: the lines tell most of
    them, and of those that lie elsewhere each is looked up once."""
    code, known = campaign["campaign_code"], {line.unit: line for line in lines}
    elsewhere = sorted({f"{code}.{line.superior}" for line in lines if line.superior and line.superior not in known})
    for meeting in mongo.among(db.meetings, elsewhere, dict.fromkeys(("aspects", "required", "history", "outbox"), 0)):
        known[meeting["unit"]] = roster_lines.of({**meeting, "aspects": [], "required": []})
    alone = [line for line in lines if not line.superior] if campaign.get("waves") else []
    committees = _committees(db, code, {line.region for line in alone})
    found = {line.unit: known[line.superior] for line in lines if line.superior in known}
    found = {unit: above for unit, above in found.items() if above.stage != aspects.CANCELLED}
    for line in alone:
        if above := waves.superior(campaign, line, committees.get(line.region, ())):
            found[line.unit] = above
    return found


def _committees(db: Db, code: str, regions: set[str]) -> dict[str, list[Line]]:
    """The teams that may stand above others of their region, by unit."""
    found: dict[str, list[Line]] = {}
    lines = rosters.chosen(db, {"campaign": code, "region": {"$in": sorted(regions)}}, code, {}) if regions else []
    committees = [line for line in lines if COMMITTEE.search(line.name) and line.stage != aspects.CANCELLED]
    for line in sorted(committees, key=lambda line: line.unit):
        found.setdefault(line.region, []).append(line)
    return found


def postponements(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of units that ask for another day, who has waited longest first; or of those that were answered."""
    decided = query.get("state") == "decided"
    found = [
        line
        for line in rosters.chosen(db, within, code, _places(query))
        if (line.answered and not line.asking if decided else line.asking and line.to_be_held)
    ]
    page = mongo.first_of(found, query, key=lambda line: (line.asking, line.unit))
    return {**page, "rows": [postponing.row(row) for row in rosters.read(db, page["rows"])]}


def lines(db: Db, within: dict[str, Any], code: str, query: dict[str, str]) -> list[Line]:
    """The units in the places asked for."""
    return rosters.chosen(db, within, code, _places(query))


def dated(db: Db, within: dict[str, Any], code: str) -> list[Line]:
    """Units with all their days, for a calendar to take along; without those whose meeting was cancelled."""
    found = (line for line in rosters.chosen(db, within, code, {}) if line.stage != aspects.CANCELLED)
    return sorted(found, key=lambda line: (line.meeting_on, line.unit))


def _places(query: dict[str, str]) -> dict[str, str]:
    return {key: query[key] for key in ("region", "group") if key in query}
