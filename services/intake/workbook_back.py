"""Reads a form's workbook back, cell by cell; what is wrong with it is told by sheet and cell."""

import re
from datetime import date, timedelta
from typing import Any

from services.intake import faults, kinds, layout
from services.intake.layout import FIRST_ENTRY, FIRST_ROW, MARK, Entry
from services.spine import errors, sheets

INFLATED = 8 << 20


def read(name: str, data: bytes, kind: str) -> tuple[dict[str, Any], faults.Places] | None:
    """The document and where its parts stand; None when the workbook is no form at all, `form_not_ours` when it is
    the form of something else or was taken apart."""
    try:
        book = {sheet.name: sheet for sheet in sheets.read(data, INFLATED)}
    except sheets.Unreadable:
        raise errors.Refusal("file_damaged", name=name) from None
    if MARK not in book:
        return None
    marks = [(_cell(row, 1).text, _cell(row, 2).text) for row in book[MARK].rows.values() if _cell(row, 1).text]
    if not marks or marks[0][0] not in kinds.versions(kind) or any(one not in book for one, _ in marks[1:]):
        wanted = kinds.schema(kinds.versions(kind)[-1])["x-label"]["zh"]
        raise errors.Refusal("form_not_ours", name=name, wanted=wanted)
    words = {(_cell(row, 5).text, _cell(row, 4).text): _cell(row, 6).text for row in book[MARK].rows.values()}
    reading = _Reading(kinds.schema(marks[0][0]), words)
    for sheet, pointer in marks[1:]:
        reading.rows(book[sheet], tuple(pointer.split("/"))) if pointer else reading.form(book[sheet])
    return {**reading.document, "$schema": marks[0][0]}, faults.Places(reading.cells, reading.faults)


class _Reading:
    """A document that grows cell by cell."""

    def __init__(self, schema: kinds.Schema, words: dict[tuple[str, str], str]) -> None:
        self.schema, self.words = schema, words
        self.document: dict[str, Any] = {}
        self.cells: dict[str, tuple[str, str]] = {}
        self.faults: list[faults.Fault] = []

    def form(self, sheet: sheets.Sheet) -> None:
        """The single entries."""
        known = {entry.path: entry for entry in layout.parts(self.schema)[0]}
        for number, row in sheet.rows.items():
            entry = known.get(tuple(_cell(row, 4).text.split("/")))
            if number >= FIRST_ENTRY and entry:
                self._take(sheet, number, 2, _cell(row, 2), entry, self.document, [*entry.path])

    def rows(self, sheet: sheets.Sheet, path: tuple[str, ...]) -> None:
        """A list: one row an entry; rows that are blank are passed over."""
        items = dict(layout.parts(self.schema)[1]).get(path)
        if items is None:
            return
        known = {entry.path: entry for entry in layout.columns(items)}
        names = {column: known.get(tuple(cell.text.split("/"))) for column, cell in sheet.rows.get(2, {}).items()}
        found: list[dict[str, Any]] = []
        for number, row in sheet.rows.items():
            if number < FIRST_ROW:
                continue
            for column, cell in row.items():
                if not names.get(column) and cell.text.strip():
                    self._tell("form_spare", [*path, len(found)], sheet, number, column)
            if not any(names.get(column) and (cell.text.strip() or cell.formula) for column, cell in row.items()):
                continue
            entry: dict[str, Any] = {}
            place = [*path, len(found)]
            self.cells.setdefault(faults.pointed(place), (sheet.name, sheets.address(number, 1)))
            for column, part in names.items():
                if part:
                    self._take(sheet, number, column, _cell(row, column), part, entry, [*place, *part.path])
            found.append(entry)
        self.cells[faults.pointed(list(path))] = (sheet.name, sheets.address(FIRST_ROW, 1))
        layout.put(self.document, path, found)

    def _take(
        self, sheet: sheets.Sheet, row: int, column: int, cell: sheets.Cell, entry: Entry, into: Any, path: list[Any]
    ) -> None:
        self.cells[faults.pointed(path)] = (sheet.name, sheets.address(row, column))
        for length in range(1, len(path)):
            self.cells.setdefault(faults.pointed(path[:length]), (sheet.name, sheets.address(row, column)))
        if cell.formula:
            self._tell("form_formula", path, sheet, row, column)
        elif cell.text.strip():
            layout.put(into, entry.path, self._value(cell.text, entry.schema))

    def _value(self, text: str, schema: kinds.Schema) -> Any:
        """What stands in a cell as the form has it; its leaves are read by `forms`."""
        if schema.get("type") == "array":
            return [self._value(line, schema["items"]) for line in text.splitlines() if line.strip()]
        if schema.get("type") == "object":
            return dict(zip(schema["properties"], (part.strip() for part in text.split("|")), strict=False))
        if schema.get("format") == "date" and re.fullmatch(r"[1-9]\d{4}(\.\d+)?", text.strip()):
            return (date(1899, 12, 30) + timedelta(days=int(float(text)))).isoformat()
        return self.words.get((schema.get("x-from", ""), text.strip()), text)

    def _tell(self, code: str, path: list[Any], sheet: sheets.Sheet, row: int, column: int) -> None:
        pointer = faults.pointed(path)
        self.cells[pointer] = (sheet.name, sheets.address(row, column))
        self.faults.append({"pointer": pointer, "code": code, "where": faults.where(self.schema, path)})


def _cell(row: dict[int, sheets.Cell], column: int) -> sheets.Cell:
    return row.get(column, sheets.Cell("", False))
