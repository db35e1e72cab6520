"""Finds the ledger in a file as units really keep it: Excel or CSV, one row of headings or two, merged cells, a sheet
for each list, totals, lines for signatures; what stands in each row, by column and cell, still in the unit's own words.

What must stay true: every word keeps the cell it came from; what is passed over is told; a formula is told as one. A
row: {sheet, row, cells: {column: Text}, more: the rows below that belong to it, hidden}.
"""

import csv
import io
import re
import unicodedata
from typing import NamedTuple

from services.rectification import sheet_cells, sheet_words
from services.spine import errors, marks, sheets

Grid = dict[int, dict[int, sheets.Cell]]
MOST_ROWS, INFLATED, MOST_LINES = 120_000, 96 << 20, 5_000
HEAD_WITHIN = 20
_MERGED_CELLS = 200_000
_OLD_BOOK = b"\xd0\xcf\x11\xe0"
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：\s]")
SPARE = ("unit_code", *sheet_words.HIDDEN)
_NAMES = {
    **{alias: key for key, said in sheet_words.ALSO.items() for alias in said.split()},
    **{name.lower(): key for key, one in sheet_words.COLUMNS.items() for name in (key, one.zh, one.en)},
    **{key: key for key in SPARE},
    "单位代码": "unit_code",
}
_HEADINGS = {unicodedata.normalize("NFKC", re.sub(r"\s", "", name)): key for name, key in _NAMES.items()}


class Text(NamedTuple):
    """What stands in a cell: its words, its address, whether a formula made it."""

    text: str
    cell: str
    formula: bool = False


class Row(NamedTuple):
    """A row of the ledger with the rows below that belong to it."""

    sheet: str
    row: int
    cells: dict[str, Text]
    more: list[dict[str, Text]]
    hidden: bool


class Table(NamedTuple):
    """A ledger: its sheet, where its columns stand, its rows, what was passed over (row, why), columns not read."""

    sheet: str
    head: int
    columns: dict[str, int]
    rows: list[Row]
    passed: list[tuple[int, str]]
    unread: list[str]
    since_1904: bool


def read(name: str, data: bytes) -> list[Table]:
    """The ledgers of a file. Refuses `old_workbook`, `file_damaged`, `ledger_not_ours`, `ledger_too_many`, and marks of
    state secrets."""
    kept = grids(name, data)
    for sheet in kept:
        words = (
            (sheets.address(number, place), cell) for number, row in sheet.rows.items() for place, cell in row.items()
        )
        marks.check({at: cell.text for at, cell in words})
    found = [table for sheet in kept if (table := _table(sheet))]
    if not found:
        raise errors.Refusal(
            "ledger_not_ours", name=name, needed="、".join(("问题", "清单类别", "整改措施", "完成时限"))
        )
    count = sum(len(table.rows) + sum(len(row.more) for row in table.rows) for table in found)
    if count > MOST_LINES:
        raise errors.Refusal("ledger_too_many", count=count, most=MOST_LINES)
    return found


def grids(name: str, data: bytes) -> list[sheets.Sheet]:
    """All cells of a file, whatever it is."""
    if data.startswith(_OLD_BOOK):
        raise errors.Refusal("old_workbook", name=name)
    if data.startswith(b"PK"):
        try:
            return sheets.read(data, INFLATED, MOST_ROWS)
        except sheets.Unreadable:
            raise errors.Refusal("file_damaged", name=name) from None
    return [sheets.Sheet("", _lines(name, data))]


def _lines(name: str, data: bytes) -> Grid:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise errors.Refusal("file_damaged", name=name)
    if "\x00" in text:
        raise errors.Refusal("file_damaged", name=name)
    head = text[:4000].replace("，", ",").replace("；", ";")
    sign = max(",\t;", key=head.count)
    found: Grid = {}
    try:
        for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=sign), 1):
            if number > MOST_ROWS:
                raise errors.Refusal("ledger_too_many", count=number, most=MOST_LINES)
            cells = enumerate(line[: sheets.MOST_COLUMNS], 1)
            found[number] = {place: sheets.Cell(word, False) for place, word in cells if word.strip()}
    except csv.Error:
        raise errors.Refusal("file_damaged", name=name) from None
    return found


def heading(*words: str) -> str | None:
    """The column a heading means, in one cell or in two above each other."""
    told = [unicodedata.normalize("NFKC", re.sub(r"\s", "", word)).lower() for word in words]
    bare = [_BRACKETS.sub("", word) for word in told]
    for one in ("".join(told), "".join(bare), told[-1], bare[-1], told[0], bare[0]):
        if one in _HEADINGS:
            return _HEADINGS[one]
    return None


def _table(sheet: sheets.Sheet) -> Table | None:
    covered = _covered(sheet)
    best: tuple[int, int, dict[str, int], list[str]] = (0, 0, {}, [])
    early = [number for number in sorted(sheet.rows) if sheet.rows[number]][:HEAD_WITHIN]
    for number in early:
        for below in (0, 1):
            columns, unread = _headings(sheet.rows, covered, number, below)
            if "problem" in columns and len(columns) > max(best[0], 1):
                best = (len(columns), number + below, columns, unread)
    if not best[0]:
        return None
    _, head, columns, unread = best
    rows: list[Row] = []
    passed: list[tuple[int, str]] = []
    for number in sorted(number for number in sheet.rows if number > head):
        cells = _cells(sheet.rows, covered, number, columns, head)
        if not any(one.text for one in cells.values()) or _signs(sheet.rows[number]):
            continue
        if why := _no_item(sheet.rows[number], cells):
            passed.append((number, why))
        elif rows and _goes_on(sheet.rows[number], covered.get((number, columns["problem"])), cells, head):
            rows[-1].more.append(cells)
        else:
            rows.append(Row(sheet.name, number, cells, [], number in sheet.hidden))
    return Table(sheet.name, head, columns, rows, passed, unread, sheet.since_1904)


def _covered(sheet: sheets.Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell under a merged one that one's place; as many as a real sheet has."""
    last, found = max(sheet.rows, default=0), dict[tuple[int, int], tuple[int, int]]()
    for top, left, bottom, right in sheet.merged:
        rows, columns = range(top, min(bottom, last) + 1), range(left, min(right, sheets.MOST_COLUMNS) + 1)
        if len(found) + len(rows) * len(columns) <= _MERGED_CELLS:
            found |= {(row, column): (top, left) for row in rows for column in columns}
    return found


def _headings(
    rows: Grid, covered: dict[tuple[int, int], tuple[int, int]], number: int, below: int
) -> tuple[dict[str, int], list[str]]:
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


def _cells(
    rows: Grid, covered: dict[tuple[int, int], tuple[int, int]], number: int, columns: dict[str, int], head: int
) -> dict[str, Text]:
    found = {}
    for key, place in columns.items():
        cell = rows[number].get(place)
        if cell is None or not cell.text.strip():
            top, left = covered.get((number, place), (0, 0))
            cell = rows.get(top, {}).get(left) if head < top < number and left == place else cell
        text = sheet_cells.plain(cell.text) if cell else ""
        found[key] = Text(text, sheets.address(number, place), bool(cell and cell.formula))
    return found


def _signs(row: dict[int, sheets.Cell]) -> bool:
    """Whether a row is the line for signatures."""
    word, lone = _first(row)
    return lone and word.startswith(sheet_words.SIGNATURE)


def _first(row: dict[int, sheets.Cell]) -> tuple[str, bool]:
    """What a row begins with, and whether it says little else."""
    told = [cell.text for _, cell in sorted(row.items()) if cell.text.strip()]
    return re.sub(r"\s", "", told[0]).lower() if told else "", len(told) <= 4


def _no_item(row: dict[int, sheets.Cell], cells: dict[str, Text]) -> str:
    """Why a row is none of the ledger: a total, the headings once more."""
    word, lone = _first(row)
    if word.startswith(sheet_words.TOTALS) and not cells["problem"].text.strip("0123456789.个项条 "):
        return "ledger_passed_totals"
    if word.startswith(sheet_words.TOTALS) and lone:
        return "ledger_passed_totals"
    same = [key for key, one in cells.items() if one.text and heading(one.text) == key]
    return "ledger_passed_headings" if len(same) > 2 else ""


def _goes_on(row: dict[int, sheets.Cell], merged: tuple[int, int] | None, cells: dict[str, Text], head: int) -> bool:
    """Whether a row only says more of the one above: its problem is merged with that one's, or it has neither number
    nor problem but a measure."""
    own = row.get(merged[1]) if merged else None
    if merged and merged[0] > head and not (own and own.text.strip()):
        return True
    told = any(cells[key].text for key in ("measures", "measure_who", "measure_due", "milestones") if key in cells)
    return not cells["problem"].text and told and not (cells["number"].text if "number" in cells else "")
