"""The backward schedule (倒排工期): every date is counted from the meeting day T, and shows how it was counted."""

from datetime import date
from typing import Any

from services.spine import workdays

Row = dict[str, Any]


def due(meeting_on: str, offset: dict[str, Any]) -> dict[str, Any]:
    """The day an offset from T falls on: {due_on, counted: {from, days, unit, calendar_known}}."""
    start = date.fromisoformat(meeting_on)
    day = workdays.shift(start, offset["days"], offset["unit"])
    known = offset["unit"] == "natural" or (workdays.known(day) and workdays.known(start))
    return {"due_on": day.isoformat(), "counted": {"from": meeting_on, **offset, "calendar_known": known}}


def lay_out(checklist: list[Row], meeting_on: str, before: list[Row] | None = None) -> list[Row]:
    """The aspects of one unit's meeting with their dates; what was done before a date moved stays done."""
    done = {row["number"]: row for row in before or []}
    kept = ("state", "done_on", "late", "note", "by")
    fresh = {"state": "open", "done_on": None, "late": False, "note": "", "by": None}
    return [
        {
            **{key: row[key] for key in ("number", "code", "stage", "title", "follows")},
            **due(meeting_on, row["offset"]),
            **{key: done.get(row["number"], fresh)[key] for key in kept},
        }
        for row in checklist
    ]
