"""The file somebody handed in, once more, with what is not clear about it marked in its cells and said beside them.

What must stay true: every word stands in the cell it came from, so that the file can be mended and handed in again; a
cell is text, never a formula.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from services.rectification import findings, sheet_lines, sheet_reading, sheet_words
from services.spine import sheet_stream, sheets

COLOURS = {"wrong": "#F4C7C3", "conflict": "#FCE0B5", "ask": "#FFF2B3", "note": "#DCE9F7"}
_RANK = list(COLOURS)
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(name: str, data: bytes, lines: Iterable[sheet_lines.Line], language: str) -> bytes:
    """The marked workbook, with the reader's words for each finding."""
    marks: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        for one in line["findings"]:
            marks[line["sheet"], one["cell"]].append(findings.told(one, language))
    tables = {table.sheet: table for table in sheet_reading.read(name, data)}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    look = {"text_wrap": True, "valign": "top", "num_format": "@"}
    looks = {kind: book.add_format({**look, "bg_color": colour}) for kind, colour in COLOURS.items()}
    plain = book.add_format(look)
    for found in sheet_reading.grids(name, data):
        page = book.add_worksheet(found.name or sheet_words.TITLE[language])
        if found.name in tables:
            _widths(page, tables[found.name])
        _merge(page, found, plain)
        for number, row in found.rows.items():
            for place, cell in row.items():
                told = marks.get((found.name, sheets.address(number, place)), [])
                worst = min((one["kind"] for one in told), key=_RANK.index, default="")
                page.write_string(number - 1, place - 1, sheet_stream.fit(cell.text), looks.get(worst, plain))
        for (where, at), told in marks.items():
            if where == found.name and at:
                page.write_comment(at, "\n".join(_said(one) for one in told)[:4000], {"x_scale": 2, "y_scale": 1.5})
                if not _stands(found, at):
                    page.write_blank(at, None, looks[min((one["kind"] for one in told), key=_RANK.index)])
    book.close()
    return out.getvalue()


def _said(one: Mapping[str, Any]) -> str:
    return f"{one['detail']}\n→ {one['proposal']}" if one["proposal"] else str(one["detail"])


def _stands(found: sheets.Sheet, cell: str) -> bool:
    """Whether a cell holds something."""
    row, column = sheets.place(cell)
    return column in found.rows.get(row, {})


def _widths(page: Any, table: sheet_reading.Table) -> None:
    for column, place in table.columns.items():
        if column in sheet_words.COLUMNS:
            page.set_column(place - 1, place - 1, sheet_words.COLUMNS[column].width)
        elif column in sheet_words.HIDDEN:
            page.set_column(place - 1, place - 1, 12, None, {"hidden": True})
    page.freeze_panes(table.head, 0)


def _merge(page: Any, found: sheets.Sheet, look: Any) -> None:
    last = max(found.rows, default=1)
    for top, left, bottom, right in found.merged:
        ends = min(bottom, last) - 1, min(right, sheets.MOST_COLUMNS) - 1
        if ends <= (top - 1, left - 1) or top > last:
            continue
        try:
            page.merge_range(top - 1, left - 1, *ends, "", look)
        except XlsxWriterException:
            continue
