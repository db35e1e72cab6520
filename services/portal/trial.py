"""A trial of new rules as it is shown: what moved in each material, and whether that comes nearer to people's verdict.

Pure: a trial's rows in, rows out. A row: {review_id, before, after (standards failed), added, gone (rules that find
more or less, `:note` where they only remark), failed (by people; None where nobody has judged)}.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

Row = dict[str, Any]


class Move(NamedTuple):
    """What a rule finds more (`+`) or less (`−`) in a material."""

    sign: str
    standard: str
    code: str
    note: bool
    times: int

    @property
    def rule(self) -> str:
        """Its whole name."""
        return f"{self.standard}.{self.code}"


def moves(row: Row) -> list[Move]:
    """What moved in a material, each rule once."""
    told = [("+", name) for name in row["added"]] + [("−", name) for name in row["gone"]]
    return [_move(sign, name, times) for (sign, name), times in Counter(told).items()]


def nearer(row: Row) -> int:
    """By how many standards the new rules come nearer to what people decided; negative where they go away from it."""
    if row["failed"] is None:
        return 0
    failed = set(row["failed"])
    return len(failed ^ set(row["before"])) - len(failed ^ set(row["after"]))


VIEWS: dict[str, Callable[[Row], bool]] = {
    "changed": lambda row: bool(row["added"] or row["gone"]),
    "verdict": lambda row: row["before"] != row["after"],
    "nearer": lambda row: nearer(row) > 0,
    "farther": lambda row: nearer(row) < 0,
    "all": lambda row: True,
}


def shown(rows: Iterable[Row], view: str, standard: str = "") -> list[Row]:
    """The rows of a view; with a standard, those in which something moved about it."""
    return [row for row in rows if VIEWS[view](row) and (not standard or standard in _touched(row))]


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows each view has."""
    return {view: sum(map(fits, rows)) for view, fits in VIEWS.items()}


def place(pointer: str) -> tuple[str, str]:
    """File and key of a fault.

    >>> place("/files/measures.json/phrases/vague/2")
    ('measures.json', 'phrases/vague/2')
    """
    file, _, key = pointer.removeprefix("/files").lstrip("/").partition("/")
    return file, key


def _move(sign: str, name: str, times: int) -> Move:
    standard, _, code = name.partition(".")
    return Move(sign, standard, code.removesuffix(":note"), code.endswith(":note"), times)


def _touched(row: Row) -> set[str]:
    return {one.standard for one in moves(row)} | (set(row["before"]) ^ set(row["after"]))
