"""How a date was counted, in words: from the meeting day T, over which holidays, with which weekends worked.

What must stay true: the sentence has all that somebody needs to count it again.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext

from services.portal import days, languages


def counted(row: dict[str, Any] | None) -> str:
    """`T（1月10日）− 2 个工作日，跳过元旦（1月1日）`; empty where it is not known."""
    if not row:
        return ""
    if not row["days"]:
        return str(gettext("会议当天"))
    start = days.short(row["from"])
    told = [gettext("T（%(day)s）%(offset)s", day=start, offset=_offset(row))]
    if row.get("skipped"):
        told.append(gettext("跳过%(spans)s", spans=languages.listed(_spans(row["skipped"]))))
    if row.get("moved"):
        told.append(gettext("调休上班%(spans)s计入", spans=languages.listed(_span(one) for one in row["moved"])))
    if not row["calendar_known"]:
        years = languages.listed(map(str, row.get("unknown") or [row["from"][:4]]))
        told.append(gettext("按周末推算，%(years)s年调休安排尚未载入", years=years))
    return str(gettext("，").join(told))


def offset(row: dict[str, Any] | None) -> str:
    """The same for a line of a list: `T − 2 个工作日`."""
    if not row:
        return ""
    return str(gettext("T %(offset)s", offset=_offset(row)) if row["days"] else gettext("会议当天"))


def _offset(row: dict[str, Any]) -> str:
    sign, count = ("−" if row["days"] < 0 else "+"), abs(row["days"])
    if row["unit"] == "working":
        return str(gettext("%(sign)s %(count)s 个工作日", sign=sign, count=count))
    return str(gettext("%(sign)s %(count)s 个自然日", sign=sign, count=count))


def _spans(spans: Iterable[dict[str, Any]]) -> list[str]:
    return [str(gettext("%(name)s（%(days)s）", name=languages.pick(one["name"]), days=_span(one))) for one in spans]


def _span(span: dict[str, Any]) -> str:
    first, last = span["first"], span["last"]
    if first == last:
        return days.short(first)
    if first[:7] == last[:7] and languages.current() == "zh":
        return f"{days.short(first)}—{date.fromisoformat(last).day}日"
    return f"{days.short(first)}–{days.short(last)}"
