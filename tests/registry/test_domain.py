"""The rules of a campaign and of a unit's meeting."""

import pytest

from services.registry import aspects, attendance, definition, domain, gates, meeting_lines, planning, telling
from services.spine import contracts
from services.spine.errors import Refusal

UNIT = {
    "unit_code": "990823-NYNC",
    "region_code": "990823",
    "name": "青溪县农业农村局",
    "team": "党组",
    "level": "county",
    "members": 6,
}
LOADED = {
    "campaign_code": "a-campaign",
    "region_code": "990800",
    "opens_on": "2023-12-04",
    "all_meetings_held_by": "2024-01-10",
    "aspects": [{"code": "theory", "title": "理论学习"}],
}
CAMPAIGN = {**definition.define(LOADED, [UNIT]), "state": "open"}
NOW, TODAY = "2024-01-09T08:00:00.000Z", "2024-01-09"


def meeting() -> telling.Meeting:
    return domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[0]


def passed(on: str = TODAY) -> telling.Meeting:
    """A meeting all of whose materials have passed, that day."""
    planned = meeting()
    for row in planned["required"]:
        planned = domain.material_moved(planned, row["kind"], row["post"], 1, "passed", on)[0]
    return domain.talks_moved(planned, 1, on)[0]


def record(present: int, absent: int = 0, reason: str = "因公出差") -> dict:
    posts = [f"{number:02d}" for number in range(1, 7)]
    absences = [{"post": post, "reason": reason} for post in posts[present : present + absent]]
    return {"held_on": TODAY, "present": posts[:present], "absences": absences}


def hold(planned: telling.Meeting, present: int, absent: int = 0, reason: str = "因公出差") -> telling.Changed:
    return domain.hold(planned, CAMPAIGN, record(present, absent, reason), "联络员", NOW, TODAY)


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def test_each_team_owes_its_material_and_each_member_an_outline():
    owed = [(row["kind"], row["post"]) for row in aspects.gate(meeting())]
    assert owed == [("team_inspection", "team")] + [("speech_outline", f"{n:02d}") for n in range(1, 7)]


def test_the_first_post_is_the_first_responsible_person():
    assert [post["role"] for post in meeting()["posts"]] == ["secretary"] + ["member"] * 5


def test_a_meeting_is_not_held_before_its_materials_have_passed():
    with pytest.raises(Refusal) as refused:
        hold(meeting(), present=6)
    assert code_of(refused) == "materials_not_passed"
    assert refused.value.params["count"] == 7


def test_a_meeting_is_not_held_before_the_aspects_it_waits_for_are_done_or_waived_by_the_office():
    planned = meeting()
    for row in planned["required"]:
        planned = domain.material_moved(planned, row["kind"], row["post"], 1, "passed", TODAY)[0]
    assert meeting_lines.shown(planned, TODAY)["gate"] == {"open": False, "missing": [], "aspects": [4]}
    assert planned["stage"] == "writing"
    with pytest.raises(Refusal) as refused:
        hold(planned, present=6)
    assert (code_of(refused), refused.value.params) == ("aspects_not_settled", {"count": 1, "numbers": "4"})
    waived, _ = aspects.record(planned, 4, "waived", TODAY, "合并进行", "办", TODAY)
    assert waived["stage"] == "ready" and hold(waived, present=6)[0]["stage"] == "held"


def test_a_meeting_is_not_held_on_a_day_before_its_gate_was_open():
    planned, on = passed("2024-01-05"), {"held_on": "2024-01-05"}
    late = domain.talks_moved(domain.talks_moved(planned, 2, None)[0], 3, "2024-01-08")[0]
    with pytest.raises(Refusal) as refused:
        domain.hold(late, CAMPAIGN, {**record(6), **on}, "x", NOW, TODAY)
    told = {"on": "2024-01-05", "earliest": "2024-01-08", "numbers": "4"}
    assert (code_of(refused), refused.value.params) == ("held_before_gate", told)
    assert domain.hold(late, CAMPAIGN, {**record(6), "held_on": "2024-01-08"}, "x", NOW, TODAY)[0]["held"]
    assert domain.hold(planned, CAMPAIGN, {**record(6), **on}, "x", NOW, TODAY)[0]["held"]
    free = {**late, "waits_for": [1, 2]}
    assert domain.hold(free, CAMPAIGN, {**record(6), **on}, "x", NOW, TODAY)[0]["held"], "nobody waits for talks"


def test_what_was_waived_was_waived_on_a_day_too():
    open_again, _ = domain.talks_moved(passed("2024-01-05"), 2, None)
    waived, _ = aspects.record(open_again, 4, "waived", TODAY, "合并进行", "办", TODAY)
    with pytest.raises(Refusal, match="held_before_gate"):
        domain.hold(waived, CAMPAIGN, {**record(6), "held_on": "2024-01-08"}, "x", NOW, TODAY)


def test_a_campaign_without_a_gate_and_one_from_before_it_wait_for_materials_alone():
    policy = {key: value for key, value in CAMPAIGN["policy"].items() if key != "gate"}
    planned = planning.plan({**CAMPAIGN, "policy": policy}, UNIT, "G4")
    old = {key: value for key, value in planned.items() if key != "waits_for"}
    assert gates.unsettled(planned) == gates.unsettled(old) == []
    assert gates.unsettled(planning.replan(old, meeting(), CAMPAIGN)[0]) == [1, 2, 3, 4, 5, 6], (
        "as its campaign says now"
    )


def test_a_checklist_of_its_own_under_the_references_policy_waits_for_no_aspect_it_does_not_have():
    own = definition.define({**LOADED, "checklist": CAMPAIGN["checklist"][3:8]}, [UNIT])
    assert gates.waits_for(own) == [4, 5, 6] and gates.waits_for(CAMPAIGN) == [1, 2, 3, 4, 5, 6]
    own = definition.define({**own, "policy": CAMPAIGN["policy"]}, [UNIT])
    assert gates.waits_for(own) == [1, 2, 3, 4, 5, 6], "what a campaign says itself is for its editor to mend"


def test_what_comes_with_the_meeting_keeps_it_from_nothing():
    policy = {**CAMPAIGN["policy"], "gate": {"aspects": [4, 7, 10]}}
    assert gates.unsettled(planning.plan({**CAMPAIGN, "policy": policy}, UNIT, "G4")) == [4]


def test_a_meeting_below_two_thirds_is_refused():
    with pytest.raises(Refusal) as refused:
        hold(passed(), present=3, absent=3)
    assert refused.value.params == {"expected": 6, "present": 3, "needed": 4, "share": "2/3"}


def test_two_thirds_are_enough_and_the_meeting_is_said():
    held, facts = hold(passed(), present=4, absent=2)
    assert held["stage"] == "held"
    assert facts[-1].name == "meeting_held" and facts[-1].data["present"] == 4
    assert [row["state"] for row in held["aspects"] if row["follows"] == "meeting"] == ["done"] * 2


def test_the_groups_comment_is_done_when_it_is_issued_and_not_before():
    held, _ = hold(passed(), present=6)
    changed, facts = domain.commented(held, held["held"]["held_on"])
    assert [row["state"] for row in (held["aspects"][8], changed["aspects"][8])] == ["open", "done"]
    assert [fact.data["number"] for fact in facts] == [9]
    assert domain.commented(changed, "2099-01-01") == (changed, [])


def test_who_is_absent_gives_a_reason():
    with pytest.raises(Refusal) as refused:
        hold(passed(), present=5)
    assert code_of(refused) == "absence_without_reason"
    with pytest.raises(Refusal, match="absence_without_reason"):
        hold(passed(), present=5, absent=1, reason="  ")


def test_nobody_is_present_and_absent():
    with pytest.raises(Refusal, match="present_and_absent"):
        domain.hold(passed(), CAMPAIGN, {**record(6), "absences": [{"post": "01", "reason": "病假"}]}, "x", NOW, TODAY)


def test_a_post_the_unit_does_not_have_cannot_be_present():
    with pytest.raises(Refusal, match="unknown_post"):
        domain.hold(passed(), CAMPAIGN, {**record(6), "present": ["01", "02", "03", "04", "77"]}, "x", NOW, TODAY)


def test_a_meeting_is_held_once_and_not_in_the_future():
    held, _ = hold(passed(), present=6)
    with pytest.raises(Refusal, match="already_held"):
        hold(held, present=6)
    with pytest.raises(Refusal, match="held_in_future"):
        domain.hold(passed(), CAMPAIGN, {**record(6), "held_on": "2024-01-10"}, "x", NOW, TODAY)


def test_the_office_may_do_without_a_material_with_a_reason_that_stays():
    planned = meeting()
    for row in meeting()["required"]:
        planned, _ = domain.waive(planned, row["kind"], row["post"], "已审阅纸质稿", "主题教育办", NOW, TODAY)

    assert not aspects.gate(planned) and gates.unsettled(planned) == [4], "what follows papers is waived with them"
    assert {row["state"] for row in planned["aspects"] if row["number"] in (5, 6)} == {"waived"}, "waived is not late"
    assert {entry["reason"] for entry in planned["history"]} == {"已审阅纸质稿"}
    assert domain.waive(planned, "speech_outline", "02", "再次", "x", NOW, TODAY) == (planned, [])


def test_what_was_waived_is_said_with_the_schedule_as_no_news_of_the_day():
    waived, facts = domain.waive(meeting(), "speech_outline", "02", "岗位空缺", "办", NOW, TODAY)
    assert (facts[-1].name, facts[-1].data["because"]) == ("meeting_scheduled", "waived")
    for said in (facts[-1].data, planning.reschedule(waived, CAMPAIGN, TODAY, "改", "办", NOW, TODAY)[1][0].data):
        contracts.check("events/meeting_scheduled", said)
        states = {(row["kind"], row["post"]): row.get("state") for row in said["required"]}
        assert [place for place, state in states.items() if state] == [("speech_outline", "02")]
    unsaid = planning.plan(CAMPAIGN, UNIT, "G4")
    facts = domain.waive(unsaid, "speech_outline", "02", "岗位空缺", "办", NOW, TODAY)[1]
    assert "meeting_scheduled" not in {fact.name for fact in facts}


def test_an_aspect_follows_its_materials_and_late_ones_stay_late():
    planned = meeting()
    changed, facts = domain.material_moved(planned, "team_inspection", "team", 1, "passed", "2024-01-05")
    aspect = next(row for row in changed["aspects"] if row["follows"] == "team_inspection")
    assert (aspect["state"], aspect["late"]) == ("done", True)
    assert [fact.data["code"] for fact in facts] == ["team_material"]
    assert changed["stage"] == "writing"


@pytest.mark.parametrize(
    "order",
    [
        [(1, "submitted"), (1, "returned"), (2, "submitted"), (2, "passed")],
        [(2, "passed"), (1, "submitted"), (2, "submitted"), (1, "returned")],
        [(1, "returned"), (2, "submitted"), (1, "submitted"), (2, "passed")],
        [(1, "passed"), (2, "submitted"), (2, "passed")],
    ],
)
def test_news_of_a_material_lead_to_the_same_end_in_whatever_order_they_come(order):
    planned = meeting()
    for version, state in order:
        planned, _ = domain.material_moved(planned, "speech_outline", "02", version, state, TODAY)
    row = next(row for row in planned["required"] if row["post"] == "02")
    assert (row["version"], row["state"]) == (2, "passed")


def test_another_meeting_day_moves_every_date_and_keeps_the_old_one():
    changed, facts = planning.reschedule(meeting(), CAMPAIGN, "2024-01-08", "冲突", "联络员", NOW, "2023-12-20")
    assert changed["aspects"][0]["due_on"] == "2023-12-24"
    assert changed["history"][-1]["from"] == "2024-01-10"
    assert facts[0].data["meeting_on"] == "2024-01-08"


@pytest.mark.parametrize(
    ("on", "code"), [("2024-01-11", "meeting_day_too_late"), ("2023-12-03", "meeting_day_too_early")]
)
def test_a_meeting_day_stays_within_the_campaign(on, code):
    with pytest.raises(Refusal, match=code):
        planning.reschedule(meeting(), CAMPAIGN, on, "冲突", "x", NOW, TODAY)


def test_a_meeting_day_is_not_set_into_the_past_unless_the_campaign_is_still_taken_in():
    with pytest.raises(Refusal) as refused:
        planning.reschedule(meeting(), CAMPAIGN, "2024-01-08", "冲突", "x", NOW, TODAY)
    assert (code_of(refused), refused.value.params["earliest"]) == ("meeting_day_past", TODAY)
    taken_in = planning.plan(CAMPAIGN, UNIT, "G4")
    assert (
        planning.reschedule(taken_in, CAMPAIGN, "2024-01-08", "补录", "x", NOW, TODAY)[0]["meeting_on"] == "2024-01-08"
    )


def test_an_aspect_that_follows_materials_is_not_set_by_hand():
    with pytest.raises(Refusal, match="aspect_by_other_means"):
        aspects.record(meeting(), 6, "done", TODAY, "", "x", TODAY)


def test_an_aspect_done_after_its_day_is_late_and_recording_it_again_changes_nothing():
    changed, facts = aspects.record(meeting(), 1, "done", "2023-12-28", "方案已报", "联络员", TODAY)
    assert changed["aspects"][0]["late"] and facts[0].data["late"]
    assert aspects.record(changed, 1, "done", "2023-12-28", "方案已报", "x", TODAY) == (changed, [])


def test_what_is_on_record_is_not_recorded_otherwise_and_says_so():
    changed, _ = aspects.record(meeting(), 1, "done", "2023-12-28", "方案已报", "联络员", TODAY)
    with pytest.raises(Refusal, match="aspect_settled"):
        aspects.record(changed, 1, "done", "2023-12-20", "早就报了", "x", TODAY)


def test_nothing_is_done_in_the_future_nor_reported_before_the_meeting():
    with pytest.raises(Refusal, match="day_in_future"):
        aspects.record(meeting(), 1, "done", "2024-01-10", "方案", "x", TODAY)
    with pytest.raises(Refusal, match="meeting_not_held"):
        aspects.record(meeting(), 10, "done", TODAY, "报告", "x", TODAY)


def test_a_unit_does_not_lose_its_lateness_by_moving_its_meeting():
    moved, _ = planning.reschedule(
        {**meeting(), "meeting_on": "2024-01-05"}, CAMPAIGN, "2024-01-10", "冲突", "x", NOW, "2024-01-05"
    )
    assert not moved["aspects"][6]["late"]
    early = planning.reschedule(meeting(), CAMPAIGN, "2023-12-30", "提前", "x", NOW, "2023-12-05")[0]
    late = planning.reschedule(early, CAMPAIGN, "2024-01-10", "推迟", "x", NOW, "2023-12-20")[0]
    assert [row["late"] for row in late["aspects"][:3]] == [True, False, False]
    done, facts = aspects.record(late, 1, "done", "2023-12-21", "方案", "x", TODAY)
    assert done["aspects"][0]["late"] and facts[0].data["late"], "red turns yellow, never green"


def test_a_meeting_is_not_recorded_before_the_campaign_began():
    with pytest.raises(Refusal, match="meeting_day_too_early"):
        domain.hold(passed(), CAMPAIGN, {**record(6), "held_on": "2023-12-01"}, "x", NOW, TODAY)


def test_the_stages_follow_each_other_to_the_last_closed_problem():
    held, _ = hold(passed(), present=6)
    first, _ = domain.ledger_moved(held, "p01", "open", TODAY)
    both, _ = domain.ledger_moved(first, "p02", "open", TODAY)
    half, _ = domain.ledger_moved(both, "p01", "closed", TODAY, 4)
    all_closed, _ = domain.ledger_moved(half, "p02", "closed", TODAY, 4)
    stages = [one["stage"] for one in (meeting(), passed(), held, first, half, all_closed)]
    assert stages == ["preparing", "ready", "held", "rectifying", "rectifying", "closed"]


def test_a_closure_heard_before_the_registration_is_not_undone_by_it():
    closed, _ = domain.ledger_moved(meeting(), "p01", "closed", TODAY, 4)
    assert domain.ledger_moved(closed, "p01", "open", TODAY) == (closed, [])


def test_an_item_opened_again_takes_its_unit_back_from_closed_to_rectifying_in_whatever_order_it_is_heard():
    held, _ = hold(passed(), present=6)
    closed, _ = domain.ledger_moved(domain.ledger_moved(held, "p01", "open", TODAY)[0], "p01", "closed", TODAY, 4)
    again, _ = domain.ledger_moved(closed, "p01", "open", TODAY, 5)
    assert (closed["stage"], again["stage"]) == ("closed", "rectifying")
    assert domain.ledger_moved(again, "p01", "closed", TODAY, 4) == (again, [])


def test_the_ledger_is_not_there_before_an_item_counts_as_planned():
    bare = {"number": 12, "code": "rectification", "stage": "after", "follows": "ledger"}
    owing = {**meeting(), "aspects": [{**bare, "due_on": "2099-01-01", "state": "open", "late": False}]}
    begun, facts = domain.ledger_moved(owing, "p01", "open", TODAY, 1, planned=False)
    assert not facts and begun["ledger"] == {"p01": "open"}
    _, facts = domain.ledger_moved(begun, "p01", "open", TODAY, 2)
    assert [fact.name for fact in facts] == ["aspect_recorded"]


def test_all_faults_of_the_lists_are_said_at_once():
    units = [UNIT, UNIT, {**UNIT, "unit_code": "990823-CZ"}]
    groups = [
        {"group_code": "G1", "units": ["990823-NYNC", "990899-XX"]},
        {"group_code": "G2", "units": ["990823-NYNC"]},
    ]
    with pytest.raises(Refusal) as refused:
        definition.check_groups(units, groups)
    found = {fault["code"] for fault in refused.value.errors}
    assert found == {"unit_twice", "group_unknown_unit", "unit_in_two_groups", "unit_without_group"}


def test_a_running_campaign_keeps_what_it_is_when_it_is_loaded_again():
    later = {**CAMPAIGN, "all_meetings_held_by": "2024-02-01", "title": "新标题", "state": "draft"}
    assert definition.redefine(CAMPAIGN, later) == CAMPAIGN
    assert definition.redefine({**CAMPAIGN, "state": "draft"}, later) == later, "before it is open it is loaded whole"


def test_a_unit_loaded_again_keeps_what_has_happened():
    again, facts = planning.replan(passed(), planning.plan(CAMPAIGN, {**UNIT, "name": "新名称"}, "G5"), CAMPAIGN)
    assert (again["unit_name"], again["group"]) == ("新名称", "G5")
    assert not aspects.gate(again)
    assert [fact.data["group"] for fact in facts] == ["G5"], "the others hear of another group"
    assert planning.replan(again, planning.plan(CAMPAIGN, {**UNIT, "name": "新名称"}, "G5"), CAMPAIGN)[1] == []


def test_a_unit_loaded_again_with_one_member_more_owes_one_outline_more():
    again, facts = planning.replan(passed(), planning.plan(CAMPAIGN, {**UNIT, "members": 7}, "G4"), CAMPAIGN)
    assert [row["post"] for row in aspects.gate(again)] == ["07"] and again["stage"] == "writing"
    assert sum(row["gate"] for row in facts[0].data["required"]) == 8


def test_a_unit_loaded_again_owes_what_was_begun_by_a_member_who_left():
    begun, _ = domain.material_moved(meeting(), "speech_outline", "06", 1, "submitted", TODAY)
    again, _ = planning.replan(begun, planning.plan(CAMPAIGN, {**UNIT, "members": 4}, "G4"), CAMPAIGN)
    outlines = [(row["post"], row["state"]) for row in aspects.gate(again) if row["kind"] == "speech_outline"]
    assert outlines == [*((f"{n:02d}", "missing") for n in range(1, 5)), ("06", "submitted")]
    judged, _ = domain.material_moved(again, "speech_outline", "06", 1, "returned", TODAY)
    assert judged["required"] != again["required"], "its verdict is heard"


def test_a_unit_loaded_again_after_its_meeting_has_the_posts_and_materials_it_had_then():
    held, _ = hold(passed(), present=6)
    after = planning.plan(CAMPAIGN, {**UNIT, "name": "新名称", "members": 4}, "G4")
    again, facts = planning.replan(held, after, CAMPAIGN)
    assert (again["posts"], again["required"], again["unit_name"]) == (held["posts"], held["required"], "新名称")
    assert facts == []
    draft = {"key": "k1", "reason": "登记有误", **record(5, 1)}
    assert attendance.correct(again, CAMPAIGN, draft, "办", NOW, TODAY)[0]["held"]["present"] == draft["present"]


def test_the_units_that_went_into_one_are_said_and_stay_known_when_it_is_loaded_without_them():
    told = planning.plan(CAMPAIGN, {**UNIT, "predecessors": ["990823-NJ"]}, "G4")
    again, facts = planning.replan(passed(), told, CAMPAIGN)
    assert facts[0].data["predecessors"] == ["990823-NJ"]
    assert planning.replan(again, planning.plan(CAMPAIGN, UNIT, "G4"), CAMPAIGN) == (again, [])


def test_complete_talks_set_their_aspect_done_on_the_day_of_the_last_and_a_waiver_stays():
    done, facts = domain.talks_moved(meeting(), 7, "2024-01-05")
    aspect = done["aspects"][3]
    assert (aspect["state"], aspect["done_on"], aspect["late"]) == ("done", "2024-01-05", True)
    assert [fact.name for fact in facts] == ["aspect_recorded"]
    assert domain.talks_moved(done, 7, "2024-01-06") == (done, [])
    waived, _ = aspects.record(meeting(), 4, "waived", TODAY, "合并进行", "办", TODAY)
    for last_on in (TODAY, None):
        moved, facts = domain.talks_moved(waived, 7, last_on)
        assert (moved["aspects"], facts) == (waived["aspects"], [])


def test_talks_that_are_complete_no_longer_open_their_aspect_whatever_is_heard_in_which_order():
    done, _ = domain.talks_moved(meeting(), 7, "2024-01-02")
    reopened, facts = domain.talks_moved(done, 9, None)
    aspect = reopened["aspects"][3]
    assert (aspect["state"], aspect["done_on"], [fact.name for fact in facts]) == ("open", None, ["aspect_reopened"])
    assert domain.talks_moved(reopened, 7, "2024-01-02") == (reopened, []), "told again"
    again, _ = domain.talks_moved(reopened, 11, "2024-01-03")
    assert domain.talks_moved(again, 9, None) == (again, [])
    assert planning.replan(again, planning.plan(CAMPAIGN, UNIT, "G4"), CAMPAIGN)[0]["talks_said"] == 11


def test_the_schedule_says_posts_and_what_is_asked_of_talks_and_study_in_codes():
    policy = {**definition.REFERENCE["policy"], "study": {"hours": 8, "topics": [{"code": "theory", "title": "原著"}]}}
    campaign = {**definition.define({**LOADED, "policy": policy}, [UNIT]), "state": "open"}
    said = domain.announce(planning.plan(campaign, UNIT, "G4"))[1][0].data
    assert said["posts"][:2] == [{"post": "01", "role": "secretary"}, {"post": "02", "role": "member"}]
    assert said["preparation"]["study"] == {"hours": 8, "topics": ["theory"], "due_on": "2023-12-31"}
    assert said["preparation"]["talks"]["due_on"] == "2024-01-04"


def test_the_least_group_of_answers_is_the_campaigns_and_never_below_three():
    def opened(least):
        policy = {**definition.REFERENCE["policy"], "small_group": least}
        loaded = {**LOADED, "standards": [], "policy": policy}
        return domain.open_campaign(definition.define(loaded, [UNIT]), 1, NOW)[1][0].data

    assert opened(8)["lengths"] == {"team_inspection": 5000, "speech_outline": 3000}
    assert opened(8)["small_group"] == 8 and definition.REFERENCE["policy"]["small_group"] == 5
    told = contracts.documents()["documents/campaign"]["properties"]["policy"]["properties"]["small_group"]
    assert told["minimum"] == 3


def test_a_running_campaign_loaded_again_keeps_the_reference_it_began_with():
    checklist = [{**row, "follows": "hand"} if row["code"] == "talks" else row for row in CAMPAIGN["checklist"]]
    running = {**CAMPAIGN, "checklist": checklist}
    assert definition.redefine(running, definition.define(LOADED, [UNIT]))["checklist"] == checklist


def test_who_signs_what_is_said_with_the_schedule_and_an_older_policy_asks_nobody():
    signing = {"speech_outline": ["author", "secretary"]}
    asked = {**CAMPAIGN, "policy": {**CAMPAIGN["policy"], "signing": signing}}
    fact = domain.announce(planning.plan(asked, UNIT, "G4"))[1][0].data
    signatures = {row["kind"]: row.get("signatures") for row in fact["required"]}
    assert signatures["speech_outline"] == ["author", "secretary"]
    older = {**CAMPAIGN, "policy": {key: kept for key, kept in CAMPAIGN["policy"].items() if key != "signing"}}
    assert all(
        "signatures" not in row for row in domain.announce(planning.plan(older, UNIT, "G4"))[1][0].data["required"]
    )


def test_a_running_campaign_loaded_again_keeps_the_policy_it_began_with():
    begun = {**definition.define(LOADED, [UNIT]), "state": "open"}
    begun["policy"] = {key: kept for key, kept in begun["policy"].items() if key != "signing"}
    assert definition.redefine(begun, definition.define(LOADED, [UNIT]))["policy"] == begun["policy"]


def test_a_version_taken_back_is_owed_again_and_its_telling_again_changes_nothing():
    handed, _ = domain.material_moved(meeting(), "speech_outline", "02", 1, "submitted", TODAY)
    back, _ = domain.version_withdrawn(handed, "speech_outline", "02", 1, "missing", TODAY)
    row = next(row for row in back["required"] if row["post"] == "02")
    assert (row["state"], row["version"]) == ("missing", 1)
    assert domain.material_moved(back, "speech_outline", "02", 1, "submitted", TODAY)[0] == back
    later, _ = domain.material_moved(back, "speech_outline", "02", 2, "submitted", TODAY)
    assert domain.version_withdrawn(later, "speech_outline", "02", 1, "missing", TODAY)[0] == later
