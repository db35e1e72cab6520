"""Praise: which clauses of a text tell what went well; shared by those who look for examples and for persuasion.

An aspect may also begin with what went well, at length, and turn only then ("but …"): all before the turn praises.
A clause praises when it has a word of merit, or a figure with a word of achievement, and no word of weakness. A
sentence praises when such clauses are most of it and it admits nothing.
"""

import numpy as np

from services.review import facts
from services.review.glance import Passage
from services.review.stretch import Stretch

SHORT = 4


Told = tuple[int, int, bool]


def told(sentence: Passage) -> Told:
    """How many characters of a sentence's clauses tell a merit, how many a weakness, and whether merits are surely
    meant; a part of one tells what the sentence tells."""
    stretch = sentence.stretch
    return (stretch.known.get(_told) or stretch.once(_told))[sentence.row]


def _told(stretch: Stretch) -> list[Told]:
    """All sentences of a stretch clause by clause."""
    begins, ends = stretch.clauses(SHORT)
    short, merit, judged, achieved = (
        stretch.met(name, begins, ends)
        for name in ("persuasion.short", "persuasion.merit", "problems.judgement", "persuasion.achieve")
    )
    good = merit & ~short & ~judged
    perhaps = (achieved & ~merit & ~short & ~judged).nonzero()[0]
    good[perhaps] = [
        facts.weight(each) >= 1 for each in stretch.told_of(begins[perhaps].tolist(), ends[perhaps].tolist())
    ]
    rows, length = stretch.rows(begins), ends - begins
    merits, weak, times, surely = (
        np.bincount(rows, each, len(stretch.begins)) for each in (good * length, short * length, good, good & merit)
    )
    sure = (times > 1) | (surely > 0)
    return list(zip(merits.tolist(), weak.tolist(), sure.tolist(), strict=True))


def merits(sentence: Passage) -> int:
    """How many characters of a sentence tell what went well: all of it where it admits nothing."""
    good, weak, _ = told(sentence)
    return len(sentence.text) if good and not weak else good


def praises(sentence: Passage) -> bool:
    """Whether a sentence is there to praise: merits are most of it, by a word of merit or more than once."""
    good, weak, sure = told(sentence)
    return sure and good > weak and good * 2 >= len(sentence.text)


def before_turn(body: Passage) -> tuple[Passage, ...]:
    """The sentences an aspect begins with that tell merits and admit nothing, where it turns after them."""
    for i, each in enumerate(body.sentences):
        if each.has("persuasion.turn"):
            first = body.sentences[:i]
            return first if any(map(merits, first)) else ()
        if told(each)[1]:
            return ()
    return ()
