"""The close-out slip (销号单): what was found and done, what was applied for, and what each level said to it.

It is a paper of the party committee's and therefore in Chinese. A block: {kind, text} or {kind: table, rows}.
"""

from collections.abc import Mapping
from typing import Any

from services.rectification.domain import Item, evidence_of, mark
from services.spine import clock
from services.spine.errors import Refusal

TITLE = "问题整改销号单"
LISTS = {"immediate": "即知即改", "phased": "阶段整改", "long_term": "长期整改"}
LEVELS = {"group": "督导组", "county_office": "县（区）主题教育办", "office": "主题教育办"}


def blocks(item: Item, unit_name: str, uses: Mapping[Any, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The slip of an item that was applied for; refuses one of which nothing was. `uses`: by the mark of a piece of
    evidence, the unit's other items it stands in."""
    closeout = item["closeout"]
    if closeout is None:
        raise Refusal("nothing_applied")
    effect = closeout["effect"]
    measures = [f"{n}．{one['what']}（{one['who']}，{one['due_on']}）" for n, one in enumerate(item["measures"], 1)]
    evidence = [f"{n}．{one['title']}（{_told(one, uses)}）" for n, one in enumerate(evidence_of(item), 1)]
    rows = [
        ["编号", f"第{item['number']}号"],
        ["问题", item["problem"]],
        ["清单", LISTS[item["category"]]],
        ["责任人", item["responsible"]],
        ["整改标准", item["standard"]],
        ["整改措施", "\n".join(measures)],
        ["完成时限", _days(item)],
        ["整改结果", closeout["result"]],
        ["整改前", effect["before"]],
        ["整改后", effect["after"]],
        ["建立的制度", effect.get("rule", "")],
        ["受益对象", effect.get("benefits", "")],
        *([["群众评价", effect["judgement"]]] if effect.get("judgement") else []),
        ["佐证", "\n".join(evidence)],
        ["申请", f"{closeout['requested_by']}　{closeout['on']}"],
        *([f"{LEVELS[one['level']]}意见", _opinion(one)] for one in closeout["levels"]),
        *([[f"{LEVELS[closeout['next']]}意见", ""]] if closeout["next"] else []),
        ["销号日期", item["closed_on"] or ""],
        ["是否按期", "逾期" if item["late"] else "按期"],
    ]
    return [
        {"kind": "title", "text": TITLE},
        {"kind": "text", "text": f"单位：{unit_name}"},
        {"kind": "table", "rows": rows},
    ]


def _told(evidence: dict[str, Any], uses: Mapping[Any, Mapping[str, Any]]) -> str:
    told = f"{evidence['dated_on']}{'' if evidence.get('sha256') else '，无文件'}"
    again = sorted(one["number"] for one in uses.get(mark(evidence), {}).get("items", ()))
    return f"{told}，还用于第{'、'.join(map(str, again))}号" if again else told


def _days(item: Item) -> str:
    first, now = item["first_due_on"], item["due_on"]
    return f"{now or '长期'}（原定{first}）" if first and first != now else now or "长期"


def _opinion(decided: dict[str, Any]) -> str:
    outcome = "同意销号" if decided["passed"] else "退回整改"
    return f"{outcome}。{decided['reason']}　{decided['by']}　{clock.local_day(decided['at'])}"
