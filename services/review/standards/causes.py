"""F4, root causes are dug out: causes there are, they lie in the writer's own conviction, purpose, spirit and
discipline, and meet the problems.

What the rules stand on:
- missing: no section of causes, and too few problems that say in place why ("in truth I was afraid to …").
- outside: each cause is weighed, words of circumstance against words of one's own mind; circumstances named and
  then overruled do no harm.
- meet no problem: the particular words of causes are looked for in the problems; where nearly none has any, they
  were written for another text. This needs causes that tell something; short general ones fall under the next two.
- one for all: a single short cause for many problems, or one run of words that every cause ends in.
- restated: a cause that, stock words out, leaves nothing, and only passes judgement again.
"""

import re
from typing import Any

from . import findings, words
from .reading import Reading

Finding = dict[str, Any]
INSIDE_LEAST = 0.34  # of the causes must lie within
TELLING, LINKS, LOOSE = (
    6,
    1.0,
    0.4,
)  # pairs that make a cause tell something; meeting pairs per cause; share that meets none
BRIEF, RUN, SEVERAL = (
    100,
    4,
    3,
)  # characters of a brief analysis; of a run that repeats; causes or aspects that are several
STOCK_LEFT, STOCK_JUDGED = 0.4, 0.5
WOULD = (
    "从理想信念、宗旨意识、党性修养、工作作风、纪律规矩上，逐条对着前面的问题找自己的原因。",
    "Look for your own reasons (conviction, purpose, party spirit, style, discipline), problem by problem.",
)


def judge(reading: Reading) -> list[Finding]:
    """Where causes are not dug out."""
    if not reading.causes:
        return _missing(reading)
    return [*(_outside(reading) or [*_unrelated(reading), *_restated(reading)]), *_single(reading)]


def _missing(reading: Reading) -> list[Finding]:
    told = [body for body in reading.bodies.values() if words.pattern("causes", "scattered").search(body)]
    if told and len(told) * 2 >= len(reading.bodies):
        return []
    reason = (
        "没有剖析原因，问题之后直接是措施。",
        "There is no analysis of causes: after the problems come the measures.",
    )
    return [findings.make("causes.missing", reading.place(None), reason, WOULD, 0.9)]


def inside(text: str) -> bool:
    """Whether a cause lies with the writer rather than with circumstances."""
    within = sum(len(words.pattern("causes", key).findall(text)) for key in ("inside", "inside_terse"))
    if words.pattern("causes", "overruled").search(text):
        return True
    return within > 0 and within * 2 >= len(words.pattern("causes", "outside").findall(text))


def _outside(reading: Reading) -> list[Finding]:
    outer = [node for node in reading.causes if not inside(node["text"])]
    blamed = [node for node in outer if words.pattern("causes", "outside").search(node["text"])]
    own = len(reading.causes) - len(outer)
    if not blamed or own >= INSIDE_LEAST * len(reading.causes) or len(blamed) * 2 < len(outer):
        return []
    reason = (
        f"{len(reading.causes)} 条原因中有 {len(blamed)} 条归于客观条件，没有触及自己的思想。",
        f"{len(blamed)} of {len(reading.causes)} causes are outside circumstances; none touches one's own thinking.",
    )
    return [findings.make("causes.outside_only", reading.place(blamed[0]), reason, WOULD, 0.9)]


def _unrelated(reading: Reading) -> list[Finding]:
    met = {
        node["id"]: met_by(node["text"], reading)
        for node in reading.causes
        if len(words.specific(node["text"])) >= TELLING
    }
    loose = [node for node in reading.causes if met.get(node["id"], 1) == 0]
    if len(met) < SEVERAL or not loose or sum(met.values()) >= LINKS * len(met) or len(loose) < LOOSE * len(met):
        return []
    reason = (
        f"{len(met)} 条原因中有 {len(loose)} 条与前面的问题对不上。",
        f"{len(loose)} of {len(met)} causes meet none of the problems told before.",
    )
    return [findings.make("causes.meet_no_problem", reading.place(loose[0]), reason, WOULD, 0.8)]


def _restated(reading: Reading) -> list[Finding]:
    stock = [
        node
        for node in reading.causes
        if words.own_share(node["text"]) < STOCK_LEFT and words.judged_share(node["text"]) >= STOCK_JUDGED
    ]
    if len(stock) * SEVERAL < len(reading.causes) * 2:
        return []
    reason = ("原因只是把问题换个说法，没有往深处挖。", "The causes only say the problems again in other words.")
    return [findings.make("causes.restate_problems", reading.place(stock[0]), reason, WOULD, 0.75)]


def _single(reading: Reading) -> list[Finding]:
    texts = [node["text"] for node in reading.causes]
    whole = "".join(texts)
    brief = len(texts) <= 2 and len(whole) < BRIEF and len(reading.sections) > SEVERAL  # noqa: PLR2004
    run = _common_run(texts) if len(texts) >= SEVERAL else ""
    if not brief and not run:
        return []
    named = f"（“{run}”）" if run else ""
    reason = (f"所有问题只归到一个原因{named}。", "One cause is given for all problems.")
    return [findings.make("causes.one_for_all", reading.place(reading.causes[0]), reason, WOULD, 0.75)]


def _common_run(texts: list[str]) -> str:
    first, rest = texts[0][:400], texts[1:]
    for i in range(len(first) - RUN + 1):
        run = first[i : i + RUN]
        if (
            re.fullmatch(r"[\u4e00-\u9fff]+", run)
            and words.pattern("causes", "common").search(run)
            and all(run in text for text in rest)
        ):
            return run
    return ""


def met_by(text: str, reading: Reading) -> int:
    """How many of the particular pairs of characters of a passage stand in the problems."""
    return len(words.specific(text) & reading.problem_grams)
