"""What the cells of a ledger mean: codes, days, shares, text, milestones; and what is not clear about them.

What must stay true: what is sure is read; what is likely is proposed and waits for somebody's word; what is neither is
told and left out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from services.rectification import lists, sheet_days, sheet_lists, sheet_words
from services.rectification.findings import Finding, finding
from services.rectification.sheet_reading import Row, Text
from services.rectification.sheet_words import COLUMNS, Words

Values = dict[str, Any]
LONGEST = {"problem": 1000, "standard": 1000, "responsible": 120, "leader": 120, "department": 120, "source_note": 500}
LONG, MOST = 2000, 20
_NUMBERED = re.compile(r"^\s*(?:[（(]\d{1,2}[)）]|\d{1,2}[.．、)）](?!\d)|[①-⑳]|[一二三四五六七八九十]{1,3}、)\s*")
_BROKEN = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
_FORMULA = re.compile(
    r"""[=@＝＠]|[+\-＋－]+(?:[A-Za-z(@="'|]|[\d.,%\s]*[+\-*/^&=<>]|.*(?:\||![A-Za-z$]|[A-Za-z]\())""", re.S
)
"""What a spreadsheet may reckon: after a sign a name, or a number that goes on with an operator or a call. A number
alone, one with its unit, or a line with a dash is what it says."""
_DONE_WORDS = ("完成", "完毕", "到位", "办结", "止")
_DONE = re.compile(r"\s*[（(][^（(]*(?:已完成|done)[^）)]*[)）]\s*$")


class Manner(NamedTuple):
    """How a sheet is read: which year it is, what aspects are called, how many days there are for what is changed at
    once, whether days count from 1904, whether one line may hold several measures."""

    today: str
    aspects: Mapping[str, str]
    immediate_days: int
    since_1904: bool = False
    split: bool = True


def read(row: Row, columns: Iterable[str], manner: Manner) -> tuple[Values, list[Finding]]:
    """What these columns of a row say, {column: value}, with all there is to tell; blank cells say nothing."""
    values: Values = {}
    findings: list[Finding] = []
    for column in columns:
        one = row.cells.get(column, Text("", ""))
        if not one.text and not one.formula:
            continue
        told = unsound(column, one)
        if told:
            one = one._replace(text=str(told["value"] or ""))
        value, more = _READ[COLUMNS[column].read or "text"](column, one, manner) if one.text else (None, [])
        if told:
            value = value if value is not None else next((each["value"] for each in more), None)
            findings.append(untold(told) if value is None else {**told, "value": value})
            continue
        findings += more
        if value is not None:
            values[column] = value
    return values, findings


def coded(column: str, text: str, words: Mapping[str, Words]) -> tuple[str | None, bool, bool]:
    """The code a word stands for, whether that is sure, and whether it is the word itself."""
    said = _unquoted(text)
    for code, both in words.items():
        if said in (code, *map(_unquoted, both.values())):
            return code, True, True
    for code, others in sheet_words.MEANT.get(column, {}).items():
        if said in others or said.removesuffix("类").removesuffix("清单") in (*others, words[code]["zh"]):
            return code, True, False
    perhaps = sheet_words.PERHAPS.get(column, {}).get(said)
    return perhaps or (sheet_lists.named(text) if column == "category" else None), False, False


def _unquoted(text: str) -> str:
    return sheet_lists.flat(re.sub(r"[“”\"']", "", text))


def alike(words: str) -> str:
    """Words without what two sheets may write differently."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words)).lower()


def split(text: str, *, several: bool = True) -> list[str]:
    """The single things in a cell: one a line; or, on one line, divided by semicolons."""
    found = [line.strip() for line in text.split("\n") if line.strip()]
    if len(found) == 1 and several:
        found = [part.strip(" 。") for part in re.split("[；;]", found[0]) if part.strip(" 。")]
    return [bare(line) for line in found]


def bare(text: str) -> str:
    """A line without its number."""
    flat = " ".join(text.split())
    return _NUMBERED.sub("", flat) or flat


def unsound(column: str, one: Text) -> Finding | None:
    """What no cell should hold: a formula, words that would be one, the error of one; proposed without it."""
    if _BROKEN.fullmatch(one.text):
        return finding("wrong", column, one.cell, "ledger_cell_broken", text=one.text)
    if one.formula:
        return finding("ask", column, one.cell, "ledger_formula", one.text, text=one.text[:80])
    if _FORMULA.match(one.text):
        bare = one.text.lstrip("=+-@＝＋－＠ \t")
        return finding("ask", column, one.cell, "ledger_like_formula", bare, text=one.text[:80])
    return None


def untold(one: Finding) -> Finding:
    """What no cell should hold where nothing can be proposed instead."""
    code = one["code"] if one["code"] == "ledger_cell_broken" else "ledger_formula_unread"
    return {**one, "kind": "wrong", "code": code, "value": None}


def _text(column: str, one: Text, _: Manner) -> tuple[Any, list[Finding]]:
    most = LONGEST.get(column, LONG)
    if len(one.text) > most:
        return None, [finding("wrong", column, one.cell, "ledger_too_long", count=len(one.text), most=most)]
    return one.text, []


def _choice(column: str, one: Text, manner: Manner) -> tuple[Any, list[Finding]]:
    both = {code: {"zh": title, "en": title} for code, title in manner.aspects.items()}
    words = {"source": sheet_words.SOURCES, "category": sheet_words.LISTS}.get(column, both)
    code, sure, same = coded(column, one.text, words)
    if code is None:
        choices = {tongue: "、".join(one[tongue] for one in words.values()) for tongue in ("zh", "en")}
        return None, [finding("wrong", column, one.cell, "ledger_word", text=one.text[:40], right=choices)]
    if same:
        return code, []
    told = finding(
        "note" if sure else "ask", column, one.cell, "ledger_read_as" if sure else "ledger_perhaps",
        None if sure else code, () if sure or column != "category" else tuple(words),
        text=one.text[:40], right=words[code],
    )  # fmt: skip
    return (code, [told]) if sure else (None, [told])


def _day(column: str, one: Text, manner: Manner) -> tuple[Any, list[Finding]]:
    said, named = sheet_days.read(one.text, manner.today, since_1904=manner.since_1904), sheet_lists.named(one.text)
    rest = sheet_lists.rest(one.text) if named and not said.known else ""
    if rest:
        about = sheet_days.read(rest, manner.today)
        said = about._replace(sure=False) if about.day else sheet_days.UNKNOWN
    elif named == "immediate" and not said.known:
        day, days = lists.after(manner.today, manner.immediate_days), manner.immediate_days
        return None, [
            finding("ask", column, one.cell, "ledger_day_of_list", day, text=one.text[:40], day=day, days=days)
        ]
    elif named == "long_term" and not said.known:
        return "", [
            finding("note", column, one.cell, "ledger_read_as", text=one.text[:40], right=sheet_words.LISTS[named])
        ]
    if not said.known:
        return None, [finding("wrong", column, one.cell, "ledger_day", text=one.text[:40])]
    if not said.sure:
        told = finding("ask", column, one.cell, "ledger_day_about", said.day, text=one.text[:40], day=said.day)
        return None, [told]
    return said.day or "", []


def _number(column: str, one: Text, _: Manner) -> tuple[Any, list[Finding]]:
    said = unicodedata.normalize("NFKC", one.text).replace("%", "").strip()
    try:
        number = float(said)
    except ValueError:
        number = -1
    if said == "1" and "%" not in one.text and "％" not in one.text:
        return None, [finding("ask", column, one.cell, "ledger_percent_one", 100)]
    number = number * 100 if 0 < number < 1 and "%" not in one.text and "％" not in one.text else number
    if not 0 <= number <= 100:
        return None, [finding("wrong", column, one.cell, "ledger_percent", text=one.text[:40])]
    return round(number), []


def _milestones(column: str, one: Text, manner: Manner) -> tuple[Any, list[Finding]]:
    found, sure = [], True
    for line in split(one.text):
        bare = _DONE.sub("", line)
        day, rest = _day_first(bare, manner)
        if day is None or not rest or len(rest) > 500:
            return None, [finding("wrong", column, one.cell, "ledger_milestone", text=line[:40])]
        sure = sure and day.sure
        found.append({"due_on": day.day, "deliverable": rest})
    if len(found) > MOST:
        return None, [finding("wrong", column, one.cell, "ledger_too_many_lines", count=len(found), most=MOST)]
    if sure:
        return found, []
    days = "、".join(str(one["due_on"]) for one in found)
    return None, [finding("ask", column, one.cell, "ledger_day_about", found, text=one.text[:40], day=days)]


def _day_first(line: str, manner: Manner) -> tuple[sheet_days.Read | None, str]:
    """The day a line begins with, and the rest of it."""
    for size in (size for size in range(min(len(line), 16), 2, -1) if not line[:size].endswith(_DONE_WORDS)):
        said = sheet_days.read(line[:size].rstrip(" ：:，,　"), manner.today)
        if said.known and said.day and not line[size : size + 1].isdigit():
            return said, line[size:].lstrip(" ：:，,　")
    return None, line


_READ: dict[str, Callable[[str, Text, Manner], tuple[Any, list[Finding]]]] = {
    "text": _text,
    "choice": _choice,
    "day": _day,
    "number": _number,
    "lines": _milestones,
}
