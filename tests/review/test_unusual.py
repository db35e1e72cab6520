"""Unusual ways to fail that look well, and to do well: figures of rules, questions, days, letters, lists."""

import pytest

from services.review import extraction, precheck
from tests.review import materials
from tests.review.test_empty import TOLD, WHY, outline
from tests.review.test_passed_by import KEPT, whole
from tests.review.test_whose import found

OF_RULES = {
    "theory": "学习计划（河镇发〔2023〕11号）要求每季度读1本书、写2篇体会，我读得断断续续，体会多是抄来的。",
    "politics": "《信访工作条例》共6章50条，第22条写明15日内告知是否受理，我对这些期限看得淡，常常不当回事。",
    "ability": "《农村住房安全鉴定技术导则》把房屋分成A、B、C、D四级，我对分级的道理弄不明白，判起来凭感觉。",
    "responsibility": "县里三年攻坚方案列了9类43项任务，我总拣容易的做，难的往后放。",
    "style": "镇里驻村制度规定每月驻村不少于10天，我做得不好，和群众坐不到一条板凳上。",
    "integrity": "公务接待标准每人每餐不超过40元，陪餐不超过3人，我有时碍于情面放宽了要求。",
}
AGAINST_RULES = {
    "theory": "支部读章程逐条念，念到第31条就散了，9月12日测验有3名同志把权利和义务答反。",
    "politics": "《信访工作条例》规定15日内告知是否受理，柳埂村那封信我压了41天才回。",
    "ability": "按导则房屋分A、B、C、D四级，六月我把柳埂村一户C级写成了B级。",
    "responsibility": "县里三年攻坚方案给我们镇列了43项任务，到年底办完的只有17项，鸭棚一项从来没有动过。",
    "style": "制度规定每月驻村不少于10天，翻开记录，我9月住了1天，10月一天没有住。",
    "integrity": "接待标准每人每餐不超过40元，5月14日那桌饭人均132元，单子是我签的。",
}
ASKED = [
    "心得为什么要抄？入党时的誓言还记得吗？",
    "数字为什么敢填假？是一时糊涂，还是别的什么？",
    "判级判错了，为什么不问一问懂的人？难道开口就那么难？",
    "鸭棚三年不拆，究竟难在哪里？我扪心自问过吗？",
    "两个村子为什么没有去？路真有那么远？",
    "工程队为什么偏偏是邻居？这样的事还有没有下一回？",
    "这些问题振聋发聩，值得我用一辈子去回答。",
]
ANSWERED = [f"{asked.partition('？')[0]}？{why}" for asked, why in zip(ASKED, WHY, strict=False)]
SAYING_SO = [
    "心得抄来，难道不是因为信念空了，把理论当门面？",
    "数字填假，还不是怕排名垫底、对党不老实？",
    "判级不问，不就是放不下架子，满足于老本？",
    "鸭棚不拆，岂不是怕得罪老师、私心作怪？",
    "两个村不去，可不是官气重了、群众感情淡了？",
    "圈给邻居，难道不是特权思想作祟？",
]
AWAITED = [
    "待县财政专项经费拨付后20日内，由我把塔背村的水管换完，村里验收签字。",
    "等省里判级标准出台之后一个月内，由我把柳埂村自建房重新判级，登记造册。",
    "上级批复拆除方案后15个工作日内，由我带队拆完下游鸭棚十一户。",
    "俟读书班名额下达，我两周内补写心得两篇，交支部。",
    "待镇里人员到位后三个月内，我走遍十四个村，写走访记录。",
    "在县局明确退款口径之后10日内，由我把欠邻居的工钱付清，收据存档。",
]
IN_HAND = [
    "会后三日内由我把塔背村的水管报修，村里签字。",
    "每次判级后3日内由我把结果贴在村务栏，2月底前柳埂村重判。",
    "鸭棚户签字后10日内由我拆完，最晚5月底。",
    "读书班结业后一周内（3月8日前）由我交心得两篇。",
    "我自1月起每周下村，走访后当天记账，6月底前走完十四个村。",
    "收到账单后7日内由我付清欠邻居的工钱，最迟1月31日。",
]
BEGGED = [
    "关于停水。请县水务局在2024年3月底前更换塔背村管网1200米，并派员驻村10天。",
    "判级的事。恳请县住建局2月底前派两名工程师来镇里把柳埂村的房子重判一遍。",
    "鸭棚拆除问题：希望县政府4月前牵头，公安、水利部门各出10人，建议县财政补助50万元。",
    "学习方面。建议县委党校3月开两期班，每期5天，结业考试。",
    "走访不够的问题，盼组织部门给镇里增加3个编制，6月底前到岗。",
    "招标问题。请县纪委5月前来镇里讲一次课，请财政局同月派员清账。",
]
HELPED = [
    "关于停水。3月底前由我把塔背村管子换完；请县水务局来验收。",
    "判级的事。我2月底前请县住建局两名工程师来，跟着学，把柳埂村的房子重判一遍。",
    "鸭棚拆除问题：我4月前拆完十一户，请村里派人监督。",
    "学习方面。请支部书记3月8日抽查我的心得，我1月重写。",
    "走访不够的问题，我6月底前走完十四个村，请村支书在本子上签字。",
    "招标问题。请县纪委5月前来镇里查账，账本我1月10日交出。",
]
LETTERS = (
    "说明：A指镇长戚方直，B指副镇长鲍莲，C指副镇长甄立峰；民主生活会2024年1月8日开，当天记为D日，下文D+10即1月18日。"
)
BY_LETTER = [
    "塔背村水管换完，村里验收。负责人：B，D+30。",
    "柳埂村自建房重新判级，登记造册。负责人：C，D+45。",
    "下游鸭棚十一户拆完。负责人：A，D+90。",
    "读书班心得重写，支部收存。负责人：A，D+15。",
    "十四个村走完，走访记录上墙。负责人：B，D+150。",
    "欠邻居的工钱付清，收据存档。负责人：C，D+5。",
]
DONE = (
    "读书班心得重写，交支部存档", "退耕三十一户逐户重新登记", "柳埂村自建房重新判级，张贴",
    "下游鸭棚十一户拆除", "塔背村水管换完，十四个村走完", "欠邻居的工钱付清，收据存档",
)  # fmt: skip
WHEN = (
    "我，二月底",
    "我和会计老姜，三月十五日",
    "我和判级员，四月底",
    "我，五月底前",
    "我，六月三十日",
    "我，一月十日",
)
NAMES = ("学习", "政治", "本领", "担当", "作风", "清廉")


def listed(measures):
    return "\n".join(f"（{n}）{each}" for n, each in zip("一二三四五六", measures, strict=True))


def of(given, standard):
    """The rules of a standard, besides that these measures are no answer."""
    return {each for each in given if each.startswith(standard)} - {"measures.answer_no_problem"}


@pytest.mark.parametrize(("told", "fails"), [(OF_RULES, True), (AGAINST_RULES, False)])
def test_figures_of_rules_and_plans_are_no_examples_unless_something_was_measured_by_them(told, fails):
    assert bool(of(found(whole(**told)), "examples")) == fails


@pytest.mark.parametrize("led", ["七、原因剖析", "写到这里，我一遍遍反问自己："])
@pytest.mark.parametrize(("why", "fails"), [(ASKED, True), (ANSWERED, False), (SAYING_SO, False)])
def test_questions_without_answers_are_no_causes_but_those_that_are_answers_are(led, why, fails):
    text = "\n".join([outline(), led, *why, "八、整改措施", KEPT])
    assert bool(of(found(text), "causes")) == fails


@pytest.mark.parametrize(("measures", "fails"), [(AWAITED, True), (IN_HAND, False)])
def test_days_counted_from_what_others_decide_are_no_dates(measures, fails):
    assert ("measures.no_date" in found(whole(listed(measures)))) == fails


@pytest.mark.parametrize(("measures", "fails"), [(BEGGED, True), (HELPED, False)])
def test_measures_that_only_beg_are_none_of_the_writer_s(measures, fails):
    assert ("measures.asked_of_others" in found(whole(listed(measures)))) == fails


@pytest.mark.parametrize(("said", "lacking"), [(LETTERS, set()), ("", {"measures.no_owner", "measures.no_date"})])
def test_letters_and_a_first_day_stand_for_people_and_dates_where_the_text_says_so(said, lacking):
    head = f"班子检查材料\n{said}今年的意见都写在后面各条里，一条一条地说。\n"
    assert (
        of(found(whole(listed(BY_LETTER), head=head).replace("我", "班子"), "team_inspection"), "measures") == lacking
    )


def test_what_will_be_done_and_by_whom_and_when_may_stand_in_two_lists_tied_by_numbers():
    marks = "①②③④⑤⑥"
    done, when = ([f"{mark}、{each}" for mark, each in zip(marks, told, strict=True)] for told in (DONE, WHEN))
    text = "\n".join([outline(), "七、原因剖析", *WHY, "八、整改措施", "做什么", *done, "谁来做、哪天做完", *when])
    assert of(found(text), "measures") == set()


@pytest.mark.parametrize(
    ("reply", "fails"),
    [
        ("我看了脸上发烧，不敢当：较真的人不会把心得抄来交差。", False),
        ("这些缺点我虚心接受，今后注意劳逸结合。", True),
    ],
)
def test_praise_that_is_quoted_to_be_refused_is_no_self_praise(reply, fails):
    told = f"谈心时有人写条子，说“书记就是太较真，顾不上休息”。还有人说我“对自己要求过高”。{reply}{TOLD['style']}"
    assert ("persuasion.praise_as_criticism" in found(whole(style=told))) == fails


@pytest.mark.parametrize("brackets", ["（）", "【】", "〔〕"])
def test_a_nickname_in_brackets_opens_an_aspect_though_measures_of_the_last_stand_before(brackets):
    told = zip(NAMES, TOLD.values(), WHY, DONE, strict=True)
    lines = [
        f"{brackets[0]}{name}{brackets[1]}{text}\n根子：{why}\n改法：2024年{n}月底前由我办完，{done}。"
        for n, (name, text, why, done) in enumerate(told, 1)
    ]
    assert of(found("\n".join(["我的检查", *lines])), "") == set()


def test_a_line_may_end_by_calling_the_aspect():
    names = [each["title"] for each in materials.ASPECTS]
    lines = [f"“{told[:6]}？”——问的是{name}。\n{told}" for name, told in zip(names, TOLD.values(), strict=True)]
    text = "\n".join(["我的检查", *lines, "七、原因剖析", *WHY, "八、整改措施", KEPT])
    assert of(found(text), "problems") | of(found(text), "causes") == set()


def test_each_row_of_one_table_may_be_an_aspect_whatever_the_lines_above_it_speak_of():
    rows = [
        f"| {n} | {aspect['title']} | {told} | {why} | {done} | 2024年{n}月30日 |"
        for n, (aspect, told, why, done) in enumerate(zip(materials.ASPECTS, TOLD.values(), WHY, DONE, strict=True), 1)
    ]
    said = "干会计的人，习惯用表格检查工作，一件一行，行行有据，下面照这个样子对照自己，请同志们逐行看、逐行批。"
    head = "| 序 | 方面 | 问题 | 原因 | 措施 | 时限 |\n|---|---|---|---|---|---|"
    text = "\n".join(["# 我的检查", "", said, "", head, *rows, "", "以上请批评。"])
    paragraphs = extraction.extract(text.encode(), "text.md")["paragraphs"]
    assert precheck.examine(paragraphs, "speech_outline", materials.ASPECTS)["fails"] == []


SET_RIGHT = "发现后我当即改正，带出的做法在全县推广，受到市里表扬，全年办结312件。"


@pytest.mark.parametrize(("aspects", "fails"), [(6, True), (3, True), (1, False)])
def test_problems_told_as_stories_of_success_convince_nobody(aspects, fails):
    told = {code: text + SET_RIGHT for code, text in list(TOLD.items())[:aspects]}
    assert ({"persuasion.success_story", "persuasion.merits_outweigh"} & found(whole(**told)) != set()) == fails


@pytest.mark.parametrize("mark", "＃◆★※§")
def test_headings_may_begin_with_a_mark_instead_of_a_number(mark):
    told = zip("学信能干风廉", TOLD.values(), strict=True)
    text = "\n".join(
        ["我的检查", "2023-12-26", "一个方面一段，按次序写。"]
        + [f"{mark} {name}\n{text}" for name, text in told]
        + ["七、原因剖析", *WHY, "八、整改措施", KEPT]
    )
    assert of(found(text), "") == set()


PUSHED = "关于第二条意见，说我接电话不耐烦，家属反映的可能是他们的态度，不涉及这个问题。"
PUT_OFF = "关于第二条意见，情况比较复杂，不在本次发言范围之内，将另行安排答复，此处不再展开。"


@pytest.mark.parametrize(
    ("reply", "fails"),
    [
        (PUSHED, True),
        (PUT_OFF, True),
        ("第二条意见说我接电话不耐烦，我认，3月那两次是我摔的电话。", False),
    ],
)
def test_an_opinion_taken_up_by_its_number_may_not_be_put_off_or_called_another_s(reply, fails):
    heard = [
        {"id": "1", "source": "survey_form", "text": "塔背村停水没有人管"},
        {"id": "2", "source": "survey_form", "text": "接家属电话态度不耐烦"},
    ]
    text = whole(integrity=f"{TOLD['integrity']}\n{reply}")
    assert ("problems.opinion_denied" in found(text, opinions=heard)) == fails


TEMPERAMENT = [
    "一是天性使然，我生来性子慢，父母说我火烧眉毛也不急。",
    "二是面皮薄，我从小内向，当众说不出拒绝的话。",
    "三是记性下降，过了五十岁，看报告头就发晕。",
    "四是身体欠佳，腰椎一直不好，坐不住也站不久。",
]
STAFF = [
    "学习走样，是因为办公室文秘工作不细，图省事复制粘贴。",
    "误发文章，是因为新媒体部编辑政治敏锐性差，把关意识不强。",
    "热线没有回访，是因为栏目组作风不扎实，主持人宗旨意识不强。",
    "广告屡禁不止，是因为广告部急功近利，业务员规矩意识差。",
]


@pytest.mark.parametrize("why", [TEMPERAMENT, STAFF])
def test_one_s_nature_and_one_s_staff_are_no_root_causes(why):
    assert "causes.outside_only" in found(whole(why=why))


def test_measures_of_which_each_names_its_problem_and_then_asks_others_are_none():
    asked = [f"针对{each['title']}问题，建议县委党校于2024年3月底前开班。" for each in materials.ASPECTS]
    assert "measures.asked_of_others" in found(whole(listed(asked)))
