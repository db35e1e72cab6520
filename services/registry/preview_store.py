"""Previews as they are kept: how far a draft was worked out, and what it comes to for every unit that it changes.

What must stay true: a page of a list costs the same however many units there are: units are kept some together, and
each part knows its place in every list ({first: {moved: 101, ...}, rows}), the rows packed in one text.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from services.registry import replanning, rosters, versions
from services.registry.definition import Campaign
from services.spine import mongo

Db = mongo.Db
Work = dict[str, Any]
TOGETHER = 100
ALL = "all"


def prepare(db: Db) -> None:
    """Indexes."""
    db.previews.create_index([("state", 1), ("until", 1)])
    for what in (ALL, *replanning.COUNTED):
        db.effects.create_index([("campaign", 1), ("draft_revision", 1), (f"first.{what}", 1)])


def begin(db: Db, campaign: Campaign, revision: int, today: str, calendar: int = 0, *, again: bool = False) -> Work:
    """Work out a revision of the draft against the version in force, once a day and version of the calendar; asked once
    more it goes on, or, when it is through and is wanted `again`, begins anew."""
    code, number = campaign["_id"], versions.number_of(campaign)
    known = db.previews.find_one({"_id": code}) or {}
    wanted = {"draft_revision": revision, "version": number, "on": today, "calendar": calendar}
    same = wanted.items() <= known.items() and known["counts"].keys() == replanning.NOTHING.keys()
    if same and not (again and known["state"] == "done"):
        return dict(known)
    return put(db, code, code, wanted, sum(1 for _ in rosters.every(db, code)))


def put(db: Db, key: str, code: str, wanted: dict[str, Any], total: int) -> Work:
    """Begin to work something out for all units of a campaign."""
    fresh = {"_id": key, "campaign": code, **wanted, "state": "running", "total": total}
    fresh |= {"counts": replanning.NOTHING, **versions.WORK}
    forget(db, key)
    db.previews.replace_one({"_id": key}, fresh, upsert=True)
    return fresh


def get(db: Db, code: str) -> Work:
    """How far the preview has come."""
    return mongo.get(db.previews, code)


def effects(db: Db, preview: Work, query: dict[str, str]) -> dict[str, Any]:
    """One page of the units that a draft changes, by code; each part knows its place in the list, so none is sorted."""
    number, size = max(int(query.get("page", 1)), 1), min(max(int(query.get("size", 50)), 1), 500)
    what, before = query.get("what", ALL), (number - 1) * size
    wanted = {"campaign": preview["_id"], "draft_revision": preview["draft_revision"]}
    place = {f"first.{what}": {"$gt": before - TOGETHER, "$lte": before + size}}
    parts = sorted(db.effects.find({**wanted, **place}), key=lambda part: int(part["first"][what]))
    rows = [
        row
        for part in parts
        for at, row in enumerate(
            (row for row in orjson.loads(part["rows"]) if what == ALL or row[what]), part["first"][what]
        )
        if before < at <= before + size
    ]
    return {"total": _places(preview)[what], "page": number, "size": size, "rows": rows}


def keep(db: Db, work: Work, found: Sequence[replanning.Row]) -> None:
    """What happens to units, where anything does, some together; written twice it is written once."""
    places, changed = _places(work), [row for row in found if any(row[key] for key in replanning.COUNTED)]
    for start in range(0, len(changed), TOGETHER):
        rows, key = changed[start : start + TOGETHER], f"{work['_id']}/{changed[start]['unit']}"
        counts = {ALL: len(rows), **{what: sum(bool(row[what]) for row in rows) for what in replanning.COUNTED}}
        first = {what: places[what] + 1 for what, count in counts.items() if count}
        part = {"campaign": work["_id"], "draft_revision": work["draft_revision"], "first": first}
        db.effects.replace_one({"_id": key}, {**part, "rows": orjson.dumps(rows).decode()}, upsert=True)
        places = {what: place + counts.get(what, 0) for what, place in places.items()}


def _places(work: Work) -> dict[str, int]:
    """How many units each list has so far."""
    return {
        ALL: work["worked"] - work["counts"]["held"] - work["counts"]["same"],
        **replanning.NOTHING,
        **work["counts"],
    }


def forget(db: Db, code: str) -> None:
    """The draft is published or gone, and what it would have come to with it."""
    db.previews.delete_one({"_id": code})
    db.effects.delete_many({"campaign": code})
