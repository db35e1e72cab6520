"""Placeholders: where in a Word template of the office's own the unit's facts are written in, `{单位名称}`.

What must stay true: only the places are changed, every other byte of the document's parts stays; a place is found also
where Word has cut it in pieces; what is written in is text and nothing else. Braces may be full-width, as typed.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lxml import etree

from services.intake import reference
from services.spine.errors import Refusal

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH, TEXT = f"{WORD}p", f"{WORD}t"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
PARTS = re.compile(r"word/(document|(header|footer)\d*|footnotes|endnotes)\.xml")
LARGEST_TEXT = 8 * 2**20
PLACE = re.compile(r"[{｛]([^{}｛｝]*)[}｝]?|[}｝]")
SHOWN = 20


class Offered(NamedTuple):
    """A placeholder on offer: what it stands for, in both languages."""

    zh: str
    en: str


OFFERED = {
    "单位名称": Offered("单位的全称", "the unit's name"),
    "活动名称": Offered("活动的名称", "the campaign's title"),
    "材料名称": Offered("材料种类的名称", "what the kind of material is called"),
    "会议日期": Offered("民主生活会的日期", "the day of the meeting"),
    "岗位": Offered("撰写人的岗位（个人材料）", "the author's post (in a member's material)"),
    "班子岗位": Offered("班子全部岗位，用顿号隔开", "all posts of the team, in a row"),
    "检视方面": Offered("活动要求检视的方面，用顿号隔开", "the aspects the campaign has examined, in a row"),
}


def values(kind: str, facts: reference.Facts) -> dict[str, str]:
    """What is written in at each place; where something is not known, a place to fill in that the pre-check finds."""
    known = reference.known(facts)
    posts, aspects = ("、".join(reference.plain(title) for _, title in some) for some in (facts.posts, facts.aspects))
    return {
        "单位名称": known["unit"],
        "活动名称": known["campaign"],
        "材料名称": reference.called(kind),
        "会议日期": known["meeting_on"],
        "岗位": reference.plain(facts.titled) or reference.hint("岗位"),
        "班子岗位": posts or reference.hint("班子岗位"),
        "检视方面": aspects or reference.hint("检视方面"),
    }


def check(name: str, data: bytes) -> list[str]:
    """The placeholders of a template in their order; refuses those that nothing stands for, each with the right one."""
    found = [found for _, tree in _parts(name, data) for found in _places(tree)]
    faults = []
    for written in dict.fromkeys(found):
        if (called := _named(written)) not in OFFERED or not written.endswith(("}", "｝")):
            near = difflib.get_close_matches(called, OFFERED, 1, 0.4) or OFFERED
            right = "、".join(f"{{{one}}}" for one in near)
            place = {"pointer": "/file", "code": "placeholder_unknown"}
            faults.append({**place, "found": written[:SHOWN], "right": right})
    if faults:
        said = {key: faults[0][key] for key in ("found", "right")}
        raise Refusal("placeholder_unknown", **said, errors=faults)
    return list(dict.fromkeys(_named(written) for written in found))


def fill(data: bytes, written: Mapping[str, str]) -> bytes:
    """The template with its places filled in."""
    changed = {}
    for part, tree in _parts("", data):
        for paragraph in tree.iter(PARAGRAPH):
            _fill(_texts(paragraph), written)
        changed[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as filled:
        for entry in package.infolist():
            filled.writestr(entry, changed.get(entry.filename) or package.read(entry))
    return out.getvalue()


def _parts(name: str, data: bytes) -> Iterator[tuple[str, Any]]:
    """The parts of a document in which people read words."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entries = [entry for entry in package.infolist() if PARTS.fullmatch(entry.filename)]
        if sum(entry.file_size for entry in entries) > LARGEST_TEXT:
            raise Refusal("file_bomb", name=name)
        for entry in entries:
            try:
                yield entry.filename, etree.fromstring(package.read(entry), parser)
            except etree.XMLSyntaxError:
                raise Refusal("file_damaged", name=name) from None


def _texts(paragraph: Any) -> list[Any]:
    """The pieces of text of a paragraph, without those of paragraphs inside it (text boxes)."""
    return [one for one in paragraph.iter(TEXT) if next(one.iterancestors(PARAGRAPH)) is paragraph]


def _places(tree: Any) -> Iterator[str]:
    for paragraph in tree.iter(PARAGRAPH):
        for found in PLACE.finditer("".join(one.text or "" for one in _texts(paragraph))):
            yield found.group()


def _named(written: str) -> str:
    return written.strip("{}｛｝ \u3000\u00a0")


def _fill(texts: list[Any], written: Mapping[str, str]) -> None:
    """Write in from the last place to the first, into the piece in which the place begins."""
    for found in reversed(list(PLACE.finditer("".join(one.text or "" for one in texts)))):
        value, at = written.get(_named(found.group())), 0
        if value is None:
            continue
        for one in texts:
            text = one.text or ""
            begins, ends = max(found.start() - at, 0), min(found.end() - at, len(text))
            first = 0 <= found.start() - at < len(text)
            at += len(text)
            if begins < ends:
                one.text = text[:begins] + (value if first else "") + text[ends:]
                one.set(SPACE, "preserve")
