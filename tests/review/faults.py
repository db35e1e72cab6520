"""Faults: one fault put into a document that passes, in words the labelled documents do not have.

Each is (name, standard that must fail, standards a strict reader may also raise, paragraphs, opinions).
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.review import materials, variations

PASSING = ("so-01.txt", "so-05.md", "so-12.txt", "ti-01.md")
CAUSES = {
    "busy": [
        "1.任务繁重。近年来承担的专项工作一项接一项，加班加点是常事，学习调研的时间被挤占。",
        "2.力量不足。机构改革后编制只减不增，专业技术人员断档，一人多岗。",
        "3.经费紧张。县级财政困难，项目配套资金难以落实。",
        "4.历史欠账多，涉及面广，短期内难以消化。",
    ],
    "circumstances": [
        "产生上述问题，一方面是由于疫情三年影响，各项工作受到冲击；另一方面是上级考核指标设置过多，基层疲于应付。同时，"
        "相关法律法规不完善，部门之间职责交叉，客观上给工作带来了困难。加之群众素质参差不齐，对政策不理解，推进难度大。"
    ],
    "one_short": ["产生上述问题的根本原因是学习不够，理论武装没有跟上，导致各方面都出现差距。"],
    "one_repeated": [
        "一是理论学习上的问题，归根结底是思想认识不到位。",
        "二是政治上的差距，归根结底是思想认识不到位，没有重视。",
        "三是能力上的差距，归根结底也是思想认识不到位。",
        "四是作风和廉洁上的问题，归根结底还是思想认识不到位。",
    ],
    "restated": [
        "一是理论学习不够深入，系统性不强。",
        "二是政治站位不够高，敏锐性不强。",
        "三是能力本领有差距，创新意识不强。",
        "四是担当精神不够，攻坚克难的劲头不足。",
        "五是作风不够扎实，廉洁自律要求不严。",
    ],
    "said_in_other_words": [
        "1.学习安排时断时续，开了头的书读到一半就放下，读过的也很少再看第二遍。",
        "2.部署传达以后跟进得慢，中途过问少，到期才看见差了一大截。",
        "3.新系统操作练得少，碰到报表要别人代做。",
        "4.矛盾摆出来以后碰头的次数少，方案议了几回都定不下来。",
        "5.下去走的总是那几条老路线，住户的门进得少，登记的本子翻得少。",
    ],
    "calls": [
        "1.必须把学习摆在首位，坚持不懈用党的创新理论武装头脑，补足精神之钙。",
        "2.必须坚持人民至上，时刻把百姓冷暖放在心头。",
        "3.应当增强本领，努力成为行家里手。",
        "4.要敢于斗争，始终保持逢山开路的劲头。",
        "5.要严守纪律，永葆清正廉洁的政治本色。",
    ],
    "of_another_text": [
        "（一）家庭教育抓得少。我平时与孩子沟通不多，总觉得读书考试是学校的事，对家属的交往圈子不闻不问。",
        "（二）保密观念松。我用私人邮箱传文件，认为不涉密就没关系，保密培训也常常请假。",
        "（三）联系党外人士不主动。我觉得统战是别的部门的事，一年到头没有与民主党派人士谈过心。",
        "（四）对工青妇工作不重视。我把群团当成搞活动，没有放在心上。",
    ],
    "what_came_of_it": [
        "一是学习流于形式，影响了支部的学习风气，党员的积极性受到挫伤。",
        "二是部署落实慢，延误了工期，给下游三个村的灌溉造成了损失，上级对我们的信任随之降低。",
        "三是方案算错，增加了财政负担，打乱了全年的安排。",
        "四是纠纷久拖不决，加重了当事人的负担，政府的公信力受到影响。",
        "五是下乡走过场，伤害了群众的热情，党的形象受到损害。",
    ],
    "of_subordinates": [
        "一是基层干部能力参差不齐。有的年轻干部不愿下村，有的老同志不会用系统。",
        "二是个别企业负责人法治意识淡薄，讲条件、打折扣。",
        "三是部分股室负责人责任心不强，报上来的情况不准。",
        "四是少数群众观念陈旧，对政策心存顾虑，不肯配合。",
    ],
    "of_other_offices": [
        "一是学习抓不起来，主要是机关党办的同志责任心不强，宗旨意识淡薄，安排得不细。",
        "二是部署落实慢，是规划股纪律观念不强，报送的进度不实。",
        "三是积案难化解，根子是信访局怕得罪人，对群众感情不深。",
        "四是采购出差错，是财务科两位同志规矩意识差，有侥幸心理。",
    ],
    "of_those_above": [
        "1.学习抓得不紧，是因为老局长就不爱开学习会，我们跟着养成了习惯。",
        "2.落实部署打折扣，是因为市局催得急、县里压得紧，只能先报数。",
        "3.作风不实，是因为师傅当年就是这么带我的。",
        "4.接受宴请，是因为企业太热情，实在推不掉。",
    ],
    "planned": [
        "1.今后要每天抽出一小时读原著，把学习摆上重要位置。",
        "2.今后要主动向上级请示报告，重大事项及时汇报。",
        "3.今后要多到一线去，拜群众为师。",
        "4.今后要严格要求家人和身边工作人员。",
    ],
    "named_again": [
        "1.学习不经常，原因是我没有坚持每周自学，笔记补得不及时。",
        "2.贯彻部署不力，原因是我对上级文件落实得不够快，督促偏少。",
        "3.本领不强，原因是我业务文件看得不多，新系统不熟悉。",
        "4.作风不实，原因是我下基层偏少，听取诉求不够。",
    ],
}
MEASURES = {
    "slogans": [
        "一是在深学细悟上用力，把理论学习作为终身课题，常学常新。",
        "二是在忠诚干净上用力，始终做政治上的明白人。",
        "三是在敢于担当上用力，做到守土有责、守土尽责。",
        "四是在改进作风上用力，多到基层走一走、看一看。",
    ],
    "when_conditions_allow": [
        "1.条件成熟时由我牵头建立补课清单，落下的专题全部补齐。",
        "2.由我负责，待资金到位后完成63户接户和1120亩图斑核实。",
        "3.今后由分管副局长负责，逐步解决历史遗留的12件积案，形成台账。",
        "4.由办公室主任负责，视情况适时修订财务制度，公示结果。",
    ],
    "departments_concerned": [
        "1.2024年3月底前，各有关股室完成落下专题补课，形成清单。",
        "2.2024年4月底前，相关部门完成积案12件化解，通报结果。",
        "3.2024年5月底前，全体班子成员到基层调研不少于6次，写出报告。",
        "4.2024年6月底前，有关单位修订采购制度，公示结果。",
    ],
    "nobody": [
        "1.2024年3月底前完成落下专题补课，形成笔记清单。",
        "2.2024年4月底前化解积案12件，通报结果。",
        "3.2024年5月底前到基层调研不少于6次，形成报告。",
        "4.2024年6月底前修订采购制度，公示结果。",
    ],
    "answer_nothing": [
        "1.由我负责，2024年3月底前组织职工运动会1次，参加人数不少于80人。",
        "2.由我负责，2024年4月底前更换食堂桌椅40套，公开采购。",
        "3.由办公室主任负责，2024年5月底前完成档案室搬迁，建立目录。",
        "4.由工会主席负责，2024年6月底前慰问退休老同志30名，登记造册。",
    ],
    "one_aspect": [
        "1.由我负责，2024年2月底前制定全年读书计划，每周自学不少于3小时，笔记交党办检查。",
        "2.由我负责，2024年3月底前读完规定的5本书，写出心得2篇，在支部大会上交流。",
        "3.由党办主任负责，2024年4月底前组织专题研讨2次，发言稿提前3天审看。",
        "4.由我负责，2024年5月底前讲党课1次，当场测试，成绩公布。",
    ],
}
ASPECTS = {
    "those_before": (
        "responsibility",
        "problems",
        "遗留问题多。2017年上一届班子与两家企业签下合同，没有约定违约责任；2020年前任负责人又把图斑销号报了假数，"
        "欠账一直没有还清。这些都给现在的工作带来困难。",
    ),
    "one_day_perhaps": (
        "integrity",
        "problems",
        "我手里管着资金审批，倘若放松警惕，难免有人来拉关系、打招呼；要是家教不严，亲属也可能插手工程。对此务必防微杜渐。",
    ),
    "none": ("integrity", "problems", "本人能够严格遵守廉洁自律各项规定，经认真检查，未发现存在违纪违规问题。"),
    "none_again": ("politics", "problems", "始终同党中央保持高度一致，这方面不存在问题，今后继续保持。"),
    "see_above": ("style", "problems", "与前述担当方面的问题基本一致，不再重复。"),
    "stock": (
        "ability",
        "problems",
        "专业素养还不够过硬，统筹协调能力还不强，解决复杂问题的办法不多，与新形势的要求还有不小差距，知识更新不够及时。",
    ),
    "virtue": (
        "integrity",
        "problems",
        "廉洁这一块，我可以拍着胸脯讲，干干净净。手里过的钱一笔一笔都有账，谁来查都不怕，组织上尽管放心。",
    ),
    "virtue_again": (
        "integrity",
        "problems",
        "我自认问心无愧。父亲从小教我不拿别人一针一线，这么多年来没有人敢给我送礼，家里人也都懂规矩。",
    ),
    "mended_long_ago": (
        "style",
        "problems",
        "十年前我在乡里工作时，下村走马观花，群众有意见。2015年调到县里以后，我下决心改，如今每月下村不少于八天，村里的老人都叫得出我的名字。",
    ),
    "before_and_staff": (
        "responsibility",
        "problems",
        "老问题积得比较多。上一任在2018年签下的合同漏写了维修责任，留下十六间漏雨的库房。两名保管员遇到难处就往后缩，值班员也不愿登记。"
        "这些都说明下面的同志劲头不足。",
    ),
    "asks_others": (
        "ability",
        "problems",
        "基层缺的是人。区里核定的编制十二名，在岗只有七名，请组织人事部门早一点把缺额补上。市局的培训班每年只给两个名额，"
        "期望今后能多给几个。业务系统三年没有升级，恳请上级尽早拨款更换。",
    ),
    "asks_others_again": (
        "style",
        "problems",
        "上级应当多组织跟班学习，让基层干部开眼界。有关部门应尽快理顺职责，避免多头指挥。兄弟单位最好能定期交流，把好做法传过来。",
    ),
    "sham_example": (
        "style",
        "examples",
        "有时候下基层调研多是听汇报，比如到一些村里走一走、看一看就回来，群众的意见没有听到多少，问题也没有解决几个。",
    ),
    "praise": (
        "style",
        "persuasion",
        "我对工作要求过于严格，有时批评下属不留情面。我一心扑在工作上，经常加班到深夜，忽视了身体和家人。",
    ),
}
UNANSWERED = (
    "食堂饭菜质量差、职工反映强烈", "对退休干部走访慰问不到位", "办公楼电梯故障频发长期无人处理", "档案借阅手续繁琐",
)  # fmt: skip
BESIDE = (
    (
        "说{0}批评人不留情面，这是因为{0}对工作一向认真负责，眼里容不得沙子，大家慢慢会理解的。",
        "批评人不留情面",
    ),
    (
        "{0}注意到有同志反映调研走马观花的问题。感谢大家的关心和厚爱，这是对{0}的鞭策，今后一定再接再厉。",
        "调研走马观花，听汇报多",
    ),
    (
        "关于下乡少、坐办公室多的意见，{0}认真作了研究，随即安排办公室建立了干部下乡登记制度，各科室都很满意。",
        "下乡少，坐办公室多",
    ),
    (
        "有同志提出{0}对下属说话重。{0}在这里干了十六年，一向以身作则，最早到、最晚走，今年还被评为先进集体。",
        "对下属说话重，年轻人不敢进办公室",
    ),
)
ELSEWHERE = (
    "学习抓得不紧，深度不够。邻县某局去年有3名干部因学习考试不及格被通报，值得警醒。",
    "政治敏锐性不强。外省2021年发生的一起瞒报事件，死亡12人，教训深刻。",
    "业务钻研不够。兄弟单位今年用大数据办案46件，我们差距明显。",
    "碰硬不够。媒体曝光的某市拆迁案拖了8年，反映出不担当的危害。",
    "深入基层不够。全国通报的形式主义典型案例中，有一个县一年开会2100次。",
    "警示片中一名副局长收受礼金86万元，令人警醒，要引以为戒。",
)
TOLD_OF_OTHERS = (
    "我学习静不下心。2022年6月，市里通报邻县一名局长三年没有写过一篇心得，我看了很受震动。",
    "我站位不够高。澄江市原副市长在忏悔书里说，自己是从不讲政治滑下去的，2021年被判十一年，我引以为戒。",
    "我对新业务不熟。听说外地一家单位2023年上线的平台，半年处理了4.6万件工单，和人家一比，差得太远。",
    "我碰到难事绕着走。2023年，北方某市一段断头路拖了9年没人敢碰，我读通报时有感触，放下又是老样子。",
    "我下基层不深入。白马区一名干部打伞插秧，视频点击1,200万次。那种做派，我身上也有。",
    "我对身边人管得松。平江县住建局原局长钱某，五年收受红包112万元，教训十分深刻。",
)
ANY = ("problems", "examples", "persuasion", "causes", "measures")


class Fault(NamedTuple):
    """A document with one fault in it."""

    name: str
    standard: str
    tolerated: tuple[str, ...]
    kind: str
    paragraphs: list[dict[str, Any]]
    opinions: list[dict[str, str]]


def all_faults() -> Iterator[Fault]:
    """Every fault in every passing document."""
    for name in PASSING:
        kind = materials.documents()[name]["kind"]
        for fault, standard, tolerated, paragraphs, opinions in _of(name, kind):
            numbered = [{**each, "n": n} for n, each in enumerate(paragraphs, 1)]
            yield Fault(f"{name}:{fault}", standard, tolerated, kind, numbered, opinions)


def _of(name: str, kind: str) -> Iterator[tuple[str, str, tuple[str, ...], list[dict[str, Any]], list[dict[str, str]]]]:
    for code in materials.CODES:
        yield f"without_{code}", "problems", ("persuasion",), _without(name, {code}), []
    merged = [
        {**each, "text": each["text"].replace("工作作风", "工作作风和廉洁自律", 1)}
        if each["n"] in _at(name, "style")
        else each
        for each in _without(name, {"integrity"})
    ]
    yield "merged", "problems", (), merged, []
    for fault, (code, standard, text) in ASPECTS.items():
        if fault != "praise" or kind == "speech_outline":
            yield fault, standard, ("problems", "examples", "causes"), _instead(name, code, text), []
    for text in UNANSWERED:
        opinion = {"id": "o9", "source": "survey_form", "text": text}
        yield "unanswered", "problems", (), list(materials.paragraphs(name)), [opinion]
    for text, asked in BESIDE:
        opinion = {"id": "o9", "source": "survey_form", "text": asked}
        who = "我" if kind == "speech_outline" else "班子"
        yield "answered_beside", "problems", (), _and(name, "style", text.format(who)), [opinion]
    yield "no_figures", "examples", ("problems",), _blurred(name), []
    may = ("problems", "causes", "measures", "persuasion")
    for told in (ELSEWHERE, TOLD_OF_OTHERS):
        yield "others_examples", "examples", may, _elsewhere(name, told), []
    yield "no_causes", "causes", (), _without_role(name, "cause"), []
    yield "no_measures", "measures", (), _without_role(name, "measure"), []
    for fault, texts in CAUSES.items():
        yield f"causes_{fault}", "causes", (), _section(name, "cause", texts), []
    for fault, texts in MEASURES.items():
        yield f"measures_{fault}", "measures", ("problems",), _section(name, "measure", texts), []
    if kind == "speech_outline":
        yield "we", "persuasion", (), _we(name), []


def _at(name: str, code: str) -> set[int]:
    return {
        line["n"] for line in materials.read(name)["lines"] if line["role"] == "problem" and code in line["aspects"]
    }


def _role(name: str, *roles: str) -> set[int]:
    return {line["n"] for line in materials.read(name)["lines"] if line["role"] in roles}


def _without(name: str, codes: set[str]) -> list[dict[str, Any]]:
    gone = set().union(*(_at(name, code) for code in codes))
    return [each for each in materials.paragraphs(name) if each["n"] not in gone]


def _without_role(name: str, role: str) -> list[dict[str, Any]]:
    return [each for each in materials.paragraphs(name) if each["n"] not in _role(name, role)]


def _instead(name: str, code: str, text: str) -> list[dict[str, Any]]:
    title = next(each["title"] for each in materials.ASPECTS if each["code"] == code)
    places = _at(name, code)
    kept = [each for each in materials.paragraphs(name) if each["n"] not in places or each["n"] == min(places)]
    told = {"n": 0, "text": f"（九）{title}方面。{text}", "heading": None, "table": False}
    return [told if each["n"] == min(places) else each for each in kept]


def _and(name: str, code: str, text: str) -> list[dict[str, Any]]:
    last = max(_at(name, code))
    return [{**each, "text": each["text"] + text} if each["n"] == last else each for each in materials.paragraphs(name)]


def _section(name: str, role: str, texts: list[str]) -> list[dict[str, Any]]:
    places = _role(name, role)
    out: list[dict[str, Any]] = []
    for each in materials.paragraphs(name):
        if each["n"] not in places:
            out.append(each)
        elif each["n"] == min(places):
            out += [each, *variations.made(texts)]
    return out


def _blurred(name: str) -> list[dict[str, Any]]:
    def blur(text: str) -> str:
        text = re.sub(r"[两三四五六七八九十]+(?=[个次名户家天月年])", "几", text)
        return re.sub(r"[0-9.]+[年月]?([0-9]+[日月]?)?", "多", text)

    places = _role(name, "problem")
    return [
        {**each, "text": blur(each["text"])} if each["n"] in places else each for each in materials.paragraphs(name)
    ]


def _elsewhere(name: str, examples: tuple[str, ...]) -> list[dict[str, Any]]:
    titles = [each["title"] for each in materials.ASPECTS]
    told = [f"（{variations.NUMERALS[i]}）{title}方面。{examples[i]}" for i, title in enumerate(titles)]
    rest = [each for each in materials.paragraphs(name) if each["n"] in _role(name, "cause", "measure")]
    return [*materials.paragraphs(name)[:3], *variations.made(["一、存在问题", *told]), *rest]


def _we(name: str) -> list[dict[str, Any]]:
    places = _role(name, "problem", "cause")
    return [
        {**each, "text": re.sub("我(?![们市县区局国省])|本人|自己", "我们", each["text"])}
        if each["n"] in places
        else each
        for each in materials.paragraphs(name)
    ]
