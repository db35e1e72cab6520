"""Policy is inherited downward and only ever made stricter, and of each value it is told where it comes from."""

import pytest

from services.registry import asked_below, attendance, domain, grouping, inheritance, planning, replanning
from services.spine import contracts
from services.spine.errors import Refusal
from tests.registry.test_domain import CAMPAIGN, NOW, TODAY, UNIT, code_of, passed, record


def asked(kind: str = "region", of: str = "990823", **what) -> dict:
    return {"kind": kind, "of": of, "policy": {}, "offsets": {}, "reason": "县委要求", "by": "县办", "at": NOW, **what}


def tightened(campaign: dict = CAMPAIGN, region: str = "990823", **what) -> dict:
    return inheritance.tighten(campaign, asked(**what), region)


STRICTER = {"quorum": {"of": 4, "needed": 3}, "answer_within": {"days": 1, "unit": "working"}, "immediate_days": 20}


def test_a_region_asks_for_more_and_its_units_have_it_with_its_origin():
    campaign = tightened(policy=STRICTER, offsets={"plan": -20})
    found = {row["key"]: row for row in inheritance.policy_for(campaign, "990823", str(UNIT["unit_code"]))["values"]}
    assert found["quorum"]["value"] == {"of": 4, "needed": 3} and found["quorum"]["campaign"] == {"of": 3, "needed": 2}
    assert found["quorum"]["origin"] == {"kind": "region", "of": "990823", "reason": "县委要求"}
    assert found["small_group"]["origin"]["kind"] == "campaign"
    elsewhere = inheritance.policy_for(campaign, "990824")
    assert {row["origin"]["kind"] for row in (*elsewhere["values"], *elsewhere["offsets"])} == {"campaign"}


@pytest.mark.parametrize(
    "what",
    [
        {"policy": {"quorum": {"of": 2, "needed": 1}}},
        {"policy": {"answer_within": {"days": 3, "unit": "working"}}},
        {"policy": {"answer_within": {"days": 1, "unit": "natural"}}},
        {"policy": {"immediate_days": 31}},
        {"policy": {"small_group": 4}},
        {"policy": {"signing": {"minutes": ["author"]}}},
        {"offsets": {"plan": -14}},
        {"offsets": {"no_such": -14}},
    ],
)
def test_what_would_ask_for_less_is_refused(what):
    with pytest.raises(Refusal) as refused:
        tightened(**what)
    assert code_of(refused) == "not_stricter"


def test_a_reason_alone_asks_for_nothing_and_is_refused():
    with pytest.raises(Refusal) as refused:
        tightened()
    assert code_of(refused) == "nothing_asked"


def test_all_that_is_less_strict_is_said_at_once_and_a_unit_not_less_than_its_region():
    with pytest.raises(Refusal) as refused:
        tightened(policy={"immediate_days": 31, "small_group": 4}, offsets={"plan": -1})
    assert [one["pointer"] for one in refused.value.errors] == [
        "/policy/immediate_days",
        "/policy/small_group",
        "/offsets/plan",
    ]
    county = tightened(policy={"immediate_days": 20})
    with pytest.raises(Refusal, match="not_stricter"):
        tightened(county, kind="unit", of=UNIT["unit_code"], policy={"immediate_days": 25})


def test_a_unit_that_asked_for_less_than_its_region_asks_for_later_has_the_regions():
    unit = tightened(kind="unit", of=UNIT["unit_code"], policy={"immediate_days": 25})
    county = tightened(unit, policy={"immediate_days": 20})
    (row,) = (
        row
        for row in inheritance.policy_for(county, "990823", str(UNIT["unit_code"]))["values"]
        if row["key"] == "immediate_days"
    )
    assert (row["value"], row["origin"]["kind"]) == (20, "region")


def test_asked_twice_it_changes_nothing_and_what_was_asked_before_is_kept():
    once = tightened(policy={"immediate_days": 20})
    assert tightened(once, policy={"immediate_days": 20}) is once
    other = tightened(once, policy={"immediate_days": 25})
    assert [one["policy"] for one in other["overridden"]] == [{"immediate_days": 20}]
    assert len(other["policy_overrides"]) == 1
    more = tightened(other, offsets={"plan": -20})
    stands = [(one["policy"], one["offsets"]) for one in more["policy_overrides"]]
    assert stands == [({"immediate_days": 25}, {}), ({}, {"plan": -20})], "what is not told stays"


def test_each_value_has_the_reason_it_was_asked_for_with():
    first = tightened(policy={"quorum": {"of": 1, "needed": 1}}, reason="全体到会")
    twice = tightened(first, policy={"quorum": {"of": 1, "needed": 1}, "immediate_days": 20}, reason="加快整改")
    found = {row["key"]: row["origin"]["reason"] for row in inheritance.policy_for(twice, "990823")["values"]}
    assert (found["quorum"], found["immediate_days"]) == ("全体到会", "加快整改")


def test_a_held_meeting_keeps_the_rule_then_in_force_whatever_is_asked_for_later():
    strict, later = {"of": 1, "needed": 1}, "2024-01-20T08:00:00.000Z"
    first = tightened(policy={"quorum": strict}, at="2024-01-02T08:00:00.000Z")
    held = domain.hold(passed(), first, record(6), "联络员", NOW, TODAY)[0]
    for more in (
        {"policy": {"answer_within": {"days": 1, "unit": "working"}}},
        {"policy": {"quorum": {"of": 4, "needed": 3}}},
    ):
        after = tightened(first, at=later, **more)
        assert inheritance.for_meeting(after, held)["policy"]["quorum"] == strict
        assert inheritance.for_meeting(after, held)["policy"]["answer_within"] == CAMPAIGN["policy"]["answer_within"]
        with pytest.raises(Refusal, match="below_quorum"):
            attendance.correct(held, after, {"key": "c-1", "reason": "误", **record(5, 1)}, "办", later, "2024-01-20")
    merged = {
        **after,
        "policy_overrides": [asked(policy={"quorum": {"of": 4, "needed": 3}, "immediate_days": 20}, at=later)],
    }
    merged["overridden"] = first["policy_overrides"]
    assert inheritance.for_meeting(merged, held)["policy"]["quorum"] == strict, "as it was kept before"


def test_plan_and_quorum_follow_what_holds_for_the_unit():
    campaign = tightened(policy={"quorum": {"of": 1, "needed": 1}}, offsets={"plan": -20})
    planned = planning.plan(campaign, UNIT, "G4")
    assert planned["aspects"][0]["due_on"] == "2023-12-21"
    (paper,) = (row for row in planned["required"] if row["kind"] == "meeting_plan")
    assert paper["due_on"] == "2023-12-21", "its papers are due no later"
    with pytest.raises(Refusal, match="below_quorum"):
        domain.hold(passed(), campaign, record(5, 1), "联络员", NOW, TODAY)


def test_what_others_count_is_told_with_the_schedule_where_it_is_stricter_and_only_there():
    campaign = tightened(policy={"answer_within": {"days": 1, "unit": "working"}, "immediate_days": 20})
    told = domain.announce(planning.plan(campaign, UNIT, "G4"))[1][0].data
    contracts.check("events/meeting_scheduled", told)
    assert told["rules"] == {"answer_within": {"days": 1, "unit": "working"}, "immediate_days": 20}
    planned = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))
    assert "rules" not in planned[1][0].data
    assert planning.tighten(planned[0], campaign, asked(), TODAY)[1][0].data["rules"] == told["rules"]


def test_a_meeting_that_is_planned_follows_and_what_was_late_stays_late():
    campaign = tightened(offsets={"plan": -20})
    planned = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]
    changed, facts = planning.tighten(planned, campaign, asked(), "2023-12-30")
    assert (changed["aspects"][0]["due_on"], changed["aspects"][0]["late"]) == ("2023-12-21", True)
    assert [fact.name for fact in facts] == ["meeting_scheduled"]
    assert planning.tighten(changed, campaign, asked(), "2023-12-30") == (changed, [])


def test_a_unit_moved_to_another_group_is_said_once_with_its_reason():
    planned = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]
    moved, facts = planning.regroup(planned, "G5", "组长回避", "市办", NOW)
    assert (facts[0].data["group"], facts[0].data["because"]) == ("G5", "regrouped")
    assert moved["history"][-1]["reason"] == "组长回避"
    assert planning.regroup(moved, "G5", "再点一次", "市办", NOW) == (moved, [])
    unit = str(UNIT["unit_code"])
    groups: list[dict] = [{"group_code": "G4", "units": [unit]}, {"group_code": "G5", "units": []}]
    after = grouping.move(groups, [unit], "G5")
    assert [one["units"] for one in after] == [[], [unit]]
    assert grouping.move(after, [unit], "G5") == after
    with pytest.raises(Refusal, match="not_found"):
        grouping.move(groups, [], "G9")


def test_thirty_thousand_units_move_in_one_breath():
    many = [f"990823-U{number}" for number in range(30_000)]
    groups: list[dict] = [{"group_code": "G4", "units": many}, {"group_code": "G5", "units": many[:1]}]
    assert [one["units"] for one in grouping.move(groups, many, "G5")] == [[], many]


def test_a_unit_that_newly_takes_part_has_its_regions_group_and_those_without_are_told_at_once():
    groups: list[dict] = [{"group_code": "G4", "units": [], "regions": ["990823"]}, {"group_code": "G5", "units": []}]
    units = [{"unit_code": f"{region}-01", "region_code": region} for region in ("990823", "990824", "990825")]
    assert grouping.assign(groups, units, {"990824-01": "G5"}, "G5") == {
        "990823-01": "G4",
        "990824-01": "G5",
        "990825-01": "G5",
    }
    with pytest.raises(Refusal) as refused:
        grouping.assign(groups, units, {}, "")
    assert [one["unit"] for one in refused.value.errors] == ["990824-01", "990825-01"]


def test_a_lower_level_may_remind_more_and_further_up_the_line_never_less():
    steps = CAMPAIGN["policy"]["reminders"]
    first = steps["material"][0]
    more = {**steps, "material": [{**first, "to": [*first["to"], "group"]}, *steps["material"][1:]], "talks": []}
    with pytest.raises(Refusal, match="not_stricter"):
        tightened(policy={"reminders": more})
    stricter = {**more, "talks": [*steps["talks"], {"days": -9, "unit": "working", "to": ["owner"]}]}
    campaign = tightened(policy={"reminders": stricter})
    assert planning.plan(campaign, UNIT, "G4")["rules"] == {"reminders": stricter}
    silent = {**CAMPAIGN, "policy": {key: value for key, value in CAMPAIGN["policy"].items() if key != "reminders"}}
    assert (
        planning.plan(tightened(silent, policy={"reminders": stricter}), UNIT, "G4")["rules"]["reminders"] == stricter
    )
    assert inheritance.rules_beside(silent, {"region": "990823", "unit": "u"}) == {}


def test_what_a_county_asked_for_stays_beside_what_another_version_of_the_campaign_asks_for_more():
    steps, minutes = CAMPAIGN["policy"]["reminders"], CAMPAIGN["policy"]["signing"]["minutes"]
    own, added = {"days": -9, "unit": "working", "to": ["owner"]}, {"days": -8, "unit": "working", "to": ["owner"]}
    signed = {**CAMPAIGN["policy"]["signing"], "team_inspection": ["secretary", "author"]}
    county = tightened(policy={"reminders": {**steps, "talks": [*steps["talks"], own]}, "signing": signed})
    policy = {**CAMPAIGN["policy"], "reminders": {**steps, "talks": [added, *steps["talks"]]}}
    policy["signing"] = {**policy["signing"], "minutes": [*minutes, "member"]}
    stands = inheritance.effective({**county, "policy": policy}, "990823", str(UNIT["unit_code"]))["policy"]
    assert stands["reminders"]["talks"] == [added, *steps["talks"], own]
    assert stands["signing"] == {**signed, "minutes": [*minutes, "member"]}


def test_another_version_of_the_campaign_is_laid_out_under_what_holds_for_the_unit():
    campaign = {**tightened(offsets={"plan": -20}), "version": 2}
    planned = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]
    laid, _ = replanning.lay_anew(planned, campaign, "从严", "市办", NOW, "2023-12-05")
    assert laid["aspects"][0]["due_on"] == "2023-12-21"


def test_what_is_made_stricter_after_a_meeting_was_held_does_not_reach_its_record():
    held = {"held": {"recorded_at": "2024-01-08T08:00:00.000Z"}, "region": "990823", "unit": UNIT["unit_code"]}
    campaign = tightened(policy={"immediate_days": 20})
    assert inheritance.for_meeting(campaign, held)["policy"]["immediate_days"] == 30
    later = {**held, "held": {"recorded_at": "2024-01-10T08:00:00.000Z"}}
    assert inheritance.for_meeting(campaign, later)["policy"]["immediate_days"] == 20


def test_a_preview_of_many_units_says_of_each_what_it_would_say_of_it_alone():
    """What units have alike is worked out once; a unit or region that asks for more is not like its neighbours."""
    campaign = {**CAMPAIGN, "version": 2, "all_meetings_held_by": "2024-01-12"}
    strict = tightened(campaign, kind="unit", of="u2", offsets={"plan": -20})
    strict = tightened(strict, region="990824", of="990824", offsets={"plan": -25})
    places = (("u1", "990823"), ("u2", "990823"), ("u3", "990824"), ("u4", "990823"))
    units = [{**UNIT, "unit_code": unit, "region_code": region} for unit, region in places]
    meetings = [planning.plan(CAMPAIGN, unit, "G4") for unit in units]
    found = replanning.effects(meetings, strict, TODAY)
    assert found == [replanning.effect(meeting, strict, TODAY) for meeting in meetings]
    assert len({str(row["changes"]) for row in found}) == 3


def test_nobody_asks_for_more_people_than_there_are():
    with pytest.raises(Refusal) as refused:
        tightened(policy={"quorum": {"of": 3, "needed": 10}})
    assert code_of(refused) == "quorum_above_all"
    assert refused.value.errors == [
        {"pointer": "/policy/quorum/needed", "code": "quorum_above_all", "of": 3, "needed": 10}
    ]
    assert tightened(policy={"quorum": {"of": 3, "needed": 3}})["policy_overrides"], "all of them may be asked for"


@pytest.mark.parametrize("days", [0, -5])
def test_time_to_answer_is_a_day_at_least(days):
    asked_for = {"kind": "region", "of": "990823", "reason": "县委要求"}
    with pytest.raises(Refusal) as refused:
        contracts.check(
            "requests/tighten_policy", {**asked_for, "policy": {"answer_within": {"days": days, "unit": "working"}}}
        )
    assert [one["pointer"] for one in refused.value.errors] == ["/policy/answer_within/days"]
    whole = contracts.documents()["documents/campaign"]["examples"][0]
    within = {**CAMPAIGN["policy"], "answer_within": {"days": days, "unit": "working"}}
    with pytest.raises(Refusal) as refused:
        contracts.check("documents/campaign", {**whole, "policy": within})
    assert [one["pointer"] for one in refused.value.errors] == ["/policy/answer_within/days"]


PROVINCE = {**CAMPAIGN, "region_code": "990000"}


def holding(campaign: dict, region: str, unit: str = "") -> dict[str, tuple]:
    """What holds there, and the place it comes from."""
    rules = inheritance.policy_for(campaign, region, unit)
    rows = [(row["key"], row) for row in rules["values"]] + [(row["aspect"], row) for row in rules["offsets"]]
    return {key: (row["value"], row["origin"]["of"]) for key, row in rows}


def test_what_a_city_asks_for_in_a_province_holds_in_its_counties_and_their_units():
    """Each asks for more than what is above it, whoever asked first, and of each value it is told whose it is."""
    campaign = tightened(PROVINCE, policy={"immediate_days": 25}, offsets={"study": -16})
    campaign = tightened(campaign, region="990800", of="990800", policy={"small_group": 8}, offsets={"plan": -18})
    own = str(UNIT["unit_code"])
    campaign = tightened(campaign, kind="unit", of=own, offsets={"plan": -20})
    found = holding(campaign, "990823", own)
    assert [found[key] for key in ("plan", "study", "immediate_days", "small_group")] == [
        (-20, own), (-16, "990823"), (25, "990823"), (8, "990800"),
    ]  # fmt: skip
    assert holding(campaign, "990823", "990823-JY")["plan"] == (-18, "990800")
    assert holding(campaign, "990881")["immediate_days"] == (30, "a-campaign")
    assert {of for _, of in holding(campaign, "990700").values()} == {"a-campaign"}
    assert planning.plan(campaign, UNIT, "G4")["aspects"][0]["due_on"] == "2023-12-21"
    other = {**UNIT, "unit_code": "990881-LY", "region_code": "990881"}
    assert planning.plan(campaign, other, "G4")["aspects"][0]["due_on"] == "2023-12-23"


def test_a_county_asks_for_no_less_than_its_city_and_nothing_of_another_city():
    campaign = tightened(PROVINCE, region="990800", of="990800", policy={"immediate_days": 20}, offsets={"plan": -18})
    with pytest.raises(Refusal) as refused:
        tightened(campaign, policy={"immediate_days": 25}, offsets={"plan": -16})
    assert [one["pointer"] for one in refused.value.errors] == ["/policy/immediate_days", "/offsets/plan"]
    with pytest.raises(Refusal):
        tightened(campaign, kind="unit", of=str(UNIT["unit_code"]), offsets={"plan": -16})
    assert tightened(campaign, region="990723", of="990723", policy={"immediate_days": 25}, offsets={"plan": -16})


def test_what_a_city_asks_for_later_takes_the_place_of_what_its_county_had_asked_for_less_strictly():
    campaign = tightened(PROVINCE, policy={"immediate_days": 25}, offsets={"plan": -25})
    campaign = tightened(campaign, region="990800", of="990800", policy={"immediate_days": 20}, offsets={"plan": -18})
    found = holding(campaign, "990823")
    assert (found["immediate_days"], found["plan"]) == ((20, "990800"), (-25, "990823"))
    sent = asked_below.sent(asked_below.standing(campaign, {}))
    assert [(one["of"], one.get("policy"), one["offsets"]) for one in sent] == [
        ("990800", {"immediate_days": 20}, {"plan": -18}),
        ("990823", None, {"plan": -25}),
    ]
    again = asked_below.take_over(PROVINCE, sent[::-1], {}, "省办", NOW)
    assert holding(again, "990823") == found


def test_the_region_of_a_campaign_stands_for_the_units_directly_under_it():
    """What all are asked is the campaign's policy; its counties may ask for less than those units do."""
    campaign = tightened(region="990800", of="990800", policy={"small_group": 9}, offsets={"plan": -18})
    assert holding(campaign, "990800")["plan"] == (-18, "990800")
    assert holding(campaign, "990823")["plan"] == (-15, "a-campaign")
    assert tightened(campaign, offsets={"plan": -16})["policy_overrides"]
    assert inheritance.small_group(campaign, ["990823"]) == 5


def test_the_least_group_is_the_strictest_of_all_that_holds_for_the_regions_counted():
    campaign = tightened(PROVINCE, policy={"small_group": 7})
    campaign = tightened(campaign, region="990700", of="990700", policy={"small_group": 9})
    campaign = tightened(campaign, region="990800", of="990800", policy={"small_group": 6})
    seen = (["990881"], ["990823"], ["990881", "990823"], ["990723"], ["990600"], None)
    assert [inheritance.small_group(campaign, regions) for regions in seen] == [6, 7, 7, 9, 5, 9]


TOWN, BRANCH = "990823-T1", "990823-T1Z3"
ABOVE = [TOWN, "990823-01"]
BELOW = {**UNIT, "unit_code": BRANCH, "level": "branch", "superior": TOWN, "above": ABOVE}


def test_what_a_township_asks_for_holds_in_all_below_it_and_in_no_other_unit_of_its_county():
    """Of each value it is told whose it is, the county's, the committee's, the township's or the branch's own."""
    campaign = tightened(policy={"immediate_days": 25}, offsets={"study": -16})
    campaign = tightened(campaign, kind="organisation", of="990823-01", policy={"small_group": 8})
    township = asked("organisation", TOWN, offsets={"plan": -20, "study": -17}, level="township")
    campaign = inheritance.tighten(campaign, township, "990823", ABOVE)
    campaign = tightened(campaign, kind="unit", of=BRANCH, offsets={"study": -18})
    rules = inheritance.policy_for(campaign, "990823", BRANCH, ABOVE)
    rows = [(row["key"], row) for row in rules["values"]] + [(row["aspect"], row) for row in rules["offsets"]]
    found = {key: (row["value"], row["origin"]["of"]) for key, row in rows}
    assert [found[key] for key in ("plan", "study", "immediate_days", "small_group")] == [
        (-20, TOWN), (-18, BRANCH), (25, "990823"), (8, "990823-01"),
    ]  # fmt: skip
    assert dict(rows)["plan"]["origin"]["level"] == "township"
    assert holding(campaign, "990823", TOWN)["plan"] == (-20, TOWN), "for the township itself, too"
    assert holding(campaign, "990823", "990823-T2")["plan"] == (-15, "a-campaign")
    assert planning.plan(campaign, BELOW, "G4")["aspects"][0]["due_on"] == "2023-12-21"
    other = {**BELOW, "unit_code": "990823-T2Z1", "above": ["990823-T2", "990823-01"]}
    planned = planning.plan(campaign, other, "G4")
    assert planned["aspects"][0]["due_on"] == "2023-12-26"
    assert planned["rules"] == {"immediate_days": 25, "small_group": 8}


def test_a_township_asks_for_no_less_than_its_county_and_its_branch_for_no_less_than_the_township():
    campaign = tightened(offsets={"plan": -20})
    with pytest.raises(Refusal):
        inheritance.tighten(campaign, asked("organisation", TOWN, offsets={"plan": -19}), "990823", ABOVE)
    campaign = inheritance.tighten(campaign, asked("organisation", TOWN, offsets={"plan": -21}), "990823", ABOVE)
    with pytest.raises(Refusal):
        inheritance.tighten(campaign, asked("unit", BRANCH, offsets={"plan": -20}), "990823", [BRANCH, *ABOVE])
    again = inheritance.tighten(campaign, asked("organisation", TOWN, offsets={"plan": -20}), "990823", ABOVE)
    assert holding(again, "990823", TOWN)["plan"] == (-20, "990823"), "it takes its own back as far as its county"


def test_what_a_township_asks_for_goes_along_with_a_folder_and_a_copy_while_somebody_lies_below_it():
    campaign = inheritance.tighten(CAMPAIGN, asked("organisation", TOWN, offsets={"plan": -20}), "990823", ABOVE)
    campaign = tightened(campaign, kind="organisation", of="990823-01", offsets={"plan": -16})
    below = {BRANCH: ("990823", ABOVE)}
    sent = asked_below.sent(asked_below.standing(campaign, below))
    assert [(one["of"], one["offsets"]) for one in sent] == [("990823-01", {"plan": -16}), (TOWN, {"plan": -20})]
    again = asked_below.take_over(CAMPAIGN, sent[::-1], below, "省办", NOW)
    assert planning.plan(again, BELOW, "G4")["aspects"][0]["due_on"] == "2023-12-21"
    assert asked_below.standing(campaign, {"990823-NYNC": ("990823", ())}) == []
    with pytest.raises(Refusal, match="campaign_faulty"):
        asked_below.take_over(CAMPAIGN, sent, {}, "省办", NOW)


def test_the_least_group_of_a_township_holds_where_its_county_is_counted():
    campaign = tightened(kind="organisation", of=TOWN, policy={"small_group": 9})
    assert [inheritance.small_group(campaign, regions) for regions in (["990823"], ["990881"], None)] == [9, 5, 9]
