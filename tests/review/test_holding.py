"""Who has a review in hand, and whom it concerns."""

from typing import Any

import pymongo
import pytest

from services.review import domain, holding, holding_store, store
from services.review.service import ReviewService
from services.spine import actor, errors
from tests.asked import Asked
from tests.stack import grant

AT, UNIT = "2026-03-01T08:00:00.000Z", "990823-NYNC"
FREE = holding.Barred(frozenset(), frozenset(), frozenset())
KEPT: dict[str, Any] = {"recusal_id": f"c.{UNIT}.r1", "campaign": "c", "unit": UNIT, "region": "990823", "group": "G4"}
KEPT |= {"account": "r1", "name": "督导员", "reason": "亲属任职", "by": "督导员", "at": AT, "ended": None}


def held(number, account, state="prechecked"):
    holder = {"account": account, "name": account, "at": AT, "until": "2099-01-01"}
    return {"_id": f"v{number}", "campaign": "c", "unit": UNIT, "state": state, "holder": holder, "revision": 1}


def test_who_gave_a_review_back_for_good_does_not_read_it():
    """Not by claiming it, and not by judging it without a claim."""
    review = {"unit": UNIT, "declined": [{"account": "r1"}]}

    assert holding.why_not(review, "r1", FREE) == "declined_before"
    assert holding.why_not(review, "r2", FREE) is None
    assert holding.why_not(review, "r2", holding.Barred(frozenset(), frozenset(), frozenset({UNIT}))) == "recused"
    with pytest.raises(errors.Refusal, match="declined_before"):
        holding.check_may_read(review, "r1", FREE)


def test_who_is_recused_puts_down_what_he_holds_of_the_unit(db):
    """Else nobody could read it until the lease is over; what others hold stays with them."""
    store.prepare(db)
    db.reviews.insert_many([held(1, "r1"), held(2, "r2"), {**held(3, "r1"), "unit": "990823-CZ"}])

    holding_store.recuse(db, KEPT)

    holders = {row["_id"]: (row["holder"] or {}).get("account") for row in db.reviews.find()}
    assert holders == {"v1": None, "v2": "r2", "v3": "r1"}


def test_a_recusal_said_twice_keeps_its_first_reason_and_an_ended_one_stays_on_record(db):
    """Nothing that was written down is written over."""
    assert holding_store.recuse(db, KEPT) == KEPT
    assert holding_store.recuse(db, {**KEPT, "reason": "另写"})["reason"] == "亲属任职"

    holding_store.end_recusal(db, KEPT["recusal_id"], {"reason": "已调离", "at": AT})
    again = holding_store.recuse(db, {**KEPT, "reason": "又调回"})

    assert (again["reason"], again["ended"]) == ("又调回", None)
    (earlier,) = db.recusals.find_one({"_id": KEPT["recusal_id"]})["earlier"]
    assert (earlier["reason"], earlier["ended"]["reason"]) == ("亲属任职", "已调离")


@pytest.fixture
def service(db):
    """The doors, with one unit of the fourth group."""
    store.prepare(db)
    place = {"region": "990823", "group": "G4", "meeting_on": None}
    db.meetings.insert_one({"_id": f"c.{UNIT}", **place})
    db.campaigns.insert_one({"_id": "c"})
    service = ReviewService()
    service.db = db
    return service


def asking(account, permission, *grants):
    """Somebody of a group; all its readers have one name, that of their post."""
    held = grants or (grant("supervisor", "group", "G4", "c"),)
    return actor.Actor({"sub": account, "name": "第四督导组督导员", "grants": list(held)}, permission, AT[:10])


def test_a_namesake_ends_nobody_elses_recusal(service):
    """Posts are named alike; the leader ends any."""
    _, kept = service.recuse(asking("r1", "recuse"), {"campaign": "c", "unit": UNIT, "reason": "亲属任职"})
    key, why = kept["recusal_id"], {"reason": "已调离"}
    with pytest.raises(errors.Refusal, match="not_permitted"):
        service.end_recusal(asking("r2", "recuse"), key, why)
    service.end_recusal(asking("r1", "recuse"), key, why)
    assert not holding_store.recused(service.db, "c", "r1")
    service.db.recusals.update_one({"_id": key}, {"$set": {"ended": None}})
    service.end_recusal(asking("leader", "recuse", grant("group_leader", "group", "G4", "c")), key, why)
    assert not holding_store.recused(service.db, "c", "r1")


def test_a_reader_is_one_of_the_campaign_that_lets_him_read(service):
    """Groups of different campaigns have the same codes; else a leader hands reviews to who cannot open them."""
    of_another = asking("r9", "read_readers", grant("supervisor", "group", "G4", "d"))
    assert service.readers(of_another, {"campaign": "c"}) == {"rows": []}
    (row,) = service.readers(asking("r1", "read_readers"), {"campaign": "c"})["rows"]
    assert row["account"] == "r1"
    leader = asking("leader", "read_readers", grant("group_leader", "group", "G4", "c"))
    assert {row["account"] for row in service.readers(leader, {"campaign": "c"})["rows"]} == {"r1", "leader"}


def reviewed(service):
    """A version of the unit, with a colleague's note."""
    said: dict[str, Any] = {"material_id": f"c.{UNIT}.speech_outline.02", "unit": UNIT, "group": "G4", "post": "02"}
    said |= {"kind": "speech_outline", "version": 1, "sha256": "0" * 64, "media": "text/plain"}
    review = domain.begin({"campaign": "c", "region": "990823", "time": AT, "data": said})
    review |= {"state": "prechecked", "notes": [{"id": f"{review['_id']}.n1", "text": "核实"}]}
    store.open_reviews(service.db, [review], AT)
    return review["_id"]


def test_a_reader_whom_a_unit_concerns_reads_nothing_of_it_and_decides_nothing_about_it(service):
    """Neither text nor differences, problems, more time, a talk or who reads; the office and a colleague do."""
    key = reviewed(service)
    recusal = {"campaign": "c", "unit": UNIT, "reason": "亲属任职"}
    leader = grant("group_leader", "group", "G4", "c")
    service.recuse(asking("r1", "recuse", leader), recusal)
    former = {**grant("liaison", "unit", UNIT, "c"), "until": "2020-01-01"}
    more = {"due_on": "2026-03-09", "reason": "出差"}
    for account, grants, code in (("r1", [leader], "recused"), ("r3", [leader, former], "own_former_unit")):
        for ask in (
            lambda who: service.review(who("read_review"), key, "zh"),
            lambda who: service.problems(who("read_review"), key),
            lambda who: service.differences(who("read_review"), key, {}),
            lambda who: service.extend(who("extend"), key, more),
            lambda who: service.record_talk(who("lead"), key.removesuffix(".v1"), {"on": AT[:10]}),
            lambda who: service.hand_over(who("lead"), key, {"account": "r2"}),
        ):
            with pytest.raises(errors.Refusal, match=code):
                ask(lambda permission, of=account, held=grants: asking(of, permission, *held))

    with pytest.raises(errors.Refusal, match="own_unit"):
        service.extend(asking("r4", "extend", grant("office", "campaign", "c", "c"), former), key, more)
    assert service.review(asking("r2", "read_review"), key, "zh")["notes"]
    office = grant("office", "campaign", "c", "c")
    assert service.review(asking("r1", "read_review", leader, office), key, "zh")["notes"]


def test_opening_a_review_asks_once_what_its_reader_must_not_read(service, store):
    """It is one answer for the door, for what is kept among readers, and for whether it may be held."""
    key, asked = reviewed(service), Asked()
    with pymongo.MongoClient[Any](store.uri, event_listeners=[asked]) as client:
        service.db = client[service.db.name]
        service.review(asking("r1", "read_review"), key, "zh")
    assert [question.of for question in asked.questions].count("recusals") == 1


def test_an_author_who_also_reads_for_the_group_sees_the_own_outline_as_authors_do(service):
    """What colleagues note about it stays among them; what others of the unit wrote he does not read."""
    key, member = reviewed(service), grant("member", "post", f"{UNIT}/02", "c")
    supervisor = grant("supervisor", "group", "G4", "c")
    seen = service.review(asking("r4", "read_review", supervisor, member), key, "zh")
    assert (seen["notes"], seen["verdict"]) == ([], None)
    elsewhere = grant("member", "post", f"{UNIT}/03", "c")
    with pytest.raises(errors.Refusal, match="own_material"):
        service.review(asking("r4", "read_review", supervisor, elsewhere), key, "zh")
