"""The official sheet: out and in again loses nothing, and nothing but what somebody changed is written."""

import hashlib
import io
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rectification import (
    domain,
    imports,
    lists,
    revising,
    sheet,
    sheet_cells,
    sheet_drafts,
    sheet_lines,
    sheet_reading,
    sheet_values,
    sheet_words,
)
from services.rectification.domain import Hand
from services.spine import sheet_stream

TODAY = "2024-01-20"
UNIT = "990823-NYNC"
NAME = "青溪县农业农村局"
ASPECTS = {"theory": "理论学习", "style": "工作作风"}
PLAN: dict[str, Any] = {"campaign": "minchuan-2023-theme", "unit": UNIT, "region": "990823", "group": "G4"}
PLAN |= {"immediate_days": 30, "rectification": lists.BEFORE}
HAND = Hand("liaison", "联络员", f"{TODAY}T08:00:00.000Z", TODAY)
DRAFT: dict[str, Any] = {
    "key": "p01",
    "problem": "1.2公里灌渠水毁半年未修复",
    "source": "supervision",
    "category": "phased",
    "responsible": "分管农田建设的副局长",
    "standard": "通水验收",
    "measures": [
        {
            "key": "m1",
            "what": "完成灌渠修复；组织通水",
            "who": "分管副局长",
            "due_on": "2024-02-28",
            "with": ["县水利局"],
        },
        {"what": "出台管护办法", "who": "办公室主任", "due_on": "2024-03-15"},
    ],
    "milestones": [{"key": "s1", "deliverable": "修复方案", "due_on": "2024-02-10"}],
    "due_on": "2024-03-31",
}


def item(number: int = 1, **said: Any) -> domain.Item:
    made = domain.register(PLAN, 30, number, {**DRAFT, "key": f"p{number:02}", **said}, HAND)[0]
    return domain.shown(made, TODAY)


def written(items: list[domain.Item], language: str = "zh") -> bytes:
    """The workbook of a ledger."""
    top = {"title": NAME, "unit": NAME, "by": "联络员", "on": TODAY}
    stream = sheet.opened(language, top)
    lines = [sheet.line(one, language, {UNIT: NAME}, ASPECTS) for one in items]
    return stream.head() + stream.rows(lines) + stream.end()


def ground(items: list[domain.Item]) -> sheet_lines.Ground:
    return sheet_lines.Ground(PLAN, items, NAME, ASPECTS, HAND)


def looked(data: bytes, items: list[domain.Item], name: str = "台账.xlsx") -> list[sheet_lines.Line]:
    return imports.look("i1", sheet_reading.read(name, data), ground(items))[0]


def edited(data: bytes, changes: dict[tuple[str, int], Any]) -> bytes:
    """The workbook with cells, by column and number of the row, changed in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (column, row), value in changes.items():
        cell = book.worksheets[0].cell(sheet.FIRST_ROW + row, sheet_words.ORDER.index(column) + 1)
        cell.value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(lines: list[sheet_lines.Line], *kinds: str) -> list[tuple[str, str, Any]]:
    found = [one for line in lines for one in line["findings"] if not kinds or one["kind"] in kinds]
    return [(one["column"], one["code"], one["value"]) for one in found]


WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
SAID = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(str.strip)
DAYS = st.dates(date(2024, 1, 21), date(2024, 2, 15)).map(date.isoformat)
MEASURES = st.lists(
    st.fixed_dictionaries({"what": WORDS, "who": WORDS, "due_on": DAYS}, optional={"with": st.lists(SAID, max_size=2)}),
    max_size=3,
)
MILESTONES = st.lists(st.fixed_dictionaries({"key": st.just("s1"), "deliverable": SAID, "due_on": DAYS}), max_size=1)
LEDGERS = st.lists(
    st.fixed_dictionaries(
        {
            "problem": WORDS, "source": st.sampled_from(list(sheet_words.SOURCES)),
            "category": st.sampled_from(list(sheet_words.LISTS)), "responsible": WORDS, "standard": WORDS,
            "aspect": st.sampled_from([None, "theory", "gone"]), "due_on": st.sampled_from([None, "2024-02-16"]),
            "measures": MEASURES, "milestones": MILESTONES,
            "particulars": st.dictionaries(st.sampled_from(sheet_words.PARTICULARS), WORDS, max_size=3),
        }
    ),
    max_size=4,
)  # fmt: skip


@given(LEDGERS, st.sampled_from(["zh", "en"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_out_then_in_proposes_no_change_for_any_ledger(drafts, language, through):
    items = [item(number, **draft) for number, draft in enumerate(drafts, 1)]
    data = written(items, language)

    lines = looked(edited(data, {}) if through else data, items)

    assert [line["outcome"] for line in lines] == ["unchanged"] * len(items)
    assert told(lines) == [] and not any(line["changes"] for line in lines)


def test_ditto_marks_that_are_what_an_item_says_stay_and_those_somebody_wrote_are_as_above():
    items = [item(1, particulars={"remarks": "待落实"}), item(2, particulars={"remarks": "同上"})]
    assert [line["outcome"] for line in looked(written(items), items)] == ["unchanged"] * 2

    lines = looked(edited(written(items), {("leader", 1): "党组书记", ("leader", 2): "同上"}), items)
    assert [(one["column"], one["to"]) for line in lines for one in line["changes"]] == [("leader", "党组书记")] * 2


def test_only_the_cells_somebody_changed_are_told_and_written_from_what_to_what():
    items = [item(1), item(2, problem="会前酝酿不足", measures=DRAFT["measures"][1:])]
    changes = {("standard", 1): "通水验收合格", ("measure_due", 1): "2024-02-28\n2024-03-20", ("remarks", 2): "督办"}
    data = edited(written(items), changes)

    first, second = looked(data, items)

    assert [(one["column"], one["cell"], one["from"], one["to"]) for one in first["changes"]] == [
        ("standard", "J5", "通水验收", "通水验收合格"),
        ("measure_due", "M5", "2024-02-28\n2024-03-15", "2024-02-28\n2024-03-20"),
    ]
    after, facts = sheet_lines.carried_out(first, items[0], ground(items))
    kept = {**items[0], "standard": "通水验收合格", "measures": after["measures"], "history": after["history"]}
    assert after == kept
    assert after["measures"] == [DRAFT["measures"][0], {**DRAFT["measures"][1], "due_on": "2024-03-20"}]
    assert [fact.name for fact in facts] == ["item_revised"]
    assert second["changes"] == [{"column": "remarks", "cell": "AJ6", "from": "", "to": "督办"}]


def test_what_was_changed_on_the_page_meanwhile_is_a_conflict_said_by_cell():
    before = item(1)
    data = edited(written([before]), {("standard", 1): "甲", ("responsible", 1): "副局长"})
    now = revising.revise(before, {"standard": "乙"}, HAND, lists.BEFORE, 30)[0]
    now = domain.shown(now, TODAY)

    (line,) = looked(data, [now])

    assert told([line]) == [("standard", "ledger_conflict", "甲")]
    assert line["findings"][0]["params"] == {"theirs": "乙", "yours": "甲"}
    assert [one["column"] for one in line["changes"]] == ["responsible"], "what nobody else touched goes on"
    taken = imports.decide([line], [{"line": 0, "column": "standard", "accepted": True}], None)[0]
    assert sheet_lines.settle(taken, now, ground([now]))["changes"][0]["to"] == "甲"
    left = imports.decide([line], [], False)[0]
    assert [one["column"] for one in sheet_lines.settle(left, now, ground([now]))["changes"]] == ["responsible"]


def test_the_list_and_the_day_of_a_planned_item_are_not_the_sheets_to_change():
    items = [item(1)]
    data = edited(written(items), {("category", 1): "长期整改", ("due_on", 1): "2024-06-30"})
    (line,) = looked(data, items)
    assert {code for _, code, _ in told([line], "wrong")} == {"list_by_asking", "day_by_asking"}
    assert (line["outcome"], line["changes"]) == ("unchanged", [])


def test_what_a_sheet_only_tells_changes_nothing():
    items = [item(1)]
    data = edited(written(items), {("state", 1): "已销号", ("colour", 1): "绿", ("problem", 1): None})
    (line,) = looked(data, items)
    assert {(column, code) for column, code, _ in told([line])} == {
        ("state", "ledger_only_told"), ("colour", "ledger_only_told"), ("problem", "ledger_cleared"),
    }  # fmt: skip
    assert line["outcome"] == "unchanged"


def test_this_months_progress_comes_in_by_the_sheet_without_evidence():
    items = [item(1)]
    data = edited(written(items), {("progress", 1): "已通水", ("percent", 1): 80})
    (line,) = looked(data, items)
    after, facts = sheet_lines.carried_out(line, items[0], ground(items))
    entry = after["progress"][0]
    assert (entry["text"], entry["percent"], entry["on"], entry["evidence"]) == ("已通水", 80, TODAY, [])
    assert [fact.name for fact in facts] == ["item_progressed"]
    assert sheet_lines.carried_out(line, after, ground([after])) == (after, []), "done twice nothing more happens"


def test_a_new_row_becomes_a_new_item_registered_as_long_as_something_is_not_clear():
    items = [item(1)]
    whole = {
        "problem": "学习不系统",
        "source": "自查",
        "category": "马上就改",
        "standard": "每月一题",
        "due_on": "2024.2.8",
    }
    whole |= {"measures": "1. 列入计划\n2. 每月研讨", "responsible": "办公室主任", "measure_who": "副局长"}
    short = {"problem": "接访不及时", "source": "督导", "category": "分阶段", "progress": "已排班"}
    data = written(items)
    data = edited(
        data, {(key, 3): text for key, text in whole.items()} | {(key, 4): text for key, text in short.items()}
    )

    _, first, second = looked(data, items)

    assert (first["outcome"], second["outcome"]) == ("new", "new")
    made = sheet_lines.carried_out(first, None, ground(items), number=2)[0]
    assert (made["state"], made["source"], made["category"], made["due_on"]) == (
        "open", "self_criticism", "immediate", "2024-02-08",
    )  # fmt: skip
    assert made["measures"] == [
        {"what": what, "who": "副局长", "due_on": "2024-02-08"} for what in ("列入计划", "每月研讨")
    ]
    made = sheet_lines.carried_out(second, None, ground(items), number=3)[0]
    assert (made["state"], "due_on" in made["lacking"]) == ("registered", True)
    assert made["particulars"]["remarks"] == "进展：已排班", "what cannot be progress yet is not lost"


def test_a_milestone_keeps_its_words_after_its_day():
    said = "2024年2月5日前完成招标\n2024-02-08 完成验收\n2月10日前：完成"
    (line,) = looked(edited(written([item(1)]), {("milestones", 1): said}), [item(1)])
    ((column, code, found),) = told([line])
    assert (column, code) == ("milestones", "ledger_day_about")
    assert [(one["due_on"], one["deliverable"]) for one in found] == [
        ("2024-02-05", "完成招标"), ("2024-02-08", "完成验收"), ("2024-02-10", "完成"),
    ]  # fmt: skip


def test_a_missed_milestone_that_a_sheet_moves_is_told_by_its_cell():
    data = edited(written([item(1)]), {("milestones", 1): "2024-03-01 修复方案"})
    after = sheet_lines.Ground(PLAN, [item(1)], NAME, ASPECTS, Hand("liaison", "联络员", HAND.at, "2024-02-11"))
    lines, _ = imports.look("i1", sheet_reading.read("台账.xlsx", data), after)
    assert told(lines, "wrong") == [("milestones", "milestone_missed", None)] and told(looked(data, [item(1)])) == []


def test_a_row_copied_with_its_number_is_asked_about():
    data = written([item(1)])
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = book.worksheets[0]
    rows.unmerge_cells("A6:AJ6")
    for column in range(1, 45):
        rows.cell(6, column, rows.cell(5, column).value)
    rows.cell(6, sheet_words.ORDER.index("problem") + 1, "另一个问题")
    out = io.BytesIO()
    book.save(out)
    lines = looked(out.getvalue(), [item(1)])
    assert told(lines, "ask") == [("row", "ledger_number_twice", "left_out")]
    assert lines[1]["outcome"] == "new"
    assert sheet_lines.settle(imports.decide(lines, [], True)[0], None, ground([]))["outcome"] == "left_out"


def test_a_cell_is_never_a_formula_and_stays_text_when_it_is_edited():
    evil = ["=1+1", "+cmd|' /C calc'!A1", "-2+3+cmd|'/C'!A1", "@SUM(A1)", "\t=1"]
    data = written([item(n, problem=text) for n, text in enumerate(evil, 1)])
    rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    for row in range(5, 5 + len(evil)):
        cell = rows.cell(row, sheet_words.ORDER.index("problem") + 1)
        assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_the_sheet_is_the_official_one():
    rows = openpyxl.load_workbook(io.BytesIO(written([item(1)]))).worksheets[0]
    merged = {str(one) for one in rows.merged_cells.ranges}
    assert len(sheet_words.ORDER) == 36 and {"A1:AJ1", "A3:F3", "G3:I3", "A6:AJ6"} <= merged
    assert rows["A1"].value == f"{NAME}整改台账" and "填表人：联络员" in str(rows["J2"].value)
    assert "签字" in str(rows["A6"].value) and rows.column_dimensions["AK"].hidden
    hidden = [rows.cell(5, column).value for column in range(37, 45)]
    assert hidden[0] == f"{PLAN['campaign']}.{UNIT}.p01" and hidden[3:] == [
        "supervision",
        None,
        "phased",
        "open",
        "blue",
    ]


def test_a_ledger_in_english_comes_back_the_same():
    items = [item(1)]
    data = edited(written(items, "en"), {("causes", 1): "no plan"})
    (line,) = looked(data, items)
    assert (line["language"], [one["column"] for one in line["changes"]], told([line])) == ("en", ["causes"], [])


def test_cells_of_a_closed_item_tell_its_whole_course():
    closed = {**item(1), "state": "closed", "closed_on": "2024-03-01", "late": True, "recheck_on": "2024-09-01"}
    closed["progress"] = [{"key": "e1", "on": TODAY, "text": "完成", "percent": 100, "by": "x", "at": HAND.at}]
    closed["progress"][0]["evidence"] = [{"title": "验收单", "dated_on": TODAY}]
    closed["rechecks"] = [{"due_on": None, "on": "2024-04-01", "result": "held", "reason": "", "by": "x", "at": ""}]
    closed["closeout"] = {"result": "已通水", "effect": {"before": "靠抽水", "after": "自流"}, "on": "2024-02-20"}
    closed["closeout"]["levels"] = [{"by": "督导组", "level": "group"}]
    cells = sheet_cells.of(closed, "zh", NAME)
    told = {"state": "已销号", "late": "是", "evidence": f"{TODAY} 验收单", "verified_by": "督导组", "percent": "100"}
    told |= {"recheck": "2024-04-01 巩固\n2024-09-01", "before": "靠抽水", "applied_on": "2024-02-20"}
    assert {key: cells[key] for key in told} == told


def test_a_line_says_when_somebody_was_faster_and_is_done_twice_without_harm():
    items = [item(1)]
    data = edited(written(items), {("standard", 1): "甲", ("responsible", 1): "副局长"})
    (line,) = looked(data, items)
    moved = revising.revise(items[0], {"standard": "乙"}, HAND, lists.BEFORE, 30)[0]
    assert sheet_lines.overtaken(line, moved, ground(items)) == {"standard"}
    after = sheet_lines.carried_out(line, items[0], ground(items))[0]
    assert sheet_lines.overtaken(line, after, ground(items)) == set()
    assert sheet_lines.carried_out(line, after, ground(items)) == (after, [])


def test_measures_that_were_added_taken_out_and_reworded_keep_the_others_to_the_letter():
    kept = {"key": "m1", "what": "1. 修  渠；\n通水", "who": "甲", "due_on": "2024-02-01", "with": ["水利局"]}
    second = {"what": "建章", "who": "乙", "due_on": "2024-02-02"}
    stands = item(1, measures=[kept, second])

    def revised(*lines: str) -> list[dict[str, Any]]:
        return list(sheet_drafts.draft({"measures": list(lines)}, stands)["measures"])

    assert revised("修 渠； 通水", "建章立制") == [kept, {**second, "what": "建章立制"}]
    assert revised("建章") == [second]
    last = {"what": "公示", "who": "分管农田建设的副局长", "due_on": "2024-03-31"}
    assert revised("修 渠； 通水", "公示", "建章") == [kept, last, second]
    day = (date(2024, 2, 1) + timedelta(days=9)).isoformat()
    assert sheet_drafts.draft({"measure_due": [day, day]}, stands)["measures"] == [
        {**kept, "due_on": day}, {**second, "due_on": day},
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["", "zh:", "fr:" + "0" * 288, "zh:" + "g" * 288])
def test_a_mark_that_is_not_ours_is_none(mark):
    assert sheet_cells.unmark(mark) is None


@given(
    st.text(max_size=40) | st.sampled_from(["", " 甲 \n 乙\u3000\n", "甲\u200b ", "甲\r\n乙", "=1", "甲\xa0", "\ue000"])
)
@settings(max_examples=300, deadline=None)
def test_the_mark_of_a_cell_stays_what_it_was_in_sheets_that_are_out_already(text):
    shown = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text.replace("\r\n", "\n"))
    shown = shown.replace("\r", "\n")[:32_000]
    bare = re.sub("[\u200b-\u200f\u2028-\u202e\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]", "", shown)
    bare = re.sub(r"[^\S\n]+$", "", bare, flags=re.MULTILINE).strip()
    assert sheet_cells.says(text, hashlib.blake2b(bare.encode("utf-8", "replace"), digest_size=4).hexdigest())
    assert sheet_stream.fit(text) == shown


def test_what_a_long_term_item_came_to_and_its_evidence_stand_in_the_sheet():
    first: dict[str, Any] = {
        "key": "e1",
        "on": "2024-01-10",
        "text": "开了头",
        "percent": 30,
        "at": "2024-01-10T08:00:00Z",
    }
    first["evidence"] = [{"title": "通知", "dated_on": "2024-01-09"}]
    result: dict[str, Any] = {"key": "i1", "on": "2024-01-18", "result": "机制建成", "at": "2024-01-18T08:00:00Z"}
    result["evidence"] = [{"title": "制度汇编", "dated_on": "2024-01-15"}]
    long_term = {**item(1, category="long_term", due_on=None), "progress": [first], "interim": [result]}
    cells = sheet_cells.of(long_term, "zh", NAME)
    told = {"progress": "机制建成", "progress_on": "2024-01-18", "evidence": "2024-01-09 通知\n2024-01-15 制度汇编"}
    assert {key: cells[key] for key in told} == told and cells["percent"] == "30"
    assert sheet_cells.of({**long_term, "progress": []}, "zh", NAME)["progress"] == "机制建成"
    (line,) = looked(written([long_term]), [long_term])
    assert (line["outcome"], line["findings"]) == ("unchanged", [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sheet_that_was_written_with_other_words_for_its_sources_comes_back_the_same(language, monkeypatch):
    """Our own sheets said 自我检视, 督导点评, 巡视巡察审计 once."""
    before = {"self_criticism": ("自我检视", "Self-examination"), "supervision": ("督导点评", "The group's comment")}
    before |= {"inspection": ("巡视巡察审计", "Inspection or audit"), "opinion": ("征求意见", "Opinions collected")}
    items = [item(number, source=source, problem=source) for number, source in enumerate(before, 1)]
    with monkeypatch.context() as then:
        for code, (zh, en) in before.items():
            then.setitem(sheet_words.SOURCES, code, {"zh": zh, "en": en})
        data = written(items, language)
    lines = looked(data, items)
    assert [(line["outcome"], told([line])) for line in lines] == [("unchanged", [])] * len(items)
    for code, words in before.items():
        assert {sheet_values.coded("source", word, sheet_words.SOURCES)[:2] for word in words} == {(code, True)}
