"""The board's pages as workbooks, under the filters in the address."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, request
from flask_babel import gettext

from services.portal import asking, languages, listing, reference, tallies, wording, workbook

Sheet = tuple[str, list[str], Iterable[list[Any]]]


def answer(campaign: str, view: str) -> Response:
    """The workbook of a page."""
    return workbook.answer(f"board-{view}", *SHEETS[view](campaign))


def failed(failures: list[dict[str, Any]], number: int) -> dict[str, dict[str, Any]]:
    """What failed at one reading, by standard."""
    return {one["standard"]: one for one in failures if one["round"] == number}


def _show(campaign: str) -> Sheet:
    board = _ask(campaign, "", *tallies.FILTERS)
    stages, numbers = list(wording.STAGES), [one["number"] for one in board["aspects"]]
    titles = tallies.aspects(campaign)
    heads = [
        gettext("分类"), gettext("名称"), gettext("单位"), *(wording.word("stage", stage) for stage in stages),
        gettext("有逾期事项"), gettext("平均停留天数"), gettext("最长停留天数"),
    ]  # fmt: skip
    for number in numbers:
        title = titles.get(str(number), "")
        heads += [f"{number} {title} · {wording.word('counted', state)}" for state in wording.COUNTED]
    lines = []
    for kind, name in (("region", gettext("县（区）")), ("group", gettext("督导组"))):
        for row in board[f"{kind}s"]:
            counts = [one[state] for one in row["aspects"] for state in wording.COUNTED]
            level = [row["stages"][stage] for stage in stages]
            spent = [_or_dash(row["mean_days"]), _or_dash(row["longest_days"])]
            lines.append([name, row["name"], row["total"], *level, row["overdue"], *spent, *counts])
    return gettext("总览"), heads, lines


def _grid(campaign: str) -> Sheet:
    asked = listing.filters(*tallies.PLACES, "stage", "overdue")
    rows = asking.everything("registry", f"/campaigns/{campaign}/progress/grid", **asked)
    regions, groups = reference.region_names(campaign), reference.group_names(campaign)
    lines = (
        [
            row["unit_name"], regions.get(row["region"], row["region"]), groups.get(row["group"], row["group"]),
            wording.word("stage", row["stage"]), _or_dash(row["days"]), row["overdue"],
        ]
        for row in rows
    )  # fmt: skip
    heads = [
        gettext("单位"),
        gettext("县（区）"),
        gettext("督导组"),
        gettext("阶段"),
        gettext("停留天数"),
        gettext("逾期事项数"),
    ]
    return gettext("单位网格"), heads, lines


def _trend(campaign: str) -> Sheet:
    days = _ask(campaign, "trend", *tallies.PLACES, "from", "until")["days"]
    stages, happened = list(wording.STAGES), list(wording.HAPPENINGS)
    heads = [gettext("日期"), *(wording.word("stage", one) for one in stages)]
    heads += [wording.word("happening", one) for one in happened]
    lines = [[day["day"], *day["stages"].values(), *(day[one]["things"] for one in happened)] for day in days]
    return gettext("趋势"), heads, lines


def _standards(campaign: str) -> Sheet:
    found = _ask(campaign, "standards", *tallies.PLACES)
    lines = [
        [name, row["name"], one["round"], wording.word("failure", one["standard"]), one["units"], one["things"]]
        for kind, name in (("regions", gettext("县（区）")), ("groups", gettext("督导组")))
        for row in found[kind]
        for one in row["failed"]
        if request.args.get("round", "") in ("", str(one["round"]))
    ]
    heads = [
        gettext("分类"),
        gettext("名称"),
        gettext("第几次审阅"),
        gettext("标准"),
        gettext("单位"),
        gettext("材料份数"),
    ]
    return gettext("未过标准"), heads, lines


def _groups(campaign: str) -> Sheet:
    readings = list(wording.READINGS)
    lines = [
        [
            row["name"], row["units"], *(row[one]["things"] for one in readings), _or_dash(row["share_passed_first"]),
            _or_dash(row["share_returned"]), _or_dash(row["median_days"]),
        ]
        for row in _ask(campaign, "groups", *tallies.PLACES)["groups"]
    ]  # fmt: skip
    heads = [gettext("督导组"), gettext("单位"), *(wording.word("reading", one) for one in readings)]
    return gettext("督导组对比"), [*heads, gettext("一次通过率"), gettext("退回率"), gettext("审阅天数中位数")], lines


def _problems(campaign: str) -> Sheet:
    found = _ask(campaign, "problems", *tallies.PLACES)
    few, lists = gettext("单位少，不显示"), list(wording.LISTS)
    lines = []
    for row in found["rows"]:
        by_list = {one["category"]: one for one in row["lists"]}
        own = [row, *(by_list.get(code, {"units": 0, "things": 0}) for code in lists)]
        numbers = [few if one[what] is None else one[what] for one in own for what in ("units", "things")]
        lines.append([tallies.problem(campaign, row["aspect"]), wording.word("source", row["source"]), *numbers])
    heads = [gettext("检视方面"), gettext("来源"), gettext("单位"), gettext("问题数")]
    for code in lists:
        heads += [f"{wording.word('list', code)} · {what}" for what in (gettext("单位"), gettext("问题数"))]
    return gettext("共性问题"), heads, lines


def _units(campaign: str) -> Sheet:
    rows = asking.everything("registry", f"/campaigns/{campaign}/progress/units", **listing.filters(*tallies.BEHIND))
    regions, groups = reference.region_names(campaign), reference.group_names(campaign)
    heads = [
        gettext("单位"), gettext("班子"), gettext("县（区）"), gettext("督导组"), gettext("阶段"), gettext("停留天数"),
        gettext("会议日期"), gettext("最早到期"), gettext("逾期事项"), gettext("等谁办理"), gettext("未销号"),
        gettext("已销号"), gettext("份数"), gettext("超出会期安排"),
    ]  # fmt: skip
    lines = (
        [
            row["unit_name"], row["team"], regions.get(row["region"], row["region"]),
            groups.get(row["group"], row["group"]), wording.word("stage", row["stage"]), _or_dash(row["days"]),
            row["meeting_on"] or "—", row["due_on"] or "—", languages.listed(str(number) for number in row["overdue"]),
            languages.listed(wording.word("turn", one) for one in row["moves"]), row["items"]["open"],
            row["items"]["closed"], row["things"], gettext("是") if row["outside"] else "",
        ]
        for row in rows
    )  # fmt: skip
    return gettext("单位名单"), heads, lines


def _or_dash(value: Any) -> Any:
    return "—" if value is None else value


def _ask(campaign: str, door: str, *filters: str) -> Any:
    path = f"/campaigns/{campaign}/progress{'/' + door if door else ''}"
    return asking.get("registry", path, **listing.filters(*filters))


SHEETS: dict[str, Callable[[str], Sheet]] = {
    "show": _show,
    "grid": _grid,
    "trend": _trend,
    "standards": _standards,
    "groups": _groups,
    "problems": _problems,
    "units": _units,
}
