"""The tables organisations come in and go out by: Excel with a sheet of organisations and one of posts, or CSV.

What must stay true: what goes out comes in again unchanged; what cannot be understood is told by its sheet and cell
with what would be right, all of it at once. A fault: {sheet, row, cell, code, params}.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import xlsxwriter

from services.registry import organisations
from services.registry.organisation_words import ALSO, HEADS, LEVELS, NEEDED, RIGHT, ROLES, TEXT, TITLES, Words
from services.spine import errors, sheets

Row = dict[str, Any]
Fault = dict[str, Any]
MOST_ROWS, MOST_POSTS, INFLATED = 30_000, 240_000, 192 << 20
LONGEST = {"name": (1, 80), "title": (1, 60), "team": (0, 40)}
_CODE = re.compile(r"[0-9]{6}(-[A-Z0-9]{1,12})?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def write(found: Iterable[organisations.Organisation], language: str) -> bytes:
    """Organisations with the posts of their teams as a workbook that can be read in again; none: the template."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#F3EEE8", "bottom": 1})
    cell = book.add_format({"num_format": "@"})
    pages = {name: book.add_worksheet(TITLES[name][language]) for name in TITLES}
    for name, sheet in pages.items():
        for column, (key, words) in enumerate(HEADS[name].items()):
            sheet.set_column(column, column, {"name": 34, "title": 24}.get(key, 16), cell)
            sheet.write_string(0, column, words[language], head)
            sheet.write_comment(0, column, RIGHT[key][language])
        sheet.freeze_panes(1, 0)
    for name, key, choices in (("organisations", "level", LEVELS), ("posts", "role", ROLES)):
        offered = {"validate": "list", "source": [one[language] for one in choices.values()]}
        column = list(HEADS[name]).index(key)
        pages[name].data_validation(1, column, MOST_ROWS, column, offered)
    posts: list[dict[str, Any]] = []
    for row, one in enumerate(found, 1):
        _put(pages["organisations"], row, {**one, "level": LEVELS[one["level"]][language]}, cell)
        posts += [{**post, "code": one["code"], "role": ROLES[post["role"]][language]} for post in one["posts"]]
    for row, post in enumerate(posts, 1):
        _put(pages["posts"], row, post, cell)
    book.close()
    return out.getvalue()


def _put(sheet: Any, row: int, values: dict[str, Any], cell: Any) -> None:
    heads = HEADS["posts" if "post" in values else "organisations"]
    for column, key in enumerate(heads):
        sheet.write_string(row, column, "" if values[key] is None else str(values[key]), cell)


def read(name: str, data: bytes) -> tuple[dict[str, list[Row]], list[Fault]]:
    """The rows of a workbook or CSV: {organisations, posts}, with all that cannot be understood; a table is known by
    its headings. Refuses what holds neither."""
    found: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    for rows in _tables(name, data):
        known = {kind: _columns(rows.get(1, {}), heads) for kind, heads in HEADS.items()}
        kind = next((kind for kind, columns in known.items() if columns.keys() >= set(NEEDED[kind])), None)
        if kind is None or kind in found:
            continue
        lines = [
            (number, row) for number, row in rows.items() if number > 1 and any(cell.text for cell in row.values())
        ]
        most = MOST_ROWS if kind == "organisations" else MOST_POSTS
        if len(lines) > most:
            raise errors.Refusal("organisations_too_many", count=len(lines), most=most)
        found[kind] = []
        for number, row in lines:
            line, wrong = _line(kind, number, row, known[kind])
            found[kind].append(line)
            faults += wrong
    if not any(found.values()):
        needed = "、".join(HEADS["organisations"][key]["zh"] for key in NEEDED["organisations"])
        raise errors.Refusal("organisations_not_ours", name=name, needed=needed)
    return found, faults


def fault(kind: str, row: int, column: str, code: str, **params: Any) -> Fault:
    """What is wrong in a cell of the table as it was written out."""
    cell = sheets.address(row, list(HEADS[kind]).index(column) + 1)
    return {"sheet": kind, "row": row, "cell": cell, "code": code, "params": {"cell": cell, **params}}


def _tables(name: str, data: bytes) -> list[dict[int, dict[int, sheets.Cell]]]:
    if not name.lower().endswith(".csv"):
        try:
            return [sheet.rows for sheet in sheets.read(data, INFLATED, MOST_POSTS + 1)]
        except sheets.Unreadable:
            raise errors.Refusal("file_damaged", name=name) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise errors.Refusal("file_damaged", name=name)
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise errors.Refusal("file_damaged", name=name) from None
    return [
        {
            number: {place: sheets.Cell(word, False) for place, word in enumerate(line, 1) if word.strip()}
            for number, line in enumerate(lines, 1)
        }
    ]


def _columns(row: dict[int, sheets.Cell], heads: dict[str, Words]) -> dict[str, int]:
    said = {cell.text.strip().lower(): column for column, cell in row.items()}
    named = {key: [key, *(one.lower() for one in words.values())] for key, words in heads.items()}
    return {key: said[word] for key, words in named.items() for word in words if word in said}


def _line(kind: str, number: int, row: dict[int, sheets.Cell], columns: dict[str, int]) -> tuple[Row, list[Fault]]:
    line: Row = {"row": number}
    faults = []
    for key in HEADS[kind]:
        cell = row.get(columns.get(key, 0), sheets.Cell("", False))
        text = unicodedata.normalize("NFC", cell.text.strip())
        try:
            if cell.formula:
                raise ValueError
            line[key] = _value(key, text)
        except ValueError:
            line[key] = None
            place = sheets.address(number, columns.get(key, 1))
            right = TEXT if cell.formula else RIGHT[key]
            params = {"cell": place, "value": text[:80], "right": right}
            faults.append({"sheet": kind, "row": number, "cell": place, "code": "organisation_cell", "params": params})
    if kind == "organisations":
        line["region"] = line["region"] or (line["code"] or "")[:6]
    return line, faults


def _value(key: str, text: str) -> Any:
    """What a cell says; ValueError when it cannot be understood."""
    if key in LONGEST:
        return _fit(text, re.compile(f".{{{LONGEST[key][0]},{LONGEST[key][1]}}}", re.DOTALL))
    return _READ[key](unicodedata.normalize("NFKC", text))


def _coded(words: dict[str, Words], text: str) -> str:
    for code, both in words.items():
        if text in (code, *both.values(), *ALSO.get(code, ())):
            return code
    raise ValueError


def _fit(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ValueError
    return text


def _day(text: str) -> str | None:
    """A day as it is written, or as Excel counts it."""
    if not text:
        return None
    if found := _DAY.fullmatch(text):
        return date(*(int(part) for part in found.groups())).isoformat()
    counted = float(text)
    if not 20_000 < counted < 80_000:
        raise ValueError
    return (date(1899, 12, 30) + timedelta(days=int(counted))).isoformat()


def _count(text: str) -> int:
    count = int(float(text)) if text else 0
    if not 0 <= count <= 60:
        raise ValueError
    return count


_READ: dict[str, Callable[[str], Any]] = {
    "code": lambda text: _fit(text.upper(), _CODE),
    "parent": lambda text: _fit(text.upper(), _CODE) if text else None,
    "region": lambda text: _fit(text, re.compile("[0-9]{6}|")),
    "level": lambda text: _coded(LEVELS, text.lower()),
    "role": lambda text: _coded(ROLES, text.lower()),
    "members": _count,
    "post": lambda text: _fit(text.zfill(2), re.compile("[0-9]{2,3}")),
    "from": _day,
    "until": _day,
}
