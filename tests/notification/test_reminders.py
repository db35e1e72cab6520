"""Reminders: of a matter and a step one message, ever; re-timed, resting and ended as events say; up the line."""

import concurrent.futures
import threading
from typing import Any

import pytest

from services.notification import domain, letters, nodes, reminders, reminders_store, reminding, service_hearing, store
from services.spine import contracts, errors, mongo
from services.spine.workdays import PUBLISHED
from tests.notification.owed import (
    ITEM,
    MATERIAL,
    PLACE,
    POLICY,
    UNIT,
    hear,
    policy,
    run,
    scheduled,
    steps,
    told,
)  # fmt: skip

NODE = f"{MATERIAL}:due"


@pytest.fixture
def kept(db):
    store.prepare(db)
    policy(db)
    return db


def messages(db, **wanted):
    return {row["_id"].split(":")[-1]: row for row in db.messages.find({"matter": NODE, **wanted})}


def days(db, first: int, last: int) -> list[str]:
    """Each day of March with what was told on it of the outline."""
    found = [(number, steps(run(db, f"2026-03-{number:02d}"))) for number in range(first, last + 1)]
    return [f"{number} {step}" for number, told_ in found for step in told_ if step.startswith("due:")]


def test_each_step_is_told_on_its_day_before_and_after(kept):
    hear(kept, scheduled(1))
    assert days(kept, 1, 14) == ["3 due:-7", "7 due:-3", "9 due:-1w", "10 due:+0", "11 due:+1", "13 due:+3"]


def test_working_days_are_counted_with_the_moved_ones_of_a_loaded_calendar(kept):
    hear(kept, scheduled(1))
    loaded = {"version": 1, "days": [{"on": "2026-03-09", "worked": False, "name": "调休"}]}
    reminders_store.remember_calendar(kept, {"data": loaded})
    assert "6 due:-1w" in days(kept, 3, 10)


def test_what_is_handed_in_is_not_reminded_of_and_what_was_told_is_settled(kept):
    hear(kept, scheduled(1))
    assert days(kept, 1, 3) == ["3 due:-7"]
    hear(kept, told("material_submitted", 1, {"version": 1}), today="2026-03-04")
    assert days(kept, 4, 14) == []
    assert all(row["settled_at"] for row in messages(kept).values())


MONDAY = "2026-03-09"


@pytest.mark.parametrize(
    ("early", "late", "expected"),
    [
        (["owner"], ["leader"], {"-3": ["member"], "-1w": ["secretary"]}),
        (["owner", "leader"], ["leader", "group"], {"-3": ["member"], "-1w": ["secretary", "group"]}),
        (["owner"], ["owner", "leader"], {"-1w": ["member", "secretary"]}),
    ],
)
def test_of_steps_that_fall_on_one_day_every_reader_has_one_message_and_nobody_has_none(kept, early, late, expected):
    friday = [{"days": -3, "unit": "natural", "to": early}, {"days": -1, "unit": "working", "to": late}]
    policy(kept, {"material": friday}, sequence=2)
    hear(kept, scheduled(1, due_on=MONDAY))
    assert run(kept, "2026-03-05") == []
    assert len(run(kept, "2026-03-06")) == len(expected)
    assert {step: row["sides"] for step, row in messages(kept).items()} == expected
    assert run(kept, "2026-03-06") == run(kept, MONDAY) == []


def test_a_version_that_was_taken_back_is_owed_again_in_whatever_order_it_is_heard(kept):
    back = told("withdrawal_decided", 2, {"version": 1, "granted": True, "back_to": "missing"})
    hear(kept, back)
    hear(kept, told("material_submitted", 1, {"version": 1}), scheduled(1))
    assert days(kept, 3, 7) == ["3 due:-7", "7 due:-3"]
    hear(kept, told("material_submitted", 3, {"version": 2}), back, today="2026-03-08")
    assert days(kept, 8, 14) == []


def test_another_day_moves_the_steps_and_leaves_no_heap_behind(kept):
    hear(kept, scheduled(1))
    assert days(kept, 1, 7) == ["3 due:-7", "7 due:-3"]
    hear(kept, scheduled(2, due_on="2026-03-20"), today="2026-03-08")
    assert [row["settled_at"] is None for row in messages(kept).values()] == [False, False]
    assert days(kept, 8, 19) == ["19 due:-1w"]
    hear(kept, scheduled(3, due_on="2026-03-19"), today="2026-03-20")
    assert days(kept, 20, 31) == ["20 due:+1", "22 due:+3"]


def test_a_day_moved_into_the_past_brings_the_latest_step_alone_and_an_old_one_none(kept):
    hear(kept, scheduled(1, due_on="2026-03-30"))
    hear(kept, scheduled(2, due_on="2026-03-10"), today="2026-03-12")
    assert days(kept, 12, 12) == ["12 due:+1"]
    hear(kept, scheduled(3, due_on="2026-02-01", row={"post": "01"}), today="2026-03-12")
    assert [one for one in run(kept, "2026-03-12") if ".01:" in one] == []


def test_while_another_day_is_asked_for_nothing_that_is_not_overdue_is_told(kept):
    hear(kept, scheduled(1))
    assert days(kept, 1, 3) == ["3 due:-7"]
    hear(kept, told("postponement_asked", 2, {"number": 1}, day="2026-03-05"), today="2026-03-05")
    assert days(kept, 5, 12) == []
    decided = told("postponement_decided", 3, {"number": 1, "outcome": "refused"}, day="2026-03-12")
    hear(kept, decided, today="2026-03-12")
    assert days(kept, 12, 15) == ["12 due:+1", "13 due:+3"]


def test_what_was_overdue_when_it_was_asked_is_reminded_of_all_the_same(kept):
    hear(kept, scheduled(1))
    hear(kept, told("postponement_asked", 2, {"number": 1}, day="2026-03-12"), today="2026-03-12")
    assert days(kept, 12, 13) == ["12 due:+1", "13 due:+3"]


def test_a_postponement_that_is_granted_begins_a_new_round_for_what_moves_with_it(kept):
    hear(kept, scheduled(1))
    assert days(kept, 1, 10) == ["3 due:-7", "7 due:-3", "9 due:-1w", "10 due:+0"]
    hear(kept, told("postponement_asked", 2, {"number": 1}, day="2026-03-10"), today="2026-03-10")
    granted = told("postponement_decided", 3, {"number": 1, "outcome": "granted"})
    hear(kept, granted, scheduled(3, due_on="2026-03-20", because="postponed"), today="2026-03-11")
    assert days(kept, 11, 17) == ["13 due:-7", "17 due:-3"]
    assert len(list(kept.messages.find({"matter": NODE}))) == 6


def test_a_meeting_held_while_another_day_was_asked_for_leaves_nothing_at_rest(kept):
    minutes: dict[str, Any] = {"row": {"kind": "minutes", "post": "team", "gate": False}, "due_on": "2026-03-20"}
    hear(kept, scheduled(1, **minutes), told("postponement_asked", 2, {"number": 1}, day="2026-03-05"))
    lapsed = told("postponement_decided", 3, {"number": 1, "outcome": "lapsed"}, day="2026-03-17")
    hear(kept, lapsed, told("meeting_held", 3, {"held_on": "2026-03-17"}, day="2026-03-17"), today="2026-03-17")
    assert steps(run(kept, "2026-03-17")) == ["due:-3"]
    assert steps(run(kept, "2026-03-21")) == ["due:+1"]


def test_an_asking_heard_after_its_decision_changes_nothing(kept):
    hear(kept, told("postponement_decided", 3, {"number": 1, "outcome": "refused"}))
    hear(kept, told("postponement_asked", 2, {"number": 1}), scheduled(1))
    assert days(kept, 3, 3) == ["3 due:-7"]


def test_what_is_waived_or_owed_no_longer_is_not_reminded_of(kept):
    hear(kept, scheduled(1))
    hear(kept, scheduled(2, row={"state": "waived"}))
    assert days(kept, 3, 3) == []
    hear(kept, scheduled(3))
    hear(kept, scheduled(4, row={"kind": "minutes", "post": "team"}))
    assert [one for one in run(kept, "2026-03-07") if MATERIAL in one] == []


def test_a_returned_material_is_due_again_by_its_verdict_until_the_next_version(kept):
    hear(kept, scheduled(1), told("material_submitted", 1, {"version": 1}))
    hear(kept, told("verdict_issued", 2, {"version": 1, "outcome": "returned", "due_on": "2026-03-06"}))
    assert steps(run(kept, "2026-03-03")) == ["answer:-3"]
    hear(kept, told("answer_extended", 3, {"version": 1, "due_on": "2026-03-10", "closes_on": None}))
    assert steps(run(kept, "2026-03-05")) == ["answer:-7"]
    hear(kept, told("material_submitted", 4, {"version": 2}), today="2026-03-09")
    assert steps(run(kept, "2026-03-10")) == ["meeting:-7"]


def test_a_reading_is_due_before_the_meeting_and_its_group_is_reminded(kept):
    hear(kept, told("material_prechecked", 1, {"version": 1}), scheduled(1))
    assert steps(run(kept, "2026-03-14")) == ["due:+3", "meeting:-3", "reading:-3"]
    reading = kept.messages.find_one({"event": "reminder_reading"})
    assert reading["sides"] == ["group"] and reading["link"]["page"] == "review"
    hear(kept, told("verdict_issued", 2, {"version": 1, "outcome": "passed", "due_on": None}), today="2026-03-15")
    assert steps(run(kept, "2026-03-16")) == ["meeting:-1w"]


def item(sequence: int, name: str = "item_registered", **said):
    return told(name, sequence, said)


def test_an_item_is_reminded_of_to_whoever_holds_the_post_that_owns_it_now(kept):
    """Heard in whatever order; where nobody owns it by post, or the team has that post no more, to all members."""
    found, said = [], ["02", "01", None, "03"]
    hear(kept, scheduled(1))
    for number, post in enumerate(said):
        key = f"{ITEM}{number}"
        hear(kept, item(3, "item_revised", item_id=key, due_on="2026-03-10", owner_post=post))
        hear(kept, item(2, item_id=key, due_on="2026-03-10", owner_post="02"))
        hear(kept, item(4, "item_postponement_decided", item_id=key, outcome="refused", due_on="2026-03-10"))
    run(kept, "2026-03-07")
    for number in range(len(said)):
        row = kept.messages.find_one({"matter": f"{ITEM}{number}:item"})
        found.append((row["post"], row["sides"]))
    everybody = (None, ["liaison", "member"])
    assert found == [("02", ["liaison", "member"]), ("01", ["liaison", "secretary"]), everybody, everybody]


def test_an_item_rests_while_more_time_is_asked_for_and_begins_anew_when_it_is_granted(kept):
    hear(kept, item(1, due_on="2026-03-10"))
    assert steps(run(kept, "2026-03-07")) == ["item:-3"]
    hear(kept, told("item_postponement_asked", 2, {"to": "2026-03-20"}, day="2026-03-08"), today="2026-03-08")
    assert run(kept, "2026-03-10") == []
    hear(kept, item(3, "item_postponement_decided", outcome="granted", due_on="2026-03-20"), today="2026-03-12")
    assert steps(run(kept, "2026-03-17")) == ["item:-3"]
    hear(kept, item(4, "closeout_requested"), today="2026-03-18")
    assert run(kept, "2026-03-23") == []
    hear(kept, item(5, "closeout_decided", outcome="returned", due_on="2026-03-26"), today="2026-03-23")
    assert steps(run(kept, "2026-03-23")) == ["item:-3"]
    hear(kept, item(6, "closeout_decided", outcome="closed", due_on="2026-03-26"), today="2026-03-24")
    assert run(kept, "2026-03-29") == []
    assert [row["settled_at"] is None for row in kept.messages.find()] == [False] * 3


def part(what: str, due_on: str, post: str | None = None) -> dict[str, Any]:
    return {"what": what, "post": post, "due_on": due_on}


def told_of_parts(db, first: int, last: int) -> list[str]:
    """Each day of March with what was told on it of the parts of the item."""
    found = [(number, run(db, f"2026-03-{number:02d}")) for number in range(first, last + 1)]
    return [f"{number} {key.split(':item:0:')[1]}" for number, keys in found for key in keys if "@" in key]


def test_a_part_of_an_item_is_reminded_of_beside_it_to_its_owner_by_the_steps_of_items_each_once(kept):
    """Of a milestone nothing behind its day, which the ledger tells; a measure's post alone while the team has it."""
    measures = [part("measure", "2026-03-10", post) for post in ("01", "02", "03")]
    hear(kept, scheduled(1))
    parts = [*measures, part("milestone", "2026-03-12")]
    hear(kept, item(1, due_on="2026-03-31", owner_post="02", parts=parts))
    measure, milestone = "@measure.02.2026-03-10", "@milestone..2026-03-12"
    found = told_of_parts(kept, 1, 20)
    assert [one for one in found if measure in one] == [
        f"{at}{measure}" for at in ("3 -7", "7 -3", "9 -1w", "10 +0", "11 +1")
    ]
    assert [one for one in found if milestone in one] == [
        f"{at}{milestone}" for at in ("5 -7", "9 -3", "11 -1w", "12 +0")
    ]
    sides = {row["matter"].partition("@")[2]: (row["event"], row["sides"], row["post"]) for row in kept.messages.find()}
    assert sides == {
        "": sides[""],
        "measure.01.2026-03-10": ("reminder_measure", ["secretary"], "01"),
        "measure.02.2026-03-10": ("reminder_measure", ["member"], "02"),
        "measure.03.2026-03-10": ("reminder_measure", ["liaison", "member"], None),
        "milestone..2026-03-12": ("reminder_milestone", ["liaison", "member"], "02"),
    }
    assert {row["link"]["id"] for row in kept.messages.find({"event": "reminder_measure"})} == {ITEM}


def test_of_what_falls_on_the_items_own_day_and_owner_the_item_is_told_alone_until_it_has_another(kept):
    parts = [part("measure", "2026-03-10", "02"), part("milestone", "2026-03-10"), part("measure", "2026-03-10", "01")]
    hear(kept, scheduled(1), item(1, due_on="2026-03-10", owner_post="02", parts=parts))
    assert told_of_parts(kept, 1, 3) == ["3 -7@measure.01.2026-03-10"]
    hear(kept, item(2, "item_postponement_decided", outcome="refused", due_on="2026-03-20"), today="2026-03-04")
    assert len(told_of_parts(kept, 4, 7)) == 3 + 2, "the latest step is made up for, and the next told, of those two"


def test_what_is_done_or_said_otherwise_of_a_part_or_ends_its_item_ends_its_reminders_and_settles_them(kept):
    first, second = part("measure", "2026-03-10", "02"), part("milestone", "2026-03-11")
    hear(kept, scheduled(1), item(1, due_on="2026-03-31", parts=[first, second]))
    assert len(told_of_parts(kept, 1, 4)) == 2
    hear(kept, item(3, "item_progressed", parts=[second]), today="2026-03-05")
    hear(kept, item(2, "item_revised", due_on="2026-03-31", parts=[first, second]), today="2026-03-05")
    hear(kept, item(4, "item_progressed"), today="2026-03-05")
    settled = {row["event"]: bool(row["settled_at"]) for row in kept.messages.find({"matter": {"$regex": "@"}})}
    assert settled == {"reminder_measure": True, "reminder_milestone": False}
    assert told_of_parts(kept, 5, 8) == ["8 -3@milestone..2026-03-11"]
    hear(kept, item(5, "closeout_requested"), today="2026-03-09")
    assert told_of_parts(kept, 9, 12) == []
    assert kept.messages.count_documents({"matter": {"$regex": "@"}, "settled_at": None}) == 0


def test_a_part_that_moves_to_and_fro_tells_nothing_of_a_day_twice_and_no_round_of_its_item_does(kept):
    for sequence, due_on in enumerate(("2026-03-10", "2026-03-12", "2026-03-10"), 1):
        hear(kept, item(sequence, "item_revised", due_on="2026-03-31", parts=[part("measure", due_on, "02")]))
        assert len(told_of_parts(kept, 3, 3)) == (sequence == 1)
    returned = item(4, "closeout_decided", outcome="returned", due_on="2026-03-31")
    hear(kept, item(3, "closeout_requested"), returned, today="2026-03-04")
    assert told_of_parts(kept, 4, 6) == []
    assert steps(run(kept, "2026-03-07")) == ["item:-3@measure.02.2026-03-10"]
    assert kept.messages.find_one({"_id": f"reminder:{ITEM}:item:0:-3@measure.02.2026-03-10"})


def test_what_of_a_part_was_done_while_it_was_being_told_is_settled(kept):
    hear(kept, item(1, due_on="2026-03-31", parts=[part("measure", "2026-03-10", "02")]))
    (found,) = reminders_store.waiting(kept, "2026-03-03")
    ground = reminders_store.Ground(kept, found)
    looked = [(node, *ground.look(node, "2026-03-03", "at")) for node in found]
    hear(kept, item(2, "item_progressed", parts=[]), today="2026-03-03")
    assert reminders_store.send(kept, looked, "at") == 1
    assert [row["settled_at"] for row in kept.messages.find()] == ["at"]


def test_another_round_is_reminded_of_until_its_grade_is_decided_whatever_becomes_of_the_meeting(kept):
    another = {"evaluation_id": f"{PLACE}.v2", "round": 2}
    hear(kept, told("evaluation_decided", 6, {"evaluation_id": f"{PLACE}.v1", "round": 1}))
    hear(kept, told("second_round_opened", 7, {**another, "due_on": "2026-03-10"}))
    hear(kept, told("postponement_asked", 2, {"reminders": "paused"}, day="2026-03-02"))
    sent = [key for day in (3, 9) for key in run(kept, f"2026-03-{day:02}") if ":round:" in key]
    assert sent == [f"reminder:{PLACE}.v2:round:0:-7", f"reminder:{PLACE}.v2:round:0:-1w"]
    message = kept.messages.find_one({"_id": sent[0]})
    assert (message["sides"], message["link"]) == (["liaison"], {"page": "evaluation", "id": f"{PLACE}.v2"})
    hear(kept, told("evaluation_decided", 3, {**another, "again": False}), today="2026-03-09")
    assert kept.messages.find_one({"_id": sent[1]})["settled_at"]
    assert not [key for key in run(kept, "2026-03-11") if ":round:" in key]


def test_the_line_is_followed_upward_and_who_stands_in_it_is_looked_up_when_it_is_sent(kept):
    hear(kept, scheduled(1))
    before = [run(kept, f"2026-03-{number:02d}") for number in range(3, 12)]
    assert before
    hear(kept, scheduled(2, group="G7", because="regrouped"), today="2026-03-12")
    run(kept, "2026-03-13")
    found = {step: (row["sides"], row["post"], row["group"], row["class"]) for step, row in messages(kept).items()}
    assert found == {
        "-7": (["member"], "02", "G4", "normal"),
        "-3": (["member"], "02", "G4", "normal"),
        "-1w": (["member", "secretary"], "02", "G4", "normal"),
        "+0": (["member"], "02", "G4", "urgent"),
        "+1": (["member"], "02", "G4", "normal"),
        "+3": (["secretary", "group", "office"], "02", "G7", "urgent"),
    }
    assert {side for row in kept.messages.find() for side in row["sides"]} <= set(domain.SIDES)


def test_a_unit_that_is_stricter_has_its_own_steps_and_a_revised_campaign_its_new_ones(kept):
    hear(kept, scheduled(1, rules={"reminders": {**POLICY, "material": [{**POLICY["material"][0], "days": -9}]}}))
    assert days(kept, 1, 3) == ["1 due:-9"]
    hear(kept, scheduled(2), today="2026-03-02")
    policy(kept, {"material": [{"days": -5, "unit": "natural", "to": ["owner"]}]}, sequence=2)
    assert days(kept, 3, 12) == ["5 due:-5"]
    policy(kept, {}, sequence=3)
    assert days(kept, 13, 16) == []


def test_without_a_policy_the_default_holds(db):
    store.prepare(db)
    hear(db, scheduled(1))
    assert days(db, 3, 3) == ["3 due:-7"]


def test_a_scheduler_that_was_away_tells_the_latest_step_and_no_other(kept):
    hear(kept, scheduled(1))
    assert days(kept, 12, 13) == ["12 due:+1", "13 due:+3"]


class Killed(Exception):
    """The process dies here."""


def test_whoever_is_killed_after_writing_and_before_noting_it_down_doubles_nothing(kept, monkeypatch):
    hear(kept, scheduled(1))
    save_all = mongo.save_all

    def dying(*_args, **_more):
        raise Killed

    monkeypatch.setattr(mongo, "save_all", dying)
    with pytest.raises(Killed):
        run(kept, "2026-03-03")
    monkeypatch.setattr(mongo, "save_all", save_all)
    assert steps([row["_id"] for row in kept.messages.find()]) == ["due:-7"]
    assert days(kept, 3, 7) == ["7 due:-3"]


def test_what_was_kept_before_there_were_shares_is_told_and_has_one(kept):
    hear(kept, *(item(1, item_id=f"{ITEM}{number}", due_on="2026-03-10") for number in range(9)))
    kept.nodes.update_many({}, {"$unset": {"share": 1}})
    assert reminding.run(kept, "2026-03-10") == 9
    assert {node["share"] for node in kept.nodes.find()} == {reminders.share(f"{ITEM}{n}:item") for n in range(9)}


def test_two_schedulers_at_once_tell_everything_once(kept, monkeypatch):
    monkeypatch.setattr(reminders_store, "AT_ONCE", 7)
    hear(kept, *(item(1, item_id=f"{ITEM}{number}", due_on="2026-03-10") for number in range(60)))
    start = threading.Barrier(2)

    def work(_):
        start.wait()
        return reminding.run(kept, "2026-03-10")

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 60
    assert kept.messages.count_documents({}) == 60
    assert reminding.run(kept, "2026-03-10") == 0


def test_who_was_overtaken_while_hearing_hears_once_more(kept, monkeypatch):
    hear(kept, scheduled(1))
    moved, late = reminders_store.Ground.has_moved, [told("postponement_asked", 3, {"number": 1})]

    def after_somebody_asked(ground):
        if late:
            hear(kept, late.pop())
        return moved(ground)

    monkeypatch.setattr(reminders_store.Ground, "has_moved", after_somebody_asked)
    with pytest.raises(errors.Stale):
        hear(kept, scheduled(2, due_on="2026-03-12"))
    hear(kept, scheduled(2, due_on="2026-03-12"))
    assert days(kept, 1, 12) == []


def test_what_was_done_while_it_was_being_told_is_settled(kept):
    hear(kept, scheduled(1))
    (found,) = reminders_store.waiting(kept, "2026-03-03")
    ground = reminders_store.Ground(kept, found)
    looked = [(node, *ground.look(node, "2026-03-03", "at")) for node in found]
    hear(kept, told("material_submitted", 1, {"version": 1}), today="2026-03-03")
    assert reminders_store.send(kept, looked, "at") == 1
    assert messages(kept)["-7"]["settled_at"] == "at"


def test_a_run_reads_by_index_only_what_has_its_day(kept):
    for found in (
        kept.nodes.find({"share": 3, "next_on": {"$lte": "2026-03-03"}}),
        kept.nodes.find({"place": {"$in": [PLACE]}}),
        kept.nodes.find({"done": False, "campaign": "c"}),
    ):
        plan = str(found.explain()["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan and "COLLSCAN" not in plan


def test_a_reminder_is_a_message_like_any_other_and_taking_it_away_leaves_the_task(kept):
    hear(kept, scheduled(1))
    run(kept, "2026-03-03")
    found = store.inbox(kept, {"sides": {"$in": ["member"]}, "unit": UNIT}, "somebody", {"unread": "1"})
    said = {"unit": UNIT, "group": "G4", "meeting_id": PLACE, "post": "02"}
    event = {"id": "x", "campaign": "c", "region": "990823", "time": "", "sequence": 1, "data": said}
    assert found["rows"][0].keys() == domain.write(event, "relay_awaited").keys()
    kept.messages.delete_many({})
    assert days(kept, 3, 7) == ["7 due:-3"]


@pytest.mark.parametrize("kind", sorted({*reminders.default(), *reminders.PARTS}))
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("when", ["before", "on", "after"])
def test_every_kind_has_its_words_before_on_and_after_the_day(kind, language, when):
    subject, text = letters.render(f"reminder_{kind}", language, {"due_on": "2026-03-10", "days": 0, "when": when})
    assert "2026-03-10" in subject and text and "{" not in subject + text


def test_the_default_fits_its_schema_and_climbs_the_line_behind_the_day():
    definition = contracts.documents()["documents/terms"]["$defs"]["reminder_policy"]
    assert set(definition["properties"]) == set(reminders.default())
    data = {**contracts.documents()["events/campaign_opened"]["examples"][0], "reminders": reminders.default()}
    contracts.check("events/campaign_opened", data)
    for steps_ in reminders.default().values():
        assert [step["days"] for step in steps_] == sorted({step["days"] for step in steps_})
        assert {"group", "office"} & set(steps_[-1]["to"])


def test_every_event_that_is_read_here_says_something_of_a_node():
    for name in nodes.SAYS:
        for example in contracts.documents()[f"events/{name}"]["examples"]:
            event = {"type": f"rectify.{name}", "campaign": "c", "region": "990823", "sequence": 3, "data": example}
            for change in nodes.changes(nodes.read(event, "2026-03-01")):
                node = reminders.apply({"_id": change.node, **reminders.FRESH}, change)
                planned = reminders.plan(node, {}, reminders.Policy(POLICY), PUBLISHED, "2026-03-01")
                assert planned["next_on"] == reminders.NEVER or planned["next_on"] >= "2026-02-20"


def overdue(sequence: int, due_on: str, days_late: int) -> dict:
    said = {**contracts.documents()["events/item_overdue"]["examples"][0], "item_id": ITEM, "unit": UNIT}
    said |= {"due_on": due_on, "days_late": days_late}
    about = {"id": f"overdue:{sequence}", "campaign": "c", "region": "990823", "time": f"{due_on}T18:00:00.000Z"}
    return {**about, "type": "rectify.item_overdue", "sequence": sequence, "data": said}


def late(db, *events) -> None:
    for deed in service_hearing.HEARD["rectification"]["item_overdue"][1:]:
        deed(db, list(events))


def of_item(db) -> list[tuple]:
    rows = db.messages.find({"matter": f"{ITEM}:item"}).sort("_id", 1)
    return [(row["event"], tuple(row["sides"]), bool(row["settled_at"])) for row in rows]


def test_all_that_is_told_of_the_day_of_an_item_comes_by_its_reminders_however_its_day_moves(db):
    """What the night says of it (near, passed) is for other systems: people are told by steps an office can change."""
    store.prepare(db)
    assert "item_due_soon" not in service_hearing.HEARD["rectification"]
    hear(db, item(1, due_on="2026-03-10"))
    found = run(db, "2026-03-03")
    for sequence, due_on in ((2, "2026-03-11"), (3, "2026-03-10")):
        hear(db, item(sequence, "item_revised", due_on=due_on), today="2026-03-04")
        found += run(db, "2026-03-04")
    assert steps(found) == ["item:-7"]
    for number in range(5, 12):
        run(db, f"2026-03-{number:02d}")
    late(db, overdue(4, "2026-03-10", 1))
    late(db, overdue(5, "2026-03-10", 3))
    assert {event for event, _, _ in of_item(db)} == {"reminder_item"} and db.messages.count_documents({}) == 5


def test_by_default_unit_and_group_are_told_of_an_item_a_week_before_and_the_day_after(db):
    """Whom the night's letters reached, the reminders reach."""
    store.prepare(db)
    hear(db, item(1, due_on="2026-03-10"))
    sides = {}
    for day in ("03", "11"):
        (found,) = run(db, f"2026-03-{day}")
        sides[day] = set(db.messages.find_one({"_id": found})["sides"])
    assert sides == {"03": {"liaison", "member", "secretary"}, "11": {"liaison", "member", "secretary", "group"}}


def test_an_item_that_is_late_when_it_comes_is_told_to_unit_and_group_until_it_is_done(db):
    """Of the reminders that have passed the latest alone is told, and none that is old: not all would hear of it."""
    store.prepare(db)
    hear(db, item(1, due_on="2026-01-10"), today="2026-03-01")
    assert run(db, "2026-03-01") == []
    late(db, overdue(2, "2026-01-10", 50), overdue(2, "2026-01-10", 50))
    late(db, overdue(2, "2026-01-10", 50))
    assert of_item(db) == [("item_overdue", ("unit", "group"), False)]
    hear(db, item(3, "closeout_requested"), today="2026-03-02")
    assert of_item(db) == [("item_overdue", ("unit", "group"), True)]
    late(db, overdue(4, "2026-01-10", 51))
    assert len(of_item(db)) == 1


def test_an_item_is_not_said_to_be_late_while_more_time_is_asked_for_or_where_nothing_is_reminded_of(db):
    store.prepare(db)
    hear(db, item(1, due_on="2026-03-10"), today="2026-03-01")
    hear(db, told("item_postponement_asked", 2, {"to": "2026-03-20"}, day="2026-03-08"), today="2026-03-08")
    assert run(db, "2026-03-15") == []
    late(db, overdue(3, "2026-03-10", 5))
    policy(db, {"item": []})
    hear(db, item(4, "item_postponement_decided", outcome="refused", due_on="2026-03-10"), today="2026-03-15")
    late(db, overdue(5, "2026-03-10", 5))
    assert of_item(db) == []
