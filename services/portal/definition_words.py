"""A campaign's definition in words: what its entries are called, and what differs between two versions of it.

What must stay true: an entry that nobody here knows is called as its schema calls it, so that what is added to the
definition can be edited and compared before it has a word of ours.
"""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from services.portal import days, languages, reminder_words, wording

LABELS = {
    "title": _l("名称"), "type": _l("类型"), "office": _l("主办"), "opens_on": _l("开始日期"),
    "all_meetings_held_by": _l("全部会议完成日期"), "column": _l("专栏"), "account": _l("公众号"),
    "aspects": _l("检视方面"), "standards": _l("五个不放过"), "lists": _l("三张清单"),
    "checklist": _l("清单事项"), "gate.aspects": _l("清单事项"), "policy": _l("规则"),
    "number": _l("序号"), "code": _l("代码"), "stage": _l("阶段"), "zh": _l("中文"), "en": _l("英文"),
    "offset": _l("距会议日期"), "due": _l("距会议日期"), "days": _l("天数"), "unit": _l("怎样计天"),
    "follows": _l("怎样算完成"), "papers": _l("随材料完成"), "method": _l("检查方式"), "evidence": _l("佐证材料"),
    "required": _l("开会前须通过的材料"), "required_at": _l("按单位层级另定的必交材料"), "team": _l("班子"),
    "member": _l("每名成员"), "city": _l("市级"), "county": _l("县级"), "township": _l("乡镇级"), "branch": _l("支部"),
    "policy.papers": _l("另须报送的材料"), "kind": _l("材料"), "of": _l("由谁报送"),
    "facts": _l("对所有人适用的情形"), "quorum": _l("到会比例"), "quorum.of": _l("分母"), "needed": _l("分子"),
    "talks": _l("谈心谈话"), "secretary_with_members": _l("书记与每名成员谈"),
    "members_with_each_other": _l("成员之间相互谈"), "supervised": _l("每名成员与分管部门负责人谈的人数"),
    "confirmed": _l("对方确认后才算"), "study": _l("会前学习"), "hours": _l("每人应学学时"), "topics": _l("应学专题"),
    "small_group": _l("意见最小统计人数"), "answer_within": _l("退回后答复时限"),
    "immediate_days": _l("即知即改天数"), "reading": _l("审阅"), "levels": _l("由谁逐级审阅"),
    "rounds": _l("轮数上限（到限后组长面谈）"), "lease": _l("领取后保留时间"), "most_held": _l("每人同时领取上限"),
    "close_days_before": _l("会前几天停止审阅"), "sample_percent": _l("抽样复读百分比"),
    "signing": _l("签字要求"), "addressees": _l("报送对象"), "kinds": _l("材料种类"),
    "lengths": _l("篇幅上限（字数）"), "waves": _l("批次"), "waves.levels": _l("适用层级"),
    "regions": _l("适用地区"), "held_by": _l("本批次完成日期"), "gap": _l("晚于上级会议的天数"),
    "agenda": _l("会议程序"), "agenda_required": _l("会议程序在会议当日逐步登记后，才能登记召开"),
    "moving": _l("调整会期"), "later_by_unit": _l("单位自行推迟"),
    "rectification": _l("整改规则"), "report_day": _l("每月几日前报进展"),
    "plan_within_days": _l("登记后几天内写全“五明确”"), "soon_days": _l("提前几天亮黄灯"),
    "when_returned": _l("被退回或重新打开的，再次申请销号前"), "evidence_files": _l("销号至少几件佐证附文件"),
    "rectification.lists": _l("三张清单的规则"),
    **wording.LISTS, **{f"{code}.levels": _l("由谁逐级销号") for code in wording.LISTS},
    "levels_at": _l("按单位层级另定由谁销号"), "return_days": _l("退回后整改天数"),
    "recheck_days": _l("销号后第几天回头看"), "milestones": _l("至少几个节点"),
    "look_back_days": _l("阶段性成果间隔天数"),
    "evaluation": _l("整改评估"), "grades": _l("等次（从好到差）"), "at_least": _l("最低得分"),
    "points": _l("折算分"), "again": _l("须第二轮整改"), "weights": _l("三种方式的权重"),
    "visit": _l("实地查看"), "interviews": _l("个别访谈"), "appraisal": _l("匿名测评"), "sample": _l("评估抽样"),
    "percent": _l("抽取单位百分比"), "least": _l("至少几个"), "sample.items": _l("每个单位几个问题"),
    "second_round_days": _l("第二轮整改天数"),
    "reminders": _l("提醒"), "to": _l("提醒谁"),
    "bulletin": _l("每周简报"), "weekday": _l("每周几"), "hour": _l("几点（0 到 23）"),
    **{f"reminders.{kind}": words for kind, words in wording.REMINDED.items()},
}  # fmt: skip
HELP = {
    "offset": _l("会前为负数，会后为正数"),
    "code": _l("小写英文字母和下划线，发布后各处据此对应"),
    "required_at": _l("都不勾选的层级按上面的规定办"),
    "papers": _l("这些材料都收到后自动算完成"),
    "policy.papers": "",
    "policy.bulletin": _l("到时自动编发整个活动的简报并告知主题教育办；错过的在恢复后补编"),
    "policy.reminders": _l(
        "天数：期限前为负数，当天为 0，期限后为正数。一个事项的一步只提醒一次；全部删空时按系统默认的步骤提醒"
    ),
}
TYPES = {
    "theme": _l("主题教育专题"), "annual": _l("年度"), "incident": _l("专门（事件后）"), "inspection": _l("巡视整改"),
}  # fmt: skip
WORDS = {
    "type": TYPES,
    "stage": wording.PHASES,
    "unit": {"natural": _l("自然日"), "working": _l("工作日")},
    "of": {"team": _l("班子"), "member": _l("每名成员")},
    "follows": {
        "hand": _l("人工登记"), "talks": _l("谈心谈话完成"), "meeting": _l("会议召开"),
        "comment": _l("督导组点评"), **wording.KINDS,
    },
    "facts": {
        "last_year": _l("上年度整改情况"), "negative_case": _l("典型案例剖析"), "personal_matters": _l("个人有关事项"),
        "inquiries": _l("谈话函询说明"), "opinions": _l("征求到的意见"),
    },
    "signing": {"author": _l("本人"), "secretary": _l("第一责任人")},
    "levels": wording.LEVELS,
    "city": wording.LEVELS, "county": wording.LEVELS, "township": wording.LEVELS, "branch": wording.LEVELS,
    "later_by_unit": {
        "always": _l("随时可以"), "before_first_due": _l("首个时限到期前可以"), "never": _l("须经申请"),
    },
    "when_returned": {"yellow": _l("亮黄灯"), "as_due": _l("只按期限亮灯")},
    "weekday": {
        "monday": _l("星期一"), "tuesday": _l("星期二"), "wednesday": _l("星期三"), "thursday": _l("星期四"),
        "friday": _l("星期五"), "saturday": _l("星期六"), "sunday": _l("星期日"), "off": _l("不自动编发"),
    },
    "to": wording.REMINDED_LINE,
    "standards": wording.STANDARDS,
    "lists": wording.LISTS,
    "kind": wording.KINDS,
}  # fmt: skip
"""Words for what is chosen, by the entry it is chosen in."""
_KINDS = wording.KINDS
_CJK = re.compile(r"[\u3400-\u9fff]")


def label(key: str, within: str = "", title: str = "") -> str:
    """What an entry is called: by its place, by its key, else as its schema says."""
    known = LABELS.get(f"{within}.{key}") or LABELS.get(key) or _KINDS.get(key)
    return str(known) if known is not None else _titled(title) or key


def _titled(title: str) -> str:
    """The half of `Wording 措辞` that is in the reader's language."""
    found = _CJK.search(title)
    if not found:
        return title
    halves = title[: found.start()].strip(" ("), title[found.start() :].strip()
    return halves[0] if languages.current() == "en" and halves[0] else halves[1]


def differences(found: list[dict[str, Any]], *definitions: dict[str, Any]) -> list[dict[str, str]]:
    """What differs, in words: {where, before, after}; one of the two is empty where something came or went."""
    return [
        {
            "where": where(one["pointer"], *definitions),
            "before": value(one["from"], one["pointer"]) if "from" in one else "",
            "after": value(one["to"], one["pointer"]) if "to" in one else "",
        }
        for one in found
    ]


def where(pointer: str, *definitions: dict[str, Any]) -> str:
    """The place of a difference: 清单事项 › 谈心谈话 › 距会议日期 › 天数."""
    said, within, nodes = [], "", list(definitions)
    for step in pointer.split("/")[1:]:
        nodes, title = _into(nodes, step)
        said.append(title or label(step, within))
        within = step
    return " › ".join(said)


def value(said: Any, pointer: str) -> str:
    """A value as a person reads it."""
    if isinstance(said, bool):
        return str(gettext("是") if said else gettext("否"))
    if isinstance(said, list):
        return languages.listed(value(one, pointer) for one in said) or str(gettext("无"))
    return _row(said) if isinstance(said, dict) else _chosen(str(said), pointer)


def _row(said: dict[str, Any]) -> str:
    if said.keys() == {"days", "unit", "to"}:
        return reminder_words.step(said)
    if said.keys() == {"days", "unit"}:
        return f"{said['days']} {value(said['unit'], '/unit')}"
    if said.keys() <= {"zh", "en"} or "title" in said:
        return languages.pick(said.get("title", said))
    return languages.listed(f"{label(key)}{gettext('：')}{value(one, f'/{key}')}" for key, one in said.items())


def _chosen(text: str, pointer: str) -> str:
    for step in reversed(pointer.split("/")):
        if step in WORDS and text in WORDS[step]:
            return str(WORDS[step][text])
    return str(_KINDS[text]) if text in _KINDS else days.written(text)


def _into(nodes: list[Any], step: str) -> tuple[list[Any], str]:
    """What lies one step further, and what a row that is known by its code is called."""
    further, title = [], ""
    for node in nodes:
        if isinstance(node, dict) and step in node:
            further.append(node[step])
        for row in node if isinstance(node, list) else ():
            if isinstance(row, dict) and step in (row.get("code"), f"{row.get('kind')}.{row.get('of')}"):
                further.append(row)
                title = title or languages.pick(row.get("title")) or str(_KINDS.get(row.get("kind", ""), step))
    return further, title
