"""A form on a page: every kind is walked from its schema, what is typed comes back as the document it means."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from services.intake import forms, kinds
from services.portal import entering, entries
from tests.intake.test_kind_schemas import example

ASPECTS = [("theory", "理论学习"), ("politics", "政治素质")]
KNOWN = entries.Known(
    given={"unit.name": "青溪县农业农村局", "account.name": "林晓", "today": "2024-01-05"},
    choices={"campaign.aspects": ASPECTS, "unit.posts": [("01", "局长"), ("02", "副局长")]},
    facts={"last_year": True},
    post="02",
)


def schema(kind: str) -> dict[str, Any]:
    """The newest schema of a kind."""
    return kinds.schema(kinds.versions(kind)[-1])


def typed(sections: list[entries.Entry]) -> MultiDict[str, str]:
    """The fields as a browser sends them back untouched."""
    sent: MultiDict[str, str] = MultiDict()
    for entry in sections:
        if entry.parts:
            sent.update(typed(list(entry.parts)))
        elif entry.shape == "choices":
            sent.setlist(entry.pointer, list(entry.value))
        elif entry.value and entry.shape != "known":
            sent.add(entry.pointer, "true" if entry.shape == "yes" else str(entry.value))
    return sent


def entry_at(sections: list[entries.Entry], pointer: str) -> entries.Entry | None:
    """The entry at a pointer."""
    for entry in sections:
        found = entry if entry.pointer == pointer else entry_at(list(entry.parts), pointer)
        if found:
            return found
    return None


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_what_stands_on_the_page_is_taken_as_the_same_document(kind):
    document = forms.check(kind, example(kind)).document
    sent = typed(entries.sections(schema(kind), document, entries.Known()))
    assert forms.check(kind, entering.gathered(schema(kind), sent)).document == document


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_an_empty_form_has_every_entry_that_is_needed(kind):
    sections = entries.sections(schema(kind), entering.begun(schema(kind), KNOWN), KNOWN)
    missing = [key for key in schema(kind)["required"] if entry_at(sections, f"/{key}") is None]
    assert missing == []
    assert all(entry.shown for entry in sections if entry.needed and not entry.fact)


def test_a_form_begins_with_what_is_known():
    outline = entering.begun(schema("speech_outline"), KNOWN)
    assert (outline["unit"], outline["post"], outline["dated_on"]) == ("青溪县农业农村局", "02", "2024-01-05")
    assert [row["aspect"] for row in outline["problems"]] == ["theory", "politics"]
    assert entering.begun(schema("meeting_plan"), KNOWN)["attendees"] == ["01", "02"]


def test_a_section_is_asked_for_when_its_fact_applies_with_the_reason():
    sections = {one.pointer: one for one in entries.sections(schema("speech_outline"), {}, KNOWN)}
    assert sections["/last_year"].shown
    assert sections["/last_year"].because == "上年有整改要交代"
    assert not sections["/inquiries"].shown
    said = {"facts": {"inquiries": True}}
    assert next(one for one in entries.sections(schema("speech_outline"), said, KNOWN) if one.fact == "inquiries").shown
    filled = {"inquiries": [{"by": "县纪委"}]}
    assert next(
        one for one in entries.sections(schema("speech_outline"), filled, KNOWN) if one.fact == "inquiries"
    ).shown


def test_a_fault_stands_at_its_entry_or_at_the_nearest_around_it():
    plan = {"agenda": ["一", "二", "三"]}
    faults = [
        ("/agenda/2", "第三项太长"),
        ("/contact/phone", "电话写法不对"),
        ("/secret", "没有这一栏"),
        ("", "整张表"),
    ]
    sections = entries.sections(schema("meeting_plan"), plan, KNOWN, faults)
    agenda, phone = entry_at(sections, "/agenda"), entry_at(sections, "/contact/phone")
    assert agenda and phone
    assert (agenda.faults, phone.faults) == (("第三项太长",), ("电话写法不对",))
    assert entries.elsewhere(sections, faults) == ["没有这一栏", "整张表"]
    assert [one.pointer for one in entries.wrong(sections)] == ["/agenda", "/contact/phone"]


def test_a_row_more_and_a_row_less_lose_nothing_and_an_empty_row_is_none():
    sent = MultiDict({"/talks/0/place": "一", "/talks/1/place": " ", "/talks/2/place": "三", "/talks/10/place": "十"})
    talks = schema("talk_record")
    assert [row["place"] for row in entering.gathered(talks, sent)["talks"]] == ["一", "三", "十"]
    less = entering.gathered(talks, sent, without="/talks/2", blank=True)
    assert [row.get("place") for row in less["talks"]] == ["一", None, "十"]
    assert len(entering.grown(talks, less, "/talks")["talks"]) == 4
    study = entering.grown(schema("study_record"), {"sessions": [{}]}, "/sessions/0/attendance/absences")
    assert study == {"sessions": [{"attendance": {"absences": [{}]}}]}


@pytest.mark.parametrize("pointer", ["", "/", "/theme", "/nothing", "/agenda", "/talks/0", "/talks/9/x", "/unit/0/x"])
def test_a_row_is_added_to_no_list_that_is_none(pointer):
    document = {"unit": "青溪县农业农村局", "talks": [{"place": "一"}]}
    assert entering.grown(schema("talk_record"), document, pointer)["talks"] == [{"place": "一"}]
