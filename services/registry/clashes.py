"""Clashes: days on which meetings get in each other's way, or nobody works.

What must stay true: only meetings still to be held clash; a clash is told and hinders nothing. A row: {what: same_day |
holiday | weekend, on, group, name, units: [{meeting_id, unit, unit_name}]}.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.spine.workdays import Calendar

Row = dict[str, Any]


def find(days: Iterable[Row], calendar: Calendar) -> list[Row]:
    """Clashes by day, of what a group has on each day: {group, on, units}."""
    found = []
    for row in days:
        day = date.fromisoformat(row["on"])
        if len(row["units"]) > 1:
            found.append({"what": "same_day", "name": None, **row})
        if off := calendar.off(day):
            found.append({**off, **row})
    return sorted(found, key=lambda row: (row["on"], row["what"], row["group"]))
