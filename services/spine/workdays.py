"""Which days are worked in China, moved working days (调休) included.

Years come from the published calendar and from a file an office loaded, whose days go before; a year known to neither
counts Monday to Friday as worked. Every year has weekends that are worked: of one whose weekends are not known, a file
with its holidays alone included, `known` says so, that a page can show that a date may still move. A loaded day: {on,
worked, name}.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import chinese_calendar

Words = dict[str, str]
Span = dict[str, Any]
_ONE = timedelta(days=1)
_WORKED = {"zh": "上班", "en": "worked"}


class Calendar:
    """The published calendar with the days of a loaded file over it."""

    def __init__(self, days: Iterable[dict[str, Any]] = ()) -> None:
        self._days = {date.fromisoformat(row["on"]): row for row in days}
        self._years = {day.year for day, row in self._days.items() if row["worked"]}

    def known(self, year: int) -> bool:
        """Whether the official calendar of a year is known, its moved working days too."""
        return year in self._years or published(year)

    def worked(self, day: date) -> bool:
        """Whether people work on that day."""
        if day in self._days:
            return bool(self._days[day]["worked"])
        if not published(day.year):
            return day.weekday() < 5
        return bool(chinese_calendar.is_workday(day))

    def name(self, day: date) -> Words | None:
        """What a day is called that is not as its weekday has it, or a holiday; None for any other."""
        if day in self._days:
            named = self._days[day]["name"]
            return {"zh": named, "en": named}
        if not published(day.year):
            return None
        found = chinese_calendar.get_holiday_detail(day)[1]
        if found is None:
            return None
        return {"zh": next(one.chinese for one in chinese_calendar.Holiday if one.value == found), "en": found}

    def off(self, day: date) -> dict[str, Any] | None:
        """Why nobody works on that day: {what: holiday | weekend, name}; None where people do."""
        if self.worked(day):
            return None
        name = self.name(day)
        return {"what": "holiday" if name else "weekend", "name": name}

    def shift(self, start: date, days: int, unit: str = "natural") -> date:
        """The day `days` natural or working days after (or, if negative, before) `start`."""
        if unit == "natural":
            return start + timedelta(days=days)
        step, current, left = (_ONE if days > 0 else -_ONE), start, abs(days)
        while left:
            current += step
            left -= self.worked(current)
        return current

    def passed(self, start: date, end: date) -> dict[str, list[Span]]:
        """The days that make a count of working days from `start` to `end` another one than weekdays would:
        {skipped: holidays, moved: weekends worked}, in spans {first, last, name}."""
        low, high = (start + _ONE, end) if end > start else (end, start - _ONE)
        days = [low + timedelta(days=number) for number in range((high - low).days + 1)]
        off = [day for day in days if not self.worked(day) and (self.name(day) or day.weekday() < 5)]
        moved = [day for day in days if self.worked(day) and day.weekday() > 4]
        return {"skipped": self._spans(off), "moved": self._spans(moved)}

    def _spans(self, days: Iterable[date]) -> list[Span]:
        spans: list[Span] = []
        for day in days:
            name, before = self.name(day) or _WORKED, (day - _ONE).isoformat()
            if spans and (spans[-1]["last"], spans[-1]["name"]) == (before, name):
                spans[-1]["last"] = day.isoformat()
            else:
                spans.append({"first": day.isoformat(), "last": day.isoformat(), "name": name})
        return spans


PUBLISHED = Calendar()


def published(year: int) -> bool:
    """Whether the official calendar of a year is among the published ones."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
