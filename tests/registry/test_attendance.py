"""The record of a held meeting is corrected by addendum, and what was said is brought to the absent."""

import pytest

from services.registry import attendance, meeting_lines, outside, planning, relaying, roster_lines, service, telling
from services.spine import clock, contracts
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.registry.test_domain import CAMPAIGN, NOW, TODAY, UNIT, hold, meeting, passed, record

LATER, OFFICE = "2024-01-12", outside.Around(office=True)


def correct(held: telling.Meeting, key: str = "c-1", today: str = LATER, **draft: object) -> telling.Changed:
    found = attendance.correct(held, CAMPAIGN, {"key": key, "reason": "登记有误", **draft}, "书记", NOW, today, OFFICE)
    for fact in found[1]:
        contracts.check(f"events/{fact.name}", fact.data)
    return found


def away() -> telling.Meeting:
    """A meeting that was held without posts 05 and 06."""
    return hold(passed(), present=4, absent=2)[0]


def test_a_correction_keeps_what_stood_before_and_says_what_stands_now():
    held, _ = hold(passed(), present=6)
    changed, facts = correct(held, **{key: record(5, 1)[key] for key in ("present", "absences")})
    (addendum,) = changed["corrections"]
    assert addendum["before"]["present"] == held["held"]["present"] and len(addendum["after"]["present"]) == 5
    assert (addendum["by"], addendum["reason"], addendum["at"]) == ("书记", "登记有误", NOW)
    assert changed["held"]["recorded_by"] == "联络员" and len(changed["held"]["absences"]) == 1
    assert [fact.name for fact in facts] == ["meeting_corrected", "relay_awaited"]
    assert facts[0].data["present"] == 5 and facts[0].data["number"] == 1
    assert correct(changed, present=["01"]) == (changed, []), "the same key is the same correction"
    assert correct(changed, "c-2", held_on=LATER)[0]["corrections"][0] == addendum


def test_the_quorum_and_the_reasons_are_asked_again():
    held, _ = hold(passed(), present=6)
    for code, part in (("below_quorum", record(3, 3)), ("absence_without_reason", record(5))):
        with pytest.raises(Refusal, match=code):
            correct(held, present=part["present"], absences=part["absences"])
    with pytest.raises(Refusal, match="held_in_future"):
        correct(held, held_on="2024-01-13")
    with pytest.raises(Refusal, match="nothing_corrected"):
        correct(held, held_on=held["held"]["held_on"])
    with pytest.raises(Refusal, match="meeting_not_held"):
        correct(meeting(), held_on=TODAY)


def test_too_few_are_told_the_share_that_is_asked_for_here_not_another():
    stricter = {**CAMPAIGN, "policy": {**CAMPAIGN["policy"], "quorum": {"needed": 3, "of": 4}}}
    ready, few = passed(), record(4, 2)
    with pytest.raises(Refusal) as refused:
        attendance.check(ready, stricter, few, LATER)
    count = len(ready["posts"])
    least = attendance.quorum(stricter, ready)["least"]
    assert refused.value.params == {"expected": count, "present": 4, "needed": least, "share": "3/4"}
    assert least * 4 >= 3 * count > (least - 1) * 4


def test_a_correction_sets_no_meeting_before_its_gate_was_open_whatever_was_done_again_since():
    held, _ = hold(passed("2024-01-05"), present=6)
    with pytest.raises(Refusal, match="held_before_gate"):
        correct(held, held_on="2024-01-04")
    assert correct(held, held_on="2024-01-05")[0]["held"]["held_on"] == "2024-01-05"
    again = [{**row, "done_on": LATER} if row["number"] == 1 else row for row in held["aspects"]]
    part = {key: record(5, 1)[key] for key in ("present", "absences")}
    assert correct({**held, "aspects": again}, **part, held_on="2024-01-08")[0]["held"]["held_on"] == "2024-01-08"


def test_another_day_is_the_day_of_what_the_meeting_did_and_late_stays_late():
    held, _ = hold(passed(), present=6)
    late, facts = correct(held, held_on="2024-01-11")
    assert [(row["done_on"], row["late"]) for row in late["aspects"][6:8]] == [("2024-01-11", True)] * 2
    assert [fact.data["number"] for fact in facts if fact.name == "aspect_recorded"] == [7, 8]
    back, _ = correct(late, "c-2", held_on=TODAY)
    assert [(row["done_on"], row["late"]) for row in back["aspects"][6:8]] == [(TODAY, True)] * 2


def test_what_was_said_is_open_until_the_absent_person_confirms_it():
    held, facts = hold(passed(), present=4, absent=2)
    assert [(row["post"], row["state"]) for row in held["relays"]] == [("05", "awaited"), ("06", "awaited")]
    assert [fact.data["post"] for fact in facts if fact.name == "relay_awaited"] == ["05", "06"]
    with pytest.raises(Refusal, match="relay_not_told"):
        attendance.confirm(held, "05", ["05"], {}, "成员", NOW)
    told = attendance.tell(held, "05", {"on": LATER, "told_by": "主要负责人"}, "联络员", NOW, LATER)
    assert attendance.tell(told, "05", {"on": LATER, "told_by": "主要负责人"}, "联络员", "later", LATER) == told
    done = attendance.confirm(told, "05", ["05"], {}, "成员", NOW)
    assert [row["state"] for row in done["relays"]] == ["confirmed", "awaited"]
    assert attendance.confirm(done, "05", ["05"], {}, "成员", "later") == done
    with pytest.raises(Refusal, match="relay_confirmed"):
        attendance.tell(done, "05", {"on": LATER, "told_by": "别人"}, "联络员", NOW, LATER)
    assert planning.replan(done, planning.plan(CAMPAIGN, UNIT, "G4"), CAMPAIGN)[0]["relays"] == done["relays"]


def test_nobody_confirms_for_another_and_only_who_was_away_waits():
    for post, own in (("05", ["02"]), ("02", ["02"])):
        with pytest.raises(Refusal, match="not_found"):
            attendance.confirm(away(), post, own, {}, "成员", NOW)
    with pytest.raises(Refusal, match="relay_before_meeting"):
        attendance.tell(away(), "05", {"on": "2024-01-08", "told_by": "书记"}, "联络员", NOW, LATER)
    with pytest.raises(Refusal, match="day_in_future"):
        attendance.tell(away(), "05", {"on": "2024-01-20", "told_by": "书记"}, "联络员", NOW, LATER)


def test_a_successor_does_not_confirm_for_the_one_who_was_absent_and_an_office_closes_it_with_its_reason():
    told = attendance.tell(away(), "05", {"on": LATER, "told_by": "书记"}, "联络员", NOW, LATER)
    with pytest.raises(Refusal, match="relay_holder_stands"):
        attendance.close(told, "05", {"05": TODAY, "06": LATER}, "调离", "市办", NOW)
    with pytest.raises(Refusal, match="relay_of_former_holder"):
        attendance.confirm(told, "05", ["05"], {"05": LATER}, "接任人", NOW)
    shown = attendance.relays(told, {"05": LATER, "06": TODAY})
    assert [row.get("handed_over_on") for row in shown] == [LATER, None]
    since = {"05": LATER, "06": LATER}
    closed = attendance.close(
        attendance.close(told, "05", since, "调离", "市办", NOW), "06", since, "退休", "市办", NOW
    )
    assert [(row["state"], row["reason"], row["closed_by"]) for row in closed["relays"]] == [
        ("closed", "调离", "市办"),
        ("closed", "退休", "市办"),
    ]
    assert closed["relays"][0]["told_on"] == LATER and attendance.relays(closed, since) == closed["relays"]
    assert attendance.close(closed, "05", since, "又", "别人", "later") == closed
    with pytest.raises(Refusal, match="relay_closed"):
        attendance.tell(closed, "06", {"on": LATER, "told_by": "书记"}, "联络员", NOW, LATER)
    done = attendance.confirm(told, "05", ["05"], {}, "成员", NOW)
    assert attendance.confirm(done, "05", ["05"], since, "接任人", "later") == done
    with pytest.raises(Refusal, match="relay_confirmed"):
        attendance.close(done, "05", since, "调离", "市办", NOW)


def test_what_waits_for_the_absent_is_counted_until_it_is_confirmed_or_whoever_it_was_had_come():
    held = away()
    assert relaying.counted(held) == {"awaited": 2, "told": 0} == meeting_lines.row(held, LATER)["relays"]
    told = attendance.tell(held, "05", {"on": LATER, "told_by": "书记"}, "联络员", NOW, LATER)
    assert relaying.counted(told) == {"awaited": 1, "told": 1} and roster_lines.of(told).relays == 2
    done = attendance.confirm(told, "05", ["05"], {}, "副局长", NOW)
    assert relaying.counted(done) == {"awaited": 1, "told": 0}
    came = correct(told, **{key: record(6)[key] for key in ("present", "absences")})[0]
    assert [row["state"] for row in came["relays"]] == ["told"] and roster_lines.of(came).relays == 0
    assert relaying.counted(meeting()) == {"awaited": 0, "told": 0}


def test_the_page_says_that_the_post_changed_hands_and_an_office_alone_closes_what_waits(db):
    service.prepare(db)
    held = attendance.tell(away(), "05", {"on": LATER, "told_by": "书记"}, "联络员", NOW, LATER)
    db.campaigns.insert_one({**CAMPAIGN, "groups": [], "revision": 1, "outbox": []})
    db.meetings.insert_one({**held, "revision": 1, "outbox": []})
    former = {"post": "05", "title": "副局长", "role": "member", "from": None, "until": TODAY}
    db.teams.insert_one({"_id": held["unit"], "posts": [former, {**former, "from": "2024-01-10", "until": None}],
                         "history": []})  # fmt: skip
    doors = service.RegistryService()
    doors.db = db

    def person(may: str, role: str, kind: str, of: str) -> Actor:
        granted = {"role": role, "campaign": held["campaign"], "scope": {"kind": kind, "of": of}, "until": None}
        return Actor({"sub": role, "name": role, "grants": [granted]}, may, clock.today())

    office = ("office", "campaign", held["campaign"])
    shown = doors.meeting(person("read_meeting", *office), held["_id"])
    contracts.check("documents/meeting", shown)
    assert [row.get("handed_over_on") for row in shown["relays"]] == ["2024-01-10", None]
    successor = person("confirm_relay", "member", "post", f"{held['unit']}/05")
    with pytest.raises(Refusal, match="relay_of_former_holder"):
        doors.confirm_relay(successor, held["_id"], "05", {"told": True})
    for role in ("secretary", "liaison"):
        with pytest.raises(Refusal, match="not_permitted"):
            person("close_relay", role, "unit", held["unit"])
    with pytest.raises(Refusal, match="not_found"):
        elsewhere = person("close_relay", "county_office", "region", "990881")
        doors.close_relay(elsewhere, held["_id"], "05", {"reason": "调离"})
    for _ in range(2):
        closed = doors.close_relay(person("close_relay", *office), held["_id"], "05", {"reason": "调离"})
        contracts.check("documents/meeting", closed)
        assert [row["state"] for row in closed["relays"]] == ["closed", "awaited"]


def test_who_turns_out_to_have_come_waits_for_nothing_and_what_was_told_stays():
    told = attendance.tell(away(), "05", {"on": LATER, "told_by": "书记"}, "联络员", NOW, LATER)
    done = attendance.confirm(told, "05", ["05"], {}, "成员", NOW)
    part = record(4, 2)
    changed, facts = correct(done, present=[*part["present"], "05", "06"], absences=[])
    assert [(row["post"], row["state"]) for row in changed["relays"]] == [("05", "confirmed")]
    assert [fact.name for fact in facts] == ["meeting_corrected"]
    with pytest.raises(Refusal, match="not_found"):
        attendance.confirm(changed, "05", ["05"], {}, "成员", NOW)
    back, facts = correct(changed, "c-2", present=part["present"], absences=part["absences"])
    assert [(row["post"], row["state"]) for row in back["relays"]] == [("05", "confirmed"), ("06", "awaited")]
    assert [fact.data.get("post") for fact in facts] == [None, "06"]
