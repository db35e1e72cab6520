"""Lists as Excel workbooks."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import openpyxl
import pytest

from services.portal import workbook


def opened(lines: Iterable[list[Any]], heads: tuple[str, ...] = ("问题", "件数")) -> Any:
    return openpyxl.load_workbook(io.BytesIO(b"".join(workbook.written("台账", heads, lines))))["台账"]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "https://example.org", "007"])
def test_what_somebody_wrote_is_text_and_never_a_formula(text):
    """A cell shows what was written, and calculates and opens nothing."""
    sheet = opened([[text, 3]])
    cell = sheet["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert sheet["B2"].value == 3


def test_a_list_leaves_while_its_rows_are_asked_for_and_its_filter_reaches_to_the_last():
    asked = []

    def lines() -> Any:
        for number in range(1200):
            asked.append(number)
            yield [f"单位\x0b<{number}>", number]

    pieces = workbook.written("台账", ("单位", "件数"), lines())
    sent = [(piece, len(asked)) for piece in pieces]
    assert [before for _, before in sent] == [500, 500, 1000, 1200, 1200]
    data = b"".join(piece for piece, _ in sent)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["台账"]
    assert (sheet.max_row, sheet["A1201"].value, sheet["B1201"].value) == (1201, "单位<1199>", 1199)
    assert sheet.auto_filter.ref == "A1:B1201"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"$A$1:$B$1201</definedName>" in parts.read("xl/workbook.xml")


def test_an_empty_list_is_its_heads():
    sheet = opened([], ("单位", "班子", "县（区）", "督导组"))
    assert ([cell.value for cell in sheet[1]], sheet.max_row) == (["单位", "班子", "县（区）", "督导组"], 1)
