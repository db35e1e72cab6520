"""Clashes: days on which meetings get in each other's way, nobody works, or a unit would meet before the team above it
or outside the days of its wave.

What must stay true: only meetings still to be held clash; a clash is told and hinders nothing. A row: {what: same_day |
holiday | weekend | before_superior | outside_wave, on, group, name, count, units: the first of them, [{meeting_id,
unit, unit_name}]}, of before_superior {superior: {unit, unit_name, on}, earliest: the first day that is free} as well,
of outside_wave {earliest, latest}: its wave's days.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.registry import waves
from services.registry.roster_lines import Line
from services.spine.workdays import Calendar

Row = dict[str, Any]
SHOWN = 50
"""Units of a day that are named; where there are more, the list of meetings has them."""


def find(days: Iterable[Row], calendar: Calendar, early: Iterable[Row] = ()) -> list[Row]:
    """Clashes by day: of what a group has on each day {group, on, units}, and of units that come too early or late."""
    found = [{"what": "before_superior", "name": None, **_counted(row)} for row in early]
    for all_of in days:
        row = _counted(all_of)
        if row["count"] > 1:
            found.append({"what": "same_day", "name": None, **row})
        if off := calendar.off(date.fromisoformat(row["on"])):
            found.append({**off, **row})
    return sorted(found, key=lambda row: (row["on"], row["what"], row["group"]))


def days(lines: Iterable[Line]) -> list[Row]:
    """Who still meets on which day, by group."""
    found: dict[tuple[str, str], Row] = {}
    for line in sorted((line for line in lines if line.to_be_held), key=_by_day):
        fresh = {"group": line.group, "on": line.meeting_on, "units": []}
        found.setdefault((line.group, line.meeting_on), fresh)["units"].append(_named(line))
    return list(found.values())


def early(campaign: dict[str, Any], lines: Iterable[Line], above: Mapping[str, Line]) -> list[Row]:
    """Units that would meet before the team above them and were not allowed to, by day, group and that team; whichever
    of them has moved."""
    found: dict[tuple[str, ...], Row] = {}
    for line in sorted((line for line in lines if line.unit in above and line.to_be_held), key=_by_day):
        superior = above[line.unit]
        first = waves.earliest(campaign, line.level, line.region, superior.meets_on)
        if waves.too_early(line.meeting_on, first, line.allowed):
            told = {"unit": superior.unit, "unit_name": superior.name, "on": superior.meets_on}
            fresh = {"group": line.group, "on": line.meeting_on, "units": [], "superior": told, "earliest": first}
            found.setdefault((line.group, line.meeting_on, superior.unit, first), fresh)["units"].append(_named(line))
    return list(found.values())


def outside(campaign: dict[str, Any], lines: Iterable[Line]) -> list[Row]:
    """Units that are to meet outside the days of their wave, or of the campaign, by day, group and those days."""
    found: dict[tuple[str, ...], Row] = {}
    for line in sorted((line for line in lines if line.to_be_held), key=_by_day):
        first, last = waves.window(campaign, line.level, line.region)
        if not first <= line.meeting_on <= last:
            fresh = {"what": "outside_wave", "group": line.group, "on": line.meeting_on, "units": []}
            fresh |= {"earliest": first, "latest": last}
            found.setdefault((line.group, line.meeting_on, first, last), fresh)["units"].append(_named(line))
    return list(found.values())


def _counted(row: Row) -> Row:
    return {**row, "count": len(row["units"]), "units": row["units"][:SHOWN]}


def _named(line: Line) -> Row:
    return {"meeting_id": line.meeting_id, "unit": line.unit, "unit_name": line.name}


def _by_day(line: Line) -> tuple[str, str]:
    return line.meeting_on, line.unit
