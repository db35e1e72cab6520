"""Snapshots: what stands now, for other systems that begin late or have lost what they kept.

What must stay true: everything told up to the cursor is in the rows, for the cursor is read before them; what is told
behind it may be in them already, and a row's `sequence` says so: an event of its subject with that or a smaller one
changes nothing. Only a page is in memory, a few whole units at a time, for the embedded store reads all that matches
before it cuts a page off. Ids, codes, states and counts, within the part of the feed that the asker is told of.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from pymongo.collection import Collection

from services.spine import actor, errors, feed
from services.spine.actor import Actor

Row = dict[str, Any]
PLACES = ("campaign", "region", "unit", "group")
UNITS_AT_ONCE = 25
_rolls: dict[tuple[str, str], tuple[int, list[str]]] = {}


class Kind(NamedTuple):
    """What can be taken: its records, where the units that may have some stand, how the names of events begin that tell
    of them, how one is shown, and whether one was said at all. Records have an index by campaign and unit."""

    records: Collection[Row]
    units: Collection[Row]
    about: Sequence[str]
    show: Callable[[Row], Row]
    said: Callable[[Row], bool] = lambda _: True


def page(kind: Kind, source: feed.Db, asker: Actor, query: Mapping[str, str]) -> dict[str, Any]:
    """One page by unit: {cursor, next, rows}; the cursor is that of the first page. A page has as many rows as were
    asked for or a few more, for units stay whole; who is told of no such events is refused."""
    rows: list[Row] = []
    parts, size = within(asker, kind.about), int(query.get("limit", 500))
    begun, _, place = query.get("after", "").partition(":")
    cursor = int(begun) if begun else feed.last(source)
    since, _, after = place.partition(":")
    for campaign in (one for one in _campaigns(kind.units, asker) if one >= since):
        units = roll(kind.units, campaign, cursor)
        at = bisect_right(units, after) if campaign == since else 0
        for start in range(at, len(units), UNITS_AT_ONCE):
            few = units[start : start + UNITS_AT_ONCE]
            found = [row for row in kind.records.find(of(campaign, few), {"outbox": 0}) if kind.said(row)]
            rows += sorted((row for row in found if any(part(row) for part in parts)), key=lambda row: str(row["_id"]))
            if len(rows) >= size:
                return {"cursor": cursor, "next": f"{cursor}:{campaign}:{few[-1]}", "rows": _shown(rows, kind)}
    return {"cursor": cursor, "next": None, "rows": _shown(rows, kind)}


def of(campaign: str, units: Sequence[str]) -> dict[str, Any]:
    """All of some units that follow each other, as a filter of the store: asked for more than that, the embedded store
    goes through all there is, and with $lte it leaves the last unit out."""
    return {"campaign": campaign, "unit": {"$gte": units[0], "$lt": f"{units[-1]}!"}}


def within(asker: Actor, about: Sequence[str]) -> list[Callable[[Row], bool]]:
    """The parts of the records that the asker is told of."""
    parts: list[Callable[[Row], bool]] = []
    for (_, places), grant in zip(asker.parts, asker.grants, strict=True):
        told = grant.get("part") or {"types": [], "regions": [], "secrecy": actor.told_up_to(grant["role"])}
        if not told["types"] or any(name.startswith(tuple(about)) for name in told["types"]):
            parts.append(partial(_is_told, places, told))
    if not parts:
        raise errors.Refusal("snapshot_not_told")
    return parts


def roll(units: Collection[Row], campaign: str, cursor: int) -> list[str]:
    """The codes of a campaign's units in order, all that were told up to a number and perhaps later ones."""
    key = (units.full_name, campaign)
    read, known = _rolls.get(key, (-1, []))
    if read < cursor:
        known = sorted({row["unit"] for row in units.find({"campaign": campaign}, {"unit": 1, "_id": 0})})
        _rolls[key] = (cursor, known)
    return known


def _campaigns(units: Collection[Row], asker: Actor) -> list[str]:
    named = {grant["campaign"] for grant in asker.grants}
    return sorted(units.distinct("campaign") if None in named else named)


def _is_told(places: Mapping[str, Any], told: Mapping[str, Any], row: Row) -> bool:
    there = not told["regions"] or row["region"].startswith(tuple(told["regions"]))
    return there and row.get("secrecy") in actor.up_to(told["secrecy"]) and actor.lies_within(row, places)


def _shown(rows: Sequence[Row], kind: Kind) -> list[Row]:
    return [
        {
            "subject": row["_id"],
            "sequence": row["revision"],
            **{key: row[key] for key in PLACES},
            **kind.show(row),
        }
        for row in rows
    ]
