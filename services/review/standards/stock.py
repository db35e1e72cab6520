"""Stock: how much of a passage is its writer's own, and how much only passes judgement ("not deep enough")."""

import re

from services.review.glance import Passage
from services.review.stretch import CLAUSE

COUNTED = re.compile(r"[\u4e00-\u9fff0-9]+")
SHORT, EMPTY = 4, 2


def own_share(passage: Passage) -> float:
    """How much of a text is left when the words that every such text is made of are taken out, 0 to 1."""
    taken = passage.covered("problems.generic")
    if not taken:
        return float(COUNTED.search(passage.text) is not None)
    plain = sum(map(len, COUNTED.findall(passage.text)))
    return max(0.0, 1 - taken / plain) if plain else 0.0


def judged_share(passage: Passage) -> float:
    """How many of a text's clauses only pass judgement instead of telling."""
    cut = ((sentence, clause.span()) for sentence in passage.sentences for clause in CLAUSE.finditer(sentence.text))
    clauses = [sentence.part(begin, end) for sentence, (begin, end) in cut if end - begin >= SHORT]
    empty = [
        each
        for each in clauses
        if each.has("problems.judgement") or len(each.text) - each.covered("problems.generic") <= EMPTY
    ]
    return len(empty) / len(clauses) if clauses else 0.0


def is_stock(passage: Passage, left: float, judged: float) -> bool:
    """Whether a passage tells nothing of its own: both signs must agree."""
    return own_share(passage) < left and judged_share(passage) >= judged
