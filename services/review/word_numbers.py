"""Word's automatic numbers, written out: what a reader sees before a paragraph but its text does not hold.

Levels come from numbering.xml, a paragraph's place in them from itself or from its style; counters run in document
order.
"""

import re
from typing import Any

DIGITS = "零一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
FORMAL = "零壹贰叁肆伍陆柒捌玖"
CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "ideographDigital", "japaneseDigitalTenThousand", "koreanDigital",
}  # fmt: skip
STEMS = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}


def chinese(number: int) -> str:
    """21 as 二十一; numbers from a hundred on digit by digit."""
    if number > 99 or number < 0:  # noqa: PLR2004
        return "".join(DIGITS[int(each)] for each in str(abs(number)))
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def written(number: int, form: str) -> str:
    """A number in one of Word's forms (`w:numFmt`); an unknown form is written in figures."""
    letter = chr(97 + (number - 1) % 26)
    forms = {
        "bullet": "", "none": "", "decimalZero": f"{number:02d}", "decimalEnclosedParen": f"（{number}）",
        "lowerLetter": letter, "upperLetter": letter.upper(), "lowerRoman": _roman(number).lower(),
        "upperRoman": _roman(number),
    }  # fmt: skip
    if form in CHINESE:
        return chinese(number)
    if form.startswith("decimalEnclosedCircle") or form == "ideographEnclosedCircle":
        return CIRCLED[number - 1] if 1 <= number <= len(CIRCLED) else f"({number})"
    if form.startswith("chineseLegal"):
        return "".join(FORMAL[DIGITS.index(each)] if each in DIGITS else "拾" for each in chinese(number))
    if form in STEMS:
        return STEMS[form][(number - 1) % len(STEMS[form])]
    return forms.get(form, str(number))


def _roman(number: int) -> str:
    values = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")]
    letters = ""
    for worth, letter in [*values, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
        while number >= worth:
            letters, number = letters + letter, number - worth
    return letters


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Any, name: str = "val") -> str:
    return next((str(found) for key, found in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _child(element: Any, *path: str) -> Any | None:
    for name in path:
        element = next((child for child in element if _local(child) == name), None)
        if element is None:
            return None
    return element


def _child_value(element: Any, name: str, default: str = "") -> str:
    found = _child(element, name)
    return default if found is None else _value(found)


class Numbers:
    """Counts through one document; `of(paragraph)` gives the number that stands before it, or nothing."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._levels: dict[str, dict[int, tuple[int, str, str]]] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles = (
            {} if styles is None else {_value(each, "styleId"): each for each in styles if _local(each) == "style"}
        )
        for each in () if numbering is None else numbering:
            if _local(each) == "abstractNum":
                self._levels[_value(each, "abstractNumId")] = {
                    int(_value(level, "ilvl") or 0): (
                        int(_child_value(level, "start", "1") or 1),
                        _child_value(level, "numFmt", "decimal"),
                        _child_value(level, "lvlText"),
                    )
                    for level in each
                    if _local(level) == "lvl"
                }
            elif _local(each) == "num":
                self._abstract[_value(each, "numId")] = _child_value(each, "abstractNumId")
                for override in (child for child in each if _local(child) == "lvlOverride"):
                    if start := _child_value(override, "startOverride"):
                        self._starts[_value(each, "numId"), int(_value(override, "ilvl") or 0)] = int(start)

    def style_name(self, style: str) -> str:
        """The name a style's id stands for."""
        return _child_value(self._styles[style], "name") if style in self._styles else style

    def of(self, paragraph: Any) -> str:
        """The number written before this paragraph, as `（三）`; empty without one."""
        number, level = self._place(paragraph)
        levels = self._levels.get(self._abstract.get(number, ""), {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(self._counter(number, level), {})
        start = self._starts.get((number, level), levels[level][0])
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]

        def put(found: re.Match[str]) -> str:
            other = int(found.group(1)) - 1
            begin, form, _ = levels.get(other, (1, "decimal", ""))
            return written(counts.get(other, begin), form)

        return "" if levels[level][1] == "bullet" else re.sub(r"%(\d)", put, levels[level][2])

    def _counter(self, number: str, level: int) -> str:
        return f"n{number}" if (number, level) in self._starts else f"a{self._abstract[number]}"

    def _place(self, paragraph: Any) -> tuple[str, int]:
        own = _child(paragraph, "pPr", "numPr")
        style = _child(paragraph, "pPr", "pStyle")
        number = _child_value(own, "numId") if own is not None else ""
        level = _child_value(own, "ilvl") if own is not None else ""
        name, seen = _value(style) if style is not None else "", 0
        while not (number and level) and name in self._styles and seen < 10:  # noqa: PLR2004  (styles may refer in a circle)
            given = _child(self._styles[name], "pPr", "numPr")
            if given is not None:
                number, level = number or _child_value(given, "numId"), level or _child_value(given, "ilvl")
            name, seen = _child_value(self._styles[name], "basedOn"), seen + 1
        return number, int(level or 0)
