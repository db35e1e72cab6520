"""Phrases: the word lists of one version of the rules, all looked for in a text in one pass.

In a phrase `…` stands for up to ten characters within a clause and `(甲/乙)` for either; a list named `x!` takes hits
of `x` back (不断 is no 不). What is found are numbers (which list, from where, to where) in arrays, so that who asks
counts over a whole text at once.
"""

import bisect
import functools
import itertools
import re
from collections.abc import Mapping, Sequence

import ahocorasick_rs
import numpy as np

from services.review.letters import Flags, Numbers

GAP = r"[^，。；：！？、\n]{0,10}?"
CHOICE = re.compile(r"\(([^()]*)\)")
NOWHERE, BITS, MOST = -1, 24, 255


class Phrases:
    """Word lists by name, ready to be looked for."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self.numbers = {name: number for number, name in enumerate(lists)}
        self._undoes = np.array(
            [self.numbers.get(name[:-1], NOWHERE) if name[-1] == "!" else NOWHERE for name in lists]
        )
        heads: dict[str, dict[int, list[str]]] = {}
        for number, phrases in enumerate(lists.values()):
            for phrase in dict.fromkeys(itertools.chain.from_iterable(map(spelled_out, phrases))):
                head, _, rest = phrase.partition("…")
                heads.setdefault(head, {}).setdefault(number, []).append(rest)
        whole = [[number for number, rests in each.items() if "" in rests] for each in heads.values()]
        self._keys = np.full((len(heads), max(map(len, whole), default=0)), NOWHERE << 62)
        for row, numbers in zip(self._keys, whole, strict=True):
            row[: len(numbers)] = [number << 2 * BITS for number in numbers]
        self._longer = {
            head: [(number, _then(rests)) for number, rests in each.items() if "" not in rests]
            for head, each in enumerate(heads.values())
            if not all("" in rests for rests in each.values())
        }
        self._is_longer = np.isin(np.arange(len(heads)), list(self._longer))
        self._search = ahocorasick_rs.AhoCorasick(list(heads), store_patterns=False).find_matches_as_indexes

    def look(self, text: str) -> "Hits":
        """Where the phrases stand in a text: without overlaps in a list, and without what is taken back."""
        found = self._search(text, overlapping=True)
        numbers = np.fromiter(itertools.chain.from_iterable(found), np.int64, 3 * len(found))
        heads, begins, ends = numbers.reshape(-1, 3).T
        keys = self._keys[heads] + _key(0, begins, ends)[:, None]
        keys = keys[keys >= 0]
        longer = [
            (number, begin, more.end())
            for head, begin, end in map(found.__getitem__, self._is_longer[heads].nonzero()[0].tolist())
            for number, then in self._longer[head]
            if (more := then.match(text, end))
        ]
        if longer:
            keys = np.concatenate((keys, _key(*np.array(longer).T)))
        return Hits(self._kept(*_apart(np.sort(keys))), len(self.numbers))

    def _kept(self, lists: Numbers, begins: Numbers, ends: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Hits without those that stand within a hit of a list that takes them back."""
        undoing = (self._undoes[lists] != NOWHERE).nonzero()[0]
        if not len(undoing):
            return lists, begins, ends
        taken = (self._undoes[lists[undoing]] << BITS) + begins[undoing]
        order = taken.argsort()
        nearest = order[taken[order].searchsorted((lists << BITS) + begins, "right") - 1]
        by = undoing[nearest]
        kept = (self._undoes[lists[by]] != lists) | (begins[by] > begins) | (ends[by] < ends)
        return lists[kept], begins[kept], ends[kept]


class Hits:
    """What of the lists stands in a text, by list and then by place."""

    def __init__(self, found: tuple[Numbers, Numbers, Numbers], lists: int) -> None:
        self._found, self._number = found, lists

    @functools.cached_property
    def _places(self) -> tuple[list[int], list[int], list[int]]:
        """Where each list's hits begin among all, where each hit begins and ends, quick to ask one by one."""
        lists, begins, ends = self._found
        return lists.searchsorted(np.arange(self._number + 1)).tolist(), begins.tolist(), ends.tolist()

    def within(self, number: int, begin: int, end: int) -> list[tuple[int, int]]:
        """Where a list is met between two places, counted from the first."""
        first, begins, ends = self._places
        low = bisect.bisect_left(begins, begin, first[number], first[number + 1])
        high = bisect.bisect_left(begins, end, low, first[number + 1])
        return [(begins[i] - begin, ends[i] - begin) for i in range(low, high) if ends[i] <= end]

    def times(self, number: int, begin: int, end: int) -> int:
        """How often a list is met between two places."""
        first, begins, ends = self._places
        low, last = first[number], first[number + 1]
        if low == last:
            return 0
        low = bisect.bisect_left(begins, begin, low, last)
        high = bisect.bisect_left(begins, end, low, last)
        return high - low - (high > low and ends[high - 1] > end)

    def counts(self, begins: Numbers) -> list[bytes]:
        """How often each list is met, at most 255 times, in each of several parts that follow one another."""
        lists, starts, _ = self._found
        part = begins.searchsorted(starts, "right") - 1
        found = np.bincount(part * self._number + lists, minlength=len(begins) * self._number)
        counted, size = np.minimum(found, MOST, out=found).astype(np.uint8).tobytes(), self._number
        return [counted[at : at + size] for at in range(0, len(counted), size)]

    def counts_within(self, begin: int, end: int) -> list[int]:
        """How often each list is met between two places."""
        lists, starts, stops = self._found
        counted: list[int] = np.bincount(lists[(starts >= begin) & (stops <= end)], minlength=self._number).tolist()
        return counted

    def met(self, number: int, begins: Numbers, ends: Numbers) -> Flags:
        """Whether a list is met in each of several parts that follow one another."""
        lists, starts, stops = self._found
        mine = slice(*lists.searchsorted((number, number + 1)))
        part = begins.searchsorted(starts[mine], "right") - 1
        known = part >= 0
        part = part[known]
        found = np.zeros(len(begins), bool)
        found[part[stops[mine][known] <= ends[part]]] = True
        return found


def _key(lists: Numbers | int, begins: Numbers, ends: Numbers) -> Numbers:
    """One number for each hit; in their order hits go by list and place, of those from one place the longest first."""
    return (((lists << BITS) + begins) << BITS) + (1 << BITS) - 1 - ends


def _apart(keys: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Lists, begins and ends of sorted hits, without those that overlap an earlier one of their list."""
    mask = (1 << BITS) - 1
    lists, begins, ends = keys >> 2 * BITS, keys >> BITS & mask, mask - (keys & mask)
    while True:
        over = np.zeros(len(lists), bool)
        over[1:] = (lists[1:] == lists[:-1]) & (begins[1:] < ends[:-1])
        if not over.any():
            return lists, begins, ends
        over[1:] &= ~over[:-1]
        lists, begins, ends = lists[~over], begins[~over], ends[~over]


def _then(rests: list[str]) -> re.Pattern[str]:
    """What has to follow a phrase's head, the nearest of several; first whether any can begin in the gap."""
    first = "".join(map(re.escape, dict.fromkeys(rest[0] for rest in rests)))
    near = f"(?=[^，。；：！？、\\n{first}]{{0,10}}+[{first}])"
    return re.compile(f"{near}{GAP}(?:{'|'.join(GAP.join(map(re.escape, rest.split('…'))) for rest in rests)})")


def spelled_out(phrase: str) -> list[str]:
    """Every wording that a phrase with choices stands for."""
    found = CHOICE.search(phrase)
    if not found:
        return [phrase]
    before, after = phrase[: found.start()], phrase[found.end() :]
    return [each for choice in found.group(1).split("/") for each in spelled_out(before + choice + after)]
