"""Admission: whether a sentence tells a weakness of its writer, shared by what asks whether a problem is told.

What will or should be done, what is asked of others, what might happen if one did not take care, what was so before it
was mended, and a virtue that is presented as a fault tell none.
"""

import re

from services.review.glance import Passage

from .reading import Reading

CLAUSE = re.compile(r"[^，。；！？\n]+")


def admits(reading: Reading, sentence: Passage, *, sure: bool) -> bool:
    """Whether a sentence tells a weakness; `sure`: a mere "not" or "none" does not count, for it may deny one."""
    plan = reading.rules.pattern("problems", "plan")
    if sentence.has("persuasion.praise") or plan.match(sentence.text):
        return False
    if reading.rules.meets("problems", "weakness", sentence.text):
        return True
    if not (sentence.has("problems.weakness") or (sure and sentence.has("problems.judgement"))):
        return False
    supposed = [each.span() for each in reading.rules.pattern("problems", "supposed").finditer(sentence.text)]
    required = _required_from(reading, sentence)
    clauses = (
        sentence.part(*each.span())
        for each in CLAUSE.finditer(sentence.text[:required])
        if not plan.search(each.group())
        and not any(begin < each.end() and each.start() < end for begin, end in supposed)
    )
    if not sure:
        return any(each.has("problems.weakness") for each in clauses)
    denying = set(reading.rules.by_room["problems"]["denying"])
    return any(
        each.has("problems.judgement") or not denying.issuperset(each.words("problems.weakness")) for each in clauses
    )


def _required_from(reading: Reading, sentence: Passage) -> int:
    """Where a sentence begins to say what must be done, if no fact and no writer follows; else its end."""
    must = reading.rules.pattern("problems", "must").search(sentence.text) if sentence.weight < 1 else None
    if must and not reading.rules.meets("problems", "own", sentence.text[must.start() :]):
        return must.start()
    return len(sentence.text)


def asks(reading: Reading, sentence: Passage) -> bool:
    """Whether a sentence asks somebody else to act, and the writer admits nothing before he does."""
    if not sentence.has("problems.asking"):
        return False
    asked = reading.rules.pattern("problems", "asks_others").search(sentence.text)
    if not asked:
        return False
    before = sentence.part(0, asked.start())
    return not (before.has("problems.weakness") and owns(reading, before))


def owns(reading: Reading, passage: Passage) -> bool:
    """Whether the writer is in a passage."""
    own = "own" if reading.personal else "own_team"
    return (reading.personal and passage.has("problems.own")) or reading.rules.meets("problems", own, passage.text)
