"""The doors of a close-out: whoever decides is told by when it is put right if it is sent back."""

from services.rectification import store
from tests.rectification import acting
from tests.rectification.acting import actor, answered
from tests.rectification.test_states import RULES, applied, hand, item

STRICTER = {**RULES, "lists": {**RULES["lists"], "phased": {**RULES["lists"]["phased"], "return_days": 7}}}


def test_an_item_that_waits_for_a_decision_tells_by_when_it_is_put_right_if_it_is_sent_back(db, monkeypatch):
    doors = acting.doors(db, monkeypatch, STRICTER)
    waiting = applied()
    for one in (waiting, item(key="p02")):
        store.add(db, one, [], hand().at)
    found = answered("item", doors.item(actor("supervisor"), waiting["_id"]))
    assert found["return_by"] == "2024-01-27"
    assert "return_by" not in answered("item", doors.item(actor("liaison"), item(key="p02")["_id"]))
    draft = {"passed": False, "reason": "佐证不足", "hash": found["closeout"]["hash"], "due_on": found["return_by"]}
    back = answered("item", doors.verify(actor("supervisor", "verify_item"), waiting["_id"], draft))
    assert (back["state"], back["due_on"]) == ("open", "2024-01-27")
