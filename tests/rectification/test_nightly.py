"""The night: reads only what has its day, says each thing once, whoever works it off, however often and from where."""

import concurrent.futures
import threading

import pytest

from services.rectification import (
    escalation,
    escalation_store,
    nightly,
    nights,
    pages_store,
    paper,
    reporting_store,
    store,
    summing,
)
from services.spine import errors, mongo
from tests.rectification.ladders import POLICY, hand, item

RULES = {"report_day": 25, "report_reminders": [-3, 0, 3], "escalation": POLICY}
UNIT = {"campaign": "c", "unit": "990823-NY", "region": "990823", "group": "G1"}


@pytest.fixture
def ledger(db):
    store.prepare(db)
    db.campaigns.insert_one({"_id": "c", "immediate_days": 30, "rectification": RULES})
    db.meetings.insert_one({"_id": "c.990823-NY", **UNIT, "sequence": 1})
    for key, day in (("late", "2026-03-02"), ("soon", "2026-03-08"), ("far", "2026-09-30"), ("open", None)):
        store.add(db, item(key, due_on=day), [], hand("2026-01-05").at)
    return db


def night(db, today, owner="one"):
    return nightly.run(db, today, owner)


def recount(db, units, today):
    """Something happened to items of these units."""
    reporting_store.follow(db, "c", {unit: store.of_unit(db, "c", unit) for unit in units}, today, "")


def told(db):
    kept = (db.items, db.escalations, db.reports)
    return sorted(event["id"].rpartition(":")[0] for rows in kept for row in rows.find() for event in row["outbox"])


def test_a_night_says_what_turned_yellow_and_red_and_proposes_the_first_step(ledger):
    done = night(ledger, "2026-03-03")
    assert (done["state"], done["found"]) == ("done", {"item_overdue": 1, "item_due_soon": 1, "proposed": 1})
    assert told(ledger) == [
        "escalation_proposed:c.990823-NY.late.e1-1-1",
        "item_due_soon:c.990823-NY.soon",
        "item_overdue:c.990823-NY.late",
    ]


def test_a_night_says_once_what_is_owed_of_an_item_beside_its_own_day(ledger):
    owed = [
        item("bare", state="registered", due_on=None, plan_due_on="2026-03-01"),
        item("long", category="long_term", due_on=None, look_back_on="2026-03-02"),
        item("done", state="closed", closed_on="2025-12-03", recheck_on="2026-03-03"),
    ]
    for one in owed:
        store.add(ledger, one, [], hand("2026-01-05").at)
    assert night(ledger, "2026-03-02")["found"]["item_day_passed"] == 1
    assert night(ledger, "2026-03-03")["found"]["item_day_passed"] == 2
    said = [one for one in told(ledger) if one.startswith("item_day_passed")]
    assert said == [f"item_day_passed:c.990823-NY.{key}" for key in ("bare", "done", "long")]
    assert store.get(ledger, "c.990823-NY.long")["look_backs_missed"] == ["2026-03-02"]
    assert "item_day_passed" not in night(ledger, "2026-03-04")["found"]
    done = store.get(ledger, "c.990823-NY.done")
    store.save(ledger, done, ({**done, "recheck_on": "2026-06-01"}, []), hand("2026-03-04").at)
    assert night(ledger, "2026-06-01")["found"]["item_day_passed"] == 1
    asked = {"campaign": "c", "recheck_due": "1", "sort": "due"}
    assert [row["_id"] for row in pages_store.page(ledger, {}, asked, "2026-06-01")["rows"]] == ["c.990823-NY.done"]
    assert pages_store.page(ledger, {}, asked, "2026-05-31")["rows"] == []
    assert summing.summary(ledger, {}, {"campaign": "c", "by": "region"}, "2026-06-01")["rechecks_due"] == 1


def test_a_night_that_is_done_is_done_and_the_next_one_finds_nothing_new(ledger):
    night(ledger, "2026-03-03")
    before = told(ledger)
    assert night(ledger, "2026-03-03")["state"] == "done"
    assert night(ledger, "2026-03-04")["found"] == {}
    assert told(ledger) == before


def test_two_schedulers_at_once_do_it_once(ledger):
    for number in range(60):
        store.add(ledger, item(f"l{number}"), [], hand("2026-01-05").at)
    start = threading.Barrier(2)

    def work(owner):
        start.wait()
        return night(ledger, "2026-03-03", owner)["state"]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        states = set(pool.map(work, ("one", "two")))
    assert states <= {"done", "busy"} and "done" in states
    assert len(told(ledger)) == len(set(told(ledger))) == 2 * 61 + 1
    assert ledger.escalations.count_documents({}) == 61


def test_even_without_the_lease_nothing_is_said_twice(ledger, monkeypatch):
    monkeypatch.setattr(nights, "hold", lambda db, owner: True)
    test_two_schedulers_at_once_do_it_once(ledger)


class Killed(Exception):
    """The process dies here."""


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_whoever_is_killed_in_the_middle_loses_nothing_and_doubles_nothing(ledger, monkeypatch, after):
    monkeypatch.setattr(escalation_store, "AT_ONCE", 1)
    writes, save_all = [], mongo.save_all

    def dying(*args, **more):
        writes.append(1)
        if len(writes) == after:
            raise Killed
        return save_all(*args, **more)

    monkeypatch.setattr(mongo, "save_all", dying)
    try:
        night(ledger, "2026-03-26")
    except Killed:
        nights.let_go(ledger, "one")
    monkeypatch.setattr(mongo, "save_all", save_all)
    assert night(ledger, "2026-03-26", "two")["state"] == "done"
    assert told(ledger) == [
        "escalation_proposed:c.990823-NY.late.e1-1-1",
        "escalation_proposed:c.990823-NY.soon.e1-1-1",
        "item_overdue:c.990823-NY.late",
        "item_overdue:c.990823-NY.soon",
        "report_due:c.990823-NY.2026-03",
        "report_missing:c.990823-NY.2026-03",
    ]


def test_whoever_runs_out_of_time_goes_on_later_where_it_stopped(ledger, monkeypatch):
    monkeypatch.setattr(escalation_store, "AT_ONCE", 1)
    assert nightly.run(ledger, "2026-03-03", "one", until=0)["state"] == "running"
    assert ledger.items.count_documents({"look_on": {"$lte": "2026-03-03"}}) == 1
    assert night(ledger, "2026-03-03", "two")["state"] == "done"


def test_the_night_reads_by_index_only_what_has_its_day(ledger):
    for kept in (ledger.items, ledger.escalations):
        plan = kept.find({"region": "990823", "look_on": {"$lte": "2026-03-03"}}).explain()["queryPlanner"]
        assert "region_1_look_on_1" in str(plan["winningPlan"]) and "COLLSCAN" not in str(plan["winningPlan"])


def test_the_next_step_follows_a_document_nobody_acknowledged(ledger):
    night(ledger, "2026-03-03")
    proposal = escalation_store.get(ledger, "c.990823-NY.late.e1-1-1", {})
    mark = proposal["rules"]["mark"]
    number = escalation_store.next_number(ledger, mark, 2026)
    given = {"office": "c/region:990823", "year": 2026, "number": number, "names": {}, "paper": [], "sha256": ""}
    given["serial"] = paper.serial({**proposal, **given})
    given |= escalation.terms(proposal, "2026-03-04")
    escalation_store.save(ledger, proposal, escalation.issue(proposal, given, hand("2026-03-04")), "")
    assert night(ledger, "2026-03-09")["found"] == {"item_overdue": 1, "proposed": 1}
    assert night(ledger, "2026-03-10")["found"] == {"proposed": 1}
    assert [one["rung"] for one in escalation_store.of_item(ledger, proposal["item_id"], {})] == [1, 2]
    other = escalation_store.get(ledger, "c.990823-NY.soon.e1-1-1", {})
    with pytest.raises(errors.Stale):
        escalation_store.save(ledger, other, escalation.issue(other, given, hand("2026-03-10")), "")
    assert escalation_store.next_number(ledger, mark, 2026) == 2
    assert escalation_store.next_number(ledger, mark, 2027) == 1


def test_a_proposal_whose_item_was_closed_is_let_go(ledger):
    night(ledger, "2026-03-03")
    one = store.get(ledger, "c.990823-NY.late")
    store.save(ledger, one, ({**one, "state": "closed"}, []), "")
    assert night(ledger, "2026-03-04")["found"] == {"lapsed": 1}
    assert escalation_store.listed(ledger, {}, {"state": "lapsed"}, "2026-03-04")["total"] == 1


def test_who_did_not_report_is_reminded_and_marked_and_who_reports_is_counted_anew(ledger):
    night(ledger, "2026-03-20")
    reports = {row["month"]: row for row in ledger.reports.find()}
    assert {month: (row["state"], row["missing"], row["reminded"]) for month, row in reports.items()} == {
        "2026-03": ("waiting", 4, [-3])
    }
    ledger.items.update_many({"due_on": {"$ne": None}}, {"$set": {"report_due_on": "2026-04-25"}})
    recount(ledger, ["990823-NY"], "2026-03-24")
    listed = reporting_store.listed(ledger, {}, {"campaign": "c", "month": "2026-03"}, "2026-03-24")
    assert (listed["states"]["waiting"], listed["rows"][0]["missing"], listed["due_on"]) == (1, 1, "2026-03-25")
    night(ledger, "2026-03-26")
    ledger.items.update_many({}, {"$set": {"report_due_on": "2026-04-25"}})
    recount(ledger, ["990823-NY"], "2026-03-27")
    night(ledger, "2026-03-30")
    march = ledger.reports.find_one({"month": "2026-03"})
    assert (march["state"], march["missed"], march["reminded"]) == ("late", 1, [-3, 0, None, 3])
    assert ledger.reports.find_one({"month": "2026-04"})["state"] == "waiting"
    assert [name for name in told(ledger) if "report" in name] == [
        "report_due:c.990823-NY.2026-03", "report_due:c.990823-NY.2026-03", "report_missing:c.990823-NY.2026-03",
    ]  # fmt: skip


def test_a_unit_that_reports_on_an_earlier_day_is_reminded_and_marked_by_it_and_no_other(ledger):
    ledger.meetings.insert_one({"_id": "c.990823-SL", **UNIT, "unit": "990823-SL", "sequence": 1})
    strict = {"rules": {"rectification": {**RULES, "report_day": 20}}}
    ledger.meetings.update_one({"_id": "c.990823-SL"}, {"$set": strict})
    other = item("p9", unit="990823-SL", report_due_on="2026-03-20", due_on="2026-09-30")
    store.add(ledger, {**other, "_id": "c.990823-SL.p9", "item_id": "c.990823-SL.p9"}, [], hand("2026-01-05").at)

    def stand(month):
        return {row["unit"]: (row["due_on"], row["state"]) for row in ledger.reports.find({"month": month})}

    night(ledger, "2026-03-18")
    usual = ("2026-03-25", "waiting")
    assert stand("2026-03") == {"990823-SL": ("2026-03-20", "waiting"), "990823-NY": usual}
    night(ledger, "2026-03-21")
    assert stand("2026-03") == {"990823-SL": ("2026-03-20", "missing"), "990823-NY": usual}
    assert stand("2026-04") == {"990823-SL": ("2026-04-20", "waiting")}
    ledger.items.update_one({"_id": "c.990823-SL.p9"}, {"$set": {"report_due_on": "2026-04-20"}})
    recount(ledger, ["990823-SL", "990823-NY"], "2026-03-22")
    assert stand("2026-03") == {"990823-SL": ("2026-03-20", "late"), "990823-NY": usual}
    night(ledger, "2026-03-26")
    assert stand("2026-03")["990823-NY"] == ("2026-03-25", "missing")
    assert stand("2026-04") == {"990823-SL": ("2026-04-20", "waiting"), "990823-NY": ("2026-04-25", "waiting")}
    assert [name for name in told(ledger) if "report" in name and "SL" in name] == [
        "report_due:c.990823-SL.2026-03", "report_due:c.990823-SL.2026-03", "report_missing:c.990823-SL.2026-03",
    ]  # fmt: skip


def test_one_file_in_two_items_is_found_and_what_lies_outside_the_scope_only_counted(ledger):
    def with_file(key, unit):
        entry = {"key": "e", "on": "2026-03-01", "text": "", "evidence": [{"title": "t", "sha256": "f" * 64}]}
        return item(key, unit=unit, progress=[entry], _id=f"c.{unit}.{key}", item_id=f"c.{unit}.{key}")

    ledger.items.insert_many([with_file("a", "990823-NY"), with_file("b", "990823-NY"), with_file("c", "990881-LY")])
    found = escalation_store.uses(ledger, store.get(ledger, "c.990823-NY.a"), {"unit": "990823-NY"})
    assert [one["item_id"] for one in found["f" * 64,]["items"]] == ["c.990823-NY.b"]
    assert found["f" * 64,]["elsewhere"] == 1


def test_the_same_words_of_one_day_in_two_items_of_a_unit_are_found_without_a_file(ledger):
    def without(key, day, field="progress", unit="990823-NY"):
        entry = {"key": "e", "on": "2026-03-01", "text": "", "evidence": [{"title": "会议纪要", "dated_on": day}]}
        return item(key, **{"unit": unit, field: [entry], "_id": f"c.{unit}.{key}", "item_id": f"c.{unit}.{key}"})

    day, another = "2026-02-20", "2026-02-21"
    kept = [without("a", day), without("b", day, "interim"), without("d", another), without("c", day, unit="990881-LY")]
    ledger.items.insert_many(kept)
    (found,) = escalation_store.uses(ledger, kept[0], {}).values()
    assert ([one["item_id"] for one in found["items"]], found["elsewhere"]) == (["c.990823-NY.b"], 0)
    assert escalation_store.uses(ledger, kept[2], {}) == {}
