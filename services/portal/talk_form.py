"""Talks in a table: what the rows of the page and of the Excel form say, and which cell a fault is about.

What must stay true: nothing is guessed: a cell that cannot be read is a fault, told by its address with what would be
right; a row without a day is not meant. The Excel form comes with the talks still owed filled in; its hidden first row
names the columns for the program that reads it back.
"""

import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import xlsxwriter
from flask_babel import gettext

from services.spine import sheets

MARK = "rectify-talks/1"
COLUMNS = ("from_post", "with", "on", "place", "commitments")
FIRST, BLANK = 3, 30
LONGEST = 2000
_EXCEL = date(1899, 12, 30)
_CODE = re.compile(r"([0-9]{2,3})(?:\s|$)")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


class NotTheForm(Exception):  # noqa: N818  (told to whoever handed it in)
    """A workbook, but not the one that was handed out."""


class Fault(NamedTuple):
    """What is wrong in a cell."""

    cell: str
    wrong: str


class Table(NamedTuple):
    """What a form says: the talks, the row of each, and what could not be read."""

    drafts: list[dict[str, Any]]
    rows: list[int]
    faults: list[Fault]


def write(titles: Mapping[str, str], owed: list[dict[str, Any]]) -> bytes:
    """The form: posts by code and title to choose from, the talks still owed filled in."""
    file = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {**as_text, "in_memory": True})
    sheet = book.add_worksheet(gettext("谈心谈话")[:31])
    head = book.add_format({"bold": True, "bg_color": "#F3EEE8", "text_wrap": True, "border": 1, "valign": "top"})
    cell = book.add_format({"num_format": "@", "text_wrap": True, "border": 1, "border_color": "#C9BFB0"})
    heads = [
        gettext("谈话人（岗位）"), gettext("谈话对象（岗位；班子以外的写岗位，不写姓名）"),
        gettext("日期（如 2024-01-02）"), gettext("地点"), gettext("承诺事项（只写答应办的事，不写谈话内容）"),
    ]  # fmt: skip
    for column, (name, text, width) in enumerate(zip(COLUMNS, heads, (22, 30, 16, 20, 46), strict=True)):
        sheet.write_string(0, column, name if column else f"{MARK} {name}")
        sheet.write_string(1, column, text, head)
        sheet.set_column(column, column, width)
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.freeze_panes(2, 0)
    last = FIRST - 1 + len(owed) + BLANK
    for row in range(FIRST - 1, last):
        pair = owed[row - FIRST + 1] if row - FIRST + 1 < len(owed) else {}
        known = [_named(pair.get(part), titles) for part in ("from_post", "with_post")]
        for column, text in enumerate([*known, "", "", ""]):
            sheet.write_string(row, column, text, cell)
    choices = book.add_worksheet(gettext("岗位")[:31])
    for row, post in enumerate(titles):
        choices.write_string(row, 0, _named(post, titles))
    source = {"validate": "list", "source": f"='{choices.name}'!$A$1:$A${len(titles)}", "show_error": False}
    sheet.data_validation(FIRST - 1, 0, last - 1, 1, source)
    book.close()
    return file.getvalue()


def read(data: bytes, titles: Mapping[str, str]) -> Table:
    """The rows with a day; NotTheForm or sheets.Unreadable when there is nothing to read."""
    found = sheets.read(data)
    head = {cell.text: column for column, cell in found[0].rows.get(1, {}).items()} if found else {}
    columns = {name: head.get(name if place else f"{MARK} {name}", 0) for place, name in enumerate(COLUMNS)}
    if not all(columns.values()):
        raise NotTheForm
    table = Table([], [], [])
    for number in sorted(number for number in found[0].rows if number >= FIRST):
        cells = {name: found[0].rows[number].get(column, sheets.Cell("", False)) for name, column in columns.items()}
        given = {name: _plain(cell.text) for name, cell in cells.items()}
        if not any(given[name] for name in ("on", "place", "commitments")):
            continue
        faults = [(name, gettext("这一格是公式，请只写文字")) for name, cell in cells.items() if cell.formula]
        draft, wrong = _draft(given, titles)
        for name, text in faults + wrong:
            table.faults.append(Fault(sheets.address(number, columns[name]), text))
        table.drafts.append(draft)
        table.rows.append(number)
    return table


def cell_of(row: int, part: str) -> str:
    """The cell a fault of one draft is about.

    >>> cell_of(3, "on"), cell_of(4, "with_outside"), cell_of(5, "")
    ('C3', 'B4', 'A5')
    """
    name = "with" if part.startswith("with") else part
    return sheets.address(row, COLUMNS.index(name) + 1 if name in COLUMNS else 1)


def day(text: str) -> str | None:
    """A day as people and Excel write it; None when it is none.

    >>> day("2024/1/2"), day("２０２４年１月２日"), day("45293"), day("2024-06-31"), day("昨天")
    ('2024-01-02', '2024-01-02', '2024-01-02', None, None)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        if re.fullmatch(r"[1-9]\d{4}(\.0+)?", plain):
            return (_EXCEL + timedelta(days=int(float(plain)))).isoformat()
        found = _DAY.fullmatch(plain)
        return date(*(int(part) for part in found.groups())).isoformat() if found else None
    except ValueError:
        return None


def _draft(given: dict[str, str], titles: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    speaker, other, on = _post(given["from_post"], titles), _post(given["with"], titles), day(given["on"])
    wrong = []
    if speaker is None:
        wrong.append(("from_post", gettext("认不出这个岗位，请从列表中选")))
    if not given["with"]:
        wrong.append(("with", gettext("没有写谈话对象")))
    if on is None:
        wrong.append(("on", gettext("认不出日期“%(text)s”，请写成 2024-01-02", text=given["on"][:20])))
    whom = {"with_outside": given["with"]} if other is None else {"with_post": other}
    words = {name: given[name] for name in ("place", "commitments") if given[name]}
    return {"from_post": speaker, **whom, "on": on, **words}, wrong


def _post(text: str, titles: Mapping[str, str]) -> str | None:
    """The post a cell means: by its code, or by a title that only one has."""
    code = _CODE.match(unicodedata.normalize("NFKC", text))
    if code:
        return code[1]
    meant = [post for post, title in titles.items() if title == text]
    return meant[0] if len(meant) == 1 else None


def _named(post: str | None, titles: Mapping[str, str]) -> str:
    return f"{post} {titles.get(post, '')}".strip() if post else ""


def _plain(text: str) -> str:
    return "".join(sign for sign in text[:LONGEST] if sign.isprintable() or sign == "\n").strip()
