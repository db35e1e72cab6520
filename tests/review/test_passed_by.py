"""What is passed by: a remark nobody takes up, an opinion pushed on, problems no measure answers, one's own part."""

import pytest

from services.review import extraction, precheck
from tests.review import materials
from tests.review.test_empty import TOLD, WHY, outline

KEPT = "\n".join(f"（{n}）2024年{n}月底前由我办完，村里验收。" for n in range(1, 7))
HEARD = ("自建房判级凭感觉", "下村蜻蜓点水", "分管领导防汛物资说不清")


def found(text, code, kind="speech_outline", opinions=()):
    paragraphs = extraction.extract(text.encode(), "text.txt")["paragraphs"]
    given = precheck.examine(paragraphs, kind, materials.ASPECTS, opinions=opinions)["findings"]
    return [each["severity"] for each in given if each["code"] == code]


def whole(measures=KEPT, why=WHY, head="", **instead):
    causes = "\n".join(f"（{n}）{each}" for n, each in zip("一二三四五六", why, strict=False))
    return f"{head}{outline(**instead)}\n七、原因剖析\n{causes}\n八、整改措施\n{measures}"


@pytest.mark.parametrize(("taken", "severity"), [(2, "fail"), (1, "note")])
def test_the_one_remark_left_of_several_is_left_where_all_others_are_taken_up_in_their_words(taken, severity):
    """Where others went by other words, so may this one."""
    told = {
        "ability": f"有人说我自建房判级凭感觉，一点不错。{TOLD['ability']}",
        "style": f"说我下村蜻蜓点水，说得对。{TOLD['style']}" if taken > 1 else TOLD["style"],
    }
    heard = [
        {"id": str(n), "source": "forum" if n < 2 else "supervision_group", "text": text}
        for n, text in enumerate(HEARD)
    ]
    assert found(whole(**told), "opinion_unanswered", opinions=heard)[-1:] == [severity]


@pytest.mark.parametrize(
    "pushed",
    [
        "这条意见反映的应当是别的部门职责，水务站在管。",
        "停水同我本人关系不大，是水务站的事。",
        "停水归水务站，群众可能没有弄清楚。",
    ],
)
def test_an_opinion_called_another_s_business_is_not_answered(pushed):
    heard = [{"id": "1", "source": "forum", "text": "塔背村停水没有人管"}]
    told = f"关于“塔背村停水没有人管”，{pushed}{TOLD['style'].replace('塔背村停水二十六天，', '')}"
    assert found(whole(style=told), "opinion_denied", opinions=heard) == ["fail"]


def test_circumstances_stay_outside_though_they_are_said_to_wear_out_or_to_move_people():
    why = [
        "全镇十四个村只有三个人管建房，事多人少的矛盾长期存在，大家疲于应付。",
        "上面文件多、检查多，镇里只能层层转发，难以推掉。",
        "县里财政压力大，水库的钱不是镇里一家能决定的。",
        "农村的人情风气一时难以扭转，镇上也难免受影响。",
    ]
    assert found(whole(why=why), "outside_only") == ["fail"]
    why[3] = "人情面子我放不下，怕得罪老师和邻居，私心压过了原则。"
    why[0] += "其实是我自己懒，思想上没有当回事。"
    assert found(whole(why=why), "outside_only") == []


PLANS = (
    "筹办全镇老年运动会，2024年4月30日前完成场馆租用和260名运动员报名，由文化站赵崧负责。",
    "机关食堂改造2024年3月31日前完工，坡道2处，由办公室主任负责，县住建局验收。",
    "5月19日前出版画册《河湾三十年》，收图200张，印刷1,000册，由宣传委员承办。",
    "2024年6月30日前扫描卷宗3,600卷，由档案员罗蕙负责。",
    "7月31日前组织文艺演出10场，每场观众200人以上，由文化站负责。",
    "9月30日前招录工作人员2名，由人事干部负责，以录用文件为准。",
)


def test_the_words_of_the_unit_s_trade_are_no_answer_to_its_problems():
    """What three aspects and all measures speak of (水库移民) is what the unit does, not what went wrong."""
    told = {code: f"水库移民是我分管的。{text}" for code, text in TOLD.items()}
    plans = "\n".join(f"（{n}）{each}" for n, each in enumerate(PLANS, 1)).replace("全镇老年", "水库移民", 1)
    plans = plans.replace("文艺", "水库移民文艺")
    assert found(whole(plans, head="河湾镇水库移民管理所\n", **told), "answer_no_problem") == ["fail"]
    answers = plans + "\n（7）塔背村停水的水管2月底前由我换好。\n（8）柳埂村自建房3月底前由我重新判级。"
    answers += "\n（9）水库下游鸭棚4月底前由我拆完。\n（10）读书班的心得由我1月底前重写。"
    assert "fail" not in found(whole(answers, **told), "answer_no_problem")


@pytest.mark.parametrize(
    ("head", "lacking"), [("镇长戚方直，副镇长鲍莲、甄立峰。", []), ("班子开了三次会。", ["fail"])]
)
def test_whom_the_text_introduces_by_a_post_answers_for_a_measure_by_the_bare_name(head, lacking):
    lines = [
        "鲍莲2月9日讲第一课，讲完答提问。",
        "登记表1月底前鲍莲重做，贴在大厅。",
        "戚方直3月15日前拿出拆除方案。",
        "水管4月30日前甄立峰换完，取得签收。",
    ]
    text = f"班子检查材料\n{head}今年的意见都写在后面各条里，一条一条地说。\n{whole(chr(10).join(lines))}"
    assert found(text.replace("我", "班子"), "no_owner", kind="team_inspection") == lacking
