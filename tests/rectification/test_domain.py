"""The rules of the ledger, one by one and against every possible course of events."""

import re
from collections.abc import Collection

import pytest

from services.rectification import closing, domain, effects
from services.spine import settings, topology
from services.spine.actor import GROUP_SIDE, MAY, OFFICES, UNIT_SIDE
from services.spine.errors import Refusal

PLAN = {"campaign": "a-campaign", "unit": "990823-NYNC", "region": "990823", "group": "G4"}
DRAFT = {
    "key": "p01",
    "problem": "灌渠水毁半年未修复",
    "source": "supervision",
    "category": "phased",
    "responsible": "分管副局长",
    "standard": "通水验收",
    "measures": [{"what": "修复", "who": "分管副局长", "due_on": "2024-02-28"}],
    "due_on": "2024-03-31",
}
EFFECT = {"result": "已通水", "effect": {"before": "靠抽水", "after": "自流灌溉"}}
LEVELS = {role for roles in closing.LEVELS.values() for role in roles}
WHO: dict[str, Collection[str]] = {
    "unit": UNIT_SIDE,
    "owner": ("member",),
    "group": GROUP_SIDE,
    "group leader": ("group_leader",),
    "office": ("office",),
    "any office": OFFICES,
    **dict.fromkeys(("each level but the last", "the last level", "the level awaited", "who passed one"), LEVELS),
}
"""The words of the table of moves, and whose roles they are."""
DOORS = {
    "register": ["register", "run_ledger_import"],
    "plan": ["revise"],
    "revise": ["revise", "revise_items"],
    "progress": ["record_progress"],
    "interim": ["record_interim"],
    "ask": ["ask_change"],
    "decide": ["decide_change"],
    **dict.fromkeys(("pass", "close", "return"), ["verify"]),
    **dict.fromkeys(("recheck", "rebound"), ["record_recheck"]),
    "reopen": ["reopen_item"],
    "judge": ["judge_effect"],
    "reword": ["reword_effect"],
}
"""The doors through which each move is made, where they are called otherwise."""
EVIDENCE = [{"title": "验收单", "dated_on": "2024-01-15"}]


def hand(account: str = "liaison", today: str = "2024-01-20") -> domain.Hand:
    return domain.Hand(account, account, f"{today}T08:00:00.000Z", today)


def item(**changed: object) -> domain.Item:
    return domain.register(PLAN, 30, 1, {**DRAFT, **changed}, hand())[0]


def progressed(evidence: list | None = None, key: str = "e1") -> domain.Item:
    entry = {"key": key, "on": "2024-01-16", "text": "完成", "evidence": EVIDENCE if evidence is None else evidence}
    return domain.record_progress(item(), entry, hand())[0]


def applied(today: str = "2024-01-20") -> domain.Item:
    return closing.apply(progressed(), EFFECT, hand(today=today))[0]


def verified(item: domain.Item, passed: bool, reason: str, by: domain.Hand, own_unit: bool = False) -> domain.Changed:
    draft = {"passed": passed, "reason": reason, "hash": domain.applied_for(item), "due_on": item["due_on"]}
    return closing.verify(item, draft, by, own_unit, ["supervisor"])


def test_the_readme_draws_the_table_that_is_enforced():
    assert f"```mermaid\n{domain.drawn()}\n```" in (settings.ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("move", domain.MOVES)
def test_the_table_says_who_makes_a_move_as_its_doors_are_opened(move):
    doors = dict(topology.entrypoints("rectification"))
    opened = {role for door in DOORS.get(move, [move]) for role in MAY[doors[door].may]}
    assert opened == {role for who in re.split(", | or ", domain.MOVES[move].by) for role in WHO[who]}


def test_a_problem_names_the_opinion_of_its_own_unit_that_it_was_made_of():
    opinion = f"{PLAN['campaign']}.{PLAN['unit']}.02.o5a1f3c0d9e8b7a64"
    made = item(source="opinion", opinion_id=opinion)
    assert made["opinion_id"] == opinion and "opinion_id" not in item()
    draft = {**DRAFT, "source": "opinion"}
    assert domain.same(made, {**draft, "opinion_id": opinion}) and not domain.same(made, draft)
    with pytest.raises(Refusal, match="not_found"):
        item(source="opinion", opinion_id=opinion.replace("990823", "990824"))


def test_what_is_changed_at_once_takes_thirty_days_at_most():
    soon = [{"what": "修复", "who": "分管副局长", "due_on": "2024-02-10"}]
    assert item(category="immediate", due_on="2024-02-19", measures=soon)
    with pytest.raises(Refusal, match="immediate_too_long"):
        item(category="immediate", due_on="2024-02-20", measures=soon)


def test_a_measure_is_not_due_after_its_problem():
    with pytest.raises(Refusal) as refused:
        item(due_on="2024-02-27")
    assert refused.value.errors[0]["pointer"] == "/measures/0/due_on"


def test_only_a_long_term_problem_counts_as_planned_without_a_date():
    assert item(category="long_term", due_on=None)["state"] == "open"
    for category in ("immediate", "phased"):
        begun = item(category=category, due_on=None)
        assert (begun["state"], begun["lacking"]) == ("registered", ["due_on"])


def test_nothing_is_closed_without_evidence():
    with pytest.raises(Refusal, match="evidence_missing"):
        closing.apply(progressed(evidence=[]), EFFECT, hand())


def test_evidence_is_not_dated_in_the_future():
    with pytest.raises(Refusal) as refused:
        progressed(evidence=[{"title": "验收单", "dated_on": "2024-01-21"}])
    assert refused.value.errors[0]["pointer"] == "/evidence/0/dated_on"


def test_a_unit_never_closes_its_own_item():
    with pytest.raises(Refusal, match="own_item"):
        verified(applied(), True, "属实", hand("secretary"), own_unit=True)


def test_who_applied_cannot_verify_whatever_roles_he_holds():
    with pytest.raises(Refusal, match="applicant_verifies"):
        verified(applied(), True, "属实", hand("liaison"), own_unit=False)


def test_the_group_closes_an_item_and_says_whether_it_was_on_time():
    closed, facts = verified(applied(), True, "现场查看属实", hand("supervisor"), own_unit=False)
    assert (closed["state"], closed["closed_on"], closed["late"]) == ("closed", "2024-01-20", False)
    assert facts[0].data["on_time"] is True
    assert effects.line(closed)["after"] == "自流灌溉"


def test_what_was_applied_for_late_is_closed_late_for_good():
    closed, facts = verified(applied("2024-04-01"), True, "属实", hand("supervisor", "2024-04-02"), own_unit=False)
    assert closed["late"] and not facts[0].data["on_time"]
    assert domain.colour(closed, "2024-12-31") == "yellow"


def test_a_slow_verification_does_not_make_a_punctual_unit_late():
    closed, _ = verified(applied("2024-03-31"), True, "属实", hand("supervisor", "2024-05-01"), own_unit=False)
    assert not closed["late"]


def test_an_item_sent_back_is_open_again_with_the_reason_kept():
    back, facts = verified(applied(), False, "佐证不足", hand("supervisor"), own_unit=False)
    assert (back["state"], back["history"][-1]["reason"]) == ("open", "佐证不足")
    assert facts[0].data["outcome"] == "returned"


def test_a_closed_item_takes_no_further_move():
    closed, _ = verified(applied(), True, "属实", hand("supervisor"), own_unit=False)
    with pytest.raises(Refusal, match="wrong_state"):
        closing.apply(closed, EFFECT, hand())
    with pytest.raises(Refusal, match="wrong_state"):
        verified(closed, False, "x", hand("supervisor"), own_unit=False)


def test_the_same_entry_again_changes_nothing_and_another_of_its_key_is_refused():
    before = progressed()
    entry = {"key": "e1", "on": "2024-01-16", "text": "完成", "evidence": EVIDENCE}
    assert domain.record_progress(before, entry, hand()) == (before, [])
    with pytest.raises(Refusal, match="key_taken"):
        domain.record_progress(before, {**entry, "text": "别的"}, hand())


def test_nothing_is_done_in_the_future():
    with pytest.raises(Refusal, match="day_in_future"):
        domain.record_progress(item(), {"key": "e9", "on": "2024-01-21", "text": "x", "evidence": []}, hand())


def test_what_was_applied_for_in_time_does_not_turn_red_while_the_group_takes_its_time():
    assert domain.colour(applied(), "2024-12-31") == "blue"
    assert domain.colour(applied("2024-04-01"), "2024-04-02") == "red"


@pytest.mark.parametrize(
    ("today", "colour"),
    [
        ("2024-03-01", "blue"),
        ("2024-03-23", "blue"),
        ("2024-03-24", "yellow"),
        ("2024-03-31", "yellow"),
        ("2024-04-01", "red"),
    ],
)
def test_the_colour_of_an_open_item_follows_the_day(today, colour):
    assert domain.colour(item(), today) == colour


def test_an_item_without_a_date_never_alarms():
    assert domain.colour(item(category="long_term", due_on=None), "2030-01-01") == "blue"
