"""Campaigns and meetings as they are kept."""

from collections.abc import Sequence
from typing import Any

from services.registry import coaching_store, definition, definition_store, domain, reloading, rosters, schedule_store
from services.spine import actor, errors, mongo, outbox
from services.spine.events import Fact
from services.spine.workdays import PUBLISHED, Calendar

Db = mongo.Db
AT_ONCE = 500
"""Meetings that are read and written in one word."""


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.campaigns)
    outbox.kept(db.meetings)
    outbox.kept(db.days)
    schedule_store.prepare(db)
    db.meetings.create_index([("campaign", 1), ("region", 1), ("stage", 1), ("meeting_on", 1)])
    db.meetings.create_index([("campaign", 1), ("group", 1), ("meeting_on", 1)])
    db.meetings.create_index([("campaign", 1), ("unit", 1)])
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
    db: Db, campaign: definition.Campaign, planned: Sequence[domain.Meeting], at: str, calendar: Calendar = PUBLISHED
) -> tuple[int, int]:
    """Add or change the meetings of a campaign's units, many in one word; how many were added and changed."""
    added = changed = 0
    for start in range(0, len(planned), AT_ONCE):
        part = {meeting["_id"]: meeting for meeting in planned[start : start + AT_ONCE]}
        known = list(db.meetings.find({"_id": {"$in": list(part)}}))
        fresh = [part[key] for key in part.keys() - {row["_id"] for row in known}]
        mongo.add_all(db.meetings, fresh, at=at)
        begun = [definition_store.begun_with(db, row, campaign) if row["held"] else campaign for row in known]
        again = [
            (row, *domain.replan(row, part[row["_id"]], under, calendar))
            for row, under in zip(known, begun, strict=True)
        ]
        rosters.put(db, part.values())
        added, changed = added + len(fresh), changed + save_meetings(db, again, at)
    return added, changed


def announce(db: Db, code: str, at: str) -> int:
    """Say the day and materials of every unit of a campaign that were not said yet; how many units it has."""
    units = 0
    for meetings in definition_store.in_parts(db, code):
        save_meetings(db, [(meeting, *domain.announce(meeting)) for meeting in meetings], at)
        units += len(meetings)
    return units


def save_meetings(db: Db, changes: Sequence[tuple[domain.Meeting, domain.Meeting, list[Fact]]], at: str) -> int:
    """Write changed meetings with what they say, in one word; how many had changed. Raises Stale when somebody was
    faster with one: what was written stays, and begun again it goes on."""
    written, overtaken = mongo.save_all(db.meetings, changes, at=at)
    if overtaken:
        raise errors.Stale
    return written


def join(
    db: Db, campaign: definition.Campaign, planned: Sequence[domain.Meeting], at: str, calendar: Calendar = PUBLISHED
) -> tuple[int, int]:
    """The same for units that were chosen: where the campaign is open, those that are new are told at once."""
    known = set(groups_of(db, campaign["campaign_code"]))
    fresh = [meeting for meeting in planned if meeting["unit"] not in known]
    announced = {meeting["_id"]: domain.announce(meeting) for meeting in fresh} if campaign["state"] == "open" else {}
    told = [announced[meeting["_id"]][0] if announced else meeting for meeting in fresh]
    for start in range(0, len(told), 500):
        piece = told[start : start + 500]
        mongo.add_all(db.meetings, piece, lambda one: announced[one["_id"]][1] if announced else (), at=at)
        rosters.put(db, piece)
    changed = load_meetings(db, campaign, [meeting for meeting in planned if meeting["unit"] in known], at, calendar)[1]
    return len(fresh), changed


def groups_of(db: Db, campaign_code: str) -> dict[str, str]:
    """The group of every unit that takes part."""
    return {row["unit"]: row["group"] for row in db.meetings.find({"campaign": campaign_code}, {"unit": 1, "group": 1})}


def beside(db: Db, known: definition.Campaign | None, folder: reloading.Folder) -> reloading.Folder:
    """A folder beside the campaign as it is known: what people changed since it was loaded stands."""
    if known is None:
        return folder
    what = {"history.what": {"$in": list(reloading.CHANGED_BY.values())}}
    keys = dict.fromkeys(("unit", "unit_name", "posts", "group", "history"), 1)
    changed = {row["unit"]: row for row in db.meetings.find({"campaign": known["_id"], **what}, keys)}
    return reloading.beside(known, folder, changed, groups_of(db, known["_id"]))


def meetings_of(db: Db, campaign_code: str, units: Sequence[str]) -> list[domain.Meeting]:
    """The meetings of these units."""
    return list(db.meetings.find({"campaign": campaign_code, "unit": {"$in": list(units)}}).sort("_id", 1))


def unheld(db: Db, campaign_code: str, kind: str, of: str) -> list[str]:
    """The meetings of a region or unit that are not held."""
    found = db.meetings.find({"campaign": campaign_code, kind: of, "held": None}, {"_id": 1})
    return [row["_id"] for row in found]


def stages_of_groups(db: Db, within: dict[str, Any], campaign_code: str) -> dict[str, dict[str, int]]:
    """How many units of each group stand at which stage."""
    by = {"group": "$group", "stage": "$stage"}
    everyone = {"$match": actor.both(within, {"campaign": campaign_code})}
    found: dict[str, dict[str, int]] = {}
    for cell in db.meetings.aggregate([everyone, {"$group": {"_id": by, "count": {"$sum": 1}}}]):
        found.setdefault(cell["_id"]["group"], {})[cell["_id"]["stage"]] = cell["count"]
    return found


def campaign(db: Db, code: str, campaigns: Sequence[str] | None = None) -> definition.Campaign:
    """A campaign's definition, among those the reader takes part in (None: all)."""
    return mongo.get(db.campaigns, code, None if campaigns is None else {"campaign": {"$in": list(campaigns)}})


def meeting(db: Db, meeting_id: str, within: dict[str, Any] | None = None) -> domain.Meeting:
    """A unit's meeting within a scope."""
    return mongo.get(db.meetings, meeting_id, within)


def save(db: Db, before: domain.Meeting, changed: domain.Changed, at: str) -> domain.Meeting:
    """Write a changed meeting with what it says."""
    saved = mongo.save(db.meetings, before, *changed, at=at)
    if any(saved[key] != before[key] for key in ("unit_name", "region")):
        rosters.put(db, [saved])
    return saved


def save_campaign(db: Db, before: definition.Campaign, after: definition.Campaign, facts: list[Fact], at: str) -> None:
    """Write a changed campaign with what it says."""
    mongo.save(db.campaigns, before, after, facts, at=at)


def wanted(query: dict[str, str], today: str) -> dict[str, Any]:
    """The filters of a list of units as the store understands them."""
    found: dict[str, Any] = {key: query[key] for key in ("region", "group", "stage") if key in query}
    if "overdue" in query:
        found["aspects"] = {"$elemMatch": {"state": "open", "due_on": {"$lt": today}}}
    if query.get("q", "").strip():
        found["unit_name"] = {"$regex": mongo.literally(query["q"].strip())}
    return found


def listed(db: Db, within: dict[str, Any], campaign_code: str, query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of units, by meeting day."""
    asked = actor.both(within, {"campaign": campaign_code, **wanted(query, today)})
    found = mongo.page(db.meetings, asked, [("meeting_on", 1), ("_id", 1)], query)
    return {**found, "rows": [domain.row(row, today) for row in found["rows"]]}


def lacking(db: Db, within: dict[str, Any], campaign_code: str, query: dict[str, str], today: str) -> dict[str, Any]:
    """One page of units that lack something, those with most overdue first, then those that lack most."""
    places: dict[str, Any] = {key: query[key] for key in ("region", "group") if key in query}
    found = db.meetings.find(actor.both(within, {"campaign": campaign_code, **places}), {"outbox": 0})
    rows = [domain.lacking(row, today, query.get("kind"), "late" in query) for row in found]
    rows = [row for row in rows if row["lacks"]]
    rows.sort(key=lambda row: (-row["late"], -len(row["lacks"]), row["unit"]))
    return mongo.page_of(rows, query)
