"""Coaching as it is kept: sessions, attendance by unit, questions with their answers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.registry import aspects, coaching, posts_store, questions, rosters
from services.registry.roster_lines import Line
from services.spine import actor, errors, mongo, outbox, portions
from services.spine.events import Fact

Db = mongo.Db
Filter = dict[str, Any]
MOST_FOUND = 2000


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.questions)
    db.coaching_sessions.create_index([("campaign", 1), ("on", -1)])
    db.coaching_attendance.create_index([("session_id", 1), ("unit", 1)])
    db.coaching_attendance.create_index([("campaign", 1), ("unit", 1), ("state", 1)])
    db.coaching_attendance.create_index([("campaign", 1), ("region", 1)])
    db.coaching_attendance.create_index([("campaign", 1), ("group", 1)])
    db.questions.create_index([("campaign", 1), ("terms", 1)])
    db.questions.create_index([("campaign", 1), ("aspects", 1)])
    db.questions.create_index([("campaign", 1), ("unit", 1)])


def keep(db: Db, name: str, before: dict[str, Any] | None, after: dict[str, Any], at: str, *facts: Fact) -> Any:
    """Write a new or changed record of one of the three with what it says."""
    if before is not None:
        return mongo.save(db[name], before, after, facts, at=at)
    if not mongo.add(db[name], after, facts, at=at):
        raise errors.Stale
    return {**after, "revision": 1}


def session(db: Db, session_id: str, within: Filter) -> coaching.Session:
    """A session that this reader organises, or in which one of the reader's units was."""
    found = mongo.get(db.coaching_sessions, session_id)
    if actor.lies_within(found, within) or session_id in db.coaching_attendance.distinct("session_id", within):
        return found
    raise errors.Refusal("not_found", id=session_id)


def sessions(db: Db, campaign: str, within: Filter, query: dict[str, str]) -> dict[str, Any]:
    """One page of the sessions a reader may see, the latest first, each with its attendance in the reader's scope."""
    wanted: Filter = {"campaign": campaign, **({"kind": query["kind"]} if "kind" in query else {})}
    if "aspect" in query:
        wanted["aspects"] = query["aspect"]
    places: Filter = {key: query[key] for key in ("unit", "state") if key in query}
    rows = _narrowed(within, {"campaign": campaign, **places})
    if places or within.keys() != {"campaign"}:
        attended = {"_id": {"$in": db.coaching_attendance.distinct("session_id", rows)}}
        wanted = actor.both(wanted, attended if places else {"$or": [within, attended]})
    found = mongo.page(db.coaching_sessions, wanted, [("on", -1), ("_id", 1)], query)
    counts = attended_by(db, [row["_id"] for row in found["rows"]], within)
    return {**found, "rows": [{**row, "attendance": counts[row["_id"]]} for row in found["rows"]]}


def attended_by(db: Db, sessions: Sequence[str], within: Filter) -> dict[str, dict[str, int]]:
    """How many units and posts were in each of these sessions, and how many units have confirmed it."""
    counts = {one: {"units": 0, "posts": 0, "awaited": 0, "confirmed": 0, "differs": 0} for one in sessions}
    for row in _slim(db, sessions, within):
        count = counts[row["session_id"]]
        count["units"] += 1
        count["posts"] += row["count"]
        count[row["state"]] += 1
    return counts


def attendance(db: Db, session_id: str, within: Filter, query: dict[str, str]) -> dict[str, Any]:
    """One page of a session's attendance in the reader's scope, by unit."""
    places: Filter = {key: query[key] for key in ("unit", "region", "state") if key in query}
    rows = [row for row in _slim(db, [session_id], within) if actor.lies_within(row, places)]
    page = mongo.page_of(sorted(rows, key=lambda row: str(row["_id"])), query)
    whole = db.coaching_attendance.find({"_id": {"$in": [row["_id"] for row in page["rows"]]}}, {"outbox": 0})
    return {**page, "rows": sorted(whole, key=lambda row: str(row["_id"]))}


def _slim(db: Db, sessions: Sequence[str], within: Filter) -> Iterator[dict[str, Any]]:
    """Attendance of some sessions without its history; found by whichever is narrower, the scope or the sessions."""
    wanted = {"session_id": {"$in": list(sessions)}} if within.keys() == {"campaign"} else within
    keys = {"session_id": 1, "unit": 1, "region": 1, "state": 1, "count": 1}
    return (row for row in db.coaching_attendance.find(wanted, keys) if row["session_id"] in sessions)


def _narrowed(within: Filter, wanted: Filter) -> Filter:
    """What is wanted within a scope, flat where the scope says the same already."""
    return actor.both(within, {key: value for key, value in wanted.items() if within.get(key) != value})


def units(db: Db, campaign: str, within: Filter, **places: Any) -> list[coaching.Meeting]:
    """Units of a campaign in a scope, with their posts."""
    return _with_posts(db, _lines(db, campaign, within, places))


def taking_part(db: Db, campaign: str, within: Filter, **places: Any) -> list[coaching.Meeting]:
    """The same without those whose meeting was cancelled."""
    lines = _lines(db, campaign, within, places)
    return _with_posts(db, [line for line in lines if line.stage != aspects.CANCELLED])


def _lines(db: Db, campaign: str, within: Filter, places: Filter) -> list[Line]:
    wanted = _narrowed(within, {"campaign": campaign, **places})
    return sorted(rosters.chosen(db, wanted, campaign, {}), key=lambda line: line.unit)


def _with_posts(db: Db, found: Sequence[Line]) -> list[coaching.Meeting]:
    posts = rosters.posts(db, found)
    return [
        {"_id": line.meeting_id, **line.places, "unit_name": line.name, "team": line.team, "posts": posts[line.unit]}
        for line in found
    ]


def attend(
    db: Db, session: coaching.Session, meetings: dict[str, coaching.Meeting], there: dict[str, list[str]], hand: Any
) -> int:
    """Enter who was there; how many units' attendance changed. Entered again it changes nothing."""
    wanted = {"session_id": session["_id"], "unit": {"$in": list(there)}}
    known = {row["unit"]: row for row in db.coaching_attendance.find(wanted)}
    fresh, changed = [], 0
    for unit, posts in there.items():
        before = known.get(unit)
        after = coaching.attend(before, session, meetings[unit], posts, hand)
        if before is None:
            fresh.append(after)
        elif after is not before:
            mongo.save(db.coaching_attendance, before, after, at=hand.at)
            changed += 1
    if fresh:
        mongo.add_all(db.coaching_attendance, fresh)
    return changed + len(fresh)


def follow(db: Db, campaign: str, units: Sequence[str] = ()) -> None:
    """What was entered of units and what they asked lies where they lie now (none named: of all); the sessions stay
    their organiser's. Done again it changes nothing."""
    stands = {line.unit: {"region": line.region, "group": line.group} for line in rosters.every(db, campaign)}
    wanted = {"campaign": campaign, **({"unit": {"$in": list(units)}} if units else {})}
    for kept in (db.coaching_attendance, db.questions):
        rows = list(kept.find(wanted, {"unit": 1, "region": 1, "group": 1}))
        left = [(stands[row["unit"]], row) for row in rows if row["unit"] in stands]
        moved = [(place, row["_id"]) for place, row in left if not actor.lies_within(row, place)]
        for place, ids in portions.alike(moved):
            for some in portions.few(ids):
                kept.update_many({"_id": {"$in": some}}, {"$set": place, "$inc": {"revision": 1}})


def reached(db: Db, campaign: str, within: Filter, places: dict[str, Any], today: str) -> coaching.Reached:
    """The aspects each post of these places was coached in, as it is held today."""
    rows = db.coaching_attendance.find(
        _narrowed(within, {"campaign": campaign, **places}), {"unit": 1, "session_id": 1, "posts": 1, "own": 1}
    )
    held = list(db.coaching_sessions.find({"campaign": campaign}, {"aspects": 1, "withdrawn": 1, "on": 1}))
    first = min((session["on"] for session in held), default=today)
    return coaching.reached(held, rows, posts_store.held_since(db, first, today))


def visible(campaign: str, within: Filter, asker: str = "") -> Filter:
    """The questions of a reader's scope, and all that were answered for everybody; of an asker, in the scope only."""
    if asker:
        return _narrowed(within, {"campaign": campaign, "unit": asker})
    if within == {"campaign": campaign}:
        return within
    return {"campaign": campaign, "$or": [within, {"public": True}]}


def found(db: Db, seen: Filter, query: dict[str, str]) -> Iterable[questions.Question]:
    """Questions under filters: by how well they fit the words looked for, else the newest first."""
    wanted = dict(seen)
    for key, name in (("aspect", "aspects"), ("standard", "standards"), ("state", "state")):
        if key in query:
            wanted[name] = query[key]
    words = questions.wanted(query.get("q", ""))
    if words:
        wanted["terms"] = {"$in": words}
    rows = db.questions.find(wanted, {"outbox": 0}).sort([("asked.at", -1), ("_id", 1)]).limit(MOST_FOUND)
    return questions.ranked(rows, words) if words else list(rows)


def counted(db: Db, seen: Filter) -> dict[str, int]:
    """How many answered questions there are about each aspect."""
    counts: dict[str, int] = {}
    for row in db.questions.find({**seen, "state": "answered"}, {"aspects": 1}):
        for code in row["aspects"]:
            counts[code] = counts.get(code, 0) + 1
    return counts
