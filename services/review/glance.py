"""Glance: a material is looked at once, and everybody asks what was seen.

What is seen of a passage: which word lists it meets, what in it can be checked (see `facts`), and the pairs of
characters it is known by. A material is looked at as one stretch of text; its sentences, and parts of them, are places
in it, and several sentences together are what each of them is. A glance belongs to one material and one version of the
rules and is thrown away with them.
"""

import bisect
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from . import facts, letters
from .letters import Flags, Numbers
from .rules import Rules

Known = TypeVar("Known")
BETWEEN_CLAUSES = "，。；：、！？\n"
CLAUSE = re.compile(rf"[^{BETWEEN_CLAUSES}]+")
BETWEEN = letters.among(BETWEEN_CLAUSES)
Spans = list[tuple[int, int]]


class Stretch:
    """Sentences that were looked at together, and what was found in them."""

    def __init__(self, sentences: Sequence[str], rules: Rules) -> None:
        self.rules, self.lists = rules, rules.phrases.numbers
        self.text = "\n".join(sentences)
        self.hits = rules.phrases.look(self.text)
        self.ends = [end - 1 for end in itertools.accumulate(len(each) + 1 for each in sentences)]
        self.begins = [end - len(each) for end, each in zip(self.ends, sentences, strict=True)]
        self.counts = self.hits.counts(self.begins, self.ends)
        self._known: dict[Any, Any] = {}

    def passage(self, begin: int, end: int) -> "Passage":
        """What stands between two places."""
        return Passage(self.text[begin:end], self, begin, bisect.bisect_right(self.begins, begin) - 1, whole=False)

    def spans(self, name: str, begin: int, end: int) -> Spans:
        """Where the words of a list stand between two places, counted from the first."""
        number = self.lists.get(name)
        return [] if number is None else self.hits.within(number, begin, end)

    @cached_property
    def codes(self) -> Numbers:
        """The characters as numbers."""
        return letters.codes(self.text)

    def clauses(self, least: int) -> tuple[Numbers, Numbers]:
        """Where the clauses of so many characters begin and end."""
        edges = np.diff(BETWEEN[self.codes], prepend=True, append=True).nonzero()[0]
        begins, ends = edges[::2], edges[1::2]
        kept = ends - begins >= least
        return begins[kept], ends[kept]

    def met(self, name: str, begins: Numbers, ends: Numbers) -> Flags:
        """Whether a list is met in each of several parts that follow one another."""
        return self.hits.met(self.lists[name], begins, ends)

    def once(self, ask: "Callable[[Stretch], Known]") -> Known:
        """What `ask` says of this stretch, asked once."""
        if ask not in self._known:
            self._known[ask] = ask(self)
        found: Known = self._known[ask]
        return found

    def told_of(self, begins: Sequence[int], ends: Sequence[int]) -> list[facts.Told]:
        """What can be checked in each of several parts, each by itself."""
        parts = [self.text[begin:end] for begin, end in zip(begins, ends, strict=True)]
        starts = [0, *itertools.accumulate(len(part) + 1 for part in parts)][:-1]

        def spans(name: str) -> Spans:
            each = zip(starts, begins, ends, strict=True)
            return [(at + a, at + b) for at, begin, end in each for a, b in self.spans(name, begin, end)]

        return facts.told("\n".join(parts), starts, spans, self.rules)

    @cached_property
    def told(self) -> list[facts.Told]:
        """What can be checked in each sentence."""
        return facts.told(self.text, self.begins, lambda name: self.spans(name, 0, len(self.text)), self.rules)

    @cached_property
    def pairs(self) -> list[int]:
        """For each place the pair of characters that begins there, 0 where one of them says nothing."""
        found: list[int] = letters.pairs(self.codes, self.rules.telling).tolist()
        return found

    @cached_property
    def specific(self) -> list[frozenset[int]]:
        """For each sentence the pairs of characters by which it can be known again."""
        pairs, common = self.pairs, self.rules.common
        return [frozenset(pairs[begin : end - 1]) - common for begin, end in zip(self.begins, self.ends, strict=True)]


class Passage:
    """A sentence of a stretch, or a part of one, from where to where; `row`: which sentence it is, or belongs to."""

    def __init__(self, text: str, stretch: Stretch, begin: int, row: int, *, whole: bool = True) -> None:
        self.text, self.stretch, self.row, self._whole = text, stretch, row, whole
        self.begin, self.end = begin, begin + len(text)

    @property
    def sentences(self) -> tuple["Passage", ...]:
        """The sentences it has: itself, or several."""
        return (self,)

    def has(self, name: str) -> bool:
        """Whether a word list is met."""
        stretch = self.stretch
        if self._whole and name in stretch.lists:
            return stretch.counts[self.row * len(stretch.lists) + stretch.lists[name]] > 0
        return bool(self.spans(name))

    def count(self, *names: str) -> int:
        """How often word lists are met."""
        lists, counts = self.stretch.lists, self.stretch.counts
        if not self._whole:
            return sum([len(self.spans(name)) for name in names])
        first = self.row * len(lists)
        return sum([counts[first + lists[name]] for name in names if name in lists])

    def spans(self, name: str) -> Spans:
        """Where the words of a list stand in it."""
        return self.stretch.spans(name, self.begin, self.end)

    def words(self, name: str) -> list[str]:
        """The words by which a list is met."""
        return [self.text[begin:end] for begin, end in self.spans(name)]

    def covered(self, name: str) -> int:
        """How many characters the words of a list take."""
        return sum([end - begin for begin, end in self.spans(name)])

    def part(self, begin: int, end: int) -> "Passage":
        """What stands between two places of a sentence."""
        return Passage(self.text[begin:end], self.stretch, self.begin + begin, self.row, whole=False)

    @property
    def told(self) -> facts.Told:
        """What can be checked: what stands for itself, and what only helps."""
        if self._whole:
            return self.stretch.told[self.row]
        return self.stretch.told_of([self.begin], [self.end])[0]

    @property
    def weight(self) -> float:
        """How much of it can be checked; from 1 on there is an example in it."""
        return facts.weight(self.told)

    @property
    def specific(self) -> frozenset[int]:
        """The pairs of characters by which it can be known again."""
        if self._whole:
            return self.stretch.specific[self.row]
        return frozenset(self.stretch.pairs[self.begin : max(self.begin, self.end - 1)]) - self.stretch.rules.common

    @cached_property
    def grams(self) -> frozenset[str]:
        """All its pairs of Chinese characters."""
        return letters.grams(self.text)


class Several(Passage):
    """Several sentences: what each of them is, together."""

    def __init__(self, text: str, sentences: tuple[Passage, ...]) -> None:
        self.text, self._sentences = text, sentences

    @property
    def sentences(self) -> tuple[Passage, ...]:
        return self._sentences

    def count(self, *names: str) -> int:
        return sum([each.count(*names) for each in self._sentences])

    def has(self, name: str) -> bool:
        return any(each.has(name) for each in self._sentences)

    def words(self, name: str) -> list[str]:
        return [word for each in self._sentences for word in each.words(name)]

    def covered(self, name: str) -> int:
        return sum([each.covered(name) for each in self._sentences])

    @cached_property
    def told(self) -> facts.Told:
        strong, helping = zip(*(each.told for each in self._sentences), strict=True)
        return frozenset().union(*strong), frozenset().union(*helping)

    @cached_property
    def specific(self) -> frozenset[int]:
        return frozenset().union(*(each.specific for each in self._sentences))


class Glance:
    """What was seen of one material so far."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._seen: dict[str, Passage] = {}
        self._stretches: list[Stretch] = []

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
                return stretch.passage(begin, begin + len(text))
        return Passage(text, Stretch([text], self.rules), 0, 0)
