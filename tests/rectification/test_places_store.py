"""Where units belong: what is kept of a unit follows it, whoever dies midway, and nothing moves that is there."""

from typing import Any

import pymongo
import pytest

from services.rectification import places_store, store
from services.spine import mongo
from tests.asked import Asked
from tests.rectification.test_states import PLACE, hand, item

CAMPAIGN, UNIT, OTHER = PLACE["campaign"], PLACE["unit"], "990823-LY"
KEPT = ("items", "candidates", "plans", "recurrences", "escalations", "reports", "evaluations", "issues")
OF_COUNTY = {"_id": "county", "campaign": CAMPAIGN, "kind": "region", "of": "990823", "unit": [UNIT, OTHER]}


@pytest.fixture(scope="module")
def asked():
    return Asked()


@pytest.fixture(scope="module")
def ledger(request, asked):
    client = pymongo.MongoClient[Any](request.getfixturevalue("store").uri, event_listeners=[asked])
    store.prepare(client["ledger_of_places"])
    yield client["ledger_of_places"]
    client.close()


@pytest.fixture
def kept(ledger):
    """Something of everything that is kept of a unit, and of its neighbour; both belong to G4."""
    for name in (*KEPT, "meetings", "columns", "regions", "turns"):
        ledger[name].delete_many({})
    for unit in (UNIT, OTHER):
        store.add(ledger, {**item(), "_id": f"{CAMPAIGN}.{unit}.p01", "unit": unit}, [], hand().at)
        for name in KEPT[1:]:
            place = {"campaign": CAMPAIGN, "unit": unit, "group": "G4", "kind": "unit", "of": unit, "revision": 1}
            ledger[name].insert_one({"_id": f"{CAMPAIGN}.{unit}", **place})
        scheduled(ledger, 1, "G4", unit)
    ledger.issues.insert_one({**OF_COUNTY, "group": ["G4"], "revision": 1})
    return ledger


def scheduled(db: Any, sequence: int, group: str, unit: str = UNIT, **more: Any) -> None:
    said = {"unit": unit, "group": group, **more}
    places_store.remember(db, {"campaign": CAMPAIGN, "region": PLACE["region"], "sequence": sequence, "data": said})


def groups(db: Any, unit: str = UNIT) -> dict[str, str]:
    """In which group each thing that is kept of a unit is."""
    wanted = {"campaign": CAMPAIGN, "unit": unit, "_id": {"$ne": "county"}}
    found = {name: db[name].find_one(wanted)["group"] for name in KEPT}
    counted = store.counts(db, {"campaign": CAMPAIGN}, {"by": "group"}, hand().today)["rows"]
    return {**found, "sums": " ".join(row["key"] for row in counted)}


ALL_OF = dict.fromkeys(KEPT, "G5") | {"sums": "G4 G5"}
NONE_OF = dict.fromkeys(KEPT, "G4") | {"sums": "G4"}


def test_a_meeting_that_is_scheduled_anew_where_it_was_costs_two_calls(kept, asked):
    asked.questions.clear()
    scheduled(kept, 2, "G4", meeting_on="2024-01-09")
    assert len(asked.questions) == 2
    assert kept.meetings.find_one({"unit": UNIT})["meeting_on"] == "2024-01-09"
    assert kept.items.find_one({"unit": UNIT})["revision"] == 1


def test_everything_of_a_unit_moves_to_its_new_group_and_nothing_of_others(kept):
    scheduled(kept, 2, "G5")
    assert groups(kept) == ALL_OF
    assert groups(kept, OTHER) == {**NONE_OF, "sums": "G4 G5"}
    assert kept.issues.find_one({"_id": "county"})["group"] == ["G4"]


def test_what_was_said_before_changes_nothing(kept):
    scheduled(kept, 3, "G5")
    scheduled(kept, 2, "G4")
    assert groups(kept) == ALL_OF


@pytest.mark.parametrize("died_at", ["items", "reports", "issues"])
def test_whoever_dies_midway_finishes_when_the_event_is_heard_again(kept, monkeypatch, died_at):
    def die(collection: Any, *given: Any) -> None:
        if collection.name == died_at:
            raise KeyboardInterrupt
        mongo_move(collection, *given)

    mongo_move = mongo.move
    monkeypatch.setattr(mongo, "move", die)
    with pytest.raises(KeyboardInterrupt):
        scheduled(kept, 2, "G5")
    monkeypatch.undo()
    assert groups(kept) != ALL_OF
    scheduled(kept, 2, "G5")
    assert groups(kept) == ALL_OF
    assert kept.meetings.find_one({"unit": UNIT})["moving"] == []


def test_it_is_finished_too_when_it_had_been_said_otherwise_meanwhile(kept, monkeypatch):
    """Another replica hears that the unit is back in G4 while this one moves it to G5, and this one dies."""

    def back_then_die(collection: Any, *given: Any) -> None:
        mongo_move(collection, *given)
        monkeypatch.undo()
        scheduled(kept, 3, "G4")
        mongo_move(kept.plans, {"unit": UNIT}, {"group": "G5"})
        raise KeyboardInterrupt

    mongo_move = mongo.move
    monkeypatch.setattr(mongo, "move", back_then_die)
    with pytest.raises(KeyboardInterrupt):
        scheduled(kept, 2, "G5")
    scheduled(kept, 2, "G5")
    assert groups(kept) == NONE_OF


def test_an_item_that_was_begun_while_its_unit_moved_goes_after_it(kept):
    scheduled(kept, 2, "G5")
    store.add(kept, {**item(), "_id": f"{CAMPAIGN}.{UNIT}.p02", "unit": UNIT, "group": "G4"}, [], hand().at)
    assert groups(kept) == ALL_OF and not kept.items.count_documents({"unit": UNIT, "group": "G4"})


def test_who_moves_while_it_is_said_otherwise_moves_again(kept, monkeypatch):
    def overtaken(collection: Any, *given: Any) -> None:
        monkeypatch.undo()
        scheduled(kept, 3, "G5")
        mongo.move(collection, *given)

    scheduled(kept, 1, "G4")
    monkeypatch.setattr(mongo, "move", overtaken)
    scheduled(kept, 2, "G6")
    assert groups(kept) == ALL_OF
