"""Others, a part of F1: an aspect that tells what others did, and nothing of its writer.

Half of the sentences in which it admits something, or more, have others as their subject, and none the writer; a
sentence without subject, or about those whom the writer deals with, is the writer's own. Others are who acts or lacks
something where a clause begins with one of them (enterprises, societies, townships, stations, a post, a trade …) and no
preposition or verb makes them those to whom it was done, and a weakness follows. Where the first sentence admits
something and names nobody, it is the writer's own, unless all others are theirs; so is what says that nobody was
reminded, stopped or asked. A writer who only called the meeting
or found it out, whose these others are, or who has it to bear, is not in a sentence. What it boasts of before, and that
the writer is moved by what others did, does not count.

One such aspect is noted, unless it tells mostly of those who were before, or others are plainly who acts: in two of its
sentences in a person's outline or beside those before, in all of them, from the first, in a team's. A team's problems
may well be told by what its departments did, if it says once what it did itself.
"""

import re
from typing import Any

from services.review.glance import Passage

from . import findings, praise
from .reading import Reading

Finding = dict[str, Any]
CLAUSE = re.compile("[，。；：、]")
PLAIN, BRIEF = 2, 12
FAULTS = ("problems.weakness", "problems.vice", "persuasion.short")


def judge(reading: Reading) -> list[Finding]:
    """A finding for each aspect that tells what others did."""
    hits, sure = [], False
    for code, body in reading.bodies.items():
        boasted = praise.before_turn(body)
        if any(_is_of_writer(reading, each) and _admitting(each, boasted) for each in body.sentences):
            continue
        told = [each for each in body.sentences if _admitting(each, boasted)]
        before = [each for each in told if reading.rules.meets("problems", "predecessors", each.text)]
        acting = [each for each in told if each in before or _others_act(reading, each)]
        lacking = [each for each in told if each in acting or _others_lack(reading, each)]
        theirs = [each.text for each in told if each in lacking or each.has("problems.others")]
        if not before and any(reading.rules.meets("problems", "left_undone", each.text) for each in told):
            continue
        if told and _is_own_topic(told[0], theirs) and not before and not PLAIN <= len(theirs) == len(told) - 1:
            continue
        plain = (before or reading.personal) and len(acting) >= PLAIN
        plain = plain or (
            len(told) >= PLAIN
            and len(lacking) == len(told)
            and (_others_lack(reading, told[0], first=True) or (reading.personal and told[0] in before))
        )
        sure = sure or plain or len(before) * 2 >= len(told) > 0
        if theirs and (plain or len(theirs) * 2 >= len(told)):
            hits.append((code, theirs[0]))
    found = []
    for code, sentence in hits:
        title = reading.titles[code]
        reason = (
            f"“{title}”方面说的是别人的问题，没有检查自己。",
            f"“{title}” tells the problems of others, not the writer's own.",
        )
        would = (
            "把自己摆进去：自己在这件事上做了什么、没做什么。",
            "Put yourself in: what you did or failed to do in this matter.",
        )
        anchor = reading.at(reading.sections[code], sentence)
        found.append(
            findings.make("problems.problems_of_others", anchor, reason, would, 0.75, fail=sure or len(hits) > 1)
        )
    return found


def _is_of_writer(reading: Reading, sentence: Passage) -> bool:
    """Whether the writer is in a sentence, besides in the name of who was before, and is more than a bystander."""
    if reading.personal and sentence.has("problems.own"):
        return True
    own, meets = "own" if reading.personal else "own_team", reading.rules.meets
    if not meets("problems", own, sentence.text):
        return False
    known = [key for key in ("predecessors", "stands_by") if meets("problems", key, sentence.text)]
    text = sentence.text
    for key in reversed(known):
        text = reading.rules.pattern("problems", key).sub("", text)
    return not known or meets("problems", own, text)


def _admitting(sentence: Passage, boasted: tuple[Passage, ...]) -> bool:
    """Whether a sentence may tell a fault: it neither boasts nor looks at others as into a mirror."""
    return sentence not in boasted and not praise.praises(sentence) and not sentence.has("examples.mirror")


def _others_act(reading: Reading, sentence: Passage) -> bool:
    """Whether others are who acts in a sentence, and not whom something is done to."""
    if any(reading.rules.meets("problems", key, sentence.text) for key in ("others_act", "upward")):
        return True
    dealt = reading.rules.pattern("problems", "dealt_with")
    begins = (begin for begin, _ in sentence.spans("problems.others"))
    return any(not dealt.search(CLAUSE.split(sentence.text[:begin])[-1]) for begin in begins)


def _is_own_topic(first: Passage, theirs: list[str]) -> bool:
    """Whether the first sentence admits something of nobody else: then so is what follows."""
    admits = first.has("problems.weakness") or len(first.text) <= BRIEF
    return first.text not in theirs and admits and not first.has("problems.vice")


def _others_lack(reading: Reading, sentence: Passage, first: bool = False) -> bool:
    """Whether a clause, or the first, begins with others who are not acted on, and their weakness or vice follows; what
    admits something before that is the writer's.
    """
    acted_on, named = (reading.rules.pattern("problems", key) for key in ("acted_on", "others_lack"))
    for each in [*filter(None, [named.match(sentence.text)])] if first else named.finditer(sentence.text):
        rest = sentence.part(each.end(), len(sentence.text))
        if sentence.part(0, each.start()).has("problems.weakness"):
            return False
        if not acted_on.search(each.group(1)) and any(rest.has(fault) for fault in FAULTS):
            return True
    return False
