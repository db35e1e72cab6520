"""What a work tip (工作提示) says at first: one stage of the checklist, in the words of the campaign's definition.

What must stay true: every date, kind of material and limit in it stands in the definition; what a campaign does not
have is not spoken of. The office rewrites it as it likes before it goes out.
A text: {issuer, serial, title, addressee, sections: [{heading, text: a paragraph a line}]}.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.spine import contracts

Text = dict[str, Any]
Definition = Mapping[str, Any]
STAGES = {"before": "会前准备", "during": "会议召开", "after": "会后整改"}
LEVELS = {"city": "市级", "county": "县级", "township": "乡镇级", "branch": "支部"}
NUMERALS = "一二三四五六七八九十"
_UNITS = {"natural": "天", "working": "个工作日"}


def compose(definition: Definition, stage: str, level: str = "") -> Text:
    """The text of a stage's tip for units of a level, or for all of them; its four parts are those of the method."""
    place = list(STAGES).index(stage)
    aspects = [row for row in definition["checklist"] if row["stage"] == stage]
    kinds = f"（{LEVELS[level]}）" if level else ""
    parts = {
        "工作要求": [*_opening(definition, stage, level), *REQUIREMENTS[stage](definition, level)],
        "时间节点": [*_nodes(aspects), *_papers(definition, stage)],
        "检查方式": [f"{_name(row)}：{row['method']}。" for row in aspects if row.get("method")],
        "重点内容": [*_evidence(aspects), *KEY_CONTENT[stage](definition)],
    }
    return {
        "issuer": definition["office"],
        "serial": f"工作提示第{place + 1}号{kinds}",
        "title": f"{definition['title']}工作提示（{STAGES[stage]}）"[:120],
        "addressee": f"各{LEVELS[level]}单位" if level else "各单位",
        "sections": [{"heading": head, "text": "\n".join(lines)} for head, lines in parts.items() if lines],
    }


def when(offset: Mapping[str, Any]) -> str:
    """An offset from the meeting day as people say it: 会前15天（T-15）."""
    days, unit = offset["days"], _UNITS[offset["unit"]]
    if not days:
        return "会议当天（T）"
    mark = "" if offset["unit"] == "natural" else "，工作日"
    return f"会{'前' if days < 0 else '后'}{abs(days)}{unit}（T{days:+d}{mark}）"


def day(on: str) -> str:
    """A day as official papers write it."""
    year, month, date = on.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def numeral(number: int) -> str:
    """A small number as Chinese papers count their parts."""
    return NUMERALS[number - 1] if number <= len(NUMERALS) else str(number)


def _opening(definition: Definition, stage: str, level: str) -> list[str]:
    last = next((wave["held_by"] for wave in definition.get("waves", ()) if _of(wave, level)), "")
    held_by = day(last or definition["all_meetings_held_by"])
    if stage == "before":
        return [f"会议须在{held_by}前召开。单位主要负责人是第一责任人，对会前各项准备工作亲自过问、亲自把关。"]
    return []


def _of(wave: Mapping[str, Any], level: str) -> bool:
    return bool(level and level in wave.get("levels", ()) and wave.get("held_by"))


def _before(definition: Definition, level: str) -> Iterator[str]:
    policy = definition["policy"]
    required = policy.get("required_at", {}).get(level) or policy["required"]
    wanted = [f"班子提交{_kinds(required['team'])}"] if required["team"] else []
    wanted += [f"每名成员提交{_kinds(required['member'])}"] if required["member"] else []
    if wanted:
        yield f"{'，'.join(wanted)}，审阅通过后方可开会。"
    if numbers := policy.get("gate", {}).get("aspects"):
        whole = len(numbers) > 2 and sorted(numbers) == list(range(min(numbers), max(numbers) + 1))
        named = f"{min(numbers)}至{max(numbers)}" if whole else "、".join(str(one) for one in numbers)
        yield f"检查清单第{named}项办结后方可开会。"
    rounds = policy.get("reading", {}).get("rounds")
    again = f"{policy['answer_within']['days']}{_UNITS[policy['answer_within']['unit']]}"
    talk = f"；{rounds}轮仍未通过的，由督导组组长与撰写人谈话" if rounds else ""
    yield f"退回修改的材料，{again}内逐条回应意见并重新提交{talk}。"
    if lengths := policy.get("lengths"):
        yield f"{'，'.join(f'{_kind(kind)}一般不超过{most}字' for kind, most in lengths.items())}。"
    if signed := [kind for kind in required["member"] if "author" in policy.get("signing", {}).get(kind, ())]:
        yield f"{_kinds(signed)}由本人签字后才算提交。"


def _during(definition: Definition, level: str) -> Iterator[str]:
    policy = definition["policy"]
    share = f"{numeral(policy['quorum']['of'])}分之{numeral(policy['quorum']['needed'])}"
    yield f"应到会人员{share}以上到会方可开会，缺席人员说明理由并提交书面发言。"
    if steps := [row["title"]["zh"] for row in policy.get("agenda", ())]:
        yield f"会议按下列程序进行：{'；'.join(f'{number}. {step}' for number, step in enumerate(steps, 1))}。"


def _after(definition: Definition, level: str) -> Iterator[str]:
    policy = definition["policy"]
    reported: dict[str, list[str]] = {}
    for one in policy.get("addressees", ()):
        reported.setdefault(_kinds(one["kinds"]), []).append(one["title"]["zh"])
    for kinds, addressees in reported.items():
        yield f"{kinds}报送{'、'.join(addressees)}，以对方签收为准。"
    lists = "、".join(row["title"] for row in definition["lists"])
    yield f"会上查摆的问题逐项列入整改台账，按{lists}分类整改；即知即改的问题{policy['immediate_days']}天内改到位。"
    if report_day := policy.get("rectification", {}).get("report_day"):
        yield f"每月{report_day}日前逐项报送整改进展。"


def _focus(definition: Definition) -> Iterator[str]:
    if talks := definition["policy"].get("talks"):
        pairs = ["书记与每名成员"] if talks.get("secretary_with_members") else []
        pairs += ["成员相互之间"] if talks.get("members_with_each_other") else []
        pairs += [f"每名成员与分管部门负责人（至少{talks['supervised']}人）"] if talks.get("supervised") else []
        if pairs:
            yield f"谈心谈话覆盖{'、'.join(pairs)}。"
    if hours := definition["policy"].get("study", {}).get("hours"):
        yield f"会前学习每人不少于{hours:g}学时。"
    yield f"对照检查聚焦{'、'.join(row['title'] for row in definition['aspects'])}。"
    yield f"督导组审阅材料时坚持：{'；'.join(row['title'] for row in definition['standards'])}。"


def _nothing(definition: Definition) -> Iterator[str]:
    return iter(())


REQUIREMENTS = {"before": _before, "during": _during, "after": _after}
KEY_CONTENT = {"before": _focus, "during": _nothing, "after": _nothing}


def _nodes(aspects: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{_name(row)}：{when(row['offset'])}。" for row in aspects]


def _papers(definition: Definition, stage: str) -> list[str]:
    due: dict[str, list[str]] = {}
    for row in definition["policy"].get("papers", ()):
        if row["stage"] == stage:
            due.setdefault(when(row["due"]), []).append(_kind(row["kind"]))
    return [f"{'、'.join(kinds)}：{on}提交。" for on, kinds in due.items()]


def _evidence(aspects: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{_name(row)}：佐证材料为{row['evidence']}。" for row in aspects if row.get("evidence")]


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['number']}. {row['title']['zh']}"


def _kinds(codes: Sequence[str]) -> str:
    return "、".join(_kind(code) for code in codes)


def _kind(code: str) -> str:
    form = contracts.documents().get(f"kinds/{code}.1", {"title": code})
    return str(form["title"]).rpartition(" ")[2]
