"""Campaigns and meetings as they are kept."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from services.registry import (
    coaching_store,
    definition,
    definition_store,
    domain,
    meeting_lines,
    planning,
    reloading,
    roster_lines,
    rosters,
    schedule_store,
    telling,
)
from services.spine import errors, mongo, outbox
from services.spine.events import Fact
from services.spine.workdays import PUBLISHED, Calendar

Db = mongo.Db
AT_ONCE = 500
"""Meetings that are read and written in one word."""
ALL_AT_ONCE = 500
"""Units that are named in one answer, unless fewer are asked for."""


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.campaigns)
    outbox.kept(db.meetings)
    outbox.kept(db.days)
    schedule_store.prepare(db)
    db.meetings.create_index([("campaign", 1), ("unit", 1)])
    rosters.prepare(db)
    definition_store.prepare(db)
    coaching_store.prepare(db)


def load_campaign(db: Db, campaign: definition.Campaign, at: str) -> definition.Campaign:
    """Add or change a campaign's definition; the definition as it stands afterwards."""
    before = db.campaigns.find_one({"_id": campaign["_id"]})
    if before is None:
        campaign = {**campaign, "loaded_at": at}
        if not mongo.add(db.campaigns, campaign, at=at):
            raise errors.Stale
        return campaign
    return mongo.save(db.campaigns, before, definition.redefine(before, campaign), at=at)


def load_meetings(
    db: Db, campaign: definition.Campaign, planned: Sequence[telling.Meeting], at: str, calendar: Calendar = PUBLISHED
) -> tuple[int, int]:
    """Add or change the meetings of a campaign's units, many in one word; how many were added and changed."""
    added = changed = 0
    planned = sorted(planned, key=lambda one: (one["region"], one["unit"]))  # so that some at a time share their lines
    for start in range(0, len(planned), AT_ONCE):
        part = {meeting["_id"]: meeting for meeting in planned[start : start + AT_ONCE]}
        known = list(mongo.among(db.meetings, list(part)))
        fresh = [part[key] for key in part.keys() - {row["_id"] for row in known}]
        _add(db, fresh, at)
        begun = [definition_store.begun_with(db, row, campaign) if row["held"] else campaign for row in known]
        again = [
            (row, *planning.replan(row, part[row["_id"]], under, calendar))
            for row, under in zip(known, begun, strict=True)
        ]
        added, changed = added + len(fresh), changed + save_meetings(db, again, at)
    return added, changed


def announce(db: Db, code: str, at: str) -> int:
    """Say the day and materials of every unit of a campaign that were not said yet; how many units it has."""
    units = 0
    for meetings in definition_store.in_parts(db, code):
        save_meetings(db, [(meeting, *domain.announce(meeting)) for meeting in meetings], at)
        units += len(meetings)
    return units


def save_meetings(db: Db, changes: Sequence[tuple[telling.Meeting, telling.Meeting, list[Fact]]], at: str) -> int:
    """Write changed meetings with what they say, in one word; how many had changed. Raises Stale when somebody was
    faster with one: what was written stays, and begun again it goes on."""
    written, overtaken = write(db, changes, at)
    if overtaken:
        raise errors.Stale
    return written


def write(db: Db, changes: Sequence[tuple[telling.Meeting, telling.Meeting, list[Fact]]], at: str) -> tuple[int, int]:
    """The same; how many were written, and with how many somebody was faster."""
    pairs = [(before, after) for before, after, _ in changes]
    found: tuple[int, int] = rosters.follow(db, pairs, lambda: mongo.save_all(db.meetings, changes, at=at))
    return found


def join(
    db: Db, campaign: definition.Campaign, planned: Sequence[telling.Meeting], at: str, calendar: Calendar = PUBLISHED
) -> tuple[int, int]:
    """The same; where the campaign is open, those that are new are told at once. What is kept of units follows."""
    running = campaign["state"] != "draft"
    known = set(groups_of(db, campaign["campaign_code"]))
    fresh = [meeting for meeting in planned if meeting["unit"] not in known]
    announced = {meeting["_id"]: domain.announce(meeting) for meeting in fresh} if running else {}
    told = [announced[meeting["_id"]][0] if announced else meeting for meeting in fresh]
    told.sort(key=lambda one: (one["region"], one["unit"]))
    for start in range(0, len(told), 500):
        piece = told[start : start + 500]
        _add(db, piece, at, lambda one: announced[one["_id"]][1] if announced else ())
    changed = load_meetings(db, campaign, [meeting for meeting in planned if meeting["unit"] in known], at, calendar)[1]
    coaching_store.follow(db, campaign["campaign_code"])
    return len(fresh), changed


def _add(
    db: Db, fresh: Sequence[telling.Meeting], at: str, say: Callable[[telling.Meeting], Iterable[Fact]] = lambda _: ()
) -> None:
    rosters.follow(db, [(None, one) for one in fresh], lambda: mongo.add_all(db.meetings, fresh, say, at=at))


def groups_of(db: Db, campaign_code: str) -> dict[str, str]:
    """The group of every unit that takes part."""
    return {line.unit: line.group for line in rosters.every(db, campaign_code)}


def beside(db: Db, known: definition.Campaign | None, folder: reloading.Folder) -> reloading.Folder:
    """A folder beside the campaign as it is known: what people changed since it was loaded stands."""
    if known is None:
        return folder
    what = set(reloading.CHANGED_BY.values())
    moved = rosters.read(db, [line for line in rosters.every(db, known["_id"]) if line.moved])
    changed = {row["unit"]: row for row in moved if any(entry["what"] in what for entry in row["history"])}
    return reloading.beside(known, folder, changed, groups_of(db, known["_id"]))


def meetings_of(db: Db, campaign_code: str, units: Sequence[str]) -> list[telling.Meeting]:
    """The meetings of these units."""
    return list(db.meetings.find({"campaign": campaign_code, "unit": {"$in": list(units)}}).sort("_id", 1))


def stages_of_groups(db: Db, within: dict[str, Any], campaign_code: str) -> dict[str, dict[str, int]]:
    """How many units of each group stand at which stage."""
    found: dict[str, dict[str, int]] = {}
    counted = Counter((line.group, line.stage) for line in rosters.chosen(db, within, campaign_code, {}))
    for (group, stage), count in counted.items():
        found.setdefault(group, {})[stage] = count
    return found


def campaign(db: Db, code: str, campaigns: Sequence[str] | None = None) -> definition.Campaign:
    """A campaign's definition, among those the reader takes part in (None: all)."""
    return mongo.get(db.campaigns, code, None if campaigns is None else {"campaign": {"$in": list(campaigns)}})


def meeting(db: Db, meeting_id: str, within: dict[str, Any] | None = None) -> telling.Meeting:
    """A unit's meeting within a scope."""
    return mongo.get(db.meetings, meeting_id, within)


def save(db: Db, before: telling.Meeting, changed: telling.Changed, at: str) -> telling.Meeting:
    """Write a changed meeting with what it says."""
    saved: telling.Meeting = rosters.follow(
        db, [(before, changed[0])], lambda: mongo.save(db.meetings, before, *changed, at=at)
    )
    return saved


def save_campaign(db: Db, before: definition.Campaign, after: definition.Campaign, facts: list[Fact], at: str) -> None:
    """Write a changed campaign with what it says."""
    mongo.save(db.campaigns, before, after, facts, at=at)


def listed(db: Db, within: dict[str, Any], campaign_code: str, query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of units, by the day they met or are to meet."""
    found = rosters.chosen(db, within, campaign_code, query, today)
    page = mongo.first_of(found, query, key=lambda line: (line.meets_on, line.unit))
    return {**page, "rows": [meeting_lines.row(row, today) for row in rosters.read(db, page["rows"])]}


def lacking(db: Db, within: dict[str, Any], campaign_code: str, query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of units that lack something, those with most overdue first, then those that lack most."""
    kind, late = query.get("kind"), "late" in query
    places: dict[str, str] = {key: query[key] for key in ("region", "group") if key in query}
    known: dict[str, tuple[int, int]] = {}
    found = []
    for line in rosters.chosen(db, within, campaign_code, places):
        if line.owed not in known:
            known[line.owed] = roster_lines.lacks(line.owed, today, kind, late)
        overdue, count = known[line.owed]
        if count:
            found.append((-overdue, -count, line.unit, line))
    page = mongo.first_of(found, query, key=lambda row: row[:3])
    rows = rosters.read(db, [line for *_, line in page["rows"]])
    return {**page, "rows": [meeting_lines.lacking(row, today, kind, late) for row in rows]}


def units(db: Db, campaign_code: str, query: dict[str, str]) -> dict[str, Any]:
    """Units by code, behind the one named by `after`, in the places named; and all places of what is asked for:
    {total, size, next, units, teams, own: {regions, groups}}."""
    within = {"$or": [dict([place.split(":", 1)]) for place in query["within"].split(",")]} if "within" in query else {}
    found = rosters.chosen(db, {"campaign": campaign_code, **within}, campaign_code, query)
    size, after = int(query.get("size", ALL_AT_ONCE)), query.get("after", "")
    behind = heapq.nsmallest(size + 1, (line for line in found if line.unit > after), key=lambda line: line.unit)
    shown = behind[:size]
    posts = rosters.posts(db, shown)
    return {
        "total": len(found),
        "size": size,
        "next": shown[-1].unit if len(behind) > size else None,
        "units": [_named(line, posts.get(line.unit, [])) for line in shown],
        "teams": sorted({line.team for line in found} - {""}),
        "own": {f"{key}s": sorted({getattr(line, key) for line in found}) for key in ("region", "group")},
    }


def _named(line: roster_lines.Line, posts: list[dict[str, str]]) -> dict[str, Any]:
    places = {key: getattr(line, key) for key in ("unit", "team", "region", "group", "meeting_id")}
    return {"unit_code": line.unit, "name": line.name, "unit_name": line.name, **places, "posts": posts}
