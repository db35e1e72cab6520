"""Deadlines, a part of F5: a measure whose date was over before the material was written can no longer be carried out.

Only dates with a year count, and such as follow one in the same measure; only where all of them are over, and one is a
deadline ("by the end of March 2023"): a measure may speak of what was. A text is measured by the day it was handed in
if it names that year, the one before or a later one; if it does not, it is of another time (an example, an archive)
and is measured by the day in its own head, or not at all.

Against the unit's plan, where it is known, days are only noted: a deadline before the meeting (what is done by then is
told as done), or years after it (while its day is not set: after the last day for all meetings).
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
SHARE, LEAST, YEARS = 0.34, 2, 2
DAY = re.compile(
    r"(?:(?P<year>20\d\d)(?:年|[-/.](?=\d)))?(?P<month>(?<!\d)\d{1,2}|(?<=[-/.])\d{1,2})(?:月|[-/.])(?:(?P<day>\d{1,2})日?)?"
    r"|(?P<whole>20\d\d)年(?:年?底|末|内)"
)
YEAR = re.compile(r"20\d\d(?=年|[-/.]\d)")
LAST_MONTH = 12


def judge(reading: Reading) -> list[Finding]:
    """Where measures are to be done by a day that is over, or that does not fit the plan."""
    now = _now(reading)
    if not now:
        return []
    due = [(node, day) for node in reading.measures if (day := due_by(node, reading.rules))]
    late = [node for node, day in due if day < now]
    found = _over(reading, late, now) if late else []
    return [*found, *_beside_the_plan(reading, due, now)] if now == reading.submitted_on else found


def _over(reading: Reading, late: list[dict[str, Any]], now: str) -> list[Finding]:
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


def due_by(node: dict[str, Any], rules: Rules) -> str | None:
    """The last day of a measure, one of its days being a deadline; None where none is."""
    due = node.get("fields", {}).get("due")
    last = max(_days(due or node["text"]), default=None)
    return last if last and (due or rules.meets("measures", "deadline", node["text"])) else None


def _beside_the_plan(reading: Reading, due: list[tuple[dict[str, Any], str]], now: str) -> list[Finding]:
    meeting = reading.plan.get("meeting_on")
    planned = meeting or reading.plan.get("last_on")
    far = f"{int(planned[:4]) + YEARS}{planned[4:]}" if planned else None
    early = [node for node, day in due if meeting and now <= day < meeting]
    distant = [node for node, day in due if far and day > far]
    found = []
    if early:
        reason = (
            f"{len(early)} 条措施的完成时间早于会议日期（{meeting}）。",
            f"{len(early)} measures are to be done before the day of the meeting, {meeting}.",
        )
        would = (
            "会前已经改好的，写成已经做了什么；其余的写会后的日期。",
            "Tell as done what is done by then; give the others a day after the meeting.",
        )
        found.append(("measures.before_meeting", early[0], reason, would))
    if distant:
        reason = (
            f"{len(distant)} 条措施的完成时间在 {far} 以后，离会议太远。",
            f"{len(distant)} measures are to be done after {far}, years after the meeting.",
        )
        would = ("分阶段写明近期能检查的日期。", "Give stages, with days soon enough to be checked.")
        found.append(("measures.far_off", distant[0], reason, would))
    return [
        findings.make(rule, _place(reading, node), reason, would, 0.5, fail=False)
        for rule, node, reason, would in found
    ]


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
