"""What leaves the house: one parcel for one person by one channel, and what became of it.

What must stay true: what leaves by a channel of class outside is made here from how many there are, a code that means
nothing to whoever has not signed in, and the reader's language; the messages themselves are not at hand where it is
made, so that nothing of them can leave.
"""

from collections.abc import Sequence
from typing import NamedTuple

CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10
TO_DO = {
    "zh": ("您有 {count} 项待办或待阅", "您有 {count} 项待办或待阅，请登录后查看：{where}"),
    "en": ("You have {count} to do or read", "You have {count} to do or read. Sign in to see: {where}"),
}
"""The same of a duty and of a digest that is only read: not even which of them it is leaves."""


class Parcel(NamedTuple):
    """What a channel is given: a key (the same however often it is tried), an address on it, and words."""

    key: str
    to: str
    subject: str
    text: str
    code: str
    number: int


class Fate(NamedTuple):
    """What became of a parcel: taken, refused for good, or to be tried later; `away` when the channel itself failed."""

    state: str
    because: str = ""
    status: int = 0
    retry_after: str = ""
    away: bool = False


SENT = Fate("sent")


def outside(key: str, to: str, count: int, code: str, address: str, language: str) -> Parcel:
    """A parcel for a channel outside: how many, and a code that leads to the page after signing in."""
    number = str(count) if language == "zh" else f"{count} item{'' if count == 1 else 's'}"
    subject, text = (one.format(count=number, where=_where(address, code)) for one in TO_DO[language])
    return Parcel(key, to, subject, text, code, count)


def inside(key: str, to: str, letters: Sequence[tuple[str, str]], code: str, address: str, language: str) -> Parcel:
    """A parcel for a channel inside: the words of its messages (subject, text), then where they are."""
    told = outside(key, to, len(letters), code, address, language)
    subject = letters[0][0] if len(letters) == 1 else told.subject
    words = "\n\n".join(f"{subject}\n{text}" for subject, text in letters)
    return told._replace(subject=subject, text=f"{words}\n\n{_where(address, code)}")


def _where(address: str, code: str) -> str:
    return f"{address.rstrip('/')}/n/{code}" if address else code
