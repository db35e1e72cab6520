"""The offices' own words of letters as they are kept: every version, and which one stands.

{_id: campaign|event|language, campaign, event, language, standing: a version or None (ours), versions: [{version, text,
note, by, at}], turns: [{standing, note, by, at}], revision}.
"""

from collections.abc import Iterable
from typing import Any

from services.notification import letters
from services.spine import errors, mongo

Db = mongo.Db


def get(db: Db, campaign: str, event: str, language: str) -> dict[str, Any]:
    """What is kept of one letter; nothing was written: ours stands."""
    about = {"campaign": campaign, "event": event, "language": language}
    key = "|".join(about.values())
    fresh: dict[str, Any] = {"_id": key, **about, "standing": None, "versions": [], "turns": [], "revision": 0}
    return db.letters.find_one({"_id": key}) or fresh


def save(db: Db, before: dict[str, Any], after: dict[str, Any], at: str) -> None:
    """Write it, if nobody was faster."""
    if before["revision"]:
        mongo.save(db.letters, before, after, at=at)
    elif not mongo.add(db.letters, after, at=at):
        raise errors.Stale


def standing(db: Db, campaigns: Iterable[str]) -> letters.Own:
    """The templates that stand in these campaigns in the place of ours."""
    wanted = {"campaign": {"$in": sorted(set(campaigns))}, "standing": {"$ne": None}}
    return {
        (row["campaign"], row["event"], row["language"]): row["versions"][row["standing"] - 1]["text"]
        for row in db.letters.find(wanted)
    }
