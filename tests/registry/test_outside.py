"""A meeting that was not held as planned is put on record by the office alone, with its reason and a mark."""

from typing import Any

import pytest

from services.registry import attendance, domain, meeting_lines, outside, planning, roster_lines, telling
from services.spine import contracts
from services.spine.errors import Refusal
from tests.registry.test_domain import CAMPAIGN, NOW, UNIT, passed, record

WAVES = [{"code": "one", "levels": ["county"], "opens_on": "2023-12-20", "held_by": "2024-01-05"}]
WAVED = {**CAMPAIGN, "waves": WAVES}
FREE = {**CAMPAIGN, "policy": {**CAMPAIGN["policy"], "moving": {"later_by_unit": "always"}}}
TODAY = "2024-02-20"


def planned(on: str = "2024-01-04", **more: str) -> telling.Meeting:
    entry = {"what": "rescheduled", **more}
    return planning.moved(passed("2023-12-10"), CAMPAIGN, on, entry, "2023-12-10", outside.ALONE.calendar)[0]


def hold(on: str, campaign: telling.Campaign = CAMPAIGN, reason: str = "", **around: Any) -> telling.Meeting:
    said = {**record(6), "held_on": on, **({"outside_reason": reason} if reason else {})}
    around_it = outside.Around(**around)
    changed, facts = domain.hold(planned(), campaign, said, "某人", NOW, TODAY, around_it)
    for fact in facts:
        contracts.check(f"events/{fact.name}", fact.data)
    assert facts[-1].name == "meeting_held" and facts[-1].data["outside"] is ("outside" in changed["held"])
    return changed


def above(on: str) -> roster_lines.Line:
    return roster_lines.of({**planned(on), "unit": "990823-01", "unit_name": "中共青溪县委员会"})


def refused(code: str, on: str, *args: Any, **around: Any) -> list[dict[str, Any]]:
    with pytest.raises(Refusal) as no:
        hold(on, *args, **around)
    assert no.value.code == code
    return no.value.errors


@pytest.mark.parametrize(
    ("on", "campaign", "what", "why"),
    [
        ("2024-01-06", CAMPAIGN, "plan", {"code": "later_than_planned", "planned": "2024-01-04"}),
        ("2024-01-20", CAMPAIGN, "campaign", {"code": "meeting_day_too_late", "latest": "2024-01-10"}),
        ("2024-01-20", FREE, "campaign", {"code": "meeting_day_too_late", "latest": "2024-01-10"}),
        ("2024-01-06", {**FREE, "waves": WAVES}, "wave", {"code": "meeting_day_too_late", "latest": "2024-01-05"}),
        ("2023-12-18", WAVED, "wave", {"code": "meeting_day_too_early", "earliest": "2023-12-20"}),
    ],
)
def test_a_day_outside_plan_wave_or_campaign_is_the_offices_with_its_reason_and_marked(on, campaign, what, why):
    (fault,) = refused("held_outside_plan", on, campaign, "特殊情况")
    assert fault.items() >= why.items()
    assert refused("outside_reason_needed", on, campaign, office=True) == [fault]
    held = hold(on, campaign, "防汛抢险", office=True)["held"]
    assert held["outside"] == {"what": [what], "reason": "防汛抢险", "by": "某人", "at": NOW}
    assert "outside_reason" not in held


def test_before_the_team_above_it_is_the_offices_too_and_on_its_planned_day_only_marked():
    (fault,) = refused("held_outside_plan", "2024-01-03", above=above("2024-01-05"))
    assert (fault["code"], fault["earliest"]) == ("before_superior", "2024-01-05")
    assert hold("2024-01-03", CAMPAIGN, "已报市委同意", above=above("2024-01-05"), office=True)["held"]["outside"][
        "what"
    ] == ["superior"]
    as_planned = hold("2024-01-04", above=above("2024-01-05"))
    assert as_planned["held"]["outside"] == {"what": ["superior"], "reason": "", "by": "某人", "at": NOW}
    assert meeting_lines.row(as_planned, TODAY)["outside"] == ["superior"]
    allowed, on = planned(before_superior="2024-01-05"), {**record(6), "held_on": "2024-01-04"}
    around = outside.Around(above("2024-01-05"))
    assert "outside" not in domain.hold(allowed, CAMPAIGN, on, "某人", NOW, TODAY, around)[0]["held"]


@pytest.mark.parametrize(("on", "campaign"), [("2024-01-04", CAMPAIGN), ("2023-12-28", WAVED), ("2024-01-08", FREE)])
def test_as_planned_or_where_the_unit_may_move_by_itself_nobody_asks(on, campaign):
    held = hold(on, campaign, above=above("2023-12-28"))
    assert "outside" not in held["held"] and meeting_lines.row(held, TODAY)["outside"] == []


def test_what_an_office_planned_beyond_the_wave_is_as_planned():
    assert "outside" not in hold("2024-01-04", {**WAVED, "waves": [{**WAVES[0], "held_by": "2024-01-02"}]})["held"]


def test_a_record_is_corrected_to_such_a_day_or_away_from_it_by_the_office_alone_and_who_came_by_the_unit():
    def correct(was: telling.Meeting, key: str, office: bool, **draft: Any) -> telling.Meeting:
        said = {"key": key, "reason": "日期写错", **draft}
        after, facts = attendance.correct(was, CAMPAIGN, said, "某人", NOW, TODAY, outside.Around(office=office))
        (told,) = [fact.data["outside"] for fact in facts if fact.name == "meeting_corrected"]
        assert told is ("outside" in after["held"])
        return after

    with pytest.raises(Refusal, match="held_outside_plan"):
        correct(hold("2024-01-04"), "c-1", False, held_on="2024-01-20")
    late = correct(hold("2024-01-04"), "c-1", True, held_on="2024-01-20")
    assert late["held"]["outside"]["what"] == ["campaign"] and late["held"]["outside"]["reason"] == "日期写错"
    part = {key: record(5, 1)[key] for key in ("present", "absences")}
    assert correct(late, "c-2", False, **part)["held"]["outside"] == late["held"]["outside"]
    with pytest.raises(Refusal, match="held_outside_plan"):
        correct(late, "c-3", False, held_on="2024-01-04")
    back = correct(late, "c-3", True, held_on="2024-01-04")
    assert "outside" not in back["held"]
    assert back["corrections"][-1]["before"]["outside"] == late["held"]["outside"], "what stood before is kept"


def test_without_a_gate_of_aspects_the_last_material_bounds_the_day():
    policy = {**CAMPAIGN["policy"], "gate": {"aspects": []}}
    campaign = {**CAMPAIGN, "policy": policy}
    free = domain.announce(planning.plan(campaign, UNIT, "G4"))[0]
    for row in free["required"]:
        free = domain.material_moved(free, row["kind"], row["post"], 1, "passed", "2024-01-05")[0]
    late = domain.verdict_withdrawn(free, "speech_outline", "02", 1, "2024-01-06")[0]
    late = domain.waive(late, "speech_outline", "02", "纸质", "办", NOW, "2024-01-08")[0]
    again = planning.replan(late, planning.plan(campaign, UNIT, "G4"), campaign)[0]
    for one in (late, again):
        with pytest.raises(Refusal) as no:
            domain.hold(one, campaign, {**record(6), "held_on": "2024-01-05"}, "x", NOW, TODAY)
        assert (no.value.code, no.value.params["earliest"]) == ("held_before_materials", "2024-01-08")
    assert domain.hold(free, campaign, {**record(6), "held_on": "2024-01-05"}, "x", NOW, TODAY)[0]["held"]
