"""The close: the last day on which an answer to a verdict is taken, so far before the meeting; it moves with it.

What must stay true: no close lies after the meeting that is ahead, or before the day on which it is set, and an answer
is due by then. Pure.
"""

from datetime import date, timedelta
from typing import Any

from services.review.domain import PLACES, Review, fact
from services.spine.events import Fact


def before(meeting_on: str | None, days: int, today: str) -> str | None:
    """The close so many days before a meeting; none when there is no meeting ahead."""
    if not meeting_on or meeting_on < today:
        return None
    return max((date.fromisoformat(meeting_on) - timedelta(days=days)).isoformat(), today)


def follow(review: Review, said: dict[str, Any], days: int, today: str) -> tuple[Review, list[Fact]]:
    """The meeting has another day (`said`: meeting_on, group): the close of an answer that is owed moves as far.

    Where there was none, it lies `days` before the meeting. One that is over stays.
    """
    verdict, moved, was = review["verdict"], {**review, **said}, review["verdict"].get("closes_on")
    closes_on = before(said["meeting_on"], days, today)
    if closes_on is None:
        return moved, []
    if was and review["meeting_on"]:
        by = date.fromisoformat(said["meeting_on"]) - date.fromisoformat(review["meeting_on"])
        closes_on = min(max((date.fromisoformat(was) + by).isoformat(), today), said["meeting_on"])
    due_on = min(verdict["due_on"], closes_on)
    moved["verdict"] = {**verdict, "due_on": due_on, "closes_on": closes_on}
    told = {**{key: moved[key] for key in (*PLACES, "review_id")}, "due_on": due_on, "closes_on": closes_on}
    return moved, [fact(moved, "answer_extended", told)] if moved["verdict"] != verdict else []
