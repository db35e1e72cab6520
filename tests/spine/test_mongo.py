"""Records: said with the deed, and nobody overwrites what he has not seen."""

import concurrent.futures

import pytest
from pymongo import UpdateOne

from services.spine import errors, mongo, outbox
from services.spine.events import Fact


@pytest.fixture
def things(db):
    outbox.kept(db.things)
    return db.things


def held(number: int = 1) -> Fact:
    data = {"unit": "990823-NYNC", "group": "G4", "held_on": "2026-03-01", "expected": 7, "present": 6}
    return Fact("meeting_held", "thing", "a-campaign", "990823", data | {"present": number})


AT = "2026-03-01T08:00:00.000Z"


def test_a_record_and_its_event_are_one_write(things):
    mongo.add(things, {"_id": "thing", "state": "new"}, [held()], at=AT)

    kept = things.find_one({"_id": "thing"})
    assert (kept["state"], kept["revision"]) == ("new", 1)
    assert [event["id"] for event in kept["outbox"]] == ["meeting_held:thing:1"]


def test_adding_twice_adds_once_and_says_so(things):
    assert mongo.add(things, {"_id": "thing"}, [held()], at=AT)
    assert not mongo.add(things, {"_id": "thing"}, [held()], at=AT)
    assert len(things.find_one({"_id": "thing"})["outbox"]) == 1


def test_who_was_overtaken_is_told_and_changes_nothing(things):
    mongo.add(things, {"_id": "thing", "state": "new"}, at=AT)
    seen = mongo.get(things, "thing")
    mongo.save(things, seen, {**seen, "state": "first"}, [held()], at=AT)

    with pytest.raises(errors.Stale):
        mongo.save(things, seen, {**seen, "state": "second"}, [held()], at=AT)

    assert things.find_one({"_id": "thing"})["state"] == "first"
    assert len(things.find_one({"_id": "thing"})["outbox"]) == 1


def test_records_that_change_alike_or_otherwise_are_written_together_but_for_those_somebody_was_faster_with(things):
    mongo.add_all(things, [{"_id": str(number), "state": "new"} for number in range(120)])
    seen = list(things.find())
    mongo.save(things, seen[7], {**seen[7], "state": "other"}, at=AT)

    changes = [(one, {**one, "state": "old" if int(one["_id"]) % 9 else "own"}, ()) for one in seen[:-1]]
    assert mongo.save_all(things, [*changes, (seen[-1], {**seen[-1], "state": "said"}, [held()])], at=AT) == (119, 1)

    kept = {row["_id"]: (row["state"], row["revision"], len(row["outbox"])) for row in things.find()}
    assert (kept["7"], kept["119"]) == (("other", 2, 0), ("said", 2, 1))
    assert {kept[key] for key in kept.keys() - {"7", "119"}} == {("old", 2, 0), ("own", 2, 0)}
    assert mongo.save_all(things, changes, at=AT) == (0, 119), "written twice is written once"


def test_more_changes_than_go_into_one_word_are_all_written_and_counted(things):
    many = range(2 * mongo.WRITES + 3)
    mongo.insert_new(things, [{"_id": one} for one in many])

    writes = (UpdateOne({"_id": one}, {"$set": {"twice": 2 * one}}) for one in (*many, -1))
    assert mongo.write_all(things, writes) == len(many), "the one that is not there is met by none"
    assert sorted(row["twice"] for row in things.find()) == [2 * one for one in many]


def test_saving_what_did_not_change_writes_nothing(things):
    mongo.add(things, {"_id": "thing", "state": "new"}, at=AT)
    seen = mongo.get(things, "thing")

    assert mongo.save(things, seen, dict(seen), at=AT)["revision"] == 1


def test_the_relay_may_strike_out_events_while_a_record_is_being_changed(things):
    mongo.add(things, {"_id": "thing", "state": "new"}, [held(1)], at=AT)
    seen = mongo.get(things, "thing")
    things.update_one({"_id": "thing"}, {"$pull": {"outbox": {"id": "meeting_held:thing:1"}}})

    mongo.save(things, seen, {**seen, "state": "next"}, [held(2)], at=AT)

    assert [event["id"] for event in things.find_one({"_id": "thing"})["outbox"]] == ["meeting_held:thing:2"]


def test_a_record_outside_the_scope_is_not_found(things):
    mongo.add(things, {"_id": "thing", "unit": "a"}, at=AT)

    with pytest.raises(errors.Refusal, match="not_found"):
        mongo.get(things, "thing", {"unit": "b"})


def test_what_was_said_later_wins_whatever_comes_first(things):
    assert mongo.remember(things, "m", {"meeting_on": "2026-03-02"}, 2)
    assert not mongo.remember(things, "m", {"meeting_on": "2026-03-01"}, 1)
    assert mongo.remember(things, "m", {"meeting_on": "2026-03-02"}, 2), "told again, it is still the newest"
    assert things.find_one({"_id": "m"})["meeting_on"] == "2026-03-02"


def test_a_fact_that_breaks_its_schema_is_a_bug_and_is_not_written(things):
    wrong = held()._replace(data={"unit": "nonsense"})

    with pytest.raises(ValueError, match="meeting_held"):
        mongo.add(things, {"_id": "thing"}, [wrong], at=AT)

    assert things.find_one({"_id": "thing"}) is None


def test_a_reader_s_words_mean_just_themselves(things):
    things.insert_many([{"_id": "1", "problem": "a.b"}, {"_id": "2", "problem": "axb"}])

    assert [row["_id"] for row in things.find({"problem": {"$regex": mongo.literally("a.b")}})] == ["1"]


def test_one_write_may_say_the_same_of_several_things_and_each_has_an_id_of_its_own(things):
    mongo.add(things, {"_id": "thing"}, [held(1), held(2), held(3)], at=AT)

    ids = [event["id"] for event in things.find_one({"_id": "thing"})["outbox"]]
    assert ids == ["meeting_held:thing:1", "meeting_held:thing:1.2", "meeting_held:thing:1.3"]


def test_what_a_service_was_told_of_a_place_moves_its_open_records(things):
    mongo.add(things, {"_id": "thing", "unit": "a", "group": "G4"}, at=AT)
    seen = mongo.get(things, "thing")
    mongo.move(things, {"unit": "a"}, {"group": "G5"})

    assert mongo.get(things, "thing")["group"] == "G5"
    with pytest.raises(errors.Stale):
        mongo.save(things, seen, {**seen, "state": "x"}, at=AT)


def test_what_moves_loses_what_it_had_where_it_was_and_what_stays_is_not_touched(things):
    things.insert_many([{"_id": n, "unit": "a", "group": g, "holder": "x", "revision": 1} for n, g in enumerate("pqq")])
    things.insert_one({"_id": 3, "unit": "a", "holder": "x", "revision": 1})
    mongo.move(things, {"unit": "a"}, {"group": "q"}, {"holder": None})

    assert [(one.get("group"), one["holder"], one["revision"]) for one in things.find().sort("_id", 1)] == [
        ("q", None, 2),
        ("q", "x", 1),
        ("q", "x", 1),
        ("q", None, 2),
    ]


def test_of_many_askers_at_once_each_thing_is_taken_by_one(things):
    things.insert_many([{"_id": f"w{n}", "state": "waits", "n": n} for n in range(12)])
    before, had_by = {"state": "waits"}, {"$set": {"state": "had"}}
    with concurrent.futures.ThreadPoolExecutor(6) as hands:
        taken = list(hands.map(lambda _: mongo.take(things, before, had_by, [("n", -1)]), range(14)))
    had = [one for one in taken if one]
    assert sorted(one["n"] for one in had) == list(range(12)) and all(one["state"] == "waits" for one in had)
    assert mongo.take(things, before, had_by) is None


def test_of_what_is_said_of_one_part_the_latest_holds_whatever_else_was_said_meanwhile(things):
    """What is said by events of several names comes in any order, and now and then twice."""
    with pytest.raises(errors.Stale):
        mongo.remember_part(things, {"subject": "a", "sequence": 2}, "off", "2024-01-03")
    mongo.remember(things, "a", {"group": "G4"}, 5)
    for sequence, off, stands in ((2, "x", "x"), (2, "x", "x"), (4, None, None), (3, "y", None), (6, "z", "z")):
        mongo.remember_part(things, {"subject": "a", "sequence": sequence}, "off", off)
        assert (things.find_one({"_id": "a"})["off"], things.find_one({"_id": "a"})["sequence"]) == (stands, 5)
