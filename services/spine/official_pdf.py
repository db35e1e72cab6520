"""A paper as a PDF document, laid out like its Word document; see official_word for the blocks of a report.

The letters are those every reader of PDF has for Chinese: none are put into the file, none have to be on the machine.
"""

import functools
import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors, enums
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from services.spine.official_word import Block

MEDIA_TYPE = "application/pdf"
FONT = "STSong-Light"
LINES: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
SHORT, WIDE = 6, 40
"""A column of a table whose longest words have so few characters has just their width; the others share what is left as
their longest words ask for, to a limit."""


@functools.cache
def styles() -> dict[str, ParagraphStyle]:
    """How each kind of block stands, in a font that is known from now on."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = ParagraphStyle("text", fontName=FONT, fontSize=14, leading=24, wordWrap="CJK", firstLineIndent=28)
    across: dict[str, Any] = {"alignment": enums.TA_CENTER, "firstLineIndent": 0, "spaceAfter": 8}
    return {
        "text": base,
        "title": ParagraphStyle("title", base, fontSize=22, leading=32, **across),
        "centred": ParagraphStyle("centred", base, **across),
        "heading": ParagraphStyle("heading", base, fontSize=16, firstLineIndent=0, spaceBefore=10, spaceAfter=4),
        "cell": ParagraphStyle("cell", base, fontSize=10.5, leading=15, firstLineIndent=0),
    }


def write(blocks: Sequence[Block], title: str) -> bytes:
    """The document on A4; a table's first row is said again on each page it goes on to, and a row may go on, too."""
    out = io.BytesIO()
    paper = SimpleDocTemplate(
        out, pagesize=A4, topMargin=3 * cm, bottomMargin=2.5 * cm, leftMargin=2.5 * cm, rightMargin=2.5 * cm,
        title=title,
    )  # fmt: skip
    paper.build([_flow(block, paper.width) for block in blocks])
    return out.getvalue()


def _flow(block: Block, width: float) -> Flowable:
    if block["kind"] != "table":
        return Paragraph(escape(block["text"]), styles()[block["kind"]])
    rows: list[list[str]] = block["rows"]
    cells = [[Paragraph(escape(text), styles()["cell"]) for text in row] for row in rows]
    return Table(cells, _widths(rows, width), repeatRows=1, splitInRow=1, style=LINES, spaceAfter=8)


def _widths(rows: list[list[str]], width: float) -> list[float]:
    longest = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    just = [one * styles()["cell"].fontSize + 14 if one <= SHORT else 0.0 for one in longest]
    asked = [0 if one <= SHORT else min(one, WIDE) for one in longest]
    if not any(asked):
        just, asked = [0.0] * len(rows[0]), longest
    return [own + (width - sum(just)) * one / sum(asked) for own, one in zip(just, asked, strict=True)]
