"""Plain: paragraphs out of .txt and .md, in UTF-8 (with or without its mark), UTF-16 with its mark, or GB18030.

A line is a paragraph, unless the whole text was wrapped at a fixed width. Markdown's marks go, its words stay.
"""

import re
from typing import Any

from services.spine import errors

from . import wrapping

MARKED = re.compile(r"^#{1,6}\s|\*\*[^*\n]+\*\*|^\s*\|.*\|\s*$", re.M)
RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$|^\s*([*_-]\s*){3,}$")
CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
CELLS = re.compile(r"\t+| {3,}|\u3000{3,}")
HEADING = re.compile(r"^\s*(#{1,6})\s+")
STRONG = re.compile(r"^\s*(\*\*|__)([^*_]{1,40})\1\s*$")
INLINE = re.compile(r"\*\*|__|`|~~|(?<![*\d])\*(?=[^*\s\d][^*\n]{0,60}\*)|(?<=[^*\s])\*(?![*\d])")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
BULLET = re.compile(r"^\s*(?:>\s*)*(?:[-*+]\s+)?")


def decode(data: bytes) -> str | None:
    """The text, or None where the bytes are no text in any encoding we take."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def read(data: bytes, file_name: str) -> tuple[str, list[dict[str, Any]]]:
    """Media type and paragraphs of a text."""
    text = decode(data)
    if text is None:
        raise errors.Refusal("file_damaged")
    marked = MARKED.search(text) is not None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    if not marked and wrapping.is_wrapped(lines):
        lines = wrapping.rejoin(lines)
    read_line = _marked_line if marked else _line
    media = "text/markdown" if marked or file_name.lower().endswith((".md", ".markdown")) else "text/plain"
    return media, [paragraph for line in lines if (paragraph := read_line(line)) is not None]


def _line(line: str) -> dict[str, Any] | None:
    text = line.strip(" \t\u3000\ufeff")
    if not text:
        return None
    cells = [cell.strip() for cell in CELLS.split(text)]
    table = len(cells) > 2  # noqa: PLR2004  (two words apart are a title, three are a row)
    return {"text": "    ".join(cells) if table else text, "heading": None, "table": table}


def _marked_line(line: str) -> dict[str, Any] | None:
    if RULE.match(line):
        return None
    heading = HEADING.match(line)
    level = len(heading.group(1)) if heading else 4 if STRONG.match(line) else None
    if heading:
        line = line[heading.end() :]
    line = LINK.sub(r"\1", INLINE.sub("", line if level else BULLET.sub("", line, count=1)))
    if line.strip().startswith("|") and line.strip().endswith("|"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        return {"text": "    ".join(cells), "heading": None, "table": True} if any(cells) else None
    paragraph = _line(line)
    return paragraph and {**paragraph, "heading": level}
