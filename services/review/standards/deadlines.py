"""Deadlines, a part of F5: a measure whose date was over before the material was written can no longer be carried out.

Only dates with a year count, and such as follow one in the same measure; only where all of them are over, and one is a
deadline ("by the end of March 2023"): a measure may speak of what was. A text is measured by the day it was handed in
if it names that year, the one before or a later one; if it does not, it is of another time (an example, an archive)
and is measured by the day in its own head, or not at all.
"""

import calendar
import re
from datetime import date
from typing import Any

from services.review import facts
from services.review.rules import Rules

from . import findings
from .reading import Reading

Finding = dict[str, Any]
SHARE, LEAST = 0.34, 2
DAY = re.compile(
    r"(?:(?P<year>20\d\d)(?:年|[-/.](?=\d)))?(?P<month>(?<!\d)\d{1,2}|(?<=[-/.])\d{1,2})(?:月|[-/.])(?:(?P<day>\d{1,2})日?)?"
    r"|(?P<whole>20\d\d)年(?:年?底|末|内)"
)
YEAR = re.compile(r"20\d\d(?=年|[-/.]\d)")
LAST_MONTH = 12


def judge(reading: Reading) -> list[Finding]:
    """Where measures are to be done by a day that is over."""
    now = _now(reading)
    late = [node for node in reading.measures if now and over(node, now, reading.rules)]
    if not late:
        return []
    total = len(reading.measures)
    fail = len(late) >= SHARE * total and (len(late) >= LEAST or total == 1)
    reason = (
        f"{total} 条措施中有 {len(late)} 条的完成时间早于材料的日期（{now}），已经过去。",
        f"{len(late)} of {total} measures are to be done by a day that was already over on the text's day, {now}.",
    )
    would = ("改成今后能够做到、到时能够检查的日期。", "Give a day still to come, by which it can be done and checked.")
    return [
        findings.make("measures.date_over", _place(reading, late[0]), reason, would, 0.85 if fail else 0.6, fail=fail)
    ]


def over(node: dict[str, Any], now: str, rules: Rules) -> bool:
    """Whether all days of a measure lie before `now` (a day, or a month), one of them being a deadline."""
    due = node.get("fields", {}).get("due")
    text = due or node["text"]
    last = max(_days(text), default=None)
    return last is not None and last < now and bool(due or rules.meets("measures", "deadline", text))


def _days(text: str) -> list[str]:
    found, year = [], None
    for each in DAY.finditer(text):
        year = each["year"] or each["whole"] or year
        month = int(each["month"] or LAST_MONTH)
        if year and 1 <= month <= LAST_MONTH:
            end = calendar.monthrange(int(year), month)[1]
            found.append(date(int(year), month, min(int(each["day"] or end), end) or 1).isoformat())
    return found


def _now(reading: Reading) -> str | None:
    years = set(map(int, YEAR.findall(reading.glance.text)))
    if reading.submitted_on and years and max(years) >= int(reading.submitted_on[:4]) - 1:
        return reading.submitted_on
    return reading.written_on


def _place(reading: Reading, node: dict[str, Any]) -> dict[str, Any]:
    deadline = reading.rules.pattern("measures", "deadline")
    told = next((each for each in facts.sentences(node["text"]) if deadline.search(each)), None)
    return reading.at(node, told) if told else reading.place(node)
