"""Word: paragraphs out of a .docx, as its reader sees them: numbers written out, changes accepted, tables row by row.

The package is distrusted first: how many parts, how large they say they are and how large they turn out while inflating; macros,
document types and entities are refused. Nothing is fetched, no picture opened.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from services.spine import errors

from . import word_numbers

ENTRIES, PART, TOTAL, RATIO = 2_000, 16 << 20, 96 << 20, 150
SKIPPED = {"del", "moveFrom", "delText", "instrText", "pict", "drawing", "object", "AlternateContent", "footnoteReference"}
HEADING = re.compile(r"^(?:heading|标题)\s*(\d)$", re.I)


def looks_like(data: bytes) -> bool:
    """Whether a zip holds a Word document (asked before anything is inflated)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise errors.Refusal("file_damaged") from None
    return "[Content_Types].xml" in names and any(name.startswith("word/") for name in names)


def read(data: bytes) -> list[dict[str, Any]]:
    """The paragraphs of the document's body."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        _distrust(package)
        names = set(package.namelist())
        main = "word/document.xml"
        if main not in names:
            raise errors.Refusal("file_damaged")
        numbering = _parse(package, "word/numbering.xml") if "word/numbering.xml" in names else None
        styles = _parse(package, "word/styles.xml") if "word/styles.xml" in names else None
        body = _parse(package, main)
    numbers = word_numbers.Numbers(numbering, styles)
    paragraphs: list[dict[str, Any]] = []
    carried = ""
    for block in _blocks(body):
        if local(block) == "tbl":
            paragraphs += _rows(block, numbers)
            continue
        text = carried + numbers.of(block) + _text(block)
        carried = text if _mark_deleted(block) else ""
        if text.strip() and not carried:
            paragraphs.append({"text": text.strip(), "heading": _level(block, numbers), "table": False})
    if carried.strip():
        paragraphs.append({"text": carried.strip(), "heading": None, "table": False})
    return paragraphs


def local(element: Any) -> str:
    """An element's name without its namespace (two generations of them are in use)."""
    return str(element.tag).rpartition("}")[2]


def value(element: Any, name: str = "val") -> str | None:
    """An attribute by its name without namespace."""
    return next((str(found) for key, found in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _distrust(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > TOTAL:
        raise errors.Refusal("file_bomb")
    for entry in entries:
        lowered = entry.filename.lower()
        if entry.file_size > 1 << 20 and entry.file_size > RATIO * max(1, entry.compress_size):
            raise errors.Refusal("file_bomb")
        if lowered.endswith(".xml") and entry.file_size > PART:
            raise errors.Refusal("file_bomb")
        if lowered.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in lowered:
            raise errors.Refusal("file_macros")
        if entry.flag_bits & 1:
            raise errors.Refusal("file_damaged")
    if b"macroenabled" in _inflate(package, "[Content_Types].xml").lower():
        raise errors.Refusal("file_macros")


def _inflate(package: zipfile.ZipFile, name: str) -> bytes:
    parts, size = [], 0
    with package.open(name) as part:
        while chunk := part.read(1 << 16):
            size += len(chunk)
            if size > PART:
                raise errors.Refusal("file_bomb")
            parts.append(chunk)
    return b"".join(parts)


def _parse(package: zipfile.ZipFile, name: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True)
    root = etree.fromstring(_inflate(package, name), parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise errors.Refusal("file_damaged")
    return root


def _blocks(element: Any) -> Iterator[Any]:
    for child in element:
        name = local(child)
        if name in ("p", "tbl"):
            yield child
        elif name in ("body", "sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _blocks(child)


def _rows(table: Any, numbers: word_numbers.Numbers) -> list[dict[str, Any]]:
    rows = []
    for row in (child for child in table.iter() if local(child) == "tr"):
        if any(local(change) == "del" for mark in row if local(mark) == "trPr" for change in mark):
            continue
        cells = []
        for cell in (child for child in row.iter() if local(child) == "tc"):
            words = [numbers.of(block) + _text(block) for block in _blocks(cell) if local(block) == "p"]
            cells.append(" ".join(word.strip() for word in words if word.strip()))
        if any(cells):
            rows.append({"text": "    ".join(cells).strip(), "heading": None, "table": True})
    return rows


def _text(element: Any) -> str:
    parts = []
    for child in element:
        name = local(child)
        if name in SKIPPED or (name == "r" and _hidden(child)):
            continue
        if name == "t":
            parts.append(child.text or "")
        elif name in ("tab", "br", "cr"):
            parts.append(" ")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name not in ("pPr", "rPr", "p", "tbl"):
            parts.append(_text(child))
    return "".join(parts)


def _properties(element: Any, *path: str) -> Any | None:
    for name in path:
        element = next((child for child in element if local(child) == name), None)
        if element is None:
            return None
    return element


def _hidden(run: Any) -> bool:
    mark = _properties(run, "rPr", "vanish")
    return mark is not None and value(mark) not in ("0", "false")


def _mark_deleted(paragraph: Any) -> bool:
    return _properties(paragraph, "pPr", "rPr", "del") is not None


def _level(paragraph: Any, numbers: word_numbers.Numbers) -> int | None:
    outline = _properties(paragraph, "pPr", "outlineLvl")
    if outline is not None and (value(outline) or "9") < "9":
        return int(value(outline) or 0) + 1
    style = _properties(paragraph, "pPr", "pStyle")
    name = numbers.style_name((value(style) or "") if style is not None else "")
    if name.lower() in ("title", "标题"):
        return 1
    found = HEADING.match(name)
    return int(found.group(1)) if found else None
