"""Lists as Excel workbooks."""

import io

import openpyxl
import pytest

from services.portal import workbook


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "https://example.org", "007"])
def test_what_somebody_wrote_is_text_and_never_a_formula(text):
    """A cell shows what was written, and calculates and opens nothing."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.write("台账", ["问题", "件数"], [[text, 3]])))
    sheet = book["台账"]
    cell = sheet["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert sheet["B2"].value == 3
