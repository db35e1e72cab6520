"""Facts: what in a sentence can be checked: days, figures, named places and people; and the words two passages share.

Numbers of doctrine ("four consciousnesses", hotlines, the number of a plan) are no facts, nor is a quantity nobody
counted ("several", "many times") nor a name that is masked. A fact's weight is 1 where it stands for itself (a
figure with its unit, a month), less where it only helps (a counted thing in words, a named place or person, "the
week before Mid-Autumn"): two that help are an example told in words.
"""

import bisect
import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
CN = "一二三四五六七八九十百千万两〇零"
DOCTRINE = re.compile(
    rf"(?=[“\"\d{CN}党届三重一两四第八\s（(])(?:[“\"]?(?:123(?:45|15)|12388|十[二三四五]五)[”\"]?|[{CN}\d]{{1,6}}(?:个|项|大|种)(?:方面|意识|自信|维护|确立|务必|必须|坚决|带头|"
    r"大局|关系|专项|重点措施|不放过|统一|清楚|结合|标准|纪律|底线|要求)|党的[一二]?十[一二三四五六七八九]?大|[一二]?十[一二三四五六七八九]?届[一二三四五六七]?[中全]|"
    r"三会一课|三重一大|一岗双责|两学一做|三严三实|四风|八项规定|八小时|[“\"][^”\"\n]{0,6}[”\"]|20\d\d年度?(?:专题)?(?:民主|组织)生活会|"
    r"第?[一二三四五六七八九十]是|^\s{0,4}[（(]?\d{1,2}[.、．）)])",
    re.MULTILINE,
)
MONTH = re.compile(
    r"[1-9一二三四五六七八九十](?:(?<=1)[0-2]月|(?<=[1-9])月|(?<![一二三四五六七八九十个几两半满数].)(?:(?<=十)[一二]?|(?<=[一二三四五六七八九]))月)"
    r"(?:份|底|初|末|中旬|间|(?<=\d月)(?:上旬|下旬|\d{1,2}日))?"
)
FIGURE = re.compile(r"\d(?<![\d.].)\d*+(?:\.\d++)?[^\S\n]{0,3}(?:[%％‰\u4e00-\u9fffA-Za-z]|$)", re.MULTILINE)
YEAR = re.compile(r"(?:19|20)\d\d年?")
COUNTED = re.compile(
    r"[一二三四五六七八九十两半](?<![第十几数上].)(?:(?<=[两二三四五六七八九])|(?<=[二三四五六七八九])十[一二三四五六七八九]?|(?<=十)[一二三四五六七八九]?|(?<=[一二三四五六七八九两])百|(?<=半)"
    r"|(?<=只有一)|(?<=只去过一)|(?<=只去了一))(?:余|多)?"
    r"(?:个(?:半月|小时|月|村|镇|乡|县|科|股|项目|企业|所|部门|星期|学期|人|班|点位|孩子|病人|电话|工作日)?|次|名|户|家|天|年|条|份|处|亩|公里|小时|分钟|位|件|场|篇|批|起|辆|栋|台|吨|笔|倍|成|万元?|趟|遍|封|张|本|眼|盏|口|座|层|间|段|里|米|周|回|棵|头|只)"
)
COMMON_PLACE = re.compile(
    r"[某各有全本我几个些这该那哪乡镇县市区重老旧关在到的了下去回旅农贫困点是和及与走进出入为对把向从被让给用同跟找帮管不没多少么什每两一二三四五六七八九十条座家处里外上中前后旁边新建修跨过靠请问看挂沿整]|基层|网络|走路|公路|道路|工作|思路|出路|套路|门路"
    r"|弯路|水路|城市|农村|企业|学校|单位|分|子公|人民|国有|国资|批发|农贸|劳动|资本|金融|房产|建筑|人力|商品|消费|国际|国内|高速|车间|铁路|施工|项目|留守|黑臭|小微|公交|加油|充电|服务|兄弟|邻|示范|特色|试点|帮扶|驻|先进|后进|薄弱|偏远|边远|沿线|集|江河|金山|靠山|绿水|青山绿|冰山|火车|汽车|平台"
)
TITLED = re.compile(r"《[^》]{3,40}》")
MASK = re.compile(
    r"[某X×＊*○A-Z](?:(?<=某)(?!种|些|一)|(?<=[X×＊*○])[X×＊*○]{0,2}(?=[县市区镇乡村局科股单同企公项])|(?<=[A-Z])(?<![A-Za-z].)(?=[县市区镇乡村局]))"
)
MASKED = re.compile(r"某(?!种|些|一)[^，。；\n]{0,8}")
VAGUE = re.compile(
    r"多次|几次|若干|不少|一些|有些|有时|有的|较多|大量|个别|部分|许多|数次|往往|常常|经常|几[个家名位处份天]|一度|近一半|多日|长期|好几|不止一|一段时间|前段时间|很多"
)
NICKNAMED = re.compile(
    r"[小老](?<![大最从古元缩微窄减们].)(?![家板师百乡同人党干路账房旧是想觉毛事心区组学镇县时数型城本一有实问的])"
    r"[\u4e00-\u9fff](?=[问说找打提反来把给拿跟对让等][^，。；]|，)"
)
CHINESE = "".join(map(chr, range(0x4E00, 0xA000)))
GRAM = re.compile(r"[\u4e00-\u9fff]+")
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?[”’）]?")
NAMED = ("facts.moment", "facts.person", "facts.single", "facts.quoted")


Told = tuple[Set[str], Set[str]]
NOTHING: frozenset[str] = frozenset()


def told(text: str, begins: Sequence[int], spans: Callable[[str], Iterable[tuple[int, int]]]) -> list[Told]:
    """What in each sentence stands for itself and what only helps.

    `text` holds a sentence a line, `begins` says where each begins, `spans` where the phrases of a list stand.
    """
    masked = {_line(found.start(), begins) for found in MASK.finditer(text)}
    plain = DOCTRINE.sub(_blank, MASKED.sub(_blank, text) if masked else text)
    figures = [each for pattern in (MONTH, FIGURE) for each in pattern.finditer(plain)]
    others = [each for pattern in (COUNTED, YEAR, NICKNAMED, TITLED) for each in pattern.finditer(plain)]
    strong = _by_line([(each.start(), fact) for each in figures if not _is_year(fact := each.group())], begins)
    helping = _by_line([(each.start(), each.group()) for each in others], begins)
    for line, words in _by_line(list(_phrases(text, plain, spans)), begins).items():
        if line not in masked:
            helping.setdefault(line, set()).update(words)
    return [(strong.get(line, NOTHING), helping.get(line, NOTHING)) for line in range(len(begins))]


def _by_line(found: Sequence[tuple[int, str]], begins: Sequence[int]) -> dict[int, set[str]]:
    lines: dict[int, set[str]] = {}
    for begin, fact in found:
        lines.setdefault(_line(begin, begins), set()).add(fact)
    return lines


def _is_year(figure: str) -> bool:
    return figure[-1] == "年" and len(figure) == 5  # noqa: PLR2004


def _line(place: int, begins: Sequence[int]) -> int:
    return bisect.bisect_right(begins, place) - 1


def _phrases(text: str, plain: str, spans: Callable[[str], Iterable[tuple[int, int]]]) -> Iterator[tuple[int, str]]:
    """What the phrases of NAMED, and names of things and places, tell, and where."""
    for name in NAMED:
        yield from ((begin, text[begin:end]) for begin, end in spans(name))
    for begin, end in spans("facts.thing"):
        if begin > 1 and GRAM.fullmatch(plain, begin - 2, end):
            yield begin, plain[begin:end]
    free = 2
    for begin, end in spans("facts.place"):
        if begin >= free and GRAM.fullmatch(plain, begin - 2, end):
            free = end + 2
            if not _is_common(plain[begin - 2 : begin]):
                yield begin, plain[begin - 2 : end]


@functools.lru_cache(maxsize=4096)
def _is_common(before: str) -> bool:
    """Whether what stands before a kind of place is no name of its own (旁边的村)."""
    return COMMON_PLACE.search(before) is not None


def _blank(found: re.Match[str]) -> str:
    return "、" * len(found.group())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each verbatim as it stands in it."""
    return tuple([each for each in map(str.strip, SENTENCE.findall(text)) if len(each) > 1])


def letters(given: str, within: Flags | None = None) -> Flags:
    """For each character whether it is one of these; or one of the others `within` has."""
    table = np.zeros(1 << 16, bool) if within is None else within.copy()
    table[[ord(letter) for letter in given]] = within is None
    return table


def codes(text: str) -> Numbers:
    """A text's characters as numbers."""
    return np.minimum(np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32), 0xFFFF).astype(np.int64)


def pairs(codes: Numbers, telling: Flags) -> Numbers:
    """For each place of a text the two characters from there as a number; 0 where one of them says nothing."""
    tells = telling[codes]
    return ((codes[:-1] << 16) + codes[1:]) * (tells[:-1] & tells[1:])


def grams(text: str) -> frozenset[str]:
    """Neighbouring pairs of Chinese characters: a cheap stand-in for words when passages are laid side by side."""
    return frozenset().union(*(map(operator.add, run, run[1:]) for run in GRAM.findall(text)))
