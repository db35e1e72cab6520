"""Much at a time, but not all: the embedded store holds each record against all the ids that one question names, and
makes sure of each write by itself; so ids go a few at a time, and changes that are alike together.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import bson

FEW = 50
One = TypeVar("One")


def portions(all_of_them: Iterable[One], size: int) -> Iterator[list[One]]:
    """So many at a time, in their order."""
    left = iter(all_of_them)
    while some := list(itertools.islice(left, size)):
        yield some


def few(keys: Iterable[One]) -> Iterator[list[One]]:
    """As many ids as one question may name."""
    return portions(keys, FEW)


def alike(changes: Iterable[tuple[dict[str, Any], One]]) -> list[tuple[dict[str, Any], list[One]]]:
    """Each change once, with all to which it happens."""
    found: dict[bytes, tuple[dict[str, Any], list[One]]] = {}
    for change, one in changes:
        found.setdefault(bson.encode(change), (change, []))[1].append(one)
    return list(found.values())
