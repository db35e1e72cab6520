"""Forms and their workbooks as people and programs get them wrong."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import orjson

from services.intake import kinds, workbook
from tests.intake.corpus import MINUTES, OUTLINE, Case, book
from tests.intake.test_kind_schemas import example

DEEP = 5000


def spoilt(kind: str, *path: Any, to: Any = None) -> str:
    """The example of a kind with something else at one place; nothing there when that is `...`."""
    document = example(kind)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return orjson.dumps(document).decode()


def form(called: str, kind: str, document: str, code: str = "", pointer: str | None = None, status: int = 0) -> Case:
    """A form tried out: the fault at one place, or taken."""
    status = status or (200 if not code else 422)
    return Case(called, f"/kinds/{kind}/check", status, code, pointer, fields={"document": document})


def day(called: str, written: str, code: str = "form_day") -> Case:
    """A day as it is written."""
    pointer = "/meeting/held_on" if code else None
    return form(f"a day: {called}", "minutes", spoilt("minutes", "meeting", "held_on", to=written), code, pointer)


DAYS = [
    day("31 June", "2024-06-31"),
    day("31 June in Chinese", "2024年6月31日"),
    day("29 February of no leap year", "2023-02-29"),
    day("30 February", "2024-02-30"),
    day("a 13th month", "2024-13-01"),
    day("month nought", "2024-00-10"),
    day("day nought", "2024-01-00"),
    day("year nought", "0000-01-01"),
    day("a year of two digits", "24-01-09"),
    day("the calendar of the Republic", "民国113年1月9日"),
    day("the lunar calendar", "二〇二三年腊月廿八"),
    day("the American way", "01/09/2024"),
    day("without dashes", "20240109"),
    day("a number of Excel", "45300"),
    day("a year of five digits", "20244-01-09"),
    day("with a time", "2024-01-09T09:00:00Z"),
    day("a word", "昨天"),
    day("a formula", "=TODAY()"),
    day("29 February of a leap year", "2024-02-29", ""),
    day("in full width", "２０２４－０１－０９", ""),
    day("in Chinese", "2024年1月9日", ""),
    day("with points", "2024.1.9", ""),
    day("with slashes", "2024/1/9", ""),
    day("with blanks", " 2024 年 1 月 9 日 ", ""),
    form(
        "a day: a number", "minutes", spoilt("minutes", "meeting", "held_on", to=45300), "form_type", "/meeting/held_on"
    ),
    form("a day: a list", "minutes", spoilt("minutes", "meeting", "held_on", to=[]), "form_type", "/meeting/held_on"),
]

WORDS = [
    form("nothing", "minutes", "{}", "form_missing", "/meeting"),
    form("a list for a form", "minutes", "[]", "form_not_object", ""),
    form("a word for a form", "minutes", '"minutes"', "form_not_object", ""),
    form("null for a form", "minutes", "null", "form_not_object", ""),
    form("a part missing", "ledger", spoilt("ledger", "rows", 0, "goal", to=...), "form_missing", "/rows/0/goal"),
    form(
        "blanks for words",
        "ledger",
        spoilt("ledger", "rows", 0, "problem", to="　 "),
        "form_missing",
        "/rows/0/problem",
    ),
    form("null for words", "ledger", spoilt("ledger", "rows", 0, "problem"), "form_missing", "/rows/0/problem"),
    form("a number for words", "ledger", spoilt("ledger", "compiled_by", to=7), "form_type", "/compiled_by"),
    form(
        "words for a number",
        "ledger",
        spoilt("ledger", "rows", 0, "percent", to="过半"),
        "form_type",
        "/rows/0/percent",
    ),
    form("a number in full width", "ledger", spoilt("ledger", "rows", 0, "percent", to="１００")),
    form("a number above", "ledger", spoilt("ledger", "rows", 0, "percent", to=101), "form_high", "/rows/0/percent"),
    form("a number below", "ledger", spoilt("ledger", "rows", 0, "percent", to=-1), "form_low", "/rows/0/percent"),
    form("half a number", "ledger", spoilt("ledger", "rows", 0, "number", to=1.5), "form_type", "/rows/0/number"),
    form(
        "a huge number", "ledger", spoilt("ledger", "rows", 0, "percent", to=2**64 - 1), "form_high", "/rows/0/percent"
    ),
    form(
        "a number of a thousand digits",
        "ledger",
        spoilt("ledger", "rows", 0, "percent", to="9" * 1000),
        "form_type",
        "/rows/0/percent",
    ),
    form(
        "a choice that is none",
        "ledger",
        spoilt("ledger", "rows", 0, "category", to="马上"),
        "form_choice",
        "/rows/0/category",
    ),
    form("a choice in words", "ledger", spoilt("ledger", "rows", 0, "category", to="即知即改")),
    form(
        "a list for a choice",
        "ledger",
        spoilt("ledger", "rows", 0, "category", to=["immediate"]),
        "form_choice",
        "/rows/0/category",
    ),
    form("a part nobody asked for", "minutes", spoilt("minutes", "扩展", to=1), "form_unknown", "/扩展"),
    form("a part with slashes", "minutes", spoilt("minutes", "a/b~c", to=1), "form_unknown", "/a~1b~0c"),
    form("__proto__", "minutes", spoilt("minutes", "__proto__", to={"a": 1}), "form_unknown", "/__proto__"),
    form("a dollar in a name", "minutes", spoilt("minutes", "$where", to="1"), "form_unknown", "/$where"),
    form("no rows", "ledger", spoilt("ledger", "rows", to=[]), "form_missing", "/rows"),
    form("a word for rows", "ledger", spoilt("ledger", "rows", to="无"), "form_type", "/rows"),
    form("null for a row", "ledger", spoilt("ledger", "rows", 0), "form_type", "/rows/0"),
    form("far too many rows", "ledger", spoilt("ledger", "rows", to=[{}] * 9000), "form_many", "/rows"),
    form(
        "words far too long",
        "minutes",
        spoilt("minutes", "summing_up", "text", to="长" * 100_000),
        "form_long",
        "/summing_up/text",
    ),
    form("no yes", "speech_outline", spoilt("speech_outline", "in_person", to=False), "form_confirm", "/in_person"),
    form("yes in writing", "speech_outline", spoilt("speech_outline", "in_person", to="是")),
    form(
        "a condition not met",
        "speech_outline",
        spoilt("speech_outline", "last_year", to=...),
        "form_missing_because",
        "/last_year",
    ),
    form(
        "facts that are no facts", "speech_outline", spoilt("speech_outline", "facts", to="无"), "form_type", "/facts"
    ),
    form(
        "a fact nobody knows",
        "speech_outline",
        spoilt("speech_outline", "facts", "rich", to=True),
        "form_unknown",
        "/facts/rich",
    ),
    form(
        "a time that is none",
        "minutes",
        spoilt("minutes", "meeting", "starts_at", to="25:00"),
        "form_pattern",
        "/meeting/starts_at",
    ),
    form(
        "a time in words",
        "minutes",
        spoilt("minutes", "meeting", "starts_at", to="上午九点"),
        "form_pattern",
        "/meeting/starts_at",
    ),
    form("a time in full width", "minutes", spoilt("minutes", "meeting", "starts_at", to="９：００")),
    form(
        "a schema of another kind",
        "minutes",
        spoilt("minutes", "$schema", to="urn:rectify:kinds:ledger:1"),
        "schema_unknown",
        "/$schema",
    ),
    form(
        "a schema to come",
        "minutes",
        spoilt("minutes", "$schema", to="urn:rectify:kinds:minutes:99"),
        "schema_unknown",
        "/$schema",
    ),
    form(
        "a schema from the web",
        "minutes",
        spoilt("minutes", "$schema", to="https://evil.example/s"),
        "schema_unknown",
        "/$schema",
    ),
    form("a schema that is a list", "minutes", spoilt("minutes", "$schema", to=[]), "schema_unknown", "/$schema"),
    form(
        "a mark of a state secret",
        "minutes",
        spoilt("minutes", "summing_up", "text", to="机密★1年"),
        "secrecy_mark_in_words",
    ),
    form(
        "a mark with wide blanks",
        "minutes",
        spoilt("minutes", "summing_up", "text", to="绝　密　★"),
        "secrecy_mark_in_words",
    ),
    form(
        "a mark in escapes",
        "minutes",
        spoilt("minutes", "summing_up", "text", to="*").replace('"*"', r'"\u673a\u5bc6\u2605"'),
        "secrecy_mark",
    ),
    *(
        form(f"words that begin with {sign}", "minutes", spoilt("minutes", "summing_up", "text", to=f"{sign}SUM(1)"))
        for sign in ("=", "+", "-", "@", "＝", "\t=", "\r=")
    ),
]

JSON = [
    form("no JSON", "minutes", "{", "not_json", status=400),
    form("two forms in one", "minutes", "{}{}", "not_json", status=400),
    form("a name without quotes", "minutes", "{meeting: 1}", "not_json", status=400),
    form("NaN", "ledger", '{"rows": NaN}', "not_json", status=400),
    form("infinity", "ledger", '{"rows": -Infinity}', "not_json", status=400),
    form("a number beyond all", "ledger", '{"compiled_by": 1e999}', "not_json", status=400),
    form("a number of three hundred digits", "ledger", f'{{"compiled_by": {"9" * 300}}}', "form_type", "/compiled_by"),
    form("half a pair of signs", "minutes", r'{"meeting": "\ud800"}', "not_json", status=400),
    form("a NUL in words", "minutes", spoilt("minutes", "summing_up", "text", to="a\x00b")),
    form("the same name twice", "minutes", '{"meeting": 1, ' + spoilt("minutes", "attendance", "expected", to=7)[1:]),
    form("lists within lists", "minutes", "[" * DEEP + "]" * DEEP, "not_json", status=400),
    form("lists within a part", "minutes", '{"meeting": ' + "[" * 500 + "]" * 500 + "}", "nested_too_deep"),
    form("parts within parts", "minutes", '{"a":' * 400 + "1" + "}" * 400, "nested_too_deep"),
    form("a byte order mark before it", "minutes", "\ufeff{}", "not_json", status=400),
    form("more than a form can be", "minutes", '{"a": "' + "a" * 1_500_001 + '"}', "invalid", "/document"),
    form("ten megabytes", "minutes", '{"a": "' + "a" * 10_000_000 + '"}', "body_too_large", status=413),
    form("nothing at all", "minutes", " ", "file_missing", "/file"),
    form("a form of a kind that is none", "poem", "{}", "not_found", status=404),
]


def cells(called: str, code: str, pointer: str | None = None, kind: str = "ledger", **changed: Any) -> Case:
    """The ledger's workbook with its cells changed, tried out."""

    def data() -> bytes:
        filled, out = workbook.write(kinds.versions(kind)[-1], "zh", filled=example(kind)), io.BytesIO()
        opened = openpyxl.load_workbook(io.BytesIO(filled))
        for cell, value in changed.items():
            opened["台账"][cell] = value
        opened.save(out)
        return out.getvalue()

    return workbook_case(called, code, data, pointer)


def workbook_case(called: str, code: str, data: bytes | Callable[[], bytes], pointer: str | None = None) -> Case:
    """A workbook tried out as a ledger."""
    return Case(
        f"a workbook: {called}", "/kinds/ledger/check", 422 if code else 200, code, pointer, ("台账.xlsx", data)
    )


def other() -> bytes:
    """The workbook of another kind."""
    return workbook.write("urn:rectify:kinds:minutes:1", "zh")


WORKBOOKS = [
    cells("as it was filled in", ""),
    cells("a formula", "form_formula", "/rows/0/number", A4="=1+1"),
    cells("a formula that starts a program", "form_formula", "/rows/0/problem", I4="=cmd|'/c calc'!A0"),
    cells("a formula in full width is words", "", I4="＝SUM(A1)"),
    cells("words that begin with @ are words", "", I4="@SUM(A1)"),
    cells("31 June", "form_day", "/rows/0/due_on", V4="2024年6月31日"),
    cells("a number of Excel for a day is that day", "", U4="45330"),
    cells("a choice that is none", "form_choice", "/rows/0/category", B4="马上"),
    cells("words beside the form", "form_spare", "/rows/2", AZ9="多余"),
    cells("a mark of a state secret", "secrecy_mark", I4="机密★"),
    workbook_case("of another kind", "form_not_ours", other),
    workbook_case("of somebody's own", "form_not_ours", book()),
    workbook_case(
        "without its sheets",
        "form_not_ours",
        book(more={"xl/workbook.xml": "<workbook><sheets><sheet name='a'/></sheets></workbook>"}),
    ),
    workbook_case("with xml that is none", "file_damaged", book(more={"xl/worksheets/sheet1.xml": "<a><b></a>"})),
    workbook_case(
        "that points outside",
        "file_damaged",
        book(more={"xl/_rels/workbook.xml.rels": "<R><R Id='r1' Target='../../../etc/passwd'/></R>"}),
    ),
    workbook_case("a shared word that is not there", "file_damaged", book("<c r='A1' t='s'><v>99</v></c>")),
    workbook_case("a shared word below nought", "file_damaged", book("<c r='A1' t='s'><v>-1</v></c>")),
    workbook_case("far too many rows", "file_damaged", book("</row>" + "<row/>" * 3000 + "<row>")),
]

HANDED = [
    Case(
        "a form with a day that is none handed in",
        MINUTES,
        422,
        "form_invalid",
        "/meeting/held_on",
        fields={"follows": "now", "document": spoilt("minutes", "meeting", "held_on", to="2024-06-31")},
    ),
    Case("neither file nor form handed in", OUTLINE, 422, "file_missing", "/file", fields={"follows": "now"}),
    Case(
        "a good file with a form that is none",
        OUTLINE,
        400,
        "not_json",
        file=("提纲.txt", "词".encode()),
        fields={"follows": "now", "document": "{"},
    ),
    Case(
        "a good form with a file that lies",
        MINUTES,
        422,
        "file_not_what_its_name_says",
        file=("记录.pdf", b"x"),
        fields={"follows": "now", "document": spoilt("minutes", "attendance", "expected", to=7)},
    ),
    Case(
        "a good form handed in",
        MINUTES,
        201,
        fields={"follows": "now", "document": spoilt("minutes", "attendance", "expected", to=7)},
    ),
]
CASES: list[Case] = [*DAYS, *WORDS, *JSON, *WORKBOOKS, *HANDED]
