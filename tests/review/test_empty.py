"""Empty aspects, merged ones and causes told without a heading: what fails, and what only looks so."""

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
WHY = [
    "心得抄来，是理想信念不牢，把理论当成讲给别人听的东西。",
    "数字填假，是政绩观不正，怕排名垫底，对党不忠诚。",
    "判级不懂，是满足于吃老本，轻视真本事。",
    "鸭棚不拆，是怕得罪人，私心盖过了担当。",
    "村里不去，是享乐思想抬头，同群众的感情淡了。",
    "圈给邻居，是特权思想作怪，心存侥幸，没有敬畏。",
]


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


@pytest.mark.parametrize(
    ("first", "second", "given"),
    [
        ("先说学。", "再说信。", {}),
        ("", "", {"aspects_merged": "note"}),
        (None, None, {"aspects_merged": "fail"}),
    ],
)
def test_two_aspects_under_one_heading_are_merged_where_neither_has_a_paragraph(first, second, given):
    """Called by the names the heading gives them they are two; two paragraphs without names may be; one is not."""
    rest = outline().split("三、")[1]
    spoken = (
        "中心组学习我念稿子，",
        "上报的数字没有核，",
        "散会以后农技员问我什么是藏粮于技，我答不上来，全场都笑了，我还强辩了两句。",
    )
    one, other = (
        f"{spoken[0]}{TOLD['theory']}{spoken[2]}",
        f"{spoken[1]}{TOLD['politics']}督察通报了我们镇，检讨是我让别人写的。",
    )
    below = one + other if first is None else f"{first}{one}\n{second}{other}"
    text = f"一、学与信：理论学习、政治素质\n{below}\n三、{rest}"
    assert found(text, "aspects_merged", "aspect_missing") == given


@pytest.mark.parametrize("led", ["再说欠账的来由。\n", "讲完了，我要问自己怎么成了这样。", "丁\u3000往里挖\n", ""])
def test_causes_are_found_where_a_sentence_or_a_nickname_leads_to_them(led):
    """Where nothing leads to them they may be told, so none is surely missing."""
    measures = "改的事\n" + "\n".join(f"（{n}）2024年{n}月底前由我办完，村里验收。" for n in range(1, 7))
    text = f"{outline()}\n{led}{''.join(WHY)}\n{measures}"
    given = found(text, "missing", "one_for_all", "meet_no_problem", "outside_only", "shallow")
    assert "fail" not in given.values()
    assert led == "" or given == {}


def test_a_text_that_goes_from_problems_to_measures_has_no_causes():
    measures = "整改措施\n" + "\n".join(f"（{n}）2024年{n}月底前由我办完，村里验收。" for n in range(1, 7))
    assert found(f"{outline()}\n{measures}", "missing") == {"missing": "fail"}


@pytest.mark.parametrize(("headed", "given"), [(False, "note"), (True, "fail")])
def test_what_is_only_guessed_to_be_about_an_aspect_is_noted(headed, given):
    """A paragraph without a heading may be about none of them; one with a heading, even a nickname, is."""
    named = "".join(f"{each['title']}方面。{TOLD[each['code']]}\n" for each in materials.ASPECTS[:5])
    last = "今年局里的采购、招标和报销都走了平台，老板和供应商的名单在网上公示，礼品登记本在纪检组，请大家查看。"
    why = "再说欠账的来由。\n" + "".join(WHY)
    if headed:
        named = "".join(f"{number}、{line}\n" for number, line in zip("一二三四五", named.splitlines(), strict=True))
        last = f"六、采购。{last}"
    assert found(f"我的检查\n{named}{last}\n{why}", "aspect_without_problem") == {"aspect_without_problem": given}
