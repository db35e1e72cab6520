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


class Unreadable(Exception):  # noqa: N818  (told to whoever handed it in)
    """This is no workbook, or one beyond all measure."""


class Cell(NamedTuple):
    """What stands in a cell, and whether a formula made it."""

    text: str
    formula: bool


class Sheet(NamedTuple):
    """A sheet: its name and its cells by row (from 1) and column (from 1)."""

    name: str
    rows: dict[int, dict[int, Cell]]


def read(data: bytes, inflated: int = INFLATED_BYTES, most_rows: int = MOST_ROWS) -> list[Sheet]:
    """The sheets of a workbook (.xlsx) in their order; Unreadable when it is none or goes beyond the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            kept = _Package(package, inflated)
            links = {link.get("Id"): str(link.get("Target")) for link in kept.parse("xl/_rels/workbook.xml.rels")}
            strings = [_joined(one) for one in kept.parse("xl/sharedStrings.xml", missing=True)]
            found = []
            for sheet in kept.parse("xl/workbook.xml").iter(f"{_MAIN}sheet"):
                path = links[sheet.get(_LINK)].lstrip("/")
                path = path if path.startswith("xl/") else f"xl/{path}"
                found.append(Sheet(str(sheet.get("name")), dict(_rows(kept.parse(path), strings, most_rows))))
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

    def _inflate(self, part: IO[bytes]) -> bytes:
        text = part.read(self.left + 1)
        self.left -= len(text)
        if self.left < 0:
            raise Unreadable
        return text


def _rows(sheet: Element, strings: list[str], most: int) -> Iterator[tuple[int, dict[int, Cell]]]:
    for count, row in enumerate(sheet.iter(f"{_MAIN}row")):
        if count >= most:
            raise Unreadable
        cells: dict[int, Cell] = {}
        number = count + 1
        for cell in row.iter(f"{_MAIN}c"):
            place = _CELL.fullmatch(cell.get("r") or "")
            if place is None:
                continue
            number, column = int(place[2]), _column(place[1])
            if column <= MOST_COLUMNS:
                cells[column] = Cell(_text(cell, strings), cell.find(f"{_MAIN}f") is not None)
        yield number, cells


def _text(cell: Element, strings: list[str]) -> str:
    kind, value = cell.get("t"), cell.find(f"{_MAIN}v")
    if kind == "inlineStr":
        return _joined(cell)
    if value is None or value.text is None:
        return ""
    return strings[int(value.text)] if kind == "s" else value.text


def _joined(element: Element) -> str:
    parts: list[Any] = [one.text or "" for one in element.iter(f"{_MAIN}t")]
    return "".join(parts)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
