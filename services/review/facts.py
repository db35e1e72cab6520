"""Facts: what in a sentence can be checked: days, figures, named places; and the words two passages share.

Numbers of doctrine ("four consciousnesses", hotlines, the number of a plan) are no facts, nor is a quantity nobody
counted ("several", "many times") nor a name that is masked. A fact's weight is 1 where it stands for itself (a
figure with its unit, a month), less where it only helps (a counted thing in words, a named place).
"""

import functools
import re

CN = "一二三四五六七八九十百千万两〇零"
DOCTRINE = re.compile(
    rf"[“\"]?(?:123(?:45|15)|12388|十[二三四五]五)[”\"]?|[{CN}\d]{{1,6}}(?:个|项|大|种)(?:方面|意识|自信|维护|确立|务必|必须|坚决|带头|"
    r"大局|关系|专项|重点措施|不放过|统一|清楚|结合)|党的[一二]?十[一二三四五六七八九]?大|[一二]?十[一二三四五六七八九]?届[一二三四五六七]?[中全]|"
    r"三会一课|三重一大|一岗双责|两学一做|三严三实|四风|八项规定|八小时|[“\"][^”\"]{0,6}[”\"]|20\d\d年度?(?:专题)?(?:民主|组织)生活会|"
    r"第?[一二三四五六七八九十]是|(?m:^\s{0,4}[（(]?\d{1,2}[.、．）)])"
)
MONTH = re.compile(
    r"(?:1[0-2]|[1-9])月(?:份|底|初|末|中旬|上旬|下旬|\d{1,2}日|间)?|(?<![一二三四五六七八九十])(?:十[一二]?|[一二三四五六七八九])月(?:份|底|初|末|中旬|间)?"
)
FIGURE = re.compile(r"(?<![\d.])\d++(?:\.\d++)?\s{0,3}(?:[%％‰\u4e00-\u9fffA-Za-z]|$)")
YEAR = re.compile(
    r"(?:19|20)\d\d年|去年(?:底|初)?|前年|(?:今年|去年|本)?(?:春节|清明|国庆|五一|“五一”|中秋|端午|元旦|汛期|暑假|寒假)(?:前|后|期间)?"
)
COUNTED = re.compile(
    r"(?<![第十几数上])(?:[两二三四五六七八九]|[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九两]百|半)(?:余|多)?"
    r"(?:个(?:月|村|镇|乡|县|科|股|项目|企业|所|部门)?|次|名|户|家|天|年|条|份|处|亩|公里|小时|分钟|位|件|场|篇|批|起|辆|栋|台|吨|笔|倍|成|万元?)"
)
PLACE = re.compile(
    r"[\u4e00-\u9fff]{2}(?:村|镇|乡|街道|社区|小区|片|水库|大桥|中学|小学|医院|公司|产业园|林场|景区|路|站)"
)
COMMON_PLACE = re.compile(
    r"[某各有全本我几些个这该那哪乡镇县市区重老旧关在到的了下去回旅乡农贫困点是和及与]|基层|网络|走路|公路|道路|工作|思路|出路"
)
MASK = re.compile(
    r"某(?!种|些|一)|[X×＊*○]{1,3}(?=[县市区镇乡村局科股单同企公项])|(?<![A-Za-z])[A-Z](?=[县市区镇乡村局])"
)
VAGUE = re.compile(
    r"多次|几次|若干|不少|一些|有些|有时|有的|较多|大量|个别|部分|许多|数次|往往|常常|经常|几[个家名位处份天]|一度|近一半|多日|长期"
)
GRAM = re.compile(r"[\u4e00-\u9fff]+")
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?[”’）]?")


@functools.lru_cache(maxsize=4096)
def weight(text: str) -> float:
    """How much of a text can be checked; from 1 on there is an example in it."""
    if MASK.search(text):
        text = re.sub(r"某[^，。；]{0,8}", "", text)
    text = DOCTRINE.sub("、", text)
    strong = {found.group() for pattern in (MONTH, FIGURE) for found in pattern.finditer(text) if not _year_only(found)}
    helping = {found.group() for pattern in (YEAR, COUNTED) for found in pattern.finditer(text)} | set(places(text))
    return len(strong) + 0.5 * len(helping)


def _year_only(found: re.Match[str]) -> bool:
    return found.group().endswith("年") and len(found.group()) == 5  # noqa: PLR2004


def places(text: str) -> list[str]:
    """Names of places and bodies that look like names of their own."""
    return [found.group() for found in PLACE.finditer(text) if not COMMON_PLACE.search(found.group()[:2])]


@functools.lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each verbatim as it stands in it."""
    return tuple(found.group().strip() for found in SENTENCE.finditer(text) if len(found.group().strip()) > 1)


@functools.lru_cache(maxsize=8192)
def grams(text: str) -> frozenset[str]:
    """Neighbouring pairs of Chinese characters: a cheap stand-in for words when passages are laid side by side."""
    return frozenset(
        [first + second for run in GRAM.findall(text) for first, second in zip(run, run[1:], strict=False)]
    )
