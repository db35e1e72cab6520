"""Praise: which clauses of a text tell what went well; shared by those who look for examples and for persuasion.

An aspect may also begin with what went well, at length, and turn only then ("but …"): all before the turn praises.
A clause praises when it has a word of merit, or a figure with a word of achievement, and no word of weakness. A
sentence praises when such clauses are most of it and it admits nothing.
"""

from typing import NamedTuple

from services.review.glance import Passage

from .stock import CLAUSE

SHORT = 4


class Told(NamedTuple):
    """What the clauses of a sentence tell: characters of merit, of weakness; whether the merits are surely meant."""

    merit: int
    weak: int
    sure: bool


def told(sentence: Passage) -> Told:
    """A sentence clause by clause."""
    clauses = [sentence.part(clause) for clause in CLAUSE.findall(sentence.text) if len(clause) >= SHORT]
    good = [each for each in clauses if _is_merit(each)]
    sure = len(good) > 1 or any(each.has("persuasion.merit") for each in good)
    weak = sum(len(each.text) for each in clauses if each.has("persuasion.short"))
    return Told(sum(len(each.text) for each in good), weak, sure)


def merits(sentence: Passage) -> int:
    """How many characters of a sentence tell what went well: all of it where it admits nothing."""
    good, weak, _ = sentence.once(told)
    return len(sentence.text) if good and not weak else good


def praises(sentence: Passage) -> bool:
    """Whether a sentence is there to praise: merits are most of it, by a word of merit or more than once."""
    good, weak, sure = sentence.once(told)
    return sure and good > weak and good * 2 >= len(sentence.text)


def before_turn(body: Passage) -> tuple[Passage, ...]:
    """The sentences an aspect begins with that tell merits and admit nothing, where it turns after them."""
    for i, each in enumerate(body.sentences):
        if each.has("persuasion.turn"):
            first = body.sentences[:i]
            return first if any(merits(one) for one in first) and not any(one.once(told).weak for one in first) else ()
        if each.once(told).weak:
            return ()
    return ()


def _is_merit(clause: Passage) -> bool:
    if clause.has("persuasion.short") or clause.has("problems.judgement"):
        return False
    return clause.has("persuasion.merit") or (clause.has("persuasion.achieve") and clause.weight >= 1)
