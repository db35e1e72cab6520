"""What a file really is: its content decides, its name must agree.

These are the cheap checks at the threshold (first bytes, the directory of a zip, one bounded look for a secrecy mark);
reading a document is the review worker's business, in a process with limits.
"""

import html
import io
import re
import zipfile
import zlib

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
LARGEST_INFLATED = 40 * 2**20
LARGEST_RATIO = 200
MOST_ENTRIES = 2000
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
WITH_WORDS = re.compile(
    r"word/(header\d*|footer\d*|footnotes|endnotes|comments)\.xml$"
    r"|xl/(sharedStrings|worksheets/[^/]+|drawings/drawing\d+|comments\d*)\.xml$"
)
SECRECY = re.compile(r"(绝密|机密|秘密)\s*[★☆]|[★☆]\s*(绝密|机密|秘密)")


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
    actual = _actual(data)
    if media in (DOCX, XLSX):
        if actual != "zip":
            raise Refusal("file_not_what_its_name_says", name=name, actual=KNOWN_AS.get(actual, actual))
        words = _office(name, data, media)
    elif media in (PDF, PNG, JPEG):
        if actual != media:
            raise Refusal("file_not_what_its_name_says", name=name, actual=KNOWN_AS.get(actual, actual))
        words = ""
    else:
        if actual != TEXT:
            raise Refusal("file_not_what_its_name_says", name=name, actual=KNOWN_AS.get(actual, actual))
        words = decoded(data) or ""
    check_unmarked(name, words)
    return media


def check_unmarked(*texts: str) -> None:
    """Refuse what bears the mark of a state secret, wherever it stands."""
    for text in texts:
        if marked := SECRECY.search(text):
            raise Refusal("secrecy_mark", mark=marked.group(0))


def decoded(data: bytes) -> str | None:
    """Text in UTF-8, GB18030 or (with its mark) UTF-16, or None when it is none of them."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return text
    return None


def _actual(data: bytes) -> str:
    signatures = ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"%PDF-", PDF), (b"\x89PNG\r\n", PNG))
    for signature, found in (*signatures, (b"\xff\xd8\xff", JPEG)):
        if data.startswith(signature):
            return found
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "HTML"
    if head.startswith(b"{\\rtf"):
        return "RTF"
    return TEXT if decoded(data) is not None else "binary"


def _office(name: str, data: bytes, media: str) -> str:
    """Check a Word or Excel file's directory, inflate its main part within bounds, and give that part's words."""
    main = "word/document.xml" if media == DOCX else "xl/workbook.xml"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            inflated = sum(entry.file_size for entry in entries)
            if inflated > LARGEST_INFLATED or inflated > LARGEST_RATIO * len(data) or len(entries) > MOST_ENTRIES:
                raise Refusal("file_bomb", name=name)
            names = {entry.filename for entry in entries}
            if any(one.lower().endswith("vbaproject.bin") for one in names):
                raise Refusal("file_macros", name=name)
            if main not in names:
                raise Refusal("file_not_what_its_name_says", name=name, actual=KNOWN_AS["zip"])
            parts = [main, *sorted(one for one in names if WITH_WORDS.match(one))]
            return "\n".join(_words(_inflated(package, one, name)) for one in parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise Refusal("file_damaged", name=name) from None


def _inflated(package: zipfile.ZipFile, entry: str, name: str) -> bytes:
    with package.open(entry) as part:
        content = part.read(LARGEST_INFLATED + 1)
    if len(content) > LARGEST_INFLATED:
        raise Refusal("file_bomb", name=name)
    return content


def _words(xml: bytes) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", xml.decode("utf-8", "replace")))
