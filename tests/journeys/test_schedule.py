"""The schedule as people move it: by itself, by asking, below the superior, over holidays; taken along as a calendar.

The steps are told in order, by programs at the services' doors.
"""

import collections
import copy
import json
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import requests

from services.registry import definition
from services.spine import clock
from tests.registry.test_ics import read
from tests.stack import CAMPAIGN, Person, Refused, campaign_folder, grant, wait_until

UNIT, ABOVE, OTHER = "990823-NYNC", "990823-01", "990881-LY"
MEETING, COMMITTEE = f"{CAMPAIGN}.{UNIT}", f"{CAMPAIGN}.{ABOVE}"
TALKS = {"days": -6, "unit": "working"}


def day(offset: int) -> str:
    return (date.fromisoformat(clock.today()) + timedelta(days=offset)).isoformat()


@pytest.fixture(scope="module")
def people(embedded):
    folder = campaign_folder([UNIT, ABOVE, OTHER], day(-40), day(20))
    checklist = copy.deepcopy(definition.REFERENCE["checklist"])
    checklist[3]["offset"] = TALKS
    folder["campaign"]["checklist"] = checklist
    folder["units"] = [{**row, **({"superior": ABOVE} if row["unit_code"] == UNIT else {})} for row in folder["units"]]
    office = embedded.person("office", grant("office", "campaign", CAMPAIGN))
    office.post("registry", "/campaigns", folder)
    office.post("registry", f"/campaigns/{CAMPAIGN}/open", {})
    embedded.settled()
    granted = {
        "county": grant("county_office", "region", "990823"),
        "elsewhere": grant("county_office", "region", "990881"),
        "supervisor": grant("supervisor", "group", "G4"),
        "liaison": grant("liaison", "unit", UNIT),
        "member": grant("member", "post", f"{UNIT}/02"),
        "neighbour": grant("liaison", "unit", OTHER),
        "system": grant("system_admin", "system", "*", None),
        "security": grant("security_admin", "system", "*", None),
    }
    return SimpleNamespace(office=office, **{name: embedded.person(name, one) for name, one in granted.items()})


def refused(code: str, who: Person, path: str, **draft: object) -> Refused:
    with pytest.raises(Refused) as no:
        who.post("registry", path, draft)
    assert no.value.code == code, no.value
    return no.value


def move(who: Person, on: str, meeting: str = MEETING, **more: object) -> dict:
    return who.post("registry", f"/meetings/{meeting}/schedule", {"on": on, "reason": "工作安排", **more})


def test_1_a_lower_unit_does_not_meet_before_its_superior_unless_the_office_approves(people):
    no = refused("before_superior", people.liaison, f"/meetings/{MEETING}/schedule", on=day(10), reason="提前")
    assert no.problem["params"]["day"] == day(20)
    move(people.office, day(5), COMMITTEE)
    refused("before_superior", people.liaison, f"/meetings/{MEETING}/schedule", on=day(4), reason="提前")
    told = {"on": day(4), "reason": "提前", "before_superior": True}
    refused("before_superior", people.liaison, f"/meetings/{MEETING}/schedule", **told)
    assert move(people.office, day(4), before_superior=True)["meeting_on"] == day(4)
    assert move(people.office, day(10))["meeting_on"] == day(10)


def test_2_after_its_first_date_a_unit_postpones_only_by_asking_and_asks_once(people):
    later = {"on": day(15), "reason": "与全会冲突"}
    refused("ask_to_postpone", people.liaison, f"/meetings/{MEETING}/schedule", **later)
    path = f"/meetings/{MEETING}/postponements"
    assert refused("not_found", people.neighbour, path, **later).status == 404
    for who in (people.supervisor, people.member, people.office):
        assert refused("not_permitted", who, path, **later).status == 403
    refused("meeting_day_too_late", people.liaison, path, on=day(21), reason="推迟")
    asked = people.liaison.post("registry", path, later)
    assert people.liaison.post("registry", path, later) == asked
    refused("postponement_open", people.liaison, path, on=day(16), reason="再推迟")
    assert asked["meeting_on"] == day(10)
    for who, count in ((people.office, 1), (people.county, 1), (people.elsewhere, 0), (people.supervisor, 1)):
        rows = who.get("registry", f"/campaigns/{CAMPAIGN}/postponements")["rows"]
        assert [row["postponement"]["to"] for row in rows] == [day(15)] * count


def test_3_the_county_decides_within_its_county_and_the_letters_follow(embedded, people):
    path = f"/meetings/{MEETING}/postponements/1/decision"
    yes = {"outcome": "granted", "reason": "情况属实"}
    assert refused("not_permitted", people.liaison, path, **yes).status == 403
    assert refused("not_found", people.elsewhere, path, **yes).status == 404
    refused("meeting_day_too_late", people.county, path, **yes, on=day(21))
    before = people.liaison.get("registry", f"/meetings/{MEETING}")
    moved = people.county.post("registry", path, yes)
    assert people.county.post("registry", path, yes) == moved
    refused("postponement_settled", people.office, path, outcome="refused", reason="不妥")
    asks, early = f"/meetings/{MEETING}/postponements", {"on": day(3), "reason": "提前到上级之前"}
    assert people.liaison.post("registry", asks, early)["postponements"][1]["state"] == "asked"
    for who in (people.county, people.office):
        refused("before_superior", who, f"{asks}/2/decision", **yes)
    people.liaison.post("registry", f"{asks}/2/withdrawal", {"reason": "不再申请"})
    assert moved["meeting_on"] == day(15) and moved["history"][-1]["what"] == "postponed"
    late = [row["late"] or row["due_on"] < clock.today() for row in before["aspects"]]
    assert [row["late"] for row in moved["aspects"]] == late
    embedded.settled()
    said = embedded.database("feed").events
    assert [said.count_documents({"name": f"postponement_{name}"}) for name in ("asked", "decided")] == [2, 2]

    def letters(who: Person, event: str) -> list[dict]:
        rows = who.get("notification", "/messages")["rows"]
        return [row for row in rows if row["event"] == f"postponement_{event}"]

    assert [row["settled"] for row in letters(people.county, "asked")] == [True, True]
    assert letters(people.elsewhere, "asked") == [] == letters(people.neighbour, "decided")
    for who in (people.liaison, people.member, people.supervisor):
        subjects = [row["subject"] for row in letters(who, "decided")]
        assert subjects == [f"改期申请已撤回，会期仍为 {day(15)}", f"改期申请已同意，会期为 {day(15)}"]
    decided = people.office.get("registry", f"/campaigns/{CAMPAIGN}/postponements", state="decided")
    assert decided["total"] == 1


def holidays(who: Person, rows: list[str], path: str = "/workdays/preview", **said: str) -> requests.Response:
    file = {"file": ("安排.csv", "\n".join(["date,worked,name", *rows]).encode())}
    return who.ask("POST", "registry", path, files=file, data={"note": "试", **said})


def looked_at(who: Person) -> dict:
    """What the file comes to, once it is worked out."""

    def done() -> dict | None:
        found = who.get("registry", "/workdays/preview")
        return found if found["state"] != "running" else None

    found: dict = wait_until(done, 30)
    return found


def test_4_a_loaded_holiday_moves_what_is_counted_in_working_days_everywhere(embedded, people):
    def talks() -> dict:
        return people.liaison.get("registry", f"/meetings/{MEETING}")["aspects"][3]

    before = talks()
    off = before["due_on"]
    assert [holidays(who, [f"{off},no,调整"]).status_code for who in (people.supervisor, people.county)] == [403, 403]
    faulty = holidays(people.office, ["x,no,a", f"{off},?,b"])
    assert [one["code"] for one in faulty.json()["errors"]] == ["calendar_date_wrong", "calendar_worked_wrong"]
    assert holidays(people.office, [f"{off},no,调整"], "/workdays").json()["code"] == "workdays_unseen"
    number = holidays(people.office, [f"{off},no,调整"]).json()["preview"]
    found = looked_at(people.office)
    assert (found["state"], found["counts"]["moved"], found["counts"]["past"]) == ("done", 1, 0)
    units = f"/campaigns/{CAMPAIGN}/workdays-preview/units"
    rows = people.office.get("registry", units)["rows"]
    assert [row["unit"] for row in rows] == [UNIT]
    told = {row["unit"]: {line["code"]: (line["from"], line["to"]) for line in row["changes"]} for row in rows}
    assert people.office.ask("GET", "registry", units, params={"what": "past"}).json()["total"] == 0
    assert people.county.ask("GET", "registry", units).status_code == 404, "it lists other counties' units, too"
    assert people.system.get("registry", "/workdays/preview")["counts"] == found["counts"]
    assert people.system.ask("GET", "registry", units).status_code == 403
    assert talks()["due_on"] == off, "nothing has moved yet"

    move(people.office, day(14))
    refused("workdays_preview_stale", people.office, "/workdays/confirmation", preview=number)
    assert looked_at(people.office)["state"] == "stale"
    move(people.office, day(15))
    assert holidays(people.office, [f"{off},no,调整"]).status_code == 201
    refused("workdays_preview_stale", people.office, "/workdays/confirmation", preview=number)
    assert looked_at(people.office)["preview"] == number + 1
    stands = people.office.post("registry", "/workdays/confirmation", {"preview": number + 1})
    assert people.office.post("registry", "/workdays/confirmation", {"preview": number + 1}) == stands
    assert holidays(people.office, [f"{off},no,调整"]).json()["code"] == "workdays_same"
    assert holidays(people.office, [f"{off},no,调整"], "/workdays", unseen="yes").status_code == 200
    after = wait_until(lambda: talks() if talks()["due_on"] != off else None, 20)
    assert after["due_on"] < off and "调整" in str(after["counted"]["skipped"])
    entry = people.liaison.get("registry", f"/meetings/{MEETING}")["history"][-1]
    assert (entry["what"], entry["by"], entry["calendar"], entry["reason"]) == ("calendar_loaded", "office", 1, "试")
    assert ("talks", off, after["due_on"]) in [(one["code"], one["from"], one["to"]) for one in entry["changes"]]
    moved = {line["code"]: (line["from"], line["to"]) for line in entry["changes"]}
    assert moved == told[UNIT], "just what was shown"
    embedded.settled()
    assert embedded.database("review").calendars.find_one()["days"] == [{"on": off, "worked": False, "name": "调整"}]
    assert people.member.get("registry", "/workdays")["version"] == 1


def test_5_meetings_that_clash_are_told_to_the_office_and_the_group(people):
    move(people.office, day(15), COMMITTEE)
    path = f"/campaigns/{CAMPAIGN}/clashes"
    for who in (people.office, people.supervisor, people.county):
        found = who.get("registry", path, what="same_day")["rows"]
        assert [[unit["unit"] for unit in row["units"]] for row in found] == [[ABOVE, UNIT]]
    assert people.elsewhere.get("registry", path, what="same_day")["rows"] == []
    assert people.liaison.ask("GET", "registry", path).status_code == 403
    assert people.office.get("registry", path, what="before_superior")["rows"] == []
    move(people.office, day(16), COMMITTEE)
    for who in (people.office, people.supervisor, people.county):
        (row,) = who.get("registry", path, what="before_superior")["rows"]
        assert ([unit["unit"] for unit in row["units"]], row["superior"]["on"]) == ([UNIT], day(16)), "it has not moved"
    assert move(people.office, day(15), before_superior=True)["history"][-1]["what"] == "early_allowed"
    assert people.office.get("registry", path, what="before_superior")["rows"] == []
    move(people.office, day(15), COMMITTEE)


def test_6_everybody_takes_along_the_days_of_the_own_list_of_meetings_and_no_others(embedded, people):
    secretary = embedded.person("secretary", grant("secretary", "unit", UNIT))
    leader = embedded.person("leader", grant("group_leader", "group", "G4"))
    reach = [
        (people.office, {UNIT, ABOVE, OTHER}),
        *((who, {UNIT, ABOVE}) for who in (people.county, people.supervisor, leader)),
        *((who, {UNIT}) for who in (people.liaison, secretary, people.member)),
        *((who, {OTHER}) for who in (people.elsewhere, people.neighbour)),
    ]
    for who, units in reach:
        listed = who.get("registry", f"/campaigns/{CAMPAIGN}/meetings", size="500")["rows"]
        assert {row["unit"] for row in listed} == units
        meet = {
            f"{row['meeting_id']}.meeting": (row["meeting_on"], f"民主生活会：{row['unit_name']}") for row in listed
        }
        due: collections.Counter[tuple[str, str]] = collections.Counter()
        for row in listed:
            aspects = people.office.get("registry", f"/meetings/{row['meeting_id']}")["aspects"]
            due.update((str(one["number"]), one["due_on"]) for one in aspects if one["state"] == "open")
        entries = read(who.ask("GET", "registry", "/calendar.ics", params={"campaign": CAMPAIGN}).content)
        named = {
            entry["UID"].removesuffix("@rectify"): (date.fromisoformat(entry["DTSTART"]).isoformat(), entry["SUMMARY"])
            for entry in entries
        }
        assert {key: named.pop(key) for key in meet} == meet, who.name
        told: collections.Counter[tuple[str, str]] = collections.Counter()
        for on, text in named.values():
            ((number, count),) = re.findall(r"^第(\d+)项 .+?(?:，(\d+) 个单位)?\s?到期$", text)
            told[number, on] += int(count or 1)
        assert told == due and len(due) >= 12, who.name


def test_7_a_calendar_is_taken_by_name_or_subscribed_to_without_and_revoked(people):
    place = {"campaign": CAMPAIGN}
    named = read(people.liaison.ask("GET", "registry", "/calendar.ics", params=place).content)
    assert len(named) == 13 and named[0]["DTSTART"] == day(15).replace("-", "")
    account = {"login": "liaison", "name": "联络员", "grants": people.liaison.grants}
    people.security.post("access", "/accounts", account)
    refused_at = people.liaison.ask("POST", "access", "/calendar-links", json={"campaign": "another-one"})
    assert refused_at.status_code == 404
    link = people.liaison.post("access", "/calendar-links", place)

    def claims() -> requests.Response:
        return people.liaison.ask("POST", "access", "/calendar-claims", json={"token": link["token"]})

    bearer = {"Authorization": f"Bearer {claims().json()['claims']}"}
    address = f"http://127.0.0.1:{people.liaison.stack.ports['registry']}"
    data = requests.get(f"{address}/calendar.ics", params={**place, "key": link["link_id"]}, headers=bearer, timeout=9)
    counts = [int(event["SUMMARY"].removeprefix("Rectify：").split()[0]) for event in read(data.content)]
    assert sum(counts) == 13 and UNIT not in data.text and CAMPAIGN not in data.text
    assert requests.get(f"{address}/meetings/{MEETING}", headers=bearer, timeout=9).status_code == 403
    path = f"/calendar-links/{link['link_id']}/revocation"
    assert people.neighbour.ask("POST", "access", path, json={}).status_code == 404
    assert people.liaison.post("access", path, {}) == people.liaison.post("access", path, {})
    assert claims().status_code == 404


def test_8_who_owes_something_is_reminded_and_who_stands_above_when_it_is_late(embedded, people):
    move(people.office, day(5), COMMITTEE)
    embedded.settled()
    embedded.run("remind")
    assert json.loads(embedded.run("remind", "--json").stdout)["sent"] == 0
    rows = {
        name: [row for row in who.get("notification", "/messages", size="500")["rows"] if "reminder" in row["event"]]
        for name, who in vars(people).items()
        if name not in ("system", "security")
    }
    ids = [row["message_id"] for row in rows["office"]]
    assert ids and len(ids) == len(set(ids))
    assert {row["unit"] for row in rows["office"]} == {ABOVE}, "only who is late is told of above"
    assert {row["message_id"] for row in rows["county"]} == set(ids)
    assert f"reminder:{MEETING}.meeting_plan.team:due:" in " ".join(row["message_id"] for row in rows["liaison"])
    assert rows["elsewhere"] == [] and {row["unit"] for row in rows["neighbour"]} <= {OTHER}
    kept = embedded.database("notification").messages
    assert {row["class"] for row in kept.find({"_id": {"$in": ids}})} == {"urgent"}
