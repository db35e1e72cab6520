"""Origin: who wrote a text and when, as its own head says it (title lines, a line with unit and post, a date below).

A head is only what somebody typed: who handed a text in is known better, and a head that names somebody else is told.
Only what cannot be an abbreviation counts: another county or city, an office without a character in common, the
deputy's outline under the chief's post.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import headings, letters

DATE = re.compile(
    r"((?:19|20)\d\d|二[〇○零][〇○零一二三四五六七八九]{2})\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月(?:\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?"
)
AUTHOR = re.compile(
    r"(?:局|委员会|办公室|政府|中心|院|校|镇|乡|街道|部|公司|集团|银行|馆|厂|会|社|所|站|队|党[组委]).*(?:局长|主任|书记|班子|成员|部长|院长|经理|董事长|行长|馆长|主席|校长|委员|镇长|乡长|县长|市长|区长|检察长|所长|站长|处长|厂长|社长|会长|理事长|总工程师|总监|大队长|支队长)"
)
WHERE = re.compile(r"[\u4e00-\u9fff]{2}[县市区州旗]")
NO_PLACE = re.compile(r"开发区|[园城景新矿林牧]区|(?:高新|示范|保护)区")
OFFICE = re.compile(
    r"^(?:中共)?(?:[\u4e00-\u9fff]{2,3}[县市区州旗])+(?P<office>[\u4e00-\u9fff]{1,18}?(?:局|委员会|办公室|中心|法院|检察院|政府|大学|学院|医院|银行|公司))"
)
HEADS = ("局长", "主任", "院长", "检察长", "校长", "县长", "市长", "区长", "主席", "部长", "馆长")
EVERY_OFFICE = re.compile(r"中共|党[组委]|人民|委员会|办公室|管理|中心|[局委办县市区州旗院和与的]")
PIECE = re.compile(r"[（(）)：:—]+")
TITLE = re.compile(r"\s|专题民主生活会.*|主题教育.*|^#+")


def written_on(paragraphs: Sequence[dict[str, Any]]) -> str | None:
    """The day or month a text gives itself below its title, as `2023-12-28` or `2023-12`."""
    for each in paragraphs[:6]:
        found = DATE.search(each["text"]) if len(each["text"]) <= headings.HEAD else None
        if found:
            parts = [int(letters.number(part)) for part in found.groups() if part]
            return "-".join(f"{part:02d}" for part in parts)
    return None


def author(paragraphs: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Who wrote a text, as its title lines name unit and post."""
    short = [each["text"] for each in paragraphs[:4] if len(each["text"]) <= headings.SHORT]
    return frozenset(line for line in (TITLE.sub("", text) for text in short) if AUTHOR.search(line))


def of_another(paragraphs: Sequence[dict[str, Any]], known: Mapping[str, str]) -> tuple[int, str] | None:
    """The paragraph and the words of the head that name another unit or post than `known` ({unit_name, title})."""
    for each in paragraphs[:4]:
        pieces = PIECE.split(each["text"]) if len(each["text"]) <= headings.SHORT else ()
        for line in (TITLE.sub("", piece) for piece in pieces):
            if AUTHOR.search(line) and (
                _elsewhere(line, known) or _other_office(line, known) or _other_post(line, known.get("title", ""))
            ):
                return each["n"], each["text"].strip()
    return None


def _places(text: str) -> set[str]:
    return set(WHERE.findall(NO_PLACE.sub("、", text)))


def _elsewhere(line: str, known: Mapping[str, str]) -> bool:
    named, mine = _places(line), _places(known["unit_name"])
    return bool(named and mine) and not any(place in known["unit_name"] for place in named)


def _other_office(line: str, known: Mapping[str, str]) -> bool:
    named, mine = OFFICE.search(line), OFFICE.search(known["unit_name"])
    if not named or not mine:
        return False
    theirs, own = set(EVERY_OFFICE.sub("", named["office"])), set(EVERY_OFFICE.sub("", mine["office"]))
    return bool(theirs and own) and not theirs & (own | set(known.get("title", "")))


def _other_post(line: str, title: str) -> bool:
    for head in HEADS:
        deputy, chief = re.compile(f"副{head}"), re.compile(f"(?<!副){head}")
        if chief.search(line) and not deputy.search(line) and deputy.search(title) and not chief.search(title):
            return True
        if deputy.search(line) and not chief.search(line) and chief.search(title) and not deputy.search(title):
            return True
    return False
