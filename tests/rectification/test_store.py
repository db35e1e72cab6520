"""The ledger as it is kept: what the store counts is what the domain says."""

import concurrent.futures

import pytest

from services.rectification import domain, store

TODAY = "2024-03-10"
DUE = ["2024-03-01", "2024-03-10", "2024-03-17", "2024-03-18", "2024-12-31", None]
STATES = [("open", False), ("close_requested", False), ("close_requested", True), ("closed", False), ("closed", True)]


@pytest.fixture
def ledger(db):
    store.prepare(db)
    rows = [
        {
            "_id": f"c.u{n % 3}.p{n}",
            "campaign": "c",
            "unit": f"u{n % 3}",
            "region": f"r{n % 2}",
            "group": "G1",
            "number": n,
        }
        | {"category": "phased", "source": "other", "problem": f"问题{n}", "due_on": due, "state": state, "late": late}
        | {"progress": [], "revision": 1}
        for n, (due, (state, late)) in enumerate((due, state) for due in DUE for state in STATES)
    ]
    db.items.insert_many(rows)
    return db


def test_the_store_finds_the_colours_the_domain_names(ledger):
    for colour in ("green", "blue", "yellow", "red"):
        found = {row["_id"] for row in ledger.items.find(store.of_colour(colour, TODAY))}
        named = {row["_id"] for row in ledger.items.find() if domain.colour(row, TODAY) == colour}
        assert found == named and found


def test_each_number_of_the_counts_is_the_length_of_its_list(ledger):
    counted = store.counts(ledger, {}, {"by": "unit"}, TODAY)
    assert counted["total"] == len(DUE) * len(STATES) == sum(row["total"] for row in counted["rows"])
    for row in counted["rows"]:
        for colour, number in row["colours"].items():
            assert store.listed(ledger, {}, {"unit": row["key"], "colour": colour}, TODAY)["total"] == number


def test_a_scope_hides_what_lies_outside(ledger):
    assert {row["unit"] for row in store.listed(ledger, {"unit": "u1"}, {}, TODAY)["rows"]} == {"u1"}
    assert store.counts(ledger, {"unit": "u1"}, {"by": "region"}, TODAY)["total"] == 10


def test_a_list_comes_in_pages(ledger):
    pages = [store.listed(ledger, {}, {"page": str(n), "size": "10"}, TODAY) for n in (1, 2, 3, 4)]
    assert [len(page["rows"]) for page in pages] == [10, 10, 10, 0]
    assert len({row["_id"] for page in pages for row in page["rows"]}) == 30


def test_two_registrations_at_once_get_two_numbers(ledger):
    ledger.meetings.insert_one({"_id": "c.u1"})
    with concurrent.futures.ThreadPoolExecutor(8) as hands:
        numbers = list(hands.map(lambda _: store.next_number(ledger, "c", "u1"), range(40)))

    assert sorted(numbers) == list(range(1, 41))
