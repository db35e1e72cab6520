"""A workbook from outside is read as text, and harms nobody."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from services.spine import sheets


def book(**cells: str | float) -> bytes:
    """A workbook with these cells on its first sheet."""
    made = openpyxl.Workbook()
    for place, value in cells.items():
        made.worksheets[0][place] = value
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def changed(data: bytes, name: str, text: bytes) -> bytes:
    """The same workbook with one part replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return file.getvalue()


def test_cells_are_read_as_text_at_their_places():
    """Words and numbers."""
    (sheet,) = sheets.read(book(A1="通过", C2=12))

    assert sheet.rows[1][1].text == "通过"
    assert sheet.rows[2][3].text == "12"


def test_a_share_is_read_as_it_is_shown():
    """A whole shown as 100% is no 1."""
    made = openpyxl.load_workbook(io.BytesIO(book(A1=1, B1=1, C1=0.125)))
    made.worksheets[0]["A1"].number_format, made.worksheets[0]["C1"].number_format = "0%", "0.0%"
    file = io.BytesIO()
    made.save(file)

    assert [cell.text for cell in sheets.read(file.getvalue())[0].rows[1].values()] == ["100%", "1", "12.5%"]


def test_a_formula_is_told_as_one():
    """Whoever wrote it can write words instead."""
    (sheet,) = sheets.read(book(A1="=1+1", B1="写成文字"))

    assert sheet.rows[1][1].formula
    assert not sheet.rows[1][2].formula


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", "通过,不通过".encode()])
def test_what_is_no_workbook_is_refused(data):
    """A CSV, a PDF, half a file."""
    with pytest.raises(sheets.Unreadable):
        sheets.read(data)


def test_a_workbook_that_inflates_beyond_measure_is_refused():
    """It is counted while it is read."""
    bomb = changed(book(A1="x"), "xl/worksheets/sheet1.xml", b"<a>" + b" " * (sheets.INFLATED_BYTES + 1) + b"</a>")

    assert len(bomb) < 100_000
    with pytest.raises(sheets.Unreadable):
        sheets.read(bomb)


def test_entities_are_not_resolved():
    """Nothing is read from this machine, nothing grows."""
    evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'

    with pytest.raises(sheets.Unreadable):
        sheets.read(changed(book(A1="x"), "xl/worksheets/sheet1.xml", evil))


def test_a_sheet_of_too_many_rows_is_refused():
    """The form has a hundred."""
    many = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, sheets.MOST_ROWS + 2))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{many}</sheetData></worksheet>'

    with pytest.raises(sheets.Unreadable):
        sheets.read(changed(book(A1="x"), "xl/worksheets/sheet1.xml", sheet.encode()))


def test_what_lies_behind_the_cells_is_told(tmp_path):
    """Merged cells, hidden rows, days counted from 1904, signs that XML cannot bear."""
    made = openpyxl.Workbook()
    first = made.worksheets[0]
    first["A1"], first["A3"] = "合并", "a_x0009_b"
    first.merge_cells("A1:B2")
    first.row_dimensions[3].hidden = True
    made.epoch = CALENDAR_MAC_1904
    made.save(tmp_path / "book.xlsx")

    (sheet,) = sheets.read((tmp_path / "book.xlsx").read_bytes())

    assert (sheet.merged, sheet.hidden, sheet.since_1904) == (((1, 1, 2, 2),), frozenset({3}), True)
    assert sheet.rows[3][1].text in ("a\tb", "a_x0009_b")
