"""Finds the ledger in a file as units really keep it: Excel or CSV, one row of headings or two, merged cells, a sheet
for each list, totals, lines for signatures; what stands in each row, by column and cell, still in the unit's own words.

What must stay true: every word keeps the cell it came from; every row that says anything is one of the ledger's,
belongs to one, is a heading or is told as passed over; a formula is told as one. A row: {sheet, row, cells: {column:
Text}, more: the rows below that belong to it, hidden, under: the title it stands under that names its list}.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from services.rectification import sheet_cells, sheet_heads, sheet_lists, sheet_words
from services.spine import errors, marks, sheets

MOST_ROWS, INFLATED, MOST_LINES = 120_000, 96 << 20, 5_000
_SIGNS = ",\t;，；"
_OLD_BOOK = b"\xd0\xcf\x11\xe0"
_LABEL = r"(?:签[字名]|盖章)?(?:\((?:签[字名]|盖章|signature)\)|:|$)"
_SIGNED = re.compile(rf"(?:{'|'.join(map(re.escape, sheet_words.SIGNATURE))}){_LABEL}")
_NEXT = re.compile("[一二三四五六七八九十]+、")
_TOTAL = re.compile(rf"(?:{'|'.join(sheet_words.TOTALS)})[:(]?(?:共?\d*[个项条]?)(?:问题)?\)?")


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
    under: str = ""


class Table(NamedTuple):
    """A ledger: its sheet, where its columns stand, its rows, what was passed over (row, why), columns not read
    and how many cells of them say something."""

    sheet: str
    head: int
    columns: dict[str, int]
    rows: list[Row]
    passed: list[tuple[int, str]]
    unread: list[tuple[str, int]]
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
    found = [table(sheet) for sheet in kept if sheet_heads.said(sheet, 1)]
    if not any(one.columns for one in found):
        raise errors.Refusal(
            "ledger_not_ours", name=name, needed="、".join(("问题", "清单类别", "整改措施", "完成时限"))
        )
    count = sum(len(one.rows) + sum(len(row.more) for row in one.rows) for one in found)
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


def _lines(name: str, data: bytes) -> sheet_heads.Grid:
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
    found: sheet_heads.Grid = {}
    try:
        for number, line in enumerate(_parted(text, max(_SIGNS, key=lambda sign: _headed(text, sign))), 1):
            if number > MOST_ROWS:
                raise errors.Refusal("ledger_too_many", count=number, most=MOST_LINES)
            cells = enumerate(line[: sheets.MOST_COLUMNS], 1)
            found[number] = {place: sheets.Cell(word, False) for place, word in cells if word.strip()}
    except csv.Error:
        raise errors.Refusal("file_damaged", name=name) from None
    return found


def _parted(text: str, sign: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign)


def _headed(text: str, sign: str) -> int:
    """How many headings the first rows have at most in one, parted by that sign."""
    try:
        first = list(islice(_parted(text, sign), sheet_heads.HEAD_WITHIN))
    except csv.Error:
        return -1
    return max((sum(sheet_heads.heading(word) is not None for word in row) for row in first), default=0)


def table(sheet: sheets.Sheet) -> Table:
    """The ledger of a sheet; without columns where none begins, which is told."""
    covered = sheet_heads.covered(sheet)
    first, head, columns, unread = sheet_heads.find(sheet, covered)
    if not head:
        return Table(sheet.name, 0, {}, [], [(0, "ledger_passed_sheet")], [], sheet.since_1904)
    rows, left = list[Row](), Counter[int]()
    passed = [
        (number, "ledger_passed_above")
        for number in sheet_heads.said(sheet, first + 1, head)
        if not sheet_heads.heads(sheet.rows[number])
    ]
    titles = (_alone(sheet.rows[number]) for number in sheet_heads.said(sheet, 1, head))
    under = next(filter(sheet_lists.titled, titles), "")
    for number in sheet_heads.said(sheet, head + 1):
        cells = _cells(sheet.rows, covered, number, columns, head)
        goes_on = _goes_on(sheet.rows[number], covered.get((number, columns["problem"])), cells, head)
        alone = "" if goes_on else _alone(sheet.rows[number])
        if sheet_lists.heads(alone):
            under = alone
            passed.append((number, "ledger_passed_title"))
            continue
        under = "" if _NEXT.match(alone) and not cells["problem"].text else under
        if why := _no_item(sheet.rows[number], cells, columns["problem"], goes_on):
            passed.append((number, why))
            continue
        left.update(place for place, cell in sheet.rows[number].items() if cell.text.strip())
        if rows and goes_on:
            rows[-1].more.append(cells)
        else:
            rows.append(Row(sheet.name, number, cells, [], number in sheet.hidden, under))
    told = [(name, left[place]) for name, place in unread]
    return Table(sheet.name, head, columns, rows, passed, told, sheet.since_1904)


def _cells(
    rows: sheet_heads.Grid, covered: sheet_heads.Covered, number: int, columns: dict[str, int], head: int
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


def _no_item(row: dict[int, sheets.Cell], cells: dict[str, Text], problem: int, goes_on: bool) -> str:
    """Why a row is none of the ledger: nothing that is read, the line for signatures, a total, the headings once more.
    Labels tell those two, not words a problem may begin with."""
    if not any(one.text for one in cells.values()):
        return "ledger_passed_unread"
    told = [sheet_lists.flat(cell.text) for _, cell in sorted(row.items()) if cell.text.strip()]
    own = row[problem].text if problem in row else ""
    bare = not own.strip() and not goes_on
    if len(told) <= 4 and told[0].startswith(sheet_words.SIGNATURE) and (bare or _SIGNED.match(told[0])):
        return "ledger_passed_signature"
    counted = own.strip() and (not own.strip("0123456789.个项条 ") or _TOTAL.fullmatch(sheet_lists.flat(own)))
    label = len(told) <= 4 and _TOTAL.fullmatch(told[0])
    if told[0].startswith(sheet_words.TOTALS) and (bare or counted or label):
        return "ledger_passed_totals"
    same = [key for key, one in cells.items() if one.text and sheet_heads.heading(one.text) == key]
    return "ledger_passed_headings" if len(same) > 2 else ""


def _alone(row: dict[int, sheets.Cell]) -> str:
    """What a row says in one cell and nowhere else."""
    told = [cell.text.strip() for cell in row.values() if cell.text.strip()]
    return told[0] if len(told) == 1 else ""


def _goes_on(row: dict[int, sheets.Cell], merged: tuple[int, int] | None, cells: dict[str, Text], head: int) -> bool:
    """Whether a row only says more of the one above: its problem is merged with that one's, or it has neither number
    nor problem but a measure."""
    own = row.get(merged[1]) if merged else None
    if merged and merged[0] > head and not (own and own.text.strip()):
        return True
    told = any(cells[key].text for key in ("measures", "measure_who", "measure_due", "milestones") if key in cells)
    named = any(cells[key].text for key in ("number", "item_id") if key in cells)
    return not cells["problem"].text and told and not named
