"""What a file really is: its content decides, its name must agree.

These are the cheap checks at the threshold (first bytes, whether the end came with it, the directory of a zip, one
bounded look for a secrecy mark); reading a document is the review worker's business, in a process with limits.
"""

import re
import zlib

from services.intake import packages
from services.spine import marks
from services.spine.errors import Refusal

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF, PNG, JPEG, TEXT, MARKDOWN = "application/pdf", "image/png", "image/jpeg", "text/plain", "text/markdown"
ENDINGS = {
    "docx": DOCX,
    "xlsx": XLSX,
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "txt": TEXT,
    "md": MARKDOWN,
}
MATERIAL = ("docx", "pdf", "txt", "md")
EVIDENCE = tuple(ENDINGS)
"""Kinds that the pre-check reads: words only. Of all others tables and pictures of signed pages come in as well."""
LARGEST_MB = {DOCX: 10, XLSX: 10, PDF: 10, PNG: 8, JPEG: 8, TEXT: 2, MARKDOWN: 2}
KNOWN_AS = {
    "zip": "压缩包 (zip)",
    "binary": "无法识别的数据 (binary)",
    "HTML": "网页 (HTML)",
    "RTF": "RTF",
    TEXT: "纯文本 (text)",
    PDF: "PDF",
    PNG: "PNG 图片 (picture)",
    JPEG: "JPEG 图片 (picture)",
}
LEGACY_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
FAMILIAR = 0.7
"""The least share of common Chinese characters in what is read as GB18030: any bytes at all are some text in it."""
TAIL = 8192


def recognise(name: str, data: bytes, accepted: tuple[str, ...]) -> str:
    """The media type of a file that may come in; refuses, in words its sender can act on, what may not."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if not data.strip():
        raise Refusal("file_empty", name=name)
    if data.startswith(LEGACY_WORD):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise Refusal("file_encrypted" if locked else "file_legacy_word", name=name)
    if ending not in accepted:
        raise Refusal("file_kind_unknown", name=name, accepted="、".join(f".{one}" for one in accepted))
    media = ENDINGS[ending]
    if len(data) > LARGEST_MB[media] * 2**20:
        raise Refusal("file_too_large", name=name, limit_mb=LARGEST_MB[media])
    actual, words = _actual(data), ""
    if actual != ("zip" if media in MAIN else TEXT if media == MARKDOWN else media):
        raise Refusal("file_not_what_its_name_says", name=name, actual=KNOWN_AS.get(actual, actual))
    if media in MAIN:
        words = packages.words(name, data, MAIN[media], KNOWN_AS["zip"], marks.STARS)
    elif actual == TEXT:
        words = decoded(data) or ""
        if not any(sign.isprintable() and sign != " " for sign in words):
            raise Refusal("file_empty", name=name)
    elif not _whole(media, data):
        raise Refusal("file_damaged", name=name)
    check_unmarked(name, words)
    return media


def check_unmarked(*texts: str) -> None:
    """Refuse what bears the mark of a state secret, wherever it stands."""
    for text in texts:
        if mark := marks.mark(text):
            raise Refusal("secrecy_mark", mark=mark)


def decoded(data: bytes) -> str | None:
    """Text in UTF-8, GB18030 or (with its mark) UTF-16, or None when it is none of them."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text) and (encoding != "gb18030" or _chinese(text)):
            return text
    return None


def _chinese(text: str) -> bool:
    plain = len(text.encode("ascii", "ignore"))
    common = (len(text.encode("gb2312", "ignore")) - plain) // 2
    return common >= FAMILIAR * (len(text) - plain)


def _actual(data: bytes) -> str:
    signatures = ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG))
    for signature, found in (*signatures, (b"\xff\xd8\xff", JPEG)):
        if data.startswith(signature):
            return found
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "HTML"
    if head.startswith(b"{\\rtf"):
        return "RTF"
    return TEXT if decoded(data) is not None else "binary"


def _whole(media: str, data: bytes) -> bool:
    """Whether the end of a PDF or a picture came with it, and a picture's parts have their sums."""
    if media == PDF:
        return b"%%EOF" in data[-TAIL:]
    if media == JPEG:
        return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")
    at, kind = 8, b""
    while kind != b"IEND" and at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 8 + length
        if zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4]):
            return False
        at = end + 4
    return kind == b"IEND"
