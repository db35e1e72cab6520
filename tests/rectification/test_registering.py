"""A problem enters the ledger once: the same words of an open item of its unit are asked about first."""

from typing import Any

import pytest

from services.rectification import domain
from services.spine.errors import Refusal
from tests.rectification.acting import CAMPAIGN, OTHER, UNIT, actor, answered, doors
from tests.rectification.test_states import BARE

DRAFT = {**BARE, "campaign": CAMPAIGN, "unit": UNIT}


@pytest.fixture
def register(db: Any, monkeypatch: Any) -> Any:
    service = doors(db, monkeypatch)

    def registers(who: str = "liaison", **changed: Any) -> Any:
        return answered("item", service.register(actor(who, "register_item"), {**DRAFT, **changed}))

    return registers


def test_the_same_words_of_an_open_item_are_registered_again_only_knowingly(db, register):
    first = register()
    for words in (DRAFT["problem"], f" {DRAFT['problem'][:3]}\n{DRAFT['problem'][3:]}"):
        with pytest.raises(Refusal, match="problem_stands") as no:
            register(key="p02", problem=words)
        assert no.value.params == {"number": 1, "item_id": first["item_id"]}
        assert no.value.errors[0]["pointer"] == "/problem"
    assert register("stranger", unit=OTHER, key="p02")["number"] == 1, "another unit's words are its own"
    second = register(key="p02", again=True)
    assert (second["number"], register(key="p02")["item_id"]) == (2, second["item_id"])
    assert register(key="p02", again=True)["number"] == 2 and register()["number"] == 1


def test_what_was_closed_may_come_up_in_the_same_words(db, register):
    register()
    db.items.update_many({}, {"$set": {"state": "closed"}})
    assert register(key="p02")["number"] == 2


def test_the_same_words_of_the_item_that_took_up_the_candidate_are_no_twin():
    draft, taken = {**DRAFT, "candidate": "c1"}, {"number": 1, "item_id": "p01", "problem": DRAFT["problem"]}
    domain.check_words(draft, [{**taken, "candidate": "c1"}])
    for candidate in ({}, {"candidate": "c2"}):
        with pytest.raises(Refusal, match="problem_stands"):
            domain.check_words(draft, [{**taken, **candidate}])
