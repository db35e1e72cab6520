"""What is expected beside the gate: it has its day and its stage, and keeps no meeting from being held."""

from services.registry import aspects, definition, domain, gates, meeting_lines, papers, planning, telling
from tests.registry.test_domain import CAMPAIGN, LOADED, NOW, TODAY, UNIT, hold, meeting


def row(planned: telling.Meeting, kind: str, post: str = "team") -> papers.Row:
    return next(one for one in planned["required"] if (one["kind"], one["post"]) == (kind, post))


def handed_in(planned: telling.Meeting, *kinds: str, on: str = TODAY) -> telling.Meeting:
    for kind in kinds:
        planned = domain.material_moved(planned, kind, "team", 1, "submitted", on)[0]
    return planned


def gate_open() -> telling.Meeting:
    planned = meeting()
    for one in aspects.gate(planned):
        planned = domain.material_moved(planned, one["kind"], one["post"], 1, "passed", TODAY)[0]
    for number in gates.unsettled(planned):
        planned = aspects.record(planned, number, "waived", TODAY, "合并进行", "办", TODAY)[0]
    return planned


def test_each_paper_has_its_stage_and_its_day_counted_from_the_meeting_and_is_said():
    planned = meeting()
    assert (row(planned, "meeting_plan")["due_on"], row(planned, "meeting_plan")["stage"]) == ("2023-12-26", "before")
    assert (row(planned, "minutes")["due_on"], row(planned, "minutes")["stage"]) == ("2024-01-13", "after")
    assert row(planned, "team_inspection")["due_on"] == "2024-01-03", "as the checklist's aspect says"
    assert sum(one["kind"] == "criticism_list" for one in planned["required"]) == UNIT["members"]
    said = domain.announce(planning.plan(CAMPAIGN, UNIT, "G4"))[1][0].data["required"]
    told = {"due_on": "2024-01-13", "stage": "after", "gate": False, "read": False}
    assert {"kind": "minutes", "post": "team", **told, "signatures": ["author", "secretary"]} in said
    report = next(one for one in said if one["kind"] == "meeting_report")
    assert report["addressees"] == ["organisation", "discipline"]


def test_a_meeting_is_held_without_its_papers():
    assert not aspects.gate(gate_open()) and hold(gate_open(), 6)[0]["stage"] == "held"
    assert meeting_lines.shown(meeting(), "2023-12-27")["papers"] == {"expected": 15, "received": 0, "overdue": 1}


def test_a_kind_that_no_group_reads_is_settled_when_it_has_come_and_does_its_aspect():
    planned = handed_in(meeting(), "meeting_plan", on="2023-12-20")
    assert row(planned, "meeting_plan")["state"] == "received"
    assert (planned["aspects"][0]["state"], planned["aspects"][0]["done_on"]) == ("done", "2023-12-20")
    assert planned["stage"] == "preparing", "a plan is no material that is written"
    newer = domain.material_moved(planned, "meeting_plan", "team", 2, "submitted", TODAY)[0]
    assert (row(newer, "meeting_plan")["version"], row(newer, "meeting_plan")["late"]) == (2, False)
    assert row(handed_in(meeting(), "team_inspection"), "team_inspection")["state"] == "submitted"


def test_an_aspect_of_several_papers_is_done_when_all_have_come_and_the_meeting_was_held():
    early = handed_in(gate_open(), "meeting_report", "minutes", "filing_list")
    assert early["aspects"][9]["state"] == "open", "what follows the meeting is not done before it"
    assert hold(early, 6)[0]["aspects"][9]["state"] == "done"
    held = handed_in(hold(gate_open(), 6)[0], "meeting_report", "minutes")
    assert held["aspects"][9]["state"] == "open"
    assert handed_in(held, "filing_list")["aspects"][9]["state"] == "done"


def test_another_meeting_day_moves_the_days_and_what_was_overdue_stays_late():
    planned = handed_in(meeting(), "study_record", on="2023-12-20")
    before = planning.reschedule(planned, CAMPAIGN, "2024-01-05", "提前", "书记", NOW, "2023-12-10")[0]
    moved, facts = planning.reschedule(before, CAMPAIGN, "2024-01-10", "延后", "书记", NOW, "2023-12-23")
    assert (row(before, "meeting_plan")["due_on"], row(moved, "meeting_plan")["due_on"]) == ("2023-12-21", "2023-12-26")
    assert row(moved, "meeting_plan")["late"] and not row(moved, "minutes")["late"]
    assert row(moved, "study_record")["state"] == "received"
    assert {one["due_on"] for one in facts[0].data["required"] if one["kind"] == "meeting_plan"} == {"2023-12-26"}
    late = handed_in(meeting(), "meeting_plan", on="2024-01-02")
    assert row(late, "meeting_plan")["late"]


def test_a_kind_of_the_gate_is_not_listed_a_second_time_and_a_campaign_may_have_it_read():
    policy = {**CAMPAIGN["policy"], "required": {"team": ["team_inspection", "meeting_plan"], "member": []}}
    policy["reading"] = {"levels": {"minutes": ["group"]}}
    planned = planning.plan({**CAMPAIGN, "policy": policy}, UNIT, "G4")
    assert [one["gate"] for one in planned["required"] if one["kind"] == "meeting_plan"] == [True]
    assert row(planned, "minutes")["read"] and row(planned, "team_inspection")["read"]
    assert row(handed_in(planned, "meeting_plan"), "meeting_plan")["state"] == "received"
    assert [one["kind"] for one in aspects.gate(handed_in(planned, "meeting_plan"))] == ["team_inspection"]


def test_the_first_responsible_persons_own_material_is_not_read_by_its_author():
    levels = {"speech_outline": ["secretary", "group"]}
    policy = {**CAMPAIGN["policy"], "reading": {"levels": levels}}
    planned = planning.plan({**CAMPAIGN, "policy": policy}, UNIT, "G4")
    read = {one["post"]: one["levels"] for one in planned["required"] if one["kind"] == "speech_outline"}
    assert (read["01"], read["02"]) == (["group"], ["secretary", "group"])


def test_a_campaign_that_began_before_there_were_papers_goes_on_without_them():
    policy = {key: part for key, part in CAMPAIGN["policy"].items() if key not in ("papers", "facts")}
    began = {**CAMPAIGN, "policy": policy}
    again = definition.redefine(began, definition.define(LOADED, [UNIT]))
    assert again["policy"] == policy
    old = {**planning.plan(began, UNIT, "G4")}
    old["required"] = [
        {key: one[key] for key in ("kind", "post", "state", "version", "reason")} for one in old["required"]
    ]
    replanned = planning.replan({**old, "announced": True}, planning.plan(began, UNIT, "G4"), began)[0]
    assert len(replanned["required"]) == 7 and len(aspects.gate(old)) == 7
    assert domain.material_moved(old, "team_inspection", "team", 1, "submitted", TODAY)[0]["stage"] == "writing"


def test_a_report_sent_back_is_owed_again_and_a_new_version_answers_it():
    received = handed_in(meeting(), "meeting_report")
    back, _ = domain.paper_sent_back(received, "meeting_report", "team", 1, TODAY)
    assert row(back, "meeting_report")["state"] == "returned"
    assert domain.paper_sent_back(back, "meeting_report", "team", 1, TODAY) == (back, [])
    assert domain.paper_sent_back(received, "meeting_report", "team", 2, TODAY) == (received, [])
    again, _ = domain.material_moved(back, "meeting_report", "team", 2, "submitted", "2024-01-20")
    assert row(again, "meeting_report")["state"] == "received"


def test_an_aspect_is_open_again_when_one_of_its_papers_is_sent_back_and_done_when_it_is_answered():
    held = handed_in(hold(gate_open(), 6)[0], "meeting_report", "minutes", "filing_list")
    assert held["aspects"][9]["state"] == "done"
    back, facts = domain.paper_sent_back(held, "meeting_report", "team", 1, "2024-01-20")
    assert [(fact.name, fact.data["number"]) for fact in facts] == [("aspect_reopened", 10)]
    assert (back["aspects"][9]["state"], back["aspects"][9]["done_on"]) == ("open", None)
    again, _ = domain.material_moved(back, "meeting_report", "team", 2, "submitted", "2024-01-22")
    assert (again["aspects"][9]["state"], again["aspects"][9]["done_on"]) == ("done", "2024-01-22")


def test_an_aspect_follows_its_material_both_ways_and_what_a_hand_has_set_stays():
    passed = gate_open()
    assert passed["aspects"][4]["state"] == "done"
    withdrawn, facts = domain.verdict_withdrawn(passed, "team_inspection", "team", 1, TODAY)
    assert withdrawn["aspects"][4]["state"] == "open" and [fact.name for fact in facts] == ["aspect_reopened"]
    planned = aspects.record(meeting(), 1, "done", TODAY, "纸质已报", "联络员", TODAY)[0]
    kept, facts = domain.material_moved(planned, "study_record", "team", 1, "submitted", TODAY)
    assert kept["aspects"][0]["state"] == "done" and "aspect_reopened" not in [fact.name for fact in facts]
