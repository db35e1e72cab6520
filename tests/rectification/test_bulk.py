"""One field of many items: seen before it is done, refused item by item, done twice is done once."""

from typing import Any

import pytest

from services.rectification import bulk, service, store
from services.spine import contracts
from services.spine.errors import Refusal
from tests.rectification.test_states import PLACE, RULES, closed, item, registered

SCOPE = {"campaign": PLACE["campaign"], "unit": PLACE["unit"]}


class Liaison:
    """Whoever keeps a unit's ledger."""

    id = name = "liaison"
    units = SCOPE


@pytest.fixture
def doors(db: Any) -> Any:
    store.prepare(db)
    db.campaigns.insert_one({"_id": PLACE["campaign"], "immediate_days": 30, "rectification": RULES})
    db.meetings.insert_one(
        {"_id": f"{PLACE['campaign']}.{PLACE['unit']}", **{k: PLACE[k] for k in ("unit", "region", "group")}}
    )
    for number, one in enumerate((item(key="p01"), registered(key="p02"), closed()), 1):
        key = f"{PLACE['campaign']}.{PLACE['unit']}.p0{number}"
        store.add(db, {**one, "_id": key, "item_id": key, "number": number}, [], "2024-01-20T08:00:00.000Z")
    found = service.RectificationService()
    found.db = db
    return found


def asked(field: str, value: str, was: str | None = None, confirm: bool = False, **more: Any) -> dict[str, Any]:
    seen = {} if was is None else {"was": was}
    ids = [f"{PLACE['campaign']}.{PLACE['unit']}.p0{number}" for number in (1, 2, 3)]
    return {
        "items": [{"item_id": key, **seen} for key in ids],
        "field": field,
        "value": value,
        "confirm": confirm,
        **more,
    }


def outcomes(doors: Any, draft: dict[str, Any]) -> list[str]:
    found = [doors._revise(Liaison(), one, draft) for one in draft["items"]]
    return [row["refusal"]["code"] if row["refusal"] else row["outcome"] for row in found]


def test_a_change_is_looked_at_before_anything_is_written_and_done_once(doors):
    before = list(doors.db.items.find().sort("_id"))
    assert outcomes(doors, asked("responsible", "局长")) == ["would", "would", "wrong_state"]
    assert list(doors.db.items.find().sort("_id")) == before
    assert outcomes(doors, asked("responsible", "局长", confirm=True)) == ["done", "done", "wrong_state"]
    assert outcomes(doors, asked("responsible", "局长", confirm=True)) == ["same", "same", "wrong_state"]
    assert doors.db.items.find_one({"_id": before[0]["_id"]})["history"][-1]["what"] == "revised"


def test_what_changed_since_it_was_seen_is_left_alone(doors):
    assert outcomes(doors, asked("responsible", "局长", was="别人", confirm=True))[0] == "changed_meanwhile"
    done = asked("responsible", "局长", was="分管副局长", confirm=True)
    assert outcomes(doors, done)[0] == "done" and outcomes(doors, done)[0] == "same"
    undo = asked("responsible", "分管副局长", was="局长", confirm=True)
    assert outcomes(doors, undo)[0] == "done"


def test_each_item_is_held_to_its_own_rules(doors):
    assert outcomes(doors, asked("due_on", "2024-06-30")) == ["day_by_asking", "would", "wrong_state"]
    assert outcomes(doors, asked("measure_due_on", "2024-12-31", at=0))[0] == "measure_after_due"
    assert outcomes(doors, asked("measure_who", "局长", at=0, confirm=True)) == ["done", "not_found", "wrong_state"]


def test_what_was_empty_is_empty_again_until_the_item_is_planned(doors):
    """Emptiness comes back as any value does; of what counts as planned nothing is taken away, which is said."""
    key = f"{PLACE['campaign']}.{PLACE['unit']}.p02"
    for field, value in (("responsible", "局长"), ("due_on", "2024-06-30")):
        assert outcomes(doors, asked(field, value, was="", confirm=True))[1] == "done"
        assert outcomes(doors, asked(field, "", was=value, confirm=True))[1] == "done"
        one = doors.db.items.find_one({"_id": key})
        assert not one[field] and field in one["lacking"]
    assert one["history"][-1]["changes"] == [{"field": "due_on", "from": "2024-06-30", "to": None}]
    assert outcomes(doors, asked("standard", "", confirm=True)) == ["field_needed", "same", "wrong_state"]
    assert outcomes(doors, asked("due_on", ""))[0] == "day_by_asking"


def test_what_lies_outside_the_scope_is_not_found(doors):
    class Stranger(Liaison):
        units = {"campaign": PLACE["campaign"], "unit": "990881-LY"}

    draft = asked("responsible", "局长", confirm=True)
    assert doors._revise(Stranger(), draft["items"][0], draft)["refusal"]["code"] == "not_found"


def test_each_row_names_its_problem_and_a_day_that_is_none_is_said_at_its_field(doors):
    draft = asked("responsible", "局长")
    rows = [doors._revise(Liaison(), one, draft) for one in draft["items"]]
    assert [(row["number"], row["problem"]) for row in rows] == [(number, "灌渠水毁半年未修复") for number in (1, 2, 3)]
    contracts.check("requests/revise_items", asked("due_on", ""))
    with pytest.raises(Refusal) as no:
        contracts.check("requests/revise_items", asked("due_on", "2027年3月1日"))
    (fault,) = no.value.errors
    assert fault["pointer"] == "/value" and fault["detail"]["zh"] == "应是日期，例如 2026-03-01。"


def test_a_measure_that_is_not_there_is_not_found():
    with pytest.raises(Refusal, match="not_found"):
        bulk.stands(registered(), {"field": "measure_who", "at": 0})
