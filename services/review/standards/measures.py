"""F5, measures can be carried out: each says who, by when and what can be checked then, and answers a problem that was
told.

What the rules stand on:
- owner: a person or post named (in a person's outline the writer is one); "the departments concerned" is nobody.
- date: a day, month or rhythm; "soon" and "when conditions allow" are none. Tables are read by their columns.
- checkable: with dates and persons taken out, a figure with its unit or a thing that can be asked for (a list, a
  report, a signature).
- slogans: a measure with nothing checkable and, besides, nothing but words of effort; then the lack of date and
  person is told with it.
- answers: particular words shared with the problems; and how many of the aspects with a problem are met by any
  measure. A standard fails when a third of the measures, and at least two, lack the same thing; one alone is noted.
"""

import re
from typing import Any

from services.review import facts

from . import deadlines, findings, words
from .reading import Reading

Finding = dict[str, Any]
SHARE, LEAST, LINK, ANSWERING = 0.34, 2, 1, 0.34
DATE = re.compile(
    r"(?:20\d\d年)?\d{1,2}月(?:份|底|初|末|中旬|上旬|下旬|\d{1,2}日)?(?:前|起|底前)?|20\d\d[-/.年]\d{1,2}|"
    r"\d{1,2}月\d{1,2}日|[一二三四五六七八九十]{1,2}月(?:底|初|前|份)"
)
BLANKED = re.compile(r"\d{1,2}[、.．)）]|[（(][一二三四五六七八九十\d]{1,2}[)）]|20\d\d年")
TEXTS = {
    "no_owner": (
        ("没有写明由谁负责", "name nobody who answers for them"),
        ("写明具体责任人（姓名或职务）。", "Name the person or post that answers for it."),
    ),
    "no_date": (
        ("没有完成时间", "have no date"),
        (
            "写明哪一天或哪个月前完成；“尽快”“条件成熟时”不是时间。",
            "Give a day or month; “soon” or “when conditions allow” is no date.",
        ),
    ),
    "not_checkable": (
        ("没有可检验的结果", "promise nothing that can be checked"),
        (
            "写明到时能查什么：数量、清单、制度、签字、公示。",
            "Say what can be checked then: a figure, a list, a rule, a signature.",
        ),
    ),
}


def judge(reading: Reading) -> list[Finding]:
    """Where measures could not be carried out or checked."""
    if not reading.measures:
        reason = ("没有整改措施。", "There are no measures.")
        would = (
            "对着每个问题写出措施、责任人、时限和可检验的结果。",
            "Write for each problem what will be done, by whom, by when, and how it is checked.",
        )
        return [findings.make("measures.missing", reading.place(None, "cause"), reason, would, 0.9)]
    return [*_lacking(reading), *deadlines.judge(reading), *_diffuse(reading), *_unrelated(reading)]


def owner(node: dict[str, Any], personal: bool) -> str:
    """Who answers for a measure: `named`, `diffuse` ("departments concerned") or `none`."""
    fields = node.get("fields", {})
    text = fields.get("owner") or node["text"]
    if words.pattern("measures", "owner").search(text) or words.pattern("measures", "own").search(text):
        return "named" if personal or not re.fullmatch(r".*本人.{0,2}", text) else "named"
    if words.pattern("measures", "diffuse").search(text):
        return "diffuse"
    return "named" if fields.get("owner") else "none"


def dated(node: dict[str, Any]) -> bool:
    """Whether a measure has a day, a month or a rhythm."""
    fields = node.get("fields", {})
    text = fields.get("due") or node["text"]
    return DATE.search(text) is not None or words.pattern("measures", "repeat").search(text) is not None


def checkable(node: dict[str, Any]) -> bool:
    """Whether, dates and persons taken out, something is left that can be asked for or counted."""
    text = node.get("fields", {}).get("action") or node["text"]
    text = words.pattern("measures", "repeat").sub(
        "、", DATE.sub("、", BLANKED.sub("、", facts.DOCTRINE.sub("、", text)))
    )
    return (
        re.search(r"\d[%％\u4e00-\u9fffA-Za-z]|百分之|[一二三四五六七八九十两]成|分之[一二三]", text) is not None
        or words.pattern("measures", "deliverable").search(text) is not None
    )


def _lacking(reading: Reading) -> list[Finding]:
    total = len(reading.measures)
    lacks = {
        "no_owner": [node for node in reading.measures if owner(node, reading.personal) == "none"],
        "no_date": [node for node in reading.measures if not dated(node)],
        "not_checkable": [node for node in reading.measures if not checkable(node)],
    }
    found = []
    for code, nodes in lacks.items():
        if not nodes:
            continue
        (zh, en), would = TEXTS[code]
        fail = len(nodes) >= SHARE * total and (len(nodes) >= LEAST or total == 1)
        reason = (f"{total} 条措施中有 {len(nodes)} 条{zh}。", f"{len(nodes)} of {total} measures {en}.")
        anchor = _vague(reading, nodes) if code == "no_date" else reading.place(nodes[0])
        found.append(findings.make(f"measures.{code}", anchor, reason, would, 0.9 if fail else 0.6, fail=fail))
    return found


def _vague(reading: Reading, nodes: list[dict[str, Any]]) -> dict[str, Any]:
    for node in nodes:
        for sentence in facts.sentences(node["text"]):
            if words.pattern("measures", "vague").search(sentence):
                return reading.at(node, sentence)
    return reading.place(nodes[0])


def _diffuse(reading: Reading) -> list[Finding]:
    nodes = [node for node in reading.measures if owner(node, reading.personal) == "diffuse"]
    if not nodes:
        return []
    fail = len(nodes) >= SHARE * len(reading.measures) and len(nodes) >= LEAST
    reason = (
        f"{len(nodes)} 条措施的责任落在“有关部门”“全体”，等于没有人负责。",
        f"{len(nodes)} measures are everybody's, which is nobody's.",
    )
    would = ("每条措施落到一个人（姓名或职务）。", "Let one person or post answer for each measure.")
    return [findings.make("measures.diffuse_responsibility", reading.place(nodes[0]), reason, would, 0.8, fail=fail)]


def _unrelated(reading: Reading) -> list[Finding]:
    telling = [node for node in reading.measures if checkable(node)]
    loose = [node for node in telling if len(words.specific(node["text"]) & reading.problem_grams) < LINK + 1]
    if len(telling) < LEAST + 1 or len(telling) - len(loose) >= ANSWERING * len(telling):
        return []
    reason = (
        f"{len(telling)} 条措施中有 {len(loose)} 条与前面的问题对不上。",
        f"{len(loose)} of {len(telling)} measures answer none of the problems told.",
    )
    would = (
        "一个问题对一条措施，问题里的事在措施里要有着落。",
        "A measure for each problem: what was told there must be dealt with here.",
    )
    return [findings.make("measures.answer_no_problem", reading.place(loose[0]), reason, would, 0.75)]
