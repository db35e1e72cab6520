"""An issue of the effectiveness list on paper: what was, what was done, what is. In Chinese, as papers are.

What must stay true: what was withdrawn is struck in words, with its reason, and what was late says so.
"""

from typing import Any

from services.rectification.slip import LISTS

Line = dict[str, Any]
HEADS = ("序号", "单位", "问题", "整改前", "整改举措", "整改后", "建立的制度", "受益对象", "群众评价", "佐证", "销号")


def blocks(issue: dict[str, Any]) -> list[dict[str, Any]]:
    """The paper of an issue."""
    withdrawn = {one["item_id"]: one for one in issue["withdrawn"]}
    rows = [list(HEADS)]
    rows += [_row(n, one, issue["names"], withdrawn.get(one["item_id"])) for n, one in enumerate(issue["lines"], 1)]
    head = f"第{issue['number']}期　{issue['on']}　共{issue['count']}项"
    head += f"，其中{len(withdrawn)}项已撤回" if withdrawn else ""
    return [
        {"kind": "title", "text": issue["title"]},
        {"kind": "centred", "text": head},
        {"kind": "table", "rows": rows},
        {"kind": "text", "text": f"公布：{issue['by']}　校验码：{issue['hash'][:16]}"},
    ]


def _row(number: int, line: Line, names: dict[str, str], gone: dict[str, Any] | None) -> list[str]:
    actions = "\n".join(f"{one['on']} {one['text']}" for one in line["actions"])
    evidence = "\n".join(f"{one['title']}（{one['dated_on']}）" for one in line["evidence"])
    closed = f"{line['closed_on']}\n{'按期' if line['on_time'] else '逾期办结'}"
    closed += (
        f"\n已撤回（{'反弹' if gone['because'] == 'rebounded' else '重新打开'}）：{gone['reason']}" if gone else ""
    )
    problem = f"{line['problem']}（{LISTS[line['category']]}）"
    said = [line[key] for key in ("rule", "benefits", "judgement")]
    unit = names.get(line["unit"], line["unit"])
    return [str(number), unit, problem, line["before"], actions, line["after"], *said, evidence, closed]
