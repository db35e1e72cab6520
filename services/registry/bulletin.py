"""A bulletin: what the numbers of the board were at one moment, said as an official paper says it.

What must stay true: nothing here asks how things are now; the same figures make the same text.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.registry import aspects
from services.spine import clock, errors
from services.spine.events import Fact

Figures = Mapping[str, Any]
Block = dict[str, Any]
HIDDEN = ("_id", "word", "revision", "outbox")
STAGES = dict(
    zip(
        aspects.STAGES,
        ("筹备中", "撰写审阅", "具备开会条件", "会议已召开", "整改中", "整改完成", "会议已取消"),
        strict=True,
    )
)
MOVES = {
    "liaison": "联络员",
    "author": "材料撰写人",
    "secretary": "第一责任人（书记）",
    "group": "督导组",
    "office": "主题教育办",
}
SOURCES = {
    "opinion": "征求意见",
    "talk": "谈心谈话",
    "self_criticism": "自我检查",
    "criticism": "相互批评",
    "supervision": "督导组点评",
    "inspection": "巡视巡察",
    "last_year": "上年遗留",
    "other": "其他",
}


def place(parts: Sequence[Mapping[str, Any]], region: str | None) -> str | None:
    """The region a bulletin is of, None for the whole campaign; nobody makes one beyond the own scope."""
    if {} in parts:
        return region
    own = [part["region"] for part in parts]
    if region is None:
        return str(own[0])
    if region not in own:
        raise errors.Refusal("not_found", id=region)
    return region


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """A bulletin without its Word document."""
    return {"bulletin_id": record["_id"], **{key: record[key] for key in record if key not in HIDDEN}}


def made(record: Mapping[str, Any], campaign: Mapping[str, Any]) -> Fact:
    """There is a bulletin."""
    known = {key: record[key] for key in ("number", "as_of", "due_at", "late") if key in record}
    region = record["region"] or campaign["region_code"]
    return Fact("bulletin_made", record["_id"], record["campaign"], region, {"bulletin_id": record["_id"], **known})


def compose(record: Mapping[str, Any], campaign: Mapping[str, Any]) -> list[Block]:
    """The text of a bulletin: {kind: title, centred, paragraph, heading, table; text or rows}."""
    figures = record["figures"]
    where = {row["region_code"]: row["name"] for row in campaign["regions"]}.get(record["region"], "")
    until = _moment(record["as_of"])
    late = f"本期应于{_moment(record['due_at'])}编发，补编于{until}，数据为补编时的数据。" if record.get("late") else ""
    heads = [
        ("title", record["title"]),
        ("centred", f"第{record['number']}期"),
        ("paragraph", f"活动：{campaign['title']}{'；范围：' + where if where else ''}。数据截至{until}。{late}"),
        ("heading", "一、总体进展"),
        ("paragraph", _whole(figures)),
    ]
    parts = [
        ("各县区进展", _places(figures["board"]["regions"], "县区")),
        ("督导组进展", _places(figures["board"]["groups"], "督导组")),
        ("各事项完成情况", _aspects(figures["board"], campaign)),
        ("等谁办理", _moves(figures["board"])),
        ("审阅未通过的标准", _standards(figures["standards"], campaign)),
        ("督导组审阅情况", _readings(figures["groups"])),
        ("共性问题", _problems(figures["problems"], campaign)),
    ]
    blocks = [{"kind": kind, "text": text} for kind, text in heads]
    for number, (title, rows) in enumerate(parts, 1):
        blocks.append({"kind": "heading", "text": f"{'二三四五六七八'[number - 1]}、{title}"})
        blocks.append({"kind": "table", "rows": rows} if rows[1:] else {"kind": "paragraph", "text": "暂无。"})
    return blocks


def _moment(stamped: str) -> str:
    at = datetime.fromisoformat(stamped).astimezone(clock.ZONE)
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}"


def _whole(figures: Figures) -> str:
    board, days = figures["board"], figures["week"]["days"]
    counted = {one["stage"]: one["units"] for one in board["stages"] if one["units"]}
    cancelled = counted.pop(aspects.CANCELLED, 0)
    stages = "，".join(f"{STAGES[stage]}{units}个" for stage, units in counted.items())
    besides = f"另有{cancelled}个单位的会议已取消，不计在内。" if cancelled else ""
    week = {what: sum(day[what]["things"] for day in days) for what in ("passed", "registered", "closed")}
    return (
        f"共{board['total']}个单位：{stages}。{besides}有逾期事项的单位{board['overdue']}个。"
        f"近七日通过材料{week['passed']}份，列入台账问题{week['registered']}个，销号{week['closed']}个。"
    )


def _places(lines: Sequence[Figures], head: str) -> list[list[str]]:
    rows = [[line["name"], line["total"], *line["stages"].values(), line["overdue"]] for line in lines]
    return _texts([[head, "单位", *STAGES.values(), "有逾期"], *rows])


def _aspects(board: Figures, campaign: Figures) -> list[list[str]]:
    titles = {one["number"]: _title(one) for one in campaign["checklist"]}
    rows = [
        [one["number"], titles[one["number"]], *(one[key] for key in ("done", "waived", "open", "overdue"))]
        for one in board["aspects"]
    ]
    return _texts([["序号", "事项", "已完成", "已免予", "未完成", "其中逾期"], *rows])


def _moves(board: Figures) -> list[list[str]]:
    rows = [[MOVES[one["move"]], one["units"], one["overdue"]] for one in board["moves"] if one["units"]]
    return _texts([["等谁办理", "单位", "其中有逾期"], *rows])


def _standards(found: Figures, campaign: Figures) -> list[list[str]]:
    titles = {one["code"]: _title(one) for one in campaign["standards"]}
    rows = [
        [titles.get(one["standard"], one["standard"]), f"第{one['round']}次", one["units"], one["things"]]
        for one in found["total"]
    ]
    return _texts([["未通过标准", "审阅", "单位", "材料份数"], *rows])


def _readings(found: Figures) -> list[list[str]]:
    rows = [
        [
            one["name"], one["all"]["things"], _share(one["share_passed_first"]), _share(one["share_returned"]),
            "—" if one["median_days"] is None else one["median_days"],
        ]
        for one in found["groups"]
    ]  # fmt: skip
    return _texts([["督导组", "审阅次数", "一次通过率", "退回率", "用时中位数（天）"], *rows])


def _problems(found: Figures, campaign: Figures) -> list[list[str]]:
    titles = {one["code"]: _title(one) for one in campaign["aspects"]}
    few = f"单位少（不足{found['least']}个，或可由此推算），不作统计"
    rows = [
        [
            titles.get(one["aspect"], one["aspect"] or "未分方面"), SOURCES[one["source"]],
            few if one["units"] is None else one["units"], "—" if one["things"] is None else one["things"],
        ]
        for one in found["rows"]
    ]  # fmt: skip
    return _texts([["方面", "来源", "单位", "问题数"], *rows])


def _title(entry: Figures) -> str:
    title = entry["title"]
    return str(title["zh"] if isinstance(title, dict) else title)


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


def _texts(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in rows]
