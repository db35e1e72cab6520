"""Finds where a ledger begins on a sheet: its headings, in one row or two above each other, under merged cells, in the
words units have for them.

What must stay true: a row of the ledger is never taken for its headings.
"""

import re

from services.rectification import sheet_lists, sheet_words
from services.spine import sheets

Grid = dict[int, dict[int, sheets.Cell]]
Covered = dict[tuple[int, int], tuple[int, int]]
Unread = tuple[str, int]
"""A heading that is not known, and where it stands."""
HEAD_WITHIN = 20
_MERGED_CELLS = 200_000
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：\s]")
SPARE = ("unit_code", *sheet_words.HIDDEN)
_BEFORE = re.compile("|".join(sheet_words.BEFORE))
_NAMES = {
    **{alias: key for key, said in sheet_words.ALSO.items() for alias in said.split()},
    **{name: key for key, one in sheet_words.COLUMNS.items() for name in (key, one.zh, one.en)},
    **{key: key for key in SPARE},
    "单位代码": "unit_code",
}
_HEADINGS = {sheet_lists.flat(name): (key,) for name, key in _NAMES.items()} | sheet_words.EITHER


def meant(*words: str) -> tuple[str, ...]:
    """The columns a heading may mean, in one cell or in two above each other; the likeliest first."""
    told = [sheet_lists.flat(word) for word in words]
    bare = [_BRACKETS.sub("", word) for word in told]
    for said in ("".join(told), "".join(bare), told[-1], bare[-1], told[0], bare[0]):
        one = said
        while one not in _HEADINGS and (before := _BEFORE.match(one)):
            one = one[before.end() :]
        if one in _HEADINGS:
            return _HEADINGS[one]
    return ()


def heading(*words: str) -> str | None:
    """The likeliest of them."""
    return next(iter(meant(*words)), None)


def said(sheet: sheets.Sheet, first: int, end: int = 1 << 30) -> list[int]:
    """The rows in which anything stands."""
    told = (number for number, row in sheet.rows.items() if any(cell.text.strip() for cell in row.values()))
    return sorted(number for number in told if first <= number < end)


def find(sheet: sheets.Sheet, covered: Covered) -> tuple[int, int, dict[str, int], list[Unread]]:
    """The first row that might be headings, the last one of the fullest, their columns, what is not known of them."""
    first, most, found = 0, 1, (0, dict[str, int](), list[Unread]())
    for number in said(sheet, 1)[:HEAD_WITHIN]:
        for below in (0, 1) if heads(sheet.rows.get(number + 1, {})) else (0,):
            columns, unread = _headings(sheet.rows, covered, number, below)
            alone = not below and number == found[0]
            if "problem" in columns and len(columns) > max(most - alone, 1):
                first, most, found = first or number, len(columns), (number + below, columns, unread)
    return first, *found


def heads(row: dict[int, sheets.Cell]) -> bool:
    """Whether a row may be the lower one of two of headings: at least half of its words are some."""
    told = [bool(heading(cell.text)) for cell in row.values() if cell.text.strip()]
    return 2 * sum(told) >= len(told) > 0


def covered(sheet: sheets.Sheet) -> Covered:
    """For each cell under a merged one that one's place; as many as a real sheet has."""
    last, found = max(sheet.rows, default=0), Covered()
    for top, left, bottom, right in sheet.merged:
        rows, columns = range(top, min(bottom, last) + 1), range(left, min(right, sheets.MOST_COLUMNS) + 1)
        if len(found) + len(rows) * len(columns) <= _MERGED_CELLS:
            found |= {(row, column): (top, left) for row in rows for column in columns}
    return found


def _headings(rows: Grid, covered: Covered, number: int, below: int) -> tuple[dict[str, int], list[Unread]]:
    upper, lower = rows[number], rows.get(number + 1, {}) if below else {}
    told: dict[int, list[str]] = {}
    for place in sorted(upper.keys() | lower.keys()):
        over = upper.get(place) or rows.get((at := covered.get((number, place), (0, 0)))[0], {}).get(at[1])
        words = [one.text for one in (over, lower.get(place)) if one and one.text.strip()]
        told |= {place: words} if words else {}
    found: dict[str, int] = {}
    for place, words in sorted(told.items(), key=lambda one: len(meant(*one[1]))):
        key = next((key for key in meant(*words) if key not in found), None)
        found |= {key: place} if key else {}
    unread = [(place, words[-1]) for place, words in told.items() if place not in found.values()]
    return found, [(" ".join(word.split())[:40], place) for place, word in unread]
