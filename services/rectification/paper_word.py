"""A document of the ladder as Word, laid out as official papers are: red head, number, red line, text in FangSong."""

import io
from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from services.rectification.paper import Block
from services.spine import official_word

RED, BLACK = RGBColor(0xE6, 0, 0), RGBColor(0, 0, 0)
LOOKS = {
    "issuer": ("宋体", 36, ALIGN.CENTER, RED),
    "serial": ("仿宋", 16, ALIGN.CENTER, BLACK),
    "title": ("宋体", 22, ALIGN.CENTER, BLACK),
    "addressee": ("仿宋", 16, ALIGN.LEFT, BLACK),
    "paragraph": ("仿宋", 16, ALIGN.JUSTIFY, BLACK),
    "signature": ("仿宋", 16, ALIGN.RIGHT, BLACK),
}
"""By kind of block: font, size, where it stands, colour."""
LINE_CHARACTERS = 13
"""So many characters of the head fit a line at its full size."""


def write(blocks: Sequence[Block]) -> bytes:
    """The document."""
    document, out = official_word.sheet(), io.BytesIO()
    for block in blocks:
        if block["kind"] == "receipt":
            _receipt(document, block["rows"])
        else:
            _line(document, block)
    document.save(out)
    return out.getvalue()


def _line(document: Document, block: Block) -> None:
    font, size, stands, colour = LOOKS[block["kind"]]
    paragraph = document.add_paragraph()
    paragraph.alignment = stands
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(28)
    if block["kind"] == "issuer":
        size = min(size, size * LINE_CHARACTERS // max(len(block["text"]), 1))
        shape.line_spacing, shape.space_after = None, Pt(24)
    if block["kind"] == "serial":
        _rule(paragraph)
    if block["kind"] == "title":
        shape.space_before = shape.space_after = Pt(20)
    if block["kind"] == "paragraph":
        shape.first_line_indent = Pt(32)
    _run(paragraph, block["text"], font, size, colour, bold=block["kind"] == "issuer")


def _run(paragraph: Any, text: str, font: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold, run.font.color.rgb = font, Pt(size), bold, colour
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _rule(paragraph: Any) -> None:
    """The red line under the number."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "E60000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _receipt(document: Document, rows: Sequence[Sequence[str]]) -> None:
    head = document.add_paragraph()
    head.alignment = ALIGN.CENTER
    head.paragraph_format.page_break_before = True
    _run(head, "签收回执", "宋体", 22, BLACK)
    table = document.add_table(rows=len(rows), cols=2, style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(line.cells, row, (Cm(4), Cm(11.6)), strict=True):
            cell.width = width
            _run(cell.paragraphs[0], text, "仿宋", 14, BLACK)
