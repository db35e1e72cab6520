"""A reference template as a Word document, laid out as official papers are: A4, title centred, body in FangSong."""

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from services.intake.reference import Block

BODY, HEADING, SUBHEADING, TITLE = "仿宋", "黑体", "楷体", "宋体"
STYLES = (("Normal", BODY, 16), ("Title", TITLE, 22), ("Heading 1", HEADING, 16), ("Heading 2", SUBHEADING, 16))
GREY = RGBColor(0x80, 0x80, 0x80)


def write(blocks: Sequence[Block]) -> bytes:
    """The document."""
    document, out = docx.Document(), io.BytesIO()
    _lay_out(document)
    for block in blocks:
        if block["kind"] == "table":
            _table(document, block["rows"])
        else:
            _paragraph(document, block)
    document.save(out)
    return out.getvalue()


def _lay_out(document: Document) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    document.core_properties.author = ""
    for name, font, size in STYLES:
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for mark in list(fonts.attrib):
            del fonts.attrib[mark]
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), font)
        style.paragraph_format.line_spacing = Pt(28)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


def _paragraph(document: Document, block: Block) -> None:
    styles = {"title": "Title", "heading": "Heading 1", "subheading": "Heading 2", "item": "List Bullet"}
    paragraph = document.add_paragraph(style=styles.get(block["kind"]))
    if block["kind"] == "title":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = None
        paragraph.paragraph_format.space_after = Pt(16)
    elif block["kind"] != "item":
        paragraph.paragraph_format.first_line_indent = Pt(32)
    _write(paragraph, block["text"], grey=block["kind"] == "note")


def _table(document: Document, rows: list[list[str]]) -> None:
    width = max(len(row) for row in rows)
    table = document.add_table(rows=len(rows), cols=width, style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=False):
            cell.paragraphs[0].paragraph_format.line_spacing = None
            _write(cell.paragraphs[0], text, size=12)


def _write(paragraph: Paragraph, text: str, *, grey: bool = False, size: int | None = None) -> None:
    run = paragraph.add_run(text)
    if grey:
        run.font.color.rgb = GREY
    if size:
        run.font.size = Pt(size)
