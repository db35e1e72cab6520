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


def lay_out(checklist: list[Row], meeting_on: str, before: list[Row] | None = None, today: str = "") -> list[Row]:
    """The aspects of one unit's meeting with their dates.

    When the day moves, what was done stays done, and what was overdue `today` stays late however far it moves.
    """
    done = {row["number"]: _kept_late(row, today) for row in before or []}
    kept = ("state", "done_on", "late", "note", "by")
    fresh = {"state": "open", "done_on": None, "late": False, "note": "", "by": None}
    return [
        {
            **{key: row[key] for key in ("number", "code", "stage", "title", "follows", "papers") if key in row},
            **due(meeting_on, row["offset"]),
            **{key: done.get(row["number"], fresh)[key] for key in kept},
        }
        for row in checklist
    ]


def _kept_late(row: Row, today: str) -> Row:
    return {**row, "late": row["late"] or (row["state"] == "open" and row["due_on"] < today)}
