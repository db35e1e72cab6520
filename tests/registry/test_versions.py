"""A definition in versions: edited by several, checked whole, published once, laid out anew for every unit."""

import pytest

from services.registry import (
    aspects,
    copying,
    definition,
    differing,
    domain,
    folder,
    inheritance,
    organisations,
    planning,
    reloading,
    replanning,
    telling,
    versions,
)
from services.spine import contracts
from services.spine.errors import Refusal

UNIT: dict = {"unit_code": "990823-NYNC", "region_code": "990823", "name": "青溪县农业农村局", "team": "党组"}
UNIT |= {"level": "county", "members": 6}
LOADED = contracts.documents()["documents/campaign"]["examples"][0]
CAMPAIGN = {**definition.define(LOADED, [UNIT]), "state": "open", "groups": []}
AT, TODAY = "2023-12-20T08:00:00.000Z", "2023-12-20"
STANDING = versions.definition_of(CAMPAIGN)
BLANK = {**versions.BLANK, "_id": CAMPAIGN["_id"]}


def changed(**values) -> dict:
    return {**STANDING, **values}


def drafted(definition: dict, by: str = "甲", seen: dict = BLANK) -> dict:
    sent = {"revision": seen["revision"], "definition": definition}
    return {**versions.edit(CAMPAIGN, seen, sent, by, by, AT), "revision": seen["revision"] + 1}


def published(definition: dict) -> telling.Campaign:
    return versions.publish(CAMPAIGN, drafted(definition), "推迟", 1, "甲", "甲", AT)[0]


def meeting() -> telling.Meeting:
    return domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]


def laid(planned: telling.Meeting, definition: dict, today: str = TODAY) -> telling.Changed:
    return replanning.lay_anew(planned, published(definition), "推迟", "甲", AT, today)


def checklist(code: str, days: int) -> list[dict]:
    return [
        {**row, "offset": {"days": days, "unit": "natural"}} if row["code"] == code else row
        for row in STANDING["checklist"]
    ]


def test_the_second_of_two_editors_is_told_who_changed_what():
    first = drafted(changed(title="甲的题目"))
    with pytest.raises(Refusal) as refused:
        versions.edit(CAMPAIGN, first, {"revision": 0, "definition": changed(office="乙")}, "乙", "乙", AT)
    assert refused.value.code == "draft_changed"
    assert refused.value.params == {"by": "甲", "on": AT, "parts": "title"}


def test_the_same_press_twice_is_no_conflict_with_oneself():
    first = drafted(changed(title="甲的题目"))
    again = versions.edit(CAMPAIGN, first, {"revision": 0, "definition": first["definition"]}, "甲", "甲", AT)
    assert again is first


def test_all_that_breaks_a_rule_is_told_at_once_by_field():
    policy = {**STANDING["policy"], "quorum": {"of": 3, "needed": 4}, "gate": {"aspects": [1, 6, 13]}}
    marks = ["county_office", "group_leader", "990899", "G9", "county_office"]
    ladder = {**policy["rectification"]["escalation"], "marks": [{"of": of, "mark": "整改督"} for of in marks]}
    policy |= {"rectification": {**policy["rectification"], "escalation": ladder}}
    aspects = [*STANDING["aspects"], STANDING["aspects"][0]]
    with pytest.raises(Refusal) as refused:
        drafted(changed(all_meetings_held_by="2023-12-01", aspects=aspects, policy=policy, region_code="990900"))
    assert {(one["pointer"], one["code"]) for one in refused.value.errors} == {
        ("/definition/region_code", "code_fixed"),
        ("/definition/all_meetings_held_by", "days_reversed"),
        ("/definition/aspects/1/code", "code_twice"),
        ("/definition/policy/quorum/needed", "quorum_above_all"),
        ("/definition/policy/gate/aspects/2", "gate_unknown_aspect"),
        ("/definition/policy/rectification/escalation/marks/2/of", "mark_of_nobody"),
        ("/definition/policy/rectification/escalation/marks/3/of", "mark_of_nobody"),
        ("/definition/policy/rectification/escalation/marks/4/of", "code_twice"),
    }


@pytest.mark.parametrize(
    ("campaign", "places"),
    [
        ({"regions": [{"region_code": "990899", "name": "云溪县"}]}, ()),
        ({"groups": [{"group_code": "G4", "name": "第四督导组", "regions": ["990899"], "units": []}]}, ()),
        ({"group_changes": [{"group": "990899", "changes": []}]}, ()),
        ({}, ["990899"]),
    ],
)
def test_words_before_numbers_are_those_of_a_place_that_is_or_was_there(campaign, places):
    """A county with a name, one that a group follows, a group that was closed since, a unit's region without a name."""
    ladder = {**STANDING["policy"]["rectification"]["escalation"], "marks": [{"of": "990899", "mark": "云督"}]}
    rules = {**STANDING["policy"]["rectification"], "escalation": ladder}
    definition = changed(policy={**STANDING["policy"], "rectification": rules})
    versions.check({**CAMPAIGN, **campaign}, definition, places)
    with pytest.raises(Refusal, match="definition_faulty"):
        versions.check(CAMPAIGN, definition)


def test_what_is_done_before_a_meeting_or_what_it_waits_for_is_not_due_after_it():
    number = STANDING["policy"]["gate"]["aspects"][0]
    before = next(place for place, row in enumerate(STANDING["checklist"]) if row["number"] == number)
    during = next(place for place, row in enumerate(STANDING["checklist"]) if row["stage"] == "during")
    for days, gate, places in ((20, None, [before]), (0, None, []), (1, during, [before, during])):
        late = [
            {**row, "offset": {**row["offset"], "days": days}} if place in (before, during) else row
            for place, row in enumerate(STANDING["checklist"])
        ]
        policy = STANDING["policy"]
        if gate:
            policy = {**policy, "gate": {"aspects": [*policy["gate"]["aspects"], late[gate]["number"]]}}
        found = list(versions._policy({**STANDING, "checklist": late, "policy": policy}))
        told = [(f"/checklist/{place}/offset/days", "aspect_after_meeting") for place in places]
        assert [(one["pointer"], one["code"]) for one in found] == told


def test_days_no_date_can_be_counted_from_are_refused():
    with pytest.raises(Refusal) as refused:
        drafted(changed(all_meetings_held_by="9999-12-31"))
    assert [one["code"] for one in refused.value.errors] == ["day_implausible"]
    with pytest.raises(Refusal):
        copying.copy(CAMPAIGN, [], {"campaign_code": "next", "title": "次", "opens_on": "9999-12-31"})


def test_differences_name_rows_by_their_code_not_by_their_place():
    rows = [row for row in checklist("talks", -9) if row["code"] != "plan"]
    found = differing.differences(STANDING, changed(checklist=rows))
    assert [one["pointer"] for one in found] == ["/checklist/plan", "/checklist/talks/offset/days"]
    assert (found[1]["from"], found[1]["to"]) == (-6, -9) and "to" not in found[0]


def test_a_draft_without_a_difference_is_not_published():
    with pytest.raises(Refusal) as refused:
        published(changed())
    assert refused.value.code == "nothing_changed"


def test_no_version_is_published_while_the_one_before_is_laid_out():
    with pytest.raises(Refusal) as refused:
        versions.publish({**CAMPAIGN, "laying": True}, drafted(changed(title="新")), "因", 1, "甲", "甲", AT)
    assert refused.value.code == "still_laying"


def test_a_running_campaign_says_its_new_version_and_a_waiting_one_says_nothing():
    draft = drafted(changed(title="新"))
    after, facts = versions.publish(CAMPAIGN, draft, "因", 142, "甲", "甲", AT)
    assert after["version"] == 2 and [fact.name for fact in facts] == ["campaign_revised"]
    contracts.check("events/campaign_revised", dict(facts[0].data))
    assert versions.publish({**CAMPAIGN, "state": "draft"}, draft, "因", 142, "甲", "甲", AT)[1] == []


def test_another_last_day_moves_every_date_of_a_unit_that_chose_none():
    after, facts = laid(meeting(), changed(all_meetings_held_by="2024-01-20"))
    assert (after["meeting_on"], after["definition"]) == ("2024-01-20", 2)
    assert after["aspects"][0]["due_on"] == "2024-01-05"
    assert [fact.name for fact in facts] == ["meeting_scheduled"] and "because" not in facts[0].data
    entry = after["history"][-1]
    assert (entry["from"], entry["to"], entry["version"], entry["reason"]) == ("2024-01-10", "2024-01-20", 2, "推迟")
    assert {"what": "aspect", "code": "plan", "posts": 1, "from": "2023-12-26", "to": "2024-01-05", "past": False} in (
        entry["changes"]
    )


def test_a_chosen_day_stays_unless_it_falls_out_of_the_campaign():
    chosen = planning.reschedule(meeting(), CAMPAIGN, "2024-01-05", "场地", "甲", AT, TODAY)[0]
    assert laid(chosen, changed(all_meetings_held_by="2024-01-20"))[0]["meeting_on"] == "2024-01-05"
    assert laid(chosen, changed(all_meetings_held_by="2024-01-03"))[0]["meeting_on"] == "2024-01-03"


def test_a_held_meeting_keeps_the_version_it_began_with():
    held = {**meeting(), "held": {"held_on": TODAY}}
    assert laid(held, changed(all_meetings_held_by="2024-01-20")) == (held, [])


@pytest.mark.parametrize("held", [None, {"held_on": TODAY, "recorded_at": AT}])
def test_loaded_again_a_unit_keeps_the_gate_and_preparation_of_the_version_it_stands_on(held):
    later = published(changed(policy={**STANDING["policy"], "gate": {"aspects": [1]}, "talks": {"pairs": []}}))
    before, under = {**meeting(), "held": held}, CAMPAIGN if held else later
    after, facts = planning.replan(before, planning.plan(later, UNIT, "G4"), under)
    assert (after["waits_for"], after["preparation"]) == (before["waits_for"], before["preparation"])
    assert (after["definition"], facts) == (1, [])
    laid_out, _ = replanning.lay_anew(after, later, "", "甲", AT, TODAY)
    assert laid_out["waits_for"] == (before["waits_for"] if held else [1])


def test_laid_out_twice_is_laid_out_once():
    after, _ = laid(meeting(), changed(all_meetings_held_by="2024-01-20"))
    assert replanning.lay_anew(after, published(changed(title="新")), "", "", AT, TODAY) == (after, [])


def test_what_was_overdue_stays_late_and_what_was_done_stays_done_under_its_code():
    overdue = "2023-12-28"
    planned = aspects.record(meeting(), 1, "done", "2023-12-20", "已报", "甲", TODAY)[0]
    rows = [{**row, "number": row["number"] + 10} for row in STANDING["checklist"]]
    policy = {**STANDING["policy"], "papers": STANDING["policy"]["papers"][1:]}
    late = laid(planned, changed(all_meetings_held_by="2024-01-20", policy=policy), "2024-01-08")[0]
    assert [row["late"] for row in late["aspects"][:3]] == [False, True, True]
    gate = {**STANDING["policy"], "gate": {"aspects": [11, 14]}}
    moved = laid(planned, changed(checklist=rows, policy=gate), overdue)[0]
    assert (moved["aspects"][0]["number"], moved["aspects"][0]["state"]) == (11, "done")


def test_a_material_that_was_begun_is_owed_as_before_though_nobody_asks_for_it_any_more():
    planned = domain.material_moved(meeting(), "speech_outline", "02", 1, "returned", TODAY)[0]
    policy = {**STANDING["policy"], "required": {"team": ["team_inspection"], "member": []}}
    after, _ = laid(planned, changed(policy=policy))
    assert [(row["kind"], row["post"]) for row in aspects.gate(after)] == [
        ("team_inspection", "team"),
        ("speech_outline", "02"),
    ]


def test_kinds_may_be_required_otherwise_of_units_of_a_level():
    policy = {**STANDING["policy"], "required_at": {"county": {"team": ["team_inspection"], "member": []}}}
    assert [row["kind"] for row in aspects.gate(laid(meeting(), changed(policy=policy))[0])] == ["team_inspection"]


def test_what_moves_no_day_is_said_as_no_news():
    policy = {**STANDING["policy"], "signing": {}}
    after, facts = laid(meeting(), changed(policy=policy))
    assert [fact.data["because"] for fact in facts] == ["replanned"] and after["history"] == []
    contracts.check("events/meeting_scheduled", dict(facts[0].data))


def test_a_preview_tells_what_publishing_does():
    drafted_now = published(changed(checklist=checklist("study", -30)))
    found = replanning.effect(meeting(), drafted_now, TODAY)
    assert (found["moved"], found["past"], found["came"], found["went"]) == (1, 1, 0, 0)
    assert replanning.counted([found]) == {
        "moved": 1,
        "past": 1,
        "came": 0,
        "went": 0,
        "early": 0,
        "outside": 0,
        "falls": 0,
        "rules": 0,
        "held": 0,
        "same": 0,
    }
    after, _ = replanning.lay_anew(meeting(), drafted_now, "", "", AT, TODAY)
    assert found["changes"] == after["history"][-1]["changes"]


def test_a_preview_tells_who_comes_to_meet_outside_the_days_of_a_new_wave_once():
    chosen = {**meeting(), "history": [{"what": "rescheduled", "from": "", "to": ""}], "meeting_on": "2024-01-05"}
    waved = published(changed(waves=[{"code": "first", "title": "首批", "held_by": "2024-01-03"}]))
    assert replanning.effect(chosen, waved, TODAY, before_it=CAMPAIGN)["outside"] == 1
    assert replanning.effect(chosen, waved, TODAY, before_it=waved)["outside"] == 0, "it was so before"
    assert replanning.effect({**chosen, "meeting_on": "2024-01-03"}, waved, TODAY)["outside"] == 0


def test_a_gate_and_a_quorum_that_change_are_told_before_and_stand_in_the_history():
    open_gate = {**CAMPAIGN, "policy": {**CAMPAIGN["policy"], "gate": {"aspects": []}}}
    ready = {**planning.plan(open_gate, UNIT, "G4"), "waits_for": []}
    ready["required"] = [{**row, "state": "passed", "version": 1} for row in ready["required"]]
    ready["stage"] = aspects.stage(ready)
    policy = {**CAMPAIGN["policy"], "gate": {"aspects": [4]}, "quorum": {"needed": 1, "of": 1}}
    after = {**CAMPAIGN, "policy": policy, "version": 2}

    found = replanning.effect(ready, after, TODAY, before_it=open_gate)
    assert (ready["stage"], found["stage_to"], found["falls"]) == ("ready", "writing", 1)
    assert (found["rules"], found["moved"], found["changes"]) == (["gate", "quorum"], 0, [])
    counted = replanning.counted([found])
    assert (counted["falls"], counted["rules"], counted["same"]) == (1, 1, 0)
    laid = replanning.lay_anew(ready, after, "从严", "甲", AT, TODAY, before_it=open_gate)[0]
    entry = laid["history"][-1]
    assert (entry["what"], entry["rules"], entry["reason"]) == ("replanned", ["gate", "quorum"], "从严")

    tightened_here = [tightened("region", "990823", policy={"quorum": {"needed": 1, "of": 1}})]
    old, new = ({**one, "policy_overrides": tightened_here} for one in (CAMPAIGN, {**after, "policy": policy}))
    assert replanning.ruled_otherwise(ready, old, new) == ["gate"], "there the quorum was all before"
    held = {**ready, "held": {"held_on": TODAY, "recorded_at": AT}}
    assert replanning.effect(held, after, TODAY, before_it=open_gate)["rules"] == []


def test_loading_a_folder_again_does_not_undo_what_was_published():
    later = published(changed(title="新题目"))
    again = definition.redefine(later, definition.define(LOADED, [UNIT]))
    assert (again["title"], again["version"], again["laying"]) == ("新题目", 2, True)


def test_a_copy_keeps_the_length_of_the_campaign_under_another_code():
    wanted = {"campaign_code": "next-year", "title": "明年", "opens_on": "2024-12-02"}
    copied = copying.copy(CAMPAIGN, [], wanted)
    assert (copied["all_meetings_held_by"], copied["state"], copied["version"]) == ("2025-01-08", "draft", 1)
    assert copied["policy"] == CAMPAIGN["policy"] and copied["campaign_code"] == copied["_id"] == "next-year"


def test_a_copied_unit_has_the_name_and_posts_of_today_and_the_team_above_where_that_went():
    posts = [{"post": "01", "title": "书记", "role": "secretary", "from": "2024-06-01", "until": None}]
    posts += [{"post": "02", "title": "原主任", "role": "member", "from": None, "until": "2024-05-31"}]
    tree = organisations.added("990823-NYNC", {"name": "青溪县农业和水利局", "level": "county", "region": "990823"}, {})
    tree |= {"team": "党组", "posts": posts, "history": [{"what": "split_off", "from_code": "990823-SL"}]}
    gone: dict = {"990823-SJ": {"into": "990823-XF"}, "990823-XF": {"into": "990800-01"}, "990823-ZZ": {"into": None}}
    old = {**meeting(), "superior": "990823-SJ"}

    unit = copying.unit_of(copying.as_of_today(old, tree, gone, "2024-12-02"))
    assert (unit["name"], unit["members"], unit["superior"]) == ("青溪县农业和水利局", 1, "990800-01")
    assert [post["title"] for post in unit["posts"]] == ["书记"] and unit["predecessors"] == ["990823-SL"]

    apart = copying.unit_of(copying.as_of_today(old, {"posts": posts, "name": "旧名"}, gone, "2024-12-02"))
    assert (apart["name"], [post["title"] for post in apart["posts"]]) == (UNIT["name"], ["书记"])
    above_gone = copying.as_of_today({**meeting(), "superior": "990823-ZZ"}, {}, gone, "2024-12-02")
    assert copying.unit_of(above_gone) == UNIT, "what nobody knows anything newer of goes as it was"


def tightened(kind: str, of: str, **asked) -> dict:
    said = {"policy": {}, "offsets": {}, "reason": "从严", "by": "县办", "at": AT}
    return {"kind": kind, "of": of, **said, **asked}


def test_what_places_ask_for_goes_along_where_they_are_there_and_it_is_still_more():
    asked = [
        tightened("unit", "990823-NYNC", policy={"quorum": {"needed": 3, "of": 4}}, offsets={"study": -30}),
        tightened("unit", "990823-GONE", policy={"small_group": 20}),
        tightened("region", "990823", policy={"quorum": {"needed": 4, "of": 5}, "small_group": 10}),
    ]
    source = {**CAMPAIGN, "policy_overrides": asked}
    wanted = {"campaign_code": "next-year", "title": "明年", "opens_on": "2024-12-02"}
    copied = copying.copy(source, [], wanted, {"990823-NYNC": ("990823", ())})
    assert [(one["of"], one["policy"], one["offsets"], one["by"]) for one in copied["policy_overrides"]] == [
        ("990823", asked[2]["policy"], {}, "县办"),
        ("990823-NYNC", {}, {"study": -30}, "县办"),
    ]
    loaded = copying.request(source, [planning.plan(source, UNIT, "G4")])
    again = reloading.asked(CAMPAIGN, loaded, "市办", AT)
    assert inheritance.policy_for(again, "990823", "990823-NYNC") == inheritance.policy_for(
        source, "990823", "990823-NYNC"
    )


def test_a_folder_in_which_places_ask_for_less_is_refused_with_each_of_them():
    less = [
        {"kind": "unit", "of": "990823-GONE", "policy": {"small_group": 20}, "reason": "从严"},
        {"kind": "region", "of": "990823", "policy": {"quorum": {"needed": 1, "of": 10}}, "reason": "从宽"},
    ]
    with pytest.raises(Refusal) as refused:
        reloading.asked(CAMPAIGN, {"units": [UNIT], "overrides": less}, "市办", AT)
    assert {(one["pointer"], one["code"]) for one in refused.value.errors} == {
        ("/overrides/0/of", "unit_not_planned"),
        ("/overrides/1/policy/quorum", "not_stricter"),
    }


def test_posts_go_out_with_a_unit_only_where_they_are_not_the_usual_ones():
    assert copying.unit_of(meeting()) == UNIT
    posts = [{"post": "01", "title": "书记", "role": "secretary"}]
    assert copying.unit_of(planning.plan(CAMPAIGN, {**UNIT, "posts": posts}, "G4"))["posts"] == posts


def test_a_folder_written_out_with_all_that_a_unit_may_have_is_read_again_the_same():
    posts = [{"post": "01", "title": "书记", "role": "secretary"}]
    part = {**UNIT, "unit_code": "990823-SL", "name": "青溪县水利局", "superior": UNIT["unit_code"], "posts": posts}
    part |= {"members": 1, "predecessors": ["990823-NYNC", "990823-NJ"]}
    meetings = [planning.plan(CAMPAIGN, unit, "G4") for unit in (UNIT, part)]
    campaign = {**CAMPAIGN, "groups": [{"group_code": "G4", "name": "第四督导组", "regions": ["990823"], "units": []}]}
    request = copying.request(campaign, meetings)
    assert request["units"] == [UNIT, part]
    files = folder.write(request)

    def fetch(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError(2, "none")
        return files[name]

    assert folder.read(fetch) == request
