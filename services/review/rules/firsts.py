"""Firsts: with which two characters a regular expression can begin, by which a text is searched for it much faster.

A search tries a pattern at each character of a text. Where few characters can begin it, and few can follow, only these
are looked for, and the pattern is tried from there. Whether it is met must stay the same; what it takes is not told.
Characters are kept as the bits of a number.
"""

import functools
import re
from re import _parser
from typing import Any, NamedTuple

LAST = 0xFFFF  # stands for all characters from there on
EVERY = (1 << LAST + 1) - 1
MANY = 1000  # characters of which one is nearly everywhere
CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
BIT = re.compile("1+")


class Begins(NamedTuple):
    """What a pattern can begin with, and be followed by; whether it may take nothing, or one character alone."""

    first: int
    second: int
    nothing: bool
    one: bool


ANYTHING, NOTHING = Begins(EVERY, EVERY, True, True), Begins(0, 0, True, False)


def letters(pattern: str) -> frozenset[str]:
    """The characters a pattern without flags can begin with."""
    return frozenset(
        chr(each) for begin, end in _ranges(_of(_parser.parse(pattern)).first) for each in range(begin, end)
    )


def quick(pattern: str) -> re.Pattern[str]:
    """A pattern that is met where this one is; itself where it can begin with nearly anything, refers back or has
    flags."""
    parsed = _parser.parse(pattern)
    found = _of(parsed)
    if found.nothing or found.first.bit_count() > MANY or parsed.state.flags != re.UNICODE or BACK.search(pattern):
        return re.compile(pattern)
    first = _class(found.first)
    then = "" if found.one or found.second.bit_count() > LAST // 2 else f"(?={_class(found.second)})"
    return re.compile(f"{first}{then}(?<=(?={pattern}){first})")


def _ranges(letters: int) -> list[tuple[int, int]]:
    return [each.span() for each in BIT.finditer(f"{letters:b}"[::-1])]


def _class(letters: int) -> str:
    ends = [(begin, end - 1 if end <= LAST else 0x10FFFF) for begin, end in _ranges(letters)]
    return "[" + "".join(f"{re.escape(chr(begin))}-{re.escape(chr(end))}" for begin, end in ends) + "]"


def _of(tree: Any) -> Begins:
    """What operations in a row can begin with."""
    known = NOTHING
    for operation, argument in tree:
        if not known.nothing and not known.one:
            break
        then = _of_one(str(operation), argument)
        known = Begins(
            known.first | then.first * known.nothing,
            known.second | then.first * known.one | then.second * known.nothing,
            known.nothing and then.nothing,
            (known.one and then.nothing) or (known.nothing and then.one),
        )
    return known


def _of_one(name: str, argument: Any) -> Begins:
    if name == "AT" or name.startswith("ASSERT"):
        return NOTHING
    if name in ("LITERAL", "IN"):
        return Begins(_members(argument if name == "IN" else [(name, argument)]), 0, False, True)
    if name == "BRANCH":
        parts = [_of(each) for each in argument[1]]
        first, second = (functools.reduce(int.__or__, [each[place] for each in parts]) for place in (0, 1))
        return Begins(first, second, any(each.nothing for each in parts), any(each.one for each in parts))
    if name == "ATOMIC_GROUP" or (name == "SUBPATTERN" and not argument[1]):
        return _of(argument if name == "ATOMIC_GROUP" else argument[3])
    if name.endswith("_REPEAT"):
        least, most, part = argument
        each = _of(part)
        second = each.second | each.first * (each.one and most > 1)
        return Begins(each.first, second, each.nothing or not least, each.one and least <= 1)
    return ANYTHING


def _members(members: Any) -> int:
    """The characters of a class."""
    letters, negated = 0, False
    for operation, argument in members:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "CATEGORY":
            letters |= _category(str(argument).removeprefix("CATEGORY_"))
        else:
            begin, end = (min(each, LAST) for each in (argument if name == "RANGE" else (argument, argument)))
            letters |= (1 << end + 1) - (1 << begin)
    return (EVERY ^ letters) | 1 << LAST if negated else letters


@functools.cache
def _category(name: str) -> int:
    known = re.compile(CATEGORIES[name.removeprefix("NOT_")])
    letters = int("".join("01"[known.match(chr(each)) is not None] for each in range(LAST, -1, -1)), 2)
    return (EVERY ^ letters if name.startswith("NOT_") else letters) | 1 << LAST
