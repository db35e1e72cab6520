"""Where the posts of a team are kept: with its organisation where the tree has one, else in a record of their own."""

from collections.abc import Sequence
from typing import Any

from services.registry import posts, successions, telling
from services.spine import errors, mongo, outbox
from services.spine.events import Fact

Db = mongo.Db
Team = dict[str, Any]
KEPT = ("_id", "code", "name", "region", "posts", "history", "turns_on")


def prepare(db: Db) -> None:
    """Both tell what changes."""
    outbox.kept(db.organisations)
    outbox.kept(db.teams)
    db.teams.create_index([("turns_on", 1)])
    db.organisations.create_index([("posts.from", 1)])
    db.teams.create_index([("posts.from", 1)])


def team(db: Db, unit: str) -> Team:
    """A unit's team with its terms and history; posts nobody has changed yet are those of its latest meeting."""
    meeting = db.meetings.find_one({"unit": unit}, sort=[("meeting_on", -1)])
    apart = db.teams.find_one({"_id": unit})
    found = db.organisations.find_one({"_id": unit}) or apart
    if found is None:
        if meeting is None:
            raise errors.Refusal("not_found", id=unit)
        named = {"code": unit, "name": meeting["unit_name"], "region": meeting["region"]}
        found = {"_id": unit, **named, "posts": [], "history": []}
    terms = posts.terms_of(meeting["posts"]) if meeting and not found["posts"] else found["posts"]
    earlier = apart["history"] if apart and "level" in found else []
    return {**found, "posts": terms, "earlier": earlier}


def held_since(db: Db, first: str, today: str) -> dict[tuple[str, str], str]:
    """Since when posts are held that changed hands after a day, by unit and post; the tree's word goes before that of
    a team kept apart."""
    changed: dict[str, Any] = {"posts.from": {"$gt": first}}
    apart, tree = (list(kept.find(changed, {"posts": 1})) for kept in (db.teams, db.organisations))
    known = {one["_id"] for one in mongo.among(db.organisations, [one["_id"] for one in apart], {"_id": 1})}
    teams = [*(one for one in apart if one["_id"] not in known), *tree]
    return {(one["_id"], post): day for one in teams for post, day in posts.held_since(one["posts"], today).items()}


def kept(db: Db, units: Sequence[str]) -> dict[str, Team]:
    """The organisations of units, or the posts kept apart of those that have none, where there is either."""
    apart = {one["_id"]: one for one in mongo.among(db.teams, units)}
    return apart | {one["_id"]: one for one in mongo.among(db.organisations, units)}


def save(
    db: Db, found: Team, terms: Sequence[posts.Term], entry: dict[str, Any], fact: Fact, today: str, at: str
) -> None:
    """Write the changed terms down with their entry, and say so, in one write; what begins on a day to come is said on
    that day."""
    changed = {**found, "posts": list(terms), "history": [*found["history"], entry]}
    changed["turns_on"] = _due(found, terms, today)
    stands, facts = {**found, "posts": None}, [] if entry.get("ahead") else [fact]
    if "revision" in found:
        mongo.save(db.organisations if "level" in found else db.teams, stands, changed, facts, at=at)
    elif not mongo.add(db.teams, {key: changed[key] for key in KEPT}, facts, at=at):
        raise errors.Stale


def take_back(db: Db, found: Team, terms: Sequence[posts.Term], entry: dict[str, Any], today: str, at: str) -> None:
    """Write the terms down without a change told ahead, of which nobody was told, with its entry as it is now."""
    place = entry["at"], entry["post"]
    history = [entry if (one["at"], one.get("post")) == place else one for one in found["history"]]
    changed = {**found, "posts": list(terms), "history": history, "turns_on": _due(found, terms, today)}
    mongo.save(db.organisations if "level" in found else db.teams, found, changed, at=at)


def _due(found: Team, terms: Sequence[posts.Term], today: str) -> str | None:
    """The next day on which a term begins or is over; one that nobody has looked at yet stays."""
    due = found.get("turns_on")
    return due if due and due <= today else successions.next_turn(terms, today)


def unheld(db: Db, unit: str) -> list[telling.Meeting]:
    """The unit's meetings that are not held."""
    return list(db.meetings.find({"unit": unit, "held": None}).sort("_id", 1))
