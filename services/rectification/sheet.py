"""The ledger as the official Excel sheet: a merged title, who filled it in and when, two rows of headings, a row for
each item, the line for signatures; it leaves while it is written, so that a long ledger takes no more memory and lets
nobody wait longer for its first byte than a short one.

What must stay true: a cell is text or a number, never a formula, and stays text when somebody edits it; raw codes, the
item's id and its revision stand in hidden columns.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

from services.rectification import sheet_cells, sheet_words
from services.rectification.sheet_words import COLUMNS, GROUPS, HIDDEN, ORDER
from services.spine import sheets

FIRST_ROW = 4
LAST_ROW = 1_048_575
RISKY = ("=", "+", "-", "@", "\t")
_NUMBERS = ("number", "percent")
_SHEET = "xl/worksheets/sheet1.xml"
_LETTERS = [sheets.address(1, place)[:-1] for place in range(1, len(ORDER) + len(HIDDEN) + 1)]
_NUMBERED = {ORDER.index(column) for column in _NUMBERS}
_ESCAPED = re.compile("_x[0-9a-fA-F]{4}_")
Top = Mapping[str, str]


class Writer:
    """A workbook that leaves piece by piece: its head, the rows of some items at a time, its foot."""

    def __init__(self, language: str, top: Top, units: Mapping[str, str], aspects: Mapping[str, str]) -> None:
        self.language, self.units, self.aspects, self.row = language, units, aspects, FIRST_ROW
        self.out = _Outward()
        self.zip = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED, compresslevel=3)  # type: ignore[call-overload]
        self.part: Any = None
        with zipfile.ZipFile(io.BytesIO(_template(language, top))) as drawn:
            self.others = [(name, drawn.read(name)) for name in drawn.namelist() if name != _SHEET]
            text = drawn.read(_SHEET).decode()
        before, row = text.split(f'<row r="{FIRST_ROW + 1}"', 1)
        self.before = re.sub("<dimension [^>]*>", "", before)
        self.looks = [re.search(f'r="{letter}{FIRST_ROW + 1}" s="([0-9]+)"', row)[1] for letter in "ABC"]  # type: ignore[index]
        foot, self.after = row.split("</row>", 1)[1].split("</sheetData>", 1)
        self.foot = foot.replace(f'{FIRST_ROW + 2}"', '{row}"')

    def head(self) -> bytes:
        """What stands above the rows."""
        for name, data in self.others:
            self.zip.writestr(name, data)
        self.part = self.zip.open(_SHEET, "w", force_zip64=True)
        self.part.write(self.before.encode())
        return self.out.take()

    def rows(self, items: Iterable[Mapping[str, Any]]) -> bytes:
        """A row for each item as people see it."""
        written = []
        for item in items:
            cells = sheet_cells.of(item, self.language, self.units.get(item["unit"], ""), self.aspects)
            texts = [*(cells[column] for column in ORDER), *sheet_cells.hidden(item, cells, self.language).values()]
            self.row += 1
            told = "".join(self._cell(place, text) for place, text in enumerate(texts))
            written.append(f'<row r="{self.row}">{told}</row>')
        self.part.write("".join(written).encode())
        return self.out.take()

    def end(self) -> bytes:
        """The line for signatures; the file is whole."""
        number, old = self.row + 1, FIRST_ROW + 2
        merged = f"A{{0}}:{_LETTERS[len(ORDER) - 1]}{{0}}"
        after = self.after.replace(merged.format(old), merged.format(number))
        self.part.write((self.foot.replace('{row}"', f'{number}"') + "</sheetData>" + after).encode())
        self.part.close()
        self.zip.close()
        return self.out.take()

    def _cell(self, place: int, text: str) -> str:
        number, plain, risky = self.looks
        at = f"{_LETTERS[place]}{self.row}"
        if not text:
            return f'<c r="{at}" s="{plain}"/>'
        if place in _NUMBERED:
            return f'<c r="{at}" s="{number}"><v>{text}</v></c>'
        look = risky if text.startswith(RISKY) else plain
        return f'<c r="{at}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


class _Outward:
    """What was written and has not left yet."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Some more."""
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """It leaves when it is taken."""

    def take(self) -> bytes:
        """All of it, once."""
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def _escaped(text: str) -> str:
    told = _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text) if "_x" in text else text
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
