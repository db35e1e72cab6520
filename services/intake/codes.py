"""One-time codes: what stands on a respondent's slip.

Sixteen signs of an alphabet without 0, 1, I and O are 80 bits of chance: nobody guesses one. What must stay true: a
code is shown once, on its slip; the store keeps only its mark (see `sealing`). Guessing is slowed down for a form as a
whole, in memory, by nobody's address.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 16
BRAKE_SECONDS, MOST_WRONG = 60.0, 60


def make(count: int, choose: Callable[[str], str]) -> list[str]:
    """So many different codes, each sign chosen by `choose`."""
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(choose(ALPHABET) for _ in range(LENGTH)))
    return sorted(found)


def printed(code: str) -> str:
    """A code as it is printed, in groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def tidy(typed: str) -> str:
    """A code as it was meant, however it was typed: full-width, small, with spaces or dashes; "" when it is none."""
    signs = re.sub(r"[\s\-_.·—–]+", "", unicodedata.normalize("NFKC", typed)).upper()
    return signs if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


class Brake:
    """How many wrong codes a form was shown of late; in this process's memory only, and never by whom."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}

    def holds(self, form: str, now: float) -> bool:
        """Whether so many codes were wrong within a minute that nobody's is looked at for the moment."""
        wrong = self._wrong.get(form, deque())
        while wrong and wrong[0] < now - BRAKE_SECONDS:
            wrong.popleft()
        return len(wrong) >= MOST_WRONG

    def wrong(self, form: str, now: float) -> None:
        """A code was none of this form's."""
        if len(self._wrong) > 1000:
            self._wrong.clear()
        self._wrong.setdefault(form, deque(maxlen=MOST_WRONG)).append(now)
