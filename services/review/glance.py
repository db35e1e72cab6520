"""Glance: a material is looked at once, and everybody asks what was seen.

What is seen of a passage: which word lists it meets, what in it can be checked (see `facts`), and the pairs of
characters it is known by. A material is looked at as one stretch of text; its sentences, and parts of them, are places
in it, and several sentences together are what each of them is. A glance belongs to one material and one version of the
rules and is thrown away with them.
"""

import bisect
import itertools
from collections.abc import Iterable
from functools import cached_property

from . import facts
from .rules import Rules
from .stretch import Spans, Stretch


class Passage:
    """A sentence of a stretch; `row`: which of its sentences it is, `counts`: how often it meets each list."""

    def __init__(self, text: str, stretch: Stretch, begin: int, row: int) -> None:
        self.text, self.stretch, self.row = text, stretch, row
        self.begin, self.end = begin, begin + len(text)
        self.lists, self.counts = stretch.lists, stretch.counts[row]

    @property
    def sentences(self) -> tuple["Passage", ...]:
        """The sentences it has: itself, or several."""
        return (self,)

    def has(self, name: str) -> bool:
        """Whether a word list is met."""
        number = self.lists.get(name)
        return number is not None and self.counts[number] > 0

    def count(self, *names: str) -> int:
        """How often word lists are met."""
        return sum([self.counts[self.lists[name]] for name in names if name in self.lists])

    def spans(self, name: str) -> Spans:
        """Where the words of a list stand in it."""
        return self.stretch.spans(name, self.begin, self.end) if self.has(name) else []

    def words(self, name: str) -> list[str]:
        """The words by which a list is met."""
        return [self.text[begin:end] for begin, end in self.spans(name)]

    def covered(self, name: str) -> int:
        """How many characters the words of a list take."""
        return sum([end - begin for begin, end in self.spans(name)])

    def part(self, begin: int, end: int) -> "Part":
        """What stands between two places of a sentence."""
        return Part(self.text[begin:end], self.stretch, self.begin + begin, self.row)

    @property
    def told(self) -> facts.Told:
        """What can be checked: what stands for itself, and what only helps."""
        return self.stretch.facts.get(self.row) or self.stretch.told(self.row)

    @property
    def weight(self) -> float:
        """How much of it can be checked; from 1 on there is an example in it."""
        strong, helping = self.told
        return len(strong) + 0.5 * len(helping)

    @property
    def pairs(self) -> Iterable[int]:
        """The pairs of characters by which it can be known again, one after the other."""
        return self.stretch.pairs(self.begin, self.end)

    @cached_property
    def specific(self) -> frozenset[int]:
        """These pairs, each once."""
        return frozenset(self.pairs)


class Part(Passage):
    """A part of a sentence; `row`: the sentence it belongs to."""

    def __init__(self, text: str, stretch: Stretch, begin: int, row: int) -> None:
        self.text, self.stretch, self.row, self.lists = text, stretch, row, stretch.lists
        self.begin, self.end = begin, begin + len(text)

    @cached_property
    def counts(self) -> list[int]:  # type: ignore[override]
        return self.stretch.hits.counts_within(self.begin, self.end)

    def spans(self, name: str) -> Spans:
        return self.stretch.spans(name, self.begin, self.end)

    def has(self, name: str) -> bool:
        return bool(self.spans(name))

    def count(self, *names: str) -> int:
        return sum([len(self.spans(name)) for name in names])

    @property
    def told(self) -> facts.Told:
        return self.stretch.told_of([self.begin], [self.end])[0]


class Several(Passage):
    """Several sentences: what each of them is, together, as one place of the stretch where they stand so in it."""

    def __init__(self, text: str, sentences: tuple[Passage, ...]) -> None:
        self.text, self._sentences, self.lists = text, sentences, sentences[0].lists
        self.stretch, self.begin = sentences[0].stretch, sentences[0].begin
        joined = "\n".join([each.text for each in sentences])
        self.end = self.begin + len(joined)
        self.in_a_row = self.stretch.text.startswith(joined, self.begin)

    @property
    def sentences(self) -> tuple[Passage, ...]:
        return self._sentences

    def has(self, name: str) -> bool:
        number = self.lists.get(name)
        return number is not None and self._times(number) > 0

    def count(self, *names: str) -> int:
        met = 0
        for name in names:
            if name in self.lists:
                met += self._times(self.lists[name])
        return met

    def _times(self, number: int) -> int:
        if self.in_a_row:
            return self.stretch.hits.times(number, self.begin, self.end)
        return sum([each.counts[number] for each in self._sentences])

    def words(self, name: str) -> list[str]:
        return [word for each in self._sentences for word in each.words(name)] if self.has(name) else []

    def covered(self, name: str) -> int:
        if self.in_a_row:
            return sum([end - begin for begin, end in self.stretch.spans(name, self.begin, self.end)])
        return sum([each.covered(name) for each in self._sentences])

    @cached_property
    def told(self) -> facts.Told:
        strong, helping = zip(*(each.told for each in self._sentences), strict=True)
        return frozenset().union(*strong), frozenset().union(*helping)

    @property
    def pairs(self) -> Iterable[int]:
        if self.in_a_row:
            return self.stretch.pairs(self.begin, self.end)
        return itertools.chain.from_iterable([each.pairs for each in self._sentences])


class Glance:
    """What was seen of one material so far."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._seen: dict[str, Passage] = {}
        self._stretches: list[Stretch] = []

    @property
    def text(self) -> str:
        """The sentences of the material, one a line."""
        return self._stretches[0].text

    def has(self, name: str) -> bool:
        """Whether a word list is met anywhere in the material."""
        return bool(self._stretches[0].spans(name, 0, len(self.text)))

    def look(self, texts: Iterable[str]) -> None:
        """Look at all sentences of a material at once."""
        cut = {text: facts.sentences(text) for text in texts}
        sentences = list(dict.fromkeys(itertools.chain.from_iterable(cut.values())))
        stretch = Stretch(sentences, self.rules)
        self._stretches.append(stretch)
        for row, (sentence, begin) in enumerate(zip(sentences, stretch.begins, strict=True)):
            self._seen[sentence] = Passage(sentence, stretch, begin, row)
        for text, parts in cut.items():
            if len(parts) > 1:
                self._seen[text] = Several(text, tuple(map(self._seen.__getitem__, parts)))

    def tell(self, texts: Iterable[str]) -> None:
        """Look at once for what can be checked in passages of the material that stand together."""
        told = self._stretches[0]
        rows = [each.row for text in texts for each in self.of(text).sentences if each.stretch is told]
        if rows:
            told.tell(min(rows), max(rows))

    def of(self, text: str) -> Passage:
        """A passage by its words."""
        found = self._seen.get(text)
        if found is None:
            cut = facts.sentences(text)
            found = Several(text, tuple(map(self.of, cut))) if len(cut) > 1 else self._piece(text)
            self._seen[text] = found
        return found

    def _piece(self, text: str) -> Passage:
        """A part of a sentence; or one that was not seen before."""
        for stretch in self._stretches:
            if (begin := stretch.text.find(text)) >= 0:
                return Part(text, stretch, begin, bisect.bisect_right(stretch.begins, begin) - 1)
        return Passage(text, Stretch([text], self.rules), 0, 0)
