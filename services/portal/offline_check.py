"""Checks a filled-in offline form before anything is given: every fault by its cell, with what would be right.

What must stay true: a row with a fault gives no verdict, a row left blank is skipped, and nothing is guessed: what is
not one of the words of the list is a fault. Pure: cells and reviews in, rows out.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext

from services.portal import languages, reading_form
from services.spine import sheets

LONGEST = 32000


class Fault(NamedTuple):
    """What is wrong in a cell, and what would be right."""

    sheet: str
    cell: str
    wrong: str
    right: str


class Row(NamedTuple):
    """A row as it was filled in: its review, the draft of the verdict, and what is wrong with it."""

    review_id: str
    sha256: str
    form: str
    standards: dict[str, dict[str, Any]]
    responses: dict[str, dict[str, Any]]
    faults: list[Fault]
    number: int


class NotTheForm(Exception):  # noqa: N818  (told to whoever handed it in)
    """A workbook, but not the one that was handed out."""


def read(data: bytes, codes: list[str]) -> list[Row]:
    """The rows that were filled in; NotTheForm or sheets.Unreadable when there is nothing to check."""
    book = sheets.read(data)
    if not book:
        raise NotTheForm
    names = _names(book[0])
    if any(name not in names for name in reading_form.columns(codes)):
        raise NotTheForm
    answers = _answers(book[1]) if len(book) > 1 else {}
    rows, seen = [], set[str]()
    for number in sorted(number for number in book[0].rows if number >= reading_form.FIRST):
        asked = _Asked(book[0], number, names)
        review_id = asked.text("review_id")
        given, responses, faults = {}, *answers.pop(review_id, ({}, []))
        if any(asked.text(name) for name in names if ":" in name):
            given = {code: _standard(asked, code) for code in codes}
        if not given and not responses:
            continue
        if review_id in seen or not review_id:
            asked.fault("review_id", gettext("这一行认不出是哪一份"), gettext("不要增加或复制行，请在下载的表上填写"))
        seen.add(review_id)
        faults = [*asked.faults, *faults]
        rows.append(
            Row(review_id, asked.text("sha256"), asked.text("form"), given, responses, faults, number)
        )  # fmt: skip
    return rows


def against(row: Row, review: Mapping[str, Any] | None, codes: list[str], me: str) -> list[Fault]:
    """What is wrong with a row when it is held against its review as it is now, for the reader `me`."""
    where = gettext("第 %(n)s 行", n=row.number)
    if review is None:
        return [_about(where, gettext("找不到这份材料"), gettext("它不在您的范围内，请删去这一行的填写"))]
    holder = review.get("holder") or {}
    in_the_way = {
        (gettext("下载以后单位交了新版"), gettext("重新下载这份表，对新版作结论")): (
            review["sha256"] != row.sha256 or review["state"] == "superseded"
        ),
        (gettext("审阅标准的文字已更新"), gettext("重新下载这份表")): (
            bool(row.form) and row.form != str((review.get("form") or {}).get("version", ""))
        ),
        (gettext("现在由 %(who)s 审阅", who=holder.get("name", "")), gettext("请与他商量，或者留空")): (
            holder.get("account", me) != me
        ),
        (gettext("组长还没有登记与撰写人的谈话"), gettext("登记谈话以后再交这一行")): bool(review.get("talk_needed")),
        (gettext("五条标准没有填"), gettext("逐条选择通过或不通过")): not row.standards,
    }
    told = [_about(where, wrong, right) for (wrong, right), holds in in_the_way.items() if holds]
    return told[:1] or [*_quotations(row, review, codes), *_undecided(row, review, where)]


def _quotations(row: Row, review: Mapping[str, Any], codes: list[str]) -> list[Fault]:
    texts = [str(one["text"]) for one in review.get("paragraphs") or []]
    names = reading_form.columns(codes)
    faults = []
    for code, one in row.standards.items():
        quotation = one.get("quotation", "")
        if quotation and texts and not any(quotation in text for text in texts):
            cell = sheets.address(row.number, names.index(f"{code}:quotation") + 1)
            faults.append(_fault(cell, gettext("原文里没有这句话"), gettext("从原文中逐字复制一句，或者留空")))
    return faults


def _undecided(row: Row, review: Mapping[str, Any], where: str) -> list[Fault]:
    owed = {str(one["id"]) for one in review.get("owed") or []} - set(row.responses)
    if owed and int(review["version"]) > 1:
        wrong = gettext("上一轮意见还有 %(n)s 条没有确认或重提", n=len(owed))
        return [_about(where, wrong, gettext("在“回应表”中逐条选择"))]
    return []


class _Asked:
    """One row of a sheet, asked by the names of its columns; it keeps what is wrong."""

    def __init__(self, sheet: sheets.Sheet, number: int, names: Mapping[str, int]) -> None:
        self.sheet, self.number, self.names = sheet, number, names
        self.faults: list[Fault] = []
        for name, column in names.items():
            if (":" in name or name in reading_form.ANSWER_PARTS) and self._cell(column).formula:
                self.fault(name, gettext("这一格是公式"), gettext("只写文字"))

    def text(self, name: str) -> str:
        """What stands in the cell of this name."""
        written = self._cell(self.names[name]).text[:LONGEST]
        return "".join(letter for letter in written if letter.isprintable() or letter == "\n").strip()

    def fault(self, name: str, wrong: str, right: str) -> None:
        """Something is wrong in the cell of this name."""
        cell = sheets.address(self.number, self.names[name])
        self.faults.append(Fault(self.sheet.name, cell, wrong, right))

    def _cell(self, column: int) -> sheets.Cell:
        return self.sheet.rows[self.number].get(column, sheets.Cell("", False))


def _names(sheet: sheets.Sheet) -> dict[str, int]:
    """Columns by the names in the hidden first row, whose first cell says which form this is."""
    head = {column: cell.text for column, cell in sheet.rows.get(1, {}).items()}
    if not head.get(1, "").startswith(f"{reading_form.MARK} "):
        raise NotTheForm
    head[1] = head[1].removeprefix(f"{reading_form.MARK} ")
    return {name: column for column, name in head.items() if name}


def _standard(asked: _Asked, code: str) -> dict[str, Any]:
    said, given = reading_form.words(), asked.text(f"{code}:passed")
    meant = reading_form.means(given, "passed", "failed")
    if meant == "passed":
        return {"passed": True}
    if not meant:
        wrong = gettext("写的是“%(text)s”", text=given[:20]) if given else gettext("没有填")
        choice = languages.listed([said["passed"], said["failed"]])
        asked.fault(f"{code}:passed", wrong, gettext("从列表中选：%(words)s", words=choice))
        return {"passed": False}
    parts = {part: asked.text(f"{code}:{part}") for part in ("reason", "quotation", "would_pass")}
    if not parts["reason"]:
        asked.fault(f"{code}:reason", gettext("不通过没有写理由"), gettext("写明为什么不通过"))
    one: dict[str, Any] = {"passed": False, **{part: text for part, text in parts.items() if text}}
    if code == "persuasion" and (copied := asked.text("persuasion:copied")):
        if not reading_form.means(copied, "yes"):
            right = gettext("填“%(word)s”或者留空", word=said["yes"])
            asked.fault("persuasion:copied", gettext("写的是“%(text)s”", text=copied[:20]), right)
        one["copied"] = True
    return one


def _answers(sheet: sheets.Sheet) -> dict[str, tuple[dict[str, dict[str, Any]], list[Fault]]]:
    """What the second sheet says of each review's comments: {review_id: (responses, faults)}."""
    names, said = _names(sheet), reading_form.words()
    if any(name not in names for name in (*reading_form.ANSWER_PLACE, *reading_form.ANSWER_PARTS)):
        raise NotTheForm
    kept: dict[str, tuple[dict[str, dict[str, Any]], list[Fault]]] = {}
    for number in sorted(number for number in sheet.rows if number >= reading_form.FIRST):
        asked = _Asked(sheet, number, names)
        given = asked.text("confirmed")
        if not given:
            continue
        responses, faults = kept.setdefault(asked.text("review_id"), ({}, []))
        meant = reading_form.means(given, "confirmed", "reopened")
        if not meant:
            choice = languages.listed([said["confirmed"], said["reopened"]])
            wrong = gettext("写的是“%(text)s”", text=given[:20])
            asked.fault("confirmed", wrong, gettext("从列表中选：%(words)s", words=choice))
        reason = asked.text("reason")
        one: dict[str, Any] = {"confirmed": meant == "confirmed", **({"reason": reason} if reason else {})}
        responses[asked.text("comment_id")] = one
        faults += asked.faults
    return kept


def _about(where: str, wrong: str, right: str) -> Fault:
    return Fault(gettext("审阅表"), where, wrong, right)


def _fault(cell: str, wrong: str, right: str) -> Fault:
    return Fault(gettext("审阅表"), cell, wrong, right)
