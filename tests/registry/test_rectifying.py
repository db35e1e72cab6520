"""What is asked of rectification in a region or unit is as much as the campaign asks, or more."""

import copy
from typing import Any

import pytest

from services.registry import definition, inheritance, planning, rectifying, versions
from services.spine import contracts
from tests.registry.test_domain import CAMPAIGN, UNIT
from tests.registry.test_inheritance import tightened

RULES: dict[str, Any] = definition.REFERENCE["policy"]["rectification"]
COMPARED = ("lists", "report_day", "plan_within_days", "soon_days", "evidence_files", "when_returned")


def changed(code: str, **what: Any) -> dict[str, Any]:
    rules = copy.deepcopy(RULES)
    rules["lists"][code] |= what
    return rules


STRICTER = [
    RULES,
    {**RULES, "report_day": 20},
    {**RULES, "soon_days": 14},
    {**RULES, "evidence_files": 2},
    changed("immediate", levels=["group", "office"]),
    changed("phased", milestones=2, return_days=7),
    changed("long_term", recheck_days=[90, 180, 365]),
]


@pytest.mark.parametrize("rules", STRICTER)
def test_a_region_adds_levels_looks_again_sooner_and_gives_less_time(rules):
    assert rectifying.stricter(RULES, rules)
    contracts.check(
        "requests/tighten_policy", {"kind": "region", "of": "990823", "policy": {"rectification": rules}, "reason": "x"}
    )


LESS = [
    {"lists": RULES["lists"]},
    {**RULES, "report_day": 28},
    {**RULES, "soon_days": 6},
    {**RULES, "evidence_files": 0},
    {**RULES, "another": {}},
    changed("long_term", levels=["group"]),
    changed("phased", levels_at={"city": ["group"]}),
    changed("phased", return_days=30),
    changed("phased", milestones=0),
    changed("immediate", recheck_days=[]),
    changed("long_term", recheck_days=[90, 400]),
    changed("long_term", look_back_days=400),
]


@pytest.mark.parametrize("rules", LESS)
def test_nothing_that_is_asked_is_taken_away(rules):
    assert not rectifying.stricter(RULES, rules)


@pytest.mark.parametrize("first", [*STRICTER, *LESS[1:]])
def test_what_two_ask_for_asks_for_as_much_as_each(first):
    fixed = {key: first[key] for key in first if key not in COMPARED}
    for second in [*STRICTER, *LESS[1:]]:
        both = rectifying.joined(first, second)
        asked = {**fixed, **{key: second[key] for key in COMPARED}}
        assert rectifying.stricter(first, both) and rectifying.stricter(asked, both)
        assert all(rectifying.stricter(rectifying.joined(both, one), both) for one in (first, second)), "nothing more"


def test_what_a_county_asked_for_holds_part_by_part_when_another_version_asks_for_something_else():
    county = tightened(policy={"rectification": {**changed("phased", return_days=7), "plan_within_days": 10}})
    ladder = {**RULES["escalation"], "mark": "督"}
    later = {**changed("phased", milestones=2), "plan_within_days": 12, "report_day": 20, "escalation": ladder}
    rules = planning.plan({**county, "policy": {**county["policy"], "rectification": later}}, UNIT, "G4")["rules"]
    found = rules["rectification"]
    assert (found["plan_within_days"], found["report_day"], found["escalation"]) == (10, 20, ladder)
    assert (found["lists"]["phased"]["return_days"], found["lists"]["phased"]["milestones"]) == (7, 2)


def test_a_region_says_that_what_was_sent_back_is_yellow_and_none_says_that_it_is_not():
    calm = {**RULES, "when_returned": "as_due"}
    unsaid = {key: value for key, value in RULES.items() if key != "when_returned"}
    assert all(rectifying.stricter(calm, rules) for rules in (RULES, unsaid, calm))
    assert all(rectifying.stricter(unsaid, rules) for rules in (RULES, unsaid))
    assert not any(rectifying.stricter(rules, calm) for rules in (RULES, unsaid))


def test_the_rules_are_told_with_the_campaign_and_where_a_unit_has_stricter_ones_with_its_meeting():
    reference = {"standards": [], **CAMPAIGN, "policy": {**CAMPAIGN["policy"], "rectification": RULES}}
    assert versions.told(reference, 3)["rectification"] == RULES
    stricter = changed("immediate", levels=["group", "office"])
    campaign = tightened(reference, policy={"rectification": stricter})
    place = {"region": "990823", "unit": "990823-NYNC"}
    assert inheritance.rules_beside(campaign, place) == {"rectification": stricter}
