"""Work tips over the doors: drafted from the campaign, published, read, acknowledged by units; who may what where."""

import io
from types import SimpleNamespace
from typing import Any

import docx
import pytest

from tests.stack import CAMPAIGN, Refused, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
TIP = f"{CAMPAIGN}.t.before"
MINE = f"/tip-receipts/{TIP}.{UNIT}"


@pytest.fixture(scope="module")
def people(opened):
    return SimpleNamespace(
        office=opened.person("office", grant("office", "campaign", CAMPAIGN)),
        county=opened.person("county", grant("county_office", "region", "990823")),
        supervisor=opened.person("supervisor", grant("supervisor", "group", "G4")),
        stranger=opened.person("stranger", grant("supervisor", "group", "G1")),
        secretary=opened.person("secretary", grant("secretary", "unit", UNIT)),
        liaison=opened.person("liaison", grant("liaison", "unit", UNIT)),
        member=opened.person("member", grant("member", "post", f"{UNIT}/02")),
        neighbour=opened.person("neighbour", grant("liaison", "unit", OTHER)),
    )


def refused(code: str, ask: Any, *arguments: Any, **query: Any) -> Refused:
    with pytest.raises(Refused) as no:
        ask(*arguments, **query)
    assert no.value.code == code, no.value
    return no.value


def units_of(who: Any, **query: Any) -> list[str]:
    found = who.get("notification", "/tip-receipts", campaign=CAMPAIGN, **query)
    return [row["unit"] for row in found["rows"]]


def waits(who: Any) -> list[str]:
    rows = who.get("notification", "/messages", unread=1)["rows"]
    return [row["event"] for row in rows if row["event"].startswith("tip_")]


def test_the_tip_of_a_stage_is_drafted_from_the_campaigns_definition_once(people):
    draft = {"campaign": CAMPAIGN, "stage": "before"}
    made = people.office.post("notification", "/tips", draft)
    assert made["tip_id"] == TIP and made["last"] is None and made["differs"]
    definition = people.office.get("registry", f"/campaigns/{CAMPAIGN}")
    assert made["text"]["issuer"] == definition["office"]
    told = "".join(part["text"] for part in made["text"]["sections"])
    assert all(row["method"] in told for row in definition["checklist"] if row["stage"] == "before")
    assert people.office.post("notification", "/tips", draft) == made
    worded = {**made["text"], "serial": "闽川主教提〔2023〕1号", "revision": made["revision"]}
    saved = people.office.post("notification", f"/tips/{TIP}/text", worded)
    assert saved["revision"] == made["revision"] + 1
    refused("tip_changed", people.office.post, "notification", f"/tips/{TIP}/renewal", {"revision": 1})
    renewed = people.office.post("notification", f"/tips/{TIP}/renewal", {"revision": saved["revision"]})
    assert renewed["text"] == made["text"]
    refused("not_found", people.office.post, "notification", "/tips", {**draft, "campaign": "another-one"})


def test_only_offices_write_and_publish_and_a_county_its_own(people):
    draft = {"campaign": CAMPAIGN, "stage": "during"}
    county = people.county.post("notification", "/tips", draft)
    assert (county["tip_id"], county["county"]) == (f"{CAMPAIGN}.t.during.990823", True)
    refused("not_found", people.county.get, "notification", f"/tips/{TIP}")
    asked = {"revision": county["revision"], "to": {}}
    assert people.county.post("notification", f"/tips/{county['tip_id']}/versions", asked)["units"] == 1
    assert units_of(people.neighbour) == [] and units_of(people.liaison) == [UNIT]
    for who in (people.supervisor, people.secretary, people.liaison, people.member):
        refused("not_permitted", who.post, "notification", "/tips", draft)
        refused("not_permitted", who.get, "notification", f"/tips/{TIP}")
        refused("not_permitted", who.post, "notification", f"/tips/{TIP}/versions", asked)
        refused("not_permitted", who.post, "notification", "/tip-reminders", {"tip_id": TIP})


def test_published_twice_it_is_one_version_and_each_sees_what_went_to_its_own(people, opened):
    tip = people.office.get("notification", f"/tips/{TIP}")
    asked = {"revision": tip["revision"], "to": {}}
    first = people.office.post("notification", f"/tips/{TIP}/versions", asked)
    assert people.office.post("notification", f"/tips/{TIP}/versions", asked) == first
    assert (first["version"], first["units"]) == (1, 2)
    assert people.office.get("notification", f"/tips/{TIP}")["counts"]["unread"] == 2
    assert sorted(units_of(people.office, tip_id=TIP)) == [UNIT, OTHER]
    for who in (people.county, people.supervisor, people.liaison, people.member):
        assert units_of(who, tip_id=TIP) == [UNIT]
        assert who.get("notification", MINE)["of"]["sha256"] == first["sha256"]
    for who in (people.stranger, people.neighbour):
        refused("not_found", who.get, "notification", MINE)
        refused("not_found", who.get, "notification", f"{MINE}/word")
    opened.settled()
    assert waits(people.liaison).count("tip_published") == waits(people.secretary).count("tip_published") == 2
    assert waits(people.neighbour) == ["tip_published"] and waits(people.member) == []


def test_as_word_a_unit_has_it_with_its_own_days_and_the_office_without(people):
    for who, path, tables in ((people.liaison, f"{MINE}/word", 1), (people.office, f"/tips/{TIP}/versions/1/word", 0)):
        document = docx.Document(io.BytesIO(who.ask("GET", "notification", path).content))
        assert document.paragraphs[1].text == "工作提示第1号" and len(document.tables) == tables


def test_the_unread_are_reminded_by_one_click_once_a_day_each_in_ones_own_part(people, opened):
    remind = "notification", "/tip-reminders", {"tip_id": TIP}
    assert people.county.post(*remind) == {"reminded": 1, "already": 0, "left": 0}
    assert people.office.post(*remind) == {"reminded": 1, "already": 1, "left": 0}
    assert people.office.post(*remind) == {"reminded": 0, "already": 2, "left": 0}
    opened.settled()
    assert waits(people.neighbour) == ["tip_reminded"], "the reminder takes the place of the first word"


def test_the_unit_reads_and_acknowledges_it_once_and_the_office_sees_who_and_when(people, opened):
    refused("not_permitted", people.member.post, "notification", f"{MINE}/receipt", {"version": 1})
    refused("not_found", people.neighbour.post, "notification", f"{MINE}/receipt", {"version": 1})
    assert people.secretary.post("notification", f"{MINE}/opened", {"version": 1})["state"] == "opened"
    signed = people.liaison.post("notification", f"{MINE}/receipt", {"version": 1, "note": "已传达"})
    assert people.secretary.post("notification", f"{MINE}/receipt", {"version": 1}) == signed
    (row,) = people.office.get("notification", "/tip-receipts", campaign=CAMPAIGN, tip_id=TIP, unit=UNIT)["rows"]
    assert (row["state"], row["receipt"]["role"], row["receipt"]["note"]) == ("acknowledged", "liaison", "已传达")
    assert [one["role"] for one in row["opened"]] == ["secretary", "liaison"]
    assert units_of(people.office, tip_id=TIP, unacknowledged=1) == [OTHER]
    opened.settled()
    assert waits(people.liaison) == ["tip_published"], "the county's own is still to be acknowledged"


def test_a_newer_version_takes_its_place_and_the_older_stays_readable(people, opened):
    tip = people.office.get("notification", f"/tips/{TIP}")
    text = {**tip["text"], "title": "工作提示（修订）", "revision": tip["revision"]}
    worded = people.office.post("notification", f"/tips/{TIP}/text", text)
    asked = {"revision": worded["revision"], "to": {"units": [UNIT]}}
    refused("tip_reason_missing", people.office.post, "notification", f"/tips/{TIP}/versions", asked)
    asked["reason"] = "补充时限"
    assert people.office.post("notification", f"/tips/{TIP}/versions", asked)["version"] == 2
    row = people.liaison.get("notification", MINE)
    assert (row["version"], row["state"], row["title"]) == (2, "unread", "工作提示（修订）")
    before = people.liaison.get("notification", MINE, version=1)
    assert (before["latest"], before["receipt"]["note"]) == (2, "已传达")
    assert before["of"]["paper"][2]["text"] == tip["text"]["title"]
    refused("tip_replaced", people.liaison.post, "notification", f"{MINE}/receipt", {"version": 1})
    assert [one["version"] for one in people.office.get("notification", f"/tips/{TIP}/versions")["rows"]] == [2, 1]
    nobody = {"revision": worded["revision"], "to": {"regions": ["990824"]}, "reason": "再发"}
    refused("tip_for_nobody", people.office.post, "notification", f"/tips/{TIP}/versions", nobody)
    opened.settled()
    assert waits(people.liaison) == ["tip_published"] * 2


def test_other_systems_are_told_ids_and_nothing_of_the_text(people):
    events = people.office.get("notification", "/events", type="tip_acknowledged")
    assert [event["data"] for event in events] == [
        {"tip_id": TIP, "receipt_id": f"{TIP}.{UNIT}", "stage": "before", "version": 1, "unit": UNIT, "group": "G4"}
    ]
