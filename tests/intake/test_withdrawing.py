"""Taking a version back before anybody began to read it, and handing an earlier one in again."""

import pytest

from services.intake import domain, withdrawing
from services.spine.errors import Refusal
from tests.intake.test_domain import first, fresh, handed, returned, settle
from tests.intake.test_signing import waiting

ASKING = withdrawing.Asking("误传", "联络员", "liaison", "2024-01-02T09:00:00Z")


def withdraw(material: domain.Material, number: int = 1):
    return withdrawing.withdraw(material, number, ASKING)


def test_a_version_that_counts_is_taken_back_only_when_review_agrees():
    asked, facts = withdraw(first())
    assert (asked["state"], [fact.name for fact in facts]) == ("submitted", ["withdrawal_asked"])
    assert "误传" not in str(facts[0].data)
    assert withdraw(asked) == (asked, [])
    kept = withdrawing.decided(asked, 1, granted=False)
    assert (kept["state"], kept["counted"]) == ("submitted", 1)
    gone = withdrawing.decided(asked, 1, granted=True)
    assert (gone["state"], gone["counted"], gone["versions"][0]["withdrawal"]["reason"]) == ("withdrawn", 0, "误传")
    assert withdrawing.decided(gone, 1, granted=True) == gone


def test_what_nobody_has_signed_is_taken_back_at_once_and_nothing_is_said():
    gone, facts = withdraw(waiting())
    assert (gone["state"], facts) == ("withdrawn", [])
    before = returned()
    gone, _ = withdraw(waiting("b", before=before, follows=1, answers={"m.v1.measures": "已改"}), 2)
    assert (gone["state"], gone["comments"], gone["due_on"]) == ("returned", ["m.v1.measures"], "2024-01-04")


def test_what_answered_a_verdict_and_is_taken_back_leaves_it_to_be_answered_again():
    answered, _ = domain.submit(returned(), handed("b", 1, {"m.v1.measures": "已改"}))
    gone = withdrawing.decided(withdraw(answered, 2)[0], 2, granted=True)
    assert (gone["state"], gone["comments"], gone["due_on"], gone["counted"]) == (
        "returned",
        ["m.v1.measures"],
        "2024-01-04",
        1,
    )
    with pytest.raises(Refusal, match="comments_unanswered"):
        domain.submit(gone, handed("c", 2))
    with pytest.raises(Refusal, match="unchanged"):
        domain.submit(gone, handed("a", 2, {"m.v1.measures": "已改"}))
    again, _ = domain.submit(gone, handed("b", 2, {"m.v1.measures": "已改"}))
    assert [row["version"] for row in again["versions"]] == [1, 2, 3]


@pytest.mark.parametrize("outcome", ["passed", "returned", "rewrite"])
def test_after_the_verdict_it_is_too_late(outcome):
    with pytest.raises(Refusal, match="reading_began"):
        withdraw(settle(first(), 1, outcome, [], None))


def test_only_the_newest_is_taken_back():
    second, _ = domain.submit(first(), handed("b", 1))
    with pytest.raises(Refusal, match="version_replaced"):
        withdraw(second, 1)


def test_undo_is_a_new_version_with_the_file_of_an_old_one():
    material = first()
    for number, content in ((1, "b"), (2, "c")):
        material, _ = domain.submit(material, handed(content, number))
    again = handed("a", 3)._replace(**withdrawing.handed_again(domain.version(material, 1)))
    material, facts = domain.submit(material, again)
    last = material["versions"][-1]
    assert (last["version"], last["again"], last["sha256"], len(facts)) == (4, 1, "a" * 64, 1)
    assert domain.submit(material, again) == (material, [])


def test_a_second_new_submission_of_the_same_kind_is_refused_not_begun():
    assert fresh()["_id"] == first()["_id"]
    with pytest.raises(Refusal, match="version_exists"):
        domain.submit(first(), handed("z", follows=0))
