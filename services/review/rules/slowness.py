"""Slowness: regular expressions that would take for ever on some text.

Whether one does cannot be read off it, so each is tried, with a clock, on texts made of its own parts: what it repeats
is repeated and then broken off, which is where a bad one begins to try every way there is. Runs in the main thread of a
process of its own, for only there a search can be interrupted.
"""

import re
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from re import _parser
from types import FrameType
from typing import Any

SECONDS, LONG, MOST_TEXTS = 0.25, 3000, 60
CHOICES: tuple[Callable[[list[str]], str], ...] = (lambda each: each[0], lambda each: max(each, key=len), "".join)


class _TooSlow(Exception):  # noqa: N818  (an answer)
    pass


def is_slow(pattern: str, seconds: float = SECONDS) -> bool:
    """Whether a search takes longer than that, of this process's own time, on any of the texts."""
    signal.signal(signal.SIGVTALRM, _give_up)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search, texts = re.compile(pattern).search, list(_texts(pattern))
    try:
        for text in texts:
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            search(text)
    except _TooSlow:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return False


def _give_up(_: int, __: FrameType | None) -> None:
    raise _TooSlow


def _texts(pattern: str) -> Iterator[str]:
    parts = list(dict.fromkeys(["中", "1", *_repeated(_parser.parse(pattern))]))
    for part in parts[:MOST_TEXTS]:
        yield (part * (LONG // len(part) + 1))[:LONG] + "\x00"
        yield "".join(parts)[:200] + part * 40 + "\x00"


def _repeated(tree: Any) -> Iterator[str]:
    """What each part of a pattern that may come again is made of, in example."""
    for operation, argument in tree:
        name = str(operation)
        if name.endswith("_REPEAT"):
            yield from filter(None, (_example(argument[2], choose) for choose in CHOICES))
        for part in _parts(name, argument):
            yield from _repeated(part)


def _parts(name: str, argument: Any) -> Sequence[Any]:
    """The patterns within an operation of a pattern."""
    if name == "BRANCH":
        return list(argument[1])
    if name.endswith("_REPEAT"):
        return [argument[2]]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [argument[1]]
    return [argument[3]] if name == "SUBPATTERN" else [argument] if name == "ATOMIC_GROUP" else []


def _example(tree: Any, choose: Callable[[list[str]], str]) -> str:
    """A text that a pattern would take, roughly; of branches the one, or all, that `choose` says."""
    made = ""
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            made += chr(argument)
        elif name == "IN":
            made += next((_one_of(each) for each in argument), "")
        elif name in ("ANY", "NOT_LITERAL"):
            made += "中"
        elif not name.startswith("ASSERT"):
            made += choose([_example(part, choose) for part in _parts(name, argument)] or [""])
    return made


def _one_of(each: tuple[Any, Any]) -> str:
    name, argument = str(each[0]), each[1]
    if name == "LITERAL":
        return chr(argument)
    return chr(argument[0]) if name == "RANGE" else "1" if "DIGIT" in str(argument) else "中"
