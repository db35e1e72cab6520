"""The group's comments at meetings, as they are kept."""

from typing import Any

from services.review import supervision
from services.spine import mongo
from services.spine.events import Fact

Db = mongo.Db


def get(db: Db, comment_id: str, within: dict[str, Any]) -> supervision.Comment:
    """The comment of that id within a scope."""
    return mongo.get(db.supervision_comments, comment_id, within)


def find(db: Db, comment_id: str) -> supervision.Comment | None:
    """The comment of that id, if it was issued."""
    return db.supervision_comments.find_one({"_id": comment_id})


def add(db: Db, comment: supervision.Comment, facts: list[Fact], at: str) -> bool:
    """A new comment with what it says; False when it is there already."""
    return mongo.add(db.supervision_comments, comment, facts, at=at)


def save(db: Db, before: supervision.Comment, changed: supervision.Changed, at: str) -> supervision.Comment:
    """Write a comment that was added to, with what it says."""
    return mongo.save(db.supervision_comments, before, *changed, at=at)
