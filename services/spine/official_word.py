"""A paper as a Word document, laid out as official papers are: A4, title centred, body in FangSong.

A block of a report: {kind: title|heading|centred|text, text} or {kind: table, rows: [[cell, ...]]}; of a letter under
a red head: {kind: issuer|serial|title|addressee|heading|paragraph|signature, text} or a table under its text.
"""

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

Block = dict[str, Any]
STYLES = (("Normal", "仿宋", 16), ("Title", "宋体", 22), ("Heading 1", "黑体", 16), ("Heading 2", "楷体", 16))
RED, BLACK = RGBColor(0xE6, 0, 0), RGBColor(0, 0, 0)
LOOKS = {
    "issuer": ("宋体", 36, ALIGN.CENTER, RED),
    "serial": ("仿宋", 16, ALIGN.CENTER, BLACK),
    "title": ("宋体", 22, ALIGN.CENTER, BLACK),
    "addressee": ("仿宋", 16, ALIGN.LEFT, BLACK),
    "heading": ("黑体", 16, ALIGN.JUSTIFY, BLACK),
    "paragraph": ("仿宋", 16, ALIGN.JUSTIFY, BLACK),
    "signature": ("仿宋", 16, ALIGN.RIGHT, BLACK),
}
"""By kind of a letter's block: font, size, where it stands, colour."""
LINE_CHARACTERS = 13
"""So many characters of the head fit a line at its full size."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def sheet() -> Document:
    """An empty document of A4 sheets with the margins of official papers, which names no author."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    document.core_properties.author = ""
    return document


def styled() -> Document:
    """Such a document with the fonts and line spacing of official papers in its styles."""
    document = sheet()
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
    return document


def write(blocks: Sequence[Block], *, wide: bool = False) -> bytes:
    """The document; `wide`: on its side, for tables of many columns."""
    document, out = styled(), io.BytesIO()
    if wide:
        page = document.sections[0]
        page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
        page.top_margin = page.bottom_margin = Cm(2.5)
    for block in blocks:
        if block["kind"] == "table":
            _table(document, block["rows"])
            continue
        styles = {"title": "Title", "heading": "Heading 1"}
        paragraph = document.add_paragraph(block["text"], style=styles.get(block["kind"]))
        if block["kind"] in ("title", "centred"):
            paragraph.alignment = ALIGN.CENTER
            paragraph.paragraph_format.space_after = Pt(8)
        else:
            paragraph.paragraph_format.first_line_indent = Pt(32)
    document.save(out)
    return out.getvalue()


def _table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.paragraphs[0].paragraph_format.line_spacing = None
            cell.paragraphs[0].add_run(text).font.size = Pt(10.5)


def letter(blocks: Sequence[Block]) -> bytes:
    """A paper under a red head, as an office sends it out."""
    document, out = styled(), io.BytesIO()
    for block in blocks:
        if block["kind"] == "table":
            line(document, {"kind": "heading", "text": block["text"]})
            _table(document, block["rows"])
        else:
            line(document, block)
    document.save(out)
    return out.getvalue()


def line(document: Document, block: Block) -> None:
    """One line of a letter, or a paragraph."""
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
    if block["kind"] in ("heading", "paragraph"):
        shape.first_line_indent = Pt(32)
    run(paragraph, block["text"], font, size, colour, bold=block["kind"] == "issuer")


def run(paragraph: Any, text: str, font: str, size: float, colour: RGBColor = BLACK, *, bold: bool = False) -> None:
    """Words in a font."""
    words = paragraph.add_run(text)
    words.font.name, words.font.size, words.font.bold, words.font.color.rgb = font, Pt(size), bold, colour
    words._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _rule(paragraph: Any) -> None:
    """The red line under the number."""
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "E60000")):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    paragraph._p.get_or_add_pPr().append(borders)
