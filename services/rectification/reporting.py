"""The monthly report of progress: one day a month on which every open item has been told of.

What must stay true: who did not report is marked by itself, and who reported after the day stays marked. A unit's
report of a month: {_id: campaign.unit.month, report_id, campaign, unit, region, group, month, due_on, items: open items
that are to be told of, missing: those not told of yet, missed: how many were missing when the day had passed (None
before), reminded: [working days from the day], state: waiting|reported|missing|late}.
"""

import calendar as months
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from services.spine.events import Fact
from services.spine.workdays import PUBLISHED, Calendar

Report = dict[str, Any]
LOOKED_BACK = 12
"""A month whose passing no night saw is still worked off so many months later: each month is opened by the one before.
"""


class Mark(NamedTuple):
    """A day on which units are told of a report: before it (negative), on it (0), behind it, in working days; and the
    day it has passed (None)."""

    on: str
    month: str
    days: int | None


class Counts(NamedTuple):
    """How many open items are to be told of, and how many were not."""

    items: int
    missing: int


def due_on(month: str, report_day: int) -> str:
    """The day of a month, `2026-02`, on which reports are due; a short month's last day where it has fewer.

    >>> due_on("2026-02", 31)
    '2026-02-28'
    """
    year, number = map(int, month.split("-"))
    return date(year, number, min(report_day, months.monthrange(year, number)[1])).isoformat()


def month_of(today: str, report_day: int) -> str:
    """The month whose report is awaited: this one until its day has passed, then the next."""
    return today[:7] if today <= due_on(today[:7], report_day) else _shifted(today[:7], 1)


def marks(today: str, report_day: int, reminders: Iterable[int], calendar: Calendar = PUBLISHED) -> list[Mark]:
    """The marks a night works off, unless they are done: the days that have passed, for each opens the next month, and
    the reminder reached last; the older first."""
    reminded, passed = list[Mark](), list[Mark]()
    for month in (_shifted(today[:7], back) for back in range(-LOOKED_BACK, 2)):
        day = date.fromisoformat(due_on(month, report_day))
        passed.append(Mark((day + timedelta(days=1)).isoformat(), month, None))
        reminded += [Mark(calendar.shift(day, days, "working").isoformat(), month, days) for days in reminders]
    reached = [mark for mark in passed if mark.on <= today]
    last = max((mark for mark in reminded if mark.on <= today), key=lambda mark: mark[:2], default=None)
    return sorted([*reached, *([last] if last else [])], key=lambda mark: (mark.on, mark.days is not None))


def begin(place: dict[str, Any], month: str, report_day: int) -> Report:
    """A unit's report of a month before anything is known of it; `place`: {campaign, unit, region, group}."""
    key = f"{place['campaign']}.{place['unit']}.{month}"
    where = {name: place[name] for name in ("campaign", "unit", "region", "group")}
    day = due_on(month, report_day)
    counts: dict[str, Any] = {"items": 0, "missing": 0, "missed": None, "reminded": []}
    return {"_id": key, "report_id": key, **where, "month": month, "due_on": day, **counts, "state": "reported"}


def counted(days: Sequence[str | None], until: str) -> Counts:
    """Open items by the days on which they are next to be told of: how many there are, and how many by a day."""
    waiting = [day for day in days if day]
    return Counts(len(waiting), sum(day <= until for day in waiting))


def stand(report: Report, counts: Counts, today: str) -> Report:
    """A report with its items counted, as it stands today."""
    items, missing = counts
    passed = today > report["due_on"]
    missed = missing if passed and report["missed"] is None else report["missed"]
    state = ("missing" if passed else "waiting") if missing else "late" if missed else "reported"
    return {**report, "items": items, "missing": missing, "missed": missed, "state": state}


def remind(report: Report, days: int | None) -> tuple[Report, list[Fact]]:
    """What a unit is told at a mark: nothing where nothing is missing, and each once."""
    if days in report["reminded"]:
        return report, []
    told = {**report, "reminded": [*report["reminded"], days]}
    if not report["missing"]:
        return told, []
    keys = ("report_id", "unit", "group", "month", "due_on", "items", "missing")
    name = "report_due" if days is not None and days <= 0 else "report_missing"
    said = {**{key: report[key] for key in keys}, **({} if days is None else {"reminder": days})}
    return told, [Fact(name, report["_id"], report["campaign"], report["region"], said)]


def next_month(month: str) -> str:
    """The month after a month."""
    return _shifted(month, 1)


def _shifted(month: str, by: int) -> str:
    year, number = map(int, month.split("-"))
    year, number = divmod(year * 12 + number - 1 + by, 12)
    return f"{year:04d}-{number + 1:02d}"
