"""The rules of handing in."""

import pytest

from services.intake import domain
from services.spine.errors import Refusal

PLAN = {
    "campaign": "a-campaign",
    "unit": "990823-NYNC",
    "region": "990823",
    "group": "G4",
    "required": [{"kind": "speech_outline", "post": "02"}],
}


def handed(content: str, follows: int = 0, answers: dict | None = None) -> domain.Handed:
    given = {key: domain.answer(one) for key, one in (answers or {}).items()}
    at = "2024-01-02T08:00:00Z"
    return domain.Handed(content * 64, 10, "text/plain", "提纲.txt", follows, "", given, "a", "联络员", at, at[:10])


def settle(material: domain.Material, version: int, outcome: str, comments: list[str], due_on: str | None, **more):
    said = {"version": version, "outcome": outcome, "comments": comments, "due_on": due_on, **more}
    return domain.settle(material, said)


def fresh() -> domain.Material:
    return domain.begin(PLAN, "speech_outline", "02")


def first() -> domain.Material:
    return domain.submit(fresh(), handed("a"))[0]


def returned() -> domain.Material:
    return settle(first(), 1, "returned", ["m.v1.measures"], "2024-01-04")


def test_the_first_version_is_kept_with_hash_time_and_hand_and_is_said():
    material, facts = domain.submit(fresh(), handed("a"))
    version = material["versions"][0]
    assert (version["version"], version["sha256"], version["submitted_by"]) == (1, "a" * 64, "联络员")
    assert facts[0].name == "material_submitted" and facts[0].data["version"] == 1
    assert "提纲" not in str(facts[0].data), "an event carries no names"


def test_a_unit_hands_in_only_what_it_owes():
    with pytest.raises(Refusal, match="material_kind_not_required"):
        domain.begin(PLAN, "speech_outline", "03")


def test_the_same_file_again_is_the_same_version():
    assert domain.submit(first(), handed("a")) == (first(), [])


def test_of_two_at_once_one_wins_and_the_other_is_told_who_was_first():
    with pytest.raises(Refusal) as refused:
        domain.submit(first(), handed("b", follows=0))
    assert refused.value.code == "version_exists"
    assert refused.value.params["by"] == "联络员"


def test_a_version_that_was_sent_back_is_not_answered_by_itself():
    with pytest.raises(Refusal, match="unchanged"):
        domain.submit(returned(), handed("a", follows=1))


def test_a_new_version_answers_every_comment():
    for answers in ({}, {"m.v1.measures": "  "}, {"another": "x"}):
        with pytest.raises(Refusal) as refused:
            domain.submit(returned(), handed("b", 1, answers))
        assert refused.value.errors[0]["pointer"] == "/answers/m.v1.measures"
    material, _ = domain.submit(returned(), handed("b", 1, {"m.v1.measures": " 已写明日期 ", "extra": " "}))
    kept = {"how": None, "where": "", "text": "已写明日期"}
    assert material["versions"][1]["answers"] == {"m.v1.measures": kept}
    assert (material["state"], material["comments"], material["due_on"]) == ("submitted", [], None)


def test_an_answer_to_a_comment_that_is_not_there_is_told_not_lost():
    with pytest.raises(Refusal, match="comment_unknown") as refused:
        domain.submit(returned(), handed("b", 1, {"m.v1.measures": "改了", "another": "x"}))
    assert refused.value.errors[0]["pointer"] == "/answers/another"


def test_earlier_versions_are_never_changed_by_a_new_one():
    material, _ = domain.submit(returned(), handed("b", 1, {"m.v1.measures": "改了"}))
    assert material["versions"][0] == returned()["versions"][0]


def test_a_passed_material_takes_no_further_version():
    passed = settle(first(), 1, "passed", [], None)
    with pytest.raises(Refusal, match="already_passed"):
        domain.submit(passed, handed("b", 1))


def test_a_verdict_on_an_old_version_is_kept_with_it_and_changes_nothing_else():
    second, _ = domain.submit(first(), handed("b", 1))
    settled = settle(second, 1, "returned", ["m.v1.measures"], "2024-01-04")
    assert settled["versions"][0]["outcome"] == "returned"
    assert (settled["state"], settled["comments"]) == ("submitted", [])


def test_a_precheck_that_comes_late_does_not_undo_a_verdict():
    assert domain.prechecked(returned(), 1, readable=True) == returned()
    unread = domain.prechecked(first(), 1, readable=False)
    assert unread["state"] == "unreadable"
    assert domain.prechecked(unread, 1, readable=True)["state"] == "prechecked", "given up, and tried again later"


def test_an_answer_may_say_what_was_done_and_where():
    given = {"how": "accepted", "where": " 第三部分第2条 ", "text": "已写明"}
    material, _ = domain.submit(returned(), handed("b", 1, {"m.v1.measures": given}))
    assert material["versions"][1]["answers"]["m.v1.measures"] == {**given, "where": "第三部分第2条"}


def test_after_the_close_no_answer_is_taken_until_somebody_gives_more_time():
    late = settle(first(), 1, "returned", ["m.v1.measures"], "2023-12-29", closes_on="2024-01-01")
    answered = handed("b", 1, {"m.v1.measures": "改了"})
    with pytest.raises(Refusal, match="answers_closed"):
        domain.submit(late, answered)
    extended = domain.extend(late, 1, "2024-01-03", "2024-01-05")
    assert (extended["due_on"], extended["closes_on"]) == ("2024-01-03", "2024-01-05")
    assert domain.submit(extended, answered)[0]["state"] == "submitted"
    assert domain.extend(first(), 1, "2024-01-03", None) == first(), "only what was sent back has a time to answer"


def test_a_verdict_taken_back_leaves_the_version_waiting_for_another():
    back = domain.unsettle(returned(), 1)
    assert (back["state"], back["comments"], back["due_on"]) == ("prechecked", [], None)
    assert back["versions"][0]["outcome"] is None
