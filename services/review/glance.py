"""Glance: each sentence of a material is looked at once, and everybody asks what was seen.

What is seen of a passage: which word lists it meets, what in it can be checked (see `facts`), and the pairs of
characters it is known by. A passage of several sentences is what its sentences are. A glance belongs to one material
and one version of the rules and is thrown away with them.
"""

from collections.abc import Iterable
from functools import cached_property

from . import facts
from .rules import Rules


class Passage:
    """A sentence, or several."""

    def __init__(self, text: str, glance: "Glance", parts: tuple["Passage", ...] = ()) -> None:
        self.text, self.sentences, self._glance = text, parts or (self,), glance
        self._parts = parts

    @cached_property
    def hits(self) -> dict[str, int]:
        """How often each word list is met."""
        if not self._parts:
            return {name: len(spans) for name, spans in self._spans.items()}
        counted: dict[str, int] = {}
        for part in self._parts:
            for name, times in part.hits.items():
                counted[name] = counted.get(name, 0) + times
        return counted

    @cached_property
    def _spans(self) -> dict[str, list[tuple[int, int]]]:
        return self._glance.rules.hits(self.text)

    def has(self, name: str) -> bool:
        """Whether a word list is met."""
        return name in self.hits

    def count(self, *names: str) -> int:
        """How often word lists are met."""
        return sum(self.hits.get(name, 0) for name in names)

    def words(self, name: str) -> list[str]:
        """The words by which a list is met."""
        if self._parts:
            return [word for part in self._parts for word in part.words(name)]
        return [self.text[begin:end] for begin, end in self._spans.get(name, ())]

    def covered(self, name: str) -> int:
        """How many characters the words of a list take."""
        if self._parts:
            return sum(part.covered(name) for part in self._parts)
        return sum(end - begin for begin, end in self._spans.get(name, ()))

    def part(self, text: str) -> "Passage":
        """A part of it, looked at by itself."""
        return self._glance.of(text)

    @cached_property
    def told(self) -> tuple[frozenset[str], frozenset[str]]:
        """What can be checked: what stands for itself, and what only helps."""
        if not self._parts:
            return facts.told(self.text, self._spans)
        return (
            frozenset().union(*(part.told[0] for part in self._parts)),
            frozenset().union(*(part.told[1] for part in self._parts)),
        )

    @property
    def weight(self) -> float:
        """How much of it can be checked; from 1 on there is an example in it."""
        return len(self.told[0]) + 0.5 * len(self.told[1])

    @cached_property
    def specific(self) -> frozenset[str]:
        """The pairs of characters by which it can be known again."""
        if self._parts:
            return frozenset().union(*(part.specific for part in self._parts))
        return facts.grams(self.text.translate(self._glance.stop)) - self._glance.common

    @cached_property
    def grams(self) -> frozenset[str]:
        """All its pairs of Chinese characters."""
        return facts.grams(self.text)


class Glance:
    """What was seen of one material so far."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.stop = rules.stop
        self.common = rules.common
        self._seen: dict[str, Passage] = {}

    def of(self, text: str) -> Passage:
        """A passage by its words."""
        found = self._seen.get(text)
        if found is None:
            cut = facts.sentences(text)
            parts = () if len(cut) <= 1 else tuple(self.of(each) for each in cut)
            found = self._seen[text] = Passage(text, self, parts)
        return found

    def weight(self, texts: Iterable[str]) -> float:
        """What can be checked in several passages together."""
        return self.of("".join(texts)).weight
