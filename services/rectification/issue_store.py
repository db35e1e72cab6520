"""Issues of the effectiveness list as they are kept: each number of a place is given once."""

from typing import Any

from services.rectification import effects, issues
from services.spine import actor, errors, mongo, outbox
from services.spine.events import Fact

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.issues)
    db.issues.create_index([("campaign", 1), ("of", 1), ("number", -1)])
    db.issues.create_index("lines.item_id")


def place(db: Db, campaign: str, kind: str, of: str) -> dict[str, Any]:
    """Whose issue it is: {campaign, kind, of, region, unit, group}, for a region all its units and groups; refuses a
    place without meetings."""
    found = list(db.meetings.find({"campaign": campaign, kind: of}, {"unit": 1, "group": 1, "region": 1}))
    if not found:
        raise errors.Refusal("not_found", id=of)
    where = {"campaign": campaign, "kind": kind, "of": of, "region": found[0]["region"]}
    if kind == "unit":
        return {**where, "unit": of, "group": found[0]["group"]}
    return {**where, **{key: sorted({one[key] for one in found}) for key in ("unit", "group")}}


def draft(db: Db, place: dict[str, Any]) -> dict[str, Any]:
    """What an issue of a place would be now."""
    closed = {"campaign": place["campaign"], place["kind"]: place["of"], "state": "closed"}
    accepted = db.items.find({**closed, "closeout.line.state": "accepted"}, {"outbox": 0})
    waiting = db.items.count_documents({**closed, "closeout.line.state": {"$ne": "accepted"}})
    return issues.drafted(place, [effects.frozen(item) for item in accepted], of_place(db, place), waiting)


def of_place(db: Db, place: dict[str, Any]) -> list[issues.Issue]:
    """All issues of a place."""
    return list(db.issues.find({"campaign": place["campaign"], "of": place["of"]}, {"outbox": 0}))


def published(db: Db, place: dict[str, Any], content: str) -> issues.Issue | None:
    """The last issue of a place, if it holds just that."""
    last = db.issues.find_one({"campaign": place["campaign"], "of": place["of"]}, sort=[("number", -1)])
    return last if last and last["hash"] == content else None


def add(db: Db, issue: issues.Issue, facts: list[Fact], at: str) -> None:
    """A new issue; Stale when somebody was given its number a moment ago."""
    if not mongo.add(db.issues, issue, facts, at=at):
        raise errors.Stale


def get(db: Db, issue_id: str, within: dict[str, Any]) -> issues.Issue:
    """The issue of that id within a scope."""
    return mongo.get(db.issues, issue_id, within)


def withdraw(db: Db, wanted: dict[str, Any], at: str) -> None:
    """Mark the lines of issues whose closure no longer stands."""
    for issue in list(db.issues.find(wanted, {"outbox": 0})):
        items = db.items.find({"_id": {"$in": [one["item_id"] for one in issue["lines"]]}}, {"outbox": 0})
        mongo.save(db.issues, issue, *issues.withdraw(issue, list(items), at), at=at)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of issues, the newest first."""
    asked = actor.both(within, {key: query[key] for key in ("campaign", "kind", "of") if key in query})
    found = mongo.page(db.issues, asked, [("at", -1), ("_id", 1)], query, {"outbox": 0, "lines": 0, "names": 0})
    return {**found, "rows": [issues.shown({**one, "withdrawn": len(one["withdrawn"])}) for one in found["rows"]]}
