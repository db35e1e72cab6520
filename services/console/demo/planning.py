"""The campaign set around today: when it opened, who holds which post, each unit's meeting day and course.

A course is how far a unit is to come: closed, held, late (its day is over and it has not met), tour, ready, writing,
preparing. life/calendar.csv names those that matter; all others are preparing, and meet on working days still to come.
"""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from services.console import loading
from services.spine import workdays

OPENED_DAYS_AGO, HELD_BY_DAYS = 35, 25
NEAR, FAR = (3, 7), (8, 24)


class Course(NamedTuple):
    """A unit's meeting day and how far it is to come."""

    unit: str
    meeting_on: str
    aim: str


def request(place: Path, today: str) -> dict[str, Any]:
    """What loading the folder asks of the registry, set around today, with the titles of all posts."""
    found, now = loading.read(place / "minchuan-2023"), date.fromisoformat(today)
    found["campaign"] |= {
        "opens_on": (now - timedelta(days=OPENED_DAYS_AGO)).isoformat(),
        "all_meetings_held_by": (now + timedelta(days=HELD_BY_DAYS)).isoformat(),
    }
    titles = json.loads((place / "life/posts.json").read_text("utf-8"))
    for unit in found["units"]:
        unit["posts"] = list(_posts(unit, titles))
    return found


def courses(place: Path, found: dict[str, Any], today: str) -> list[Course]:
    """The course of every unit."""
    with (place / "calendar.csv").open(encoding="utf-8") as file:
        named = {row["unit"]: (int(row["day"]), row["course"]) for row in csv.DictReader(file)}
    laid = []
    for line, unit in enumerate(found["units"]):
        open_days = _worked_days(today, *(NEAR if line % 12 == 5 else FAR))
        course = Course(unit["unit_code"], open_days[line * 7 % len(open_days)], "preparing")
        if unit["unit_code"] in named:
            offset, aim = named[unit["unit_code"]]
            course = Course(unit["unit_code"], _worked(today, offset), aim)
        laid.append(course)
    return laid


def _worked_days(today: str, first: int, last: int) -> list[str]:
    """The working days between two offsets from today; in a long holiday the last day alone."""
    days = [date.fromisoformat(today) + timedelta(days=offset) for offset in range(first, last + 1)]
    return [day.isoformat() for day in days if workdays.PUBLISHED.worked(day)] or [days[-1].isoformat()]


def _worked(today: str, offset: int) -> str:
    """A working day near an offset from today: never across today, never after the campaign's last day."""
    now = date.fromisoformat(today)
    day, step = now + timedelta(days=offset), timedelta(days=1 if offset > 0 else -1)
    while offset and not workdays.PUBLISHED.worked(day):
        day += step
    return min(day, now + timedelta(days=HELD_BY_DAYS)).isoformat()


def _posts(unit: dict[str, Any], titles: dict[str, Any]) -> Iterator[dict[str, str]]:
    level = re.sub(r"^闽川市(?=.)|^中共", "", unit["name"])
    here = next((sign for sign in level[2:3] if sign in "县区市"), "市")
    found = titles["units"].get(unit["unit_code"])
    found = found or next(row for pattern, row in titles["names"] if re.search(pattern, unit["name"]))
    for number in range(1, unit["members"] + 1):
        title = found[number - 1] if number <= len(found) else f"班子成员（{number:02d}）"
        role = "secretary" if number == 1 else "member"
        yield {"post": f"{number:02d}", "title": title.replace("{level}", here), "role": role}
