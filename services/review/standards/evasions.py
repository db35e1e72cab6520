"""Evasions, a part of F1: opinions that are taken up and yet not met.

Pushed away: in the sentence that takes an opinion up, or soon after it, it is called somebody else's matter or a
misunderstanding, and the writer owns up to nothing. Answered beside the point: what follows, until the writer admits
something, only tells what was done well or how seriously it was taken; what was so before it was mended ("there used
to be no …") admits nothing. Where a measure takes up what the opinion asks, it is met.
"""

import itertools
import re
from typing import Any

from services.review import letters
from services.review.glance import Passage

from . import praise
from .admission import CLAUSE
from .reading import Reading

Place = tuple[dict[str, Any], Passage]
QUOTED, NEAR, SHARED, SIGNS = 0.6, 4, 2, 2


def pushed_away(reading: Reading, opinion: dict[str, Any]) -> Place | None:
    """The place where an opinion is taken up and pushed away, before the aspects by its number, else by its words."""
    place = reading.opinions.index(opinion)
    number = re.compile(f"第{'一二三四五六七八九十'[place]}条[，,]" if place < 10 else "(?!)")  # noqa: PLR2004
    loose = (node for node in reading.problems if "aspect" not in node)
    for node in (*reading.by_role.get("opening", []), *loose):
        for each in reading.see(node).sentences:
            if number.search(each.text) and denial(reading, node, each):
                return node, each
    words = letters.grams(opinion["text"])
    for node in reading.sections.values():
        for each in reading.see(node).sentences if _quotes(node["text"], words) else ():
            if _quotes(each.text, words) and denial(reading, node, each):
                return node, each
    return None


def _quotes(text: str, words: frozenset[str]) -> bool:
    return sum([pair in text for pair in words]) >= QUOTED * len(words)


def denial(reading: Reading, node: dict[str, Any], told: Passage) -> str | None:
    """The words by which an opinion is pushed away, in the sentence that takes it up or the three after it."""
    near = "".join(each.text for each in _from(reading, node, told))
    found = reading.rules.pattern("problems", "pushes_away").search(near)
    return found.group() if found and not reading.rules.meets("problems", "own_up", near) else None


def beside(reading: Reading, opinion: dict[str, Any], node: dict[str, Any], told: Passage) -> bool:
    """Whether an opinion is answered by what was done well, told by two signs: of attention, deeds, virtue, thanks."""
    named = told.has("problems.answers") or reading.rules.meets("problems", "names_it", told.text)
    if node["role"] == "measure" or not named:
        return False
    asked = letters.grams(opinion["text"])
    reply = [*itertools.takewhile(lambda each: not _admits(reading, each, asked), _from(reading, node, told))]
    text = "".join(each.text for each in reply)
    if reading.rules.meets("problems", "acknowledges", text):
        return False
    signs = {found.group() for found in reading.rules.pattern("problems", "boasts").finditer(text)}
    return len(signs) + any(praise.praises(each) for each in reply) >= SIGNS


def _from(reading: Reading, node: dict[str, Any], told: Passage) -> tuple[Passage, ...]:
    """The sentence that takes an opinion up, and the three after it."""
    sentences = reading.see(node).sentences
    at = next((i for i, each in enumerate(sentences) if each.text == told.text), 0)
    return sentences[at : at + NEAR]


def _admits(reading: Reading, sentence: Passage, asked: frozenset[str]) -> bool:
    """Whether a sentence admits something besides what the opinion itself says, and that was not so only before."""
    if not sentence.has("persuasion.short"):
        return False
    before = reading.rules.pattern("problems", "before")
    return any(
        sentence.part(*clause.span()).has("persuasion.short")
        and not before.search(clause.group())
        and len(asked & letters.grams(clause.group())) < SHARED
        for clause in CLAUSE.finditer(sentence.text)
    )
