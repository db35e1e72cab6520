"""The offline form goes out protected, comes back filled in, and every fault is told by its cell."""

import io
from typing import Any

import openpyxl
import pytest

from services.portal import app, offline_check, reading_form, reference
from services.spine import settings, sheets

CODES = ["problems", "examples", "persuasion", "causes", "measures"]
PLACE = "minchuan-2023-theme.990823-NYNC.speech_outline.02"
TEXT = "学得碎、用得少。"
REVIEW: dict[str, Any] = {
    "review_id": f"{PLACE}.v2",
    "campaign": "minchuan-2023-theme",
    "unit": "990823-NYNC",
    "kind": "speech_outline",
    "post": "team",
    "version": 2,
    "sha256": "0" * 64,
    "state": "prechecked",
    "form": {"version": 1},
    "paragraphs": [{"n": 1, "text": TEXT}],
    "owed": [{"id": f"{PLACE}.v1.causes", "reason": "=HYPERLINK(1)", "standard": "causes"}],
}
ANSWER = {"review_id": REVIEW["review_id"], "comment_id": f"{PLACE}.v1.causes", "comment": "=HYPERLINK(1)"}
OPINION = {"unit": "农业农村局", "source": "座谈会", "opinion": "=下乡少", "state": "已回应", "passage": TEXT}
FIRST = reading_form.FIRST


@pytest.fixture(autouse=True)
def portal(monkeypatch, tmp_path):
    """A page of the portal, in Chinese, with nobody behind it."""
    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setattr(reference, "unit_names", lambda _: {"990823-NYNC": "@SUM(1)农业农村局"})
    settings.secret.cache_clear()
    with app.create().test_request_context("/reviews/forms"):
        yield
    settings.secret.cache_clear()


def handed_out(*opinions: dict[str, Any]) -> Any:
    """The form for one review, opened as Excel would."""
    titles = {code: code for code in CODES}
    return openpyxl.load_workbook(io.BytesIO(reading_form.write([REVIEW], [ANSWER], list(opinions), titles)))


def place(name: str) -> str:
    """The cell of the first review in a column."""
    return sheets.address(FIRST, reading_form.columns(CODES).index(name) + 1)


def filled(answer: str | None = "确认", /, *opinions: dict[str, Any], **cells: str | None) -> list[offline_check.Row]:
    """The form with all passed but for these cells, read back."""
    book = handed_out(*opinions)
    wanted = {f"{code}:passed": "通过" for code in CODES} | {
        name.replace("__", ":"): text for name, text in cells.items()
    }
    for name, text in wanted.items():
        book.worksheets[0][place(name)] = text
    book.worksheets[1][f"H{FIRST}"] = answer
    file = io.BytesIO()
    book.save(file)
    return offline_check.read(file.getvalue(), CODES)


def faults(row: offline_check.Row, review: dict[str, Any] | None = REVIEW) -> list[str]:
    """The cells with faults."""
    return [fault.cell for fault in (*row.faults, *offline_check.against(row, review, CODES, "me"))]


def test_only_what_is_to_be_filled_in_can_be_changed():
    """The head, the places and the hash are protected; the choices are lists."""
    first, second = handed_out().worksheets

    assert first.protection.sheet and second.protection.sheet
    assert not first[place("causes:reason")].protection.locked
    assert first[place("unit")].protection.locked and first[place("sha256")].protection.locked
    assert first.row_dimensions[1].hidden and first.column_dimensions["A"].hidden
    assert len(first.data_validations.dataValidation) == len(CODES) + 1


def test_no_cell_is_a_formula_whatever_stands_in_it():
    """Names and comments are words of others."""
    sheets = handed_out(OPINION).worksheets

    assert {cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_opinions_are_there_to_be_read_and_nothing_else():
    """The sheet is locked, and absent where there are none."""
    third = handed_out(OPINION).worksheets[2]

    assert [cell.value for cell in third[FIRST]][4:] == ["座谈会", "=下乡少", "已回应", "", TEXT]
    assert third.protection.sheet and third.cell(FIRST, 6).protection.locked
    assert len(handed_out().worksheets) == 2


def test_the_form_comes_back_however_many_opinions_went_out_with_it():
    """What was not listed is told; the verdicts are read as ever."""
    many = (OPINION,) * (reading_form.MOST_OPINIONS + 700)
    (row,) = filled("确认", *many)
    last = list(handed_out(*many).worksheets[2].iter_rows())[-1]

    assert (faults(row), row.standards["causes"]) == ([], {"passed": True})
    assert last[5].value == "还有 700 条没有列出，请在网页上看。"


def test_a_form_filled_in_gives_the_draft_of_a_verdict():
    """With the response to the round before."""
    (row,) = filled(causes__passed="不通过", causes__reason="只讲客观", causes__quotation=TEXT)

    assert faults(row) == []
    assert row.standards["causes"] == {"passed": False, "reason": "只讲客观", "quotation": TEXT}
    assert row.responses == {f"{PLACE}.v1.causes": {"confirmed": True}}


def test_a_form_in_english_is_read_on_a_chinese_page():
    """The words of both languages are known."""
    (row,) = filled("reopen", causes__passed="Fail", causes__reason="Why", problems__passed="PASS")

    assert faults(row) == []
    assert row.responses[f"{PLACE}.v1.causes"]["confirmed"] is False


def test_every_fault_is_told_by_its_cell():
    """All at once."""
    (row,) = filled(
        "也许", problems__passed="还行", causes__passed="不通过", measures__passed="=1", persuasion__copied="x"
    )
    wanted = ["problems:passed", "causes:reason", "measures:passed"]

    assert set(map(place, wanted)) | {f"H{FIRST}"} <= set(faults(row))


def test_a_sentence_that_is_not_in_the_text_is_a_fault():
    """Quoted by its cell."""
    (row,) = filled(causes__passed="不通过", causes__reason="因为", causes__quotation="没有这句")

    assert faults(row) == [place("causes:quotation")]


def test_a_row_left_blank_is_skipped():
    """Nothing filled in, nothing told."""
    assert filled(None, **{f"{code}__passed": None for code in CODES}) == []


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "1" * 64},
        {"state": "superseded"},
        {"form": {"version": 2}},
        {"holder": {"account": "other", "name": "另一人"}},
        {"talk_needed": True},
    ],
    ids=["another file", "a newer version", "other wording", "somebody else's", "a talk is owed"],
)
def test_what_changed_since_the_download_is_told(change):
    """The row gives no verdict."""
    (row,) = filled()

    assert len(faults(row, {**REVIEW, **change})) == 1


def test_a_review_out_of_sight_and_a_comment_left_open_are_told():
    """Neither is guessed at."""
    assert len(faults(filled()[0], None)) == 1
    assert len(faults(filled(None)[0])) == 1


def test_another_workbook_is_not_the_form():
    """Its first cell says which form it is."""
    file = io.BytesIO()
    openpyxl.Workbook().save(file)

    with pytest.raises(offline_check.NotTheForm):
        offline_check.read(file.getvalue(), CODES)
