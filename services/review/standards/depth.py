"""Depth, a part of F4: causes that dig no deeper than the problems they stand for.

What the rules stand on:
- restated: causes that only pass judgement ("not deep enough"), say the problem's facts again ("the reason is that it
  was not checked"), tell what came of it ("harmed the image of …"), exhort ("one must always …") or plan, and touch
  nothing within: no conviction, purpose, spirit, style, discipline, no thought one had.
- shallow: whatever words they choose, not more than a third of a section's causes touch any of these, and all together
  hardly oftener. Of the materials whose causes passed a reader 2 in 294 have so few, of those that failed two thirds.
  Where most of the aspects were not found, what was taken for causes may be something else: only noted.
- exhorting: in half of them or more, what must or should be done is said oftener than what was amiss.
"""

from typing import Any

from services.review import structure
from services.review.glance import Passage

from . import findings, stock
from .reading import Reading

Finding = dict[str, Any]
AGAIN = 0.3
WITHIN = structure.WITHIN
ROOTS = tuple(each for each in WITHIN if each != "causes.mind")
WOULD = (
    "从理想信念、宗旨意识、党性修养、工作作风、纪律规矩上，逐条对着前面的问题找自己的原因。",
    "Look for your own reasons (conviction, purpose, party spirit, style, discipline), problem by problem.",
)


def judge(reading: Reading) -> list[Finding]:
    """Where causes say the problems again, or what everybody should do."""
    hollow = [node for node in reading.causes if _is_hollow(reading, node)]
    if hollow and len(hollow) >= reading.rules.limit("causes", "hollow") * len(reading.causes):
        reason = (
            "原因只是把问题或它的后果换个说法，没有往深处挖。",
            "The causes only say the problems, or what came of them, again.",
        )
        return [findings.make("causes.restate_problems", reading.place(hollow[0]), reason, WOULD, 0.75)]
    return _exhorting(reading) or _shallow(reading)


def _exhorting(reading: Reading) -> list[Finding]:
    told = list(reading.bare.values())
    calls = [each for each in told if each.count("causes.must") > each.count("problems.weakness")]
    if len(calls) < reading.rules.limit("causes", "exhorting") * len(told):
        return []
    reason = ("原因写成了口号和要求，没有说自己为什么没做到。", "The causes say what must be done, not what was amiss.")
    return [findings.make("causes.exhort", reading.place(reading.causes[told.index(calls[0])]), reason, WOULD, 0.75)]


def _shallow(reading: Reading) -> list[Finding]:
    """Too few of a section's causes touch anything within; where most name a month they may be problems."""
    limit, total = reading.rules.limit, len(reading.causes)
    told = list(reading.bare.values())
    touched = [each.count(*ROOTS) for each in told]
    deep = sum(times > 0 for times in touched)
    if (
        total <= limit("causes", "several")
        or any("in_place" in node for node in reading.causes)
        or sum(reading.rules.meets("facts", "month", each.text) for each in told) * 2 > total
        or deep > limit("causes", "deep") * total
        or sum(touched) >= limit("causes", "deep_times") * total
    ):
        return []
    place = reading.place(reading.causes[touched.index(0)])
    reason = (
        f"{total} 条原因中只有 {deep} 条触及思想、党性、作风、纪律，其余停在问题表面。",
        f"Only {deep} of {total} causes touch anything within; the others stay on the surface.",
    )
    return [findings.make("causes.shallow", place, reason, WOULD, 0.75, fail=not reading.lost)]


def touches(cause: Passage) -> bool:
    """Whether a cause touches something within besides a thought one had."""
    return cause.count(*ROOTS) > 0


def _is_hollow(reading: Reading, node: dict[str, Any]) -> bool:
    """Whether a cause only passes judgement, says a problem again, or what everybody should do."""
    cause, rules = reading.bare[node["id"]], reading.rules
    left, judged = (rules.limit("causes", key) for key in ("stock_left", "stock_judged"))
    within = cause.count(*WITHIN)
    if stock.is_stock(cause, left, judged) or rules.meets("causes", "restates", node["text"]):
        return True
    if rules.pattern("problems", "plan").match(cause.text) and not cause.has("causes.scattered"):
        return True
    if rules.meets("causes", "restates_fact", node["text"]) and within == cause.count("causes.mind"):
        return True
    if (effects := cause.count("causes.effects")) > within and (effects > 1 or not within):
        return True
    if not within and (cause.has("causes.hollow") or (_again(cause, reading) and not cause.has("causes.scattered"))):
        return True
    return rules.meets("causes", "slogan", cause.text) and not cause.has("causes.scattered")


def _again(cause: Passage, reading: Reading) -> bool:
    """Whether a cause says mostly what a problem said."""
    return len(cause.specific & reading.problem_grams) >= AGAIN * max(len(cause.specific), 1)
