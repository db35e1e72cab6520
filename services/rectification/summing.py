"""The ledger summed up for whoever looks: by colour, by whose move it is, by one more thing, week by week.

What must stay true: each number is the length of the list under the same filters; and nothing is counted item by item
but a single unit's ledger. Week by week only what the kept sums tell is told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from services.rectification import columns_store, sums_store, views
from services.spine import actor, mongo

Db = mongo.Db
Query = Mapping[str, str]
Told = Iterator[tuple[str, str, str, Mapping[str, int]]]
PLACES = ("campaign", "region", "group")


def kept(within: Mapping[str, Any], query: Query) -> bool:
    """Whether the sums that are kept tell it: by one thing at most besides the place, and no single unit."""
    of = {*([query["by"]] if query.get("by") in views.BY else []), *(key for key in views.BY if key in query)}
    strange = {key for key in query if key not in (*PLACES, "colour", "by", *views.BY)}
    return len(of) <= 1 and not strange and query.get("by") != "unit" and not _units(within)


def summary(db: Db, within: Mapping[str, Any], query: Query, today: str) -> dict[str, Any]:
    """What the items under these filters come to on a day."""
    query = views.placed(query)
    found = _told(db, within, query, today)
    named = [key for key in views.BY if key in query]
    summed = named[0] if named and kept(within, query) else views.ALL
    inner = query["by"] if query["by"] in (*views.BY, "unit") else summed
    weekly = summed if summed == views.ALL else f"flow_{summed}"
    rows: dict[str, Counter[str]] = {}
    in_all, moves, weeks, passed = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for region, group, by, counts in found:
        about, _, value = by.partition(":")
        stand = _colours(counts, query, today) if about in (summed, inner) or "colour" in query else {}
        if about == summed:
            in_all.update(stand)
            passed.update({sign: views.passed(counts, sign, today) for sign in "pc"})
        if about == weekly:
            weeks.update({key: count for key, count in counts.items() if views.weekly(key)})
        if about == inner:
            rows.setdefault({"region": region, "group": group}.get(query["by"], value), Counter()).update(stand)
        if about == "waits":
            moves[value] += sum(stand.values()) if stand else views.total(counts)
    filled = [{"key": key, **_line(rows[key])} for key in sorted(rows)]
    return {
        **_line(in_all),
        "waits": {key: count for key, count in sorted(moves.items()) if count},
        "unreported": passed["p"],
        "rechecks_due": passed["c"],
        "rows": [row for row in filled if row["total"]],
        "flow": views.flow(weeks) if _weekly(within, query) else None,
    }


def _told(db: Db, within: Mapping[str, Any], query: Query, today: str) -> Told:
    if kept(within, query):
        named = [f"{of}{key}:{query[key]}" for key in views.BY if key in query for of in ("", "flow_")]
        by = query["by"] if query["by"] in views.BY else ""
        beside = {f"{key}:{code}" for key in ("waits", by) for code in views.CODES.get(key, ())}
        keys = named or [views.ALL, *sorted(beside)]
        return sums_store.told(db, within, query, keys, "" if named or by in views.CODES else by)
    if "unit" not in {**within, **query}:
        return columns_store.shares(db, within, query, today, query["by"])
    wanted = {**{key: query[key] for key in ("campaign", "unit") if key in query}}
    items = db.items.find(actor.both(within, wanted), {"outbox": 0})
    inner = {key: value for key, value in query.items() if key not in ("by", "colour")}
    return _of_items(dict(one) for one in items if views.fits(one, inner, today))


def _of_items(items: Iterator[dict[str, Any]]) -> Told:
    places: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item in items:
        places.setdefault((item["region"], item["group"]), []).append(item)
    for (region, group), own in places.items():
        for by, counts in views.shares(own).items():
            yield region, group, by, counts


def _weekly(within: Mapping[str, Any], query: Query) -> bool:
    """Whether weeks are told: of a unit's items, or by sums that are kept week by week."""
    unkept = {"colour", "state", "waits"} & query.keys()
    return "unit" in {**within, **query} or (kept(within, query) and not unkept)


def _units(within: Mapping[str, Any]) -> bool:
    return any("unit" in part for part in within.get("$or", [within]))


def _colours(counts: Mapping[str, int], query: Query, today: str) -> dict[str, int]:
    found = views.colours(counts, today)
    return {key: count if query.get("colour", key) == key else 0 for key, count in found.items()}


def _line(colours: Counter[str]) -> dict[str, Any]:
    return {"total": colours.total(), "colours": {colour: colours[colour] for colour in views.COLOURS}}
