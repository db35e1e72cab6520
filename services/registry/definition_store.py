"""Drafts and versions of definitions as they are kept, and the work over all units that they and previews ask for.

A version and a preview both know how far the units are worked off ({state, total, worked, after, until}); whoever
claims one goes on behind `after` for some seconds. A campaign whose version was just published says so itself
(`laying`), so that nothing is forgotten between two writes.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from services.registry import preview_store, rosters, telling, versions
from services.registry.definition import Campaign
from services.registry.roster_lines import Line
from services.spine import errors, mongo
from services.spine.events import Fact

Db = mongo.Db
Work = dict[str, Any]
LEASE_SECONDS = 20
IN_PART = 500


def prepare(db: Db) -> None:
    """Indexes."""
    preview_store.prepare(db)
    db.versions.create_index([("campaign", 1), ("version", -1)])
    db.versions.create_index([("state", 1), ("until", 1)])
    db.openings.create_index([("state", 1), ("until", 1)])


def regions_among(db: Db, code: str, asked: Sequence[str]) -> list[str]:
    """Those of these codes that are regions of the campaign's units."""
    return [one for one in asked if db.meetings.find_one({"campaign": code, "region": one}, {"_id": 1})]


def draft(db: Db, code: str) -> versions.Draft:
    """The draft of a campaign; a blank one where nobody began any."""
    return db.drafts.find_one({"_id": code}) or {**versions.BLANK, "_id": code}


def save_draft(db: Db, before: versions.Draft, after: versions.Draft, at: str) -> versions.Draft:
    """Write a draft, if nobody was faster."""
    if before["revision"]:
        return mongo.save(db.drafts, before, after, at=at)
    if not mongo.add(db.drafts, after, at=at):
        raise errors.Stale
    return {**after, "revision": 1}


def publish(
    db: Db, before: Campaign, after: Campaign, facts: Sequence[Fact], draft: versions.Draft, dropped: versions.Draft,
    at: str,
) -> Campaign:  # fmt: skip
    """Write the next version: the one before is kept first, the campaign and its event are one write, the draft goes
    last."""
    keep_version(db, before)
    saved = mongo.save(db.campaigns, before, after, facts, at=at)
    keep_version(db, saved)
    with suppress(errors.Stale):  # somebody went on with the draft meanwhile: it stays
        save_draft(db, draft, dropped, at)
    preview_store.forget(db, saved["_id"])
    return saved


def version(db: Db, code: str, number: int) -> versions.Version:
    """One version, whole."""
    return mongo.get(db.versions, f"{code}.{number}")


def all_versions(db: Db, campaign: Campaign) -> list[versions.Version]:
    """All versions, the newest first; the first stands in the campaign alone until there is a second."""
    found = list(db.versions.find({"campaign": campaign["_id"]}).sort("version", -1))
    return found or [versions.kept(campaign)]


def aspect_titles(db: Db, campaign: Campaign) -> dict[str, dict[str, str]]:
    """What the checklist's aspects are called, those of former versions as they were last called."""
    found = (version["definition"]["checklist"] for version in reversed(all_versions(db, campaign)))
    return {row["code"]: row["title"] for checklist in (*found, campaign["checklist"]) for row in checklist}


def dropped_aspects(db: Db, campaign: Campaign) -> list[dict[str, Any]]:
    """The aspects to examine that former versions had and this one has not, as they were last called: running work
    goes on with them."""
    found = db.versions.find({"campaign": campaign["campaign_code"]}, {"definition.aspects": 1}).sort("version", 1)
    known = {one["code"]: one for version in found for one in version["definition"].get("aspects") or ()}
    current = {one["code"] for one in campaign["aspects"]}
    return [one for code, one in known.items() if code not in current]


def begun_with(db: Db, meeting: telling.Meeting, campaign: Campaign) -> Campaign:
    """The campaign as it was when the unit was laid out: what a held meeting keeps."""
    number = versions.number_of(meeting, "definition")
    if number == versions.number_of(campaign):
        return campaign
    return under_version(db, campaign, number) or campaign


def under_version(db: Db, campaign: Campaign, number: int) -> Campaign | None:
    """The campaign as it was under a version of it, where that is kept."""
    kept = db.versions.find_one({"_id": f"{campaign['_id']}.{number}"})
    return versions.under(campaign, kept["definition"], number) if kept else None


def campaign_of(db: Db, meeting: telling.Meeting) -> Campaign:
    """The campaign of a unit as it was when the unit was laid out."""
    return begun_with(db, meeting, mongo.get(db.campaigns, meeting["campaign"]))


def units(db: Db, code: str) -> int:
    """How many units a campaign has."""
    return sum(1 for _ in rosters.every(db, code))


def lay_again(db: Db, code: str, planned_with: int) -> None:
    """Units came in while another version was published: they are laid out under it, too."""
    now = db.campaigns.find_one({"_id": code}) or {}
    if versions.number_of(now) != planned_with:
        db.versions.update_one({"_id": f"{code}.{now['version']}"}, {"$set": {"state": "running", **versions.WORK}})
        db.campaigns.update_one({"_id": code, "version": now["version"]}, _change({"laying": True}))


def laying(db: Db) -> list[Campaign]:
    """Campaigns whose units are being laid out anew."""
    return list(db.campaigns.find({"laying": True}))


def keep_version(db: Db, campaign: Campaign) -> None:
    """The version in force is kept, once."""
    mongo.insert_new(db.versions, [versions.kept(campaign)])


def claim(db: Db, name: str, now: float) -> Work | None:
    """Work (`versions`, `previews` or `openings`) that nobody is at, for some seconds."""
    wanted = {"state": "running", "until": {"$lte": now}}
    return mongo.take(db[name], wanted, {"$set": {"until": now + LEASE_SECONDS}})


def bounds(db: Db, code: str, most: int) -> list[str]:
    """The last unit of each part of so many: a store that sorts before it cuts is asked for one part at a time."""
    units = sorted(line.unit for line in rosters.every(db, code))
    return [*units[most - 1 :: most], *units[-1:]]


def next_units(db: Db, work: Work) -> list[telling.Meeting]:
    """The next part of the units behind those worked off; at the end those that came in since the parts were made."""
    after = work["after"]
    for bound in (*(bound for bound in work["bounds"] if bound > after), None):
        part = {"$gt": after, **({"$lte": bound} if bound else {})}
        found = list(db.meetings.find({"campaign": work["campaign"], "unit": part}).sort("unit", 1))
        if found:
            return found
    return []


def go_on(db: Db, name: str, before: Work, after: Work) -> bool:
    """Write down how far work has come, unless somebody has come further or begun it anew."""
    keys = ("state", "after", "worked", "until", "counts", "bounds")
    told = {key: after[key] for key in keys if key in after}
    same: dict[str, Any] = {key: before[key] for key in ("draft_revision", "state", "after", "worked") if key in before}
    return bool(db[name].update_one({"_id": before["_id"], **same}, {"$set": told}).matched_count)


def laid(db: Db, code: str, number: int) -> None:
    """All units stand on the version."""
    db.campaigns.update_one({"_id": code, "version": number}, _change({"laying": False}))


def overtaken(db: Db, meetings: Sequence[telling.Meeting], number: int) -> list[telling.Meeting]:
    """Those of these units that somebody else changed just before they were laid out."""
    keys = [meeting["_id"] for meeting in meetings]
    found = db.meetings.find({"_id": {"$in": keys}, "held": None})
    return [row for row in found if versions.number_of(row, "definition") < number]


def end_if_done(db: Db, campaign: Campaign) -> None:
    """The last unit was laid out, and whoever did it was killed before saying so."""
    key = f"{campaign['_id']}.{versions.number_of(campaign)}"
    if db.versions.find_one({"_id": key, "state": "done"}):
        laid(db, campaign["_id"], versions.number_of(campaign))


def in_parts(db: Db, code: str) -> Iterator[list[telling.Meeting]]:
    """All units of a campaign by code, some at a time."""
    work: Work = {"campaign": code, "after": "", "bounds": bounds(db, code, IN_PART)}
    while meetings := next_units(db, work):
        yield meetings
        work["after"] = meetings[-1]["unit"]


def lines(db: Db, code: str) -> list[Line]:
    """Every unit of a campaign, by code."""
    return sorted(rosters.every(db, code), key=lambda line: line.unit)


def _change(said: dict[str, Any]) -> dict[str, Any]:
    return {"$set": said, "$inc": {"revision": 1}}
