"""Problems from every source: each is a candidate once; of opinions and criticism is kept only that they are there."""

import json

import pytest

from services.rectification import candidate_store, candidates, domain, sources, store
from services.rectification.service import RectificationService
from services.spine import contracts
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.stack import grant

CAMPAIGN, UNIT = "minchuan-2023-theme", "990823-NYNC"
PLACE = {"campaign": CAMPAIGN, "unit": UNIT, "region": "990823", "group": "G4"}
HAND = domain.Hand("supervisor", "督导员", "2024-01-10T08:00:00.000Z", "2024-01-10")
FOUND = contracts.documents()["requests/enter_finding"]["examples"][0]


def event(name: str, sequence: int = 1, example: int = 0, **data: object) -> dict:
    said = {**contracts.documents()[f"events/{name}"]["examples"][example], **data}
    return {"campaign": CAMPAIGN, "region": "990823", "sequence": sequence, "time": HAND.at, "data": said}


def heard(db, of, told):
    candidate_store.tell(db, of(told, "G4"), told, HAND.at, sources.gone(told) if "stands" in told["data"] else None)
    return sorted((row["_id"].rpartition(".")[2], row["state"]) for row in db.candidates.find())


@pytest.fixture
def ledger(db):
    store.prepare(db)
    return db


def test_an_opinion_waits_while_it_stands_whatever_order_it_is_heard_in(ledger):
    key = event("opinion_changed")["data"]["opinion_id"].rpartition(".")[2]
    for sequence, stands, state in ((2, True, "open"), (1, False, "open"), (3, False, "withdrawn"), (4, True, "open")):
        assert heard(ledger, sources.of_opinion, event("opinion_changed", sequence, stands=stands)) == [(key, state)]


def test_of_an_opinion_that_is_gone_is_told_by_whom_and_why_though_it_was_not_heard_of_before(ledger):
    for key, why, because, side in (
        ("a", {"because": "withdrawn", "side": "unit"}, "withdrawn", "unit"),
        ("b", {"because": "merged"}, "merged", None),
        ("c", {}, "withdrawn", None),
    ):
        opinion_id = f"{CAMPAIGN}.{UNIT}.02.o{key * 16}"
        gone = event("opinion_changed", 2, opinion_id=opinion_id, stands=False)
        heard(ledger, sources.of_opinion, {**gone, "data": {**gone["data"], **why}})
        (told,) = ledger.candidates.find_one({"_id": opinion_id})["outbox"]
        assert told["type"] == "rectify.candidate_withdrawn"
        assert (told["data"]["because"], told["data"]["side"]) == (because, side)


def test_of_an_opinion_nothing_is_kept_but_its_id_its_place_and_what_became_of_it(ledger):
    candidate_store.tell(ledger, sources.of_opinion(event("opinion_changed"), "G4"), event("opinion_changed"), HAND.at)
    (row,) = ledger.candidates.find()
    told = {key for key, value in row.items() if value not in (None, [], 0)}
    places = {"campaign", "unit", "region", "group", "post"}
    assert told == {"_id", "candidate_id", "source", "origin", "state", "told", "revision", *places}
    assert HAND.at not in json.dumps(row, ensure_ascii=False)


def test_an_opinion_that_an_item_took_up_before_it_was_heard_is_adopted(ledger):
    said = event("opinion_changed")
    ledger.items.insert_one({"_id": "i", "item_id": "i", "opinion_id": said["data"]["opinion_id"]})
    assert heard(ledger, sources.of_opinion, said)[0][1] == "adopted"


def test_the_problems_of_a_passed_material_wait_and_go_with_its_verdict(ledger):
    passed = event("verdict_issued", 7, example=1)
    (row,) = sources.of_passed(passed, "G4")
    assert (row["source"], row["post"], row["number"], row["aspect"]) == ("self_criticism", "02", 1, "theory")
    assert sources.of_passed(event("verdict_issued"), "G4") == []
    assert [state for _, state in heard(ledger, sources.of_passed, passed)] == ["open"]
    for sequence, state in ((6, "open"), (8, "withdrawn")):
        gone = {"because": "verdict_withdrawn", "side": "group"}
        candidate_store.take_back(ledger, passed["data"]["review_id"], {**passed, "sequence": sequence}, HAND.at, gone)
        assert ledger.candidates.find_one()["state"] == state
    assert [state for _, state in heard(ledger, sources.of_passed, {**passed, "sequence": 9})] == ["open"]


LISTED = "minchuan-2023-theme.990823-NYNC.criticism_list.02"


def criticised(sequence: int, *marks: str) -> dict:
    lines = [{"id": f"{CAMPAIGN}.{UNIT}.criticism.02.c{mark * 16}", "aspect": None} for mark in marks]
    return event("criticism_changed", sequence, lines=lines, version=sequence if lines else 0)


def states(db) -> dict[str, str]:
    return {row["_id"][-1]: row["state"] for row in db.candidates.find()}


@pytest.fixture
def hearing(ledger):
    service = RectificationService()
    service.db = ledger
    return service


def hear(service, told: dict) -> None:
    """The event comes in at the door."""
    service.on_criticism_changed.__wrapped__(service, told)


def test_the_lines_of_a_criticism_list_wait_and_follow_it(hearing):
    for sequence, marks, waiting in (
        (1, "ab", {"a": "open", "b": "open"}),
        (1, "ab", {"a": "open", "b": "open"}),
        (3, "bc", {"a": "withdrawn", "b": "open", "c": "open"}),
        (2, "ad", {"a": "withdrawn", "b": "open", "c": "open"}),
        (4, "a", {"a": "open", "b": "withdrawn", "c": "withdrawn"}),
        (5, "", {"a": "withdrawn", "b": "withdrawn", "c": "withdrawn"}),
        (4, "ab", {"a": "withdrawn", "b": "withdrawn", "c": "withdrawn"}),
    ):
        hear(hearing, criticised(sequence, *marks))
        assert states(hearing.db) == waiting, (sequence, marks)


def test_a_line_that_the_group_opened_again_is_not_left_out_and_whatever_goes_is_told_to_the_group(hearing):
    hear(hearing, criticised(1, "a", "b"))
    hear(hearing, criticised(2, "b"))
    who = Actor(
        {"sub": "s", "name": "督导员", "grants": [grant("supervisor", "group", "G4")]}, "reopen_candidate", "2024"
    )
    (gone,) = hearing.candidates(who, {"campaign": CAMPAIGN, "state": "withdrawn"})["rows"]
    assert hearing.reopen(who, gone["candidate_id"], {"reason": "不能不列"})["state"] == "open"
    hear(hearing, criticised(3))
    assert states(hearing.db) == {"a": "open", "b": "withdrawn"}
    told = [event for row in hearing.db.candidates.find().sort("_id", 1) for event in row["outbox"]]
    assert [(event["type"].partition(".")[2], event["data"].get("because")) for event in told] == [
        ("candidate_withdrawn", "left_out"),
        ("candidate_reopened", None),
        ("candidate_withdrawn", "withdrawn"),
    ]


def test_what_was_decided_of_a_line_stays_when_the_list_goes_on_without_it(hearing):
    hear(hearing, criticised(1, "a", "b"))
    explained, taken = sorted(hearing.db.candidates.find(), key=lambda row: row["_id"])
    candidate_store.save(hearing.db, explained, candidates.explain(explained, "已说明", HAND), HAND.at)
    candidate_store.adopt(hearing.db, taken["_id"], "i")
    hear(hearing, criticised(2))
    hear(hearing, criticised(3, "a", "b"))
    assert states(hearing.db) == {"a": "explained", "b": "adopted"}


def test_a_line_is_shown_where_the_list_is_and_not_to_whom_it_is_about(hearing):
    hear(hearing, criticised(1, "a"))

    def seen(*grants) -> list[tuple]:
        who = Actor({"sub": "a", "name": "a", "grants": [*grants]}, "read_item", "2024-01-12")
        rows = hearing.candidates(who, {"campaign": CAMPAIGN, "origin": LISTED})["rows"]
        return [(row["source"], row["post"], row["problem"]) for row in rows]

    may = [grant("member", "post", f"{UNIT}/02"), grant("supervisor", "group", "G4")]
    may += [grant(role, "unit", UNIT) for role in ("secretary", "liaison")]
    may += [grant("office", "campaign", CAMPAIGN), grant("county_office", "region", "990823")]
    assert [seen(one) for one in may] == [[("criticism", "02", None)]] * 6
    others = [grant("member", "post", f"{UNIT}/03"), grant("supervisor", "group", "G1")]
    assert [seen(one) for one in (*others, grant("liaison", "unit", "990881-LY"))] == [[]] * 3
    told = {key for row in hearing.db.candidates.find() for key, value in row.items() if value not in (None, [], 0)}
    assert told == {"_id", "candidate_id", "source", "origin", "number", "state", "told", "revision", *PLACE, "post"}


def test_an_inspections_finding_is_entered_from_above_and_what_was_said_within_by_the_unit(ledger):
    talk = {**FOUND, "source": "talk", "talk_id": f"{CAMPAIGN}.{UNIT}.t.01-02.2024-01-02"}
    for draft, above in ((FOUND, False), (talk, True)):
        with pytest.raises(Refusal, match="not_permitted"):
            sources.find(PLACE, draft, HAND, above)
    with pytest.raises(Refusal, match="not_found"):
        sources.find(PLACE, {**talk, "talk_id": f"{CAMPAIGN}.990881-LY.t.01-02.2024-01-02"}, HAND, False)
    candidate, facts = sources.find(PLACE, talk, HAND, False)
    assert sources.parties(candidate) == ["01", "02"] and facts[0].data["side"] == "unit"
    found, facts = sources.find(PLACE, FOUND, HAND, True)
    assert FOUND["problem"] not in json.dumps([fact.data for fact in facts], ensure_ascii=False)
    once = candidate_store.enter(ledger, (found, facts), HAND.at)
    assert candidate_store.enter(ledger, (found, facts), HAND.at) == once
    assert len(ledger.candidates.find_one()["outbox"]) == 1
    with pytest.raises(Refusal, match="key_taken"):
        other = sources.find(PLACE, {**FOUND, "problem": "另一个问题"}, HAND, True)
        candidate_store.enter(ledger, other, HAND.at)


def test_what_comes_from_elsewhere_is_in_the_contract_of_candidates():
    opinion = sources.of_opinion(event("opinion_changed"), "G4")
    passed = sources.of_passed(event("verdict_issued", example=1), "G4")
    found = sources.find(PLACE, FOUND, HAND, True)[0]
    for row in (
        *opinion,
        *sources.of_criticism(event("criticism_changed"), "G4"),
        *passed,
        found,
        sources.carry(PLACE, {"_id": f"a.{UNIT}.p01", "aspect": None}, HAND, True)[0],
    ):
        contracts.check("documents/candidate", row)
        assert candidates.explain(row, "已列", HAND)[1]
