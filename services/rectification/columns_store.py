"""Lists of items, long ones too: found in columns that a process holds, shown from the items themselves.

What must stay true: a row that is shown fits the scope and every filter by its item as it stands now; a page costs the
same among any number. Each write leaves its unit's columns beside its sums (see sums_store) with the region's `turn`,
and says before that how far the region has come: turns: {_id: campaign, made: whose turns they are, regions: {code:
turn}}. A process reads what is newer than it holds. A single unit's items are read themselves.
"""

import uuid
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from services.rectification import columns, domain, views
from services.rectification.columns import Block, Mask
from services.spine import actor, mongo, portions
from services.spine.errors import Refusal

Db = mongo.Db
Query = Mapping[str, str]
MOST = 3_000_000
"""How many lines a process holds at most, of the regions that were asked for last (60 to 150 bytes each)."""
SLIM = dict.fromkeys(
    ("campaign", "region", "unit", "group", "problem", "state", "late", "due_on", "registered_on", "owner_post")
    + ("recheck_on", "closeout.line.state", "closeout.overdue", "measures.post")
    + (*domain.OWED, *views.BY, *views.KEYS.values()),
    1,
)
"""What has to be known of an item to tell whether it fits and where it stands."""
_held: OrderedDict[tuple[str, str], tuple[int, Block]] = OrderedDict()


def prepare(db: Db) -> None:
    """Indexes."""
    db.items.create_index([("campaign", 1), ("number_key", 1)])
    db.tallies.create_index([("campaign", 1), ("region", 1), ("turn", 1)])
    if db.turns.find_one() is None:
        _begin(db)


def _begin(db: Db) -> None:
    """What was kept before there were columns is asked for, too."""
    for region in db.sums.find({}, {"campaign": 1, "region": 1, "turn": 1}):
        of_region = {key: region[key] for key in ("campaign", "region")}
        db.tallies.update_many(of_region, {"$set": {"turn": region["turn"]}})
        come(db, region, region["turn"])


def come(db: Db, place: Mapping[str, Any], turn: int) -> None:
    """Say how far a region has come, before what it came to is written."""
    said, campaign = {"$max": {f"regions.{place['region']}": turn}}, {"_id": place["campaign"]}
    while not db.turns.update_one(campaign, said).matched_count:
        mongo.insert_new(db.turns, [{**campaign, "made": uuid.uuid4().hex, "regions": {}}])


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
    """All of them in the same order, so many at a time."""
    for campaign in _campaigns(db, within, query):
        _, found = _ordered(db, campaign, within, query, today, None)
        for some in portions.portions(found, size):
            yield list(_fitting(db, within, query, today, [(campaign, place) for _, place in some]))


def shares(
    db: Db, within: Mapping[str, Any], query: Query, today: str, by: str
) -> Iterator[tuple[str, str, str, Counter[str]]]:
    """What these items come to on a day: (region, group, what of, counts), see columns.shares."""
    for campaign in _campaigns(db, within, query):
        for region, block, found in _found(db, campaign, within, query, today):
            for group, about, counts in columns.shares(block, found, today, by):
                yield region, group, about, counts


def registered(db: Db, within: Mapping[str, Any], query: Query, today: str, since: str) -> int:
    """How many of these items were registered on a day or later, before today."""
    query, count = views.placed(query), 0
    for campaign in _campaigns(db, within, query):
        if "unit" in {**within, **query}:
            of_unit = _of_unit(db, campaign, within, query, today)
            count += sum(since <= (one.get("registered_on") or today) < today for one in of_unit)
        else:
            found = _found(db, campaign, within, query, today)
            count += sum(columns.registered(block, mask, since, today) for _, block, mask in found)
    return count


def _campaigns(db: Db, within: Mapping[str, Any], query: Query) -> list[str]:
    parts = [query] if "campaign" in query else within.get("$or", [within])
    if all("campaign" in part for part in parts):
        return sorted({part["campaign"] for part in parts})
    return sorted(one["_id"] for one in db.campaigns.find({}, {"_id": 1}))


def _ordered(
    db: Db, campaign: str, within: Mapping[str, Any], query: Query, today: str, most: int | None, after: str = ""
) -> tuple[int, Iterator[tuple[str, str]]]:
    """How many items of a campaign fit, and the first of them behind a key in their order: key and place of each."""
    query, order = views.placed(query), query.get("sort", "number")
    if "unit" in {**within, **query}:
        of_unit = _of_unit(db, campaign, within, query, today)
        told = sorted((one[views.KEYS[order]], one["number_key"]) for one in of_unit)
        return len(told), iter([one for one in told if one[0] > after][:most])
    blocks, parts, total, place = list[tuple[str, Block]](), list[Any](), 0, _place(order, after)
    for region, block, found in _found(db, campaign, within, query, today):
        total += int(found.sum())
        behind = (place[0], _line(block, region, *place[1:])) if place else None
        values, lines = columns.first(block, found, order, total if most is None else most, behind)
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
    try:
        place = after if order == "number" else after.partition(".")[2]
        region, unit, number = place.split(".")
        return columns.value(order, after), region, f"{unit}.{int(number):06}"
    except ValueError:
        if after:
            raise Refusal("place_strange", errors=[{"pointer": "/after", "code": "place_strange"}]) from None
        return None


def _line(block: Block, region: str, before: str, place: str) -> int:
    """From which line of a region on a list goes on among those of the same value."""
    return block.behind(place) if region == before else len(block.lines) if region < before else 0


def _of_unit(db: Db, campaign: str, within: Mapping[str, Any], query: Query, today: str) -> list[domain.Item]:
    asked = {"campaign": campaign, "unit": query.get("unit", within.get("unit"))}
    return [one for one in db.items.find(asked, SLIM) if _fits(one, within, query, today)]


def _fits(item: domain.Item, within: Mapping[str, Any], query: Query, today: str) -> bool:
    return actor.lies_within(item, within) and views.fits(item, query, today)


def _fitting(
    db: Db, within: Mapping[str, Any], query: Query, today: str, places: Sequence[tuple[str, str]]
) -> Iterator[domain.Item]:
    """The items in these places, in this order, as far as they fit as they stand now."""
    found = dict[tuple[str, str], domain.Item]()
    for campaign in dict.fromkeys(campaign for campaign, _ in places):
        for some in portions.few([place for one, place in places if one == campaign]):
            asked = {"campaign": campaign, "number_key": {"$in": some}}
            found |= {(campaign, one["number_key"]): one for one in db.items.find(asked, {"outbox": 0})}
    query = views.placed(query)
    yield from (one for place in places if (one := found.get(place)) and _fits(one, within, query, today))


def _found(
    db: Db, campaign: str, within: Mapping[str, Any], query: Query, today: str
) -> Iterator[tuple[str, Block, Mask]]:
    """Each region with its lines and which of them are asked for."""
    known = db.turns.find_one({"_id": campaign}) or {"regions": {}}
    for region in sorted(known["regions"]):
        place = {"campaign": campaign, "region": region}
        parts = within.get("$or", [within])
        if query.get("region", region) == region and any(part.get("region", region) == region for part in parts):
            block = _block(db, place, known["made"], known["regions"][region])
            yield region, block, columns.fitting(block, place, within, query, today)


def _block(db: Db, place: Mapping[str, str], made: str, turn: int) -> Block:
    """A region's lines as they stand at a turn or later."""
    key = (made, place["region"])
    had, block = _held.get(key, (0, columns.EMPTY))
    if had > turn:
        had, block = 0, columns.EMPTY
    if had < turn:
        rows = list(db.tallies.find({**place, "turn": {"$gt": had}}, {"unit": 1, "turn": 1, "columns": 1}))
        if rows:
            block = columns.joined(block, {row["unit"]: columns.unpacked(_packed(db, place, row)) for row in rows})
            had = max(row["turn"] for row in rows)
    _held[key] = had, block
    _held.move_to_end(key)
    while len(_held) > 1 and sum(len(one.lines) for _, one in _held.values()) > MOST:
        _held.popitem(last=False)
    return block


def _packed(db: Db, place: Mapping[str, str], row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was packed of a unit; from its items where that was laid out otherwise."""
    known: Mapping[str, Any] = row.get("columns") or {}
    if known.get("layout") == columns.LAYOUT:
        return known
    return columns.pack(db.items.find({"campaign": place["campaign"], "unit": row["unit"]}, columns.SEEN))
