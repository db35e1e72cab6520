"""Which days are worked in China, moved working days (调休) included.

Known years come from the published calendar; a year not yet published counts Monday to Friday as worked, and `known`
says so, that a page can show that a date may still move.
"""

from datetime import date, timedelta

import chinese_calendar


def known(day: date) -> bool:
    """Whether the official calendar of that year is known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def worked(day: date) -> bool:
    """Whether people work on that day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def shift(start: date, days: int, unit: str = "natural") -> date:
    """The day `days` natural or working days after (or, if negative, before) `start`."""
    if unit == "natural":
        return start + timedelta(days=days)
    step = timedelta(days=1 if days > 0 else -1)
    current, left = start, abs(days)
    while left:
        current += step
        left -= worked(current)
    return current
