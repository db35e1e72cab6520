"""Snapshots: what stands now, for other systems that begin late or have lost what they kept.

What must stay true: everything told up to the cursor is in the rows, for the cursor is read before them; what is told
behind it may be in them already, and a row's `sequence` says so: an event of its subject with that or a smaller one
changes nothing. Only a page is in memory, a few whole units at a time, for the embedded store reads all that matches
before it cuts a page off. Ids, codes, states and counts, within the part of the feed that the asker is told of.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pymongo.collection import Collection

from services.spine import actor, errors, feed
from services.spine.actor import Actor

Row = dict[str, Any]
SECRECY = ("public", "internal", "work_secret")
PLACES = ("campaign", "region", "unit", "group")
UNITS_AT_ONCE = 25
ROLL_SECONDS = 60
_rolls: dict[tuple[str, str], tuple[float, list[str]]] = {}


class Kind(NamedTuple):
    """What can be taken: its records, where the units that may have some stand, how the names of events begin that tell
    of them, how one is shown, the records' index that begins with campaign and unit, and which were said at all."""

    records: Collection[Row]
    units: Collection[Row]
    about: Sequence[str]
    show: Callable[[Row], Row]
    along: list[tuple[str, int]]
    wanted: Mapping[str, Any] = {}


def page(kind: Kind, source: feed.Db, asker: Actor, query: Mapping[str, str]) -> dict[str, Any]:
    """One page by unit: {cursor, next, rows}; the cursor is that of the first page. A page has as many rows as were
    asked for or a few more, for units stay whole; who is told of no such events is refused."""
    rows: list[Row] = []
    part, size = within(asker, kind.about), int(query.get("limit", 500))
    begun, _, place = query.get("after", "").partition(":")
    cursor = int(begun) if begun else feed.last(source)
    since, _, after = place.partition(":")
    for campaign in (one for one in _campaigns(kind.units, asker) if one >= since):
        units = roll(kind.units, campaign)
        at = bisect_right(units, after) if campaign == since else 0
        for start in range(at, len(units), UNITS_AT_ONCE):
            few = units[start : start + UNITS_AT_ONCE]
            wanted = {**kind.wanted, "campaign": campaign, "unit": {"$gte": few[0], "$lte": few[-1]}}
            found = kind.records.find(actor.both(part, wanted), {"outbox": 0}).hint(kind.along)
            rows += sorted(found, key=lambda row: str(row["_id"]))
            if len(rows) >= size:
                return {"cursor": cursor, "next": f"{cursor}:{campaign}:{few[-1]}", "rows": _shown(rows, kind)}
    return {"cursor": cursor, "next": None, "rows": _shown(rows, kind)}


def within(asker: Actor, about: Sequence[str]) -> dict[str, Any]:
    """The part of the records that the asker is told of, as a filter of the store."""
    parts = []
    for (_, places), grant in zip(asker.parts, asker.grants, strict=True):
        told = grant.get("part") or {"types": [], "regions": [], "secrecy": "internal"}
        if not told["types"] or any(name.startswith(tuple(about)) for name in told["types"]):
            parts.append({**places, **_narrowed(told)})
    if not parts:
        raise errors.Refusal("snapshot_not_told")
    return parts[0] if len(parts) == 1 else {"$or": parts}


def roll(units: Collection[Row], campaign: str) -> list[str]:
    """The codes of a campaign's units in order, as they were within the last minute: whoever comes later is told of."""
    key, now = (units.full_name, campaign), time.monotonic()
    until, known = _rolls.get(key, (0.0, []))
    if until <= now:
        known = sorted({row["unit"] for row in units.find({"campaign": campaign}, {"unit": 1, "_id": 0})})
        _rolls[key] = (now + ROLL_SECONDS, known)
    return known


def _campaigns(units: Collection[Row], asker: Actor) -> list[str]:
    named = {grant["campaign"] for grant in asker.grants}
    return sorted(units.distinct("campaign") if None in named else named)


def _narrowed(told: Mapping[str, Any]) -> dict[str, Any]:
    allowed = SECRECY[: SECRECY.index(told["secrecy"]) + 1]
    found: dict[str, Any] = {"secrecy": {"$in": [None, *allowed]}}
    return found | ({"region": {"$regex": f"^({'|'.join(told['regions'])})"}} if told["regions"] else {})


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
