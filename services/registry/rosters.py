"""Units' lines by region, as they are kept: who is asked for many units reads them and no meeting.

What must stay true: a meeting and its line tell the same. A line follows its meeting at once; so that nothing is
forgotten when a process dies between the two, it holds the region (`roster_holds`: {_id: region|process, of, until})
while it writes there, and whoever finds a hold that was left behind makes the region's lines anew. rosters: {_id:
campaign.region, campaign, region, n, packed}; roster_posts: the titles of posts, beside them as they seldom change.
"""

import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from services.registry import roster_lines
from services.registry.roster_lines import Line, Shelf, Wanted
from services.spine import errors, mongo

Db = mongo.Db
Meeting = dict[str, Any]
Change = tuple[Meeting | None, Meeting]
OWN = uuid.uuid4().hex
HELD_SECONDS, LEFT_SECONDS, TRIES = 30.0, 60.0, 50
_holds: dict[tuple[str, str], float] = {}
_broken: set[tuple[str, str]] = set()


def prepare(db: Db) -> None:
    """Indexes; and the lines of what was loaded before there were any, or before they told of relays."""
    db.rosters.create_index([("campaign", 1), ("region", 1)])
    db.meetings.create_index([("campaign", 1), ("region", 1), ("stage", 1), ("meeting_on", 1)])
    mongo.once(db, "rosters with relays", lambda: _begin(db))


def _begin(db: Db) -> None:
    for place in db.meetings.aggregate([{"$group": {"_id": {"campaign": "$campaign", "region": "$region"}}}]):
        mend(db, place["_id"]["campaign"], place["_id"]["region"])


def follow(db: Db, changes: Iterable[Change], write: Callable[[], Any]) -> Any:
    """Write changed meetings (before, after) and let their lines follow; what the writing answers, which is how many
    were written and how many overtaken where they are many."""
    moved = [change for change in changes if _told(*change)]
    if not moved:
        return write()
    keys = {_key(one) for change in moved for one in change if one}
    _hold(db, keys)
    answer = _untouched = object()
    try:
        answer = write()
        _put_changed(db, moved, overtaken=isinstance(answer, tuple) and bool(answer[1]))
    except BaseException as fault:
        if answer is not _untouched or not isinstance(fault, errors.Stale):
            _broken.update((db.name, key) for key in keys)
        raise
    return answer


def _put_changed(db: Db, moved: Sequence[Change], *, overtaken: bool) -> None:
    if overtaken:
        put(db, mongo.among(db.meetings, [after["_id"] for _, after in moved], {"outbox": 0}))
    else:
        written = [{**after, "revision": before["revision"] + 1 if before else 1} for before, after in moved]
        put(db, written, {after["_id"] for before, after in moved if not before or _elsewhere(before, after)})
    for before, after in moved:
        if before and before["region"] != after["region"]:
            _change(db, before, partial(Shelf.drop_all, units=[after["unit"]], revision=before["revision"] + 1))


def _elsewhere(before: Meeting, after: Meeting) -> bool:
    """Whether posts have to be written where the unit stands."""
    return any(before.get(key) != after.get(key) for key in ("posts", "region"))


def put(db: Db, meetings: Iterable[Meeting], with_posts: Collection[str] | None = None) -> None:
    """Lines of meetings as they stand, those that are newer than what is kept; and posts of those (None: of all)."""
    regions: dict[str, list[Meeting]] = {}
    for meeting in meetings:
        regions.setdefault(_key(meeting), []).append(meeting)
    for some in regions.values():
        lines = [roster_lines.of(one) for one in some]
        _change(db, some[0], partial(Shelf.put_all, lines=lines))
        if posted := [one for one in some if with_posts is None or one["_id"] in with_posts]:
            _put_posts(db, posted)


def _change(db: Db, place: Meeting, act: Callable[[Shelf], bool]) -> None:
    """Change a region's lines, however many others do the same."""
    key = _key(place)
    for tried in range(TRIES):
        known = db.rosters.find_one({"_id": key}) or {}
        shelf = _shelf({**place, **known})
        if not act(shelf):
            return
        places = {"campaign": place["campaign"], "region": place["region"]}
        after = {**places, "n": known.get("n", 0) + 1, "packed": shelf.packed()}
        try:
            db.rosters.replace_one({"_id": key, "n": known.get("n")}, after, upsert=True)
        except DuplicateKeyError:
            time.sleep(0.001 * tried)
            continue
        return
    raise errors.Stale


def _put_posts(db: Db, meetings: Sequence[Meeting]) -> None:
    key = _key(meetings[0])
    for _ in range(TRIES):
        known = db.roster_posts.find_one({"_id": key}) or {}
        before = orjson.loads(known.get("packed", "{}"))
        after = before | {one["unit"]: one.get("posts", []) for one in meetings}
        if after == before:
            return
        fresh = {"n": known.get("n", 0) + 1, "packed": orjson.dumps(after).decode()}
        try:
            db.roster_posts.replace_one({"_id": key, "n": known.get("n")}, fresh, upsert=True)
            return
        except DuplicateKeyError:
            continue
    raise errors.Stale


def mend(db: Db, campaign: str, region: str) -> None:
    """Make the lines of a region as its meetings are."""
    found = list(db.meetings.find({"campaign": campaign, "region": region}, {"outbox": 0}))
    put(db, found)
    there = {one["unit"] for one in found}
    _change(db, {"campaign": campaign, "region": region}, lambda shelf: shelf.drop_all(shelf.lines.keys() - there))


def sweep(db: Db, now: float) -> None:
    """Let go of what this process no longer writes; mend what one that died was at."""
    for one in list(db.roster_holds.find({"until": {"$lt": now - HELD_SECONDS}})):
        own, place = str(one["_id"]).endswith(OWN), (db.name, one["of"])
        if not own and one["until"] > now - LEFT_SECONDS:
            continue
        if not own or place in _broken:
            mend(db, *one["of"].split(".", 1))
            _broken.discard(place)
        db.roster_holds.delete_one({"_id": one["_id"], "until": one["until"]})


def _hold(db: Db, keys: Iterable[str]) -> None:
    now = time.time()
    for key in keys:
        if _holds.get((db.name, key), 0.0) < now + HELD_SECONDS / 2:
            until = now + HELD_SECONDS
            db.roster_holds.update_one({"_id": f"{key}|{OWN}"}, {"$set": {"of": key, "until": until}}, upsert=True)
            _holds[db.name, key] = until


def shelves(db: Db, within: Mapping[str, Any], campaign: str, query: Mapping[str, str]) -> Iterable[Shelf]:
    """The regions in which somebody's units of a campaign may lie."""
    parts = within.get("$or", [within])
    if all("unit" in part for part in parts):
        keys = [f"{campaign}.{unit}" for part in parts for unit in _codes(part["unit"])]
        for meeting in db.meetings.find({"_id": {"$in": keys}}, {"outbox": 0}):
            shelf = Shelf(campaign, meeting["region"])
            shelf.put(roster_lines.of(meeting))
            yield shelf
        return
    named = [{query["region"]}] if "region" in query else [_codes(part.get("region")) for part in parts]
    regions = set().union(*named)
    every = None in regions
    keys = [f"{campaign}.{region}" for region in sorted(map(str, regions))]
    for one in db.rosters.find({"campaign": campaign} if every else {"_id": {"$in": keys}}):
        yield _shelf(one)


def chosen(db: Db, within: Mapping[str, Any], campaign: str, query: Mapping[str, str], today: str = "") -> list[Line]:
    """The units that are wanted of those that somebody sees, in no order."""
    wanted = Wanted(within if within else {"campaign": campaign}, query, today)
    return [line for shelf in shelves(db, within, campaign, query) for line in wanted.among(shelf)]


def regions(db: Db, campaign: str, stem: str) -> list[str]:
    """The regions of a campaign's units whose codes begin with a stem."""
    within = {"campaign": campaign, "region": {"$gte": stem, "$lt": f"{stem}:"}}
    return [row["region"] for row in db.rosters.find(within, {"region": 1})]


def every(db: Db, campaign: str = "") -> Iterable[Line]:
    """All units of a campaign, or of all."""
    for one in db.rosters.find({"campaign": campaign} if campaign else {}):
        yield from _shelf(one)


def read(db: Db, lines: Sequence[Line]) -> list[Meeting]:
    """The meetings of lines, in their order."""
    keys = [line.meeting_id for line in lines]
    found = {row["_id"]: row for row in mongo.among(db.meetings, keys, {"outbox": 0})}
    return [found[key] for key in keys if key in found]


def names(db: Db, campaign: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of these units {unit, region}."""
    asked, found = {row["unit"] for row in rows}, dict[str, str]()
    for one in db.rosters.find({"_id": {"$in": sorted({f"{campaign}.{row['region']}" for row in rows})}}):
        found |= {unit: line[1] for unit, line in _shelf(one).lines.items() if unit in asked}
    unknown = [f"{campaign}.{unit}" for unit in asked - found.keys()]
    if unknown:
        for meeting in db.meetings.find({"_id": {"$in": unknown}}, {"unit": 1, "unit_name": 1}):
            found[meeting["unit"]] = meeting["unit_name"]
    return found


def posts(db: Db, lines: Sequence[Line]) -> dict[str, list[dict[str, str]]]:
    """The posts of these units."""
    asked, found = {line.unit for line in lines}, dict[str, list[dict[str, str]]]()
    for one in db.roster_posts.find({"_id": {"$in": sorted({f"{line.campaign}.{line.region}" for line in lines})}}):
        found |= {unit: of for unit, of in orjson.loads(one["packed"]).items() if unit in asked}
    return found


def _codes(wanted: Any) -> Iterable[Any]:
    """What a filter names: one code, some ($in), or (None) any."""
    return wanted["$in"] if isinstance(wanted, dict) else [wanted]


def _shelf(one: Mapping[str, Any]) -> Shelf:
    return Shelf(one["campaign"], one["region"], *([one["packed"]] if "packed" in one else []))


def _told(before: Meeting | None, after: Meeting) -> bool:
    """Whether a change is one that lists tell of."""
    if before is None or before.get("posts") != after.get("posts"):
        return True
    return not roster_lines.alike(roster_lines.of(before), roster_lines.of(after))


def _key(place: Mapping[str, Any]) -> str:
    return f"{place['campaign']}.{place['region']}"
