"""Facts: what in a sentence can be checked: days, figures, named places and people; and the words two passages share.

Numbers of doctrine ("four consciousnesses", hotlines, the number of a plan) are no facts, nor is a quantity nobody
counted ("several", "many times") nor a name that is masked. A fact's weight is 1 where it stands for itself (a
figure with its unit, a month), less where it only helps (a counted thing in words, a named place or person, "the
week before Mid-Autumn"): two that help are an example told in words.
"""

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from . import letters
from .rules import Rules

FIGURE = re.compile(r"[0-9０-９](?<![\d.].)\d*+(?:\.\d++)?[^\S\n]{0,3}(?:[%％‰\u4e00-\u9fffA-Za-z]|$)", re.MULTILINE)
YEAR, A_YEAR = re.compile(r"(?:19|20)\d\d年?"), len("2023年")
NAMED_YEAR = re.compile(r"(20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年")
COUNTED = re.compile(r"(\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]{1,7})([\u4e00-\u9fff%％])")
ONE = frozenset("一十百千")  # as in 一些, 十分, 百姓: words rather than figures
TITLED = re.compile(r"《[^》]{3,40}》")
MASK = re.compile(
    r"[某X×＊*○A-Z](?:(?<=某)(?!种|些|一)|(?<=[X×＊*○])[X×＊*○]{0,2}(?=[县市区镇乡村局科股单同企公项])|(?<=[A-Z])(?<![A-Za-z].)(?=[县市区镇乡村局]))"
)
MASKED = re.compile(r"某(?!种|些|一)[^，。；\n]{0,8}")
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?[”’）]?")
NAMED = ("facts.moment", "facts.person", "facts.single", "facts.quoted")


Told = tuple[Set[str], Set[str]]
NOTHING: frozenset[str] = frozenset()


def told(
    text: str, begins: Sequence[int], spans: Callable[[str], Iterable[tuple[int, int]]], rules: Rules
) -> list[Told]:
    """What in each sentence stands for itself and what only helps.

    `text` holds a sentence a line, `begins` says where each begins, `spans` where the phrases of a list stand.
    """
    masked = _by_line([(found.start(), found.group()) for found in MASK.finditer(text)], begins)
    doctrine, month, counted, nicknamed = (
        rules.pattern("facts", key) for key in ("doctrine", "month", "counted", "nicknamed")
    )
    plain = doctrine.sub(_blank, MASKED.sub(_blank, text) if masked else text)
    figures = [each for pattern in (month, FIGURE) for each in pattern.finditer(plain)]
    others = [each for pattern in (counted, YEAR, nicknamed, TITLED) for each in pattern.finditer(plain)]
    strong = _by_line(
        [(each.start(), fact) for each in figures if len(fact := each.group()) != A_YEAR or fact[-1] != "年"], begins
    )
    helping = _by_line([(each.start(), each.group()) for each in others], begins)
    for line, words in _by_line(list(_phrases(text, plain, spans, rules)), begins).items():
        if line not in masked:
            helping.setdefault(line, set()).update(words)
    return [(strong.get(line, NOTHING), helping.get(line, NOTHING)) for line in range(len(begins))]


def weight(told: Told) -> float:
    """How much can be checked; from 1 on it is an example."""
    strong, helping = told
    return len(strong) + 0.5 * len(helping)


def figures(text: str) -> frozenset[tuple[str, str]]:
    """What it counts, each with the character that follows: the same whether in digits or in words."""
    return frozenset((letters.number(many), of) for many, of in COUNTED.findall(text) if many not in ONE)


def years(text: str) -> list[int]:
    """The years it names."""
    return [int(letters.number(each)) for each in NAMED_YEAR.findall(text)]


def _by_line(found: Sequence[tuple[int, str]], begins: Sequence[int]) -> dict[int, set[str]]:
    lines: dict[int, set[str]] = {}
    for begin, fact in found:
        lines.setdefault(bisect.bisect_right(begins, begin) - 1, set()).add(fact)
    return lines


def _phrases(
    text: str, plain: str, spans: Callable[[str], Iterable[tuple[int, int]]], rules: Rules
) -> Iterator[tuple[int, str]]:
    """What the phrases of NAMED, and names of things and places, tell, and where."""
    for name in NAMED:
        yield from ((begin, text[begin:end]) for begin, end in spans(name))
    for begin, end in spans("facts.thing"):
        if begin > 1 and letters.RUN.fullmatch(plain, begin - 2, end):
            yield begin, plain[begin:end]
    free, common = 2, rules.pattern("facts", "common_place")
    for begin, end in spans("facts.place"):
        if begin >= free and letters.RUN.fullmatch(plain, begin - 2, end):
            free = end + 2
            if not common.search(plain, begin - 2, begin):
                yield begin, plain[begin - 2 : end]


def _blank(found: re.Match[str]) -> str:
    return "、" * len(found.group())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each verbatim as it stands in it."""
    return tuple([each for each in map(str.strip, SENTENCE.findall(text)) if len(each) > 1])
