"""The days after a meeting, counted from the day it was really held and not from the one it was planned for.

What must stay true: what came before the meeting, and that it came on its planned day or late, stays as it was counted;
the old days stand in the history; what was late stays late, and what was done after its new day is late, too.
"""

from collections.abc import Callable
from typing import Any

from services.registry import papers, schedule, telling
from services.registry.telling import Changed, Meeting
from services.spine.workdays import Calendar

Row = dict[str, Any]


def follow(meeting: Meeting, was: str, said: dict[str, str], today: str, calendar: Calendar) -> Changed:
    """All that follows the meeting is counted from the day on record instead of from another one; what was overdue
    `today` stays late. `said`: {by, at, reason}."""
    on = meeting["held"]["held_on"]
    if on == was:
        return meeting, []
    aspects = [_counted(row, on, _overdue, today, calendar) for row in meeting["aspects"]]
    required = [_counted(row, on, papers.overdue, today, calendar) for row in meeting["required"]]
    changed = {**meeting, "aspects": aspects, "required": required}
    dates = [
        {"number": row["number"], "from": row["due_on"], "to": now["due_on"]}
        for row, now in zip(meeting["aspects"], aspects, strict=True)
        if row["due_on"] != now["due_on"]
    ]
    changed["history"] = [*meeting["history"], {"what": "recounted", **said, "from": was, "to": on, "dates": dates}]
    return changed, [telling.scheduled(changed, because="held")] if meeting["announced"] else []


def _counted(row: Row, on: str, overdue: Callable[[Row, str], bool], today: str, calendar: Calendar) -> Row:
    counted = row.get("counted")
    if not counted or row.get("stage") == "before" or row.get("follows") == "meeting":
        return row
    moved = schedule.due(on, {key: counted[key] for key in ("days", "unit")}, calendar)
    late = row.get("late", False) or overdue(row, today) or _done_late(row, moved["due_on"])
    return {**row, **moved, "late": late}


def _done_late(row: Row, due_on: str) -> bool:
    return bool(row["state"] == "done" and row["done_on"] > due_on)


def _overdue(row: Row, today: str) -> bool:
    return bool(row["state"] == "open" and row["due_on"] < today)
