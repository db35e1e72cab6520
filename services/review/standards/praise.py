"""Praise: which clauses of a text tell what went well; shared by those who look for examples and for persuasion.

An aspect may also begin with what went well, at length, and turn only then ("but …"): all before the turn praises.
A clause praises when it has a word of merit, or a figure with a word of achievement, and no word of weakness. A
sentence praises when such clauses are most of it and it admits nothing.
"""

from services.review.glance import Passage

from .stock import CLAUSE

SHORT = 4


def merits(sentence: Passage) -> int:
    """How many characters of a sentence tell what went well: all of it where it admits nothing."""
    good = sum(len(each.text) for each in _clauses(sentence) if _is_merit(each))
    return len(sentence.text) if good and not admits(sentence) else good


def admits(passage: Passage) -> int:
    """How many characters of a passage tell a weakness."""
    return sum(len(each.text) for each in _clauses(passage) if each.has("persuasion.short"))


def praises(sentence: Passage) -> bool:
    """Whether a sentence is there to praise: merits are most of it, by a word of merit or more than once."""
    good = [each for each in _clauses(sentence) if _is_merit(each)]
    size = sum(len(each.text) for each in good)
    sure = len(good) > 1 or any(each.has("persuasion.merit") for each in good)
    return sure and size > admits(sentence) and size * 2 >= len(sentence.text)


def before_turn(body: Passage) -> tuple[Passage, ...]:
    """The sentences an aspect begins with that tell merits and admit nothing, where it turns after them."""
    for i, each in enumerate(body.sentences):
        if each.has("persuasion.turn"):
            first = body.sentences[:i]
            return first if any(merits(one) for one in first) and not any(admits(one) for one in first) else ()
        if admits(each):
            return ()
    return ()


def _clauses(passage: Passage) -> list[Passage]:
    return [passage.part(clause) for clause in CLAUSE.findall(passage.text) if len(clause) >= SHORT]


def _is_merit(clause: Passage) -> bool:
    if clause.has("persuasion.short") or clause.has("problems.judgement"):
        return False
    return clause.has("persuasion.merit") or (clause.has("persuasion.achieve") and clause.weight >= 1)
