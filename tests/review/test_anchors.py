"""Anchors: a comment finds its passage in the next version, or says that it is lost."""

import pytest

from services.review import anchors

OLD = [
    "一、存在的问题",
    "理论学习方面，全年只读了2本必读书目。笔记照抄别人的。",
    "工作作风方面，下乡调研少。",
    "三、整改措施",
    "由我负责，尽快读完。",
]


def paragraphs(texts):
    return [{"n": n, "text": text, "heading": None, "table": False} for n, text in enumerate(texts, 1)]


def now(quotation, new, paragraph=None, old=OLD):
    comment = {"id": "c", "text": "写明日期", "anchor": {"paragraph": paragraph, "node": None, "quotation": quotation}}
    found = anchors.carry([comment], paragraphs(old), paragraphs(new))[0]
    assert found["id"] == "c"
    assert found["now"].pop("node") is None
    return tuple(found["now"].values())


def test_a_comment_s_node_is_the_smallest_of_the_new_text_that_holds_its_words():
    nodes = [
        {"id": "n1", "paragraphs": [2, 3], "text": "\n".join(OLD[1:3])},
        {"id": "n2", "paragraphs": [3], "text": OLD[2]},
        {"id": "n3", "paragraphs": [5], "text": OLD[4]},
    ]
    comments = [
        {"id": quotation, "anchor": {"paragraph": None, "node": "old", "quotation": quotation}}
        for quotation in ("下乡调研少", "笔记照抄别人的。", "从来没有的话")
    ]
    found = anchors.carry(comments, paragraphs(OLD), paragraphs(OLD), nodes)
    assert [one["now"]["node"] for one in found] == ["n2", "n1", None]


def test_words_that_stand_where_they_stood_are_kept_though_paragraphs_were_added_before():
    assert now("只读了2本必读书目", OLD, 2) == ("kept", 2, "只读了2本必读书目")
    assert now("只读了2本必读书目", ["新增的开头。", *OLD], 2) == ("kept", 3, "只读了2本必读书目")


def test_words_that_stand_elsewhere_were_moved():
    assert now("下乡调研少", [OLD[2], *OLD[:2], *OLD[3:]], 3)[:2] in (("kept", 1), ("moved", 1))
    assert (
        now("笔记照抄别人的。", [OLD[0], "理论学习方面，全年只读了2本必读书目。", OLD[2], "另外，笔记照抄别人的。"], 2)[
            0
        ]
        == "moved"
    )


def test_words_put_differently_are_found_again_as_changed():
    new = [*OLD[:4], "由我负责，2024年3月底前读完剩下的两本。"]
    state, paragraph, quotation = now("由我负责，尽快读完。", new, 5)
    assert (state, paragraph) == ("changed", 5)
    assert quotation == "由我负责，2024年3月底前读完剩下的两本。"


def test_what_is_gone_is_lost_and_nothing_is_guessed():
    assert now("由我负责，尽快读完。", OLD[:4], 5) == ("lost", None, None)


@pytest.mark.parametrize(
    ("new", "state"),
    [(OLD, "kept"), ([*OLD[:2], "工作作风方面，下乡调研少，全年不到10次。", *OLD[3:]], "changed"), (OLD[:2], "lost")],
)
def test_a_comment_on_a_paragraph_follows_its_paragraph(new, state):
    assert now(None, new, 3)[0] == state


def test_a_comment_on_the_whole_text_stays():
    assert now(None, ["全新的一篇"], None) == ("kept", None, None)
