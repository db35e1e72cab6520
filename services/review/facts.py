"""Facts: what in a sentence can be checked: days, figures, named places and people; and the words two passages share.

Numbers of doctrine ("four consciousnesses", hotlines, the number of a plan) are no facts, nor is a quantity nobody
counted ("several", "many times") nor a name that is masked. A fact's weight is 1 where it stands for itself (a
figure with its unit, a month), less where it only helps (a counted thing in words, a named place or person, "the
week before Mid-Autumn"): two that help are an example told in words.
"""

import re

CN = "一二三四五六七八九十百千万两〇零"
DOCTRINE = re.compile(
    rf"[“\"]?(?:123(?:45|15)|12388|十[二三四五]五)[”\"]?|[{CN}\d]{{1,6}}(?:个|项|大|种)(?:方面|意识|自信|维护|确立|务必|必须|坚决|带头|"
    r"大局|关系|专项|重点措施|不放过|统一|清楚|结合|标准|纪律|底线|要求)|党的[一二]?十[一二三四五六七八九]?大|[一二]?十[一二三四五六七八九]?届[一二三四五六七]?[中全]|"
    r"三会一课|三重一大|一岗双责|两学一做|三严三实|四风|八项规定|八小时|[“\"][^”\"]{0,6}[”\"]|20\d\d年度?(?:专题)?(?:民主|组织)生活会|"
    r"第?[一二三四五六七八九十]是|^\s{0,4}[（(]?\d{1,2}[.、．）)]"
)
MONTH = re.compile(
    r"(?:1[0-2]|[1-9])月(?:份|底|初|末|中旬|上旬|下旬|\d{1,2}日|间)?|(?<![一二三四五六七八九十个几两半满数])(?:十[一二]?|[一二三四五六七八九])月(?:份|底|初|末|中旬|间)?"
)
FIGURE = re.compile(r"(?<![\d.])\d++(?:\.\d++)?\s{0,3}(?:[%％‰\u4e00-\u9fffA-Za-z]|$)")
YEAR = re.compile(r"(?:19|20)\d\d年?")
COUNTED = re.compile(
    r"(?<![第十几数上])(?:[两二三四五六七八九]|[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九两]百|半|(?<=只有)一|(?<=只去过)一|(?<=只去了)一)(?:余|多)?"
    r"(?:个(?:半月|小时|月|村|镇|乡|县|科|股|项目|企业|所|部门|星期|学期|人|班|点位|孩子|病人|电话|工作日)?|次|名|户|家|天|年|条|份|处|亩|公里|小时|分钟|位|件|场|篇|批|起|辆|栋|台|吨|笔|倍|成|万元?|趟|遍|封|张|本|眼|盏|口|座|层|间|段|里|米|周|回|棵|头|只)"
)
PLACE = re.compile(
    r"[\u4e00-\u9fff]{2}(?:村|镇|乡|街道|社区|小区|片|水库|大桥|中学|小学|医院|公司|产业园|林场|景区|路|站|桥|河|渠|寨|屯|湾|沟|岭|坪|坝|厂|矿|园区|大厦|市场|车站|码头|港|隧道|泵站|电站|卫生院|敬老院"
    r"|幼儿园|法庭|派出所|支行|合作社|车间|工地|巷|街|弄|苑|花园|广场|大道|堤|闸|圩|山|滩|沙场|林区|灌区|库区|牧场|茶场|农场|养老院|福利院|供销社|祠堂|新村|新城|家园|楼盘|专线|热线|号楼|河段|道口|渡口|村民组|变电所|机组|病区|门诊部)"
)
COMMON_PLACE = re.compile(
    r"[某各有全本我几个些这该那哪乡镇县市区重老旧关在到的了下去回旅农贫困点是和及与走进出入为对把向从被让给用同跟找帮管不没多少么什每两一二三四五六七八九十条座家处里外上中前后旁边新建修跨过靠请问看挂沿整]|基层|网络|走路|公路|道路|工作|思路|出路|套路|门路"
    r"|弯路|水路|城市|农村|企业|学校|单位|分|子公|人民|国有|国资|批发|农贸|劳动|资本|金融|房产|建筑|人力|商品|消费|国际|国内|高速|车间|铁路|施工|项目|留守|黑臭|小微|公交|加油|充电|服务|兄弟|邻|示范|特色|试点|帮扶|驻|先进|后进|薄弱|偏远|边远|沿线|集|江河|金山|靠山|绿水|青山绿|冰山|火车|汽车|平台"
)
PERSON = re.compile(
    r"[王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董程曹袁邓许沈曾彭吕苏卢蒋蔡丁魏薛叶余潘杜戴钟汪田姜范石姚谭廖邹熊陆郝孔崔康毛邱秦江顾侯邵孟段雷钱汤尹黎乔贺赖龚](?:大爷|大妈|大娘|阿姨|师傅|老师|奶奶|爷爷|婶|伯|叔|嫂)"
    r"|(?:村支书|支书|院士|队员|老人|大爷|大娘|老师|师傅|农户|村民|老板|业主|居民|工人|司机|学生|患者|家长|职工|会计)[老小][\u4e00-\u9fff]"
)
TITLED = re.compile(r"《[^》]{3,40}》")
THING = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:(?:污水|管网|改造|安置|扩建|迁建|提升|绿化|整治|加固|供水|排涝|搬迁|拆迁|棚改|灌溉|土地|修缮|治理|景观|道路|大桥|旧改|厂房|综合楼|门诊楼|教学楼|宿舍楼|停车场)(?:项目|工程|案)|(?:大楼|综合楼|教学楼|宿舍楼|门诊楼|住院楼|安置点|安置房|堆场|垃圾场|停车场|鱼塘|古樟|古树|滑坡|垮塌|坍塌|内涝))"
)
MASK = re.compile(
    r"某(?!种|些|一)|[X×＊*○]{1,3}(?=[县市区镇乡村局科股单同企公项])|(?<![A-Za-z])[A-Z](?=[县市区镇乡村局])"
)
MASKED = re.compile(r"某[^，。；]{0,8}")
VAGUE = re.compile(
    r"多次|几次|若干|不少|一些|有些|有时|有的|较多|大量|个别|部分|许多|数次|往往|常常|经常|几[个家名位处份天]|一度|近一半|多日|长期|好几|不止一|一段时间|前段时间|很多"
)
GRAM = re.compile(r"[\u4e00-\u9fff]+")
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?[”’）]?")
NAMED = ("facts.moment", "facts.person", "facts.single", "facts.quoted")
DIGIT = re.compile(r"\d")


def told(text: str, spans: dict[str, list[tuple[int, int]]]) -> tuple[frozenset[str], frozenset[str]]:
    """What in a sentence stands for itself and what only helps; `spans`: the phrases met in it."""
    if "某" in text or MASK.search(text):
        text = MASKED.sub("", text)
        spans = {}
    plain = DOCTRINE.sub("、", text)
    figured = DIGIT.search(plain) is not None
    strong = [found.group() for found in MONTH.finditer(plain)] if "月" in plain else []
    if figured:
        strong += [found.group() for found in FIGURE.finditer(plain) if not _year_only(found.group())]
    helping = [found.group() for found in COUNTED.finditer(plain)]
    helping += [
        text[a:b]
        for name in ("facts.moment", "facts.person", "facts.single", "facts.quoted")
        for a, b in spans.get(name, ())
    ]
    helping += [found.group() for found in THING.finditer(plain)]
    helping += [found.group() for found in PERSON.finditer(plain)]
    helping += places(plain)
    if figured:
        helping += [found.group() for found in YEAR.finditer(plain)]
    if "《" in plain:
        helping += [found.group() for found in TITLED.finditer(plain)]
    return frozenset(strong), frozenset(helping)


def _year_only(figure: str) -> bool:
    return figure.endswith("年") and len(figure) == 5  # noqa: PLR2004


def places(text: str) -> list[str]:
    """Names of places and bodies that look like names of their own."""
    return [found.group() for found in PLACE.finditer(text) if not COMMON_PLACE.search(found.group()[:2])]


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each verbatim as it stands in it."""
    return tuple(found for each in SENTENCE.findall(text) if len(found := each.strip()) > 1)


def grams(text: str) -> frozenset[str]:
    """Neighbouring pairs of Chinese characters: a cheap stand-in for words when passages are laid side by side."""
    return frozenset(
        [first + second for run in GRAM.findall(text) for first, second in zip(run, run[1:], strict=False)]
    )
