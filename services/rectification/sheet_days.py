"""Days as units write them in a ledger: read where they say one day, proposed where they say about when.

What must stay true: only what names one real day is taken as read; the end of a month, a day without its year, a day
that does not exist are proposals somebody has to confirm.
"""

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from services.rectification import sheet_words

_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?")
_CLOSE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEARLESS = re.compile(r"^(\d{2})(?=年|[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))")
_COUNTED = re.compile(r"\d{5}(\.\d+)?")
_MONTH = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})月?(底|末|上旬|中旬|下旬|初|份)?(?:之?前|以前)?")
_SHORT = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?(?:之?前|以前)?")
_YEAR = re.compile(
    r"(?:(\d{4})年?)?(年底|底|年末|末|上半年|下半年|(?:第)?([一二三四1-4])季度)(?:末|底)?(?:之?前|以前)?"
)
_NUMERAL = re.compile(r"(?<!\d)(?:[一二三]?十[一二三四五六七八九]?|[〇零○一二三四五六七八九]+)(?=[年月日号])")
_FIGURES = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_AROUND = re.compile(
    r"^(?:力争|争取|预计|计划|于|在)|(?:完成(?:整改)?|整改(?:完成|完毕|到位)|落实到位|办结|完毕|到位|左右|止)$"
)
_WITHIN = {"初": 5, "上旬": 10, "中旬": 20}
_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}


class Read(NamedTuple):
    """What a cell says: the day (None: no day is meant), whether that is sure, whether it could be read at all."""

    day: str | None
    sure: bool
    known: bool = True


NOTHING = Read(None, True)
UNKNOWN = Read(None, False, False)


def read(text: str, today: str, *, since_1904: bool = False) -> Read:
    """A cell of a column of days.

    >>> read("２０２４．３．５", "2024-01-10"), read("2024年3月底", "2024-01-10")
    (Read(day='2024-03-05', sure=True, known=True), Read(day='2024-03-31', sure=False, known=True))
    """
    said = re.sub(r"\s+(?!\d)|(?<!\d)\s+", "", unicodedata.normalize("NFKC", text).strip()).replace("。", ".")
    if not said or said in sheet_words.NEVER_DONE:
        return NOTHING
    told = _YEARLESS.sub(r"20\1", _NUMERAL.sub(_figures, said))
    found = _read(told, today, since_1904)
    return found._replace(sure=found.sure and not _YEARLESS.match(said))


def _read(said: str, today: str, since_1904: bool) -> Read:
    if found := _FULL.fullmatch(said) or _CLOSE.fullmatch(said):
        return _of(*_swapped(found))
    if _COUNTED.fullmatch(said):
        first = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        counted = first + timedelta(days=int(float(said)))
        return _of(counted.year, counted.month, counted.day)
    return _about(said, int(today[:4]))


def _figures(numeral: re.Match[str]) -> str:
    """A number in Chinese numerals, a year's figure by figure."""
    tens, ten, ones = numeral[0].translate(_FIGURES).partition("十")
    return f"{tens or 1}{ones or 0}" if ten else tens


def _swapped(found: re.Match[str]) -> tuple[int, int, int, bool]:
    """A year, a month and a day, perhaps the other way round where there is no such month; and whether that is sure."""
    year, month, day = (int(part) for part in found.groups())
    return (year, day, month, False) if month > 12 >= day else (year, month, day, True)


def _about(said: str, this_year: int) -> Read:
    said = _AROUND.sub("", said)
    if found := _SHORT.fullmatch(said):
        return _of(this_year, int(found[1]), int(found[2]), False)
    if found := _YEAR.fullmatch(said):
        month = _QUARTERS[found[3]] if found[3] else 6 if found[2] == "上半年" else 12
        return _of(int(found[1] or this_year), month, 31, False)
    if (found := _MONTH.fullmatch(said)) and (found[1] or "月" in said):
        return _of(int(found[1] or this_year), int(found[2]), _WITHIN.get(found[3] or "", 31), False)
    exact = _FULL.fullmatch(re.sub(r"(?:之?前|以前)$", "", said))
    return _of(*_swapped(exact)[:3], False) if exact else UNKNOWN


def _of(year: int, month: int, day: int, sure: bool = True) -> Read:
    """The day, or the last one of its month when that has none of this number."""
    if not (1990 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return UNKNOWN
    last = calendar.monthrange(year, month)[1]
    return Read(date(year, month, min(day, last)).isoformat(), sure and day <= last)
