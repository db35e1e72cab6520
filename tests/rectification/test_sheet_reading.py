"""Sheets as units really keep them: what is wrong is said by cell with a proposal, and nothing is guessed silently."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rectification import imports, sheet_lines, sheet_reading, sheet_words
from services.spine import sheets
from services.spine.errors import Refusal
from tests.rectification.test_sheet import PLAN, UNIT, ground, item, looked, told

KEPT = (Path(__file__).parent / "ledger.csv").read_text("utf-8")
HEAD = ["序号", "单位", "存在问题", "来源", "清单", "整改措施", "责任人", "整改目标", "完成时限", "进展情况"]
ROW = ["1", "", "学习不系统", "自查", "阶段整改", "列入计划", "办公室主任", "每月一题", "2024-03-01", ""]


def book(*tables: list[list[Any]], merged: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> bytes:
    """A workbook of these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(tables):
        page = made.create_sheet(names[number] if names else f"表{number + 1}")
        for row in rows:
            page.append(row)
        for one in merged:
            page.merge_cells(one)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def as_csv(rows: list[list[str]], encoding: str = "utf-8", sign: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    return out.getvalue().encode(encoding)


def row(**said: str) -> list[str]:
    names = dict(zip(("number", "unit", "problem", "source", "category", "measures"), range(6), strict=True))
    names |= {"responsible": 6, "standard": 7, "due_on": 8, "progress": 9}
    made = list(ROW)
    for key, text in said.items():
        made[names[key]] = text
    return made


def one(**said: str) -> sheet_lines.Line:
    """The only line of a sheet with one row."""
    (line,) = looked(book([HEAD, row(**said)]), [])
    return line


def test_the_ledger_units_keep_comes_in_with_a_word_on_every_cell_that_is_not_clear():
    lines, notes = imports.look("i1", sheet_reading.read("台账.csv", KEPT.encode()), ground([]))
    mine = [line for line in lines if line["outcome"] != "left_out"]
    assert len(mine) == 6 and len(lines) == 30
    assert {line["findings"][-1]["code"] for line in lines if line["outcome"] == "left_out"} >= {"ledger_other_unit"}
    asked = {
        (line["row"], one["column"], one["code"], one["value"])
        for line in mine
        for one in line["findings"]
        if one["kind"] == "ask"
    }
    assert (4, "due_on", "ledger_day_about", "2024-02-29") in asked, "2024-02-30 is no day"
    assert (2, "source", "ledger_perhaps", "self_criticism") in asked, "before the meeting may be more than one source"
    assert [note["params"]["text"] for note in notes] == ["plan_date"]
    first = sheet_lines.carried_out(lines[0], None, ground([]), number=1)[0]
    assert [one["what"] for one in first["measures"]] == [
        "完成灌渠修复并组织通水验收", "出台高标准农田建后管护办法，明确资金渠道和管护员",
    ]  # fmt: skip
    assert "佐证：通水验收单" in first["particulars"]["remarks"]


@pytest.mark.parametrize(
    ("encoding", "sign"), [("utf-8-sig", ","), ("gb18030", ","), ("gb18030", ";"), ("utf-16", "\t"), ("utf-8", "；")]
)
def test_a_table_of_text_comes_in_whatever_its_encoding_and_its_sign(encoding, sign):
    prose = "一是抓学习,重调研；二是抓整改,重落实，三是抓督查,重问效"
    title = ["青溪县农业农村局,整改台账"]
    (line,) = looked(as_csv([title, HEAD, row(measures=prose)], encoding, sign), [], "台账.csv")
    assert "；".join(line["values"]["measures"]) == prose
    assert (line["problem"], line["outcome"]) == ("学习不系统", "new")


def test_two_rows_of_headings_merged_cells_and_a_title_above_them():
    rows: list[list[Any]] = [["青溪县农业农村局整改台账"], ["单位：青溪县农业农村局", None, None, None, "2024年1月"]]
    rows += [["序号", "问题", None, "清单类别", "整改安排", None, None, None, "来源"]]
    rows += [[None, "具体问题", "主要表现", None, "措施", "责任人", "完成时限", "整改标准", None]]
    rows += [[1, "学习不系统", "发言少", "长期坚持", "列入计划", "主任", "长期", "每月一题", "自查"]]
    rows += [[None, None, None, None, "每月研讨", "副主任", None, None, None]]
    rows += [[2, "接访不及时", None, "即知即改", "排班", "主任", "2024-02-01", "全部补排", "督导"]]
    rows += [["合计", "2个"], ["填表人：", None, "单位负责人（签字）："]]
    merged = ("A1:I1", "B3:C3", "E3:H3", "A3:A4", "D3:D4", "I3:I4", "A5:A6", "B5:B6", "C5:C6", "D5:D6", "I5:I6")
    (table,) = sheet_reading.read("a.xlsx", book(rows, merged=merged))
    assert (table.head, [why for _, why in table.passed], table.unread) == (
        4,
        ["ledger_passed_totals", "ledger_passed_signature"],
        [],
    )
    first, second = looked(book(rows, merged=merged), [])
    made = sheet_lines.carried_out(first, None, ground([]))[0]
    assert (made["particulars"]["shows"], made["category"], made["responsible"]) == ("发言少", "long_term", "主任")
    assert told([first], "ask") == [("measure_due", "ledger_measure_day", ["2024-12-31", "2024-12-31"])]
    taken = sheet_lines.settle(imports.decide([first], [], True)[0], None, ground([]))
    made = sheet_lines.carried_out(taken, None, ground([]))[0]
    assert [(one["what"], one["who"]) for one in made["measures"]] == [("列入计划", "主任"), ("每月研讨", "副主任")]
    assert made["particulars"] == {"shows": "发言少"}
    assert second["outcome"] == "new"


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("即知即改", "immediate", None), ("立行立改", "immediate", "note"), ("马上就改", "immediate", "note"),
        ("分阶段", "phased", "note"), ("长期坚持", "long_term", "note"), ("Ａ类", "immediate", "note"),
        ("近期", "phased", "ask"),
    ],
)  # fmt: skip
def test_lists_are_known_by_the_words_units_use_and_asked_about_where_they_are_not(text, code, kind):
    line = one(category=text, due_on="2024-02-01")
    findings = [each for each in line["findings"] if each["column"] == "category"]
    assert sheet_lines.carried_out(line, None, ground([]))[0]["category"] == code
    assert [each["kind"] for each in findings if each["kind"] != "wrong"] == ([kind] if kind else [])


def test_a_day_that_is_only_about_is_asked_and_not_taken_before_somebody_says_so():
    line = one(due_on="2024年3月底")
    assert told([line], "ask") == [("due_on", "ledger_day_about", "2024-03-31")]
    assert sheet_lines.carried_out(line, None, ground([]))[0]["due_on"] is None
    yes, no = (imports.decide([line], [], accepted)[0] for accepted in (True, False))
    assert sheet_lines.carried_out(yes, None, ground([]))[0]["due_on"] == "2024-03-31"
    assert sheet_lines.settle(no, None, ground([]))["outcome"] == "new"
    assert sheet_lines.carried_out(no, None, ground([]))[0]["state"] == "registered"
    begun, _ = imports.begin("i1", [line], [])
    with pytest.raises(Refusal, match="ledger_undecided"):
        imports.run(begun, imports.counted([line]), "")


def test_what_is_changed_at_once_within_its_days_or_with_the_last_of_them_proposed():
    line = one(category="即知即改", due_on="2024-03-31")
    assert told([line], "ask") == [("due_on", "immediate_too_long", "2024-02-19")]
    yes = sheet_lines.settle(imports.decide([line], [], True)[0], None, ground([]))
    assert sheet_lines.carried_out(yes, None, ground([]))[0]["due_on"] == "2024-02-19"


def test_duplicates_other_units_and_what_stands_in_the_ledger_already_are_told():
    rows = [
        HEAD,
        row(),
        row(problem="学习 不系统。"),
        row(unit="枫渡县发展和改革局", problem="乙"),
        row(unit="同上", problem="丙"),
    ]
    lines = looked(book(rows), [])
    asked = [[(each["code"], each["value"]) for each in line["findings"] if each["kind"] == "ask"] for line in lines]
    assert asked[1] == [("ledger_twice", "left_out")]
    assert asked[2] == asked[3] == [("ledger_perhaps_other_unit", "left_out")]
    stands = item(1, problem="学习不系统", particulars={})
    (line,) = looked(book([HEAD, row(standard="每周一题")]), [stands])
    assert line["item_id"] == stands["item_id"] and line["outcome"] == "unchanged"
    assert ("standard", "ledger_differs", "每周一题") in told([line], "ask")


def test_a_formula_is_never_taken_but_what_it_showed_or_says_is_proposed():
    line = one(standard="@SUM(A1)", responsible="-2℃以下")
    asked = {column: code for column, code, _ in told([line], "ask")}
    assert asked["standard"] == "ledger_like_formula" and "responsible" not in asked
    none = one(problem='=HYPERLINK("http://x")')
    assert none["outcome"] == "left_out", "a problem that is a formula without a value is none"
    assert [one_["value"] for one_ in line["findings"] if one_["column"] == "standard"] == ["SUM(A1)"]
    assert ("standard", "ledger_cell_broken", None) in told([one(standard="#REF!")], "wrong")


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("-2+3+cmd|' /C calc'!A1", "2+3+cmd|' /C calc'!A1"),
        ("+1+cmd|' /C calc'!A1", "1+cmd|' /C calc'!A1"),
        ("-2,cmd|' /C calc'!A1", "2,cmd|' /C calc'!A1"),
        ("-5%\n*WEBSERVICE(A1)", "5%\n*WEBSERVICE(A1)"),
        ("- 2SUM(A1)", "2SUM(A1)"),
        ("＝1+1", "1+1"),
        ("－Sheet2!A1", "Sheet2!A1"),
    ],
)
def test_a_number_with_a_sign_that_goes_on_as_a_formula_is_asked_about(text, proposed):
    for data, name in ((book([HEAD, row(standard=text)]), "a.xlsx"), (as_csv([HEAD, row(standard=text)]), "a.csv")):
        (line,), _ = imports.look("i1", sheet_reading.read(name, data), ground([]))
        assert ("standard", "ledger_like_formula", proposed) in told([line], "ask")


@pytest.mark.parametrize(
    "text",
    ["-5", "+3.5%", "-1,000", "- 列入计划", "- Plan", "-2℃以下（含）", "-3km以内", "－二是整改", "+86 138"],
)
def test_a_number_with_a_sign_and_a_line_with_a_dash_are_what_they_say(text):
    assert "ledger_like_formula" not in [code for _, code, _ in told([one(standard=text)], "ask")]


def test_each_list_may_have_a_sheet_and_other_sheets_are_passed_over_with_a_word():
    data = book([["说明"]], [HEAD, row()], [HEAD, row(problem="乙")], [], names=("说明", "甲表", "乙表", "空表"))
    lines, notes = imports.look("i1", sheet_reading.read("a.xlsx", data), ground([]))
    assert [(line["sheet"], line["row"]) for line in lines] == [("甲表", 2), ("乙表", 2)]
    assert [(note["code"], note["params"]["text"]) for note in notes] == [("ledger_passed_sheet", "说明")]


@pytest.mark.parametrize(
    "problem",
    [
        "单位负责人抓整改不够有力", "签字把关不严，先办后签", "填报人员责任心不强", "填报人签字把关不严",
        "联系电话公布后无人接听",
        "合计超支三公经费12万元", "小计不符，账实差3笔", "Total spending above the budget",
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", ["1", ""])
def test_a_problem_may_begin_like_a_line_for_signatures_or_a_total(problem, number):
    (line,) = looked(
        book([["序号", "问题", "清单", "责任人", "完成时限"], [number, problem, "阶段整改", "主任", "2024-03-01"]]), []
    )
    assert (line["problem"], line["outcome"]) == (problem, "new")
    (line,) = looked(book([["问题", "清单", "责任人", "完成时限"], [problem, "阶段整改", "主任", "2024-03-01"]]), [])
    assert (line["problem"], line["outcome"]) == (problem, "new")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["填表人：", "", "单位负责人（签字）："], "signature"),
        (["填报人", "张三", "审核人签字", "李四"], "signature"),
        (["", "", "签字：", "2024年1月"], "signature"), (["单位负责人（签字）　　　联系电话"], "signature"),
        (["合计"], "totals"), (["合计", "", "12个问题"], "totals"), (["", "", "小计：3个"], "totals"),
        (["合计：共12项"], "totals"), (HEAD, "headings"), (["", *[""] * 9, "领导批示：抓紧"], "unread"),
    ],
)  # fmt: skip
def test_a_row_that_is_none_of_the_ledger_is_passed_over_with_a_word(cells, why):
    (table,) = sheet_reading.read("a.xlsx", book([HEAD, row(), cells]))
    assert ([one.row for one in table.rows], table.passed) == ([2], [(3, f"ledger_passed_{why}")])


def test_a_row_of_the_ledger_is_never_taken_for_the_lower_one_of_two_of_headings():
    lines = looked(book([["序号", "问题", "清单", "登记日"], ["1", "学习不系统", "长期坚持", "说明"]]), [])
    assert [line["problem"] for line in lines] == ["学习不系统"]


def test_what_stands_above_the_fullest_headings_is_told():
    data = book([["序号", "问题", "清单"], ["1", "甲", "长期坚持"], ["续表"], HEAD, row()])
    (table,) = sheet_reading.read("a.xlsx", data)
    assert table.passed == [(2, "ledger_passed_above"), (3, "ledger_passed_above")]


def test_what_further_rows_of_an_item_say_beside_their_measures_goes_on_or_is_told():
    head = ["序号", "问题", "来源", "清单", "整改措施", "阶段节点", "责任领导", "备注"]
    first = ["1", "学习不系统", "自查", "阶段整改", "列入计划", "2024-02-10 计划", "书记", "甲"]
    (line,) = looked(book([head, first, ["", "", "督导", "", "每月研讨", "2024-02-20 小结", "局长", "乙"]]), [])
    assert [one["deliverable"] for one in line["values"]["milestones"]] == ["计划", "小结"]
    assert line["values"]["remarks"].startswith("甲\n乙")
    assert told([line], "wrong") == [("source", "ledger_more_unread", None), ("leader", "ledger_more_unread", None)]


WORD = st.sampled_from(
    ["", "", "1", "合计", "小计差3笔", "填表人", "填表人：张三", "单位负责人抓得不紧", "签字", "同上", "问题", "清单"]
) | st.text("甲乙问签字合计：（）1", max_size=4)  # fmt: skip
CORNERS = st.tuples(st.integers(2, 9), st.integers(1, 6), st.integers(0, 2), st.integers(0, 2))


@given(st.lists(st.lists(WORD, max_size=7), max_size=8), st.lists(CORNERS, max_size=3), st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_row_of_a_sheet_vanishes(rows, corners, text):
    """Each row that says anything is the ledger's, belongs to one of it, is a heading or is told as passed over."""
    head = ["序号", "问题", "清单", "整改措施", "措施责任人", "完成时限"]
    cells = {n: {k: sheets.Cell(w, False) for k, w in enumerate(r, 1) if w} for n, r in enumerate([head, *rows], 1)}
    merged = () if text else tuple((top, left, top + down, left + on) for top, left, down, on in corners)

    table = sheet_reading.table(sheets.Sheet("表", cells, merged))

    more = {sheets.place(next(iter(each.values())).cell)[0] for one in table.rows for each in one.more}
    places = [
        {one.row for one in table.rows},
        more,
        {number for number, _ in table.passed},
        {*range(1, table.head + 1)},
    ]
    assert set().union(*places) >= {number for number, row in cells.items() if row}
    assert sum(map(len, places)) == len(set().union(*places)), "each is one of these"


@given(
    st.sampled_from([*sheet_words.SIGNATURE, *sheet_words.TOTALS, ""]), st.text("甲乙严不。", min_size=1, max_size=9)
)
@settings(max_examples=60, deadline=None)
def test_a_row_with_a_number_and_a_problem_is_a_line_whatever_its_problem_begins_with(begins, rest):
    (line,) = looked(book([HEAD, row(problem=begins + rest)]), [])
    assert line["problem"] == begins + rest and line["outcome"] == "new"


def test_a_share_is_read_as_the_workbook_shows_it_and_a_bare_one_is_asked_about():
    head, shown = [*HEAD, "完成比例"], []
    for value, look in (
        (1, "0%"),
        (0.5, "0.0%"),
        (0.25, '0"个"%'),
        (1, "General"),
        (30, "0"),
        ("1%", "@"),
        ("100%", "@"),
    ):
        made = openpyxl.load_workbook(io.BytesIO(book([head, [*row(progress="在办"), value]])))
        made.worksheets[0]["K2"].number_format = look
        out = io.BytesIO()
        made.save(out)
        (line,) = looked(out.getvalue(), [])
        shown.append(line["values"].get("percent", [one for one in told([line], "ask") if one[0] == "percent"]))
    assert shown == [100, 50, 25, [("percent", "ledger_percent_one", 100)], 30, 1, 100]


def test_hidden_rows_are_read_and_told():
    made = openpyxl.load_workbook(io.BytesIO(book([HEAD, row()])))
    made.worksheets[0].row_dimensions[2].hidden = True
    out = io.BytesIO()
    made.save(out)
    (line,) = looked(out.getvalue(), [])
    assert line["outcome"] == "new" and "ledger_row_hidden" in {code for _, code, _ in told([line])}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0 old", "old_workbook"),
        ("a.xlsx", b"PK no workbook", "file_damaged"),
        ("a.csv", "名称,电话\n甲,1\n".encode(), "ledger_not_ours"),
        ("a.csv", b"\xff\xff\xff", "file_damaged"),
        ("a.csv", b"\x00\x01\x02", "file_damaged"),
        ("a.csv", b'"' + b"x" * 200_000, "file_damaged"),
        ("a.csv", as_csv([HEAD, *[ROW] * 5001]), "ledger_too_many"),
        ("a.csv", b"\n" * 130_000, "ledger_too_many"),
        ("a.csv", as_csv([HEAD, ["1", "", "机密★ 十年", *ROW[3:]]]), "secrecy_mark_in_words"),
    ],
)  # fmt: skip
def test_what_is_no_ledger_or_beyond_measure_is_refused(name, data, code):
    with pytest.raises(Refusal, match=code):
        sheet_reading.read(name, data)


def test_a_hundred_thousand_blank_rows_and_everything_merged_do_no_harm():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join(f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{text}</t></is></c>' for n, text in enumerate(HEAD))
    body = "".join(f'<c r="{chr(65 + n)}2" t="inlineStr"><is><t>{text}</t></is></c>' for n, text in enumerate(ROW))
    rows = f'<row r="1">{cells}</row><row r="2">{body}</row>' + "".join(f'<row r="{n}"/>' for n in range(3, 100_000))
    merges = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    merges += "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 500)).join(
        ("<mergeCells>", "</mergeCells>")
    )
    evil = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{merges}</worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([["x"]]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, evil if part.endswith("sheet1.xml") else old.read(part))
    (line,) = looked(out.getvalue(), [])
    assert line["problem"] == "学习不系统"


def test_a_row_of_another_units_export_is_left_out():
    assert PLAN["unit"] == UNIT
    other = [*ROW, f"{PLAN['campaign']}.990824-SL.p01"]
    (line,) = looked(book([[*HEAD, "item_id"], other]), [])
    assert (line["outcome"], line["findings"][0]["code"]) == ("left_out", "ledger_other_unit")


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ("存在的问题", "problem"), ("存在的主要问题", "problem"), ("主要问题", "problem"), ("突出问题", "problem"),
        ("查摆出的问题", "problem"), ("问题清单", "problem"), ("整改内容", "problem"), ("整改责任人", "responsible"),
        ("整改完成时限", "due_on"), ("完成期限", "due_on"), ("整改完成期限", "due_on"), ("整改时间", "due_on"),
        ("具体整改措施", "measures"), ("整改任务", "measures"), ("工作进展", "progress"), ("整改进度", "progress"),
        ("责任单位及责任人", "responsible"), ("清单类型", "category"), ("主要负责人", "leader"), ("整改前", "before"),
        ("整改时限（年月日）", "due_on"), ("整改责任单位", "department"),
    ],
)  # fmt: skip
def test_headings_are_known_as_units_write_them(said, column):
    head = ["序号", "存在问题", said] if column != "problem" else ["序号", said, "备注"]
    (table,) = sheet_reading.read("a.xlsx", book([head, ["1", "甲", "乙"]]))
    assert (table.unread, table.columns[column]) == ([], head.index(said) + 1)


def test_a_heading_said_of_two_columns_is_the_one_no_other_names_better():
    head = ["序号", "整改内容", "整改任务", "存在的问题", "整改措施", "完成时限"]
    (table,) = sheet_reading.read("a.xlsx", book([head, ["1", *"甲乙丙丁"]]))
    assert ([name for name, _ in table.unread], table.columns["problem"], table.columns["standard"]) == (
        ["整改内容"],
        4,
        3,
    )


def test_a_column_that_is_not_known_is_told_with_how_much_of_it_was_not_read():
    rows = [[*HEAD, "督办文号", "留白"], [*ROW, "督办1号"], [*row(problem="乙"), "督办2号"], ["合计", *[""] * 9, "2"]]
    _, notes = imports.look("i1", sheet_reading.read("a.xlsx", book(rows)), ground([]))
    told_ = [(one["kind"], one["code"], one["params"]) for one in notes if one["code"].startswith("ledger_column")]
    assert told_ == [
        ("wrong", "ledger_column_left", {"text": "督办文号", "count": 2}),
        ("note", "ledger_column_unread", {"text": "留白", "count": 0}),
    ]
