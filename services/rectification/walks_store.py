"""Long lists of items: read a little at a time along an index, so that a page costs the same among any number.

What must stay true: no page reads much more than MOST items, for the embedded store reads all that matches before it
cuts a page off (and, where an index is named to it, the whole of that); what is shown fits the scope and every filter,
each item once and in its order, however little is read at a time. A page that has read enough goes on until a moment,
then ends early and says where it goes on; words are looked for along their own index where few problems have them.
`paces` ({_id: campaign, due: {day: n}, age: {day: n}, regions: {code: n}}) only says how far to reach at once: nothing
is left out if it is wrong.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from services.rectification import domain, views, words, words_store
from services.spine import actor, mongo

Db = mongo.Db
Query = Mapping[str, str]
Step = tuple[str, int, list[domain.Item]]
"""Up to which key was read, how many were, and what was found there."""
FEWEST, MOST, FARTHEST, RARE = 120, 800, 50_000, 20
"""How many items are read at once at least; after how many a page has read enough; how far is reached at once at most;
one of how many problems at most has a pair of characters that is looked for along its index."""
PAGE_SECONDS = 0.5
"""How long a door goes on for a page that is not full."""
SLIM = dict.fromkeys(
    ("campaign", "region", "unit", "group", "problem", "state", "late", "due_on", "registered_on", "owner_post")
    + ("recheck_on", "closeout.line.state", "closeout.overdue", "measures.post")
    + (*domain.OWED, *views.BY, *views.KEYS.values()),
    1,
)
"""What has to be known of an item to tell whether it fits and where it stands."""
INDEXED = ("unit", "region", "group", "waits")
LAST = "~"


def prepare(db: Db) -> None:
    """Indexes: each order within the campaign, a region, a group, and those whose move it is."""
    for key in ("due_key", "age_key"):
        for by in ((), ("region",), ("group",), ("waits",)):
            db.items.create_index([("campaign", 1), *((one, 1) for one in by), (key, 1)])
    db.meetings.create_index([("campaign", 1), ("region", 1)])
    db.meetings.create_index([("campaign", 1), ("group", 1)])


def pace(db: Db, before: domain.Item | None, after: domain.Item) -> None:
    """Note how many items lie on a day."""
    change: dict[str, int] = {}
    for item, count in ((before, -1), (after, 1)):
        if item and "due_key" in item:
            for path in (f"due.{_day(item['due_key'])}", f"age.{_day(item['age_key'])}", f"regions.{item['region']}"):
                change[path] = change.get(path, 0) + count
    if change := {path: count for path, count in change.items() if count}:
        db.paces.update_one({"_id": after["campaign"]}, {"$inc": change}, upsert=True)


def page(db: Db, within: Mapping[str, Any], query: Query, today: str, until: float = 0) -> dict[str, Any]:
    """One page of items in an order (number unless asked, due, age): {total, size, next, rows}; `next` is where it
    goes on, also where a page has read enough before it was full and the moment (monotonic) has come; the total is
    told when one page holds all."""
    size, order = min(int(query.get("size", 50)), 500), query.get("sort", "number")
    key, (since, after) = views.KEYS[order], _place(query.get("after", ""))
    rows: list[domain.Item] = []
    read, reached, ended, campaigns = 0, "", False, _campaigns(db, within, query)
    for campaign in (one for one in campaigns if one >= since):
        begin = max(after if campaign == since else "", views.begins(query, order, today))
        for end, seen, found in _steps(db, campaign, within, query, order, begin, size):
            fitting = (one for one in found if actor.lies_within(one, within) and views.fits(one, query, today))
            rows += sorted(fitting, key=lambda one: one[key])
            read, reached = read + seen, f"{campaign}|{end}"
            enough = read > MOST and time.monotonic() > until and (campaign, end) != (campaigns[-1], LAST)
            if ended := len(rows) > size or enough:
                break
        if ended:
            break
    else:
        reached = ""
    following = f"{rows[size - 1]['campaign']}|{rows[size - 1][key]}" if len(rows) > size else reached or None
    total = None if "after" in query or following else len(rows)
    shown = [row["_id"] for row in rows[:size]]
    whole = {one["_id"]: one for one in db.items.find({"_id": {"$in": shown}}, {"outbox": 0})}
    return {"total": total, "size": size, "next": following, "rows": [whole[one] for one in shown]}


def every(db: Db, within: Mapping[str, Any], query: Query, order: str, since: str = "") -> Iterator[list[domain.Item]]:
    """The items of a campaign that may fit, in an order and some at a time, from a day on."""
    for _, _, found in _steps(db, query["campaign"], within, query, order, since, MOST):
        yield found


def _place(after: str) -> tuple[str, str]:
    campaign, _, key = after.partition("|")
    return campaign, key


def _campaigns(db: Db, within: Mapping[str, Any], query: Query) -> list[str]:
    parts = [query] if "campaign" in query else within.get("$or", [within])
    if all("campaign" in part for part in parts):
        return sorted({part["campaign"] for part in parts})
    return sorted(one["_id"] for one in db.campaigns.find({}, {"_id": 1}))


def _steps(
    db: Db, campaign: str, within: Mapping[str, Any], query: Query, order: str, after: str, size: int
) -> Iterator[Step]:
    """The items that may fit, some at a time and in order."""
    query = views.placed(query)
    places = {**{name: value for name, value in within.items() if name[0] != "$"}, **query}
    narrow: dict[str, Any] = {"campaign": campaign}
    by = next((name for name in INDEXED if name in places), "")
    narrow |= {by: places[by]} if by else {}
    if by == "unit":
        key = views.KEYS[order]
        seen, found = _read(db, narrow, {})
        yield LAST, seen, [one for one in found if one[key] > after]
        return
    among = {name: places[name] for name in (*INDEXED, *views.BY) if places.get(name) and name not in narrow}
    known = db.paces.find_one({"_id": campaign}) or {}
    regions, much = known.get("regions", {}), max(FEWEST, 2 * size)
    if order == "number":
        where = {name: places[name] for name in INDEXED if name in places}
        walk = _by_unit(db, campaign, where, among, sorted(regions), after, much)
    else:
        codes = [] if by == "region" else sorted(regions)
        walk = _by_day(db, narrow, among, order, known.get(order, {}), codes, after, much)
    if words.pairs(query.get("q", "")):
        yield from _by_words(db, campaign, query["q"], order, regions, places.get("region", ""), walk)
    else:
        yield from walk


def _by_words(
    db: Db, campaign: str, sought: str, order: str, regions: Mapping[str, int], region: str, walk: Iterator[Step]
) -> Iterator[Step]:
    """The same where words are looked for: what was read first tells which of their pairs is the rarest. In any order
    but that of numbers all that have it are read; where that is too much, or no pair is rare, the walk goes on."""
    end, seen, found = next(walk, (LAST, 0, []))
    yield end, seen, found
    if end == LAST:
        return
    told, key = [words.pairs(one["problem"]) for one in found], views.KEYS[order]
    count, pair = min((sum(pair in one for one in told), pair) for pair in words.pairs(sought))
    if count * RARE > max(len(told), FEWEST):
        yield from walk
        return
    ids, read, after = list[str](), 0, end if order == "number" else ""
    here = {code: count for code, count in regions.items() if region in ("", code)}
    for reached, seen, some in words_store.along(db, campaign, sought, pair, here, after, region):
        if order == "number":
            yield reached, seen, list(mongo.among(db.items, some, SLIM))
        ids, read = [*ids, *some], read + seen
        if read > words_store.MOST and order != "number":
            yield from walk
            return
    if order != "number":
        yield LAST, read, [one for one in mongo.among(db.items, ids, SLIM) if one[key] > end]


def _by_day(
    db: Db, narrow: Mapping[str, Any], among: Mapping[str, Any], order: str, paces: Mapping[str, int],
    regions: list[str], after: str, much: int,
) -> Iterator[Step]:  # fmt: skip
    """Day by day, of what is due or of what was registered."""
    key = views.KEYS[order]
    while after < LAST:
        end = _end(paces, regions, after, much)
        seen, found = _read(db, {**narrow, key: {"$gt": after, "$lte": end}}, among)
        yield end, seen, found
        after, much = end, min(much * 2, FARTHEST if len(narrow) > 1 else MOST) if seen < FEWEST else much


def _read(db: Db, narrow: Mapping[str, Any], among: Mapping[str, Any]) -> tuple[int, list[domain.Item]]:
    """How many items an index leads to, and which of them are among those asked for; the embedded store looks through
    them in half the time it takes to hand them out, but takes another index when it is told of both at once."""
    if not among:
        found = list(db.items.find(narrow, SLIM))
        return len(found), found
    parts = {"seen": [{"$count": "n"}], "found": [{"$match": among}, {"$project": SLIM}]}
    one = next(db.items.aggregate([{"$match": narrow}, {"$facet": parts}]))
    return one["seen"][0]["n"] if one["seen"] else 0, one["found"]


def _end(paces: Mapping[str, int], regions: list[str], after: str, much: int) -> str:
    """Up to which key there are about so many items: to the end of a day, or of a region within a full day."""
    days = sorted(paces)
    day, region = _day(after), after.partition(".")[2].partition(".")[0]
    count = 0
    for at in range(bisect_left(days, day), len(days)):
        here = paces[days[at]]
        if count and count + here > much:
            return days[at - 1] + LAST
        left = regions[bisect_right(regions, region) :] if days[at] == day and region else regions
        if here > 2 * much and len(left) > 1:
            several = left[: max(1, len(regions) * much // here)]
            if len(several) < len(left):
                return f"{days[at]}.{several[-1]}.{LAST}"
        count += here
    return LAST


def _by_unit(
    db: Db, campaign: str, where: Mapping[str, Any], among: Mapping[str, Any], regions: list[str], after: str, much: int
) -> Iterator[Step]:
    """The same unit by unit."""
    codes = [where["region"]] if "region" in where else regions
    for region in codes:
        if region < after.partition(".")[0]:
            continue
        units = db.meetings.find({"campaign": campaign, "region": region}, {"unit": 1, "group": 1, "numbered": 1})
        of = [one for one in units if where.get("group") in (None, one.get("group"))]
        counted = sorted((one["unit"], one.get("numbered", 0)) for one in of)
        left = [one for one in counted if one[1] and f"{region}.{one[0]}.{LAST}" > after]
        some: list[str] = []
        count = 0
        for at, (unit, number) in enumerate(left, 1):
            some, count = [*some, unit], count + number
            if count >= much or at == len(left):
                seen, lines = _read(db, {"campaign": campaign, "unit": {"$in": some}}, among)
                end = LAST if region == codes[-1] and at == len(left) else f"{region}.{unit}.{LAST}"
                yield end, seen, [one for one in lines if one["number_key"] > after]
                some, count = [], 0


def _day(key: str) -> str:
    return key.partition(".")[0]
