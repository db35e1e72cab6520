"""Lists of items, long ones too: found in columns, shown from the items themselves.

What must stay true: a row that is shown fits the scope and every filter by its item as it stands now; a page costs the
same among any number. A single unit's items are read themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from services.rectification import columns, columns_store, domain, views
from services.rectification.columns import Block, Mask
from services.spine import actor, mongo, portions
from services.spine.errors import Refusal

Db = mongo.Db
Query = Mapping[str, str]
SLIM = columns.SEEN | dict.fromkeys(("owner_post", "measures.post"), 1)
"""What has to be known of an item to tell whether it fits and where it stands."""


def prepare(db: Db) -> None:
    """Index."""
    db.items.create_index([("campaign", 1), ("number_key", 1)])


def page(db: Db, within: Mapping[str, Any], query: Query, today: str) -> dict[str, Any]:
    """One page of items in an order (number unless asked, due, age): {total, size, next, rows}; `next` is where it
    goes on."""
    size, (since, _, after) = min(int(query.get("size", 50)), 500), query.get("after", "").partition("|")
    keys, total = list[tuple[str, str, str]](), 0
    for campaign in _campaigns(db, within, query):
        most = size + 1 - len(keys) if campaign >= since else 0
        count, found = _ordered(db, campaign, within, query, today, most, after if campaign == since else "")
        keys += ((campaign, *one) for one in found)
        total += count
    rows = _fitting(db, within, query, today, [(campaign, place) for campaign, _, place in keys[:size]])
    following = "|".join(keys[size - 1][:2]) if len(keys) > size else None
    return {"total": total, "size": size, "next": following, "rows": list(rows)}


def every(db: Db, within: Mapping[str, Any], query: Query, today: str, size: int) -> Iterator[list[domain.Item]]:
    """All of them in the same order, so many at a time, without their histories."""
    for campaign in _campaigns(db, within, query):
        _, found = _ordered(db, campaign, within, query, today, None)
        for some in portions.portions(found, size):
            places = [(campaign, place) for _, place in some]
            yield list(_fitting(db, within, query, today, places, {"outbox": 0, "history": 0}))


def found(db: Db, within: Mapping[str, Any], query: Query, today: str) -> Iterator[tuple[str, Block, Mask]]:
    """Each region with its lines and which of them are asked for."""
    for campaign in _campaigns(db, within, query):
        yield from _found(db, campaign, within, query, today)


def _campaigns(db: Db, within: Mapping[str, Any], query: Query) -> list[str]:
    parts = [query] if "campaign" in query else within.get("$or", [within])
    if all("campaign" in part for part in parts):
        return sorted({part["campaign"] for part in parts})
    return sorted(one["_id"] for one in db.campaigns.find({}, {"_id": 1}))


def _found(
    db: Db, campaign: str, within: Mapping[str, Any], query: Query, today: str
) -> Iterator[tuple[str, Block, Mask]]:
    query = views.placed(query)
    if "unit" in {**within, **query}:
        unit = str(query.get("unit", within.get("unit")))
        asked = db.items.find({"campaign": campaign, "unit": unit}, SLIM)
        items = [one for one in asked if _fits(one, within, query, today)]
        if items:
            block = columns.joined(columns.EMPTY, {unit: columns.unpacked(columns.pack(items))})
            yield items[0]["region"], block, np.ones(len(items), bool)
        return
    parts = within.get("$or", [within])
    for region, come in columns_store.regions(db, campaign).items():
        if query.get("region", region) == region and any(part.get("region", region) == region for part in parts):
            block = columns_store.block(db, campaign, region, come)
            place = {"campaign": campaign, "region": region}
            yield region, block, columns.fitting(block, place, within, query, today)


def _ordered(
    db: Db, campaign: str, within: Mapping[str, Any], query: Query, today: str, most: int | None, after: str = ""
) -> tuple[int, Iterator[tuple[str, str]]]:
    """How many items of a campaign fit, and the first of them behind a key in their order: key and place of each."""
    order = query.get("sort", "number")
    blocks, parts, total, place = list[tuple[str, Block]](), list[Any](), 0, _place(order, after)
    for region, block, fitting in _found(db, campaign, within, query, today):
        total += int(fitting.sum())
        behind = (place[0], _line(block, region, *place[1:])) if place else None
        values, lines = columns.first(block, fitting, order, total if most is None else most, behind)
        parts.append((values, np.full(len(lines), len(blocks)), lines))
        blocks.append((region, block))
    return total, _merged(blocks, parts, order, most)


def _merged(
    blocks: Sequence[tuple[str, Block]], parts: Sequence[Any], order: str, most: int | None
) -> Iterator[tuple[str, str]]:
    if not parts:
        return
    values, of, lines = (np.concatenate(some) for some in zip(*parts, strict=True))
    for at in np.lexsort((lines, of, values))[:most]:
        region, block = blocks[of[at]]
        place = f"{region}.{block.place(lines[at])}"
        yield columns.key(order, int(values[at]), place), place


def _place(order: str, after: str) -> tuple[int, str, str] | None:
    """Behind which value, region and place in it a list goes on."""
    if not after:
        return None
    try:
        place = after if order == "number" else after.partition(".")[2]
        region, unit, number = place.split(".")
        return columns.value(order, after), region, f"{unit}.{int(number):06}"
    except ValueError:
        raise Refusal("place_strange", errors=[{"pointer": "/after", "code": "place_strange"}]) from None


def _line(block: Block, region: str, before: str, place: str) -> int:
    """From which line of a region on a list goes on among those of the same value."""
    return block.behind(place) if region == before else block.starts[-1] if region < before else 0


def _fits(item: domain.Item, within: Mapping[str, Any], query: Query, today: str) -> bool:
    return actor.lies_within(item, within) and views.fits(item, query, today)


def _fitting(
    db: Db, within: Mapping[str, Any], query: Query, today: str, places: Sequence[tuple[str, str]],
    hidden: Mapping[str, int] = {"outbox": 0},
) -> Iterator[domain.Item]:  # fmt: skip
    """The items in these places, in this order, as far as they fit as they stand now."""
    items = dict[tuple[str, str], domain.Item]()
    for campaign in dict.fromkeys(campaign for campaign, _ in places):
        for some in portions.few([place for one, place in places if one == campaign]):
            asked = {"campaign": campaign, "number_key": {"$in": some}}
            items |= {(campaign, one["number_key"]): one for one in db.items.find(asked, hidden)}
    yield from (one for place in places if (one := items.get(place)) and _fits(one, within, query, today))
