"""Other rules later on: what is on the ledger, and an evaluation, keep those they began under."""

import functools
from typing import Any

import pytest

from services.rectification import imports_store, nightly, places_store, store
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import CAMPAIGN, OTHER, REGION, UNIT, actor, answered
from tests.rectification.test_evaluation import ASKED, FIRST, FORM_CLOSED, ITEM, LOW, SECOND, VISIT, event
from tests.rectification.test_owners import registered
from tests.rectification.test_states import FIELDS, RULES, hand

STEPS = {**RULES["escalation"], "steps": RULES["escalation"]["steps"][:1]}
PHASED = {**RULES["lists"]["phased"], "return_days": 7}
LATER = {**RULES, "escalation": STEPS, "lists": {**RULES["lists"], "phased": PHASED}}
MEASURES = [{**{name: said for name, said in FIELDS["measures"][0].items() if name != "key"}, "due_on": "2024-02-10"}]


def said(version: int, rules: dict[str, Any], immediate_days: int) -> dict[str, Any]:
    told = {"version": version, "immediate_days": immediate_days, "rectification": rules}
    return {"campaign": CAMPAIGN, "sequence": version, "data": told}


@pytest.fixture
def service(db, monkeypatch):
    """One item of before and one of after the second version, which came in between and is heard twice."""
    found = acting.doors(db, monkeypatch)
    store.remember_campaign(db, said(1, RULES, 30))
    registered(found, "p01", measures=MEASURES)
    for _ in range(2):
        store.remember_campaign(db, said(2, LATER, 20))
    registered(found, "p02", measures=MEASURES)
    return found


def asks(service: Any, sequence: int, **rules: Any) -> None:
    """The unit, or its region, asks of its ledger beyond the campaign, or no longer does."""
    told = {"unit": UNIT, "group": "G4", "level": "county", "rules": rules}
    places_store.remember(service.db, {"campaign": CAMPAIGN, "region": REGION, "sequence": sequence, "data": told})


def both(service: Any) -> list[dict[str, Any]]:
    return [store.get(service.db, f"{CAMPAIGN}.{UNIT}.p0{number}") for number in (1, 2)]


def test_what_is_on_the_ledger_keeps_its_rules_and_what_comes_has_the_new_ones(service):
    before, after = both(service)
    assert [one["definition"] for one in (before, after)] == [1, 2]
    plans = [service.rules(one) for one in (before, after)]
    assert [plan["immediate_days"] for plan in plans] == [30, 20]
    assert [plan["rectification"]["lists"]["phased"]["return_days"] for plan in plans] == [15, 7]
    ladders = [answered("ladder", service.ladder(actor("office"), one["_id"]))["steps"] for one in (before, after)]
    assert [len(steps) for steps in ladders] == [5, 1]
    assert [len(nightly._Ladders(service.db).of(one)["steps"]) for one in (before, after)] == [5, 1]


def test_a_move_to_the_immediate_list_is_measured_by_the_limit_it_began_with(service):
    """Asked for from a sheet as from the page."""
    before, after = both(service)
    draft = {"kind": "retype", "to": "immediate", "due_on": "2024-02-14", "reason": "马上就改"}
    asked = functools.partial(service.ask_change, actor("liaison", "ask_item_change"))
    assert answered("item", asked(before["_id"], draft))["requests"]
    with pytest.raises(Refusal, match="immediate"):
        asked(after["_id"], draft)
    ground = imports_store.ground(service.db, CAMPAIGN, UNIT, "", hand())
    assert [ground.plan_of(one)["immediate_days"] for one in (before, after, None)] == [30, 20, 20]


GRADES = [{**one, "at_least": one["at_least"] // 2} for one in RULES["evaluation"]["grades"]]
LENIENT = {**RULES, "evaluation": {**RULES["evaluation"], "grades": GRADES, "second_round_days": 400}}


def test_an_evaluation_keeps_weights_grades_and_days_in_all_its_rounds_and_one_begun_later_has_the_new_ones(service):
    group, office = actor("supervisor", "evaluate"), actor("county_office", "decide_grade")
    for finding in (VISIT, ASKED):
        service.record_finding(group, FIRST, finding)
    service.on_opinion_form_closed([event("opinion_form_closed", {**FORM_CLOSED, "answered": 41, "score": 70}, "form")])
    before = answered("evaluation", service.evaluation_of_unit(group, FIRST))
    store.remember_campaign(service.db, said(3, LENIENT, 20))
    assert service.evaluation_of_unit(group, FIRST) == before and before["computed"]["grade"] == "ordinary"
    service.propose_grade(actor("supervisor", "propose_grade"), FIRST, LOW)
    assert service.decide_grade(office, FIRST, LOW)["decision"]["due_on"] == "2024-03-20", "sixty days, not 400"
    opened = [one for one in acting.said(service.db, "evaluations") if one["type"] == "rectify.second_round_opened"]
    service.on_second_round_opened(opened)
    second = service.evaluation_of_unit(group, SECOND)
    other = service.evaluation_of_unit(actor("office"), f"{CAMPAIGN}.{OTHER}.v1")
    assert (second["items"], second["grades"], other["grades"]) == ([ITEM], before["grades"], GRADES)


def test_what_a_unit_asks_for_later_holds_for_what_is_registered_from_then_on(db, monkeypatch):
    """Again and again, told twice, and taken back; its smallest group and its day of reports are of today."""
    service, sooner = (
        acting.doors(db, monkeypatch),
        {"immediate_days": 10, "rectification": {**LATER, "report_day": 20}},
    )
    for number, rules in enumerate(({}, sooner, {**sooner, "immediate_days": 5, "small_group": 9}, {}), 1):
        asks(service, number + 1, **rules)
        asks(service, number + 1, **rules)
        registered(service, f"p0{number}", measures=MEASURES)
    items = [store.get(db, f"{CAMPAIGN}.{UNIT}.p0{number}") for number in range(1, 5)]
    limits = [(30, 15), (10, 7), (5, 7), (30, 15)]
    ground = imports_store.ground(db, CAMPAIGN, UNIT, "", hand())
    for rules_of in (service.rules, ground.plan_of):
        plans = [rules_of(one) for one in items]
        days = [one["rectification"]["lists"]["phased"]["return_days"] for one in plans]
        assert list(zip((one["immediate_days"] for one in plans), days, strict=True)) == limits
        assert {one["small_group"] for one in plans} == {5}, "it guards people today"
        assert {one["rectification"]["report_day"] for one in plans} == {25}
    asks(service, 6, **sooner)
    assert {service.rules(one)["rectification"]["report_day"] for one in items} == {20}, "a unit reports on one day"
    before = {**items[0], "unit_rules": None}
    assert service.rules(before)["immediate_days"] == 10, "what was registered when no mark was kept has today's"
