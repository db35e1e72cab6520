"""The summary of opinions as a form: what was collected, as intake takes it."""

from typing import Any

from services.intake import forms
from services.portal import collected

BARE: dict[str, Any] = {"merges": [], "filed": None, "anchor": None, "items": [], "fed_back_on": None}


def said(key: str, source: str, text: str, state: str, on: str, **more: Any) -> dict[str, Any]:
    return {**BARE, "opinion_id": key, "source": source, "text": text, "state": state, "entered": {"on": on}, **more}


ANSWERED = {"anchor": {"quotation": "全年下村不到十次"}, "items": [{"problem": "下村少"}], "fed_back_on": "2024-01-05"}
MERGED = {"merges": ["1", "2"], "filed": {"aspect": "style"}, **ANSWERED}
ROWS = [
    said("1", "forum", "下乡少", "merged", "2024-01-02"),
    said("2", "visit", "很少到田头", "merged", "", entered={"by": "联络员", "at": "2024-01-02T17:00:00.000Z"}),
    said("3", "merged", "深入基层不够", "answered", "2024-01-04", **MERGED),
    said("4", "forum", "记错了", "withdrawn", "2023-01-01"),
    said("5", "survey_form", "电话打不通", "missed", "2024-01-03"),
]
FOUND = [collected.About("02", ROWS, "")]


def test_the_form_has_what_stands_with_the_original_words_below_and_intake_takes_it():
    people = {"forum": "24", "survey_form": "41", "visit": "3"}
    made = {"compiled_by": "林晓", "compiled_on": "2024-01-06"}
    document = forms.check("opinion_summary", {**collected.document(FOUND, people), **made}).document
    assert (document["collected_from"], document["collected_to"]) == ("2024-01-02", "2024-01-03")
    assert [(one["channel"], one["people"], one["opinions"]) for one in document["counts"]] == [
        ("forum", 24, 1), ("survey_form", 41, 1), ("visit", 3, 1)
    ]  # fmt: skip
    merged, missed = document["opinions"]
    assert merged == {
        "channel": "other", "target": "02", "aspect": "style", "words": "深入基层不够\n· 下乡少\n· 很少到田头",
        "answer": "全年下村不到十次\n列入台账：下村少", "fed_back_on": "2024-01-05",
    }  # fmt: skip
    assert missed == {"channel": "survey_form", "target": "02", "words": "电话打不通"}


def test_how_many_people_answered_is_known_of_forms_only_and_never_of_too_few():
    forms_closed: list[dict[str, Any]] = [
        {"source": "survey_form", "answered": 41},
        {"source": "survey_form", "answered": None},
        {"source": "anonymous_appraisal", "answered": 12},
    ]
    assert collected.channels(FOUND, forms_closed) == {
        "anonymous_appraisal": {"opinions": 0, "people": 12},
        "forum": {"opinions": 1, "people": None},
        "survey_form": {"opinions": 1, "people": 41},
        "visit": {"opinions": 1, "people": None},
    }
