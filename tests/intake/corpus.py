"""Bad input, and some that is surprisingly good, as it comes on the last evening: what is sent where, and the answer.

Everything is made here by a few lines each; nothing is kept as a binary. `CASES` is put together from files, workbooks,
forms and what is said at the other doors (corpus_files, corpus_forms, corpus_doors).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.stack import CAMPAIGN

UNIT = "990823-NYNC"
OUTLINE = f"/materials/{CAMPAIGN}.{UNIT}.speech_outline.02/versions"
MINUTES = f"/materials/{CAMPAIGN}.{UNIT}.minutes.team/versions"
EVIDENCE = "/files"
PLACE = {"campaign": CAMPAIGN, "unit": UNIT}
Data = bytes | Callable[[], bytes]


class Case(NamedTuple):
    """What is sent to which door, and what has to come back: status, code, the place it points to, the name kept."""

    name: str
    door: str
    status: int
    code: str = ""
    pointer: str | None = None
    file: tuple[str | bytes, Data] | None = None
    fields: Mapping[str, str | bytes] = {}
    body: Any = None
    kept_as: str = ""
    method: str = "POST"
    type: str = ""


def file(called: str, data: Data, code: str = "", name: str | bytes = "提纲.docx", **more: Any) -> Case:
    """A speech outline as a file: refused by this code, or taken."""
    status = 413 if code == "file_too_large" else 422 if code else 201
    return Case(called, OUTLINE, status, code, file=(name, data), fields={"follows": "now"}, **more)


def evidence(called: str, data: Data, code: str = "", name: str | bytes = "佐证.xlsx", **more: Any) -> Case:
    """A piece of evidence."""
    status = 413 if code == "file_too_large" else 422 if code else 201
    return Case(called, EVIDENCE, status, code, file=(name, data), fields=PLACE, **more)


def package(parts: Mapping[str, str | bytes], **how: Any) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how.pop("compression", zipfile.ZIP_DEFLATED)) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


WORD_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def paragraph(words: str) -> str:
    """A part of a Word file with these words."""
    return f'<?xml version="1.0"?><w:document xmlns:w="w"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:document>'


def word(words: str = "对照检查", **parts: str | bytes) -> bytes:
    """A Word file with these words; further parts with __ for / and _ for . in their names."""
    more = {".".join(name.replace("__", "/").rsplit("_", 1)): content for name, content in parts.items()}
    return package({"[Content_Types].xml": WORD_TYPES, "word/document.xml": paragraph(words), **more})


def book(
    cells: str = "<c r='A1' t='inlineStr'><is><t>合计</t></is></c>", more: Mapping[str, str | bytes] = {}
) -> bytes:
    """A workbook of somebody's own with one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = '<Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
    row = f'<sheetData><row r="1">{cells}</row></sheetData>'
    sheets = f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet name="一" r:id="r1"/></sheets></workbook>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": sheets,
        "xl/_rels/workbook.xml.rels": f"<Relationships>{link}</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{row}</worksheet>',
    }
    return package({**parts, **more})


def png(shade: int = 0) -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    dot = zlib.compress(bytes([0, shade]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dot) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The frame of a photograph."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xda\x00\x02\x11\xff\xd9"


def pdf(words: str = "x") -> bytes:
    """The frame of a PDF."""
    return f"%PDF-1.4\n1 0 obj<</T({words})>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n".encode()


def ole(*streams: str) -> bytes:
    """The frame of an old Office file with these streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "".join(streams).encode("utf-16-le") + bytes(512)
