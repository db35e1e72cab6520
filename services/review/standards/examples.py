"""F2, concrete examples: behind every problem stands something that happened: when, where, who, what project, how
many.

What the rules stand on: a fact's weight (see `facts`) in what an aspect tells, not words like "for instance". From
weight 1 on (a figure with its unit, a month, or two things that help: a named place, "the week before Mid-Autumn")
there is an example, whether in figures or in words. Not counted: quantities nobody counted, masked names, numbers of
doctrine, achievements ("53 contracts signed", "but on the whole …"), what a rule, plan or standard says (its chapters,
limits, days, until somebody does or fails to do something), what there is ("the town has 14 villages": nothing
admitted, no day, not the writer), and sentences about somebody else (another county, an officer of a place the title
does not have, a predecessor, a case from the news) that the writer has no part in, or looks into as into a mirror
("their lesson is mine"). One aspect without an example is only noted, unless it pretends to have one; from two on the
standard fails. Where most of the aspects were not found it is only noted.
"""

import itertools
import re
from typing import Any

from services.review import facts
from services.review.glance import Passage

from . import findings, praise
from .reading import Reading

Finding = dict[str, Any]
MASKS = 2
CLAUSE = re.compile(r"[^，。；：\n]+")
PLACE = 3  # characters by which a place is known again in the title
WOULD = (
    "为每个问题举出本人（本班子）的具体事例：时间、地点、项目、数字或案例，经得起核对。",
    "Give for each problem an example of your own that can be checked: time, place, project, figure or case.",
)


def judge(reading: Reading) -> list[Finding]:
    """Where a problem has nothing behind it."""
    bodies = {code: body for code, body in reading.bodies.items() if body.text} or _without_aspects(reading)
    found = []
    for code, body in bodies.items():
        if not _is_exemplified(reading, body):
            found.append(_lacking(reading, code, body))
    pretends = any(each["code"] in ("masked", "sham") for each in found)
    if reading.lost or (len(found) == 1 and not pretends and len(bodies) > 1):
        for each in found:
            each["severity"], each["confidence"] = "note", 0.4 if reading.lost else 0.6
    return found


def _without_aspects(reading: Reading) -> dict[str, Passage]:
    return {node["id"]: reading.see(node) for node in reading.problems}


def _is_exemplified(reading: Reading, body: Passage) -> bool:
    """Whether enough can be checked in the sentences that are about the writer, or at least not about somebody else or
    what there is."""
    boasted, told = praise.before_turn(body), body.sentences
    whole = reading.rules.pattern("examples", "on_the_whole")
    turns = body.has("examples.whole") and whole.search(body.text)
    own: facts.Told = facts.NOTHING, facts.NOTHING
    normed, norm = [], reading.rules.pattern("examples", "norm")
    for each, after in itertools.zip_longest(told, told[1:]):
        if (
            not any(each.told)
            or each in boasted
            or _elsewhere(reading, each, after)
            or praise.praises(each)
            or _background(reading, each)
        ):
            continue
        turn = whole.search(each.text) if turns else None
        part = each.part(0, turn.start()) if turn else each
        if part.has("examples.norm") and norm.search(part.text):
            normed.append(part)
            continue
        own = _with(own, part)
        if facts.weight(own) >= 1:
            return True
    for each in normed:
        for part in _besides_norms(reading, each):
            own = _with(own, part)
    return facts.weight(own) >= 1


def _with(own: facts.Told, part: Passage) -> facts.Told:
    """What can be checked, with what can be in one passage more."""
    strong, helping = part.told
    return own[0] | strong, own[1] | helping


def _besides_norms(reading: Reading, sentence: Passage) -> list[Passage]:
    """A sentence without what a rule, plan or standard says: from where it is named until something happens."""
    norm, happened = (reading.rules.pattern("examples", key) for key in ("norm", "happened"))
    kept: list[Passage] = []
    of_norm = False
    for clause in CLAUSE.finditer(sentence.text):
        of_norm = (of_norm or bool(norm.search(clause.group()))) and not happened.search(clause.group())
        if not of_norm:
            kept.append(sentence.part(*clause.span()))
    return kept


def _background(reading: Reading, sentence: Passage) -> bool:
    """Whether a sentence only says what there is: it admits nothing, and neither the writer nor a day is in it."""
    if sentence.has("persuasion.short"):
        return False
    rules = reading.rules
    happened = sentence.has("facts.moment") or rules.meets("facts", "month", sentence.text)
    return rules.meets("examples", "background", sentence.text) or not (happened or sentence.has("examples.own"))


def _elsewhere(reading: Reading, sentence: Passage, after: Passage | None) -> bool:
    """Whether a sentence is about somebody else: it says so, or the writer looks into it as into a mirror."""
    elsewhere, own = sentence.has("examples.elsewhere"), sentence.has("examples.own")
    elsewhere = elsewhere or (not own and _abroad(reading, sentence.text))
    if sentence.has("examples.mirror"):
        return elsewhere or not own
    return (elsewhere or (after is not None and after.has("examples.mirror"))) and not own


def _abroad(reading: Reading, text: str) -> bool:
    """Whether somebody in another place is spoken of (a head of a bureau in … city), one the title does not have."""
    found = reading.rules.pattern("examples", "abroad").search(text)
    title = "".join(line["text"] for line in reading.lines if line["role"] == "title")
    return found is not None and found.group(1)[-PLACE:] not in title


def _lacking(reading: Reading, code: str, body: Passage) -> Finding:
    title = reading.titles.get(code, "")
    node = reading.sections.get(code) or next(each for each in reading.problems if each["id"] == code)
    told = body.sentences
    masked = next((each.text for each in told if facts.MASK.search(each.text)), None)
    foreign = next((each for each in told if each.weight >= 1), None)
    marked = next((each.text for each in told if each.has("examples.markers")), None)
    vague = next((each.text for each in told if reading.rules.meets("examples", "vague", each.text)), None)
    if masked and len(facts.MASK.findall(body.text)) >= MASKS:
        reason = (
            f"“{title}”方面的事例用“某”代替，无从核对。",
            f"The examples under “{title}” are masked and cannot be checked.",
        )
        return findings.make("examples.masked", reading.at(node, masked), reason, WOULD, 0.9)
    if foreign and (praise.praises(foreign) or foreign in praise.before_turn(body)):
        reason = (
            f"“{title}”方面的数字都在成绩上，问题没有事例。",
            f"Under “{title}” the figures are all about achievements; the problem has none.",
        )
        return findings.make("examples.only_merits", reading.at(node, foreign.text), reason, WOULD, 0.75)
    if foreign and foreign.has("examples.norm") and not _elsewhere(reading, foreign, None):
        reason = (
            f"“{title}”方面的数字出自规定、文件或标准，不是自己的事例。",
            f"The figures under “{title}” are those of rules, plans or standards, no example of the writer's own.",
        )
        return findings.make("examples.of_rules", reading.at(node, foreign.text), reason, WOULD, 0.75)
    if foreign:
        reason = (f"“{title}”方面举的是别人的事例，不是自己的。", f"The example under “{title}” is somebody else's.")
        return findings.make("examples.of_others", reading.at(node, foreign.text), reason, WOULD, 0.7)
    if marked:
        reason = (
            f"“{title}”方面虽有“比如”，后面仍是概括，没有时间、地点、项目或数字。",
            f"Under “{title}” “for instance” is followed by a generality: no time, place, project or figure.",
        )
        return findings.make("examples.sham", reading.at(node, marked), reason, WOULD, 0.85)
    reason = (f"“{title}”方面的问题没有具体事例。", f"The problem under “{title}” has no concrete example behind it.")
    return findings.make(
        "examples.no_example", reading.at(node, vague) if vague else reading.place(node), reason, WOULD, 0.85
    )
