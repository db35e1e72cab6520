"""The rules of opinion forms: what may be asked and answered, and how little is told of few answers."""

import random

import pytest

from services.intake import codes, opinion_forms
from services.spine import events
from services.spine.errors import Refusal
from tests.intake.asked import DRAFT, HAND, PLAN, TODAY, form, sheet


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("form_day_past", {"closes_on": "2026-02-28"}),
        ("post_unknown", {"about": [{"post": "09", "title": "别单位的"}]}),
        ("too_few_asked", {"respondents": 4}),
        ("asked_twice", {"about": [{"post": "02", "title": "甲"}, {"post": "02", "title": "乙"}]}),
        ("asked_twice", {"questions": [DRAFT["questions"][0]] * 2}),
    ],
)
def test_a_form_asks_about_posts_of_the_unit_each_once_and_closes_in_the_future(code, wrong):
    with pytest.raises(Refusal, match=code):
        opinion_forms.begin(PLAN, DRAFT | wrong, HAND, TODAY, 5)


def test_what_is_left_empty_is_not_an_answer_and_a_sheet_of_nothing_is_none():
    given: opinion_forms.Answers = {"02": {"q1": "  下乡少 ", "q2": ["style", "duty"]}, "team": {"q1": " "}}
    assert opinion_forms.check(form(), given) == {"02": {"q1": "下乡少", "q2": ["duty", "style"]}}
    empty: list[opinion_forms.Answers] = [{}, {"02": {}}, {"02": {"q1": " ", "q2": []}}]
    for nothing in empty:
        with pytest.raises(Refusal, match="answer_empty"):
            opinion_forms.check(form(), nothing)


@pytest.mark.parametrize(
    "answer", [{"03": {"q1": "x"}}, {"02": {"q9": "x"}}, {"02": {"q2": "x"}}, {"02": {"q2": ["x"]}}]
)
def test_only_what_was_asked_is_answered(answer):
    with pytest.raises(Refusal, match="not_asked"):
        opinion_forms.check(form(), answer)


def test_statements_are_taken_out_of_their_sheets_and_tell_no_order():
    sheets = [sheet(text, post=post) for text in ("乙", "甲", "丙") for post in ("02", "team")]
    told = opinion_forms.statements(form(), sheets)
    assert [row.text for row in told if row.post == "02"] == sorted("甲乙丙")
    for _ in range(20):
        random.shuffle(sheets)
        assert opinion_forms.statements(form(), sheets) == told
        assert opinion_forms.close(form(), sheets, TODAY) == opinion_forms.close(form(), sheets[::-1], TODAY)


def test_below_the_least_group_nothing_is_broken_down_and_no_number_is_told():
    few = [sheet("下乡少", "style")] * 4
    changed, facts = opinion_forms.close(form(), few, "2026-03-11")
    assert (changed["answered"], changed["tallies"], facts[0].data["answered"]) == (None, None, None)
    enough = [*few, sheet("开会多", "style", "duty")]
    changed, facts = opinion_forms.close(form(), enough, "2026-03-11")
    assert changed["answered"] == facts[0].data["answered"] == 5
    assert changed["tallies"]["02"] == {"q1": {"words": 5}, "q2": {"style": 5, "duty": None}}
    assert changed["tallies"]["team"]["q2"] == {"style": 0, "duty": 0}
    events.seal(facts[0], source="intake", at="2026-03-11T00:00:00.000Z", sequence=2)


def test_the_turnout_of_an_open_form_is_told_in_steps():
    assert [opinion_forms.turnout(form(), spent) for spent in (0, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]


def test_a_code_is_eighty_bits_of_signs_that_nobody_takes_for_others():
    made = codes.make(200, random.choice)
    assert len(set(made)) == 200 and len(codes.ALPHABET) ** codes.LENGTH == 2**80
    assert not set("01IOl") & set("".join(made))
    for code in made[:20]:
        shown = codes.printed(code)
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in shown)
        for typed in (shown, shown.lower(), f" {code} ", shown.replace("-", " "), wide, shown.replace("-", "—")):
            assert codes.tidy(typed) == code
    for none in ("", made[0][:15], made[0] + "A", "0" * 16, "意见" * 8):
        assert codes.tidy(none) == ""


def test_so_many_wrong_codes_in_a_minute_stop_a_form_for_all_and_for_a_minute_only():
    brake = codes.Brake()
    for second in range(codes.MOST_WRONG):
        assert not brake.holds("form", second / 10)
        brake.wrong("form", second / 10)
    assert brake.holds("form", 7.0) and not brake.holds("other", 7.0)
    assert not brake.holds("form", codes.BRAKE_SECONDS + 1.0)


APPRAISAL = {
    "source": "anonymous_appraisal",
    "about": [{"post": "team", "title": "领导班子"}],
    "questions": [
        {"key": "q2", "kind": "choice", "title": "整改成效如何", "options": [
            {"code": "good", "title": "好", "points": 100}, {"code": "poor", "title": "差", "points": 30},
        ]},
    ],
}  # fmt: skip


def test_an_appraisal_comes_to_a_score_in_steps_of_one_choice_each_and_of_few_to_none():
    asked = form(**APPRAISAL)
    with pytest.raises(Refusal, match="not_asked"):
        opinion_forms.check(asked, sheet("", "good", "poor", post="team"))
    answers = [opinion_forms.check(asked, sheet("", "good", post="team")) for _ in range(7)]
    answers += [sheet("", "poor", post="team")]
    closed, facts = opinion_forms.close(asked, answers, TODAY)
    assert (closed["score"], facts[0].data["score"], facts[0].data["answered"]) == (90, 90, 8)
    assert closed["tallies"]["team"]["q2"] == {"good": 7, "poor": None}
    assert opinion_forms.close(asked, answers[:4], TODAY)[0]["score"] is None
    assert "score" not in opinion_forms.close(form(), answers, TODAY)[1][0].data


def test_a_unit_does_not_have_itself_appraised():
    with pytest.raises(Refusal, match="own_appraisal"):
        opinion_forms.check_hand(form(**APPRAISAL), own_unit=True)
    opinion_forms.check_hand(form(), own_unit=True)
