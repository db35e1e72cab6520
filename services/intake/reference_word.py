"""A reference template as a Word document, laid out as official papers are: A4, title centred, body in FangSong."""

import io
from collections.abc import Sequence

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from services.intake.reference import Block
from services.spine import official_word

GREY = RGBColor(0x80, 0x80, 0x80)


def write(blocks: Sequence[Block]) -> bytes:
    """The document."""
    document, out = official_word.styled(), io.BytesIO()
    for block in blocks:
        if block["kind"] == "table":
            _table(document, block["rows"])
        else:
            _paragraph(document, block)
    document.save(out)
    return out.getvalue()


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
