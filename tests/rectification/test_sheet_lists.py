"""Which list a row is on: proposed where the sheet names one, else chosen; nothing puts it on one nobody named."""

from typing import Any

import pytest

from services.rectification import imports, sheet_lines, sheet_lists, sheet_reading, sheet_words
from services.spine.errors import Refusal
from tests.rectification.test_sheet import ground, looked, told
from tests.rectification.test_sheet_reading import HEAD, book, one, row

SHORT = ["序号", "存在问题", "整改措施", "责任人", "完成时限"]


def lists(lines):
    """What is proposed for the list of each row, in which words."""
    found = [one for line in lines for one in line["findings"] if one["column"] == "category" and one["kind"] == "ask"]
    return [(one["code"], one["value"]) for one in found]


def settled(line, **decision):
    """A line after a word on its list."""
    decided = imports.decide([line], [{"line": line["number"], "column": "category", **decision}], None)
    return sheet_lines.settle(decided[0], None, ground([]))


def test_the_name_of_a_sheet_is_the_list_that_is_proposed_for_its_rows():
    names = ("即知即改清单", "2.阶段整改清单", "长期（3）", "Sheet4")
    tables: list[list[list[Any]]] = [[["某局整改台账"], SHORT, [1, f"问题{n}", "", "主任", ""]] for n in range(4)]
    data = book(*tables, names=names)
    assert lists(looked(data, [])) == [
        ("ledger_list_elsewhere", "immediate"), ("ledger_list_elsewhere", "phased"),
        ("ledger_list_elsewhere", "long_term"), ("ledger_list_unnamed", None),
    ]  # fmt: skip


def test_a_row_that_only_names_a_list_heads_those_below_it_and_is_told():
    rows: list[list[Any]] = [
        SHORT,
        ["一、立行立改（1项）"],
        [1, "甲", "", "主任", ""],
        ["（一）学习方面"],
        [2, "乙", "", "主任", ""],
    ]
    rows += [["二、长期坚持类"], [1, "丙", "", "主任", ""], ["三、其他"], [1, "丁", "", "主任", ""]]
    data = book(rows, merged=("A2:E2", "A6:E6"))
    (table,) = sheet_reading.read("a.xlsx", data)
    assert table.passed == [(2, "ledger_passed_title"), (6, "ledger_passed_title")]
    found = [line for line in looked(data, []) if line["outcome"] != "left_out"]
    assert [line["problem"] for line in found] == ["甲", "乙", "丙", "丁"]
    assert [value for _, value in lists(found)] == ["immediate", "immediate", "long_term", None]


def test_a_title_above_the_headings_names_the_list_and_one_of_all_three_names_none():
    for title, code in (("某局长期整改清单", "long_term"), ("整改台账（即知即改、阶段整改、长期整改）", None)):
        assert [value for _, value in lists(looked(book([[title], SHORT, [1, "甲", "", "主任", ""]]), []))] == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A类：立行立改", "immediate"), ("即知即改/立行立改", "immediate"), ("阶段整改（2027年6月底前）", "phased"),
        ("需长期坚持", "long_term"), ("立行立改、长期坚持", None), ("以后再说", None), ("", None),
    ],
)  # fmt: skip
def test_a_word_for_a_list_within_a_cell_is_proposed_and_two_are_not(text, code):
    assert [value for _, value in lists([one(category=text)])] == [code]


def test_a_list_that_stands_where_the_day_should_is_proposed_with_the_last_of_its_days():
    line = one(category="", due_on="立行立改")
    assert told([line], "ask") == [
        ("due_on", "ledger_day_of_list", "2024-02-19"), ("category", "ledger_list_elsewhere", "immediate"),
    ]  # fmt: skip
    line = one(category="", due_on="即知即改，2024年2月9日前")
    assert told([line], "ask")[0] == ("due_on", "ledger_day_about", "2024-02-09")
    line = one(category="", due_on="长期坚持，常抓不懈")
    assert lists([line]) == [("ledger_list_elsewhere", "long_term")]
    assert [code for _, code, _ in told([one(category="", due_on="无")], "ask")] == [
        "ledger_list_unnamed", "ledger_measure_day",
    ], "no day is no list"  # fmt: skip


def test_a_blank_cell_below_a_list_is_proposed_as_merged_cells_mean_it():
    rows = [HEAD, row(category="立行立改"), row(problem="乙", category=""), row(problem="丙", category="")]
    assert lists(looked(book(rows), [])) == [("ledger_list_elsewhere", "immediate")] * 2


def test_accepting_all_the_rest_puts_no_row_on_a_list_nobody_named():
    lines = looked(book([HEAD, row(category=""), row(problem="乙", category="")]), [])
    after = [sheet_lines.settle(line, None, ground([])) for line in imports.decide(lines, [], True) or lines]
    counts = imports.counted(after)
    assert (counts["undecided"], counts["unlisted"], counts["new"]) == (2, 2, 2)
    assert not [one for line in after for one in line["changes"] if one["column"] == "category"]
    begun, _ = imports.begin("i1", after, [])
    with pytest.raises(Refusal, match="ledger_undecided"):
        imports.run(begun, counts, "")
    chosen = imports.decide(after, [], None, "long_term")
    made = [sheet_lines.carried_out(line, None, ground([]))[0]["category"] for line in chosen]
    assert made == ["long_term"] * 2 and imports.counted(chosen)["undecided"] == 0
    left = [sheet_lines.settle(line, None, ground([])) for line in imports.decide(after, [], False)]
    assert imports.counted(left)["left_out"] == 2 and imports.counted(left)["undecided"] == 0


@pytest.mark.parametrize("code", sheet_words.LISTS)
def test_the_reader_chooses_one_of_the_three_whatever_is_proposed_and_may_choose_again(code):
    for line in (one(category="", due_on="2024-02-01"), one(category="近期", due_on="2024-02-01")):
        after = settled(line, accepted=True, value=code)
        assert sheet_lines.carried_out(after, None, ground([]))[0]["category"] == code
        left = settled(after, accepted=False, value="some_day")
        assert code in {each["value"] for each in left["findings"]}, "what is rejected is not changed"
        assert left["outcome"] == "left_out"
        assert left["findings"][-1]["params"]["field"] == {"zh": "清单类别", "en": "List"}, "in words"
        assert settled(left, accepted=True, value=code)["outcome"] == "new"


@pytest.mark.parametrize("decision", [{"accepted": True}, {"accepted": True, "value": "some_day"}])
def test_what_is_not_offered_is_not_taken(decision):
    with pytest.raises(Refusal, match="ledger_choice"):
        settled(one(category=""), **decision)
    with pytest.raises(Refusal, match="ledger_choice"):
        other = [{"line": 0, "column": "due_on", "accepted": True, "value": "2024-03-30"}]
        imports.decide([one(due_on="2024年3月底")], other, None)


def test_a_row_that_is_left_out_asks_nothing():
    lines = looked(book([HEAD, row(), row(source="", category=""), row(problem="", category="")]), [])
    assert told([lines[2]]) == [("row", "ledger_problem_missing", None)]
    decided = imports.decide(lines, [{"line": 1, "column": "row", "accepted": True}], None)
    assert imports.counted([sheet_lines.settle(decided[0], None, ground([]))])["undecided"] == 0


def test_a_formula_of_which_nothing_can_be_proposed_offers_no_choice():
    (line,) = looked(book([HEAD, row(measures="=HYPERLINK(1)", due_on="@甲")]), [])
    assert [code for _, code, _ in told([line], "wrong")] == ["ledger_formula_unread"] * 2


def test_words_of_two_lists_name_none():
    assert sheet_lists.named("即知即改、阶段整改") is None and sheet_lists.heads("即知即改 3 项") == "immediate"
    assert sheet_lists.titled("第二阶段工作台账") is None
