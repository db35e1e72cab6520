"""Who was of a unit and moved to those who decide: decides nothing of that unit, at whatever door."""

from typing import Any

import pytest

from services.rectification import domain, effects, evaluation_store, plan_store, plans, store
from services.spine import http, topology
from services.spine.actor import MAY, UNIT_SIDE
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import CAMPAIGN, actor
from tests.rectification.test_evaluation import FIRST, LOW, VISIT, proposed
from tests.rectification.test_states import applied, asked, closed, hand, item

PLAN = f"{CAMPAIGN}.{acting.UNIT}"
WAITING = applied()
CLOSED, ASKED = (
    {**one, "_id": f"{PLAN}.{key}", "item_id": f"{PLAN}.{key}", "number": number}
    for number, key, one in ((2, "p02", closed()), (3, "p03", asked(item(), "postpone", "2024-05-31")))
)
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
    "decide_plan": ("decide_plan", "supervisor", [PLAN, SAID]),
    "record_finding": ("evaluate", "supervisor", [FIRST, {**VISIT, "key": "a9"}]),
    "propose_grade": ("propose_grade", "supervisor", [FIRST, LOW]),
    "decide_grade": ("decide_grade", "office", [FIRST, LOW]),
}
"""Each door of a decision: what opens it, for whom, and what is right to say there."""
UNIT = {*UNIT_SIDE, "member"}
NO_VERDICT = {
    "reopen", "draw_evaluation_sample", "publish_effects", "issue_escalation", "withdraw_escalation", "look_again",
}  # fmt: skip


@pytest.fixture
def service(db: Any, monkeypatch: Any) -> Any:
    """A unit of which everything waits for a decision."""
    made = acting.doors(db, monkeypatch)
    for one in (WAITING, CLOSED, ASKED):
        store.add(db, one, [], hand().at)
    items = store.of_unit(db, CAMPAIGN, acting.UNIT)
    submitted = plans.submit(plan_store.get(db, PLAN, {}), items, {"goals": "三个月内解决"}, hand())
    plan_store.save(db, plan_store.get(db, PLAN, {}), submitted, hand().at)
    evaluation_store.save(db, evaluation_store.get(db, FIRST, {}), (proposed(), []), hand().at)
    return made


@pytest.mark.parametrize("door", DOORS)
def test_who_came_from_a_unit_decides_nothing_of_it_and_somebody_else_does(service, door):
    permission, role, said = DOORS[door]
    if door == "decide_plan":
        said = [PLAN, {**SAID, "hash": service.plan(actor(role), PLAN)["hash"]}]
    for was in ("liaison", "secretary", "member"):
        with pytest.raises(Refusal, match="own_(item|plan|evaluation)"):
            getattr(service, door)(actor(role, permission, was=was), *said)
    getattr(service, door)(actor(role, permission, was="stranger"), *said)


def test_whatever_is_done_by_others_than_the_unit_only_is_among_these_doors_or_decides_nothing_of_its_work():
    others = {
        name
        for name, door in topology.entrypoints("rectification")
        if isinstance(door, http.Route) and door.method == "POST" and not UNIT & set(MAY[door.may])
    }
    assert others - NO_VERDICT == set(DOORS)
