"""Columns tell of items what the items themselves do, and a process holds of them what it was asked for last."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.rectification import columns, columns_store, domain, lists, pages_store, store, summing, views
from services.spine import actor, mongo
from services.spine.errors import Refusal
from tests.rectification.test_states import applied, closed, hand, item, registered

CAMPAIGN, REGION = "a-campaign", "990823"
PLACE = {"campaign": CAMPAIGN, "region": REGION}
DAYS = (None, "1999-12-31", "2024-02-29", "2024-03-09", "2024-03-10", "2024-03-11", "2024-12-31")
TODAYS = ("2024-03-01", "2024-03-10", "2024-03-11", "2025-01-01")
PROBLEMS = ("灌渠水毁", "ABC 灌渠", "a", "水", "𠮷水毁", "水毁灌渠")
UNITS = {"U1": "G1", "U12": "G2", "U2": "G1"}


def chanced(number: int) -> domain.Item:
    """An item somewhere in its course, whatever its days are."""
    chance = random.Random(number)
    kind = chance.choice((registered, item, applied, closed))()
    unit = chance.choice([*UNITS])
    days = ("due_on", "report_due_on", "look_back_on", "milestone_due_on", "plan_due_on", "recheck_on")
    said: dict[str, Any] = {key: chance.choice(DAYS) for key in (*days, "back_since")}
    said |= {"registered_on": chance.choice(DAYS[1:]), "late": chance.random() < 0.3, "number": number}
    said |= {"aspect": chance.choice((None, "a1", "a2")), "problem": chance.choice(PROBLEMS), "unit": unit}
    said["calm_until"] = lists.after(said["due_on"], -chance.randint(1, 9)) if said["due_on"] else None
    if kind["closeout"]:
        line: dict[str, Any] = (
            {"line": {"state": chance.choice(("accepted", "returned"))}} if chance.random() < 0.5 else {}
        )
        said["closeout"] = {**kind["closeout"], **line, "overdue": chance.random() < 0.5}
    place = {
        **PLACE,
        "group": UNITS[unit],
        "_id": f"{CAMPAIGN}.{unit}.p{number}",
        "item_id": f"{CAMPAIGN}.{unit}.p{number}",
    }
    return views.marked({**kind, **said, **place})


ITEMS = sorted((chanced(number) for number in range(1, 400)), key=lambda one: str(one["number_key"]))
QUERIES: list[dict[str, str]] = [
    {}, {"unit": "U12"}, {"region": "elsewhere"}, {"region": REGION, "group": "G1"}, {"source": "supervision"},
    {"category": "phased"}, {"aspect": "a1"}, {"aspect": "none of them"}, {"waits": "group", "state": "open"},
    *({"state": state} for state in ("registered", "open", "close_requested", "closed")),
    *({"colour": colour} for colour in views.COLOURS),
    *({"age": age} for age in views.AGES), {"overdue": "1"}, {"unreported": "1"}, {"recheck_due": "1"},
    *({"line": line} for line in ("waiting", "accepted", "returned")),
    *({"q": sought} for sought in ("灌渠", "abc", "A", " 水毁 ", "毁", "𠮷", "没有", "水毁灌渠水", "c 灌", "\0")),
    {"q": "水", "colour": "yellow", "aspect": "a2", "group": "G1"},
]  # fmt: skip
SCOPES: list[dict[str, Any]] = [
    {}, PLACE, {"campaign": "another"}, {**PLACE, "secrecy": {"$in": [None, "open"]}}, {"secrecy": {"$in": ["open"]}},
    {"$or": [{"campaign": CAMPAIGN, "unit": "U2"}, {"campaign": CAMPAIGN, "group": "G2"}]},
    {"$and": [{"group": {"$in": ["G1", "G3"]}}, {"unit": {"$in": ["U1", "U99"]}}]},
]  # fmt: skip


def block_of(items: list[domain.Item]) -> columns.Block:
    units = sorted({one["unit"] for one in items})
    packed = {unit: columns.pack(one for one in items if one["unit"] == unit) for unit in units}
    return columns.joined(columns.EMPTY, {unit: columns.unpacked(one) for unit, one in packed.items()})


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_line_fits_where_its_item_does(query):
    block = block_of(ITEMS)
    for today in TODAYS:
        for within in SCOPES:
            told = columns.fitting(block, PLACE, within, query, today)
            expected = [actor.lies_within(one, within) and views.fits(one, query, today) for one in ITEMS]
            assert told.tolist() == expected, (today, within)


@pytest.mark.parametrize("order", views.KEYS)
def test_lines_go_on_behind_any_key_in_the_order_of_their_items(order):
    block, key = block_of(ITEMS), views.KEYS[order]
    every = columns.fitting(block, PLACE, {}, {}, TODAYS[0])
    inorder = sorted(ITEMS, key=lambda one: str(one[key]))
    for at in range(0, len(inorder), 7):
        before = inorder[at]
        behind = columns.value(order, before[key]), block.behind(f"{before['unit']}.{before['number']:06}")
        values, lines = columns.first(block, every, order, 5, behind)
        told = [
            columns.key(order, int(value), f"{REGION}.{block.place(line)}")
            for value, line in zip(values, lines, strict=True)
        ]
        assert told == [one[key] for one in inorder[at + 1 : at + 6]]


@pytest.mark.parametrize("by", ["unit", *columns.CODED])
def test_lines_come_to_what_their_items_do(by):
    block, late = block_of(ITEMS), [one for one in ITEMS if one["late"]]
    for today in TODAYS:
        found = block.lines["late"] > 0
        told = dict(columns.counted(block, found, columns.colours(block, today)[found], by))
        own = [(views.line(one) if by == "line" else one[by] or "", domain.colour(one, today)) for one in late]
        assert told == {value: Counter(colour for said, colour in own if said == value) for value in dict(own)}
        assert columns.registered(block, block.lines["late"] > 0, "2024-03-10", today) == sum(
            "2024-03-10" <= one["registered_on"] < today for one in late
        )


def test_a_unit_that_changed_stands_anew_and_the_others_as_they_were():
    block = block_of(ITEMS)
    other = {**ITEMS[-1], "unit": "U15", "problem": "另一处"}
    changed = columns.joined(block, {"U15": columns.unpacked(columns.pack([other]))})
    assert changed.units == ["U1", "U12", "U15", "U2"] and changed.starts[-1] == len(ITEMS) + 1
    for query in ({"q": "另一处"}, {"unit": "U15"}):
        (line,) = columns.fitting(changed, PLACE, {}, query, TODAYS[0]).nonzero()[0]
        assert changed.place(int(line)) == f"U15.{other['number']:06}"
    gone = columns.joined(changed, {"U15": columns.unpacked(columns.pack([]))})
    assert (
        columns.fitting(gone, PLACE, {}, {"q": "灌渠"}, TODAYS[0]).sum()
        == columns.fitting(block, PLACE, {}, {"q": "灌渠"}, TODAYS[0]).sum()
    )


@pytest.fixture
def ledger(db):
    store.prepare(db)
    for one in ITEMS[:30]:
        store.add(db, {**one, "history": []}, [], hand().at)
    return db


def page(db: Any, query: dict[str, str] | None = None) -> list[str]:
    found = pages_store.page(db, {}, {"campaign": CAMPAIGN, "size": "500", **(query or {})}, TODAYS[0])
    return [one["_id"] for one in found["rows"]]


def test_a_process_reads_no_more_than_what_is_newer_than_it_holds(ledger, monkeypatch):
    page(ledger)
    read, unpacked = list[Any](), columns.unpacked

    def noted(kept: Any) -> Any:
        read.append(kept)
        return unpacked(kept)

    monkeypatch.setattr(columns, "unpacked", noted)
    assert len(page(ledger)) == 30 and read == []
    store.add(ledger, {**ITEMS[30], "history": []}, [], hand().at)
    assert len(page(ledger)) == 31 and len(read) == 1


def test_many_who_ask_at_once_read_it_once(ledger, monkeypatch):
    read, unpacked, regions, turn = list[Any](), columns.unpacked, columns_store.regions, threading.Barrier(4)

    def together(*asked: Any) -> Any:
        told = regions(*asked)
        turn.wait(10)
        return told

    def noted(kept: Any) -> Any:
        read.append(columns_store._reading.locked())
        return unpacked(kept)

    monkeypatch.setattr(columns_store, "regions", together)
    monkeypatch.setattr(columns, "unpacked", noted)
    with ThreadPoolExecutor(4) as pool:
        assert [len(one) for one in pool.map(page, [ledger] * 4)] == [30] * 4
    assert read == [True] * len({one["unit"] for one in ITEMS[:30]})


def test_who_was_told_of_an_earlier_turn_reads_nothing_again(ledger, monkeypatch):
    """Another has read on, between what was said to this one and its looking."""
    page(ledger)
    said = columns_store.regions(ledger, CAMPAIGN)[REGION]
    store.add(ledger, {**ITEMS[30], "history": []}, [], hand().at)
    assert len(page(ledger)) == 31
    monkeypatch.setattr(columns, "unpacked", None)
    assert columns_store.block(ledger, CAMPAIGN, REGION, said).starts[-1] == 31


def test_a_row_is_shown_as_its_item_stands_though_the_sums_did_not_follow_yet(ledger):
    key = ITEMS[0]["_id"]
    ledger.items.update_one({"_id": key}, {"$set": {"aspect": "another"}, "$inc": {"revision": 1}})
    assert key in page(ledger) and key not in page(ledger, {"aspect": ITEMS[0]["aspect"] or ""})
    columns_store.refresh(ledger, CAMPAIGN, ITEMS[0]["unit"])
    assert page(ledger, {"aspect": "another"}) == [key]


def test_a_turn_that_is_said_before_its_columns_are_there_is_looked_for_again(ledger, monkeypatch):
    page(ledger)
    unit, before = ITEMS[0]["unit"], ledger.items.find_one({"_id": ITEMS[0]["_id"]})

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    ledger.items.update_one({"_id": before["_id"]}, {"$set": {"aspect": "another"}, "$inc": {"revision": 1}})
    with monkeypatch.context() as patched:
        patched.setattr(mongo, "insert_new", die)
        with pytest.raises(KeyboardInterrupt):
            columns_store.refresh(ledger, CAMPAIGN, unit)
    assert page(ledger, {"aspect": "another"}) == []
    columns_store.refresh(ledger, CAMPAIGN, unit)
    assert page(ledger, {"aspect": "another"}) == [before["_id"]]


def test_a_store_that_was_set_back_is_read_from_the_start(ledger):
    kept = {name: list(ledger[name].find()) for name in ("items", "columns", "regions", "turns")}
    store.add(ledger, {**ITEMS[30], "history": []}, [], hand().at)
    assert len(page(ledger)) == 31
    for name, rows in kept.items():
        ledger[name].delete_many({})
        ledger[name].insert_many(rows)
    assert len(page(ledger)) == 30


def test_a_process_holds_no_more_than_its_most(ledger, monkeypatch):
    elsewhere = {**ITEMS[0], "region": "990001", "unit": "U7", "_id": f"{CAMPAIGN}.U7.p1", "history": []}
    store.add(ledger, views.marked(elsewhere), [], hand().at)
    monkeypatch.setattr(columns_store, "MOST", 20)
    assert len(page(ledger)) == 31
    assert sum(block.starts[-1] for _, block in columns_store._held.values()) <= 30 and len(columns_store._held) == 1


def test_a_list_goes_on_from_one_campaign_to_the_next(ledger):
    ledger.campaigns.insert_many([{"_id": CAMPAIGN}, {"_id": "the-next"}])
    for one in ITEMS[:5]:
        place = {"campaign": "the-next", "_id": f"the-next.{one['number']}", "history": []}
        store.add(ledger, {**one, **place}, [], hand().at)
    found, after = list[str](), dict[str, str]()
    for _ in range(20):
        told = pages_store.page(ledger, {}, {"sort": "due", "size": "4", **after}, TODAYS[0])
        assert told["total"] == 35
        found += [one["_id"] for one in told["rows"]]
        if told["next"] is None:
            break
        after = {"after": told["next"]}
    expected = sorted(ledger.items.find(), key=lambda one: (one["campaign"], one["due_key"]))
    assert found == [one["_id"] for one in expected]
    assert summing.summary(ledger, {}, {"by": "region", "q": "灌", "category": "phased"}, TODAYS[0])["total"] == sum(
        "灌" in one["problem"] and one["category"] == "phased" for one in expected
    )


def test_what_was_kept_before_there_were_columns_or_with_others_is_found(ledger):
    before = page(ledger, {"sort": "due", "q": "水"})
    unit = f"{CAMPAIGN}.{ITEMS[0]['unit']}"
    ledger.columns.update_one({"_id": unit}, {"$set": {"packed": {"layout": "another", "lines": b"?"}}})
    columns_store._held.clear()
    assert page(ledger, {"sort": "due", "q": "水"}) == before
    for one, group in UNITS.items():
        ledger.meetings.insert_one({"_id": f"{CAMPAIGN}.{one}", "campaign": CAMPAIGN, "unit": one, "group": group})
    for name in ("columns", "regions", "turns", "done_once"):
        ledger[name].drop()
    ledger.items.create_index([("campaign", 1), ("waits", 1), ("due_key", 1)])
    ledger.words.insert_one({"pairs": ["水毁"]})
    assert page(ledger) == []
    store.prepare(ledger)
    assert "campaign_1_waits_1_due_key_1" not in ledger.items.index_information()
    assert ledger.words.find_one() is None
    assert page(ledger, {"sort": "due", "q": "水"}) == before
    store.add(ledger, {**ITEMS[30], "history": []}, [], hand().at)
    assert len(page(ledger)) == 31


@pytest.mark.parametrize("sort", views.KEYS)
@pytest.mark.parametrize("after", ["990823.U1", "02024-13-01.990823.U1.000001", "2024.990823.U1.000001", "x.y.z"])
def test_a_place_that_belongs_to_no_such_list_is_refused(ledger, sort, after):
    with pytest.raises(Refusal, match="place_strange"):
        page(ledger, {"sort": sort, "after": f"{CAMPAIGN}|{after}"})
