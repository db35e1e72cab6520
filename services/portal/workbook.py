"""Lists as Excel workbooks, under the filters of the page they come from.

What must stay true: a list leaves while its rows are asked for; who may not have it is told so before it begins.
"""

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter
from flask import Response, stream_with_context

from services.spine import clock, sheet_stream

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 48
_AT_ONCE = 500
Line = Sequence[Any]


def answer(name: str, title: str, heads: Sequence[str], lines: Iterable[Line]) -> Response:
    """The workbook as a download called after the list and today."""
    pieces = written(title, heads, lines)
    first = next(pieces)
    return Response(
        stream_with_context(itertools.chain([first], pieces)),
        content_type=MEDIA,
        headers={"Content-Disposition": f'attachment; filename="{name}-{clock.today()}.xlsx"'},
    )


def written(title: str, heads: Sequence[str], lines: Iterable[Line]) -> Iterator[bytes]:
    """One sheet: a fixed head row with filters, then the lines; columns are as wide as the first of them want."""
    more = iter(lines)
    batch = list(itertools.islice(more, _AT_ONCE))
    stream = sheet_stream.Stream(_drawn(title, heads, batch), above=1)
    yield stream.head()
    while batch:
        yield stream.rows([_fit(value) for value in line] for line in batch)
        batch = list(itertools.islice(more, _AT_ONCE))
    yield stream.end()


def _drawn(title: str, heads: Sequence[str], lines: Sequence[Line]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#F3EEE8", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    look = {"text_wrap": True, "valign": "top"}
    for column, text in enumerate(heads):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, _width(text, [line[column] for line in lines]))
    for column, one in enumerate((look, look, {**look, "quote_prefix": True})):
        sheet.write_blank(1, column, None, book.add_format(one))
    sheet.freeze_panes(1, 0)
    if lines:
        sheet.autofilter(0, 0, 1, len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return file.getvalue()


def _fit(value: Any) -> str | int | float:
    return value if isinstance(value, int | float) else sheet_stream.fit(str(value))


def _width(head: str, values: Sequence[Any]) -> float:
    longest = max((len(line) for value in (head, *values) for line in str(value).split("\n")), default=6)
    return min(_WIDEST, max(8, longest * 1.9))
