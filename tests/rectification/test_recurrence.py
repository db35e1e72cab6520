"""A problem that was there in an earlier year is found though it is worded otherwise, and what is another is not."""

import concurrent.futures
import functools
import itertools
from typing import Any

import pymongo
import pytest

from services.rectification import (
    candidate_store,
    domain,
    leftovers_store,
    places_store,
    recurrence,
    recurrence_store,
    sources,
    store,
)
from services.spine import contracts, mongo
from tests.asked import Asked

UNIT, FORMER = "990823-NYNC", "990823-NJ"
OLD, NEW, NEXT = "minchuan-2022-annual", "minchuan-2023-theme", "minchuan-2024-annual"
DAYS = {OLD: "2023-01-09", NEW: "2024-01-09", NEXT: "2025-01-09"}
HAND = domain.Hand("liaison", "联络员", "2024-01-10T08:00:00.000Z", "2024-01-10")
DRAFT = contracts.documents()["requests/register_item"]["examples"][0]

AGAIN = [
    ("1.2公里灌渠水毁半年未修复，130亩晚稻靠抽水浇灌", "灌渠水毁后一年多没有修好，晚稻仍靠抽水浇灌"),
    ("分管领导学习发言由股室代拟", "班子成员的学习发言材料仍由股室代拟"),
    ("疑似撂荒耕地1120亩核查迟缓，市里通报倒数第二", "撂荒耕地核查进度慢，还有420亩疑似撂荒耕地没有核实"),
    ("可研评估26份有11份集中委托一家机构", "可研评估委托过于集中，30份中15份委托同一家机构"),
    ("退休手续“多头跑”，要在4个窗口之间往返", "办理退休手续群众仍要在几个窗口之间来回跑"),
    ("劳务派遣机构34家中应检查的6家没有检查", "劳务派遣机构检查没有全覆盖，３４家中５家没有检查"),
    ("窗口例会上领导插话多、不让窗口同志讲完", "例会上领导插话多，不让窗口人员把话讲完"),
    ("下乡听汇报多、进田头少，全年入户15次", "下乡调研听汇报多、进田头少，全年入户12次"),
    ("学习不深", "学习不深！"),
]
OTHERS = ["中心组学习“一人讲、大家听”，发言固定3人", "中心组学习以通读文件代替研讨", "学习不实"]


@pytest.mark.parametrize(("first", "second"), AGAIN)
def test_a_problem_told_in_other_words_is_known_again(first, second):
    assert recurrence.likeness(first, second) == recurrence.likeness(second, first) >= recurrence.ALIKE
    assert set(recurrence.traces(OLD, UNIT, first)) & set(recurrence.traces(OLD, UNIT, second))


def test_other_problems_of_one_unit_are_not_taken_for_each_other():
    told = [first for first, _ in AGAIN] + OTHERS
    for first, second in itertools.combinations(told, 2):
        assert recurrence.likeness(first, second) < recurrence.ALIKE, (first, second)


def test_a_long_problem_keeps_few_traces_and_two_ledgers_share_none():
    long = "".join(chr(0x4E00 + n * 7 % 3000) for n in range(1000))
    assert len(recurrence.traces(OLD, UNIT, long)) == recurrence.TRACES
    traces = set(recurrence.traces(OLD, UNIT, AGAIN[0][0]))
    for campaign, unit in ((OLD, FORMER), (NEW, UNIT)):
        assert not traces & set(recurrence.traces(campaign, unit, AGAIN[0][0]))


@pytest.fixture
def ledger(db):
    store.prepare(db)
    for campaign, day in DAYS.items():
        schedule(db, campaign, UNIT, day)
    return db


def schedule(db, campaign, unit, day, **more):
    said = {"unit": unit, "group": "G4", "meeting_on": day, **more}
    places_store.remember(db, {"campaign": campaign, "region": "990823", "sequence": 1, "data": said})


def enter(db, campaign, key, problem, unit=UNIT, **more):
    plan = {"campaign": campaign, "unit": unit, "region": "990823", "group": "G4"}
    draft = {**{name: DRAFT[name] for name in DRAFT if name != "candidate"}, "source": "other", "key": key, **more}
    item, facts = domain.register(plan, 30, 1, {**draft, "problem": problem}, HAND)
    store.add(db, item, facts, HAND.at)
    recurrence_store.look(db, item)
    return db.items.find_one({"_id": item["_id"]})


def found(db, campaign=NEW, **query):
    rows = recurrence_store.listed(db, {}, {"campaign": campaign, **query})["rows"]
    return [(row["_id"].split(".")[2], [one["item_id"].split(".")[2] for one in row["earlier"]]) for row in rows]


@pytest.mark.parametrize("order", [*itertools.permutations((OLD, NEW, NEXT))])
def test_the_later_repeats_the_earlier_whichever_was_entered_first(ledger, order):
    words = {OLD: AGAIN[7][0], NEW: AGAIN[7][1], NEXT: AGAIN[7][0]}
    for campaign in order:
        enter(ledger, campaign, campaign[9:13], words[campaign])
    assert (found(ledger, OLD), found(ledger, NEW)) == ([], [("2023", ["2022"])])
    ((key, earlier),) = found(ledger, NEXT)
    assert (key, sorted(earlier)) == ("2024", ["2022", "2023"])
    assert ledger.recurrences.find_one({"campaign": NEXT})["years"] == 3


def test_what_is_worded_otherwise_later_is_looked_for_anew(ledger):
    first, second = enter(ledger, OLD, "a", AGAIN[0][0]), enter(ledger, NEW, "b", AGAIN[0][1])
    for changed, expected in ((first, []), (second, [("b", ["a"])])):
        ledger.items.update_one({"_id": changed["_id"]}, {"$set": {"problem": OTHERS[0]}})
        for _ in range(2):
            recurrence_store.look(ledger, {**changed, "problem": OTHERS[0]})
            assert found(ledger) == expected


def test_what_two_find_at_once_for_one_later_item_is_all_kept(ledger):
    """Two earlier ledgers are brought in at the same time: each finds the later item, and neither forgets the other."""
    enter(ledger, NEXT, "z", AGAIN[0][0])
    schedule(ledger, OLD, FORMER, "2023-01-05")
    schedule(ledger, NEXT, UNIT, "2025-01-10", predecessors=[FORMER])
    places = [(OLD, UNIT), (NEW, UNIT), (OLD, FORMER)] * 2
    with concurrent.futures.ThreadPoolExecutor(6) as hands:
        told = [
            hands.submit(mongo.again, functools.partial(enter, ledger, campaign, f"n{n}", AGAIN[0][1], unit=unit))
            for n, (campaign, unit) in enumerate(places)
        ]
        for one in told:
            one.result()
    ((_, earlier),) = found(ledger, NEXT)
    assert sorted(earlier) == [f"n{n}" for n in range(6)]


def test_the_same_ledger_or_another_unit_makes_no_recurrence_but_a_former_unit_does(ledger):
    enter(ledger, NEW, "a", AGAIN[0][0])
    enter(ledger, NEW, "b", AGAIN[0][1])
    schedule(ledger, OLD, FORMER, "2023-01-05")
    enter(ledger, OLD, "c", AGAIN[0][0], unit=FORMER)
    assert found(ledger) == []
    schedule(ledger, NEXT, UNIT, "2025-01-10", predecessors=[FORMER])
    enter(ledger, NEXT, "d", AGAIN[0][1])
    ((_, earlier),) = found(ledger, NEXT)
    assert sorted(earlier) == ["a", "b", "c"]


def test_what_was_carried_over_is_known_however_it_is_worded_and_both_ends_are_linked(ledger):
    old = enter(ledger, OLD, "a", AGAIN[0][0])
    assert [row["_id"] for row in leftovers_store.find(ledger, NEW, UNIT)] == [old["_id"]]
    place = {"campaign": NEW, "unit": UNIT, "region": "990823", "group": "G4"}
    for item in leftovers_store.chosen(ledger, NEW, UNIT, [old["_id"]]):
        candidate = candidate_store.enter(ledger, sources.carry(place, item, HAND, True), HAND.at)
    assert leftovers_store.chosen(ledger, NEW, UNIT, [old["_id"]]) == []
    new = enter(ledger, NEW, "b", OTHERS[0], candidate=candidate["_id"], source="last_year")
    candidate_store.follow(ledger, new)
    (link,) = recurrence_store.links(ledger, new["_id"])
    assert (link["item_id"], link["carried"]) == (old["_id"], True)
    assert recurrence_store.repeated_by(ledger, old["_id"]) == [new["_id"]]
    assert leftovers_store.became(ledger, NEW, [old])[old["_id"]]["item_id"] == new["_id"]
    assert [row["_id"] for row in leftovers_store.find(ledger, NEXT, UNIT)] == [new["_id"]]
    assert leftovers_store.find(ledger, OLD, UNIT) == []


def test_what_is_alike_is_looked_for_once_of_an_item_and_once_of_each_that_repeats_it(ledger, request):
    first, asked = enter(ledger, OLD, "a", AGAIN[0][0]), Asked()
    enter(ledger, NEW, "b", AGAIN[0][1])
    with pymongo.MongoClient[Any](request.getfixturevalue("store").uri, event_listeners=[asked]) as client:
        recurrence_store.look(client[ledger.name], first)
    assert [question[:2] for question in asked.questions].count(("find", "traces")) == 2


def test_looking_reads_what_may_be_alike_and_never_the_whole_ledger(ledger):
    enter(ledger, OLD, "a", AGAIN[0][0])
    keys = recurrence.traces(OLD, UNIT, AGAIN[0][1])
    for asked in (
        ledger.meetings.find({"unit": {"$in": [UNIT, FORMER]}}),
        ledger.traces.find({"keys": {"$in": keys}}),
        ledger.recurrences.find({"campaign": NEW, "unit": UNIT}),
        ledger.recurrences.find({"campaign": NEW, "group": "G4"}),
        ledger.recurrences.find({"earlier.item_id": "a"}),
        ledger.candidates.find({"item_id": "a"}),
        ledger.items.find({"unit": UNIT, "state": "open"}),
    ):
        assert "COLLSCAN" not in str(asked.explain())
