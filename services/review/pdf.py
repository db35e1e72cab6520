"""Pdf: paragraphs out of a PDF that has its text; a scan has none and is said to be one.

What stands at the top or foot of most pages (a header, a page number) is no part of the text.
"""

import io
import re
from collections import Counter
from typing import Any

from services.spine import errors

from . import wrapping

NUMBER = re.compile(r"^[\s—–\-·－第页共/\d]*\d[\s—–\-·－第页共/\d]*$")
PAGES, THIN, SHORT = 400, 20, 30


def read(data: bytes) -> list[dict[str, Any]]:
    """The paragraphs of all pages, broken lines put together."""
    import pypdf  # takes longer to load than all else a file's process does, and only a PDF needs it

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise errors.Refusal("file_encrypted")
    if len(reader.pages) > PAGES:
        raise errors.Refusal("file_too_complex")
    pages = [[line for line in page.extract_text().split("\n") if line.strip()] for page in reader.pages]
    if sum(len(line.strip()) for page in pages for line in page) < THIN * max(1, len(pages)):
        raise errors.Refusal("no_text_layer")
    lines = [line for page in _without_margins(pages) for line in page]
    return [{"text": text, "heading": None, "table": False} for text in wrapping.rejoin(lines)]


def _without_margins(pages: list[list[str]]) -> list[list[str]]:
    edges = Counter(line.strip() for page in pages for line in {*page[:2], *page[-2:]})
    often = {line for line, times in edges.items() if len(pages) > 1 and times > len(pages) / 2}
    kept = []
    for page in pages:
        edge = {0, 1, len(page) - 2, len(page) - 1}
        margin = {i for i in edge if 0 <= i < len(page) and (page[i].strip() in often or _is_number(page[i]))}
        kept.append([line for i, line in enumerate(page) if i not in margin])
    return kept


def _is_number(line: str) -> bool:
    return len(line) < SHORT and NUMBER.match(line) is not None
