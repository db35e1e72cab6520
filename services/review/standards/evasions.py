"""Evasions, a part of F1: opinions that are taken up and yet not met.

Pushed away: in the sentence that takes an opinion up, or soon after it, it is called somebody else's matter, one of
premises and means, or a misunderstanding, or not gone into, and the writer owns up to nothing. Where facts are set
right first and something is owned up to after, it is answered, even before the aspects. Answered beside the point:
what follows, until the writer admits something, only tells what was done well or how seriously it was taken; what was
so before it was mended ("there used to be no …") admits nothing. Where a measure takes up what the opinion asks, it is
met.
"""

import functools
import itertools
import re
from typing import Any

from services.review import letters
from services.review.glance import Passage

from . import praise
from .admission import CLAUSE
from .reading import Reading

Place = tuple[dict[str, Any], Passage]
QUOTED, NEAR, FOLLOWING, SHARED, SIGNS = 0.6, 4, 5, 2, 2


def pushed_away(reading: Reading, opinion: dict[str, Any]) -> Place | None:
    """The place where an opinion is taken up and pushed away, before the aspects by its number, else by its words."""
    place = reading.opinions.index(opinion)
    number = re.compile(f"第{'一二三四五六七八九十'[place]}条[，,]" if place < 10 else "(?!)")  # noqa: PLR2004
    loose = (node for node in reading.problems if "aspect" not in node)
    words = _grams(opinion["text"])
    for node in (*reading.by_role.get("opening", []), *loose):
        for each in reading.see(node).sentences:
            taken_up = number.search(each.text) or (_quotes(each.text, words) and _quotes_one(reading, each))
            if taken_up and denial(reading, node, each):
                return node, each
    for node in (*reading.sections.values(), *reading.causes):
        quoted, numbered = _quotes(node["text"], words), number.search(node["text"])
        for each in reading.see(node).sentences if quoted or numbered else ():
            taken = (quoted and _quotes(each.text, words)) or (numbered and number.search(each.text))
            if taken and denial(reading, node, each):
                return node, each
    return None


@functools.lru_cache(maxsize=64)
def _grams(opinion: str) -> frozenset[str]:
    return letters.grams(opinion)


def _quotes(text: str, words: frozenset[str]) -> bool:
    return sum([pair in text for pair in words]) >= QUOTED * len(words)


def _quotes_one(reading: Reading, sentence: Passage) -> bool:
    """Whether no more than one opinion is in a sentence: more are a list."""
    return sum(_quotes(sentence.text, _grams(each["text"])) for each in reading.opinions) == 1


def set_right(reading: Reading, opinion: dict[str, Any]) -> Place | None:
    """The place before the aspects where facts are set right and then something is owned up to, in what follows an
    opinion there and speaks of it.
    """
    words = letters.grams(opinion["text"])
    for node in reading.by_role.get("opening", []):
        told = reading.see(node).sentences
        at = next((i for i, each in enumerate(told) if _quotes(each.text, words)), len(told))
        for each in told[at + 1 : at + 1 + FOLLOWING]:
            if any(_quotes(each.text, letters.grams(other["text"])) for other in reading.opinions):
                break
            if reading.rules.meets("problems", "own_up", each.text):
                spoken = "".join(one.text for one in told[at + 1 : at + 1 + FOLLOWING])
                return (node, each) if len(words & letters.grams(spoken)) > SHARED else None
    return None


def denial(reading: Reading, node: dict[str, Any], told: Passage) -> str | None:
    """The words by which an opinion is pushed away, in the sentence that takes it up or the three after it."""
    near = _from(reading, node, told)
    if not reading.rules.meets("problems", "pushes_away", "\n".join(each.text for each in near)):
        return None
    pushes = reading.rules.pattern("problems", "pushes_away")
    found = next(((each, hit) for each in near if (hit := pushes.search(each.text))), None)
    if found is None or any(reading.rules.meets("problems", key, found[0].text) for key in ("own_part", "later")):
        return None
    before = itertools.takewhile(lambda each: each is not found[0], near)
    if any(reading.rules.meets("problems", "granted", each.text) for each in before):
        return None
    owned = reading.rules.meets("problems", "own_up", "".join(each.text for each in near))
    return None if owned else found[1].group()


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
