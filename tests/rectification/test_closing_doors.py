"""The doors of a close-out: whoever decides is told by when it is put right if it is sent back, and who decides follows
from the unit's rank and the policy's levels."""

from typing import Any

import pytest

from services.rectification import domain, store
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import actor, answered
from tests.rectification.test_states import EFFECT, FIELDS, RULES, applied, closed, hand, item, progressed

KEY = item()["_id"]
STRICTER = {**RULES, "lists": {**RULES["lists"], "phased": {**RULES["lists"]["phased"], "return_days": 7}}}


def test_an_item_that_waits_for_a_decision_tells_by_when_it_is_put_right_if_it_is_sent_back(db, monkeypatch):
    doors = acting.doors(db, monkeypatch, STRICTER)
    waiting = applied()
    for one in (waiting, item(key="p02")):
        store.add(db, one, [], hand().at)
    found = answered("item", doors.item(actor("supervisor"), waiting["_id"]))
    assert (found["return_by"], found["waits"]) == ("2024-01-27", "group")
    assert "return_by" not in answered("item", doors.item(actor("liaison"), item(key="p02")["_id"]))
    draft = {"passed": False, "reason": "佐证不足", "hash": found["closeout"]["hash"], "due_on": found["return_by"]}
    back = answered("item", doors.verify(actor("supervisor", "verify_item"), waiting["_id"], draft))
    assert (back["state"], back["due_on"]) == ("open", "2024-01-27")


@pytest.mark.parametrize("move", ["sent back", "reopened", "rebounded"])
def test_a_shared_measure_that_was_changed_meanwhile_is_changed_in_what_comes_back(db, monkeypatch, move):
    doors, begun = acting.doors(db, monkeypatch), applied() if move == "sent back" else closed()
    for one in (begun, item(key="p02")):
        store.add(db, one, [], hand().at)
    measures = [{**FIELDS["measures"][0], "what": "重建"}]
    doors.revise(actor("liaison", "revise_item"), item(key="p02")["_id"], {"measures": measures})
    assert store.get(db, KEY)["measures"] == FIELDS["measures"], "what is decided on, or closed, stays as it was"
    draft = {"reason": "又渗漏", "due_on": "2024-02-01"}
    if move == "sent back":
        found = {"passed": False, "hash": domain.applied_for(begun), **draft}
        back = doors.verify(actor("supervisor", "verify_item"), KEY, found)
    elif move == "reopened":
        back = doors.reopen_item(actor("office", "recheck_item"), KEY, draft)
    else:
        look = {**draft, "on": "2024-01-20", "result": "rebounded"}
        back = doors.record_recheck(actor("office", "recheck_item"), KEY, look)
    assert answered("item", back)["measures"] == measures


def asked_for(doors: Any) -> Any:
    store.add(doors.db, progressed(item()), [], hand().at)
    return answered("item", doors.apply(actor("liaison", "close_item"), KEY, EFFECT))


def passed(doors: Any, who: str) -> Any:
    seen = doors.item(actor(who), KEY)["closeout"]["hash"]
    draft = {"passed": True, "reason": "现场查看属实", "hash": seen}
    return answered("item", doors.verify(actor(who, "verify_item"), KEY, draft))


@pytest.mark.parametrize(("rank", "levels"), [("county", ["supervisor"]), ("city", ["supervisor", "office"])])
def test_an_item_is_closed_by_the_levels_of_its_units_rank(db, monkeypatch, rank, levels):
    doors = acting.doors(db, monkeypatch, level=rank)
    assert asked_for(doors)["closeout"]["needed"] == RULES["lists"]["phased"]["levels_at"].get(rank, ["group"])
    assert [passed(doors, who)["state"] for who in levels] == [*["close_requested"] * (len(levels) - 1), "closed"]


def test_what_the_county_office_is_to_close_is_closed_by_that_of_its_own_county_alone(db, monkeypatch):
    phased = {**RULES["lists"]["phased"], "levels": ["group", "county_office"]}
    doors = acting.doors(db, monkeypatch, {**RULES, "lists": {**RULES["lists"], "phased": phased}})
    asked_for(doors)
    with pytest.raises(Refusal, match="level_not_yours"):
        passed(doors, "county_office")
    assert passed(doors, "supervisor")["closeout"]["next"] == "county_office"
    for who, code in (("next_county", "not_found"), ("office", "level_not_yours"), ("group_leader", "level_not_yours")):
        with pytest.raises(Refusal, match=code):
            passed(doors, who)
    done = passed(doors, "county_office")
    assert (done["state"], done["closeout"]["levels"][-1]["level"]) == ("closed", "county_office")
