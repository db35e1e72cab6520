"""Retelling: a problem told twice, or last year's told again, is none of its own; what only looks so is let be."""

import pytest

from services.review import extraction, facts, precheck
from tests.review import materials

RULES = ("aspect_restates_another", "same_as_last_year")
FIRST = "县里安排读书班九天，我听了九天，结业时两篇心得都是从网上抄的，发下来的选编本至今没有开封。"
AGAIN = "读书班9天我天天坐在那里，交上去的2篇心得却是抄别人的，领到的选编本也没有开封，说明深学细悟还有差距。"
OWN = "选编本说到的退耕还林，市里要求报31户，我报了19户，心得里却写全部落实，读书班的要求没有照办。"
LAST_YEAR = (
    ("研讨照着稿子念", "中心组学了6次，发言4分钟就完"),
    ("外贸帮扶布置得晚", "文件压了43天，走掉两张订单"),
    ("新业态的规则看不懂", "申报示范园填错编码，退回来3个月"),
    ("旧市场改造畏难不前", "预算280万元花了11万元"),
    ("下企业走过场", "54次当天去了三家，每家坐20分钟"),
    ("接待把关不严", "9笔没有公函，超出560元"),
)


def found(text, submitted_at="2023-12-27"):
    """{rule: severity} of what is told twice in an outline."""
    paragraphs = extraction.extract(text.encode(), "text.txt")["paragraphs"]
    given = precheck.examine(paragraphs, "speech_outline", materials.ASPECTS, submitted_at=submitted_at)["findings"]
    return {each["code"]: each["severity"] for each in given if each["code"] in RULES}


def outline(told, before=""):
    heads = (f"{number}、{each['title']}" for number, each in zip("一二三四五六", materials.ASPECTS, strict=False))
    return before + "\n".join(f"{head}\n{each}" for head, each in zip(heads, told, strict=False))


@pytest.mark.parametrize(("second", "given"), [(AGAIN, {"aspect_restates_another": "fail"}), (OWN, {})])
def test_a_problem_said_again_in_other_words_is_no_other_problem(second, given):
    """What counts nothing new and shares its words is the same; with figures of its own it is another."""
    assert found(outline([FIRST, second])) == given


@pytest.mark.parametrize(
    ("year", "submitted_at", "given"),
    [
        ("2022年", "2023-12-27", {"same_as_last_year": "fail"}),
        ("二〇二二年", "2023-12-27", {"same_as_last_year": "fail"}),
        ("去年", "2023-12-27", {"same_as_last_year": "fail"}),
        ("去年", "2024-01-05", {"same_as_last_year": "note"}),
        ("2023年", "2024-01-05", {"same_as_last_year": "note"}),
        ("今年", "2023-12-27", {"same_as_last_year": "note"}),
        ("2022年", None, {"same_as_last_year": "note"}),
    ],
)
def test_last_years_problems_with_last_years_examples_are_not_this_years(year, submitted_at, given):
    told = [f"{each}。{year}{month}月，{shown}，是我签的字。" for month, (each, shown) in enumerate(LAST_YEAR, 1)]
    listed = [each for each, _ in LAST_YEAR]
    said = f"我重读了上一年的材料。上年度查摆的问题是：{'；'.join(listed)}。去年都已销号。\n"
    under_a_heading = "\n".join(["上年度查摆的问题", *(f"（{i}）{each}；" for i, each in enumerate(listed, 1)), ""])
    for before in (said, under_a_heading):
        assert found(outline(told, before), submitted_at) == given
    assert found(outline(told), submitted_at) == {}


def test_what_is_counted_is_the_same_in_digits_and_in_words():
    assert facts.figures("十一次里有两次，一百二十户，共3.5亩") == facts.figures("11次里有2次，120户，共3.5亩")
    assert facts.figures("一些人十分着急") == frozenset()
    assert facts.years("二〇二二年和2023年") == [2022, 2023]
