"""The backward schedule (倒排工期): every date is counted from the meeting day T, and shows how it was counted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.spine.workdays import PUBLISHED, Calendar

Row = dict[str, Any]
MOVES = ("rescheduled", "postponed", "replanned", "early_allowed")
"""What a meeting's history says of its day."""


def due(meeting_on: str, offset: dict[str, Any], calendar: Calendar = PUBLISHED) -> dict[str, Any]:
    """The day an offset from T falls on: {due_on, counted: {from, days, unit, calendar_known}}; of working days with
    the holidays skipped and the weekends worked on the way (skipped, moved), and the years whose moved working days are
    not loaded (unknown), where there are any."""
    start = date.fromisoformat(meeting_on)
    day = calendar.shift(start, offset["days"], offset["unit"])
    counted: dict[str, Any] = {"from": meeting_on, **offset, "calendar_known": True}
    if offset["unit"] == "working":
        unknown = [year for year in sorted({start.year, day.year}) if not calendar.known(year)]
        counted |= {"calendar_known": False, "unknown": unknown} if unknown else {}
        counted |= {key: spans for key, spans in calendar.passed(start, day).items() if spans}
    return {"due_on": day.isoformat(), "counted": counted}


def lay_out(
    checklist: list[Row],
    meeting_on: str,
    before: list[Row] | None = None,
    today: str = "",
    calendar: Calendar = PUBLISHED,
) -> list[Row]:
    """The aspects of one unit's meeting with their dates.

    When the day moves, what was done stays done, and what was overdue `today` stays late however far it moves.
    """
    done = {row["number"]: _kept_late(row, today) for row in before or []}
    kept = ("state", "done_on", "late", "note", "by")
    fresh = {"state": "open", "done_on": None, "late": False, "note": "", "by": None}
    return [
        {
            **{key: row[key] for key in ("number", "code", "stage", "title", "follows", "papers") if key in row},
            **due(meeting_on, row["offset"], calendar),
            **{key: done.get(row["number"], fresh)[key] for key in kept},
        }
        for row in checklist
    ]


def allowed(meeting: Mapping[str, Any], on: str) -> str:
    """The first free day before which the office let a unit meet on that day; empty where it did not, or it moved."""
    for entry in reversed(meeting.get("history", ())):
        if entry["what"] in MOVES:
            if "before_superior" in entry and entry["to"] == on:
                return str(entry["before_superior"])
            if entry.get("from") != entry.get("to"):
                return ""
    return ""


def _kept_late(row: Row, today: str) -> Row:
    return {**row, "late": row["late"] or (row["state"] == "open" and row["due_on"] < today)}
