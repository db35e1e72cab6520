"""Origin: who wrote a text and when, as its own head says it (title lines, a line with unit and post, a date below)."""

import re
from collections.abc import Sequence
from typing import Any

from . import headings

DATE = re.compile(
    r"((?:19|20)\d\d|二[〇○零][〇○零一二三四五六七八九]{2})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月(?:\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?"
)
AUTHOR = re.compile(r"(?:局|委员会|办公室|政府|中心|院|校|镇|乡|街道|部).*(?:局长|主任|书记|班子|成员|部长|院长)")
TITLE = re.compile(r"\s|专题民主生活会.*|主题教育.*|^#+")


def written_on(paragraphs: Sequence[dict[str, Any]]) -> str | None:
    """The day or month a text gives itself below its title, as `2023-12-28` or `2023-12`."""
    for each in paragraphs[:6]:
        found = DATE.search(each["text"]) if len(each["text"]) <= headings.HEAD else None
        if found:
            parts = [_number(part) for part in found.groups() if part]
            return "-".join(f"{part:02d}" for part in parts)
    return None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    digits = {letter: i for i, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (digits[tens] if tens else 1) * 10 + (digits[ones] if ones else 0)
    return int("".join(str(digits[letter]) for letter in text))


def author(paragraphs: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Who wrote a text, as its title lines name unit and post."""
    short = [each["text"] for each in paragraphs[:4] if len(each["text"]) <= headings.SHORT]
    return frozenset(line for line in (TITLE.sub("", text) for text in short) if AUTHOR.search(line))
