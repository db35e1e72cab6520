"""The same sheet once more: what it says the ledger says already, in whatever words, so it asks and changes nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rectification import domain, imports, sheet_lines
from tests.rectification.test_sheet import TODAY, ground, item, looked, told
from tests.rectification.test_sheet_reading import HEAD, KEPT, as_csv, book, one, row

SAID = {
    "problem": ["学习不系统", "=HYPERLINK(1)", "接访 不及时。"],
    "source": ["自查", "会前", "督导组点评", "天上", ""],
    "category": ["立行立改", "A类：立行立改", "近期", "分阶段", "以后再说", "长期坚持", ""],
    "measures": ["列入计划；每月研讨", "1. 列入计划\n2. 每月研讨", "", "=1+1"],
    "responsible": ["主任、副主任", "", "@主任"],
    "standard": ["每月一题", "每月　一题。", "#REF!"],
    "due_on": ["２０２４年２月１０日", "2024年2月底", "2024-02-30", "45332", "立行立改", "长期坚持，不懈", "无"],
    "progress": ["已开题", "", "+cmd|x"],
}  # fmt: skip
MORE = ["完成比例", "进展日期", "措施责任人", "措施时限", "协同单位", "阶段节点", "备注", "佐证材料"]
FURTHER = [
    ["0.3", "1", "30%", ""], ["2024年1月5日", "2024.1.5", ""], ["甲\n乙", "甲", ""], ["2024.2.8", "2月底", ""],
    ["县水利局、县财政局", ""], ["2024年2月5日前完成招标", ""], ["督办\n急", ""], ["照片3张", ""],
]  # fmt: skip


def brought_in(lines: list[sheet_lines.Line], items: list[domain.Item], category: str) -> list[domain.Item]:
    """The ledger after all that is proposed was accepted, and the list chosen where none is named."""
    ids = {each["item_id"]: each for each in items}
    decided = {line["number"]: line for line in lines}
    while waiting := [line for line in decided.values() if imports.counted([line])["undecided"]]:
        for line in imports.decide(waiting, [], True, category):
            decided[line["number"]] = sheet_lines.settle(line, ids.get(line["item_id"]), ground(items))
    for line in decided.values():
        if line["outcome"] in ("new", "changed"):
            stands = ids.get(line["item_id"])
            made, _ = sheet_lines.carried_out(line, stands, ground(items), number=line["number"] + 1)
            ids[made["item_id"]] = domain.shown(made, TODAY)
    return list(ids.values())


def asks_nothing(data: bytes, items: list[domain.Item], name: str = "台账.xlsx") -> None:
    lines = looked(data, items, name)
    assert told(lines, "ask", "conflict") == []
    assert [line["outcome"] for line in lines if line["outcome"] in ("new", "changed")] == []


@given(
    st.fixed_dictionaries({key: st.sampled_from(said) for key, said in SAID.items()}),
    st.tuples(*map(st.sampled_from, FURTHER)),
    st.sampled_from(["immediate", "phased", "long_term"]),
)
@settings(max_examples=60, deadline=None)
def test_a_row_that_was_brought_in_as_proposed_asks_nothing_when_it_comes_again(said, further, category):
    data = as_csv([[*HEAD, *MORE], [*row(**said), *further]])
    first = looked(data, [], "台账.csv")
    asks_nothing(data, brought_in(first, [], category), "台账.csv")


def test_the_ledger_units_keep_asks_nothing_when_it_comes_again():
    first = looked(KEPT.encode(), [], "台账.csv")
    asks_nothing(KEPT.encode(), brought_in(first, [], "phased"), "台账.csv")


def test_a_sheet_with_days_by_measure_and_the_same_problem_twice_asks_nothing_when_it_comes_again():
    rows: list[list[Any]] = [HEAD, ["1", "", "甲", "自查", "阶段整改", "排查", "主任", "清零", "2024.2.10"]]
    rows += [["", "", "", "", "", "整治", "副主任", "", "2月20日前"], row(problem="乙"), row(problem="乙。")]
    data = book(rows)
    items = brought_in(looked(data, []), [], "phased")
    assert [each["problem"] for each in items] == ["甲", "乙"]
    asks_nothing(data, items)
    asks_nothing(data, [*items, {**items[1], "item_id": f"{items[1]['item_id']}x", "number": 9}])


def test_what_differs_in_more_than_its_words_is_still_asked_about():
    before = {"due_on": "2024-02-16", "category": "immediate", "milestones": [], "measures": []}
    stands = item(1, problem="学习不系统", **before)
    (line,) = looked(book([HEAD, row(category="立行立改", due_on="2024年2月18日", progress="已开题")]), [stands])
    assert told([line], "ask") == [
        ("standard", "ledger_differs", "每月一题"), ("responsible", "ledger_differs", "办公室主任"),
        ("due_on", "ledger_differs", "2024-02-18"), ("progress", "ledger_differs", "已开题"),
        ("measures", "ledger_differs", ["列入计划"]),
    ]  # fmt: skip


def test_the_last_day_of_the_rows_of_an_item_is_proposed_as_its_own():
    rows: list[list[Any]] = [["序号", "问题", "清单", "整改措施", "责任人", "完成时限"]]
    rows += [["1", "甲", "阶段整改", "排查", "主任", "2024-02-10"], ["", "", "", "整治", "副主任", "2024-02-20"]]
    data = book(rows, merged=("A2:A3", "B2:B3"))
    (line,) = looked(data, [])
    assert ("due_on", "ledger_day_latest", "2024-02-20") in told([line], "ask") and told([line], "wrong") == []
    (made,) = brought_in([line], [], "phased")
    assert made["due_on"] == "2024-02-20"
    assert [(each["who"], each["due_on"]) for each in made["measures"]] == [
        ("主任", "2024-02-10"), ("副主任", "2024-02-20"),
    ]  # fmt: skip


@pytest.mark.parametrize("days", [("2024-02-20", "2024-02-10"), ("2024-02-20", ""), ("2024-02-20", "2024-02-20")])
def test_a_first_day_that_is_the_last_needs_no_word(days):
    head = ["序号", "问题", "来源", "清单", "整改措施", "完成时限"]
    rows = [head, ["1", "甲", "自查", "阶段整改", "排查", days[0]], ["", "", "", "", "整治", days[1]]]
    (line,) = looked(book(rows), [])
    assert line["values"]["due_on"] == "2024-02-20" and "due_on" not in {column for column, _, _ in told([line])}


def test_the_row_of_a_known_problem_is_this_units_whatever_it_is_called():
    data = book([HEAD, row(unit="县农业农村局（本级）")])
    assert ("row", "ledger_perhaps_other_unit", "left_out") in told(looked(data, []), "ask")
    line = one(unit="县农业农村局（本级）")
    made = sheet_lines.carried_out(line, None, ground([]))[0]
    asks_nothing(data, [domain.shown(made, TODAY)])


def test_progress_that_was_kept_among_the_remarks_is_not_asked_about_again():
    line = one(measures="", due_on="", progress="已开题")
    made = sheet_lines.carried_out(line, None, ground([]))[0]
    assert (made["state"], made["particulars"]["remarks"]) == ("registered", "进展：已开题")
    asks_nothing(book([HEAD, row(measures="", due_on="", progress="已开题")]), [domain.shown(made, TODAY)])


def test_a_day_nobody_could_accept_is_told_and_not_asked_about():
    stands = item(1, problem="学习不系统", particulars={})
    (line,) = looked(book([HEAD, row(category="长期坚持", due_on="2024年4月底")]), [stands])
    codes = {(column, code) for column, code, _ in told([line], "wrong")}
    assert {("due_on", "day_by_asking"), ("category", "list_by_asking")} <= codes


def test_what_a_rule_leaves_out_of_a_new_row_is_left_out_when_it_is_written():
    rows = [[*HEAD, "措施时限"], [*row(due_on="2024-02-10"), "2024-02-20"]]
    (line,) = looked(book(rows), [])
    assert told([line], "wrong") == [("measure_due", "measure_after_due", None)]
    assert sheet_lines.carried_out(line, None, ground([]))[0]["measures"][0]["due_on"] == "2024-02-10"
