"""Empty aspects: tasks are no problem, nor is a word of where it stood before."""

import pytest

from services.review import extraction, precheck
from tests.review import materials

TOLD = {
    "theory": "读书班九天我听了九天，结业的两篇心得都是抄的，选编本到今天没有开封。",
    "politics": "县里要报三十一户退耕，我报了十九户，下种的数字是我填的，不是村里。",
    "ability": "自建房怎么判级我不懂，六月在柳埂村签字把C级写成B级，三个月后东墙塌了半边。",
    "responsibility": "水库下游十一户鸭棚该拆，其中一户是我的老师，我今年只发过一张通知书，七月冲走鸭子两千只。",
    "style": "十四个村我有两个没去过，塔背村停水二十六天，我开会时才听别人讲起。",
    "integrity": "维修项目十七个不用招标，我一个人圈施工队，六个圈给了邻居，欠他的工钱没有付。",
}


def found(text, *codes):
    """{rule: severity} of these findings in an outline."""
    paragraphs = extraction.extract(text.encode(), "text.txt")["paragraphs"]
    given = precheck.examine(paragraphs, "speech_outline", materials.ASPECTS, submitted_at="2023-12-27")["findings"]
    return {each["code"]: each["severity"] for each in given if each["code"] in codes}


def outline(**instead):
    told = TOLD | instead
    return "\n".join(
        f"{number}、{each['title']}\n{told[each['code']]}"
        for number, each in zip("一二三四五六", materials.ASPECTS, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("廉政风险不容忽视，必须常抓不懈。下一步，要压实责任，要带头接受监督。3月20日前由我与十三个社签责任书。", True),
        ("社里资金多，下一步我要盯紧采购，必须严格集体决策，不留空子，不踩红线。6月30日前修订办法。", True),
        ("必须上会的采购，我没有上会，六个单子是我自己圈的。下一步，要盯紧采购。", False),
        (
            "这一方面去年的提纲里我已经作过检查，基本情况同去年所列一致，没有新的变化，不再重复，请参看去年的材料。",
            True,
        ),
        (
            "去年讲过的不再重复。今年又添了新的：维修项目十七个不用招标，我一个人圈施工队，六个圈给了邻居，工钱欠着没有付，"
            "收条也没有，村干部在会上问过我怎样定的人，我没有接话。",
            False,
        ),
    ],
)
def test_an_aspect_of_tasks_or_one_that_sends_to_last_years_text_tells_no_problem(text, empty):
    assert found(outline(integrity=text), "aspect_without_problem") == (
        {"aspect_without_problem": "fail"} if empty else {}
    )
