"""The offline form: a workbook with one row for each review a reader holds, filled in without a connection.

Further sheets hold the answers to the round before, and for reading only the opinions that the materials must answer.
What must stay true: only the cells to be filled in can be changed, each row knows its review, version and hash by
hidden columns, and no cell is ever a formula. The first row names the columns for the program that reads it back
(`offline_check`); people see the second.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import xlsxwriter
from flask_babel import gettext
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.portal import languages, reference, wording

MARK = "rectify-reading-form/1"
PLACE = ("review_id", "sha256", "form")
SEEN = ("unit", "kind", "post", "version")
PARTS = ("passed", "reason", "quotation", "would_pass")
ANSWER_PLACE = ("review_id", "comment_id")
ANSWER_SEEN = ("unit", "version", "comment", "now", "answer")
ANSWER_PARTS = ("confirmed", "reason")
OPINION_SEEN = ("unit", "kind", "post", "version", "source", "opinion", "state", "paragraph", "passage")
MOST_OPINIONS = 1500
"""A sheet with more rows than `sheets` reads would keep the whole form from coming back."""
WORDS = {
    "passed": {"zh": "通过", "en": "Pass"},
    "failed": {"zh": "不通过", "en": "Fail"},
    "yes": {"zh": "是", "en": "Yes"},
    "confirmed": {"zh": "确认", "en": "Confirm"},
    "reopened": {"zh": "重提", "en": "Reopen"},
}
FIRST = 3
"""The first row with a review, as Excel counts."""
_WIDE = {
    "reason": 36, "quotation": 30, "would_pass": 30, "comment": 44, "answer": 44, "opinion": 44, "passage": 44,
    "unit": 22, "passed": 9,
}  # fmt: skip


def columns(codes: list[str]) -> list[str]:
    """The names of the first sheet's columns, for these standards."""
    filled = [f"{code}:{part}" for code in codes for part in _parts(code)]
    return [*PLACE, *SEEN, *filled]


def words() -> dict[str, str]:
    """What is written into the choices, by what it means, in the reader's language."""
    return {code: languages.pick(text) for code, text in WORDS.items()}


def means(text: str, *codes: str) -> str:
    """Which of these a cell says, in either language: a form may come back to a page in the other one."""
    said = text.strip().casefold()
    return next((code for code in codes if said in (one.casefold() for one in WORDS[code].values())), "")


def write(
    reviews: list[dict[str, Any]],
    answers: list[dict[str, Any]],
    opinions: list[dict[str, Any]],
    titles: Mapping[str, str],
) -> bytes:
    """The workbook: `reviews` as documents, `answers` as the comments of the round before with where they stand now,
    `opinions` with where they are answered."""
    file = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {**as_text, "in_memory": True})
    look = _Look(book)
    sheet = look.sheet(gettext("审阅表"), columns(list(titles)), _heads(titles))
    for row, review in enumerate(reviews, start=FIRST - 1):
        _line(sheet, row, columns(list(titles)), known(review), look)
    _choices(sheet, columns(list(titles)), len(reviews))
    names = [*ANSWER_PLACE, *ANSWER_SEEN, *ANSWER_PARTS]
    second = look.sheet(gettext("回应表"), names, _answer_heads())
    for row, answer in enumerate(answers, start=FIRST - 1):
        _line(second, row, names, answer, look)
    _choices(second, names, len(answers))
    if opinions:
        third = look.sheet(gettext("意见表"), list(OPINION_SEEN), _opinion_heads())
        left = len(opinions[MOST_OPINIONS:])
        more = [{"opinion": gettext("还有 %(n)s 条没有列出，请在网页上看。", n=left)}] if left else []
        for row, line in enumerate([*opinions[:MOST_OPINIONS], *more], start=FIRST - 1):
            _line(third, row, list(OPINION_SEEN), line, look)
    book.close()
    return file.getvalue()


class _Look:
    """How cells look, and sheets that are protected but for what is to be filled in."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        wrapped = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C9BFB0"}
        self.book = book
        self.head: Format = book.add_format({**wrapped, "bold": True, "bg_color": "#F3EEE8"})
        self.known: Format = book.add_format({**wrapped, "bg_color": "#FAF7F2", "font_color": "#564E44"})
        self.open: Format = book.add_format({**wrapped, "locked": False, "num_format": "@"})

    def sheet(self, title: str, names: list[str], heads: list[str]) -> Worksheet:
        sheet = self.book.add_worksheet(title[:31])
        for column, (name, head) in enumerate(zip(names, heads, strict=True)):
            sheet.write_string(0, column, name if column else f"{MARK} {name}")
            sheet.write_string(1, column, head, self.head)
            sheet.set_column(column, column, _WIDE.get(name.rpartition(":")[2], 12), None, {"hidden": _hidden(name)})
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_row(1, 48)
        sheet.freeze_panes(2, sum(1 for name in names if name in (*PLACE, *SEEN, *ANSWER_PLACE, "unit", "version")))
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": False})
        sheet.set_landscape()
        sheet.repeat_rows(1)
        sheet.fit_to_pages(1, 0)
        return sheet


def _line(sheet: Worksheet, row: int, names: list[str], known: Mapping[str, Any], look: _Look) -> None:
    for column, name in enumerate(names):
        filled = ":" in name or name in ANSWER_PARTS
        sheet.write_string(row, column, str(known.get(name, ""))[:32000], look.open if filled else look.known)


def known(review: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says before anything is filled in."""
    names = reference.unit_names(str(review["campaign"]))
    post = review.get("post")
    return {
        "review_id": review["review_id"],
        "sha256": review["sha256"],
        "form": (review.get("form") or {}).get("version", ""),
        "unit": names.get(str(review["unit"]), review["unit"]),
        "kind": wording.word("kind", review["kind"]),
        "post": reference.post_name(str(review["unit"]), str(post)) if post and post != "team" else "",
        "version": gettext("第 %(n)s 版", n=review["version"]),
    }


def _choices(sheet: Worksheet, names: list[str], count: int) -> None:
    """Lists to choose from; Excel refuses what is not on them."""
    said = words()
    lists = {
        "passed": [said["passed"], said["failed"]],
        "copied": [said["yes"]],
        "confirmed": [said["confirmed"], said["reopened"]],
    }
    for column, name in enumerate(names):
        source = lists.get(name.rpartition(":")[2])
        if source and count:
            error = gettext("请从列表中选：%(words)s", words=languages.listed(source))
            rule = {"validate": "list", "source": source, "error_title": gettext("请重填"), "error_message": error}
            sheet.data_validation(FIRST - 1, column, FIRST - 2 + count, column, rule)


def _parts(code: str) -> Iterator[str]:
    yield from PARTS
    if code == "persuasion":
        yield "copied"


def _hidden(name: str) -> bool:
    return name in (*PLACE, *ANSWER_PLACE)


def _seen_heads() -> list[str]:
    return [gettext("单位"), gettext("材料"), gettext("岗位"), gettext("版本")]


def _heads(titles: Mapping[str, str]) -> list[str]:
    heads = [gettext("审阅编号"), gettext("文件摘要"), gettext("表版本"), *_seen_heads()]
    said = {
        "passed": gettext("结论"), "reason": gettext("理由"), "quotation": gettext("原文引用"),
        "would_pass": gettext("怎样能过"), "copied": gettext("抄袭雷同"),
    }  # fmt: skip
    return [*heads, *(f"{titles[code]}\n{said[part]}" for code in titles for part in _parts(code))]


def _answer_heads() -> list[str]:
    return [
        gettext("审阅编号"), gettext("意见编号"), gettext("单位"), gettext("版本"), gettext("上一轮意见"),
        gettext("原文现状"), gettext("作者回应"), gettext("确认或重提"), gettext("理由"),
    ]  # fmt: skip


def _opinion_heads() -> list[str]:
    found = [gettext("征求方式"), gettext("意见"), gettext("回应情况"), gettext("段落"), gettext("回应的原文")]
    return [*_seen_heads(), *found]
