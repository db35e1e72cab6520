"""Sums of the ledger: of each unit, and of each region by group, so that counting costs the same among any number of
items; and beside each unit's sums its items' columns (see columns), in which lists are found.

What must stay true: whatever moment a process dies, the sums come to what the items say. A unit's sums are made anew
from its items and bear `n`, all their revisions together, which only grows; a region takes over the difference, and
in the same write notes which unit's sums it took in (`last`); whoever comes next finishes what is noted. tallies:
{_id: campaign.unit, campaign, region, unit, n, turn: of the region, cells: text of {group: {by: counts}}, columns};
sums: {_id: campaign.region, campaign, region, turn, units: {unit: n}, last, sums: {by: text of {group: counts}}};
turns: see columns_store.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from services.rectification import columns, columns_store, domain, views
from services.spine import actor, errors, mongo

Db = mongo.Db
Cells = dict[str, dict[str, dict[str, int]]]
TIMES = 20


def prepare(db: Db) -> None:
    """Index."""
    db.sums.create_index([("campaign", 1), ("region", 1)])


def refresh(db: Db, campaign: str, unit: str, ledger: Sequence[domain.Item] | None = None) -> None:
    """Bring the sums to what a unit's items say, which are read unless somebody has them."""
    items = ledger or list(db.items.find({"campaign": campaign, "unit": unit}, columns.SEEN))
    if not items:
        return
    row = _tally(items)
    for _ in range(TIMES):
        if _taken(db, row):
            return
    raise errors.Stale


def _tally(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    groups = sorted({item["group"] for item in items})
    cells = {group: views.shares(dict(item) for item in items if item["group"] == group) for group in groups}
    places = {key: items[0][key] for key in ("campaign", "region", "unit")}
    key, number = f"{places['campaign']}.{places['unit']}", sum(item["revision"] for item in items)
    kept = {"cells": json.dumps(cells, ensure_ascii=False), "columns": columns.pack(dict(item) for item in items)}
    return {"_id": key, **places, "n": number, **kept}


def _taken(db: Db, row: dict[str, Any]) -> bool:
    """Take a unit's sums into its region's; False when somebody else was faster and it has to be looked at again."""
    key, unit = f"{row['campaign']}.{row['region']}", row["unit"]
    known = db.sums.find_one({"_id": key})
    if known is None:
        places = {name: row[name] for name in ("campaign", "region")}
        mongo.insert_new(db.sums, [{"_id": key, **places, "turn": 0, "units": {}, "last": None, "sums": {}}])
        return False
    _finish(db, known["last"])
    if known["units"].get(unit, 0) >= row["n"]:
        return True
    before = db.tallies.find_one({"_id": row["_id"]}) or {"n": 0, "cells": "{}"}
    if before["n"] != known["units"].get(unit, 0):
        return False
    sums = _moved(known["sums"], orjson.loads(before["cells"]), orjson.loads(row["cells"]))
    row = {**row, "turn": known["turn"] + 1}
    change = {**{f"sums.{by}": text for by, text in sums.items()}, f"units.{unit}": row["n"], "last": row}
    turned = db.sums.update_one({"_id": key, "turn": known["turn"]}, {"$set": change, "$inc": {"turn": 1}})
    if turned.matched_count:
        _finish(db, row)
    return bool(turned.matched_count)


def _finish(db: Db, row: dict[str, Any] | None) -> None:
    """Write the sums of a unit that its region has taken in, where they are not written yet, once it is said that the
    region has come so far."""
    if row is None or db.tallies.find_one({"_id": row["_id"], "n": {"$gte": row["n"]}}, {"_id": 1}):
        return
    columns_store.come(db, row, row["turn"])
    mongo.insert_new(db.tallies, [{**row, "n": 0, "turn": 0}])
    db.tallies.replace_one({"_id": row["_id"], "n": {"$lt": row["n"]}}, row)


def _moved(sums: Mapping[str, str], before: Cells, after: Cells) -> dict[str, str]:
    """Those sums of a region that change when a unit's cells do."""
    changes: dict[str, dict[str, Counter[str]]] = {}
    for cells, count in ((before, Counter.subtract), (after, Counter.update)):
        for group, by_key in cells.items():
            for by, counts in by_key.items():
                count(changes.setdefault(by, {}).setdefault(group, Counter()), counts)
    found: dict[str, str] = {}
    for by, groups in changes.items():
        moved = {group: counts for group, counts in groups.items() if any(counts.values())}
        table = orjson.loads(sums.get(by, "{}")) if moved else {}
        for group, counts in moved.items():
            whole = Counter(table.get(group, {}))
            whole.update(counts)
            table[group] = {key: count for key, count in whole.items() if count}
        found |= {by: json.dumps(table, ensure_ascii=False)} if moved else {}
    return found


def told(
    db: Db, within: Mapping[str, Any], query: Mapping[str, str], keys: Sequence[str], by: str = ""
) -> Iterator[Any]:
    """The sums that lie in a scope and in the places asked for: (region, group, key, counts), of these keys, and of all
    that tell of one thing (`by`)."""
    wanted = {key: one[key] for one in (within, query) for key in ("campaign", "region") if key in one}
    asked = {key: query[key] for key in ("region", "group") if key in query}
    show = {"campaign": 1, "region": 1} | ({"sums": 1} if by else {f"sums.{key}": 1 for key in keys})
    for known in db.sums.find(wanted, show):
        for key, text in known.get("sums", {}).items():
            if key not in keys and not (by and key.startswith(f"{by}:")):
                continue
            for group, counts in orjson.loads(text).items():
                place = {"campaign": known["campaign"], "region": known["region"], "group": group}
                if actor.lies_within(place, within) and actor.lies_within(place, asked):
                    yield known["region"], group, key, counts
