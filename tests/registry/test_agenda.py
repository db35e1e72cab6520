"""The agenda before a meeting is put on record: where it is asked for, every step was begun, or the office says why."""

import pytest

from services.registry import (
    agenda,
    day,
    definition,
    domain,
    inheritance,
    meeting_lines,
    outside,
    planning,
    service,
    versions,
)
from services.spine import contracts
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.registry.test_day import STEPS, step
from tests.registry.test_domain import CAMPAIGN, NOW, TODAY, meeting, passed, record
from tests.registry.test_versions import CAMPAIGN as RUNNING

ASKED = {**CAMPAIGN, "policy": {**CAMPAIGN["policy"], "agenda_required": True}}


def walked(*codes: str) -> day.Day:
    """A day on which these steps began."""
    planned = passed()
    written, fates = day.write(day.begin(planned), planned, ASKED, [step(code) for code in codes], "联络员", NOW)
    assert {fate["state"] for fate in fates} == {"kept"}
    return written


def hold(planned=None, campaign=ASKED, written=None):
    return domain.hold(planned or passed(), campaign, record(6), "联络员", NOW, TODAY, outside.Around(written=written))[
        0
    ]


def test_where_it_is_asked_for_a_meeting_is_not_held_before_its_agenda_was_gone_through():
    with pytest.raises(Refusal, match="agenda_not_followed") as refused:
        hold(written=walked(*STEPS[:5]))
    told = refused.value.body("zh")
    assert refused.value.params["numbers"] == "6、7"
    assert [one["detail"] for one in told["errors"]] == ["第 6 步：主要负责人总结表态。", "第 7 步：散会。"]
    with pytest.raises(Refusal, match="agenda_not_followed"):
        hold()
    assert hold(written=walked(*STEPS))["held"]


def test_a_campaign_that_says_nothing_of_it_or_has_no_agenda_asks_for_none():
    assert hold(campaign=CAMPAIGN)["held"], "the reference asks the group to watch it, not the page to record it"
    silent = {key: value for key, value in CAMPAIGN["policy"].items() if key not in ("agenda_required", "agenda")}
    assert hold(campaign={**CAMPAIGN, "policy": silent})["held"]
    assert hold(campaign={**CAMPAIGN, "policy": {**silent, "agenda_required": True}})["held"]


def test_the_office_does_without_it_with_a_reason_that_is_kept_and_waives_once():
    waived = agenda.waive(passed(), "现场断电", "市办", NOW)
    assert agenda.waive(waived, "再点一次", "市办", NOW) == waived
    held = hold(waived)
    assert held["agenda_waived"] == {"by": "市办", "at": NOW, "reason": "现场断电"}
    assert [entry["what"] for entry in held["history"]] == ["agenda_waived", "recounted"]
    contracts.check("documents/meeting", meeting_lines.shown({**held, "revision": 1}, TODAY))
    with pytest.raises(Refusal, match="already_held"):
        agenda.waive(held, "晚了", "市办", NOW)
    loaded, _ = planning.replan(waived, meeting(), ASKED)
    assert loaded["agenda_waived"], "a folder loaded again takes nothing back"


def test_a_lower_level_may_ask_for_it_and_never_do_without():
    override = {"kind": "unit", "of": meeting()["unit"], "policy": {"agenda_required": True}, "offsets": {}}
    override |= {"by": "市办", "at": NOW, "reason": "重点单位"}
    silent = {
        **CAMPAIGN,
        "policy": {key: value for key, value in CAMPAIGN["policy"].items() if key != "agenda_required"},
    }
    for campaign in (CAMPAIGN, silent):
        stricter = inheritance.tighten(campaign, override, "990823")
        assert agenda.asked(meeting(), stricter) and not agenda.asked(meeting(), campaign)
    with pytest.raises(Refusal, match="not_stricter"):
        inheritance.tighten(ASKED, {**override, "policy": {"agenda_required": False}}, "990823")


def test_a_definition_that_asks_for_an_agenda_it_has_not_is_refused_at_its_place():
    loaded = {**versions.definition_of(RUNNING), "policy": ASKED["policy"]}
    versions.check(RUNNING, loaded)
    policy = {key: value for key, value in ASKED["policy"].items() if key != "agenda"}
    with pytest.raises(Refusal, match="definition_faulty") as refused:
        versions.check(RUNNING, {**loaded, "policy": policy})
    assert [one["code"] for one in refused.value.errors] == ["agenda_missing"]
    assert [one["pointer"] for one in refused.value.errors] == ["/definition/policy/agenda_required"]


def test_an_absent_members_written_speech_is_the_own_outline_where_one_came():
    absences = [{"post": post, "reason": "病假", "written": True} for post in ("05", "06")]
    said = {**record(4), "absences": absences}
    planned = passed()
    for row in planned["required"]:
        if (row["kind"], row["post"]) == ("speech_outline", "06"):
            row.update(state="waived", version=0)
    held = domain.hold(planned, CAMPAIGN, said, "联络员", NOW, TODAY)[0]
    shown = meeting_lines.shown({**held, "revision": 1}, TODAY)
    contracts.check("documents/meeting", shown)
    speech = {"material_id": f"{held['meeting_id']}.speech_outline.05", "version": 1}
    assert [row.get("speech") for row in shown["held"]["absences"]] == [speech, None]


def test_the_doors_tell_what_is_missing_and_let_the_office_alone_waive(db):
    service.prepare(db)
    db.campaigns.insert_one({**ASKED, "groups": [], "revision": 1, "outbox": []})
    planned = passed()
    db.meetings.insert_one({**planned, "revision": 1, "outbox": []})
    doors = service.RegistryService()
    doors.db = db
    grant = {"role": "office", "campaign": definition.define(ASKED, [])["_id"], "until": None}
    grant["scope"] = {"kind": "campaign", "of": grant["campaign"]}
    office = Actor({"sub": "office", "name": "市办", "grants": [grant]}, "waive", TODAY)
    shown = doors.meeting(office, planned["_id"])
    contracts.check("documents/meeting", shown)
    assert [one["code"] for one in shown["agenda"]["missing"]] == STEPS
    for _ in range(2):
        contracts.check("documents/meeting", doors.waive_agenda(office, planned["_id"], {"reason": "断电"}))
    assert doors.meeting(office, planned["_id"])["agenda"] == {"required": True, "missing": []}
    unit = {"role": "liaison", "campaign": grant["campaign"], "scope": {"kind": "unit", "of": planned["unit"]}}
    with pytest.raises(Refusal, match="not_permitted"):
        Actor({"sub": "l", "name": "联络员", "grants": [{**unit, "until": None}]}, "waive", TODAY)
