"""More that was asked of a place, and its units that follow, some at a time.

What must stay true: the work is kept before what is asked for is, so that whoever dies in between, or over the units,
is gone on for; a unit that follows twice follows once. Work: {_id, campaign, seen: the campaign's revision that more
was asked of, asked: {kind, of, by, at, reason}, state, after: the last meeting that follows, until}.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from services.registry import (
    definition_store,
    inheritance,
    organisation_store,
    planning,
    rosters,
    schedule_store,
    store,
)
from services.registry.definition import Campaign
from services.spine import clock, errors, mongo
from services.spine.mongo import again

Db = mongo.Db
Work = dict[str, Any]
Above = dict[str, list[str]]
AT_ONCE = 200
TOLD = ("kind", "of", "by", "at", "reason")


def prepare(db: Db) -> None:
    """Indexes."""
    db.tightenings.create_index([("state", 1), ("until", 1)])


def place(db: Db, code: str, kind: str, of: str) -> dict[str, Any]:
    """Where more is asked: {campaign, region, group, unit, level, line: it and the organisations above it}; an
    organisation need not take part itself."""
    if kind == "region":
        return {"campaign": code, "region": of}
    meeting = db.meetings.find_one({"_id": f"{code}.{of}"})
    found = db.organisations.find_one({"_id": of}) if kind == "organisation" else None
    if meeting is None and found is None:
        raise errors.Refusal("not_found", id=of)
    above = organisation_store.path(db, found) if found else []
    beside = meeting or {**(found or {}), "campaign": code, "unit": of}
    line = [of, *([one["code"] for one in reversed(above)] or beside.get("above", []))]
    return {**{key: beside.get(key) for key in ("campaign", "region", "group", "unit", "level")}, "line": line}


def begin(db: Db, campaign: Campaign, asked: dict[str, Any]) -> Work:
    """Keep that units will have to follow, before it is asked of them; for some seconds it is the asker's own."""
    work = {
        "_id": "/".join([campaign["_id"], asked["kind"], asked["of"], asked["at"]]),
        "campaign": campaign["_id"],
        "seen": campaign["revision"],
        "asked": {key: asked[key] for key in TOLD},
        "state": "running",
        "after": "",
        "until": time.time() + definition_store.LEASE_SECONDS,
    }
    mongo.insert_new(db.tightenings, [work])
    return work


def resume(db: Db, until: float) -> None:
    """Go on with what nobody is at, until all is done or the time (monotonic) is over."""
    while time.monotonic() < until and (work := definition_store.claim(db, "tightenings", time.time())):
        follow(db, work, until)


def follow(db: Db, work: Work, until: float) -> None:
    """Let units follow until all do or the time (monotonic) is over; what is not yet asked of them is left."""
    campaign = store.campaign(db, work["campaign"])
    if campaign["revision"] == work["seen"]:
        return
    asked, calendar, today = work["asked"], schedule_store.calendar(db), clock.today()
    left, above = reached(db, campaign, asked["kind"], asked["of"])
    left = sorted(meeting_id for meeting_id in left if meeting_id > work["after"])
    for start in range(0, len(left), AT_ONCE):
        some = left[start : start + AT_ONCE]
        again(partial(_tighten, db, some, above, lambda one: planning.tighten(one, campaign, asked, today, calendar)))
        over = time.monotonic() > until
        lease = 0 if over else time.time() + definition_store.LEASE_SECONDS
        further = {**work, "after": some[-1], "until": lease}
        if not definition_store.go_on(db, "tightenings", work, further) or over:
            return
        work = further
    db.tightenings.delete_one({"_id": work["_id"]})


def reached(db: Db, campaign: Campaign, kind: str, of: str) -> tuple[list[str], Above]:
    """The meetings to be held of a unit, of all regions for which a region's rules hold, or of all below an
    organisation; of these the organisations above them, as they are by now."""
    code, query = campaign["campaign_code"], {"unheld": "1"}
    if kind == "organisation":
        lines = rosters.chosen(db, {"campaign": code}, code, {})
        above = organisation_store.above(db, {line.unit: line.superior for line in lines})
        below = [line for line in lines if line.to_be_held and of in (line.unit, *above[line.unit])]
        return [line.meeting_id for line in below], {line.unit: above[line.unit] for line in below}
    where: dict[str, Any] = {"unit": of}
    if kind == "region":
        where = {"region": {"$in": rosters.regions(db, code, inheritance.reach(campaign, of))}}
    found = rosters.chosen(db, {"campaign": code, **where}, code, query)
    return [line.meeting_id for line in found], {}


def _tighten(db: Db, ids: list[str], above: Above, changed: Callable[[Any], Any]) -> None:
    """These units follow, all in one word; done again it changes nothing."""
    meetings = mongo.among(db.meetings, ids)
    changes = [(one, *changed({**one, **({"above": above[one["unit"]]} if above else {})})) for one in meetings]
    store.save_meetings(db, changes, clock.now())
