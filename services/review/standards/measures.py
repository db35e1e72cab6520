"""F5, measures can be carried out: each says who, by when and what can be checked then, and answers a problem that was
told.

What the rules stand on:
- missing: no part of measures, no table with a column of theirs, and hardly a sentence that says by when something is
  to be done; else it is only noted.
- owner: a person or post named (in a person's outline the writer is one), or one of those the text introduces by
  their posts or by a letter it says to stand for them; "the departments concerned" is nobody.
- date: a day, month or rhythm; "soon" and "when conditions allow" are none, nor is "within 30 days after" something
  waited for that others decide (approval, money, posts); days counted from a day that the opening gives are dates.
  Tables are read by their columns.
- asked of others: a measure that, what it is about put aside, only begs, proposes or hopes that others act.
- checkable: with dates and persons taken out, a figure with its unit or a thing that can be asked for (a list, a
  report, a signature).
- slogans: a measure with nothing checkable and, besides, nothing but words of effort; then the lack of date and
  person is told with it.
- answers: an aspect's problem is taken up where the measures together share words with it that few materials have
  (see `rules`). Measures that pass most of the aspects by are a plan for something else, or all for one aspect;
  half of them is a hint. Where most measures take up nothing, what the title names or several aspects speak of is only
  the unit's own trade, and takes up no problem either.
A standard fails when a third of the measures, and at least two, lack the same thing; one alone is noted, and so is
what measures lack that were taken apart from a paragraph of prose: where one ends there is a guess.
"""

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from services.review import headings, measures_table, sections
from services.review.glance import Passage

from . import deadlines, findings
from .reading import Reading

Finding = dict[str, Any]
BLANKED = re.compile(
    r"[\d（(一二三四五六七八九十](?:(?<=\d)\d?[、.．)）]|(?<=[（(])[一二三四五六七八九十\d]{1,2}[)）]|(?<=2)0\d\d年|"
    r"(?<=[一二三四五六七八九十])[一二三四五六七八九十]?[是、])"
)
WITHIN = "内"  # with which days counted from something end
PIECE = re.compile(r"[^。；！\n]+")
SEVERAL, ABOUT = 3, 30
NAMED = 4  # characters of "由…负责" that are left of a name when "the departments concerned" is taken out
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
        in_table = any(measures_table.columns(line["text"], reading.rules) for line in reading.lines if line["table"])
        promised = sum(sections.promises(each.text, reading.rules) for each in _told(reading))
        sure = promised < SEVERAL and not in_table
        reason = (
            ("没有整改措施。", "There are no measures.")
            if sure
            else ("没有认出整改措施的部分，也可能写法不同。", "No part of measures was made out, perhaps it is there.")
        )
        would = (
            "对着每个问题写出措施、责任人、时限和可检验的结果。",
            "Write for each problem what will be done, by whom, by when, and how it is checked.",
        )
        anchor = reading.place(None, "cause")
        return [findings.make("measures.missing", anchor, reason, would, 0.9 if sure else 0.4, fail=sure)]
    owners = {node["id"]: owner(reading, node) for node in reading.measures}
    return [
        *_asked_of_others(reading),
        *_lacking(reading, owners),
        *deadlines.judge(reading),
        *_diffuse(reading, owners),
        *_unrelated(reading),
    ]


def _told(reading: Reading) -> list[Passage]:
    return [each for line in reading.lines for each in reading.glance.of(line["text"]).sentences]


def owner(reading: Reading, node: dict[str, Any]) -> str:
    """Who answers for a measure: `named`, `diffuse` ("departments concerned") or `none`."""
    given = node.get("fields", {}).get("owner")
    said = whose(reading.glance.of(given or node["text"]), reading, bool(given))
    if said == "none" and "under" in node:
        over, _, more = node["under"].partition("：")
        said = whose(reading.glance.of(over if more else f"{over}：……"), reading)
    return said


def whose(told: Passage, reading: Reading, given: bool = False) -> str:
    """Who a passage says answers: `named`, `diffuse` or `none`; `given`: it stands where a name belongs."""
    text, nobody = told.text, told.words("measures.diffuse")
    for word in nobody:
        text = text.replace(word, "")
    if (
        told.has("measures.owner")
        or told.has("measures.own")
        or any(len(found.group()) > NAMED for found in reading.rules.pattern("measures", "owner").finditer(text))
        or any(name in text for name in reading.people)
        or any(code in text for code in reading.codes)
    ):
        return "named"
    return "diffuse" if nobody else "named" if given else "none"


def dated(reading: Reading, node: dict[str, Any]) -> bool:
    """Whether a measure, or the line its group stands under, has a day, a month or a rhythm."""
    told = [node.get("fields", {}).get("due") or node["text"], *([node["under"]] if "under" in node else [])]
    return any(has_date(reading.glance.of(each), reading) for each in told)


def has_date(told: Passage, reading: Reading) -> bool:
    """Whether a passage names a day, a month or a rhythm; "when conditions allow" is none, nor days after it."""
    if reading.rules.meets("measures", "counted", told.text) and reading.counted_from:
        return True
    awaited = reading.rules.pattern("measures", "awaited")
    if WITHIN in told.text and awaited.search(told.text):
        told = reading.glance.of(awaited.sub("", told.text))
    return told.has("measures.repeat") or any(
        reading.rules.meets("measures", key, told.text) for key in ("date", "repeat")
    )


def checkable(reading: Reading, node: dict[str, Any]) -> bool:
    """Whether, dates and persons taken out, something is left that can be asked for, counted or looked at."""
    fields = node.get("fields", {})
    told = reading.glance.of("，".join(fields[key] for key in ("action", "check") if key in fields) or node["text"])
    if told.has("measures.deliverable"):
        return True
    text = reading.rules.pattern("facts", "doctrine").sub("、", BLANKED.sub("、", told.text))
    for key in ("date", "repeat"):
        if reading.rules.meets("measures", key, text):
            text = reading.rules.pattern("measures", key).sub("、", text)
    if reading.rules.meets("measures", "countable", text):
        return True
    meets = len(told.specific & reading.problem_grams) >= reading.rules.limit("measures", "meets")
    return meets and not told.has("measures.slogan")


def _standing(reading: Reading) -> set[str]:
    """What is said once for all measures ("all of the following: by me, before the end of June", or their days)."""
    said = set()
    schedule, date = (reading.rules.pattern("measures", key) for key in ("schedule", "date"))
    of_all = reading.rules.search("measures", "whole")
    first = next((i for i, line in enumerate(reading.lines) if line["role"] == "measure"), 1)
    if any(reading.rules.meets("measures", "answers_for_all", line["text"]) for line in reading.lines[: first - 1]):
        said.add("no_owner")
    for line in reading.lines[first - 1 :]:
        if line["table"]:
            continue
        if schedule.match(line["text"]) and len(date.findall(line["text"])) >= max(SEVERAL, len(reading.measures) / 2):
            said |= {"no_date"}
        for each in reading.glance.of(line["text"]).sentences if of_all(line["text"]) else ():
            if of_all(each.text):
                said |= {"no_owner"} if whose(each, reading) == "named" else set()
                said |= {"no_date"} if has_date(each, reading) else set()
    return said


def only_standing(reading: Reading, node: dict[str, Any]) -> bool:
    """Whether a node is no measure, but says something of all of them."""
    return (
        not node.get("fields")
        and len(reading.see(node).sentences) == 1
        and reading.rules.meets("measures", "whole", node["text"])
    )


def _lacking(reading: Reading, owners: dict[str, str]) -> list[Finding]:
    listed = [node for node in reading.measures if not only_standing(reading, node)] or reading.measures
    total = len(listed)
    lacks = {
        "no_owner": [node for node in listed if owners[node["id"]] == "none"],
        "no_date": [node for node in listed if not dated(reading, node)],
        "not_checkable": [node for node in listed if not checkable(reading, node)],
    }
    said = _standing(reading) if lacks["no_owner"] or lacks["no_date"] else ()
    found = []
    for code, nodes in lacks.items():
        if not nodes or code in said:
            continue
        (zh, en), would = TEXTS[code]
        share = reading.rules.limit("measures", "share_own" if reading.personal and code == "no_owner" else "share")
        many = len(nodes) >= share * total and (len(nodes) >= reading.rules.limit("measures", "least") or total == 1)
        fail = many and "prose" not in nodes[0]
        reason = (f"{total} 条措施中有 {len(nodes)} 条{zh}。", f"{len(nodes)} of {total} measures {en}.")
        anchor = _vague(reading, nodes) if code == "no_date" else reading.place(nodes[0])
        found.append(findings.make(f"measures.{code}", anchor, reason, would, 0.9 if fail else 0.6, fail=fail))
    return found


def _asked_of_others(reading: Reading) -> list[Finding]:
    """Measures that ask somebody else to act."""
    nodes = [node for node in reading.measures if _asks(reading, node)]
    if not _many(reading, nodes):
        return []
    total = len(reading.measures)
    reason = (
        f"{total} 条措施中有 {len(nodes)} 条是请别人来做的。",
        f"{len(nodes)} of {total} measures ask others to act.",
    )
    would = ("写自己（本班子）做什么、何时做成。", "Say what you yourself will do, and by when.")
    return [findings.make("measures.asked_of_others", reading.place(nodes[0]), reason, would, 0.8)]


def _asks(reading: Reading, node: dict[str, Any]) -> bool:
    """Whether a measure asks others to act, and besides says only what it is about."""
    asks, text = reading.rules.pattern("measures", "asks"), headings.numbered(node["text"])[1]
    if asks.search(text):
        return True
    about, *told = PIECE.findall(text)
    return len(about) <= ABOUT and bool(told) and all(asks.match(each.lstrip()) for each in told)


def _many(reading: Reading, nodes: list[dict[str, Any]]) -> bool:
    """Whether these are so many of the measures that the standard fails."""
    share, least = (reading.rules.limit("measures", key) for key in ("share", "least"))
    return len(nodes) >= max(share * len(reading.measures), least)


def _vague(reading: Reading, nodes: list[dict[str, Any]]) -> dict[str, Any]:
    for node in nodes:
        for each in reading.see(node).sentences:
            if each.has("measures.vague") or reading.rules.meets("measures", "vague", each.text):
                return reading.at(node, each.text)
    return reading.place(nodes[0])


def _diffuse(reading: Reading, owners: dict[str, str]) -> list[Finding]:
    nodes = [node for node in reading.measures if owners[node["id"]] == "diffuse"]
    if not nodes:
        return []
    fail = _many(reading, nodes)
    reason = (
        f"{len(nodes)} 条措施的责任落在“有关部门”“全体”，等于没有人负责。",
        f"{len(nodes)} measures are everybody's, which is nobody's.",
    )
    would = ("每条措施落到一个人（姓名或职务）。", "Let one person or post answer for each measure.")
    return [findings.make("measures.diffuse_responsibility", reading.place(nodes[0]), reason, would, 0.8, fail=fail)]


def _unrelated(reading: Reading) -> list[Finding]:
    limit, weight = reading.rules.limit, reading.rules.weight
    bodies = {code: body.specific for code, body in reading.bodies.items() if body.text}
    if reading.lost or len(reading.measures) <= limit("measures", "least"):
        return []
    meant = {node["id"]: _promised(reading, node) for node in reading.measures}
    promised = frozenset().union(*meant.values())
    unmet, most = _passed_by(reading, bodies, promised), limit("measures", "unmet") * len(bodies)
    if len(unmet) < most:
        loose = _passed_by(reading, meant, reading.problem_grams)
        if len(loose) >= limit("measures", "loose") * len(meant):
            strictly = _passed_by(reading, bodies, promised - _trade(reading, bodies))
            unmet = strictly if len(strictly) >= most else unmet
    if len(unmet) < limit("measures", "unmet_hint") * len(bodies):
        return []
    fail = len(unmet) >= most
    loosest = min(reading.measures, key=lambda node: weight(reading.see(node).specific & reading.problem_grams))
    named = "、".join(reading.titles[code] for code in unmet)
    reason = (
        f"{len(bodies)} 个方面中有 {len(unmet)} 个的问题没有措施对着（{named}）。",
        f"No measure takes up the problems of {len(unmet)} of {len(bodies)} aspects ({named}).",
    )
    would = (
        "一个问题对一条措施，问题里的事在措施里要有着落。",
        "A measure for each problem: what was told there must be dealt with here.",
    )
    return [findings.make("measures.answer_no_problem", reading.place(loosest), reason, would, 0.75, fail=fail)]


def _promised(reading: Reading, node: dict[str, Any]) -> frozenset[int]:
    """What a measure is about; in a table, without the column of those who answer, whose posts answer nothing."""
    fields = node.get("fields", {})
    if "action" not in fields or "owner" not in fields:
        return reading.see(node).specific
    cells = (reading.glance.of(told) for what, told in fields.items() if what != "owner")
    return frozenset().union(*(each.specific for each in cells))


def _passed_by(reading: Reading, told: Mapping[str, frozenset[int]], others: frozenset[int]) -> list[str]:
    """Those of some passages that share nothing particular with others."""
    link = reading.rules.limit("measures", "link")
    return [key for key, words in told.items() if not reading.rules.weighs(words & others, link)]


def _trade(reading: Reading, bodies: Mapping[str, frozenset[int]]) -> frozenset[int]:
    """What the title names or several aspects speak of: the unit's own trade, and no problem of one of them."""
    named = (reading.glance.of(line["text"]).specific for line in reading.lines if line["role"] == "title")
    times = Counter(itertools.chain.from_iterable(bodies.values()))
    return frozenset(words for words, count in times.items() if count >= SEVERAL).union(*named)
