"""A form as an Excel workbook: handed out with labels, help and choices, and read back cell by cell.

What must stay true: a cell is text, never a formula, whatever somebody wrote; what comes back is told by sheet and
cell. The first sheet has one row for each single entry; each list has a sheet of its own, one row an entry; a list
within a row is one cell, an entry a line, its parts divided by |. A hidden sheet names the schema and the sheets.
"""

import io
import re
from typing import Any

import xlsxwriter

from services.intake import forms, kinds, layout
from services.intake.layout import FIRST_ENTRY, FIRST_ROW, MARK, Entry
from services.spine import sheets

LAST_ROW = 2003
WORDS = {
    "zh": {"form": "填写", "entry": "栏目", "value": "填写内容", "help": "说明", "lines": "一行一项", "needed": "必填"},
    "en": {
        "form": "Form",
        "entry": "Entry",
        "value": "Fill in",
        "help": "Help",
        "lines": "one a line",
        "needed": "needed",
    },
}
YES = [{"zh": "是", "en": "yes"}, {"zh": "否", "en": "no"}]


def write(identifier: str, language: str, known: forms.Known = forms.NOTHING, filled: Any = None) -> bytes:
    """The workbook to fill in, with what is filled in already."""
    schema, out = kinds.schema(identifier), io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    cell = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "locked": False})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#F2F2F2", "border": 1})
    words = WORDS[language]
    told = [(words["form"], "")]
    single, lists = layout.parts(schema)
    offered = _Choices(book, language, known)
    form = book.add_worksheet(words["form"])
    form.set_column(0, 0, 28)
    form.set_column(1, 1, 60)
    form.set_column(2, 2, 44)
    form.set_column(3, 3, None, None, {"hidden": True})
    form.write_string(0, 0, schema["x-label"][language], head)
    for column, name in enumerate(("entry", "value", "help")):
        form.write_string(FIRST_ENTRY - 2, column, words[name], head)
    for row, entry in enumerate(single, FIRST_ENTRY - 1):
        form.write_string(row, 0, _called(entry, language), head)
        form.write_string(row, 1, _text(layout.at(filled, entry.path), entry.schema, language, known), cell)
        form.write_string(row, 2, _help(entry, language))
        form.write_string(row, 3, "/".join(entry.path))
        offered.allow(form, row, 1, row, entry.schema)
    for path, items in lists:
        name = _sheet_name(kinds.label(_under(schema, path), path[-1])[language], told)
        told.append((name, "/".join(path)))
        sheet = book.add_worksheet(name)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        sheet.write_string(0, 0, _under(schema, path).get("x-help", {}).get(language, ""))
        rows = layout.at(filled, path) or []
        for column, entry in enumerate(layout.columns(items)):
            sheet.set_column(column, column, 26)
            sheet.write_string(1, column, "/".join(entry.path))
            sheet.write_string(2, column, f"{_called(entry, language)}\n{_help(entry, language)}".strip(), head)
            offered.allow(sheet, FIRST_ROW - 1, column, LAST_ROW, entry.schema)
            for row in range(max(len(rows), 20)):
                value = layout.at(rows[row], entry.path) if row < len(rows) else None
                sheet.write_string(FIRST_ROW - 1 + row, column, _text(value, entry.schema, language, known), cell)
    mark = book.add_worksheet(MARK)
    mark.very_hidden()
    for row, (name, pointer) in enumerate([(identifier, "schema"), *told]):
        mark.write_string(row, 0, name)
        mark.write_string(row, 1, pointer)
    words_known = [
        (one["label"][language], source, one["code"]) for source, all_ in known.choices.items() for one in all_
    ]
    for row, line in enumerate(words_known):
        for column, text in enumerate(line, 3):
            mark.write_string(row, column, text)
    offered.close()
    book.close()
    return out.getvalue()


class _Choices:
    """The words one may choose from, on a hidden sheet."""

    def __init__(self, book: Any, language: str, known: forms.Known) -> None:
        self.book, self.language, self.known = book, language, known
        self.columns: dict[tuple[str, ...], int] = {}

    def allow(self, sheet: Any, first: int, column: int, last: int, schema: kinds.Schema) -> None:
        """Offer the choices of an entry in its cells; what is written otherwise is told when it comes back."""
        words = tuple(one[self.language] for one in _offered(schema, self.known))
        if not words or schema.get("type") == "array":
            return
        place = self.columns.setdefault(words, len(self.columns))
        source = f"=_choices!${_letters(place)}$1:${_letters(place)}${len(words)}"
        sheet.data_validation(
            first, column, last, column, {"validate": "list", "source": source, "error_type": "warning"}
        )

    def close(self) -> None:
        """Write the words down and hide them."""
        sheet = self.book.add_worksheet("_choices")
        for words, column in self.columns.items():
            for row, word in enumerate(words):
                sheet.write_string(row, column, word)
        sheet.very_hidden()


def _offered(schema: kinds.Schema, known: forms.Known) -> list[dict[str, str]]:
    if schema.get("type") == "boolean" or schema.get("const") is True:
        return YES if schema.get("type") == "boolean" else YES[:1]
    return [*schema.get("x-words", {}).values()] or [
        one["label"] for one in known.choices.get(schema.get("x-from", ""), ())
    ]


def _called(entry: Entry, language: str) -> str:
    return kinds.label(entry.schema, entry.path[-1])[language] + (" *" if entry.needed else "")


def _help(entry: Entry, language: str) -> str:
    said = [entry.schema.get("x-help", {}).get(language, "")]
    if entry.schema.get("type") == "array":
        items, words = entry.schema["items"], WORDS[language]["lines"]
        parts = [kinds.label(part, key)[language] for key, part in items.get("properties", {}).items()]
        said.append(f"{words}{'：' if parts else ''}{' | '.join(parts)}")
    if entry.schema.get("format") == "date" or (entry.schema.get("examples") and not entry.schema.get("x-from")):
        said.append(str(entry.schema["examples"][0]))
    return "；".join(part for part in said if part)


def _text(value: Any, schema: kinds.Schema, language: str, known: forms.Known) -> str:
    """A value as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_text(one, schema["items"], language, known) for one in value)
    if isinstance(value, dict):
        return " | ".join(_text(value.get(key), part, language, known) for key, part in schema["properties"].items())
    if isinstance(value, bool):
        return YES[not value][language]
    words = {one["code"]: one["label"] for one in known.choices.get(schema.get("x-from", ""), ())}
    return str({**words, **schema.get("x-words", {})}.get(value, {}).get(language, value))[:32000]


def _under(schema: kinds.Schema, path: tuple[str, ...]) -> kinds.Schema:
    for key in path:
        schema = schema["properties"][key]
    return schema


def _sheet_name(label: str, taken: list[tuple[str, str]]) -> str:
    name = re.sub(r"[\[\]:*?/\\']", " ", label)[:28]
    return f"{name} {len(taken)}" if name in [one for one, _ in taken] else name


def _letters(column: int) -> str:
    return re.sub(r"\d", "", sheets.address(1, column + 1))
