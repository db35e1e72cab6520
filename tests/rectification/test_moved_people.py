"""Who was of a unit and moved to those who decide: decides nothing of that unit, at whatever door."""

import time
from typing import Any

import pytest

from services.rectification import (
    candidate_store,
    domain,
    effects,
    escalation,
    escalation_store,
    evaluation_store,
    plan_store,
    plans,
    store,
)
from services.spine import actor as actors
from services.spine import http, topology
from services.spine.actor import MAY, UNIT_SIDE
from services.spine.errors import Refusal
from tests.rectification import acting, ladders, test_candidates
from tests.rectification.acting import CAMPAIGN, actor
from tests.rectification.test_effects import PUBLISH
from tests.rectification.test_evaluation import FIRST, LOW, VISIT, proposed
from tests.rectification.test_states import applied, asked, closed, hand, item

PLAN = f"{CAMPAIGN}.{acting.UNIT}"
WAITING = applied()
CLOSED, ASKED = (
    {**one, "_id": f"{PLAN}.{key}", "item_id": f"{PLAN}.{key}", "number": number}
    for number, key, one in ((2, "p02", closed()), (3, "p03", asked(item(), "postpone", "2024-05-31")))
)
DAY = "2024-01-10"
MEASURES = [{"what": "修复", "who": "副局长", "due_on": DAY}]
LATE = {**item(due_on=DAY, measures=MEASURES), "_id": f"{PLAN}.p04", "item_id": f"{PLAN}.p04", "number": 4}
LATE |= {"told": {"round": 1}}
PROPOSED = escalation.propose(LATE, ladders.POLICY, 1, 1, hand().today)
EXPLAINED = {**test_candidates.explained(), "_id": f"{PLAN}.comment.p1", "candidate_id": f"{PLAN}.comment.p1"}
EXPLAINED |= {key: WAITING[key] for key in ("campaign", "unit", "region", "group")}
SAID = {"passed": True, "reason": "属实"}
DOORS: dict[str, tuple[str, str, list[Any]]] = {
    "verify": ("verify_item", "supervisor", [WAITING["_id"], {**SAID, "hash": domain.applied_for(WAITING)}]),
    "decide_change": ("decide_item_change", "group_leader", [ASKED["_id"], "1", SAID]),
    "record_recheck": (
        "recheck_item",
        "supervisor",
        [CLOSED["_id"], {"on": "2024-01-20", "result": "held", "reason": "属实"}],
    ),
    "reopen_item": ("recheck_item", "office", [CLOSED["_id"], {"reason": "群众反映", "due_on": "2024-05-31"}]),
    "judge_effect": ("judge_effect", "supervisor", [CLOSED["_id"], {**SAID, "hash": effects.line(CLOSED)["hash"]}]),
    "decide_plan": ("decide_plan", "supervisor", [PLAN]),
    "record_finding": ("evaluate", "supervisor", [FIRST, {**VISIT, "key": "a9"}]),
    "propose_grade": ("propose_grade", "supervisor", [FIRST, LOW]),
    "decide_grade": ("decide_grade", "office", [FIRST, LOW]),
    "issue_escalation": ("sign_escalation", "office", [PROPOSED["_id"]]),
    "withdraw_escalation": ("sign_escalation", "office", [PROPOSED["_id"], {"reason": "重复"}]),
    "reopen": ("reopen_candidate", "supervisor", [EXPLAINED["_id"], {"reason": "未说明"}]),
    "publish_effects": ("publish_effects", "office", []),
}
"""Each door of a decision: what opens it, for whom, and what is right to say there."""
UNIT = {*UNIT_SIDE, "member"}
NO_VERDICT = {"draw_evaluation_sample", "look_again"}


@pytest.fixture
def service(db: Any, monkeypatch: Any, secret: Any) -> Any:
    """A unit of which everything waits for a decision."""
    made = acting.doors(db, monkeypatch)
    for one in (WAITING, CLOSED, ASKED, LATE):
        store.add(db, one, [], hand().at)
    items = store.of_unit(db, CAMPAIGN, acting.UNIT)
    submitted = plans.submit(plan_store.get(db, PLAN, {}), items, {"goals": "三个月内解决"}, hand())
    plan_store.save(db, plan_store.get(db, PLAN, {}), submitted, hand().at)
    evaluation_store.save(db, evaluation_store.get(db, FIRST, {}), (proposed(), []), hand().at)
    escalation_store.add_all(db, [PROPOSED], hand().at)
    candidate_store.add(db, [EXPLAINED])
    return made


def seen(service: Any, door: str, role: str) -> list[Any]:
    """What is right to say where it names what was seen."""
    if door == "decide_plan":
        return [{**SAID, "hash": service.plan(actor(role), PLAN)["hash"]}]
    if door == "issue_escalation":
        text = service.show_escalation(actor(role), PROPOSED["_id"], ladders.NAMES)["sha256"]
        deed = {"purpose": "sign", "about": PROPOSED["_id"], "sha256": text, "by": role, "exp": time.time() + 300}
        return [{"names": ladders.NAMES, "proof": actors.vouch(deed)}]
    if door == "publish_effects":
        service.judge_effect(actor("supervisor", "judge_effect"), *DOORS["judge_effect"][2])
        draft = service.effect_issue_draft(actor(role, "publish_effects"), PUBLISH)
        return [{**PUBLISH, "hash": draft["hash"]}]
    return []


@pytest.mark.parametrize("door", DOORS)
def test_who_came_from_a_unit_decides_nothing_of_it_and_somebody_else_does(service, door):
    permission, role, said = DOORS[door]
    said = [*said, *seen(service, door, role)]
    for was in ("liaison", "secretary", "member"):
        with pytest.raises(Refusal, match="own_(item|plan|evaluation|unit)"):
            getattr(service, door)(actor(role, permission, was=was), *said)
    getattr(service, door)(actor(role, permission, was="stranger"), *said)


def withdraws(service: Any, who: Any) -> bool:
    """Whether a door of those who sign lets somebody in; the paper stands as before."""
    try:
        service.withdraw_escalation(who, PROPOSED["_id"], {"reason": "重复"})
    except Refusal:
        return False
    service.db.escalations.update_one({"_id": PROPOSED["_id"]}, {"$set": {"state": "proposed"}})
    return True


@pytest.mark.parametrize("signer", escalation.LEVELS)
def test_the_papers_that_are_somebodys_to_sign_are_those_at_which_the_door_lets_them_in(service, signer):
    service.db.escalations.update_one({"_id": PROPOSED["_id"]}, {"$set": {"signer": signer}})
    found = {}
    for role in escalation.LEVELS:
        for was in ("liaison", "stranger"):
            found[role, was] = withdraws(service, actor(role, "sign_escalation", was=was))
            told = service.find_escalations(actor(role, was=was), {"signable": "1", "campaign": CAMPAIGN})
            assert told["total"] == found[role, was], (role, was)
    assert found["office", "stranger"] and not found["office", "liaison"]
    for role in ("supervisor", "secretary", "next_county"):
        assert service.find_escalations(actor(role), {"signable": "1"})["total"] == 0


def test_an_issue_of_a_region_is_published_by_who_was_of_one_of_its_units_alone_where_others_have_lines_in_it(service):
    region = {**PUBLISH, "kind": "region", "of": acting.REGION}
    moved = actor("county_office", "publish_effects", was="liaison")
    seen(service, "publish_effects", "office")
    with pytest.raises(Refusal, match="own_unit"):
        service.publish_effects(moved, {**region, "hash": service.effect_issue_draft(moved, region)["hash"]})
    other = {**CLOSED, "_id": f"{CAMPAIGN}.{acting.OTHER}.p01", "item_id": f"{CAMPAIGN}.{acting.OTHER}.p01"}
    other |= {"unit": acting.OTHER, "group": "G5"}
    store.add(service.db, other, [], hand().at)
    said = {**SAID, "hash": effects.line(other)["hash"]}
    service.judge_effect(actor("elsewhere", "judge_effect"), other["_id"], said)
    service.publish_effects(moved, {**region, "hash": service.effect_issue_draft(moved, region)["hash"]})


def test_who_was_a_units_first_responsible_person_acknowledges_nothing_for_it_any_more():
    with pytest.raises(Refusal, match="not_permitted"):
        actor("group_leader", "acknowledge_escalation", was="secretary")


def test_whatever_is_done_by_others_than_the_unit_only_is_among_these_doors_or_decides_nothing_of_its_work():
    others = {
        name
        for name, door in topology.entrypoints("rectification")
        if isinstance(door, http.Route) and door.method == "POST" and not UNIT & set(MAY[door.may])
    }
    assert others - NO_VERDICT == set(DOORS)
