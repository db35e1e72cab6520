"""Sums and long lists as they are kept: equal to what the items say whatever happens, each item once and in order."""

import itertools
import random
from collections import Counter
from typing import Any

import pytest

from services.rectification import (
    columns_store,
    domain,
    imports_store,
    kept_views_store,
    pages_store,
    places_store,
    revising,
    store,
    summing,
    views,
)
from tests.rectification.test_states import FIELDS, RULES, applied, asked, closed, hand, item, registered
from tests.rectification.test_views import flow

TODAY = "2024-03-10"
SCOPE = {"campaign": "a-campaign"}
UNITS = [(f"99000{n % 3}-U{n}", f"99000{n % 3}", f"G{n % 2}") for n in range(7)]


def plain(db: Any, query: dict[str, str], today: str = TODAY) -> list[domain.Item]:
    order = views.KEYS[query.get("sort", "number")]
    return sorted((one for one in db.items.find() if views.fits(one, query, today)), key=lambda one: one[order])


def ids(rows: list[domain.Item]) -> list[str]:
    return [one["_id"] for one in rows]


def check_sums(db: Any, today: str = TODAY) -> None:
    for query in (
        {},
        {"region": "990001"},
        {"group": "G0"},
        {"source": "supervision"},
        {"waits": "group", "region": "990000"},
    ):
        for by in ("region", "group"):
            counted = store.counts(db, SCOPE, {**query, "by": by}, today)
            found = plain(db, query, today)
            for colour, count in counted["colours"].items():
                assert count == sum(domain.colour(one, today) == colour for one in found)


@pytest.fixture(scope="module")
def ledger(request):
    db = request.getfixturevalue("store").client["ledger_of_sums"]
    store.prepare(db)
    kinds = itertools.cycle(
        [registered(), item(), asked(item(), "postpone", "2024-05-01"), applied(), closed(), item(due_on="2024-03-12")]
    )
    chance = random.Random(7)
    for unit, region, group in UNITS:
        meeting = {"_id": f"a-campaign.{unit}", "unit": unit, "region": region, "group": group, **SCOPE}
        db.meetings.insert_one({**meeting, "numbered": 9, "sequence": 0})
        for number in range(1, 10):
            place = {"_id": f"a-campaign.{unit}.p{number}", "unit": unit, "region": region, "group": group}
            one = {**next(kinds), **place, "item_id": place["_id"], "number": number}
            one["problem"] = f"{one['problem']}（第{number}处，{unit}）"
            one["aspect"] = "style" if number % 2 else None
            one["category"] = "phased" if number % 3 else "immediate"
            one["registered_on"] = f"2024-0{chance.randint(1, 2)}-1{chance.randint(0, 9)}"
            store.add(db, one, [], hand().at)
    return db


@pytest.mark.parametrize(
    "query",
    [{}, {"region": "990001"}, {"waits": "group"}, {"source": "supervision"}, {"unit": "990002-U2", "waits": "plan"}]
    + [{"overdue": "1", "sort": "due"}, {"q": "水毁", "group": "G1"}, {"category": "phased", "colour": "red"}],
)
def test_what_is_told_of_a_view_is_what_its_list_shows(ledger, query):
    view, moves = {"campaign": "a-campaign", "query": query}, ("group", "plan")
    found = plain(ledger, {key: said for key, said in query.items() if key != "sort"})
    told = kept_views_store.counted(ledger, SCOPE, view, TODAY, "2024-02-13", moves)
    colours = [domain.colour(one, TODAY) for one in found]
    assert (told["total"], told["red"], told["yellow"]) == (len(found), colours.count("red"), colours.count("yellow"))
    assert told["waiting"] == sum(one["waits"] in moves for one in found)
    assert told["fresh"] == sum(one["registered_on"] >= "2024-02-13" for one in found)


def test_sums_come_to_the_items_on_every_day(ledger):
    for today in ("2024-01-20", TODAY, "2024-03-27", "2024-09-01"):
        check_sums(ledger, today)


def test_a_summary_tells_whose_move_it_is_and_each_number_is_a_list(ledger):
    for query in ({}, {"region": "990001"}, {"unit": "990000-U0"}, {"unit": "990000-U3", "source": "supervision"}):
        told = summing.summary(ledger, SCOPE, {**query, "by": "category"}, TODAY)
        assert told["flow"][-1]["left"] == sum(one["state"] != "closed" for one in plain(ledger, query))
        assert told["unreported"] == len(plain(ledger, {**query, "unreported": "1"}))
    for waits, count in summing.summary(ledger, SCOPE, {"by": "region"}, TODAY)["waits"].items():
        assert count == len(plain(ledger, {"waits": waits}))
    within = {**SCOPE, "unit": "990000-U0"}
    assert summing.summary(ledger, within, {"by": "region"}, TODAY)["total"] == 9


@pytest.mark.parametrize("kind", [{"source": "supervision"}, {"category": "phased"}, {"colour": "yellow"}])
@pytest.mark.parametrize("place", [{}, {"region": "990001"}, {"unit": "990000-U3"}])
def test_whose_move_it_is_and_what_is_missing_is_told_under_a_filter_too(ledger, kind, place):
    query, today = {**kind, **place}, "2024-09-01"
    told, found = summing.summary(ledger, SCOPE, {**query, "by": "region"}, today), plain(ledger, query, today)
    assert told["waits"] == Counter(one["waits"] for one in found) != {}
    assert told["unreported"] == sum(views.unreported(one, today) for one in found)
    assert told["rechecks_due"] == sum(views.recheck_due(one, today) for one in found)


@pytest.mark.parametrize(
    "kind",
    [{"category": "phased"}, {"source": "supervision"}, {"aspect": "style"}]
    + [{"aspect": "style", "category": "phased"}, {"q": "第1处", "state": "closed"}, {"colour": "yellow"}],
)
@pytest.mark.parametrize("place", [{}, {"region": "990001"}, {"group": "G0"}, {"unit": "990000-U0", "q": "第1处"}])
def test_the_weeks_under_any_filters_are_those_of_the_items(ledger, kind, place):
    told = summing.summary(ledger, SCOPE, {**kind, **place, "by": "group"}, TODAY)
    found = plain(ledger, {**kind, **place})
    assert told["flow"] == flow(found)
    assert not told["flow"] or told["flow"][-1]["left"] == sum(one["state"] != "closed" for one in found)


@pytest.mark.parametrize(("asked", "states"), [({}, 1), ({"state": "waiting"}, 1), ({"state": "accepted"}, 0)])
def test_the_effectiveness_list_goes_on_after_its_last_row(ledger, asked, states):
    found, after = list[str](), dict[str, str]()
    while True:
        page = store.effects_of(ledger, SCOPE, {**asked, **after, "size": "4"}, TODAY)
        found += [line["item_id"] for line in page["rows"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == ids(plain(ledger, {"state": "closed"})) * states


def test_sums_follow_every_write_and_a_unit_that_moves(ledger):
    before = ledger.items.find_one({"_id": "a-campaign.990000-U0.p1"})
    store.save(ledger, before, revising.revise(before, FIELDS, hand(), RULES, 30), hand().at)
    check_sums(ledger)
    said = {"unit": "990001-U1", "group": "G7", "level": "city"}
    places_store.remember(ledger, {"campaign": "a-campaign", "region": "990001", "sequence": 1, "data": said})
    assert store.counts(ledger, SCOPE, {"by": "region", "group": "G7"}, TODAY)["total"] == 9
    check_sums(ledger)


def test_a_process_that_dies_between_two_writes_leaves_nothing_wrong(ledger, monkeypatch):
    """It dies after the item, before the sums; and after the region, before the unit: who comes next makes it whole."""
    one = ledger.items.find_one({"_id": "a-campaign.990000-U0.p2"})
    now = views.marked({**one, "state": "closed"})
    change = {key: now[key] for key in ("state", "waits", *views.KEYS.values())}
    ledger.items.update_one({"_id": one["_id"]}, {"$set": change, "$inc": {"revision": 1}})
    count = sum(item["revision"] for item in ledger.items.find({"unit": "990000-U0"}))
    key = {"_id": "a-campaign.990000"}
    died: list[Any] = []

    def die(db: Any, written: Any) -> None:
        if written and written["n"] == count and not died:
            died.append(written)
            raise KeyboardInterrupt

    whole = columns_store._finish
    monkeypatch.setattr(columns_store, "_finish", die)
    with pytest.raises(KeyboardInterrupt):
        columns_store.refresh(ledger, "a-campaign", "990000-U0")
    monkeypatch.setattr(columns_store, "_finish", whole)
    kept = ledger.columns.find_one({"_id": "a-campaign.990000-U0"})
    assert ledger.regions.find_one(key)["units"]["990000-U0"] == count != kept["n"]
    for unit in ("990000-U3", "990000-U0", "990000-U0"):
        columns_store.refresh(ledger, "a-campaign", unit)
        check_sums(ledger)


@pytest.mark.parametrize("sort", ["number", "due", "age"])
def test_a_long_list_has_each_item_once_and_in_order_under_any_filter(ledger, sort):
    queries: list[dict[str, str]] = [
        {},
        {"region": "990001"},
        {"group": "G1"},
        {"unit": "990002-U2"},
        {"colour": "red"},
        {"colour": "yellow"},
        {"colour": "blue"},
        {"state": "closed"},
    ]
    queries += [
        {"colour": "red"},
        {"colour": "yellow"},
        {"colour": "blue"},
        {"state": "closed"},
        {"colour": "green", "region": "990000"},
        {"waits": "asking"},
        {"overdue": "1"},
        {"q": "灌渠"},
        {"q": "第3处"},
        {"q": "第3处", "region": "990001", "colour": "yellow"},
        {"q": " 5处，990002-u5"},
        {"q": "处"},
        {"age": "90"},
    ]
    queries += [
        {"state": "closed", "group": "G0"},
        {"source": "supervision", "category": "phased"},
        {"q": "没有这样的"},
    ]
    for query in queries:
        asked, found = {**query, "sort": sort, "size": "7"}, list[str]()
        for _ in range(200):
            page = pages_store.page(ledger, SCOPE, asked, TODAY)
            found += [one["_id"] for one in page["rows"]]
            if page["next"] is None:
                break
            asked["after"] = page["next"]
        assert found == [one["_id"] for one in plain(ledger, {**query, "sort": sort})]


@pytest.mark.parametrize(
    "query", [{"q": "第9处"}, {"q": "第9处", "region": "990001"}, {"q": "灌渠", "state": "closed"}]
)
def test_the_sheet_has_what_the_list_has(ledger, query):
    for within in (SCOPE, {**SCOPE, "group": "G1"}):
        pages = imports_store.pages(ledger, within, {**SCOPE, **query}, TODAY)
        expected = [one["_id"] for one in plain(ledger, query) if one["group"] == within.get("group", one["group"])]
        assert sorted(one["item_id"] for page in pages for one in page) == sorted(expected)


def test_what_an_item_says_now_is_found_and_what_it_said_is_not(ledger):
    key = "a-campaign.990000-U6.p7"
    before = ledger.items.find_one({"_id": key})
    asked = {"q": "第7处，990000-U6", "sort": "due"}
    assert ids(pages_store.page(ledger, SCOPE, asked, TODAY)["rows"]) == [key]
    store.save(ledger, before, revising.revise(before, {"problem": "堰塘淤塞"}, hand(), RULES, 30), hand().at)
    assert pages_store.page(ledger, SCOPE, asked, TODAY)["rows"] == []
    assert ids(pages_store.page(ledger, SCOPE, {**asked, "q": "堰塘"}, TODAY)["rows"]) == [key]


def test_a_scope_of_several_parts_hides_what_lies_outside(ledger):
    parts = {"$or": [{**SCOPE, "region": "990001"}, {**SCOPE, "unit": "990000-U0"}]}
    page = pages_store.page(ledger, parts, {"sort": "due", "size": "500"}, TODAY)
    assert page["total"] == len(page["rows"]) == 27
    assert pages_store.page(ledger, {"campaign": "another"}, {"sort": "due"}, TODAY)["rows"] == []


def test_lists_and_sums_are_read_along_an_index(ledger):
    found = {
        "campaign_1_number_key_1": ledger.items.find({**SCOPE, "number_key": {"$in": ["a", "b"]}}),
        "campaign_1_unit_1_number_1": ledger.items.find({**SCOPE, "unit": "a"}),
        "campaign_1_region_1_turn_1": ledger.columns.find({**SCOPE, "region": "990001", "turn": {"$gt": 3}}),
    }
    for index, cursor in found.items():
        plan = str(cursor.explain()["queryPlanner"]["winningPlan"])
        assert f"'indexName': '{index}'" in plan and "COLLSCAN" not in plan
