"""Others, a part of F1: an aspect that tells what others did, and nothing of its writer.

Half of the sentences in which it admits something, or more, have others as their subject, and none the writer; a
sentence without subject, or about those whom the writer deals with, is the writer's own. What it boasts of before, and
that the writer is moved by what others did, does not count. One such aspect is noted, unless it tells mostly of those
who were before, or others are plainly who acts in two of its sentences: of a person's outline, or beside those before.
A team's problems may well be told by what its departments did.
"""

import re
from typing import Any

from services.review.glance import Passage

from . import findings, praise
from .reading import Reading

Finding = dict[str, Any]
CLAUSE = re.compile("[，。；：、]")
PLAIN = 2


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
        theirs = [each.text for each in told if each in acting or each.has("problems.others")]
        plain = (before or reading.personal) and len(acting) >= PLAIN
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
    """Whether the writer is in a sentence, besides in the name of who was before."""
    if reading.personal and sentence.has("problems.own"):
        return True
    own, meets = "own" if reading.personal else "own_team", reading.rules.meets
    if not meets("problems", own, sentence.text):
        return False
    if not meets("problems", "predecessors", sentence.text):
        return True
    gone = reading.rules.pattern("problems", "predecessors")
    return meets("problems", own, gone.sub("", sentence.text))


def _admitting(sentence: Passage, boasted: tuple[Passage, ...]) -> bool:
    """Whether a sentence may tell a fault: it neither boasts nor looks at others as into a mirror."""
    return sentence not in boasted and not praise.praises(sentence) and not sentence.has("examples.mirror")


def _others_act(reading: Reading, sentence: Passage) -> bool:
    """Whether others are who acts in a sentence, and not whom something is done to."""
    if reading.rules.meets("problems", "others_act", sentence.text):
        return True
    dealt = reading.rules.pattern("problems", "dealt_with")
    begins = (begin for begin, _ in sentence.spans("problems.others"))
    return any(not dealt.search(CLAUSE.split(sentence.text[:begin])[-1]) for begin in begins)
