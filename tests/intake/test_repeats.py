"""A criticism list beside the same person's of last year: what is said again is found, whatever was changed first."""

import pytest

from services.intake import repeats

BEFORE = [
    {"target": "03", "problem": "抓工作落实不够，布置多检查少", "fact": "2022年布置的五项任务，到年底只检查过两项"},
    {"target": "04", "problem": "理论学习不够系统，满足于应付考试", "fact": "中心组学习缺席三次"},
]


def found(*lines: tuple[str, str, str]) -> list[tuple[int, str, int]]:
    """Which lines are marked, how, and beside which earlier line."""
    now = [dict(zip(("target", "problem", "fact"), line, strict=True)) for line in lines]
    rows = repeats.found({"criticisms": now}, {"criticisms": BEFORE})
    return [(row["line"], row["how"], row["before"]["line"]) for row in rows]


@pytest.mark.parametrize(
    ("line", "how"),
    [
        (("03", "抓工作落实不够，布置多检查少", "新的事实"), "same"),
        (("03", "抓工作落实不够、 布置多检查少。", "新的事实"), "same"),
        (("03", "抓工作落实还不够，布置工作多、检查少", "新的事实"), "alike"),
        (("03", "干工作虎头蛇尾", "2023年布置的七项任务，到年底只检查过三项"), "alike"),
        (("05", "抓工作落实不够，布置多检查少", "新的事实"), "same"),
    ],
)
def test_a_line_said_again_is_marked_with_the_line_it_was(line, how):
    assert found(("04", "联系群众少", "全年下村两次"), line) == [(2, how, 1)]


@pytest.mark.parametrize(
    "line",
    [
        ("03", "抓班子建设不够，民主集中制执行不严", "三次会议临时动议"),
        ("04", "理论学习联系实际少", "调研报告由他人代笔"),
        ("05", "对下属要求不严", "2022年布置的五项任务，到年底只检查过两项"),
        ("03", "", ""),
    ],
)
def test_what_is_new_or_is_the_same_fact_about_somebody_else_is_not_marked(line):
    assert found(line) == []


def test_a_list_without_lines_and_one_that_is_compared_with_nothing_mark_nothing():
    assert repeats.found({}, {"criticisms": BEFORE}) == repeats.found({"criticisms": BEFORE}, {}) == []
    assert [row["line"] for row in repeats.found({"criticisms": BEFORE}, {"criticisms": BEFORE})] == [1, 2]
