"""The ledger as the official Excel sheet: a merged title, who filled it in and when, two rows of headings, a row for
each item, the line for signatures; written row by row to a file, so that a long ledger takes no more memory than a
short one.

What must stay true: a cell is text or a number, never a formula, and stays text when somebody edits it; raw codes, the
item's id and its revision stand in hidden columns.
"""

from collections.abc import Iterable, Mapping
from typing import IO, Any

import xlsxwriter

from services.rectification import sheet_cells, sheet_words
from services.rectification.sheet_words import COLUMNS, GROUPS, HIDDEN, ORDER

FIRST_ROW = 4
LAST_ROW = 1_048_575
RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS = ("number", "percent")
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class Writer:
    """A sheet that grows downwards: the head, rows as they come, the foot."""

    def __init__(
        self,
        file: IO[bytes] | str,
        language: str,
        top: Mapping[str, str],
        units: Mapping[str, str],
        aspects: Mapping[str, str],
    ) -> None:
        self.language, self.units, self.aspects = language, units, aspects
        self.book = xlsxwriter.Workbook(file, {**_OPTIONS, "strings_to_numbers": False})
        look = {"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"}
        self.text, self.risky = self.book.add_format(look), self.book.add_format({**look, "quote_prefix": True})
        self.number = self.book.add_format({**look, "num_format": "0"})
        self.sheet = self.book.add_worksheet(sheet_words.TITLE[language])
        self.row = FIRST_ROW
        self._head(top)

    def write(self, items: Iterable[Mapping[str, Any]]) -> None:
        """A row for each item as people see it."""
        for item in items:
            unit = self.units.get(item["unit"], "")
            cells = sheet_cells.of(item, self.language, unit, self.aspects)
            for place, column in enumerate(ORDER):
                self._put(place, cells[column], number=column in _NUMBERS)
            for place, text in enumerate(sheet_cells.hidden(item, cells, self.language).values(), len(ORDER)):
                self._put(place, text)
            self.row += 1

    def close(self) -> None:
        """The line for signatures; the file is whole."""
        plain = self.book.add_format({"valign": "vcenter"})
        self.sheet.merge_range(self.row, 0, self.row, len(ORDER) - 1, sheet_words.FOOT[self.language], plain)
        self.book.close()

    def _put(self, place: int, text: str, *, number: bool = False) -> None:
        if number and text:
            self.sheet.write_number(self.row, place, float(text), self.number)
        else:
            self.sheet.write_string(self.row, place, text, self.risky if text.startswith(RISKY) else self.text)

    def _head(self, top: Mapping[str, str]) -> None:
        sheet, language, last = self.sheet, self.language, len(ORDER) - 1
        title = self.book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
        line = self.book.add_format({"valign": "vcenter"})
        look = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        head = self.book.add_format({**look, "bg_color": "#F3EEE8"})
        for place, column in enumerate(ORDER):
            sheet.set_column(place, place, COLUMNS[column].width)
        sheet.set_column(len(ORDER), len(ORDER) + len(HIDDEN) - 1, 12, None, {"hidden": True})
        for key, choices in (("category", sheet_words.LISTS), ("source", sheet_words.SOURCES)):
            offered = [one[language] for one in choices.values()]
            rule = {"validate": "list", "source": offered, "error_type": "warning"}
            sheet.data_validation(FIRST_ROW, ORDER.index(key), LAST_ROW, ORDER.index(key), rule)
        sheet.set_row(0, 32)
        sheet.merge_range(0, 0, 0, last, f"{top.get('title', '')}{sheet_words.TITLE[language]}", title)
        for key, first, end in (("unit", 0, 8), ("by", 9, 18), ("on", 19, last)):
            told = sheet_words.TOP[key][language].format(**{"unit": "", "by": "", "on": "", **top})
            sheet.merge_range(1, first, 1, end, told, line)
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
