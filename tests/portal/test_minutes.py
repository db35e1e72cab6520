"""Minutes begun from the meeting's day: what was typed stays, what is known fills what is empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal import app, languages, minutes
from services.spine import contracts

DAY = {
    **contracts.documents()["documents/meeting_day"]["examples"][0],
    "statement": {"text": "照单全收", "entry": "e"},
}
HELD = {
    "held": {
        "held_on": "2026-12-01",
        "present": ["01"],
        "absences": [{"post": "02", "reason": "病假", "written": True}],
    }
}


def test_a_draft_has_the_days_attendance_times_and_pairs_but_no_words_of_criticism():
    found = minutes.drafted(DAY, HELD)
    assert found["meeting"] == {
        "held_on": "2026-12-01", "starts_at": "09:00", "ends_at": "", "place": "三楼会议室", "host": "主要负责人",
        "recorder": "联络员",
    }  # fmt: skip
    assert found["attendance"]["present"] == ["主要负责人"]
    assert found["attendance"]["absences"] == [{"name": "副局长", "reason": "病假", "written_speech": True}]
    assert found["self_criticisms"][-1] == {"who": "副局长", "written": True}
    assert found["criticisms"] == [{"critic": "主要负责人", "target": "副局长"}]
    assert found["summing_up"] == {"by": "主要负责人", "text": "照单全收"}


@pytest.mark.parametrize("language, told", [("zh", "书面发言，见本人发言提纲（第 2 版）。"), ("en", "version 2")])
def test_a_written_speech_is_drafted_as_the_members_own_outline(secret, language, told):
    outline = {"kind": "speech_outline", "post": "02", "version": 2}
    with app.create().test_request_context("/", headers={"Cookie": f"{languages.COOKIE}={language}"}):
        found = minutes.drafted(DAY, {**HELD, "required": [outline]})
    assert told in found["self_criticisms"][-1]["text"]


def test_before_the_meeting_is_on_record_the_days_page_is_what_is_known():
    found = minutes.drafted(DAY, {"held": None})
    assert (found["attendance"]["present"], found["attendance"]["absences"]) == (["主要负责人"], [])


def test_what_was_typed_is_never_written_over():
    typed = {
        "meeting": {"place": "礼堂", "host": ""},
        "criticisms": [{"critic": "", "target": "", "text": "下乡少"}],
        "self_criticisms": [{"who": "", "text": "", "written": False}],
    }
    found = minutes.filled(typed, minutes.drafted(DAY, HELD))
    assert (found["meeting"]["place"], found["meeting"]["host"]) == ("礼堂", "主要负责人")
    assert found["criticisms"] == typed["criticisms"] and len(found["self_criticisms"]) == 3


@given(st.dictionaries(st.sampled_from(["place", "host", "theme"]), st.text(min_size=1)))
def test_whatever_stands_in_a_field_stands_there_afterwards(meeting):
    found = minutes.filled({"meeting": meeting}, minutes.drafted(DAY, HELD))
    assert {key: found["meeting"][key] for key in meeting} == meeting
