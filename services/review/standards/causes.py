"""F4, root causes are dug out: causes there are, they lie in the writer's own conviction, purpose, spirit and
discipline, and meet the problems.

What the rules stand on:
- missing: no section of causes, and too few problems that say in place why ("in truth I was afraid to …"). Causes told
  in place are weighed like any others. Where several sentences go on with something within ("…, it is fear of …") or
  look like causes that could not be told apart, or a table has a column of causes, it is only noted.
- outside: each cause is weighed without its label ("subjectively, …" may be followed by nothing but circumstances):
  words of circumstance against words of one's own mind; circumstances named and then overruled do no harm. Where others
  are blamed, another office or its people, only a clause with the writer and his mind in it makes the cause his.
- meet no problem: where causes stand apart from the problems, their particular words are looked for there; where nearly
  none has any, they were written for another text. This needs causes that tell something; short general ones fall
  under the next two. One that calls an aspect meets it; where all others touch something within, the writer may only
  have other words for the problems.
- one for all: a single short cause for many problems (where it was told in place, others may not have been made out),
  one run of words that every cause ends in, or a text that says itself that it is all one thing, and touches nothing
  else or the same thing everywhere.
- only asked: where half of a section's sentences ask why, and neither statements nor questions that are answers
  ("was it not that I feared …?") touch something within in half of its paragraphs.
- restated, shallow, exhorting: see `depth`.
"""

import re
from typing import Any

from services.review import headings, measures_table, structure
from services.review.glance import Passage
from services.review.rules import Rules
from services.review.stretch import CLAUSE

from . import depth, findings
from .reading import Reading

Finding = dict[str, Any]
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
BECAUSE = re.compile(r"，(?:[^，。]{0,3}是(?![否不])|因|出于|缘于)[^。；，]+(?:，[^。；，]+)?")
NEARLY, HEAD, ASKING = 0.8, 8, ("？", "?")
WITHIN = structure.WITHIN
WOULD = depth.WOULD


def judge(reading: Reading) -> list[Finding]:
    """Where causes are not dug out."""
    if asked := _only_asked(reading):
        return asked
    if not reading.causes or not _enough(reading):
        return _missing(reading)
    return [*(_outside(reading) or [*_unrelated(reading), *depth.judge(reading)]), *_single(reading)]


def _enough(reading: Reading) -> bool:
    """Whether causes told in place, if they are, stand in half of the aspects."""
    if not all(node.get("in_place") for node in reading.causes):
        return True
    told = {node.get("aspect") for node in reading.causes}
    return len(told) * 2 >= len(reading.bodies)


def _missing(reading: Reading) -> list[Finding]:
    sure = _none_told(reading)
    reason = (
        ("没有剖析原因，问题之后直接是措施。", "There is no analysis of causes: after the problems come the measures.")
        if sure
        else ("没有找到剖析原因的部分，也可能写法不同。", "No part of causes was made out; they may be told otherwise.")
    )
    return [findings.make("causes.missing", reading.place(None), reason, WOULD, 0.9 if sure else 0.4, fail=sure)]


def _none_told(reading: Reading) -> bool:
    """Whether it is sure that causes are missing: their section is empty, or hardly a sentence looks like one."""
    if any(line["role"] == "cause" for line in reading.lines):
        return True
    label = reading.rules.pattern("headings", "label_cause")
    rows = (measures_table.cells(line["text"]) for line in reading.lines if line["table"])
    if any(label.fullmatch(cell) for row in rows for cell in row):
        return False
    rules, several = reading.rules, reading.rules.limit("causes", "several")
    told = [each for line in reading.lines if not line["heading"] for each in reading.glance.of(line["text"]).sentences]
    alike = [
        each
        for each in told
        if each.has("causes.scattered")
        or (
            (times := each.count(*WITHIN))
            and each.weight < 1
            and (times > 1 or rules.meets("causes", "searches", each.text))
        )
        or _explains(each)
    ]
    return len(alike) < several


def _only_asked(reading: Reading) -> list[Finding]:
    """A section of causes that asks why, and hardly answers: neither by a statement nor by a question that is one."""
    lines = [line for line in reading.lines if line["role"] == "cause" and not line["heading"]]
    if not any(mark in line["text"] for line in lines for mark in ASKING):
        return []
    told = [(line, each) for line in lines for each in reading.glance.of(line["text"]).sentences]
    asked = [(line, each) for line, each in told if each.text.rstrip("”’）").endswith(ASKING)]
    if len(asked) < reading.rules.limit("causes", "several") or len(asked) * 2 < len(told):
        return []
    open_ones = [each for _, each in asked if not reading.rules.meets("causes", "answers_itself", each.text)]
    answers = [each for _, each in told if each not in open_ones and each.count(*WITHIN)]
    if len(answers) * 2 >= len(lines):
        return []
    line, first = asked[0]
    reason = (
        f"原因部分有 {len(asked)} 句是自问，没有回答，等于没有剖析。",
        f"The part of causes asks {len(asked)} questions and leaves them unanswered: nothing is analysed.",
    )
    anchor = {"paragraph": line["n"], "node": None, "quotation": first.text}
    return [findings.make("causes.only_asked", anchor, reason, WOULD, 0.8)]


def _explains(sentence: Passage) -> bool:
    """Whether a sentence goes on with what it is within the writer (…，是明哲保身，…)."""
    because = BECAUSE.search(sentence.text)
    return because is not None and sentence.part(*because.span()).count(*WITHIN) > 0


def inside(cause: Passage, rules: Rules) -> bool:
    """Whether a cause lies with the writer rather than with circumstances or other people."""
    within = cause.count(*WITHIN)
    if rules.meets("causes", "overruled", cause.text):
        return True
    if rules.meets("causes", "blames", cause.text) and not _own_mind(cause, rules):
        return False
    return within > 0 and within * 2 >= cause.count("causes.outside")


def _own_mind(cause: Passage, rules: Rules) -> bool:
    """Whether a clause has both the writer and something within: in what is said of others, they go apart."""
    own = rules.pattern("causes", "own")
    clauses = ((each, clause) for each in cause.sentences for clause in CLAUSE.finditer(each.text))
    return any(own.search(clause.group()) and each.part(*clause.span()).count(*WITHIN) for each, clause in clauses)


def _outside(reading: Reading) -> list[Finding]:
    blames = reading.rules.pattern("causes", "blames")
    told = reading.bare
    outer = [node for node in reading.causes if not inside(told[node["id"]], reading.rules)]
    blamed = [node for node in outer if told[node["id"]].has("causes.outside") or blames.search(told[node["id"]].text)]
    own = len(reading.causes) - len(outer)
    if (
        not blamed
        or own >= reading.rules.limit("causes", "inside_least") * len(reading.causes)
        or len(blamed) * 2 < len(outer)
    ):
        return []
    reason = (
        f"{len(reading.causes)} 条原因中有 {len(blamed)} 条归于客观条件，没有触及自己的思想。",
        f"{len(blamed)} of {len(reading.causes)} causes are outside circumstances; none touches one's own thinking.",
    )
    return [findings.make("causes.outside_only", reading.place(blamed[0]), reason, WOULD, 0.9)]


def _unrelated(reading: Reading) -> list[Finding]:
    limit = reading.rules.limit
    if reading.lost:
        return []
    own = len({node["aspect"] for node in reading.causes if "aspect" in node}) * 2 >= len(reading.bodies)
    met = {
        node["id"]: len(reading.see(node).specific & reading.problem_grams)
        for node in reading.causes
        if not own and len(reading.see(node).specific) >= limit("causes", "telling")
    }
    halves = {half for title in reading.titles.values() for half in (title[:2], title[2:]) if half}
    called = [node["id"] for node in reading.causes if any(half in node["text"][:HEAD] for half in halves)]
    loose = [node for node in reading.causes if met.get(node["id"], 1) == 0 and node["id"] not in called]
    if (
        len(met) < limit("causes", "several")
        or all(depth.touches(reading.bare[node["id"]]) for node in loose)
        or sum(met.values()) >= limit("causes", "links") * len(met)
        or len(loose) < limit("causes", "loose") * len(met)
    ):
        return []
    reason = (
        f"{len(met)} 条原因中有 {len(loose)} 条与前面的问题对不上。",
        f"{len(loose)} of {len(met)} causes meet none of the problems told before.",
    )
    return [findings.make("causes.meet_no_problem", reading.place(loose[0]), reason, WOULD, 0.8)]


def _single(reading: Reading) -> list[Finding]:
    limit = reading.rules.limit
    texts = _unlabelled([node["text"] for node in reading.causes])
    whole, several = "".join(texts), limit("causes", "several")
    apart = not any(node.get("in_place") for node in reading.causes)  # else more may be told than was made out
    brief = apart and len(texts) <= 2 and len(whole) < limit("causes", "brief") and len(reading.sections) > several  # noqa: PLR2004
    run = _common_run(texts, reading) if len(texts) >= several else ""
    said_all = "".join(line["text"] for line in reading.lines if line["role"] == "cause")
    one = (
        len(reading.sections) > several
        and reading.rules.meets("causes", "only", said_all)
        and (_roots(reading) <= 1 or len(_met(reading)) < several or _same_word(reading))
    )
    if not brief and not run and not one:
        return []
    only = reading.rules.pattern("causes", "only").search(said_all) if one else None
    said = run or (only.group() if only else "")
    named = f"（“{said}”）" if said else ""
    reason = (f"所有问题只归到一个原因{named}。", "One cause is given for all problems.")
    return [findings.make("causes.one_for_all", reading.place(reading.causes[0]), reason, WOULD, 0.75)]


def _unlabelled(texts: list[str]) -> list[str]:
    """Causes without the words that lead in each of them (思想深处：…): these are no cause."""
    labels = {headings.label(text) for text in texts}
    return [text[len(label) :] for text in texts] if len(labels) == 1 and (label := labels.pop()) else texts


def _roots(reading: Reading) -> int:
    """How many of the things within the causes touch."""
    told = reading.bare.values()
    return sum(any(each.has(root) for each in told) for root in WITHIN)


def _met(reading: Reading) -> frozenset[int]:
    """What of the problems the causes take up."""
    return frozenset().union(*(reading.see(node).specific for node in reading.causes)) & reading.problem_grams


def _same_word(reading: Reading) -> bool:
    """Whether nearly all causes speak of the same thing (学习, 认识 …)."""
    words = [set(reading.see(node).words("causes.common")) for node in reading.causes]
    return any(sum(word in each for each in words) >= NEARLY * len(words) for word in set().union(*words))


def _common_run(texts: list[str], reading: Reading) -> str:
    length = int(reading.rules.limit("causes", "run"))
    first, rest = texts[0][:400], texts[1:]
    runs = [first[i : i + length] for i in range(len(first) - length + 1)]
    for text in rest:
        runs = [run for run in runs if run in text]
    return next((run for run in runs if CHINESE.fullmatch(run) and reading.glance.of(run).has("causes.common")), "")
