"""Stretch: sentences that are looked at together, as one text, and what is found in them: words, facts, pairs.

Everything is found once for the whole text and kept by place or by sentence; what nobody asks for is not looked for.
"""

import bisect
import itertools
import operator
import re
from collections.abc import Callable, Sequence
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
        lengths = [len(each) for each in sentences]
        self.ends = [end + row for row, end in enumerate(itertools.accumulate(lengths))]
        self.begins = list(map(operator.sub, self.ends, lengths))
        self._begins = np.array(self.begins, np.int64)
        self.counts = self.hits.counts(self._begins)
        self.known: dict[Any, Any] = {}
        self.facts: dict[int, facts.Told] = {}

    def spans(self, name: str, begin: int, end: int) -> Spans:
        """Where the words of a list stand between two places, counted from the first."""
        number = self.lists.get(name)
        return [] if number is None else self.hits.within(number, begin, end)

    @cached_property
    def codes(self) -> Numbers:
        """The characters as numbers."""
        return letters.codes(self.text)

    def rows(self, places: Numbers) -> Numbers:
        """Which sentence each of several places is in."""
        found: Numbers = self._begins.searchsorted(places, "right") - 1
        return found

    def clauses(self, least: int) -> tuple[Numbers, Numbers]:
        """Where the clauses of so many characters begin and end."""
        between = np.concatenate(([True], BETWEEN[self.codes], [True]))
        edges = (between[1:] != between[:-1]).nonzero()[0]
        begins, ends = edges[::2], edges[1::2]
        kept = ends - begins >= least
        return begins[kept], ends[kept]

    def met(self, name: str, begins: Numbers, ends: Numbers) -> Flags:
        """Whether a list is met in each of several parts that follow one another."""
        return self.hits.met(self.lists[name], begins, ends)

    def once(self, ask: "Callable[[Stretch], Known]") -> Known:
        """What `ask` says of this stretch, asked once."""
        if ask not in self.known:
            self.known[ask] = ask(self)
        found: Known = self.known[ask]
        return found

    def told_of(self, begins: Sequence[int], ends: Sequence[int]) -> list[facts.Told]:
        """What can be checked in each of several parts, each by itself."""
        parts = [self.text[begin:end] for begin, end in zip(begins, ends, strict=True)]
        starts = [0, *itertools.accumulate([len(part) + 1 for part in parts])][:-1]

        def spans(name: str) -> Spans:
            known = [(bisect.bisect_right(begins, a) - 1, a, b) for a, b in self.spans(name, 0, len(self.text))]
            return [
                (starts[part] - begins[part] + a, starts[part] - begins[part] + b)
                for part, a, b in known
                if part >= 0 and b <= ends[part]
            ]

        return facts.told("\n".join(parts), starts, spans, self.rules)

    def told(self, row: int) -> facts.Told:
        """What can be checked in a sentence."""
        if row not in self.facts:
            self.tell(row, row)
        return self.facts[row]

    def tell(self, first: int, last: int) -> None:
        """Look at once for what can be checked in the sentences from one to another."""
        begin, end = self.begins[first], self.ends[last]
        begins = [each - begin for each in self.begins[first : last + 1]]
        found = facts.told(self.text[begin:end], begins, lambda name: self.spans(name, begin, end), self.rules)
        self.facts.update(enumerate(found, first))

    def pairs(self, begin: int, end: int) -> list[int]:
        """The pairs of characters between two places by which these can be known again."""
        found, before = self._pairs
        return found[before[begin] : before[max(end - 1, begin)]]

    @cached_property
    def _pairs(self) -> tuple[list[int], memoryview]:
        """All pairs that say something and are not common, and for each place how many of them begin before it."""
        found = letters.pairs(self.codes, self.rules.telling)
        tells = (found > 0) & ~self.rules.common.has(found)
        return found[tells].tolist(), np.append(0, tells.cumsum()).data
