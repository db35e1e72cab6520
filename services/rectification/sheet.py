"""The ledger as the official Excel sheet: a merged title, who filled it in and when, two rows of headings, a row for
each item, the line for signatures.

What must stay true: raw codes, the item's id and its revision stand in hidden columns.
"""

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from services.rectification import sheet_cells, sheet_words
from services.rectification.sheet_words import COLUMNS, GROUPS, HIDDEN, ORDER
from services.spine import sheet_stream

FIRST_ROW = 4
LAST_ROW = 1_048_575
_NUMBERS = ("number", "percent")
Top = Mapping[str, str]


def opened(language: str, top: Top) -> sheet_stream.Stream:
    """The workbook of a ledger, to which its rows are written as they come."""
    return sheet_stream.Stream(_template(language, top), FIRST_ROW)


def line(
    item: Mapping[str, Any], language: str, units: Mapping[str, str], aspects: Mapping[str, str]
) -> list[str | int]:
    """An item's row as people see it; `units` and `aspects`: what they are called."""
    cells = sheet_cells.of(item, language, units.get(item["unit"], ""), aspects)
    shown = [int(cells[one]) if one in _NUMBERS and cells[one] else cells[one] for one in ORDER]
    return [*shown, *sheet_cells.hidden(item, cells, language).values()]


def _template(language: str, top: Top) -> bytes:
    """The workbook with one row that shows how a number, a text and a risky text look, and the foot below it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet(sheet_words.TITLE[language])
    _head(book, sheet, language, top)
    look = {"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"}
    looks = [{**look, "num_format": "0"}, look, {**look, "quote_prefix": True}]
    for place, one in enumerate(looks):
        sheet.write_blank(FIRST_ROW, place, None, book.add_format(one))
    plain = book.add_format({"valign": "vcenter"})
    sheet.merge_range(FIRST_ROW + 1, 0, FIRST_ROW + 1, len(ORDER) - 1, sheet_words.FOOT[language], plain)
    book.close()
    return out.getvalue()


def _head(book: Any, sheet: Any, language: str, top: Top) -> None:
    last = len(ORDER) - 1
    title = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
    line = book.add_format({"valign": "vcenter"})
    look = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
    head = book.add_format({**look, "bg_color": "#F3EEE8"})
    for place, column in enumerate(ORDER):
        sheet.set_column(place, place, COLUMNS[column].width)
    sheet.set_column(len(ORDER), len(ORDER) + len(HIDDEN) - 1, 12, None, {"hidden": True})
    for key, choices in (("category", sheet_words.LISTS), ("source", sheet_words.SOURCES)):
        offered = [one[language] for one in choices.values()]
        rule = {"validate": "list", "source": offered, "error_type": "warning"}
        sheet.data_validation(FIRST_ROW, ORDER.index(key), LAST_ROW, ORDER.index(key), rule)
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, last, "", title)
    sheet.write_string(0, 0, f"{top.get('title', '')}{sheet_words.TITLE[language]}", title)
    for key, first, end in (("unit", 0, 8), ("by", 9, 18), ("on", 19, last)):
        told = sheet_words.TOP[key][language].format(**{"unit": "", "by": "", "on": "", **top})
        sheet.merge_range(1, first, 1, end, "", line)
        sheet.write_string(1, first, told, line)
    place = 0
    for words, columns in GROUPS.values():
        if len(columns) > 1:
            sheet.merge_range(2, place, 2, place + len(columns) - 1, words[language], head)
        else:
            sheet.write_string(2, place, words[language], head)
        place += len(columns)
    for place, column in enumerate(ORDER):
        sheet.write_string(3, place, getattr(COLUMNS[column], language), head)
    for place, name in enumerate(HIDDEN, len(ORDER)):
        sheet.write_string(3, place, name, head)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
