"""Firsts: with which characters a regular expression can begin, by which a text is searched for it much faster.

A search tries a pattern at each character of a text. Where few characters can begin it, only these are looked for, and
the pattern is tried from there. Whether it is met must stay the same; what it takes is not told.
"""

import re
from re import _parser
from typing import Any

CATEGORIES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s"}
BACK = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")


class _Anything(Exception):  # noqa: N818  (an answer)
    pass


def quick(pattern: str) -> re.Pattern[str]:
    """A pattern that is met where this one is; itself where it can begin with anything, refers back or has flags."""
    parsed = _parser.parse(pattern)
    try:
        known, nothing = _of(parsed)
    except _Anything:
        return re.compile(pattern)
    if nothing or parsed.state.flags != re.UNICODE or BACK.search(pattern):
        return re.compile(pattern)
    first = f"[{''.join(sorted(known))}]"
    return re.compile(f"{first}(?<=(?={pattern}){first})")


def _of(tree: Any) -> tuple[set[str], bool]:
    """The characters, as they are written in a class, and whether there may be none."""
    known: set[str] = set()
    for operation, argument in tree:
        name = str(operation)
        if name == "AT" or name.startswith("ASSERT"):
            continue
        found, nothing = _of_one(name, argument)
        known |= found
        if not nothing:
            return known, False
    return known, True


def _of_one(name: str, argument: Any) -> tuple[set[str], bool]:
    if name == "LITERAL":
        return {re.escape(chr(argument))}, False
    if name == "IN":
        return {_member(*each) for each in argument}, False
    if name == "BRANCH":
        parts = argument[1]
    elif name.endswith("_REPEAT"):
        parts = [argument[2]]
    elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
        parts = [argument[3] if name == "SUBPATTERN" else argument]
    else:
        raise _Anything
    found = [_of(each) for each in parts]
    nothing = any(nothing for _, nothing in found) or (name.endswith("_REPEAT") and argument[0] == 0)
    return set().union(*(known for known, _ in found)), nothing


def _member(operation: Any, argument: Any) -> str:
    name = str(operation)
    if name == "LITERAL":
        return re.escape(chr(argument))
    if name == "RANGE":
        return "-".join(re.escape(chr(each)) for each in argument)
    if str(argument) in CATEGORIES:
        return CATEGORIES[str(argument)]
    raise _Anything
