"""Word: paragraphs out of a .docx, as its reader sees them: numbers written out, changes accepted, tables row by row,
text boxes after the paragraph they hang on.

The package is distrusted first: how many parts, how large they say they are and how large they turn out while
inflating; macros, document types and entities are refused. Nothing is fetched, no picture opened.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from services.spine import errors

from . import word_numbers, word_package

SKIPPED = {
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "pict",
    "drawing",
    "object",
    "AlternateContent",
    "footnoteReference",
}
HEADING = re.compile(r"^(?:heading|标题)\s*(\d)$", re.I)


def read(data: bytes) -> list[dict[str, Any]]:
    """The paragraphs of the document's body."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        word_package.distrust(package)
        names = set(package.namelist())
        main = "word/document.xml"
        if main not in names:
            raise errors.Refusal("file_damaged")
        numbering = word_package.parse(package, "word/numbering.xml") if "word/numbering.xml" in names else None
        styles = word_package.parse(package, "word/styles.xml") if "word/styles.xml" in names else None
        body = word_package.parse(package, main)
    return _paragraphs(body, word_numbers.Numbers(numbering, styles))


def _paragraphs(holder: Any, numbers: word_numbers.Numbers) -> list[dict[str, Any]]:
    """What stands in the body, or in a text box."""
    paragraphs: list[dict[str, Any]] = []
    carried = ""
    for block in _direct(holder, "p", "tbl"):
        if local(block) == "tbl":
            paragraphs += _rows(block, numbers)
        else:
            text = carried + numbers.of(block) + _text(block)
            carried = text if _mark_deleted(block) else ""
            if text.strip() and not carried:
                paragraphs.append({"text": text.strip(), "heading": _level(block, numbers), "table": False})
        for box in _boxes(block):
            paragraphs += _paragraphs(box, numbers)
    if carried.strip():
        paragraphs.append({"text": carried.strip(), "heading": None, "table": False})
    return paragraphs


def local(element: Any) -> str:
    """An element's name without its namespace (two generations of them are in use)."""
    return str(element.tag).rpartition("}")[2]


def value(element: Any, name: str = "val") -> str | None:
    """An attribute by its name without namespace."""
    return next((str(found) for key, found in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _direct(element: Any, *wanted: str) -> Iterator[Any]:
    """An element's children of these names, also where they stand in a form's field or a change, in no other."""
    for child in element:
        name = local(child)
        if name in wanted:
            yield child
        elif name in ("body", "sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _direct(child, *wanted)


def _boxes(block: Any) -> Iterator[Any]:
    """The text boxes that hang on a block and are seen; of the two renderings of one, the newer."""
    for box in block.iter("{*}txbxContent"):
        above = list(itertools.takewhile(lambda each: each is not block, box.iterancestors()))
        names = {local(each) for each in above}
        older = next((each for each in above if local(each) == "Fallback"), None)
        twice = older is not None and older.getparent().find("{*}Choice//{*}txbxContent") is not None
        if not (twice or names & {"txbxContent", "del", "moveFrom"} or any(_hidden(each) for each in above)):
            yield box


def _rows(table: Any, numbers: word_numbers.Numbers) -> list[dict[str, Any]]:
    """A table's rows, each followed by those of the tables in it."""
    rows: list[dict[str, Any]] = []
    for row in _direct(table, "tr"):
        if any(local(change) == "del" for mark in row if local(mark) == "trPr" for change in mark):
            continue
        cells, inner = [], list[dict[str, Any]]()
        for cell in _direct(row, "tc"):
            words = []
            for block in _direct(cell, "p", "tbl"):
                if local(block) == "tbl":
                    inner += _rows(block, numbers)
                else:
                    words.append(numbers.of(block) + _text(block))
            cells.append(" ".join(word.strip() for word in words if word.strip()))
        if any(cells):
            rows.append({"text": "    ".join(cells).strip(), "heading": None, "table": True})
        rows += inner
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
