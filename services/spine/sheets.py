"""Reads a workbook that somebody filled in: the cells of its sheets as text, and nothing that could harm.

What must stay true: a file from outside cannot fill the memory (what it inflates to is counted while it is read), no
entity is resolved, no formula is computed: a formula is told as one, so that whoever wrote it can write words instead.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

INFLATED_BYTES = 32 * 1024 * 1024
MOST_ROWS = 2100
MOST_COLUMNS = 64
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x(?![dD][89a-fA-F])([0-9A-Fa-f]{4})_")
_PER_CENT = ("9", "10")
_QUOTED = re.compile(r'"[^"]*"|\\.')
_MERGED_RANGES = 20_000


class Unreadable(Exception):  # noqa: N818  (told to whoever handed it in)
    """This is no workbook, or one beyond all measure."""


class Cell(NamedTuple):
    """What stands in a cell (a share as it is shown, 100%), and whether a formula made it."""

    text: str
    formula: bool


class Sheet(NamedTuple):
    """A sheet: its name and its cells by row (from 1) and column (from 1); the cells that are merged (first row and
    column, last row and column), the rows that are hidden, and whether days count from 1904."""

    name: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: frozenset[int] = frozenset()
    since_1904: bool = False


def read(data: bytes, inflated: int = INFLATED_BYTES, most_rows: int = MOST_ROWS) -> list[Sheet]:
    """The sheets of a workbook (.xlsx) in their order; Unreadable when it is none or goes beyond the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            kept = _Package(package, inflated)
            links = {link.get("Id"): str(link.get("Target")) for link in kept.parse("xl/_rels/workbook.xml.rels")}
            shares = _shares(kept.parse("xl/styles.xml", missing=True))
            strings = [_joined(one) for one in kept.parse("xl/sharedStrings.xml", missing=True)]
            found, book = [], kept.parse("xl/workbook.xml")
            since_1904 = any(one.get("date1904") in ("1", "true") for one in book.iter(f"{_MAIN}workbookPr"))
            for sheet in book.iter(f"{_MAIN}sheet"):
                path = links[sheet.get(_LINK)].lstrip("/")
                path = path if path.startswith("xl/") else f"xl/{path}"
                read = _Rows(strings, shares, most_rows)
                for element in kept.pieces(path):
                    read.take(element)
                found.append(
                    Sheet(str(sheet.get("name")), read.rows, tuple(read.merged), frozenset(read.hidden), since_1904)
                )
            return found
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, ParseError, DefusedXmlException, OSError) as broken:
        raise Unreadable from broken
    except (NotImplementedError, RuntimeError) as locked:
        raise Unreadable from locked


def address(row: int, column: int) -> str:
    """A cell as Excel calls it.

    >>> address(3, 1), address(12, 28)
    ('A3', 'AB12')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def place(cell: str) -> tuple[int, int]:
    """The row and column of a cell.

    >>> place("AB12")
    (12, 28)
    """
    found = _CELL.fullmatch(cell)
    return (int(found[2]), _column(found[1])) if found else (0, 0)


class _Package:
    """The parts of a workbook, inflated under one common limit."""

    def __init__(self, package: zipfile.ZipFile, inflated: int) -> None:
        self.package, self.left = package, inflated

    def parse(self, name: str, *, missing: bool = False) -> Element:
        if missing and name not in self.package.namelist():
            return Element("none")
        with self.package.open(name) as part:
            text = self._inflate(part)
        parsed: Element = ElementTree.fromstring(text, forbid_dtd=True)
        return parsed

    def pieces(self, name: str) -> Iterator[Element]:
        """The rows and merged ranges of a large part, one after another; none is kept."""
        with self.package.open(name) as part:
            for _, element in ElementTree.iterparse(_Measured(part, self), forbid_dtd=True):
                if element.tag in (f"{_MAIN}row", f"{_MAIN}mergeCell"):
                    yield element
                    element.clear()

    def take(self, text: bytes) -> bytes:
        """Some more of it, as long as that is within the limit."""
        self.left -= len(text)
        if self.left < 0:
            raise Unreadable
        return text

    def _inflate(self, part: IO[bytes]) -> bytes:
        return self.take(part.read(self.left + 1))


class _Measured:
    """A part that is read piece by piece under the package's limit."""

    def __init__(self, part: IO[bytes], package: _Package) -> None:
        self.part, self.package = part, package

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        return self.package.take(self.part.read(size))


class _Rows:
    """The cells of a sheet as they are read, at most so many rows."""

    def __init__(self, strings: list[str], shares: frozenset[str], most: int) -> None:
        self.strings, self.shares, self.most, self.count = strings, shares, most, 0
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()

    def take(self, element: Element) -> None:
        """A row, or a range of merged cells."""
        if element.tag != f"{_MAIN}row":
            ends = [_CELL.fullmatch(one) for one in (element.get("ref") or "").split(":")]
            if len(ends) == 2 and ends[0] and ends[1] and len(self.merged) < _MERGED_RANGES:
                first, last = ((int(end[2]), _column(end[1])) for end in ends if end)
                self.merged.append((*first, *last))
            return
        self.count += 1
        if self.count > self.most:
            raise Unreadable
        cells: dict[int, Cell] = {}
        number = self.count
        for cell in element.iter(f"{_MAIN}c"):
            place = _CELL.fullmatch(cell.get("r") or "")
            if place is None:
                continue
            number, column = int(place[2]), _column(place[1])
            if column <= MOST_COLUMNS:
                cells[column] = Cell(_text(cell, self.strings, self.shares), cell.find(f"{_MAIN}f") is not None)
        self.rows[number] = cells
        if element.get("hidden") in ("1", "true"):
            self.hidden.add(number)


def _shares(styles: Element) -> frozenset[str]:
    """The styles, by their number, in which a number is shown as per cent."""
    formats = {
        one.get("numFmtId"): _QUOTED.sub("", one.get("formatCode") or "") for one in styles.iter(f"{_MAIN}numFmt")
    }
    used = [one.get("numFmtId") for kept in styles.iter(f"{_MAIN}cellXfs") for one in kept.iter(f"{_MAIN}xf")]
    return frozenset(str(n) for n, one in enumerate(used) if one in _PER_CENT or "%" in formats.get(one, ""))


def _text(cell: Element, strings: list[str], shares: frozenset[str]) -> str:
    kind, value = cell.get("t"), cell.find(f"{_MAIN}v")
    if kind == "inlineStr":
        return _joined(cell)
    if value is None or value.text is None:
        return ""
    if kind in (None, "n") and cell.get("s") in shares:
        return f"{float(value.text) * 100:.10g}%"
    return strings[int(value.text)] if kind == "s" else value.text


def _joined(element: Element) -> str:
    parts: list[Any] = [one.text or "" for one in element.iter(f"{_MAIN}t")]
    return _ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), "".join(parts))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
