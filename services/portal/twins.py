"""Two texts that resemble each other, passage beside passage, with what differs between them marked.

Pure: passages in, rows out. What must stay true: the parts of a side joined give that side's passage to the letter.
"""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from services.spine import clock

_SHORTEST = 2
_LONGEST = 1500


class Part(NamedTuple):
    """A stretch of a passage, and whether it stands in the other one too."""

    text: str
    same: bool


class Row(NamedTuple):
    """One passage and the one it resembles."""

    number: int | None
    mine: list[Part]
    their_number: int | None
    theirs: list[Part]


def beside(passages: Iterable[dict[str, Any]]) -> list[Row]:
    """Passages in the order of the text that is read, each beside its twin."""
    in_order = sorted(passages, key=lambda one: (one.get("paragraph") or 0, one.get("their_paragraph") or 0))
    rows = []
    for one in in_order:
        mine, theirs = compare(one.get("quotation") or "", one.get("their_quotation") or "")
        rows.append(Row(one.get("paragraph"), mine, one.get("their_paragraph"), theirs))
    return rows


def compare(mine: str, theirs: str) -> tuple[list[Part], list[Part]]:
    """Both texts cut where they differ; a letter that is alike by chance counts as different."""
    if max(len(mine), len(theirs)) > _LONGEST:
        return [Part(mine, mine == theirs)], [Part(theirs, mine == theirs)]
    left, right = list[Part](), list[Part]()
    for step, first, last, start, end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        same = step == "equal" and (last - first >= _SHORTEST or mine == theirs)
        _add(left, mine[first:last], same)
        _add(right, theirs[start:end], same)
    return left, right


def days_apart(mine_at: str | None, theirs_at: str | None) -> int | None:
    """By how many days theirs came before mine (negative: after); None where one is not known."""
    if not mine_at or not theirs_at:
        return None
    return (clock.day(clock.local_day(mine_at)) - clock.day(clock.local_day(theirs_at))).days


def _add(parts: list[Part], text: str, same: bool) -> None:
    if parts and parts[-1].same == same:
        parts[-1] = Part(parts[-1].text + text, same)
    elif text:
        parts.append(Part(text, same))
