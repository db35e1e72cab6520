"""A unit's plan: approved as exactly what was seen, stale as soon as it is not what stands there any more."""

from typing import Any

import pytest

from services.rectification import domain, places_store, plan_store, plans, revising, store
from services.rectification.domain import Hand, Item
from services.spine import contracts
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import actor, answered
from tests.rectification.test_states import (
    BARE,
    FIELDS,
    PLACE,
    RULES,
    applied,
    hand,
    item,
    progressed,
    registered,
    revised,
)

GOALS = {"goals": "三个月内解决灌渠问题"}


def submitted(items: list[Item]) -> plans.Plan:
    return plans.submit(plans.begin(PLACE), items, GOALS, hand())[0]


def decided(plan: plans.Plan, items: list[Item], passed: bool = True, account: str = "supervisor") -> plans.Changed:
    draft = {"hash": plan["hash"], "passed": passed, "reason": "措施具体"}
    return plans.decide(plan, items, draft, hand(account), own_unit=account == "secretary")


def test_a_plan_is_submitted_once_every_item_is_clear():
    for items, code in (([], "plan_empty"), ([item(), registered(key="p02")], "items_not_clear")):
        with pytest.raises(Refusal, match=code):
            submitted(items)
    plan, facts = plans.submit(plans.begin(PLACE), [item()], GOALS, hand())
    assert (plan["state"], facts[0].name, facts[0].data["items"]) == ("submitted", "plan_submitted", 1)
    assert plans.submit(plan, [item()], GOALS, hand("secretary")) == (plan, [])


def test_a_plan_is_approved_by_others_as_exactly_what_they_saw():
    plan = submitted([item()])
    approved, facts = decided(plan, [item()])
    assert (approved["state"], facts[0].data["outcome"]) == ("approved", "approved")
    assert decided(approved, [item()]) == (approved, [])
    for account, code in (("secretary", "own_plan"), ("liaison", "applicant_verifies")):
        with pytest.raises(Refusal, match=code):
            decided(plan, [item()], account=account)
    with pytest.raises(Refusal, match="plan_changed"):
        decided(plan, [item(standard="别的")])
    with pytest.raises(Refusal, match="plan_changed"):
        decided({**plan, "hash": "0" * 64}, [item()])
    with pytest.raises(Refusal, match="plan_not_submitted"):
        decided({**plan, "state": "stale"}, [item()])
    returned, _ = decided(plan, [item()], passed=False)
    assert (returned["state"], returned["rounds"][-1]["reason"]) == ("returned", "措施具体")


def test_whatever_was_approved_and_changes_makes_the_plan_stale_and_it_says_which_items():
    approved, _ = decided(submitted([item()]), [item()])
    assert plans.look_again(approved, [progressed(item())], "x") == (approved, []), "progress is no change of plan"
    assert plans.look_again(approved, [applied()], "x") == (approved, [])
    now = [revised(item(), standard="通水并验收")[0], item(key="p02")]
    stale, facts = plans.look_again(approved, now, "x")
    assert (stale["state"], facts[0].name, facts[0].data["changed"]) == ("stale", "plan_stale", 2)
    assert plans.look_again(stale, now, "x") == (stale, [])
    assert [one["change"] for one in plans.shown(stale, now)["changed"]] == ["changed", "added"]
    again, _ = plans.submit(stale, now, GOALS, hand())
    assert [one["what"] for one in again["rounds"]] == ["submitted", "approved", "stale", "submitted"]


def test_a_plan_tells_what_reads_otherwise_than_in_the_round_before():
    """What was decided on, or else laid down earlier, beside what stands there now: each field, first and last."""
    day = iter(range(21, 29))

    def later() -> Hand:
        return hand(today=f"2024-01-{next(day)}")

    one = item()
    first, _ = plans.submit(plans.begin(PLACE), [one], GOALS, later())
    assert plans.shown(first, [one])["compared"] is None, "nothing was laid down before"
    approved, _ = decided(first, [one])
    assert plans.shown(approved, [one])["compared"]["items"] == []
    now = one
    for said in ({"standard": "通水并验收"}, {"standard": "通水两次并验收", "particulars": {"remarks": "北片"}}):
        now = revising.revise(now, said, later(), RULES, 30)[0]
    added = domain.register(PLACE, 30, 2, {**BARE, **FIELDS, "key": "p02"}, later())[0]
    again, _ = plans.submit(approved, [now, added], {"goals": "半年内"}, later())
    found = plans.shown(again, [now, added])["compared"]
    changes = [{"field": "standard", "from": one["standard"], "to": "通水两次并验收"}]
    assert [(row["change"], row["changes"]) for row in found["items"]] == [("changed", changes), ("added", [])]
    assert (found["at"], found["goals"]) == (first["rounds"][0]["at"], GOALS["goals"])


REVISED = {
    "problem": "灌渠没有修复", "responsible": "局长", "owner_post": "03", "aspect": "style", "standard": "通水并验收",
    "measures": [{"what": "修复", "who": "副局长", "due_on": "2024-02-28"}],
    "milestones": [{"key": "s9", "deliverable": "通水", "due_on": "2024-02-28"}],
    **{f"particulars/{key}": "另一个" for key in ("leader", "department", "causes", "shows", "source_note")},
}  # fmt: skip


def test_whatever_a_reader_of_the_plan_saw_and_the_unit_says_otherwise_ends_its_approval(db, monkeypatch):
    doors: Any = acting.doors(db, monkeypatch)
    one, key = item(), f"{PLACE['campaign']}.{PLACE['unit']}"
    store.add(db, one, [], hand().at)

    def approved_until(said: str, value: object) -> str:
        seen = doors.submit_plan(actor("liaison", "submit_plan"), key, GOALS)
        draft = {"hash": seen["now"], "passed": True, "reason": said}
        assert doors.decide_plan(actor("supervisor", "decide_plan"), key, draft)["state"] == "approved"
        field, _, part = said.partition("/")
        stands = store.get(db, one["_id"])[field]
        doors.revise(actor("liaison", "revise_item"), one["_id"], {field: {**stands, part: value} if part else value})
        event = {"campaign": PLACE["campaign"], "data": {"unit": PLACE["unit"], "item_id": one["_id"]}}
        doors.on_item_revised.__wrapped__(doors, [event])
        return str(answered("plan", doors.plan(actor("supervisor"), key))["state"])

    assert {said: approved_until(said, value) for said, value in REVISED.items()} == dict.fromkeys(REVISED, "stale")
    assert approved_until("particulars/remarks", "已查看现场") == "approved", "a remark is no promise"


def test_no_door_says_that_an_item_comes_from_elsewhere():
    """A plan need not tell of a source that changed."""
    with pytest.raises(Refusal):
        contracts.check("requests/revise_item", {"source": "talk"})


def test_a_plan_is_kept_moves_with_its_unit_and_is_found_stale_when_an_item_is_heard(db):
    store.prepare(db)
    meeting = {"campaign": PLACE["campaign"], "region": PLACE["region"], "sequence": 2}
    places_store.remember(db, {**meeting, "data": {"unit": PLACE["unit"], "group": "G4"}})
    begun = item()
    store.add(db, begun, [], hand().at)
    key, items = f"{PLACE['campaign']}.{PLACE['unit']}", store.of_unit(db, PLACE["campaign"], PLACE["unit"])
    with pytest.raises(Refusal, match="not_found"):
        plan_store.get(db, key, {"group": "G5"})
    plan = plan_store.get(db, key, {"group": "G4"})
    kept = plan_store.save(db, plan, plans.submit(plan, items, GOALS, hand()), hand().at)
    plan_store.save(db, kept, decided(kept, items), hand().at)

    changed = revising.revise(items[0], {"standard": "通水并验收"}, hand(), RULES, 30)
    store.save(db, items[0], changed, hand().at)
    for _ in range(2):
        plan_store.look_again(db, key, store.of_unit(db, PLACE["campaign"], PLACE["unit"]), hand().at)
    places_store.remember(db, {**meeting, "sequence": 3, "data": {"unit": PLACE["unit"], "group": "G5"}})
    (row,) = plan_store.listed(db, {"group": "G5"}, {"state": "stale"})["rows"]
    assert (row["plan_id"], row["count"]) == (key, 1)
    assert [one["what"] for one in db.plans.find_one()["rounds"]] == ["submitted", "approved", "stale"]
