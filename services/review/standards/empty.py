"""Empty, a part of F1: an aspect that tells no problem of its writer.

It sends the reader elsewhere, declares that there is nothing, says that it was told in confidence and is not told here,
asks others to act, boasts of virtue or achievements, plans, fears what might happen some day, tells what was mended
long ago, or tells neither a weakness nor anything that can be checked. A sentence that
admits something acquits all but the first and the one before the last; beside a declaration or virtue a mere "not" or
"none" admits nothing, and a fact acquits virtue. What must be done admits nothing, however often it says "not".
What is only guessed to be about an aspect is noted.
"""

import re
from typing import Any

from services.review.glance import Passage

from . import admission, findings, praise
from .reading import Reading

Finding = dict[str, Any]
SEVERAL = 3
COUNTS = re.compile(r"[\d二三四五六七八九十两百千][\u4e00-\u9fff]")
PASSIVE = {"被"}  # no weakness where it only names whom something was done to
REASONS = {
    "refers": ("只说与别处相同，没有写出问题", "only refers to another passage and names no problem"),
    "withholds": (
        "说有问题却不写是什么，只称已另作说明、不便展开",
        "says there is something but keeps it back, as told elsewhere or not fit to be told here",
    ),
    "declares": ("称没有问题，等于没有检视", "declares that there is no problem: it is not examined"),
    "asks": (
        "写的是对上级和别人的要求、建议，没有写出自己的问题",
        "asks others to act and names no problem of the writer's own",
    ),
    "boasts": ("只讲自己做得好，没有写出问题", "tells only what is well and names no problem"),
    "over": ("写的是早已改了的旧事，没有写出现在的问题", "tells what was mended long ago and names no problem of now"),
    "nothing": ("没有写出问题", "tells no problem"),
}
WOULD = (
    "查摆出本方面自己的问题；确无的，说明如何查找、征求意见结果。",
    "Name a problem of this aspect, or show how it was looked for.",
)


def judge(reading: Reading) -> list[Finding]:
    """A finding for each aspect that tells no problem."""
    found = []
    for code, body in reading.bodies.items():
        if kind := _kind(reading, body):
            title, (zh, en) = reading.titles[code], REASONS[kind]
            reason = (f"“{title}”方面{zh}。", f"“{title}” {en}.")
            anchor = reading.place(reading.sections[code])
            sure = code not in reading.guessed
            rule, confidence = "problems.aspect_without_problem", 0.85 if sure else 0.4
            found.append(findings.make(rule, anchor, reason, WOULD, confidence, fail=sure))
    return found


def _kind(reading: Reading, body: Passage) -> str | None:
    """How an aspect tells no problem; nothing where it tells one."""
    rules, sentences = reading.rules, body.sentences
    if not body.text:
        return "nothing"
    if _refers(reading, body):
        return "refers"
    declared = rules.meets("problems", "declares_none", body.text)
    none = [
        each
        for each in (sentences if declared or body.has("problems.declares_none") else ())
        if each.has("problems.declares_none") or rules.meets("problems", "declares_none", each.text)
    ]
    told = [each for each in sentences if each not in none]
    if _withholds(reading, body, told):
        return "withholds"
    asked = [each for each in told if admission.asks(reading, each)]
    if asks := len(asked) * 2 >= len(told) > 0:
        told = [each for each in told if each not in asked and _mine(reading, each)]
    sure = bool(none)
    if rules.meets("problems", "mended", body.text) and _is_over(reading, told, sure):
        return "over"
    if any(admission.admits(reading, each, sure=sure) for each in told):
        return "boasts" if rules.meets("problems", "virtue", body.text) and _virtuous(reading, told) else None
    return "declares" if none else "asks" if asks else _of_well(reading, body, told)


def _refers(reading: Reading, body: Passage) -> bool:
    """Whether it sends the reader elsewhere, and is short or tells little else and nothing that can be checked."""
    short = len(body.text) <= reading.rules.limit("problems", "short")
    if not short and body.weight >= 1:
        return False
    elsewhere = [
        each
        for each in body.sentences
        if each.has("problems.refers") or reading.rules.meets("problems", "refers", each.text)
    ]
    return len(elsewhere) * 2 >= len(body.sentences) or (short and bool(elsewhere))


def _withholds(reading: Reading, body: Passage, told: list[Passage]) -> bool:
    """Whether it keeps back what the problem is, and tells nothing that can be checked nor admits anything besides."""
    if body.weight >= 1:
        return False
    withheld = reading.rules.pattern("problems", "withheld")
    kept_back = [
        each for each in told if (it := withheld.search(each.text)) and not COUNTS.search(each.text[: it.start()])
    ]
    rest = (each for each in told if each not in kept_back)
    return bool(kept_back) and not any(admission.admits(reading, each, sure=True) for each in rest)


def _of_well(reading: Reading, body: Passage, told: list[Passage]) -> str | None:
    """How an aspect that admits nothing tells no problem; nothing where its facts may be one."""
    if _boasts(reading, body) or _virtuous(reading, told):
        return "boasts"
    planned = any(reading.rules.meets("problems", "plan", each.text) for each in told)
    return "nothing" if planned or _says_nothing(reading, body) else None


def _mine(reading: Reading, sentence: Passage) -> bool:
    return sentence.has("problems.judgement") or admission.owns(reading, sentence)


def _is_over(reading: Reading, told: list[Passage], sure: bool) -> bool:
    """Whether all it admits was so years ago, and a sentence that admits nothing says how it is better now."""
    if not any(
        reading.rules.meets("problems", "mended", each.text) and not each.has("persuasion.short") for each in told
    ):
        return False
    bygone = [each for each in told if reading.rules.meets("problems", "bygone", each.text)]
    return bool(bygone) and all(each in bygone or not admission.admits(reading, each, sure=sure) for each in told)


def _boasts(reading: Reading, body: Passage) -> bool:
    """Whether it tells merits and little else, or all that can be checked in it praises."""
    if body.has("persuasion.merit") and body.weight < reading.rules.limit("problems", "many"):
        return True
    told = [each for each in body.sentences if any(each.told)]
    achieved = len(told) >= SEVERAL and all(each.has("persuasion.achieve") for each in told)
    return (achieved and not body.has("persuasion.short")) or (bool(told) and all(map(praise.praises, told)))


def _virtuous(reading: Reading, told: list[Passage]) -> bool:
    """Whether one's own virtue is affirmed, and besides nothing is admitted, nor a fact told that has a weakness."""
    rest = [each for each in told if not reading.rules.meets("problems", "virtue", each.text)]
    return len(rest) < len(told) and not any(
        (each.weight >= 1 and set(each.words("persuasion.short")) - PASSIVE)
        or admission.admits(reading, each, sure=True)
        for each in rest
    )


def _says_nothing(reading: Reading, body: Passage) -> bool:
    """Whether it has neither a fact nor any word of weakness, nor was read from a table, whose head may look so."""
    if body.weight >= 1 or body.has("persuasion.short") or body.has("persuasion.praise"):
        return False
    return not any(line["table"] and line["text"] in body.text for line in reading.lines)
