"""Candidates, plans, reports and recurrences go on after their last row, whatever comes or goes while they are read."""

from typing import Any

import pymongo
import pytest

from services.rectification import candidate_store, plan_store, recurrence_store, reporting_store
from services.spine import contracts
from tests.asked import Asked

CAMPAIGN = "a-campaign"
UNITS = [f"990823-U{number:02}" for number in range(9)]
PLACE: dict[str, Any] = {"campaign": CAMPAIGN, "region": "990823", "group": "G4"}
MONTH = {"month": "2024-01"}
SAID: dict[str, dict[str, Any]] = {
    "candidates": {"source": "opinion", "state": "open"},
    "plans": {"state": "submitted", "plan_id": "", "hash": None, "rounds": [], "items": []},
    "recurrences": {"earlier": [], "years": 2},
    "reports": {**MONTH, "state": "waiting"},
}
ORDERS = {
    "candidates": candidate_store.ORDER,
    "plans": plan_store.ORDER,
    "recurrences": recurrence_store.ORDER,
    "reports": reporting_store.ORDER,
}


def put(db, name: str, unit: str, number: int = 1, campaign: str = CAMPAIGN) -> None:
    key = f"{campaign}.{unit}" if name in ("plans", "reports") else f"{campaign}.{unit}.p{number}"
    db[name].insert_one({"_id": key, **PLACE, "campaign": campaign, "unit": unit, "number": number, **SAID[name]})


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def kept(db, store, asked):
    """Rows of nine units; of candidates and recurrences two of each unit."""
    client = pymongo.MongoClient[Any](store.uri, event_listeners=[asked])
    for room in (candidate_store, plan_store, recurrence_store, reporting_store):
        room.prepare(db)
    for name in ORDERS:
        for unit in reversed(UNITS):
            for number in (10, 9) if name in ("candidates", "recurrences") else (1,):
                put(db, name, unit, number)
    yield client[db.name]
    client.close()


def listed(db, name: str, within: dict[str, Any] = PLACE, **query: str) -> dict[str, Any]:
    asked: dict[str, str] = {"campaign": CAMPAIGN, **query}
    contracts.check(f"requests/find_{name}", asked)
    if name == "reports":
        return reporting_store.listed(db, within, {**asked, **MONTH}, "2024-01-20")
    rooms: dict[str, Any] = {"candidates": candidate_store, "plans": plan_store, "recurrences": recurrence_store}
    return rooms[name].listed(db, within, asked)


def turned(db, name: str, meanwhile=lambda: None) -> list[tuple[Any, ...]]:
    """The rows of all pages of four; after the first something happens."""
    rows: list[tuple[Any, ...]] = []
    after: dict[str, Any] = {}
    while True:
        found = listed(db, name, size="4", **after)
        rows += [(row["unit"], row.get("number", 1)) for row in found["rows"]]
        if found["next"] is None:
            return rows
        if not after:
            meanwhile()
        after = {"after": found["next"]}


@pytest.mark.parametrize("name", ORDERS)
def test_all_pages_together_are_the_list_in_its_order_and_each_tells_how_many_there_are(kept, name):
    whole = listed(kept, name)
    rows = [(row["unit"], row.get("number", 1)) for row in whole["rows"]]
    assert turned(kept, name) == rows == sorted(rows) and whole["next"] is None
    first = listed(kept, name, size="4")
    behind = listed(kept, name, size="4", after=first["next"])
    assert len(rows) == whole["total"] == first["total"] == behind["total"]


@pytest.mark.parametrize("name", ORDERS)
def test_what_comes_or_goes_before_the_page_that_is_read_moves_no_row_of_it(kept, name):
    def meanwhile() -> None:
        put(kept, name, "990823-A01")
        kept[name].delete_many({"unit": UNITS[0]})

    before = turned(kept, name)
    assert turned(kept, name, meanwhile) == before


def test_units_of_several_campaigns_are_told_apart(kept):
    for unit in UNITS:
        put(kept, "plans", unit, campaign="b-campaign")
    rows = plan_store.listed(kept, {}, {"size": "3"})
    assert [row["campaign"] for row in rows["rows"]] == [CAMPAIGN, "b-campaign", CAMPAIGN]
    behind = plan_store.listed(kept, {}, {"size": "500", "after": rows["next"]})
    assert (len(behind["rows"]), behind["total"]) == (15, 18)


@pytest.mark.parametrize("within", [{"campaign": CAMPAIGN}, {"campaign": CAMPAIGN, "unit": UNITS[2]}])
@pytest.mark.parametrize("name", ORDERS)
def test_no_page_of_a_campaign_or_a_unit_looks_through_what_others_have(asked, kept, name, within):
    asked.questions.clear()
    following = listed(kept, name, within, size="1")["next"]
    assert following or "unit" in within
    if following:
        listed(kept, name, within, after=following)
    for one in [one for one in asked.questions if one.of == name and one.command == "find"]:
        plan = str(kept[name].find(one.said["filter"]).sort(list(one.said["sort"].items())).explain())
        assert "'indexName': 'campaign_1_" in plan and "COLLSCAN" not in plan, one.said["filter"]
