"""Days and times as they are shown: where the campaign lives, in the reader's language, and how far away they are.

Nobody has to count, nor to know what time it is in Greenwich.
"""

import re
from datetime import datetime

from flask_babel import gettext, ngettext

from services.portal import languages
from services.spine import clock

WEEKDAYS = "一二三四五六日"
_WRITTEN = re.compile(r"(?<![A-Za-z0-9_-])\d{4}-\d\d-\d\d(?![A-Za-z0-9_-])")


def day(text: str | None) -> str:
    """`2024-01-05` as 2024年1月5日, or 5 Jan 2024."""
    if not text:
        return "—"
    on = clock.day(clock.local_day(text))
    if languages.current() == "en":
        return f"{on.day} {on:%b} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def short(text: str) -> str:
    """`2024-01-05` as 1月5日, or 5 Jan: where the year is plain."""
    on = clock.day(clock.local_day(text))
    return f"{on.day} {on:%b}" if languages.current() == "en" else f"{on.month}月{on.day}日"


def long_day(text: str | None) -> str:
    """The same with its weekday."""
    if not text:
        return "—"
    on = clock.day(clock.local_day(text))
    return f"{on:%a} {day(text)}" if languages.current() == "en" else f"{day(text)}（周{WEEKDAYS[on.weekday()]}）"


def moment(text: str | None) -> str:
    """A stored time on the campaign's clock, to the minute."""
    if not text:
        return "—"
    at = _local(text)
    return f"{day(at.date().isoformat())} {at:%H:%M}"


def hour(text: str | None) -> str:
    """The time of day of a stored time, on the campaign's clock: 09:05."""
    return f"{_local(text):%H:%M}" if text else ""


def sortable(text: str | None) -> str:
    """The same for a cell of a workbook: 2024-01-05 08:30."""
    return f"{_local(text):%Y-%m-%d %H:%M}" if text else ""


def written(text: str | None) -> str:
    """A sentence with the days in it as the pages say them; what only looks like a day stays."""
    return _WRITTEN.sub(_said, text or "")


def days_left(text: str | None) -> int:
    """Days from today to a day; negative when it is past."""
    return (clock.day(clock.local_day(text)) - clock.day(clock.today())).days if text else 0


def from_now(text: str | None) -> str:
    """How far a day is away, in words."""
    if not text:
        return ""
    left = days_left(text)
    if left == 0:
        return str(gettext("今天"))
    if left > 0:
        return str(ngettext("还有 %(num)d 天", "还有 %(num)d 天", left))
    return str(ngettext("已过 %(num)d 天", "已过 %(num)d 天", -left))


def _local(text: str) -> datetime:
    return clock.moment(text).astimezone(clock.ZONE)


def _said(found: re.Match[str]) -> str:
    try:
        return day(found[0])
    except ValueError:
        return found[0]
