"""Headings: which section or aspect a paragraph opens, in every numbering style in use, with or without a heading.

What is said here stands on three things: the words of a heading (a section is named by what it holds), its
shortness (a heading is no sentence) and its depth (一、 above （一） above 1. above ①), so that a word alone never
turns a sentence into a section.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import facts

RULES: dict[str, Any] = json.loads((Path(__file__).parent / "headings.json").read_text("utf-8"))
NUMBER = [
    re.compile(pattern)
    for pattern in (
        r"第[一二三四五六七八九十]+(?:部分|章)[、：:\s]*|[一二三四五六七八九十]{1,3}[、.．]\s*",
        r"[（(][一二三四五六七八九十]{1,3}[）)][、.．]?\s*",
        r"\d{1,2}[、.．](?!\d)\s*|第[一二三四五六七八九十]+[，,、：:]\s*",
        r"[（(]\d{1,2}[）)]\s*|\d{1,2}[）)]\s*",
        r"[①-⑳]\s*",
        r"[一二三四五六七八九十]{1,2}是(?!否)",
    )
]
SECTIONS = {role: re.compile(pattern) for role, pattern in RULES["sections"].items()}
LEADS = {role: re.compile(pattern) for role, pattern in RULES["leads"].items()}
CLOSING, LEAD_IN = re.compile(RULES["closing"]), re.compile(RULES["lead_in"])
ITEM = re.compile(
    r"(?:(?<=[。；！？：:\s])|^)(?=(?:[一二三四五六七八九十]{1,2}是(?!否)|第[一二三四五六七八九十]{1,2}[，,、：]|其[一二三四五六七八九]|"
    r"[（(]\d{1,2}[）)]|[①-⑳]|首先[，,是]|其次[，,是]|再次[，,是]|最后[，,是]))"
)
HEAD, SHORT, LONG = 24, 40, 45
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

    @property
    def long(self) -> bool:
        """Whether it is a sentence rather than a line of a title."""
        return len(self.text) > LONG or self.text.endswith("。")


class Titles:
    """The campaign's aspects and the ways their titles are shortened."""

    def __init__(self, aspects: Sequence[dict[str, str]]) -> None:
        self.full = {each["title"]: each["code"] for each in aspects}
        halves: dict[str, set[str]] = {}
        for each in aspects:
            title = each["title"]
            words = {title[:2], title[2:]} if len(title) == HALF * 2 else set()
            for word in words | set(RULES["aliases"].get(title, ())):
                halves.setdefault(word, set()).add(each["code"])
        unique = {word: codes.pop() for word, codes in halves.items() if len(codes) == 1}
        self.short = {word: code for word, code in unique.items() if word not in RULES["generic"]}
        self.vague = {word: code for word, code in unique.items() if word in RULES["vague"]}
        starts = "|".join(map(re.escape, sorted(self.full, key=len, reverse=True))) or "(?!)"
        self._start = re.compile(rf"(?:(?<=[。；！？])|^)(?=[^，。；！？：]{{0,8}}(?:{starts}))")
        self._named = re.compile(starts)

    def named(self, head: str) -> list[str]:
        """Codes of the aspects whose full titles a heading has, in its order."""
        found = [self.full[each.group()] for each in self._named.finditer(head)]
        return list(dict.fromkeys(found))

    def hinted(self, head: str, *, heading: bool) -> list[str]:
        """The one aspect a heading has a short name of, the earliest if several; vague ones count in headings only."""
        words = [self.short, self.vague] if heading else [self.short]
        for known in words:
            if places := sorted((head.find(word), -len(word), code) for word, code in known.items() if word in head):
                return [places[0][2]]
        return []

    def split(self, text: str) -> list[tuple[str, list[str]]]:
        """A paragraph cut where a sentence begins with the next aspect's title."""
        cuts = sorted({found.start() for found in self._start.finditer(text)} | {0})
        pieces: list[tuple[str, list[str]]] = []
        for begin, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
            codes = self.named(text[begin:end][:HEAD])[:1] if len(cuts) > 1 else []
            if pieces and (codes == pieces[-1][1] or not pieces[-1][1]):
                pieces[-1] = (pieces[-1][0] + text[begin:end], codes or pieces[-1][1])
            else:
                pieces.append((text[begin:end], codes))
        return pieces


def numbered(text: str) -> tuple[int, str]:
    """How deep a paragraph's number is (1 is 一、; 0 none) and the text after it."""
    for depth, pattern in enumerate(NUMBER, 1):
        if found := pattern.match(text):
            return depth, text[found.end() :]
    return 0, text


def mark(paragraph: dict[str, Any], titles: Titles) -> Mark:
    """Everything one paragraph shows by itself."""
    text = paragraph["text"]
    depth, rest = numbered(text)
    bare = text.rstrip("：: ")
    heading = (
        not paragraph["table"]
        and len(bare) <= SHORT
        and not re.search(r"[。；！？]", bare[:-1])
        and not bare.endswith("。")
    )
    heading = heading and bool(paragraph["heading"] or depth or text.endswith(("：", ":")) or len(bare) <= HEAD)
    head = re.split(r"[。：:；]", rest, maxsplit=1)[0]
    found = Mark(paragraph["n"], text, head, depth, paragraph["table"], heading)
    if paragraph["table"]:
        return found
    candidates = titles.named(rest[:HEAD] if not heading else head)
    if not candidates and (heading or depth):
        candidates = titles.hinted(head if heading else head[: HEAD // 2], heading=heading)
    run_in = (depth == 1 or rest[len(head) : len(head) + 1] in ("：", ":")) and len(head) <= HEAD
    if (heading or run_in) and (not candidates or (depth == 1 and not titles.named(head))):
        found.section = next((role for role, pattern in SECTIONS.items() if pattern.search(head)), "")
    found.aspects = [] if found.section else candidates if heading else candidates[:1]
    found.nested = bool(candidates) and depth == 1
    if not heading and len(candidates) > 1 and re.search(r"[和与、及]", rest[:HEAD]):
        found.aspects = candidates
    return found


def guess(marks: Sequence[Mark]) -> None:
    """Sections of a text without headings: known by how their first sentence begins."""
    have = {each.section for each in marks}
    order = [role for role in ("cause", "measure") if role not in have]
    firsts: dict[str, int] = {}
    for i, each in enumerate(marks):
        for code in each.aspects:
            firsts.setdefault(code, i)
    opened = next((i for i, each in enumerate(marks) if each.section == "problem"), 0)
    begun = max([opened, *firsts.values()])
    for role in order:
        for i, each in enumerate(marks):
            begins = i > begun and not each.section and not each.table and LEADS[role].search(each.text[:60])
            if begins and (not each.aspects or role == "measure"):
                each.section, each.aspects = role, []
                break
    table = next((each for each in marks if each.table), None)
    if table is not None and not any(each.section == "measure" for each in marks):
        table.section = "measure"


def closes(found: Mark) -> bool:
    """Whether a last paragraph takes leave instead of promising something."""
    return (
        not found.depth and not found.table and CLOSING.search(found.text) is not None and facts.weight(found.text) < 1
    )


def sums_up(text: str) -> bool:
    """Whether a paragraph speaks of all problems together after the last aspect."""
    return re.match(r"(?:上述|以上|这些)(?:的)?(?:问题|不足|种种)", text) is not None


def is_section_title(line: dict[str, Any]) -> bool:
    """Whether a line only names its section."""
    _, rest = numbered(line["text"])
    return bool(line["heading"]) and SECTIONS[line["role"]].search(rest) is not None


def is_lead_in(text: str) -> bool:
    """Whether a sentence only introduces what follows ("in view of these problems, I will …")."""
    return LEAD_IN.search(text) is not None and len(text) <= LONG * 2


def enumerated(text: str, least: int = 12) -> list[str]:
    """A paragraph's items where it counts them (一是…二是…); the whole where it does not."""
    cuts = sorted({found.start() for found in ITEM.finditer(text)} | {0})
    pieces = [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    if len(pieces) < HALF + 1 and not (len(pieces) == HALF and ITEM.match(text)):
        return [text]
    return pieces if sum(len(piece) for piece in pieces) >= least * len(pieces) else [text]
