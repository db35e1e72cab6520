"""The ledger as it is kept: what the store counts is what the domain says."""

import concurrent.futures
import itertools
from typing import Any

import pytest

from services.rectification import columns_store, domain, lists, pages_store, places_store, revising, store, views
from services.spine import contracts
from services.spine.errors import Refusal
from tests.rectification.test_states import FIELDS, PLACE, RULES, hand, item

TODAY = "2024-03-10"
DUE: list[dict[str, Any]] = [
    *({"due_on": day, "calm_until": "2024-02-28"} for day in ("2024-03-01", "2024-03-09", "2024-03-10")),
    *({"due_on": "2024-03-31", "calm_until": day} for day in ("2024-03-08", "2024-03-09", "2024-03-10", "2024-03-11")),
    {"due_on": "2024-12-31", "calm_until": "2024-12-23"},
    {"due_on": None, "calm_until": None},
]
STATES = [
    ("registered", False),
    ("open", False),
    ("open", True),
    ("close_requested", False),
    ("close_requested", True),
    ("closed", False),
    ("closed", True),
]
OWED: list[dict[str, Any]] = [
    {},
    {"report_due_on": "2024-03-09"},
    {"report_due_on": TODAY, "look_back_on": None},
    {"look_back_on": "2024-03-01"},
    {"plan_due_on": "2024-03-09"},
    {"milestone_due_on": "2024-03-09"},
    {"milestone_due_on": TODAY},
    {"back_since": "2024-03-09"},
]
SCOPE = {"campaign": "c"}
ALL = len(DUE) * len(STATES) * len(OWED)


@pytest.fixture
def ledger(db):
    store.prepare(db)
    rows = [
        {
            "_id": f"c.u{n % 3}.p{n}",
            "campaign": "c",
            "unit": f"u{n % 3}",
            "region": f"r{n % 3 // 2}",
            "group": "G1",
            "number": n,
        }
        | {"category": "phased", "source": "other", "problem": f"问题{n}", **due, "state": state, "late": late}
        | {"progress": [], "revision": 1, "closeout": {"overdue": n % 2 == 0, "next": "group"}, "history": [], **owed}
        for n, (due, (state, late), owed) in enumerate(itertools.product(DUE, STATES, OWED))
    ]
    db.items.insert_many(map(views.marked, rows))
    for unit in ("u0", "u1", "u2"):
        columns_store.refresh(db, "c", unit)
    return db


def test_the_lists_have_the_colours_the_domain_names(ledger):
    for colour in ("green", "blue", "yellow", "red"):
        pages = pages_store.every(ledger, {}, {"colour": colour, "campaign": "c"}, TODAY, 50)
        found = {row["_id"] for page in pages for row in page}
        named = {row["_id"] for row in ledger.items.find() if domain.colour(row, TODAY) == colour}
        assert found == named and found


def test_each_number_of_the_counts_is_the_length_of_its_list(ledger):
    counted = store.counts(ledger, SCOPE, {"by": "unit"}, TODAY)
    assert counted["total"] == ALL == sum(row["total"] for row in counted["rows"])
    for row in counted["rows"]:
        for colour, number in row["colours"].items():
            found = ledger.items.find({"unit": row["key"]})
            assert sum(domain.colour(item, TODAY) == colour for item in found) == number


def test_a_scope_hides_what_lies_outside(ledger):
    assert store.counts(ledger, {**SCOPE, "unit": "u1"}, {"by": "region"}, TODAY)["total"] == ALL // 3


def test_two_registrations_at_once_get_two_numbers(ledger):
    ledger.meetings.insert_one({"_id": "c.u1"})
    with concurrent.futures.ThreadPoolExecutor(8) as hands:
        numbers = list(hands.map(lambda _: store.next_number(ledger, "c", "u1"), range(40)))

    assert sorted(numbers) == list(range(1, 41))


def test_the_rules_are_those_of_the_campaign_made_stricter_for_the_unit(ledger):
    opened = {**contracts.documents()["events/campaign_opened"]["examples"][0], "rectification": RULES}
    store.remember_campaign(ledger, {"campaign": "c", "sequence": 1, "data": opened})
    said: dict[str, Any] = {"unit": "u1", "group": "G1", "level": "city"}
    places_store.remember(ledger, {"campaign": "c", "region": "r1", "sequence": 1, "data": said})
    place = store.plan(ledger, "c", "u1")
    assert (place["immediate_days"], place["rectification"], place["level"]) == (30, RULES, "city")
    own = {"rules": {"immediate_days": 20, "rectification": {**RULES, "report_day": 20}}}
    places_store.remember(ledger, {"campaign": "c", "region": "r1", "sequence": 2, "data": {**said, **own}})
    place = store.plan(ledger, "c", "u1")
    assert (place["immediate_days"], place["rectification"]["report_day"]) == (20, 20)
    store.remember_campaign(ledger, {"campaign": "old", "sequence": 1, "data": {"immediate_days": 30}})
    places_store.remember(ledger, {"campaign": "old", "region": "r1", "sequence": 1, "data": said})
    assert store.plan(ledger, "old", "u1")["rectification"] == lists.BEFORE


def test_a_shared_measure_is_written_into_the_other_items_once(ledger):
    for number, key in enumerate(("p01", "p02"), 1):
        store.add(ledger, {**item(key=key), "number": number}, [], hand().at)
    first, second = store.of_unit(ledger, PLACE["campaign"], PLACE["unit"])
    draft = {"measures": [{**FIELDS["measures"][0], "what": "重建"}]}
    changed = revising.revise(first, draft, hand(), RULES, 30)
    with pytest.raises(Refusal, match="measure_of_unit"):
        store.share(ledger, changed[0], hand("supervisor"), own=False)
    for _ in range(2):
        store.share(ledger, changed[0], hand(), own=True)
    other = ledger.items.find_one({"_id": second["_id"]})
    assert other["measures"][0]["what"] == "重建" and [one["type"] for one in other["outbox"]] == [
        "rectify.item_revised"
    ]
