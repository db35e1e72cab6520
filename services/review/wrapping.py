"""Wrapping: paragraphs put together again from lines that were broken at the edge of a page."""

import re
import unicodedata

START = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}[，,、章条]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[、.．）)](?!\d)|[①-⑳])"
)
END = "。！？；：…”）)"
INDENTED = re.compile(r"^(?: {2,}|\u3000+|\t+)\S")


def width(line: str) -> int:
    """How wide a line is printed, in half characters."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)


def is_wrapped(lines: list[str]) -> bool:
    """Whether a text's lines were broken at one width: most are about as wide as the widest, and none is long."""
    widths = [width(line.strip()) for line in lines if line.strip()]
    if len(widths) < 12:  # noqa: PLR2004  (too few lines to tell)
        return False
    widest = max(widths)
    return widest <= 120 and sum(each >= widest - 6 for each in widths) >= 0.5 * len(widths)  # noqa: PLR2004


def rejoin(lines: list[str]) -> list[str]:
    """One line per paragraph: a line goes on unless it was short or the next is numbered, indented or after a blank."""
    widest = max((width(line.strip()) for line in lines), default=0)
    paragraphs: list[str] = []
    fresh = True
    for raw in lines:
        line = raw.strip()
        if not line:
            fresh = True
            continue
        if fresh or START.match(line) or INDENTED.match(raw):
            paragraphs.append(line)
        else:
            gap = " " if paragraphs[-1][-1:].isascii() and line[:1].isascii() and line[:1].isalpha() else ""
            paragraphs[-1] += gap + line
        fresh = width(line) < widest - 7 and not _open(paragraphs[-1])
    return paragraphs


def _open(text: str) -> bool:
    return text.count("（") > text.count("）") or text.count("“") > text.count("”")
