"""A document of the ladder as Word: a letter under a red head, with the slip by which it is acknowledged."""

import io
from collections.abc import Sequence

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Cm

from services.rectification.paper import Block
from services.spine import official_word


def write(blocks: Sequence[Block]) -> bytes:
    """The document."""
    document, out = official_word.sheet(), io.BytesIO()
    for block in blocks:
        if block["kind"] == "receipt":
            _receipt(document, block["rows"])
        else:
            official_word.line(document, block)
    document.save(out)
    return out.getvalue()


def _receipt(document: Document, rows: Sequence[Sequence[str]]) -> None:
    head = document.add_paragraph()
    head.alignment = ALIGN.CENTER
    head.paragraph_format.page_break_before = True
    official_word.run(head, "签收回执", "宋体", 22)
    table = document.add_table(rows=len(rows), cols=2, style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(line.cells, row, (Cm(4), Cm(11.6)), strict=True):
            cell.width = width
            official_word.run(cell.paragraphs[0], text, "仿宋", 14)
