"""Who comes and goes, written with the table that brought it or on its day, and followed by meetings that are not held.

An organisation whose terms begin or end later knows the next day on which they do (`turns_on`).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from services.registry import organisation_imports, organisations, planning, posts, schedule_store, store, successions
from services.registry.telling import Campaign, Changed, Meeting
from services.spine import clock, mongo, portions
from services.spine.events import Fact

Db = mongo.Db
Organisation = organisations.Organisation
Entry = dict[str, Any]
AT_ONCE = 200


def prepare(db: Db) -> None:
    """Indexes; and the days of terms that an earlier version brought in."""
    db.organisations.create_index([("turns_on", 1)])
    mongo.once(db, "turns_on", lambda: _begin(db))


def _begin(db: Db) -> None:
    for one in db.organisations.find({"posts.0": {"$exists": True}}, {"posts": 1}):
        if day := successions.next_turn(one["posts"], clock.today()):
            db.organisations.update_one({"_id": one["_id"]}, {"$set": {"turns_on": day}})


def tells(line: organisation_imports.Line) -> bool:
    """Whether a line of an import tells posts that are other than they were."""
    return "posts" in line["after"] and (
        not line["revision"] or any(one["field"] == "posts" for one in line["changes"])
    )


def put(db: Db, lines: Sequence[organisation_imports.Line], import_id: str, entry: Entry, at: str) -> None:
    """Write lines that tell posts, new organisations and changed ones, with what they say; those that somebody has
    overtaken are left out, and those written before a crash stay as they are."""
    codes = [line["code"] for line in lines]
    known = {one["_id"]: one for one in mongo.among(db.organisations, codes)}
    asked = _asked(db, [code for code in codes if not known.get(code, {}).get("posts")])
    changes = []
    for line in lines:
        before = known.get(line["code"], {})
        if before.get("revision", 0) == line["revision"]:
            terms = before.get("posts") or asked.get(line["code"], [])
            changes.append((before, *_brought({**before, "import": import_id}, line, terms, entry)))
    said = {after["_id"]: facts for _, after, facts in changes}
    fresh = [after for before, after, _ in changes if not before]
    mongo.add_all(db.organisations, fresh, lambda one: said[one["_id"]], at=at)
    mongo.save_all(db.organisations, [change for change in changes if change[0]], at=at)


def _brought(
    before: Organisation, line: organisation_imports.Line, terms: list[posts.Term], entry: Entry
) -> tuple[Organisation, list[Fact]]:
    """The organisation as the line tells it, and what is said of its posts, which were these terms."""
    on, due = entry["on"], before.get("turns_on") or posts.LAST
    if "code" in before:
        after = {**before, **line["after"]}
        after["history"] = [*before["history"], {**entry, "changes": line["changes"]}]
    else:
        after = {**before, **organisations.added(line["code"], line["after"], entry)}
    known_until = posts.before(due) if due <= on else on
    told = successions.brought(terms, after["posts"], on, known_until) if terms else []
    after["turns_on"] = successions.next_turn(after["posts"], on)
    after["history"] = [*after["history"], *successions.entries(told, entry)]
    return after, _facts(after, told)


def turn(db: Db, today: str, at: str) -> None:
    """Terms that begin or end today, or did since anybody looked: meetings follow, then it is said and kept. A team
    kept apart whose unit came into the tree since is the tree's."""
    for kept in (db.organisations, db.teams):
        while teams := list(kept.find({"turns_on": {"$lte": today}}).limit(AT_ONCE)):
            codes = [one["_id"] for one in teams]
            gone = {one["_id"] for one in mongo.among(db.organisations, codes)} if kept is db.teams else set()
            gone |= {one["_id"] for one in teams if one.get("state", "active") != "active"}
            repost(db, [one for one in teams if one["_id"] not in gone], lambda one: _told_by(one, today, at), today)
            mongo.save_all(kept, [_turned(one, today, at, gone=one["_id"] in gone) for one in teams], at=at)


def _turned(one: Organisation, today: str, at: str, *, gone: bool) -> tuple[Organisation, Organisation, list[Fact]]:
    found = [] if gone else successions.turned(one["posts"], one["turns_on"], today)
    told = successions.ahead(successions.unsaid(found, one["history"]), one["history"])
    fresh = [change for change, entry in told if entry is None]
    history = [*one["history"], *successions.entries(fresh, _brought_by(one, at))]
    after = {**one, "history": history, "turns_on": successions.next_turn(one["posts"], today)}
    return one, after, _facts(one, [change for change, _ in told])


def _told_by(one: Organisation, today: str, at: str) -> Entry:
    """Who told the terms of these days ahead, or brought them in, with which table."""
    told = successions.told_ahead(one["history"])
    ahead = [entry for entry in told if one["turns_on"] <= entry["on"] <= today]
    return {**_brought_by(one, at), **({key: ahead[-1][key] for key in ("by", "reason")} if ahead else {})}


def _brought_by(one: Organisation, at: str) -> Entry:
    brought: Entry = next((entry for entry in reversed(one["history"]) if entry["what"] == "imported"), {})
    return {"by": brought.get("by", ""), "reason": brought.get("reason", ""), "at": at}


def _facts(one: Organisation, changes: Sequence[successions.Change]) -> list[Fact]:
    return [posts.told(one["code"], one["region"], change, change["role"]) for change in changes]


def _asked(db: Db, codes: Sequence[str]) -> dict[str, list[posts.Term]]:
    """The terms of teams the tree knows none of: as they are kept apart, else the posts of their latest meeting."""
    found: dict[str, list[posts.Term]] = {}
    for meeting in sorted(_meetings(db, codes, {}), key=lambda one: str(one["meeting_on"])):
        found[meeting["unit"]] = posts.terms_of(meeting["posts"])
    return found | {one["_id"]: one["posts"] for one in mongo.among(db.teams, codes)}


def _meetings(db: Db, codes: Sequence[str], wanted: dict[str, Any]) -> Iterator[Meeting]:
    for some in portions.few(codes):
        yield from db.meetings.find({"unit": {"$in": some}, **wanted})


def repost(db: Db, teams: Sequence[Organisation], entry_of: Callable[[Organisation], Entry], today: str) -> None:
    """The meetings of these teams that are not held have the posts of today; done again it changes nothing."""
    if teams:
        mongo.again(partial(_repost, db, {one["_id"]: one for one in teams}, entry_of, today))


def _repost(db: Db, teams: dict[str, Organisation], entry_of: Callable[[Organisation], Entry], today: str) -> None:
    campaigns, calendar = dict[str, Campaign](), schedule_store.calendar(db)
    changes: list[tuple[Meeting, *Changed]] = []
    for meeting in _meetings(db, list(teams), {"held": None}):
        team, code = teams[meeting["unit"]], meeting["campaign"]
        asked = organisations.posts_on(team, today)
        if asked and asked != meeting["posts"]:
            campaigns[code] = campaigns.get(code) or store.campaign(db, code)
            changed = planning.repost(meeting, campaigns[code], asked, entry_of(team), today, calendar)
            changes.append((meeting, *changed))
    store.save_meetings(db, changes, clock.now())
