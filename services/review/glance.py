"""Glance: a material is looked at once, and everybody asks what was seen.

What is seen of a passage: which word lists it meets, what in it can be checked (see `facts`), and the pairs of
characters it is known by. Word lists are looked for in one pass over a whole stretch of text; a sentence, a clause or
several sentences are parts of what was seen there. A glance belongs to one material and one version of the rules and
is thrown away with them.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from . import facts
from .rules import Rules, Seen

Known = TypeVar("Known")
NOTHING = Seen()


class Passage:
    """A sentence, a part of one, or several. `begin`: where it stands in the stretch that was looked at."""

    def __init__(
        self, text: str, glance: "Glance", begin: int = 0, seen: Seen = NOTHING, parts: tuple["Passage", ...] = ()
    ) -> None:
        self.text, self.sentences, self._glance = text, parts or (self,), glance
        self._parts, self._begin, self._seen = parts, begin, seen
        self._end = begin + len(text)
        self._known: dict[Any, Any] = {}

    def has(self, name: str) -> bool:
        """Whether a word list is met."""
        if self._parts:
            return any(part.has(name) for part in self._parts)
        return name in self._seen.by_list and bool(self.spans(name))

    def spans(self, name: str) -> list[tuple[int, int]]:
        """Where the words of a list stand in it."""
        begin, end = self._begin, self._end
        return [(a - begin, b - begin) for a, b in self._seen.by_list.get(name, ()) if begin <= a and b <= end]

    def count(self, *names: str) -> int:
        """How often word lists are met."""
        if self._parts:
            return sum(part.count(*names) for part in self._parts)
        return sum(len(self.spans(name)) for name in names if name in self._seen.by_list)

    def words(self, name: str) -> list[str]:
        """The words by which a list is met."""
        if self._parts:
            return [word for part in self._parts for word in part.words(name)]
        return [self.text[begin:end] for begin, end in self.spans(name)]

    def covered(self, name: str) -> int:
        """How many characters the words of a list take."""
        if self._parts:
            return sum(part.covered(name) for part in self._parts)
        return sum(end - begin for begin, end in self.spans(name))

    def part(self, text: str) -> "Passage":
        """A part of it, looked at by itself."""
        at = -1 if self._parts else self.text.find(text)
        return self._glance.of(text) if at < 0 else Passage(text, self._glance, self._begin + at, self._seen)

    def once(self, ask: "Callable[[Passage], Known]") -> Known:
        """What `ask` says of this passage, asked once."""
        if ask not in self._known:
            self._known[ask] = ask(self)
        found: Known = self._known[ask]
        return found

    @cached_property
    def told(self) -> tuple[frozenset[str], frozenset[str]]:
        """What can be checked: what stands for itself, and what only helps."""
        if not self._parts:
            return facts.told(self.text, {name: self.spans(name) for name in facts.SEEN if name in self._seen.by_list})
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

    def look(self, texts: Iterable[str]) -> None:
        """Look at all sentences of a material at once."""
        cut = list(dict.fromkeys(sentence for text in texts for sentence in facts.sentences(text)))
        begin = 0
        for sentence, seen in zip(cut, self.rules.seen(cut), strict=True):
            if sentence not in self._seen:
                self._seen[sentence] = Passage(sentence, self, begin, seen)
            begin += len(sentence) + 1

    def of(self, text: str) -> Passage:
        """A passage by its words."""
        found = self._seen.get(text)
        if found is None:
            cut = facts.sentences(text)
            if len(cut) <= 1:
                found = Passage(text, self, 0, self.rules.seen([text])[0])
            else:
                found = Passage(text, self, parts=tuple(self.of(each) for each in cut))
            self._seen[text] = found
        return found
