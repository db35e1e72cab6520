"""Word and Excel files, distrusted: a zip whose directory and parts may lie, looked into before it is kept.

What must stay true: whatever opens the file later finds in it what was looked at here: no part twice, no declared
size or number that is another, no entity, no macro, nothing that is fetched when somebody opens it.
"""

import html
import io
import re
import struct
import zipfile
import zlib

from services.spine.errors import Refusal

LARGEST_INFLATED = 40 * 2**20
LARGEST_RATIO = 200
MOST_ENTRIES = 2000
DIRECTORY_END, ENCRYPTED, MANY = b"PK\x05\x06", 1, 0xFFFF
TYPES = "[content_types].xml"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
)
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|/(activex|macrosheets)/")
_LINK = re.compile(r"<(?:\w+:)?Relationship\s[^<>]*>")
_LOADED = re.compile(r"/(attachedTemplate|oleObject|frame|subDocument)[\"']")
_ELSEWHERE = re.compile(r"\bTarget\s*=\s*[\"'](https?:|ftp:|\\\\|//|file:(//[^/]|/{4}))", re.IGNORECASE)


def words(name: str, data: bytes, main: str, otherwise: str, signs: str) -> str:
    """All words of a package whose main part is `main`, also those in attributes, if one of the signs stands in any;
    refuses what may not come in, and what is no such package as being `otherwise`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _check_directory(name, data, entries)
            if main not in package.namelist():
                raise Refusal("file_not_what_its_name_says", name=name, actual=otherwise)
            texts = {entry.filename.lower(): _text(package.read(entry)) for entry in entries if _is_xml(entry)}
    except BROKEN:
        raise Refusal("file_damaged", name=name) from None
    if re.search("macroenabled|vbaproject", texts.get(TYPES, ""), re.IGNORECASE):
        raise Refusal("file_macros", name=name)
    if any("<!DOCTYPE" in text or (part.endswith(".rels") and _fetches(text)) for part, text in texts.items()):
        raise Refusal("file_unsafe", name=name)
    read = [html.unescape(text) for text in texts.values()]
    if not any(sign in text for text in read for sign in signs):
        return ""
    bare = (html.unescape(re.sub(r"<[^<>]*>", "", text)) for text in texts.values())
    return "\n".join(part for both in zip(bare, read, strict=True) for part in both)


def _check_directory(name: str, data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """What the directory says, before any part is inflated; nothing inflates beyond what is said here."""
    inflated = sum(entry.file_size for entry in entries)
    if inflated > LARGEST_INFLATED or inflated > LARGEST_RATIO * len(data) or len(entries) > MOST_ENTRIES:
        raise Refusal("file_bomb", name=name)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Refusal("file_encrypted", name=name)
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if any(_MACROS.search(one) for one in names):
        raise Refusal("file_macros", name=name)
    (said,) = struct.unpack_from("<H", data, data.rindex(DIRECTORY_END) + 10)
    if len(set(names)) != len(names) or said not in (len(names), MANY):
        raise Refusal("file_damaged", name=name)


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".xml", ".rels", ".vml"))


def _fetches(links: str) -> bool:
    """Whether opening the file loads a template or an object from elsewhere; a link that one clicks does not."""
    return any(_LOADED.search(link) and _ELSEWHERE.search(html.unescape(link)) for link in _LINK.findall(links))


def _text(xml: bytes) -> str:
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return xml.decode("utf-16", "replace")
    if b"\0" in xml[:2]:
        return xml.decode("utf-16-le" if xml[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return xml.decode()
    except UnicodeDecodeError:
        return xml.decode("gb18030", "replace")
