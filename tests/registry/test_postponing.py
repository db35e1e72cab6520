"""A unit asks for another day, an office decides; nobody is late by waiting for an answer."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import planning, postponing, telling
from services.spine import contracts
from services.spine.errors import Refusal
from services.spine.workdays import PUBLISHED
from tests.registry.test_domain import CAMPAIGN, NOW, hold, meeting, passed

FIRST, LAST = CAMPAIGN["opens_on"], CAMPAIGN["all_meetings_held_by"]
DAYS = st.dates(date.fromisoformat(FIRST), date.fromisoformat(LAST)).map(str)


def on(day: str) -> telling.Meeting:
    return planning.reschedule(meeting(), CAMPAIGN, day, "提前", "办", NOW, FIRST)[0]


def ask(planned: telling.Meeting, day: str, today: str = "2023-12-20", reason: str = "全会") -> telling.Changed:
    return postponing.ask(planned, CAMPAIGN, day, reason, "联络员", "liaison", NOW, today)


def decide(
    asked: telling.Meeting, outcome: str, account: str = "office", day: str | None = None, today: str = "2023-12-20"
) -> telling.Changed:
    decision = {"outcome": outcome, "on": day, "reason": "知悉", "by": "办", "at": NOW}
    return postponing.decide(asked, CAMPAIGN, 1, decision, account, today, PUBLISHED)


def code(act, *words) -> str:
    with pytest.raises(Refusal) as refused:
        act(*words)
    return refused.value.code


def test_until_it_is_decided_every_date_stands_and_reminders_rest():
    planned = on("2024-01-03")
    asked, facts = ask(planned, "2024-01-09")

    assert asked["aspects"] == planned["aspects"] and asked["meeting_on"] == "2024-01-03"
    assert [(fact.name, fact.data["reminders"]) for fact in facts] == [("postponement_asked", "paused")]
    assert ask(asked, "2024-01-09") == (asked, [])
    assert code(ask, asked, "2024-01-08") == "postponement_open"


def test_granted_every_date_is_counted_anew_and_the_old_ones_are_kept():
    asked, _ = ask(on("2024-01-03"), "2024-01-09")
    moved, facts = decide(asked, "granted")

    assert moved["meeting_on"] == "2024-01-09" and moved["asking_since"] is None
    kept = moved["history"][-1]
    assert (kept["what"], kept["from"], kept["to"]) == ("postponed", "2024-01-03", "2024-01-09")
    assert kept["dates"][0] == {"number": 1, "from": "2023-12-19", "to": "2023-12-25"}
    assert [fact.name for fact in facts] == ["meeting_scheduled", "postponement_decided"]
    assert facts[0].data["because"] == "postponed" and facts[1].data["outcome"] == "granted"
    assert decide(moved, "granted") == (moved, [])
    assert code(decide, moved, "refused") == "postponement_settled"


def test_refused_or_withdrawn_nothing_moves():
    asked, _ = ask(on("2024-01-03"), "2024-01-09")
    for outcome in ("refused", "withdrawn"):
        after, facts = decide(asked, outcome)
        assert after["aspects"] == asked["aspects"] and after["meeting_on"] == "2024-01-03"
        assert [fact.data["reminders"] for fact in facts] == ["resumed"]


def test_a_meeting_that_is_held_ends_the_asking_and_says_so():
    asked, _ = ask(passed(), "2024-01-05")
    held, facts = hold(asked, present=6)

    assert held["asking_since"] is None and postponing.open_one(held) is None
    (one,) = held["postponements"]
    decision = {"by": "联络员", "at": NOW, "reason": "", "on": None}
    assert (one["state"], one["decision"]) == ("lapsed", decision)
    said = {fact.name: fact.data for fact in facts}["postponement_decided"]
    contracts.check("events/postponement_decided", said)
    assert (said["outcome"], said["reminders"], facts[-1].name) == ("lapsed", "resumed", "meeting_held")
    assert code(decide, held, "granted") == "postponement_settled"


def test_nobody_decides_on_an_own_asking():
    asked, _ = ask(on("2024-01-03"), "2024-01-09")
    assert code(decide, asked, "granted", "liaison") == "own_postponement"


def test_neither_asked_nor_granted_beyond_the_campaigns_last_day():
    assert code(ask, on("2024-01-03"), "2024-01-11") == "meeting_day_too_late"
    asked, _ = ask(on("2024-01-03"), "2024-01-09")
    assert code(decide, asked, "granted", "office", "2024-01-11") == "meeting_day_too_late"
    assert code(ask, on("2024-01-03"), "2024-01-09", "2024-01-10") == "meeting_day_past"


def test_a_unit_moves_later_by_itself_only_before_its_first_date_falls_due():
    planned = on("2024-01-03")
    postponing.check_by_unit(planned, CAMPAIGN, "2024-01-09", "2023-12-19")
    postponing.check_by_unit(planned, CAMPAIGN, "2024-01-02", "2024-01-01")
    assert code(postponing.check_by_unit, planned, CAMPAIGN, "2024-01-09", "2023-12-20") == "ask_to_postpone"
    policy = {**CAMPAIGN["policy"], "moving": {"later_by_unit": "always"}}
    postponing.check_by_unit(planned, {**CAMPAIGN, "policy": policy}, "2024-01-09", "2023-12-20")


@given(DAYS, DAYS, DAYS)
def test_only_what_was_overdue_when_it_was_asked_stays_late(first, wanted, asked_on):
    """However long the office takes, whatever the days are."""
    if wanted < asked_on or wanted == first:
        return
    planned = on(first) if first != LAST else meeting()
    asked, _ = ask(planned, wanted, asked_on)
    moved, _ = decide(asked, "granted", today=asked_on)
    late = {row["number"] for row in planned["aspects"] if row["due_on"] < asked_on}
    assert {row["number"] for row in moved["aspects"] if row["late"]} == late
    shift = timedelta(days=(date.fromisoformat(wanted) - date.fromisoformat(first)).days)
    for was, now in zip(planned["aspects"], moved["aspects"], strict=True):
        assert date.fromisoformat(now["due_on"]) - date.fromisoformat(was["due_on"]) == shift


def test_a_day_on_which_nobody_works_is_told_for_the_meeting_and_for_the_day_asked_for():
    asked = ask(on("2023-12-31"), "2024-01-07")[0]
    told = postponing.days_off(asked, PUBLISHED)
    assert [(row["on"], row["what"], (row["name"] or {}).get("zh")) for row in told] == [
        ("2023-12-31", "holiday", "元旦"),
        ("2024-01-07", "weekend", None),
    ]
    assert postponing.days_off(on("2024-01-03"), PUBLISHED) == []
    assert postponing.days_off({**asked, "held": {"held_on": "2023-12-31"}}, PUBLISHED) == []
