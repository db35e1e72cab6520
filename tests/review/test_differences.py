"""Differences: what a reader is shown is what stands in both texts, to the letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review import differences

TEXTS = st.lists(st.text("学习不够深入。调研3次，落实A项 ", min_size=1, max_size=30), max_size=9)


def paragraphs(texts):
    return [{"n": n, "text": text, "heading": None, "table": False} for n, text in enumerate(texts, 1)]


def side(rows, number, op):
    chosen = sorted((row for row in rows if row[number]), key=lambda row: row[number])
    return ["".join(piece["text"] for piece in row["pieces"] if piece["op"] in ("same", op)) for row in chosen]


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_the_pieces_joined_are_both_versions_to_the_letter(old, new):
    rows = differences.compare(paragraphs(old), paragraphs(new))["rows"]
    assert side(rows, "n", "added") == new
    assert side(rows, "was_n", "removed") == old


def kinds(old, new):
    return [row["kind"] for row in differences.compare(paragraphs(old), paragraphs(new))["rows"]]


FIRST = "一是理论学习不深入，全年只读了2本必读书目，笔记照抄。"
SECOND = "二是下乡调研少，真正走到田头的只有15次。"
THIRD = "三是对高标准农田重建轻管，1.2公里灌渠水毁半年没有修复。"


def test_a_paragraph_is_changed_added_taken_out_or_the_same():
    changed = SECOND.replace("15次", "15次，其中汛期一次没有")
    assert kinds([FIRST, SECOND], [FIRST, changed]) == ["same", "changed"]
    assert kinds([FIRST, SECOND], [FIRST, THIRD, SECOND]) == ["same", "added", "same"]
    assert kinds([FIRST, SECOND, THIRD], [FIRST, THIRD]) == ["same", "removed", "same"]


def test_a_paragraph_that_stands_elsewhere_was_moved_not_written_anew():
    rows = differences.compare(paragraphs([FIRST, SECOND, THIRD]), paragraphs([THIRD, FIRST, SECOND]))["rows"]
    assert sorted(row["kind"] for row in rows) == ["moved", "same", "same"]
    moved = next(row for row in rows if row["kind"] == "moved")
    assert (moved["n"], moved["was_n"]) == (1, 3)


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("只读了2本", "只读了12本", [("same", "只读了"), ("removed", "2"), ("added", "12"), ("same", "本")]),
        ("尽快完成整改", "3月底前完成整改", [("removed", "尽快"), ("added", "3月底前"), ("same", "完成整改")]),
        ("", "新写的", [("added", "新写的")]),
    ],
)
def test_inside_a_paragraph_words_and_figures_are_told_whole(old, new, pieces):
    assert [(one["op"], one["text"]) for one in differences.words(old, new)] == pieces
