"""Finds where a ledger begins on a sheet: its headings, in one row or two above each other, under merged cells, in the
words units have for them.

What must stay true: a row of the ledger is never taken for its headings.
"""

import re
import unicodedata

from services.rectification import sheet_words
from services.spine import sheets

Grid = dict[int, dict[int, sheets.Cell]]
Covered = dict[tuple[int, int], tuple[int, int]]
HEAD_WITHIN = 20
_MERGED_CELLS = 200_000
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：\s]")
SPARE = ("unit_code", *sheet_words.HIDDEN)
_NAMES = {
    **{alias: key for key, said in sheet_words.ALSO.items() for alias in said.split()},
    **{name.lower(): key for key, one in sheet_words.COLUMNS.items() for name in (key, one.zh, one.en)},
    **{key: key for key in SPARE},
    "单位代码": "unit_code",
}
_HEADINGS = {unicodedata.normalize("NFKC", re.sub(r"\s", "", name)): key for name, key in _NAMES.items()}


def heading(*words: str) -> str | None:
    """The column a heading means, in one cell or in two above each other."""
    told = [unicodedata.normalize("NFKC", re.sub(r"\s", "", word)).lower() for word in words]
    bare = [_BRACKETS.sub("", word) for word in told]
    for one in ("".join(told), "".join(bare), told[-1], bare[-1], told[0], bare[0]):
        if one in _HEADINGS:
            return _HEADINGS[one]
    return None


def said(sheet: sheets.Sheet, first: int, end: int = 1 << 30) -> list[int]:
    """The rows in which anything stands."""
    told = (number for number, row in sheet.rows.items() if any(cell.text.strip() for cell in row.values()))
    return sorted(number for number in told if first <= number < end)


def find(sheet: sheets.Sheet, covered: Covered) -> tuple[int, int, dict[str, int], list[str]]:
    """The first row that might be headings, the last one of the fullest, their columns, what is not known of them."""
    first, most, found = 0, 1, (0, dict[str, int](), list[str]())
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


def _headings(rows: Grid, covered: Covered, number: int, below: int) -> tuple[dict[str, int], list[str]]:
    upper, lower = rows[number], rows.get(number + 1, {}) if below else {}
    found: dict[str, int] = {}
    unread: list[str] = []
    for place in sorted(upper.keys() | lower.keys()):
        over = upper.get(place) or rows.get((at := covered.get((number, place), (0, 0)))[0], {}).get(at[1])
        words = [one.text for one in (over, lower.get(place)) if one and one.text.strip()]
        key = heading(*words) if words else None
        if key and key not in found:
            found[key] = place
        elif words:
            unread.append(" ".join(words[-1].split())[:40])
    return found, unread
