"""Long lists of materials: read a few units at a time, so that a page costs the same among a thousand and among many.

What must stay true: no question to the store matches more than its few units hold, for the embedded store reads all
that matches before it sorts and cuts a page off; what is shown fits the scope and every filter, whatever narrowed the
reading; a unit stands on its shelf as soon as its plan is known. shelves: {_id: campaign.region, campaign, region,
units: {unit: {group, most}}}: where a unit belongs, and how many materials its plan lets it have.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from services.intake import domain
from services.spine import actor, mongo

Db = mongo.Db
Filter = Mapping[str, Any]
PLACES = ("campaign", "region", "group", "unit")
FILTERS = ("unit", "region", "group", "kind", "state")
NARROWING = ("state", "kind")
"""Filters with an index in which the units follow; the store uses one at a time."""
FEWEST, MOST = 100, 2000
"""Materials that the units asked for at once may have: the first time, and at most."""


class Unit(NamedTuple):
    """A unit in the order of the list, and how many materials it may have."""

    campaign: str
    code: str
    most: int


def prepare(db: Db) -> None:
    """Indexes; and the shelves of what was planned before there were any."""
    db.shelves.create_index("campaign")
    for part in ("unit", *NARROWING):
        order = [one for one in (("unit", 1), ("kind", -1), ("post", 1)) if one[0] != part]
        db.materials.create_index([("campaign", 1), (part, 1), *order])
    mongo.once(db, "shelves", lambda: _begin(db))


def _begin(db: Db) -> None:
    if not db.shelves.find_one({}, {"_id": 1}):
        for plan in db.plans.find({}, {"outbox": 0}):
            put(db, plan)


def put(db: Db, plan: Filter) -> None:
    """A unit's place on its shelf, as its plan says."""
    places = {"campaign": plan["campaign"], "region": plan["region"]}
    unit = {"group": plan["group"], "most": max(len(plan["required"]), 1)}
    change = {"$set": {f"units.{plan['unit']}": unit}, "$setOnInsert": places}
    db.shelves.update_one({"_id": f"{plan['campaign']}.{plan['region']}"}, change, upsert=True)


def page(db: Db, within: Filter, query: Mapping[str, str], shown: Callable[[domain.Material], bool]) -> dict[str, Any]:
    """Materials within a scope that are `shown`, unit by unit: {total, size, next, rows}.

    The page follows the material named by `after`; `next` is its last one when more follow, else None. The total is
    told when one page holds all, else None.
    """
    size, after = int(query.get("size", 50)), _place(query["after"]) if "after" in query else ()
    wanted: dict[str, Any] = {key: query[key] for key in FILTERS if key in query}
    wanted |= {"cancelled_on": None} if wanted.get("state") == "unsigned" else {}
    narrow = dict([(key, query[key]) for key in NARROWING if key in query][:1])
    units, most, rows = _units(db, within, wanted, after), FEWEST, list[domain.Material]()
    while units and len(rows) <= size:
        campaign, codes = _few(units, most)
        found = db.materials.find({"campaign": campaign, **narrow, "unit": {"$in": codes}}, {"outbox": 0})
        met = (row for row in found if _place(row["_id"]) > after and shown(row))
        fitting = (row for row in met if actor.lies_within(row, within) and actor.lies_within(row, wanted))
        rows += sorted(fitting, key=lambda row: _place(row["_id"]))
        most = min(most * 2, MOST)
    following = rows[size - 1]["_id"] if len(rows) > size else None
    return {"total": None if after or following else len(rows), "size": size, "next": following, "rows": rows[:size]}


def _units(db: Db, within: Filter, wanted: Filter, after: tuple[Any, ...]) -> deque[Unit]:
    """The units whose materials may be asked for, in their order."""
    campaign = within.get("campaign")
    found = set()
    for shelf in db.shelves.find({"campaign": campaign} if campaign else {}):
        for code, unit in shelf["units"].items():
            place = {"campaign": shelf["campaign"], "region": shelf["region"], "unit": code, "group": unit["group"]}
            if actor.lies_within(place, _of_places(within)) and actor.lies_within(place, _of_places(wanted)):
                found.add(Unit(shelf["campaign"], code, unit["most"]))
    return deque(sorted(unit for unit in found if unit[:2] >= after[:2]))


def _few(units: deque[Unit], most: int) -> tuple[str, list[str]]:
    """The next units, of one campaign, that together have about so many materials."""
    few: list[Unit] = []
    while units and most > 0 and units[0].campaign == (few or units)[0].campaign:
        few.append(units.popleft())
        most -= few[-1].most
    return few[0].campaign, [unit.code for unit in few]


def _of_places(asked: Filter) -> dict[str, Any]:
    """What a filter says of places, and nothing else of it."""
    among = {key: [_of_places(part) for part in asked[key]] for key in ("$or", "$and") if key in asked}
    return among | {key: asked[key] for key in PLACES if key in asked}


def _place(material_id: str) -> tuple[Any, ...]:
    """Where a material stands in a list: by campaign and unit, the team's material before outlines before lists."""
    campaign, unit, kind, post = material_id.split(".")
    return campaign, unit, (*(-ord(sign) for sign in kind), 1), post
