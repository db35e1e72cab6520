"""A meeting that is still to be held is cancelled, with its unit or by an office; restored where that was a mistake."""

import pytest

from services.registry import (
    agenda,
    aspects,
    cancelling,
    clashes,
    coaching_store,
    day,
    domain,
    openings,
    organisation_store,
    organisations,
    planning,
    postponing,
    replanning,
    roster_lines,
    schedule_store,
    service_snapshots,
    store,
)
from services.registry.service import RegistryService
from services.spine import clock, contracts, mongo
from services.spine.actor import Actor
from services.spine.errors import Refusal, Stale
from services.spine.workdays import PUBLISHED
from tests.registry.test_day import attended
from tests.registry.test_domain import CAMPAIGN, NOW, TODAY, UNIT, hold, meeting, passed
from tests.registry.test_postponing import ask

CODE, OWN, INTO = CAMPAIGN["campaign_code"], str(UNIT["unit_code"]), "990823-SL"
SAID = {"reason": "登记有误", "by": "市办", "at": NOW}
ENDS = {"on": TODAY, "reason": "机构改革"}


def cancel(planned, because="decided", reason="班子调整", **into):
    return cancelling.cancel(planned, because, TODAY, reason, "市办", NOW, **into)


def restore(cancelled, campaign=CAMPAIGN, posts=()):
    return cancelling.restore(cancelled, campaign, posts, SAID, TODAY, PUBLISHED)


def code(act, *words):
    with pytest.raises(Refusal) as refused:
        act(*words)
    return refused.value.code


def test_a_meeting_is_cancelled_once_with_its_reason_and_its_open_asking_lapses():
    asked, _ = ask(meeting(), "2024-01-05")
    cancelled, facts = cancel(asked, "merged", into=INTO)
    assert (cancelled["stage"], cancelled["cancelled"]["into"]) == ("cancelled", INTO)
    assert (cancelled["history"][-1]["what"], cancelled["asking_since"]) == ("cancelled", None)
    assert [fact.name for fact in facts] == ["postponement_decided", "meeting_cancelled"]
    for fact in facts:
        contracts.check(f"events/{fact.name}", fact.data)
    assert facts[1].data == {"unit": OWN, "group": "G4", "on": TODAY, "because": "merged", "into": INTO}
    assert cancel(cancelled, "merged", into=INTO) == (cancelled, []), "the second click"
    assert code(cancel, cancelled) == "meeting_cancelled"
    assert code(cancel, hold(passed(), present=6)[0]) == "already_held"


def test_what_nobody_was_told_of_is_cancelled_in_silence_and_not_told_when_the_campaign_opens():
    cancelled, facts = cancel(planning.plan(CAMPAIGN, UNIT, "G4"))
    assert (cancelled["stage"], facts) == ("cancelled", [])
    assert domain.announce(cancelled) == (cancelled, [])


def test_nothing_is_done_to_a_cancelled_meeting():
    gone, open_campaign = cancel(passed())[0], {**CAMPAIGN, "state": "open"}
    kind, post = gone["required"][0]["kind"], gone["required"][0]["post"]
    for act, *words in (
        (hold, gone, 6),
        (domain.waive, gone, kind, post, "免", "办", NOW, TODAY),
        (aspects.record, gone, 1, "done", TODAY, "已报", "办", TODAY),
        (planning.reschedule, gone, open_campaign, "2024-01-10", "改", "办", NOW, TODAY),
        (ask, gone, "2024-01-10"),
        (agenda.waive, gone, "停电", "办", NOW),
    ):
        assert code(act, *words) == "meeting_cancelled", act
    assert day.write(day.begin(gone), gone, CAMPAIGN, [attended("a-1")], "办", NOW)[1][0]["code"] == "meeting_cancelled"
    posts = gone["posts"][:3]
    assert planning.repost(gone, CAMPAIGN, posts, SAID, TODAY) == (gone, [])
    assert planning.tighten(gone, CAMPAIGN, SAID, TODAY) == (gone, [])
    assert planning.replan(gone, {**meeting(), "unit_name": "新名"}, CAMPAIGN) == (gone, [])
    assert replanning.lay_anew(gone, {**CAMPAIGN, "version": 2}, "改版", "办", NOW, TODAY) == (gone, [])
    assert postponing.days_off(gone, PUBLISHED) == []


def test_a_cancelled_unit_is_on_its_list_and_in_no_other_number():
    gone = roster_lines.of(cancel(meeting())[0])
    assert (gone.stage, gone.open, gone.owed, gone.to_be_held) == ("cancelled", "", "", False)
    other = roster_lines.of(meeting())
    assert clashes.days([gone, other]) == clashes.days([other])


def test_what_came_before_is_kept_and_what_comes_late_is_still_heard():
    gone, _ = cancel(meeting())
    row = gone["required"][0]
    heard, _ = domain.material_moved(gone, row["kind"], row["post"], 1, "submitted", TODAY)
    assert (heard["stage"], heard["required"][0]["state"]) == ("cancelled", "submitted")
    assert restore(heard)[0]["required"][0]["state"] == "submitted"


def test_restored_a_meeting_stands_where_it_stood_under_what_holds_now():
    was = passed()
    back, facts = restore(cancel(was)[0])
    assert (back["stage"], back["cancelled"], back["history"][-1]["what"]) == ("ready", None, "restored")
    assert [(fact.name, fact.data["because"]) for fact in facts] == [("meeting_scheduled", "restored")]
    contracts.check("events/meeting_scheduled", facts[0].data)
    assert restore(back) == (back, [])
    less = {**CAMPAIGN, "version": 2, "checklist": CAMPAIGN["checklist"][:8]}
    again, _ = restore(cancel(was)[0], less, was["posts"][:3])
    assert (again["definition"], len(again["aspects"]), len(again["posts"])) == (2, 8, 3)
    assert code(restore, cancel(was, "closed")[0]) == "meeting_cancelled_with_unit"


def test_what_was_not_overdue_when_it_was_cancelled_is_not_late_for_the_time_between():
    early = cancelling.cancel(meeting(), "decided", "2023-12-05", "误", "市办", NOW)[0]
    assert not any(row["late"] for row in restore(early)[0]["aspects"])


@pytest.fixture
def loaded(db):
    """A county's committee, which is the superior of two units, in an open campaign."""
    store.prepare(db)
    organisation_store.prepare(db)
    above = {**UNIT, "unit_code": "990823-01", "name": "中共青溪县委员会"}
    below = {**UNIT, "superior": "990823-01"}
    for unit in (above, below, {**below, "unit_code": INTO, "name": "青溪县水利局"}):
        planned = domain.announce(planning.plan(CAMPAIGN, unit, "G4"))[0]
        store.load_meetings(db, CAMPAIGN, [planned], NOW)
        tree = {"name": unit["name"], "level": "county", "parent": None, "region": "990823", "team": "党组"}
        mongo.add(
            db.organisations,
            organisations.added(str(unit["unit_code"]), tree, {**ENDS, "what": "imported", "by": "市办", "at": NOW}),
            at=NOW,
        )
    store.load_campaign(db, {**CAMPAIGN, "title": "专题民主生活会", "groups": [], "regions": []}, NOW)
    return db


@pytest.fixture
def doors(loaded, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    service = RegistryService()
    service.db = loaded
    return service


def who(role, permission, kind="campaign", of=CODE):
    grant = {"role": role, "campaign": CODE, "scope": {"kind": kind, "of": of}, "until": None}
    return Actor({"sub": role, "name": role, "grants": [grant]}, permission, TODAY)


def kept(db, unit=OWN):
    return db.meetings.find_one({"_id": f"{CODE}.{unit}"})


def test_a_cancelled_superior_keeps_nobody_waiting_and_has_no_day_in_a_calendar(doors):
    db, lines = doors.db, schedule_store.lines(doors.db, {"campaign": CODE}, CODE, {})
    assert schedule_store.superiors(db, {**CAMPAIGN, "waves": [{}]}, lines).keys() == {OWN, INTO}
    office = who("office", "cancel_meeting")
    doors.cancel_meeting(office, f"{CODE}.990823-01", {"reason": "不开"})
    lines = schedule_store.lines(db, {"campaign": CODE}, CODE, {})
    assert schedule_store.superiors(db, {**CAMPAIGN, "waves": [{}]}, lines) == {}
    assert schedule_store.superior(db, CAMPAIGN, kept(db)) is None
    assert [line.unit for line in schedule_store.dated(db, {"campaign": CODE}, CODE)] == [OWN, INTO]
    found = store.listed(db, {"campaign": CODE}, CODE, {"stage": "cancelled"}, "2024-02-01")
    assert [(row["unit"], row["overdue"]) for row in found["rows"]] == [("990823-01", [])]
    assert store.listed(db, {"campaign": CODE}, CODE, {"unheld": "1"}, TODAY)["total"] == 2
    assert store.lacking(db, {"campaign": CODE}, CODE, {}, TODAY)["total"] == 2
    asked = coaching_store.taking_part(db, CODE, {"campaign": CODE})
    assert [one["unit"] for one in asked] == [OWN, INTO], "nobody misses a session by it"
    assert schedule_store.uncounted(db, 9, 50)[0]["unit"] != "990823-01"


def test_offices_cancel_within_their_places_and_the_campaigns_office_alone_restores(doors):
    place, other = f"{CODE}.{UNIT['unit_code']}", who("county_office", "cancel_meeting", "region", "990824")
    assert code(doors.cancel_meeting, other, place, {"reason": "不开"}) == "not_found"
    county = who("county_office", "cancel_meeting", "region", "990823")
    for _ in range(2):
        shown = doors.cancel_meeting(county, place, {"reason": " 不开 "})
    contracts.check("documents/meeting", shown)
    assert (shown["stage"], shown["cancelled"]["reason"], shown["overdue"]) == ("cancelled", "不开", [])
    assert [one["type"] for one in kept(doors.db)["outbox"]] == ["rectify.meeting_cancelled"]
    back = doors.restore_meeting(who("office", "restore_meeting"), place, {"reason": "误"})
    assert (back["stage"], back["cancelled"]) == ("preparing", None)
    doors.cancel_meeting(county, place, {"reason": "不开"})
    doors.close_organisation(who("office", "keep_organisations"), OWN, ENDS)
    assert (
        code(doors.restore_meeting, who("office", "restore_meeting"), place, {"reason": "误"}) == "organisation_ended"
    )


def begun(db, unit=OWN):
    """One outline is begun, one item on the ledger."""
    known = kept(db, unit)
    row = known["required"][0]
    changed, _ = domain.material_moved(known, row["kind"], row["post"], 1, "submitted", TODAY)
    store.save(db, known, domain.ledger_moved(changed, "p01", "open", TODAY), NOW)


def test_a_unit_that_has_yet_to_meet_goes_into_another_one_when_its_meeting_is_cancelled_with_it(doors, monkeypatch):
    db, office, unit = doors.db, who("office", "keep_organisations"), OWN
    begun(db)
    draft = {"into": INTO, **ENDS}
    assert code(doors.merge_organisation, office, unit, draft) == "organisation_meeting_open"
    assert kept(db)["cancelled"] is None
    assert code(doors.merge_organisation, office, unit, {**draft, "into": unit, "cancel_meetings": True}) == (
        "organisation_into_itself"
    )
    assert kept(db)["cancelled"] is None, "what is refused cancels nothing"
    with monkeypatch.context() as killed:
        killed.setattr(organisation_store, "save", lambda *_: (_ for _ in ()).throw(Stale))
        with pytest.raises(Stale):
            doors.merge_organisation(office, unit, {**draft, "cancel_meetings": True})
    assert kept(db)["cancelled"]["because"] == "merged" and not organisation_store.ended(db, unit)
    for _ in range(2):
        shown = doors.merge_organisation(office, unit, {**draft, "cancel_meetings": True})
    contracts.check("documents/organisation", shown)
    (left,) = shown["meetings"]
    assert (left["cancelled_on"], left["items"], left["materials"]) == (TODAY, 1, 1), (
        "papers not begun are owed no more"
    )
    said = db.organisations.find_one({"_id": unit})
    assert [(one["field"], one["to"]) for one in said["history"][-1]["changes"][1:]] == [
        ("open_items", "1"), ("open_materials", "1")]  # fmt: skip
    assert [one["data"]["campaigns"] for one in said["outbox"]] == [[CODE]]
    assert kept(db, INTO)["cancelled"] is None


def test_a_unit_is_closed_with_its_meeting_cancelled_and_what_was_begun_left_only_on_purpose(doors):
    db, office, unit = doors.db, who("office", "keep_organisations"), OWN
    begun(db)
    draft = {**ENDS, "cancel_meetings": True}
    assert code(doors.close_organisation, office, unit, draft) == "organisation_work_open"
    assert kept(db)["cancelled"] is None
    doors.close_organisation(office, unit, {**draft, "leave_open": True})
    assert (kept(db)["cancelled"]["because"], kept(db)["cancelled"]["into"]) == ("closed", None)


def test_an_opening_does_not_wait_for_a_cancelled_unit(loaded):
    loaded.meetings.update_many({}, {"$set": {"announced": False}})
    assert openings.any_untold(loaded, CODE)
    loaded.meetings.update_many({}, {"$set": {"cancelled": {"on": TODAY}}})
    assert not openings.any_untold(loaded, CODE) and openings.untold(loaded, list(loaded.meetings.find())) == []


def test_snapshots_tell_that_a_meeting_was_cancelled(loaded):
    gone = cancel(meeting())[0]
    assert service_snapshots._meeting(gone)["cancelled_on"] == TODAY == service_snapshots._unit(gone)["cancelled_on"]
    assert service_snapshots._meeting(meeting())["cancelled_on"] is None
