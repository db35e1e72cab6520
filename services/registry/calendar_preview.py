"""A holiday file before it stands: what it comes to for every unit of every campaign, and that it is just that which is
loaded.

What must stay true: nothing that was not looked at is loaded: another calendar, day, definition, rule or meeting day
since makes what was shown stale. One is kept, the last, under a number of its own: {number, version: as it would stand,
base: the version that stood, on, seen: what it was counted for, campaigns}; each campaign's units are worked through as
those of a draft are (`preview_store`).
"""

import hashlib
from typing import Any

from services.registry import calendar_file, preview_store, rosters, schedule_store, versions
from services.spine import errors, mongo

Db = mongo.Db
Drafted = dict[str, Any]
KEY = "workdays"
COUNTED = ("moved", "past", "held", "same")


def begin(db: Db, version: calendar_file.Version, today: str) -> int:
    """Keep a calendar and have it worked out; its number. What was looked at before is over."""
    mongo.insert_new(db.calendar_drafts, [{"_id": KEY, "number": 0}])
    before = mongo.get(db.calendar_drafts, KEY)["number"]
    units = dict[str, int]()
    for line in rosters.every(db):
        units[line.campaign] = units.get(line.campaign, 0) + 1
    base, seen = schedule_store.number(db), _seen(db)
    kept = {"version": version, "base": base, "on": today, "seen": seen, "campaigns": sorted(units)}
    fresh = {"$set": {**kept, "number": before + 1}}
    if not db.calendar_drafts.update_one({"_id": KEY, "number": before}, fresh).matched_count:
        raise errors.Stale
    for code, total in sorted(units.items()):
        preview_store.put(db, f"{code}/{KEY}", code, {"draft_revision": before + 1, "on": today}, total)
    return int(before) + 1


def get(db: Db, number: int) -> Drafted | None:
    """What is looked at under that number, while it is the last."""
    return db.calendar_drafts.find_one({"_id": KEY, "number": number})


def shown(db: Db) -> dict[str, Any]:
    """How far it was worked out, and how many units of each campaign it moves."""
    drafted = mongo.get(db.calendar_drafts, KEY)
    works = _works(db, drafted)
    counts = {key: sum(work["counts"][key] for work in works) for key in COUNTED}
    version = drafted["version"]
    return {
        "preview": drafted["number"],
        "state": _state(db, drafted, works),
        "on": drafted["on"],
        "total": sum(work["total"] for work in works),
        "worked": sum(work["worked"] for work in works),
        "counts": counts,
        "campaigns": [
            {"campaign": work["campaign"], **{key: work["counts"][key] for key in COUNTED}}
            for work in works
            if work["counts"]["moved"]
        ],
        **{key: version[key] for key in ("version", "years", "days", "note", "by", "at")},
    }


def effects(db: Db, code: str, query: dict[str, str]) -> dict[str, Any]:
    """One page of a campaign's units whose days would move, by code."""
    drafted = mongo.get(db.calendar_drafts, KEY)
    work = mongo.get(db.previews, f"{code}/{KEY}", {"draft_revision": drafted["number"]})
    return preview_store.effects(db, work, {"what": "moved", **query})


def confirmed(db: Db, number: int, today: str) -> calendar_file.Version:
    """The calendar that was looked at, to be loaded as it was shown; refuses what is not through, or stale."""
    drafted = get(db, number)
    state = _state(db, drafted, _works(db, drafted)) if drafted else "stale"
    if drafted is None or state == "stale" or drafted["on"] != today:
        raise errors.Refusal("workdays_preview_stale")
    if state == "running":
        raise errors.Refusal("workdays_preview_running")
    return {**drafted["version"], "preview": number}


def _works(db: Db, drafted: Drafted) -> list[preview_store.Work]:
    keys = [f"{code}/{KEY}" for code in drafted.get("campaigns", ())]
    found = mongo.among(db.previews, keys)
    return sorted((one for one in found if one["draft_revision"] == drafted["number"]), key=lambda one: str(one["_id"]))


def _state(db: Db, drafted: Drafted, works: list[preview_store.Work]) -> str:
    """`loaded`, `running`, `done`, or `stale` where something it was counted for is otherwise by now."""
    standing = schedule_store.standing(db) or {}
    if standing.get("preview") == drafted["number"]:
        return "loaded"
    if standing.get("version", 0) != drafted["base"] or _seen(db) != drafted["seen"]:
        return "stale"
    through = len(works) == len(drafted["campaigns"]) and all(work["state"] == "done" for work in works)
    return "done" if through else "running"


def _seen(db: Db) -> str:
    """What dates depend on besides the calendar, in one word: meeting days, versions and stricter rules."""
    keys = ("version", "policy_overrides", "overridden")
    rules = [
        (row["_id"], versions.number_of(row), *(len(row.get(key, ())) for key in keys[1:]))
        for row in db.campaigns.find({}, dict.fromkeys(keys, 1))
    ]
    days = [(line.meeting_id, line.meeting_on) for line in rosters.every(db) if line.to_be_held]
    return hashlib.sha256(repr([sorted(rules), sorted(days)]).encode()).hexdigest()
