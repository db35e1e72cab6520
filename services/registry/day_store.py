"""The days of meetings as they are kept."""

from services.registry import day, telling
from services.spine import errors, mongo

Db = mongo.Db


def of(db: Db, meeting: telling.Meeting) -> day.Day:
    """A meeting's day as it is kept, or as it is to be begun."""
    return db.days.find_one({"_id": meeting["_id"]}) or day.begin(meeting)


def keep(db: Db, before: day.Day, after: day.Day, at: str) -> day.Day:
    """Write a changed day."""
    if "revision" in before:
        return mongo.save(db.days, before, after, at=at)
    if after["entries"] and not mongo.add(db.days, after, at=at):
        raise errors.Stale
    return after
