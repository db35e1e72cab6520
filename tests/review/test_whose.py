"""Whose a problem is, and whether it is told: others' problems, opinions turned away, things kept back or feared."""

import pytest

from services.review import extraction, precheck
from tests.review import materials
from tests.review.test_empty import TOLD
from tests.review.test_passed_by import whole

OTHERS = [
    ("ability", "几个年轻人写不出分析，8月的两份快报都是网上拼的。业务骨干老秦遇到新软件就绕着走，培训三回缺了两回。"),
    ("style", "派出机构作风散漫，北桥站9月有四天大门紧锁。驾驶员小厉对来访群众爱搭不理，被投诉两次。"),
    ("ability", "镇里的会计水平普遍不高，柳埂村会计三个月没有做账，塔背村把两笔补贴记反了。"),
    ("style", "种粮大户不讲诚信，领了补贴的有六户没有种；合作社理事长躲着不见人，电话打了五次不接。"),
    ("ability", "物业公司人员老化，保安夜里睡觉，10月3日丢了两辆车；维修工接单以后四天不上门。"),
    ("theory", "支部的同志不爱学习，集中学习时三个人玩手机，组织委员记录补了四个月。"),
    ("integrity", "供货商老毛偷工减料，五月送来的钢管壁厚差两毫米；监理睁一只眼闭一只眼，签字时人不在现场。"),
    ("responsibility", "前头几任主任都没有办下这块地的手续，2016年的合同没有备案，当时经手的副主任早已退休。"),
]  # fmt: skip
OWN = [
    ("ability", "数据科的年轻人写不出分析，8月的两份快报都是从网上拼的，我签发时一个字没有看。"),
    ("style", "驾驶员小厉对来访群众爱搭不理，被投诉两次，两张投诉单在我桌上压了一个月。"),
    ("ability", "不懂新软件。业务骨干老秦教了三回，还是记不住，9月的报表让小赵代填。"),
    ("style", "下乡少。塔背村停水二十六天，村民挑水吃，会计打来电话也没有回。"),
    ("responsibility", "遇到难事往后靠。鸭棚拆迁拖了三年，业主写来四封信，一封没有回。"),
    ("integrity", "对供货商把关不严。五月送来的钢管壁厚差两毫米，验收单照签。"),
    ("theory", "读书浅。支部集中学习九次，缺席三次，笔记是让内勤代抄的。"),
    ("responsibility", "承包商三次拖延工期，合同里写的违约金一次没有扣过。"),
    ("style", "窗口办事员小杜三次把材料退错，让老人白跑四趟，半年里没有提醒过她一句。"),
    ("politics", "各村上报的退耕面积虚了一半，汇总以后原样报给县里，没有去过一块地。"),
]
THEIRS = {
    "theory": "下属单位学习不经常，城南所全年学了3次，登记表是10月底一次补齐的。",
    "politics": "有些镇对中央精神吃不透，桥头镇把中央文件在办公室放了四十天。",
    "ability": "检测员手艺不过关，7月抽查15份报告，9份结论写错；聘来的工程师嫌工资低，一年走了4个。",
    "responsibility": "运营商遇到难题就躲，新村片区11次停电，抢修队最长一次七个小时才到。",
    "style": "窗口办事员态度生硬，3月到9月被投诉23次，有一名引导员把老人支到了别的大厅。",
    "integrity": "代建单位的采购员收了材料商的购物卡，5月被检察机关带走；有的施工队虚报土方两千方。",
}
TEAMS = {
    "theory": "中心组今年学了11次，8次由办公室代写发言稿，9月那次三名成员没有开口。",
    "politics": "贯彻上级防汛部署慢，6月的预案到8月才印发，桥头镇等了两个月。",
    "ability": "看不懂检测报告，7月抽查15份，9份结论写错，会上没有一个人提出来。",
    "responsibility": "对停电的事躲着走，新村片区11次停电，没有开过一次协调会，抢修队没有人去督促。",
    "style": "窗口9个月被投诉23次，值班的分管领导没有下过一次楼；老人被引导员支到了别的大厅，也没有人去道歉。",
    "integrity": "对代建单位失管，采购员收了材料商的购物卡，5月案发前四个月没有查过一次账。",
}
HEARD = [
    {"id": "1", "source": "forum", "text": "塔背村停水没有人管"},
    {"id": "2", "source": "survey_form", "text": "自建房判级凭感觉"},
]
STYLE, ABILITY = (
    TOLD["style"].replace("塔背村停水二十六天，", ""),
    f"有人说我自建房判级凭感觉，一点不错。{TOLD['ability']}",
)
AWAY = [
    "有人提“塔背村停水没有人管”，水厂归水务公司运营，管子的事该水务公司答复，这一条我就不作检讨了。",
    "“塔背村停水没有人管”这条，说的不是我，是水厂值班的，由水厂去整改。",
    "关于塔背村停水没有人管，村里的管网是九十年代的老设施，说到底是设施老旧的问题，不是哪个人能解决的。",
    "对“塔背村停水没有人管”，我问过了，提意见的人不了解情况，那几天水压低是正常的。",
    "至于塔背村停水没有人管，供水不在我的分工里，请分管的同志在他的材料里回应。",
    "塔背村停水没有人管，这个意见我听到了，但水的事上面有规划，没有钱谁来也修不了。",
    "塔背村停水没有人管一条，情况比较复杂，涉及历史原因，这里不作展开。",
]
TAKEN = [
    "有人提“塔背村停水没有人管”，管子是水务公司的，可催他们修是我的事，我二十六天没有打一个电话。",
    "“塔背村停水没有人管”，水厂不归我管，村却是我包的，我没有去过一趟，这个责任我推不掉。",
    "关于塔背村停水没有人管，起先我以为是水压问题，到村里一看，井都见底了，是我没有当回事。",
    "塔背村停水没有人管，说的正是我。",
    "对“塔背村停水没有人管”，我先辩解过，说分管的不是我；后来想想，包村干部不管村里喝水，还包什么村。",
    "塔背村停水没有人管，情况属实，错在我。",
    "塔背村停水没有人管，这句话扎心，可扎得对。",
    "“塔背村停水没有人管”，这条意见我不解释，改给村里看。",
    "有人提塔背村停水没有人管，开头我还觉得委屈，嘴上说主要是设备老旧的问题，其实是我懒得跑。",
    "塔背村停水没有人管，说的不是我一个人，可头一个该认的是我。",
    "塔背村停水没有人管，情况完全属实。今后报修由水务站统一答复，我每周抽查三户。",
]
SAID = (
    "我的检查\n收到意见两条：一条说“自建房判级凭感觉”；一条说“把塔背村的修水款挪去买车”。"
    "后一条要说清楚：修水款一分没有挪，账在财政所。"
)
KEPT_BACK = [
    "这一项我有教训，但牵涉正在核查的线索，按要求不宜公开，已向纪检组书面报告。",
    "我在廉洁上出过一点事，具体情节此前同书记谈过了，这里从略。",
    "对照检查，我承认自己有做得不对的地方，细节不便在会上讲，组织已经掌握。",
    "个人事项方面的问题，已在民主生活会前单独向党委说明，材料中不再写。",
    "亲属经商的情况较为敏感，请允许我会后另行汇报。",
]
OPEN = [
    "五月我收了施工队两条烟，已向纪检组书面报告，退了钱。",
    "女儿的婚宴办了二十六桌，超了报备的十二桌，名单已另行交给纪检组，这里不一一列出。",
    "亲属经商没有如实报，妻弟三月在镇上开了建材店，我填的是“无”，情况已向组织说明。",
]
FEARED = [
    "意识形态工作无小事。要是微信群疏于管理，谣言就可能传遍全镇9000多人；要是宗教场所看不住，后果更难预料。好在到今天都没有出现，我会继续盯牢。",
    "政治上要时刻清醒。假如对上级精神学得不透，落实中难免走样；假如放松警惕，说不定会被人利用。这些风险必须防患于未然。",
    "倘使防汛部署贯彻不力，下游1200户就会遭殃；倘使撤离命令打了折扣，势必酿成大祸。以上情形我镇未曾发生，但不得不防。",
]
HAPPENED = [
    "防汛部署我打了折扣，7月9日撤离令发出四小时我还没有到塔背村，要是那晚雨再大一点，后果就不堪设想。",
    "微信群我疏于管理，8月谣言传了三天，再不管，就可能出大事。",
    "要是早听老支书一句劝，七月那场水就不会冲进十九户，撤离令是我压了四个小时。",
    "上面的要求我打折扣，目前还没有出现大的岔子，只是侥幸：撤离演练7月该做三次，我做了一次。",
    "如果说过去还能推说不懂，今年培训了两次，31户退耕仍报成19户，就是我不老实。",
]


def found(text, kind="speech_outline", opinions=()):
    """The rules by which a text fails."""
    paragraphs = extraction.extract(text.encode(), "text.txt")["paragraphs"]
    given = precheck.examine(paragraphs, kind, materials.ASPECTS, opinions=opinions)["findings"]
    return {each["rule"] for each in given if each["severity"] == "fail"}


def pairs(told):
    """Each with the next of another aspect."""
    return [(one, next(each for each in (*told[i + 1 :], *told) if each[0] != one[0])) for i, one in enumerate(told)]


@pytest.mark.parametrize(
    ("told", "fails"), [*((each, True) for each in pairs(OTHERS)), *((each, False) for each in pairs(OWN))]
)
def test_what_others_lack_is_no_problem_of_the_writer_s_who_is_in_none_of_it(told, fails):
    assert ("problems.problems_of_others" in found(whole(**dict(told)))) == fails


@pytest.mark.parametrize(("told", "fails"), [(THEIRS, True), (TEAMS, False)])
def test_a_team_s_problems_are_not_those_of_whom_it_leads(told, fails):
    for some in (told, *(dict(list(told.items())[n : n + 2]) for n in range(0, 5, 2))):
        text = whole(**TOLD | some).replace("我", "班子")
        assert ("problems.problems_of_others" in found(text, "team_inspection")) == fails, some


@pytest.mark.parametrize(("said", "away"), [*((each, True) for each in AWAY), *((each, False) for each in TAKEN)])
def test_an_opinion_turned_away_is_not_met_wherever_it_is_and_one_owned_up_to_is(said, away):
    refused = {"problems.opinion_denied", "problems.opinion_answered_beside", "problems.opinion_unanswered"}
    assert bool(found(whole(style=said + STYLE, ability=ABILITY), opinions=HEARD) & refused) == away
    if away:
        first = f"我的检查\n一、意见回应\n{said}\n其余的在下面写。\n"
        assert found(whole(head=first, style=STYLE, ability=ABILITY), opinions=HEARD) & refused


@pytest.mark.parametrize("told", ["这里不作展开，在工作作风一节回应。", "这里先不展开，后面细说。"])
def test_what_the_opening_puts_off_to_its_place_is_not_turned_away(told):
    head = f"我的检查\n收到意见一条：“塔背村停水没有人管”，{told}\n"
    text = whole(head=head, style=f"停水没有人管，说的是我，{TOLD['style']}")
    assert not any("opinion" in each for each in found(text, opinions=HEARD[:1]))


@pytest.mark.parametrize(
    ("after", "met"),
    [
        ("可村里人这么想，是因为修水款到账三个月我没有公示，公示不做是我的错，改的办法写在廉洁一条里。", True),
        ("请提意见的同志以后先把事实弄清楚。", False),
    ],
)
def test_facts_may_be_set_right_before_something_is_owned_up_to(after, met):
    heard = [HEARD[1], {"id": "3", "source": "forum", "text": "把塔背村的修水款挪去买车"}]
    given = found(whole(head=f"{SAID}{after}\n", ability=ABILITY), opinions=heard)
    assert any(each.startswith("problems.opinion") for each in given) != met


@pytest.mark.parametrize(
    "praise",
    ["工作勤勉，待人和气，全镇群众都很满意", "班子团结，干劲足，项目进度全县第一", "进步明显，今年的变化有目共睹"],
)
def test_praise_calls_for_no_answer(praise):
    assert "problems.opinion_unanswered" not in found(
        whole(), opinions=[{"id": "1", "source": "forum", "text": praise}]
    )


@pytest.mark.parametrize(
    ("aspect", "told", "empty"),
    [
        *(("integrity", each, True) for each in KEPT_BACK),
        *(("integrity", each, False) for each in OPEN),
        *(("politics", each, True) for each in FEARED),
        *(("politics", each, False) for each in HAPPENED),
    ],
)
def test_a_problem_kept_back_or_only_feared_is_not_told(aspect, told, empty):
    assert ("problems.aspect_without_problem" in found(whole(**{aspect: told}))) == empty
