"""Headings: which section or aspect a paragraph opens, in every numbering style in use, with or without a heading.

What is said here stands on three things: the words of a heading (a section is named by what it holds), its
shortness (a heading is no sentence) and its depth (一、 above （一） above 1. above ①), so that a word alone never
turns a sentence into a section. Where there is no heading, a paragraph's first clause names its aspect if it is
short ("学习上，…").
"""

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .rules import Rules, firsts

NUMBER = [
    re.compile(pattern)
    for pattern in (
        r"第[一二三四五六七八九十]+(?:部分|章)[、：:\s]*|[一二三四五六七八九十]{1,3}(?:[、.．]\s*|[\s\u3000]+)|[壹贰叁肆伍陆柒捌玖][、.．\s]\s*",
        r"[（(][一二三四五六七八九十]{1,3}[）)][、.．]?\s*",
        r"\d{1,2}[、.．](?!\d)\s*|(?:第[一二三四五六七八九十]+|头一|问[一二三四五六七八]|[一二三四五六七八]问)(?:个|条|点|件|桩|方面|单|笔|自己|本人)?[，,、：:]\s*",
        r"[（(]\d{1,2}[）)]\s*|\d{1,2}[）)]\s*",
        r"[①-⑳]\s*",
        r"[一二三四五六七八九十]{1,2}是(?!否)|[一二三四五六七八九十]{1,2}则[，,]?|其[一二三四五六七八九][，,、：]|(?:首先|其次|再次|再者|最后)[，,]",
        r"[甲乙丙丁戊己庚辛](?:[、.．]\s*|[\s\u3000]+)|[A-Ha-h][、.．]\s*|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ][、.．]?\s*",
        r"[＃§◆■★▲●◎※▶☆◇□][\s\u3000]*",
    )
]
ANY_NUMBER = re.compile("|".join(f"({each.pattern})" for each in NUMBER))
NUMBERS = firsts.letters(ANY_NUMBER.pattern)
SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))  # in a class they are found faster than \s
ITEM = re.compile(
    r"[一二三四五六七八九十]{1,2}是(?!否)|[一二三四五六七八九十]{1,2}则[，,]?|第[一二三四五六七八九十]{1,2}[，,、：]|其[一二三四五六七八九][，,、：]|"
    r"[（(]\d{1,2}[）)]|[①-⑳]|\d{1,2}[.．、](?!\d)|首先[，,是]|其次[，,是]|再次[，,是]|再者[，,]|最后[，,是]"
)
NEXT_ITEM = re.compile(rf"[。；！？：:{SPACES}](?={ITEM.pattern})")
SECTIONS = ("last_year", "opening", "case", "cause", "measure", "problem")
LABELLED = ("cause", "measure", "problem")
LABEL = re.compile(rf"[〔\[【（(]?([^。：:，,；？?！{SPACES}（(〔\[【]{{1,9}}?)[〕\]】）)]?(?:[。：:？?{SPACES}]|——)")
SENTENCE_INSIDE = re.compile(r"[。；！？]")
HEAD_END = re.compile(r"[。：:；]")
JOINED = re.compile(r"[和与、及跟同暨]|以及")
BOXED = re.compile(r"^[【〔\[]([^】〕\]]{1,16})[】〕\]]")
BRACKETS = "【〔[（("
CALLING = re.compile(r"[（(]([\u4e00-\u9fff]{1,6})[）)](?=.)")
HEAD, SHORT, LONG, LEAD, CALLED, LINE, CALLING_DEPTH = 24, 40, 45, 14, 8, 70, 2
HALF = 2


@dataclass
class Mark:
    """What can be seen of one paragraph by itself."""

    n: int
    text: str
    head: str
    depth: int
    table: bool
    is_heading: bool
    section: str = ""
    aspects: list[str] = field(default_factory=list)
    nested: bool = False
    local: bool = False
    level: int | None = None

    @property
    def long(self) -> bool:
        """Whether it is a sentence rather than a line of a title."""
        return len(self.text) > LONG or (self.text.endswith("。") and not self.is_heading)

    @property
    def leads_in(self) -> bool:
        """Whether it is a line without number or level that only leads to what follows it (…：)."""
        return not self.depth and self.level is None and self.text.endswith(("：", ":"))


class Titles:
    """The campaign's aspects and the ways their titles are shortened, and how sections are named in these rules."""

    def __init__(self, aspects: Sequence[tuple[str, str]], rules: Rules) -> None:
        own = rules.by_room["headings"]
        self.rules = rules
        self.full = {title: code for code, title in aspects}
        halves: dict[str, set[str]] = {}
        for code, title in aspects:
            words = {title[:2], title[2:]} if len(title) == HALF * 2 else set()
            for word in words | set(own["aliases"].get(title, ())):
                halves.setdefault(word, set()).add(code)
        unique = {word: codes.pop() for word, codes in halves.items() if len(codes) == 1}
        self.short = {word: code for word, code in unique.items() if word not in own["generic"]}
        starts = _one_of(self.full)
        self._next = re.compile(rf"[。；！？](?=[^，。；！？：]{{0,8}}(?:{starts}))")
        self._named = re.compile(starts)
        self._short = re.compile(_one_of(self.short))
        self._ends = re.compile(rf"(?:是|属于|归[入到于在]|——|：|算[作在]|对应)“?({starts})”?(?:方面|上|里)?[。）)]?$")
        self._unsaid = re.compile(_one_of(own["unsaid"]))
        self._vague = re.compile(_one_of(word for word in unique if word in own["vague"]))
        self._letters = {
            self.full[title]: set(letters) for title, letters in own["letters"].items() if title in self.full
        }
        self._spoken, self.said = (rules.pattern("headings", key) for key in ("spoken", "said"))
        self._codes = {
            word: code for word, code in unique.items() if word not in own["generic"] or word in own["vague"]
        }
        self._begin: dict[str, list[tuple[str, str]]] = {}
        for word, code in self._codes.items():
            self._begin.setdefault(word[0], []).append((word, code))

    def called(self, head: str) -> set[str]:
        """The aspects a head calls by their titles or short names, or by a single character."""
        head = self._unsaid.sub("、", head)
        bare = head.strip(" 。：:“”？?")
        if len(bare) == 1:
            return {code for code, known in self._letters.items() if bare in known}
        least = 1 if len(bare) <= CALLED else HALF
        begun = [self._begin[letter] for letter in self._begin.keys() & set(head)]
        known = {code for words in begun for word, code in words if len(word) >= least and word in head}
        return known.union(self.named(head))

    def turns_to(self, role: str, text: str) -> bool:
        """Whether a paragraph says in a few words that a section comes next (再说来由。)."""
        found = self.pattern("turns_to").match(text)
        return found is not None and self.meets(f"section_{role}", found.group())

    def spoken(self, text: str) -> list[str]:
        """The aspect a paragraph begins to speak of by a single character (先说学。)."""
        letter = self._spoken.match(text)
        return [code for code, known in self._letters.items() if letter and letter.group(1) in known][:1]

    def pattern(self, key: str) -> re.Pattern[str]:
        """How headings of a section, or sentences that open one, are known."""
        return self.rules.pattern("headings", key)

    def meets(self, key: str, text: str) -> bool:
        """Whether a text has what a section is known by."""
        return self.rules.meets("headings", key, text)

    def named(self, head: str) -> list[str]:
        """Codes of the aspects whose full titles a heading has, in its order."""
        found = self._named.findall(head)
        return list(dict.fromkeys(map(self.full.__getitem__, found))) if found else []

    def at_end(self, text: str) -> list[str]:
        """The aspect a line ends by calling (说的是理论学习。)."""
        found = self._ends.search(text)
        return [self.full[found.group(1)]] if found else []

    def hinted(self, head: str, *, heading: bool) -> list[str]:
        """The one aspect a heading has a short name of, the earliest if several; vague ones count in headings only."""
        head = self._unsaid.sub("、", head)
        found = self._short.search(head) or (self._vague.search(head) if heading else None)
        return [self._codes[found.group()]] if found else []

    def joined(self, head: str) -> list[str]:
        """Two or more aspects a heading joins by "and" (担当和作风); nothing where it names only one."""
        if not JOINED.search(head):
            return []
        found = [
            code
            for piece in JOINED.split(head)
            for code in (self.named(piece) or [self.short[each] for each in self._short.findall(piece)][:1])
        ]
        return list(dict.fromkeys(found)) if len(set(found)) > 1 else []

    def split(self, text: str) -> list[tuple[str, list[str]]]:
        """A paragraph cut where a sentence begins with the next aspect's title."""
        if not any(title in text for title in self.full):
            return [(text, [])]
        cuts = [0, *(found.end() for found in self._next.finditer(text))]
        pieces: list[tuple[str, list[str]]] = []
        for begin, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
            codes = self.named(text[begin:end][:HEAD])[:1] if len(cuts) > 1 else []
            if pieces and (codes == pieces[-1][1] or not pieces[-1][1]):
                pieces[-1] = (pieces[-1][0] + text[begin:end], codes or pieces[-1][1])
            else:
                pieces.append((text[begin:end], codes))
        return pieces


def _one_of(words: Iterable[str]) -> str:
    """A pattern for one of some words, of those from one place the longest."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


@functools.lru_cache(maxsize=64)
def titles(aspects: tuple[tuple[str, str], ...], rules: Rules) -> Titles:
    """A campaign's aspects, (code, title) each, in these rules."""
    return Titles(aspects, rules)


def numbered(text: str) -> tuple[int, str]:
    """How deep a paragraph's number is (1 is 一、; 0 none) and the text after it."""
    found = ANY_NUMBER.match(text) if text[:1] in NUMBERS else None
    return (found.lastindex or 0, text[found.end() :]) if found else (0, text)


def mark(paragraph: dict[str, Any], titles: Titles) -> Mark:
    """Everything one paragraph shows by itself."""
    text = paragraph["text"]
    depth, rest = numbered(text)
    if text[0] in BRACKETS and (boxed := BOXED.match(text) or (None if depth else CALLING.match(text))):
        calls = len(text) > HEAD and len(titles.called(boxed.group(1))) == 1
        if calls or boxed.re is BOXED:
            depth, rest = CALLING_DEPTH if calls else 0, boxed.group(1) + "：" + text[boxed.end() :]
    bare = text.rstrip("：: ")
    if depth and len(rest) <= CALLED:
        bare = bare.rstrip("。")
    heading = (
        not paragraph["table"]
        and len(bare) <= SHORT
        and not SENTENCE_INSIDE.search(bare[:-1])
        and not bare.endswith("。")
    )
    quoted = text[0] == "“" and text[-1] == "”" and len(text) <= HEAD and not paragraph["table"]
    heading = (
        quoted or heading and bool(paragraph["heading"] or depth or text.endswith(("：", ":")) or len(bare) <= HEAD)
    )
    ends = HEAD_END.search(rest)
    head = rest[: ends.start()] if ends else rest
    found = Mark(paragraph["n"], text, head, depth, paragraph["table"], heading, level=paragraph["heading"])
    if paragraph["table"]:
        return found
    role = "" if heading else labelled(rest, titles)
    candidates = [] if role in ("cause", "measure") else _candidates(found, rest, titles)
    found.section = "" if candidates else role
    found.local = bool(found.section)
    run_in = (depth == 1 or rest[len(head) : len(head) + 1] in ("：", ":")) and len(head) <= HEAD
    if not found.local and (heading or run_in) and (not candidates or (depth == 1 and not titles.named(head))):
        named = rest if heading else head
        found.section = _section(named, titles)
    found.aspects = [] if found.section else candidates if heading else candidates[:1]
    found.nested = bool(candidates) and depth == 1
    if not heading and len(candidates) > 1 and JOINED.search(rest[:HEAD]):
        found.aspects = candidates
    return found


def _section(named: str, titles: Titles) -> str:
    """Which section a heading names; one of problems with their causes is one of problems."""
    if titles.meets("section_both", named):
        return "problem"
    return next((role for role in SECTIONS if titles.meets(f"section_{role}", named)), "")


def label(text: str) -> str:
    """The few words a paragraph sets before what it tells (根源：…)."""
    found = LABEL.match(text)
    return found.group(1) if found and found.end() < len(text) else ""


def labelled(text: str, titles: Titles) -> str:
    """What a paragraph says of itself before it begins (根源：…, 怎么改？…)."""
    named = label(text)
    if not named:
        return ""
    return next((role for role in LABELLED if titles.pattern(f"label_{role}").fullmatch(named)), "")


def _candidates(found: Mark, rest: str, titles: Titles) -> list[str]:
    candidates = titles.named(rest if found.is_heading else rest[:HEAD])
    short = len(found.head) <= HEAD
    if len(candidates) < HALF and short and (found.is_heading or found.depth) and (both := titles.joined(found.head)):
        return both
    if candidates:
        return candidates
    if found.is_heading or found.depth:
        said = found.is_heading or len(found.head) <= CALLED
        return titles.hinted(found.head if said else found.head[: HEAD // 2], heading=said)
    if spoken := titles.spoken(found.text):
        return spoken
    lead = titles.said.match(found.text)
    if lead and len(lead.group()) <= LEAD:
        return titles.hinted(lead.group(), heading=True)
    return titles.at_end(found.text) if len(found.text) <= LINE else []


def is_section_title(line: dict[str, Any], titles: Titles) -> bool:
    """Whether a line only names its section."""
    if not line["heading"]:
        return False
    return titles.meets(f"section_{line['role']}", BOXED.sub(r"\1", numbered(line["text"])[1]))


def is_lead_in(text: str, titles: Titles) -> bool:
    """Whether a sentence only introduces what follows ("in view of these problems, I will …")."""
    return len(text) <= LONG * 2 and titles.meets("lead_in", text)


def enumerated(text: str, least: int = 12) -> list[str]:
    """A paragraph's items where it counts them (一是…二是…); the whole where it does not."""
    cuts = [0, *[found.end() for found in NEXT_ITEM.finditer(text)]]
    pieces = [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    if len(pieces) < HALF + 1 and not (len(pieces) == HALF and ITEM.match(text)):
        return [text]
    return pieces if sum(len(piece) for piece in pieces) >= least * len(pieces) else [text]
