"""Clashes: days on which meetings get in each other's way, or nobody works.

What must stay true: only meetings still to be held clash; a clash is told and hinders nothing. A row: {what: same_day |
holiday | weekend, on, group, name, count, units: the first of them, [{meeting_id, unit, unit_name}]}.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.spine.workdays import Calendar

Row = dict[str, Any]
SHOWN = 50
"""Units of a day that are named; where there are more, the list of meetings has them."""


def find(days: Iterable[Row], calendar: Calendar) -> list[Row]:
    """Clashes by day, of what a group has on each day: {group, on, units}."""
    found = []
    for all_of in days:
        row = {**all_of, "count": len(all_of["units"]), "units": all_of["units"][:SHOWN]}
        day = date.fromisoformat(row["on"])
        if row["count"] > 1:
            found.append({"what": "same_day", "name": None, **row})
        if off := calendar.off(day):
            found.append({**off, **row})
    return sorted(found, key=lambda row: (row["on"], row["what"], row["group"]))
