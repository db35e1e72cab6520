"""A form goes out as a workbook and comes back the same; what is wrong in it is told by sheet and cell."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from services.intake import begun, files, forms, kinds, workbook, workbook_back
from services.portal import entering, entries
from services.spine import errors
from tests.intake.test_forms import KNOWN
from tests.intake.test_kind_schemas import example


def filled(kind: str, language: str = "zh", **cells: Any) -> bytes:
    """The workbook with the example in it, and `Sheet!A1` cells changed."""
    data = workbook.write(kinds.versions(kind)[-1], language, KNOWN, example(kind))
    if not cells:
        return data
    book, out = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    for place, value in cells.items():
        sheet, _, cell = place.partition("!")
        book[sheet][cell] = value
    book.save(out)
    return out.getvalue()


def come_back(kind: str, data: bytes) -> forms.Form:
    """The form that a workbook holds."""
    found = workbook_back.read("表.xlsx", data, kind)
    assert found
    return forms.check(kind, found[0], KNOWN, found[1])


@pytest.mark.parametrize("kind", list(kinds.KINDS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_into_a_workbook_comes_back_the_same(kind, language):
    data = filled(kind, language)
    assert files.recognise("表.xlsx", data, ("xlsx",)) == files.XLSX
    assert come_back(kind, data).data == forms.check(kind, example(kind), KNOWN).data


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_an_empty_workbook_comes_back_with_all_that_is_missing_by_its_cell(kind):
    data = workbook.write(kinds.versions(kind)[-1], "zh", KNOWN)
    with pytest.raises(errors.Refusal) as refused:
        come_back(kind, data)
    assert all("cell" in one for one in refused.value.errors), refused.value.errors


def test_a_fault_is_told_by_sheet_and_cell():
    cells = {"台账!A4": "=1+1", "台账!U4": "2024年6月31日", "台账!B5": "长期", "台账!AZ9": "多余"}
    with pytest.raises(errors.Refusal) as refused:
        come_back("ledger", filled("ledger", **cells))
    told = {one["cell"]["cell"]: one["code"] for one in refused.value.errors}
    assert told == {"A4": "form_formula", "U4": "form_day", "B5": "form_choice", "AZ9": "form_spare"}
    assert "台账!U4" in refused.value.body("zh")["errors"][1]["detail"]


def test_a_day_that_excel_turned_into_its_own_number_is_still_that_day():
    import datetime

    form = come_back("ledger", filled("ledger", "zh", **{"台账!U4": datetime.date(2024, 1, 10)}))
    assert form.document["rows"][0]["starts_on"] == "2024-01-10"


def test_nothing_that_somebody_wrote_becomes_a_formula():
    document = example("notification") | {"text": '=HYPERLINK("http://x","y")', "scope": "@SUM(1)"}
    data = workbook.write(kinds.versions("notification")[-1], "zh", KNOWN, document)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist() if "worksheets" in name)
    assert come_back("notification", data).document["text"] == document["text"]


def test_a_workbook_that_is_marked_as_a_state_secret_is_refused():
    with pytest.raises(errors.Refusal, match="secrecy_mark"):
        files.recognise("表.xlsx", filled("ledger", "zh", **{"台账!I4": "机密★1年"}), ("xlsx",))


def test_choices_are_offered_in_the_cells():
    book = openpyxl.load_workbook(io.BytesIO(filled("ledger")))
    assert len(book["台账"].data_validations.dataValidation) >= 5
    assert [book[name].sheet_state for name in ("_form", "_choices")] == ["veryHidden", "veryHidden"]


def test_the_workbook_of_another_kind_is_not_taken_and_a_workbook_of_ones_own_is_no_form():
    with pytest.raises(errors.Refusal, match="form_not_ours"):
        workbook_back.read("表.xlsx", filled("minutes"), "ledger")
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    assert workbook_back.read("表.xlsx", out.getvalue(), "ledger") is None
    with pytest.raises(errors.Refusal, match="file_damaged"):
        workbook_back.read("表.xlsx", b"PK\x03\x04nothing", "ledger")


def test_a_workbook_with_a_sheet_taken_out_is_told_to_be_downloaded_again():
    book, out = openpyxl.load_workbook(io.BytesIO(filled("ledger"))), io.BytesIO()
    del book["台账"]
    book.save(out)
    with pytest.raises(errors.Refusal, match="form_not_ours"):
        workbook_back.read("表.xlsx", out.getvalue(), "ledger")


def filled_in(document: Any) -> Any:
    """A document without what nothing stands in."""
    if not isinstance(document, dict):
        return document
    return {key: one for key, part in document.items() if (one := filled_in(part)) not in ([], {})}


@pytest.mark.parametrize("kind", list(kinds.KINDS))
@pytest.mark.parametrize("post", ["team", "02"])
def test_a_workbook_begins_with_what_the_page_begins_with(kind, post):
    schema, known = kinds.schema(kinds.versions(kind)[-1]), begun.titled(KNOWN, {"02": "副局长"})
    asked = {"names": {"unit": "青溪县农业农村局", "campaign": "主题教育"}, "held_on": "2024-01-09"}
    given = begun.given({"meeting_on": "2024-01-10"}, asked, "林晓")
    filled = begun.document(schema, known, given, post)
    choices = {source: [(one["code"], one["label"]["zh"]) for one in all_] for source, all_ in known.choices.items()}
    page = entries.Known("zh", given, choices, {}, None if post == "team" else post)
    assert filled == entering.begun(schema, page)
    found = workbook_back.read("表.xlsx", workbook.write(kinds.versions(kind)[-1], "zh", known, filled), kind)
    assert found
    assert filled_in(found[0]) == {"$schema": kinds.versions(kind)[-1], **filled}


def test_posts_stand_in_a_workbook_by_number_and_title():
    known = begun.titled(KNOWN, {"02": "副局长"})
    filled = begun.document(kinds.schema(kinds.versions("meeting_plan")[-1]), known, {}, "team")
    data = workbook.write(kinds.versions("meeting_plan")[-1], "zh", known, filled)
    rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    assert "01\n02 副局长\n03" in {cell for row in rows for cell in row}
