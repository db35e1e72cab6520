"""Whose an item is: a post of the unit's team, whose holder says what was done on it and does nothing else."""

from typing import Any

import pytest

from services.rectification import bulk, places_store, plans
from services.spine.errors import Refusal
from tests.rectification.acting import CAMPAIGN, REGION, UNIT, actor, answered, doors, said
from tests.rectification.test_states import BARE, EFFECT, FIELDS, WORDS, hand, item

POSTS = [{"post": "01", "role": "secretary"}, {"post": "02", "role": "member"}, {"post": "03", "role": "member"}]
ENTRY = {"key": "e1", "on": "2024-01-19", "text": "已修复", "evidence": [{**WORDS}]}
MEASURE = FIELDS["measures"][0]


@pytest.fixture
def service(db: Any, monkeypatch: Any) -> Any:
    """The unit's team has three posts; of its items one is the post 02's, one has a measure of it, one is nobody's."""
    found = doors(db, monkeypatch)
    event = {"campaign": CAMPAIGN, "region": REGION, "sequence": 2, "data": {"unit": UNIT, "group": "G4"}}
    places_store.remember(db, {**event, "data": {**event["data"], "posts": POSTS}})
    measure = {name: value for name, value in MEASURE.items() if name != "key"}
    registered(found, "p01", measures=[measure], owner_post="02")
    registered(found, "p02", measures=[{**measure, "post": "02"}])
    registered(found, "p03", measures=[measure], owner_post="03")
    registered(found, "p04", measures=[measure])
    return found


def registered(service: Any, key: str, **more: Any) -> Any:
    draft = {**BARE, **FIELDS, "campaign": CAMPAIGN, "unit": UNIT, "key": key, "again": True, **more}
    return answered("item", service.register(actor("liaison", "register_item"), draft))


def key(number: int) -> str:
    return f"{CAMPAIGN}.{UNIT}.p0{number}"


def progressed(service: Any, who: str, number: int) -> Any:
    return answered("item", service.record_progress(actor(who, "progress_item"), key(number), ENTRY))


def revised(service: Any, number: int, **draft: Any) -> Any:
    return answered("item", service.revise(actor("liaison", "revise_item"), key(number), draft))


def test_who_holds_the_post_of_an_item_or_of_a_measure_says_what_was_done_on_it(service):
    for number in (1, 2):
        assert progressed(service, "member", number)["progress"][0]["by"] == "member"
    for number in (3, 4):
        with pytest.raises(Refusal, match="not_owner"):
            progressed(service, "member", number)
        with pytest.raises(Refusal, match="not_owner"):
            service.record_interim(actor("member", "progress_item"), key(number), {})
        assert progressed(service, "liaison", number)["progress"][0]["by"] == "liaison"


def test_an_owner_reads_the_item_and_makes_no_other_move(service):
    assert service.item(actor("member"), key(1))["owner_post"] == "02"
    for permission in ("close_item", "revise_item", "ask_item_change", "submit_plan", "register_item", "verify_item"):
        with pytest.raises(Refusal, match="not_permitted"):
            actor("member", permission)


def test_whoever_follows_in_the_post_owns_its_items_and_who_left_it_does_not(service):
    revised(service, 1, owner_post="03")
    with pytest.raises(Refusal, match="not_owner"):
        progressed(service, "member", 1)
    assert service.db.items.find_one({"_id": key(1)})["history"][-1]["changes"] == [
        {"field": "owner_post", "from": "02", "to": "03"}
    ]


def test_another_unit_does_not_find_the_item_whatever_post_its_people_hold(service):
    for who in ("stranger", "elsewhere"):
        with pytest.raises(Refusal, match="not_found" if who == "stranger" else "not_permitted"):
            progressed(service, who, 1)


def test_what_an_owner_shows_is_applied_for_by_the_unit_and_closed_by_somebody_else(service):
    progressed(service, "member", 1)
    with pytest.raises(Refusal, match="evidence_without_file"):
        service.apply(actor("liaison", "close_item"), key(1), EFFECT)


def test_a_post_the_team_does_not_have_is_refused_at_its_place(service):
    for draft, place in (
        ({"owner_post": "09"}, "/owner_post"),
        ({"owner_post": "team"}, "/owner_post"),
        ({"measures": [MEASURE, {**MEASURE, "key": "m2", "post": "09"}]}, "/measures/1/post"),
    ):
        for ask in (lambda **more: registered(service, "p09", **more), lambda **more: revised(service, 1, **more)):
            with pytest.raises(Refusal, match="unknown_post") as refused:
                ask(**draft)
            assert [fault["pointer"] for fault in refused.value.errors] == [place]


def test_a_post_that_is_gone_stays_with_the_item_until_somebody_else_is_named(service):
    service.db.meetings.update_one({"unit": UNIT}, {"$set": {"posts": POSTS[:1]}})
    assert revised(service, 1, owner_post="02", standard="验收")["owner_post"] == "02"
    assert revised(service, 1, owner_post=None)["owner_post"] is None
    with pytest.raises(Refusal, match="unknown_post"):
        revised(service, 1, owner_post="02")


def test_many_items_get_their_owner_at_once_and_lose_it_again(service):
    def done(value: str) -> list[str]:
        draft = {"field": "owner_post", "value": value, "confirm": True}
        rows = [service._revise(actor("liaison", "revise_item"), {"item_id": key(n)}, draft) for n in (1, 4)]
        return [row["refusal"]["code"] if row["refusal"] else row["outcome"] for row in rows]

    assert done("03") == ["done", "done"] and done("03") == ["same", "same"] and done("09") == ["unknown_post"] * 2
    assert done("") == ["done", "done"] and bulk.stands({**item()}, {"field": "owner_post"}) == ""


def test_the_ledger_of_a_post_is_what_it_owns_and_its_sum_is_that_lists_length(service):
    for owner, numbers in ((f"{UNIT}/02", [1, 2]), (f"{UNIT}/03", [3]), ("990823-LY/02", [])):
        for who in ("member", "office"):
            page = answered("ledger_page", service.ledger(actor(who), {"campaign": CAMPAIGN, "owner": owner}))
            assert [row["number"] for row in page["rows"]] == numbers
            told = service.ledger_summary(actor(who), {"campaign": CAMPAIGN, "owner": owner, "by": "region"})
            assert told["total"] == len(numbers)


def test_a_plan_is_approved_with_whose_each_item_and_measure_is():
    measured = item(measures=[{**MEASURE, "post": "02"}])
    assert len({plans.content("", [one]) for one in (item(), item(owner_post="02"), measured)}) == 3


def test_evidence_for_a_measure_that_items_share_ends_it_on_each_of_them_whichever_came_first(service):
    """And each that has less to do by it says so once, if it is worked on."""
    shared = {**MEASURE, "post": "02"}

    def told(number: int, name: str = "progressed") -> list[Any]:
        said_of = [one for one in said(service.db, "items") if one["subject"] == key(number)]
        return [one["data"].get("parts") for one in said_of if one["type"] == f"rectify.item_{name}"]

    def hear(door: str) -> None:
        event = {"campaign": CAMPAIGN, "data": {"unit": UNIT, "item_id": key(5)}}
        for _ in range(2):
            getattr(type(service), door).__wrapped__(service, [event])

    for number in (5, 6, 7, 8):
        registered(service, f"p0{number}", measures=[shared if number < 8 else {**shared, "key": "m2"}])
    service.db.items.update_one({"_id": key(7)}, {"$set": {"state": "closed"}})
    service.record_progress(actor("member", "progress_item"), key(5), {**ENTRY, "measures": ["m1"]})
    hear("on_item_progressed")
    assert [told(number) for number in (5, 6, 7, 8)] == [[[]], [[]], [], []]
    registered(service, "p09", measures=[shared])
    assert told(9, "registered") == [[{"what": "measure", "post": "02", "due_on": MEASURE["due_on"]}]]
    hear("on_item_registered")
    assert [told(number) for number in (6, 9)] == [[[]], [[]]]
    revised(service, 6, responsible="局长")
    assert told(6, "revised") == [[]], "whatever is said of it later"
    service.db.items.update_one({"_id": key(7)}, {"$set": {"state": "open"}})
    hear("on_item_reopened")
    assert [told(number) for number in (6, 7, 9)] == [[[]]] * 3


def test_what_is_said_of_an_item_tells_the_post_and_no_words(service):
    revised(service, 1, owner_post=None)
    told = [
        (one["type"], one["data"]["owner_post"]) for one in said(service.db, "items") if "owner_post" in one["data"]
    ]
    assert ("rectify.item_registered", "02") in told and ("rectify.item_revised", None) in told
    assert hand().name not in str(told)
