"""Lists as Excel workbooks, under the filters of the page they come from.

What must stay true: a cell is text or a number, never a formula, whatever somebody wrote into it.
"""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask import Response

from services.spine import clock

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 48


def answer(name: str, title: str, heads: Sequence[str], lines: Sequence[Sequence[Any]]) -> Response:
    """The workbook as a download called after the list and today."""
    return Response(
        write(title, heads, lines),
        content_type=MEDIA,
        headers={"Content-Disposition": f'attachment; filename="{name}-{clock.today()}.xlsx"'},
    )


def write(title: str, heads: Sequence[str], lines: Sequence[Sequence[Any]]) -> bytes:
    """One sheet: a fixed head row with filters, then the lines."""
    file = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {**as_text, "in_memory": True})
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#F3EEE8", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    for column, text in enumerate(heads):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, _width(text, [line[column] for line in lines]))
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line):
            if isinstance(value, int | float):
                sheet.write_number(row, column, value, cell)
            else:
                sheet.write_string(row, column, str(value)[:32000], cell)
    sheet.freeze_panes(1, 0)
    if lines:
        sheet.autofilter(0, 0, len(lines), len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return file.getvalue()


def _width(head: str, values: Sequence[Any]) -> float:
    longest = max((len(line) for value in (head, *values) for line in str(value).split("\n")), default=6)
    return min(_WIDEST, max(8, longest * 1.9))
