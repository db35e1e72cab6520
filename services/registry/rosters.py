"""Units' names by region, one text each: so that a long list reads no meeting for the name in it.

What must stay true: whoever names a unit, or names it anew, puts it here; a unit that stands here not is looked up.
rosters: {_id: campaign.region, names: {unit: name}, packed}.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from services.spine import errors, mongo

Db = mongo.Db


def put(db: Db, meetings: Iterable[dict[str, Any]]) -> None:
    """Names of units as their meetings have them; raises Stale when somebody named others of the region meanwhile."""
    fresh: dict[str, dict[str, str]] = {}
    for meeting in meetings:
        fresh.setdefault(f"{meeting['campaign']}.{meeting['region']}", {})[meeting["unit"]] = meeting["unit_name"]
    known = {one["_id"]: one["names"] for one in db.rosters.find({"_id": {"$in": list(fresh)}})}
    for key, names in fresh.items():
        before = orjson.loads(known.get(key, "{}"))
        if names.items() <= before.items():
            continue
        packed = orjson.dumps({**before, **names}).decode()
        try:
            db.rosters.replace_one({"_id": key, "names": known.get(key)}, {"names": packed}, upsert=True)
        except DuplicateKeyError:
            raise errors.Stale from None


def names(db: Db, campaign: str, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The names of these units {unit, region}."""
    found: dict[str, str] = {}
    for one in db.rosters.find({"_id": {"$in": sorted({f"{campaign}.{row['region']}" for row in rows})}}):
        found |= orjson.loads(one["names"])
    unknown = [f"{campaign}.{row['unit']}" for row in rows if row["unit"] not in found]
    if unknown:
        for one in db.meetings.find({"_id": {"$in": unknown}}, {"unit": 1, "unit_name": 1}):
            found[one["unit"]] = one["unit_name"]
    return found
