"""The scorecard on paper, as it goes into a work report. In Chinese, as papers are; lateness stands in words."""

from typing import Any

from services.rectification.sheet_words import STATES
from services.rectification.slip import LISTS

TITLE = "整改情况（述职评议用）"
TALLY = {
    "total": "问题数",
    "closed": "已销号",
    "on_time": "按期销号",
    "late": "曾逾期",
    "overdue": "逾期未完成",
    "rebounds": "反弹次数",
}
HEADS = ("序号", "问题", "清单", "责任人", "完成时限", "状态")


def blocks(card: dict[str, Any], unit_name: str) -> list[dict[str, Any]]:
    """The paper of a unit."""
    counted = [["", *TALLY.values()], ["上年遗留", *_numbers(card["earlier"])]]
    counted += [[LISTS[one["category"]], *_numbers(one)] for one in card["lists"]]
    counted += [["本年合计", *_numbers(card["whole"])]]
    return [
        {"kind": "title", "text": TITLE},
        {"kind": "centred", "text": f"{unit_name}　截至{card['on']}"},
        {"kind": "table", "rows": counted},
        {"kind": "text", "text": _said(card)},
        {"kind": "heading", "text": "台账摘要"},
        {"kind": "table", "rows": [list(HEADS), *(_row(n, one) for n, one in enumerate(card["rows"], 1))]},
    ]


def _numbers(tally: dict[str, Any]) -> list[str]:
    return [str(tally[key]) for key in TALLY]


def _said(card: dict[str, Any]) -> str:
    grades = [f"第{one['round']}轮“{one['title']['zh']}”" for one in card["evaluations"]]
    said = f"整改评估等次：{'，'.join(grades) or '未审定'}"
    said += f"；第二轮整改时限{card['round_due_on']}" if card["round_due_on"] else ""
    ladder = [f"{one['title']['zh']}{one['count']}份" for one in card["escalations"]]
    effect = card["effects"]
    said += f"。督办文书：{'，'.join(ladder) or '无'}。成效：采纳{effect['accepted']}项，公布{effect['published']}项，"
    return said + f"随反弹或重新打开撤回{effect['withdrawn']}项，建立制度{effect['rules']}项。"


def _row(number: int, one: dict[str, Any]) -> list[str]:
    first = one["first_due_on"]
    due = one["due_on"] or ("长期" if one["category"] == "long_term" else "未定")
    due += f"（原定{first}）" if first and first != one["due_on"] else ""
    state = STATES[one["state"]]["zh"] + (f" {one['closed_on']}" if one["closed_on"] else "")
    state += "，逾期未完成" if one["overdue"] else "，曾逾期" if one["late"] else ""
    state += f"，反弹{one['rebounds']}次" if one["rebounds"] else ""
    problem = f"{'【上年遗留】' if one['earlier'] else ''}{one['problem']}"
    return [str(number), problem, LISTS[one["category"]], one["responsible"], due, state]
