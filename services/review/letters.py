"""Letters: a text as its characters, and the pairs of them by which passages are known again.

Pairs of neighbouring Chinese characters are a cheap stand-in for words when passages are laid side by side.
"""

import itertools
import operator
import re
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
CHINESE = "".join(map(chr, range(0x4E00, 0xA000)))
RUN = re.compile(r"[\u4e00-\u9fff]+")
DIGITS = dict(zip("零〇○一二两三四五六七八九", "0001223456789", strict=True))
UNITS = {"十": 10, "百": 100, "千": 1000}
BITS, FIRST = 15, 0x9E3779B1


def among(given: str, within: Flags | None = None) -> Flags:
    """For each character whether it is one of these; or one of the others `within` has."""
    table = np.zeros(1 << 16, bool) if within is None else within.copy()
    table[[min(ord(letter), 0xFFFF) for letter in given]] = within is None
    return table


def codes(text: str) -> Numbers:
    """A text's characters as numbers."""
    return np.minimum(np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32), 0xFFFF).astype(np.int64)


def pairs(given: Numbers, telling: Flags) -> Numbers:
    """For each place of a text the two characters from there as a number; 0 where one of them says nothing."""
    tells = telling[given]
    found: Numbers = pair(given[:-1], given[1:]) * (tells[:-1] & tells[1:])
    return found


def pair(first: Any, second: Any) -> Any:
    """Two characters as a number; both are in its last bits, else sets of such numbers would be slow."""
    return (first << 16) + (first ^ second)


def grams(text: str) -> frozenset[str]:
    """All pairs of neighbouring Chinese characters."""
    return frozenset().union(*(map(operator.add, run, run[1:]) for run in RUN.findall(text)))


def number(text: str) -> str:
    """A number in words as digits (三百八十 as 380, 二〇二三 as 2023); digits stay as they are."""
    if not set(text) <= set(DIGITS) | set(UNITS):
        return text
    if not set(text) & set(UNITS):
        return "".join(DIGITS[letter] for letter in text)
    total, many = 0, 0
    for letter in text:
        if letter in UNITS:
            total, many = total + (many or 1) * UNITS[letter], 0
        else:
            many = int(DIGITS[letter])
    return str(total + many)


class Known:
    """Pairs of characters that are looked up among many at once: each has a place of its own in a table."""

    def __init__(self, given: Numbers) -> None:
        kept = np.unique(given)
        self._by = next(by for by in itertools.count(FIRST, 2) if len(np.unique(_place(kept, by))) == len(kept))
        self._table = np.zeros(1 << BITS, np.int64)
        self._table[_place(kept, self._by)] = kept

    def has(self, found: Numbers) -> Flags:
        """Whether each pair is one of them."""
        there: Flags = self._table[_place(found, self._by)] == found
        return there


def _place(given: Numbers, by: int) -> Numbers:
    return (given * by >> 20) & (1 << BITS) - 1
