"""The day of a meeting at the doors: who may write and see what, the lock, the record corrected, the absent told."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from services.spine import clock
from tests.stack import CAMPAIGN, Refused, Stack, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
DAY = f"/meetings/{MEETING}/day"
YESTERDAY = (clock.day(clock.today()) - timedelta(days=1)).isoformat()


@pytest.fixture(scope="module")
def people(opened: Stack) -> SimpleNamespace:
    """Everybody around one unit whose gate is open, and strangers."""
    opened.open_gate(UNIT)
    opened.settled()
    roles = {
        "office": grant("office", "campaign", CAMPAIGN),
        "county": grant("county_office", "region", "990823"),
        "liaison": grant("liaison", "unit", UNIT),
        "secretary": grant("secretary", "unit", UNIT),
        "second": grant("member", "post", f"{UNIT}/02"),
        "last": grant("member", "post", f"{UNIT}/07"),
        "supervisor": grant("supervisor", "group", "G4"),
        "stranger": grant("liaison", "unit", OTHER),
        "other_group": grant("supervisor", "group", "G1"),
        "auditor": grant("auditor", "system", "*", None),
    }
    return SimpleNamespace(**{name: opened.person(name, role) for name, role in roles.items()})


def attended(id: str, post: str, **more: object) -> dict:
    return {"id": f"entry-{id}", "what": "attendance", "at": clock.now(), "post": post, "present": True, **more}


def write(who, *entries: dict) -> list[str]:
    return [row["code"] or row["state"] for row in who.post("registry", DAY, {"entries": list(entries)})["rows"]]


def refused(status: int, code: str, act, *words: object) -> None:
    with pytest.raises(Refused) as no:
        act(*words)
    assert (no.value.status, no.value.code) == (status, code)


def waiting(who) -> list[tuple]:
    """The units where what was said of an absent member waits, since when, for how many."""
    found = who.get("registry", f"/campaigns/{CAMPAIGN}/meetings", relays="1")
    assert found["total"] == len(found["rows"])
    return [(row["unit"], row["held_on"], row["relays"]) for row in found["rows"]]


def test_1_the_unit_writes_its_group_reads_and_nobody_else(people):
    pair = {"id": "entry-c1", "what": "criticism", "at": clock.now(), "critic": "02", "target": "01", "done": True}
    assert write(people.liaison, attended("a1", "02"), pair) == ["kept", "kept"]
    assert write(people.liaison, attended("a1", "02"), pair) == ["known", "known"]
    assert write(people.secretary, attended("b1", "02", present=False, reason="病假", saw="")) == ["day_overtaken"]
    one = {"entries": [attended("a2", "03")]}
    for who in (people.supervisor, people.office, people.second, people.auditor):
        refused(403, "not_permitted", who.post, "registry", DAY, one)
    refused(404, "not_found", people.stranger.post, "registry", DAY, one)
    for who in (people.stranger, people.other_group):
        refused(404, "not_found", who.get, "registry", DAY)
    refused(403, "not_permitted", people.auditor.get, "registry", DAY)
    assert people.supervisor.get("registry", DAY)["criticism"]["given"][0]["critic"] == "02"
    assert [row["post"] for row in people.second.get("registry", DAY)["attendance"]] == ["02"]
    assert people.last.get("registry", DAY)["criticism"]["given"] == []
    for who in (people.office, people.county):
        found = who.get("registry", DAY)["criticism"]
        assert (found["done"], found["given"], found["missing"]) == (1, [], [])


def test_2_a_held_meeting_locks_its_day_and_tells_the_absent(opened, people):
    posts = [post["post"] for post in people.liaison.get("registry", f"/meetings/{MEETING}")["posts"]]
    away = {"post": "07", "reason": "省委党校学习", "written": True}
    record, path = {"held_on": clock.today(), "present": posts[:-1], "absences": [away]}, f"/meetings/{MEETING}/held"
    opened.database("registry").meetings.update_one({"_id": MEETING}, {"$set": {"meeting_on": YESTERDAY}})
    reason = {**record, "outside_reason": "防汛值守，经同意顺延一天"}
    for who in (people.liaison, people.secretary, people.supervisor):
        refused(409, "held_outside_plan", who.post, "registry", path, reason)
    refused(422, "outside_reason_needed", people.office.post, "registry", path, record)
    held = people.office.post("registry", path, reason)["held"]
    assert (held["outside"]["what"], held["outside"]["by"]) == (["plan"], "office")
    (row,) = people.county.get("registry", f"/campaigns/{CAMPAIGN}/meetings", q="青溪县农业农村局")["rows"]
    assert row["outside"] == ["plan"]
    assert write(people.liaison, attended("a1", "02"), attended("a9", "05")) == ["known", "day_locked"]
    opened.settled()
    told = [row["event"] for row in people.last.get("notification", "/messages")["rows"]]
    assert "relay_awaited" in told
    behind = people.county.get("registry", f"/campaigns/{CAMPAIGN}/progress/units", stage="held")["rows"]
    assert [(row["unit"], row["outside"]) for row in behind] == [(UNIT, True)]
    for who in (people.office, people.county, people.supervisor):
        assert waiting(who) == [(UNIT, clock.today(), {"awaited": 1, "told": 0})]
    assert waiting(people.other_group) == waiting(people.stranger) == []
    assert "relay_awaited" not in [row["event"] for row in people.second.get("notification", "/messages")["rows"]]


def test_3_what_was_said_stays_open_until_the_absent_member_confirms_it(people):
    path, told = f"/meetings/{MEETING}/relays/07", {"on": clock.today(), "told_by": "主要负责人"}
    confirmed = f"{path}/confirmation", {"told": True}
    refused(409, "relay_not_told", people.last.post, "registry", *confirmed)
    refused(403, "not_permitted", people.last.post, "registry", path, told)
    refused(404, "not_found", people.stranger.post, "registry", path, told)
    people.liaison.post("registry", path, told)
    refused(404, "not_found", people.second.post, "registry", *confirmed)
    refused(404, "not_found", people.secretary.post, "registry", *confirmed)
    refused(403, "not_permitted", people.liaison.post, "registry", *confirmed)
    closed = f"{path}/closing", {"reason": "原任已调离"}
    refused(403, "not_permitted", people.liaison.post, "registry", *closed)
    for who in (people.office, people.county):
        refused(409, "relay_holder_stands", who.post, "registry", *closed)
    for _ in range(2):
        (row,) = people.last.post("registry", *confirmed)["relays"]
        assert (row["state"], row["confirmed_by"]) == ("confirmed", "last")
    assert waiting(people.office) == []


def test_4_the_record_is_corrected_by_addendum_and_everybody_hears_it(opened, people):
    path, posts = f"/meetings/{MEETING}/corrections", [f"{number:02d}" for number in range(1, 8)]
    draft = {"key": "c-1", "reason": "黄平中途到会", "present": posts, "absences": []}
    refused(403, "not_permitted", people.supervisor.post, "registry", path, draft)
    refused(404, "not_found", people.stranger.post, "registry", path, draft)
    refused(409, "below_quorum", people.liaison.post, "registry", path, {**draft, "present": posts[:4]})
    for _ in range(2):
        meeting = people.liaison.post("registry", path, draft)
        assert [one["before"]["present"] for one in meeting["corrections"]] == [posts[:-1]]
    opened.settled()
    (said,) = people.office.get("notification", "/events", type="meeting_scheduled")[-1:]
    days = {row["kind"]: row.get("due_on") for row in said["data"]["required"]}
    minutes = (clock.day(clock.today()) + timedelta(days=3)).isoformat()
    assert (said["data"]["because"], days["minutes"]) == ("held", minutes), "counted from the day it was held"
    events = people.office.get("notification", "/events", type="meeting_corrected")
    assert [event["data"]["present"] for event in events] == [7]
    assert "meeting_corrected" in [row["event"] for row in people.supervisor.get("notification", "/messages")["rows"]]
    assert opened.operator().get("review", "/status")["dead_letters"] == 0
