"""Progress as each role sees it, from the first notice to a closed item, and made anew from the feed.

The steps are told in order, by programs at the services' doors.
"""

import json
import subprocess
from types import SimpleNamespace

import pytest

from services.rectification import lists, nightly
from services.registry import bulletin_store
from services.spine import clock, mongo
from tests.stack import CAMPAIGN, Refused, document, grant, problem, wait_until

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
PROGRESS = f"/campaigns/{CAMPAIGN}/progress"
FAILED = {"passed": False, "reason": "第3条没有验收人", "would_pass": "写明验收人"}
DOORS = ("", "/units", "/grid", "/trend", "/standards", "/groups", "/problems")


@pytest.fixture(scope="module")
def people(embedded):
    embedded.load([UNIT, OTHER])
    embedded.settled()
    granted = {
        "office": grant("office", "campaign", CAMPAIGN),
        "county": grant("county_office", "region", "990823"),
        "supervisor": grant("supervisor", "group", "G4"),
        "liaison": grant("liaison", "unit", UNIT),
        "member": grant("member", "post", f"{UNIT}/02"),
        "stranger": grant("liaison", "unit", UNIT, "another-campaign"),
        "auditor": grant("auditor", "system", "*", None),
    }
    return SimpleNamespace(**{name: embedded.person(name, one) for name, one in granted.items()})


def seen(who, **query):
    return who.get("registry", PROGRESS, **query)


def listed(who, **query):
    return who.get("registry", f"{PROGRESS}/units", **query)


def refused(who, path, **query):
    with pytest.raises(Refused) as no:
        who.get("registry", path, **query)
    return no.value.status, no.value.code


def test_1_everybody_sees_the_units_of_the_own_scope_and_no_others(people):
    assert seen(people.office)["total"] == 2
    assert {line["region"] for line in seen(people.office)["regions"]} == {"990823", "990881"}
    for who in (people.county, people.supervisor, people.liaison, people.member):
        found = seen(who)
        assert (found["total"], [line["region"] for line in found["regions"]]) == (1, ["990823"])
        assert [row["unit"] for row in listed(who)["rows"]] == [UNIT]
        assert listed(who)["rows"][0]["unit_name"] == "青溪县农业农村局"
        assert seen(who, region="990881")["total"] == 0 == listed(who, region="990881")["total"]
        assert who.get("registry", f"{PROGRESS}/grid")["total"] == 1
        assert who.get("registry", f"{PROGRESS}/trend")["days"][-1]["stages"]["preparing"] == 1


def test_2_what_is_outside_is_not_found_and_what_a_role_may_not_do_is_refused(people):
    for door in DOORS:
        assert refused(people.stranger, f"{PROGRESS}{door}")[0] in (403, 404)
        assert refused(people.auditor, f"{PROGRESS}{door}") == (403, "not_permitted")
    for door in ("/groups", "/problems"):
        assert refused(people.liaison, f"{PROGRESS}{door}") == (403, "not_permitted")
    assert refused(people.office, "/progress") == (403, "not_permitted")
    assert refused(people.office, PROGRESS, stage="nowhere") == (422, "invalid")


def test_3_a_material_that_is_handed_in_waits_for_the_group_and_a_returned_one_for_its_author(embedded, people):
    outline = f"{MEETING}.speech_outline.02"
    assert listed(people.office, move="group")["total"] == 0
    people.liaison.hand_in(outline, "so-01.txt", document("so-01.txt"))
    embedded.settled()
    assert [row["unit"] for row in listed(people.supervisor, move="group")["rows"]] == [UNIT]
    assert listed(people.office, stage="writing")["total"] == 1
    verdict = {**dict.fromkeys(("problems", "examples", "persuasion", "causes"), {"passed": True}), "measures": FAILED}
    people.supervisor.post("review", f"/reviews/{outline}.v1/verdict", {"standards": verdict})
    embedded.settled()
    assert listed(people.supervisor, move="group")["total"] == 0
    failed = people.county.get("registry", f"{PROGRESS}/standards")["total"]
    assert failed == [{"standard": "measures", "round": 1, "units": 1, "things": 1}]
    assert listed(people.county, failed="measures", round="1")["things"] == 1
    (own,) = people.supervisor.get("registry", f"{PROGRESS}/groups")["groups"]
    assert (own["group"], own["share_returned"], own["median_days"]) == ("G4", 1.0, 0)


def test_4_a_registered_problem_counts_on_its_day_and_tells_nothing_where_few_have_it(embedded, people):
    people.liaison.post("rectification", "/items", {**problem(UNIT, "p01"), "aspect": "theory"})
    embedded.settled()
    last = people.office.get("registry", f"{PROGRESS}/trend")["days"][-1]
    assert (last["day"], last["registered"]) == (clock.today(), {"units": 1, "things": 1})
    (row,) = people.office.get("registry", f"{PROGRESS}/problems")["rows"]
    silent = {"units": None, "things": None}
    assert row == {"aspect": "theory", "source": "other", **silent, "lists": [{"category": "phased", **silent}]}
    asked = {"problem": "theory", "source": "other"}
    assert refused(people.office, f"{PROGRESS}/units", **asked) == (403, "too_few_to_show")


def test_5_the_board_has_the_numbers_that_the_meetings_have(people):
    for who in (people.office, people.county, people.supervisor):
        board = seen(who)
        for line in board["regions"]:
            for stage, units in line["stages"].items():
                found = who.get("registry", f"/campaigns/{CAMPAIGN}/meetings", region=line["region"], stage=stage)
                assert found["total"] == units
        late = who.get("registry", f"/campaigns/{CAMPAIGN}/meetings", overdue="1")
        assert late["total"] == board["overdue"]


def test_6_made_anew_by_one_command_it_answers_as_before(embedded, people):
    def answers():
        return [people.office.get("registry", f"{PROGRESS}{door}") for door in DOORS]

    before = answers()
    embedded.database("registry").progress_lines.update_many({}, {"$set": {"lines": "{}"}})
    assert answers() != before
    made = json.loads(embedded.run("progress", "rebuild", "--json").stdout)
    assert made["units"] == 2
    assert answers() == before
    state = embedded.operator().get("registry", "/progress")
    assert (state["behind"], state["waiting_since"], state["rebuilding"]["state"]) == (0, None, "done")
    embedded.run("progress", "rebuild", "--campaign", CAMPAIGN)
    assert answers() == before


def test_7_after_everything_was_killed_each_event_is_counted_once(embedded, people):
    before = seen(people.office)
    embedded.kill()
    embedded.start()
    embedded.settled()
    assert seen(people.office) == before
    with pytest.raises(subprocess.CalledProcessError):
        embedded.run("progress", "nothing")


def test_8_a_bulletin_keeps_its_numbers_and_is_made_once_by_an_office_within_its_scope(embedded, people):
    path, draft = f"/campaigns/{CAMPAIGN}/bulletins", {"key": "press-0001", "title": "进展简报"}
    made = people.office.post("registry", path, draft)
    assert (made["number"], made["region"], made["figures"]["board"]["total"]) == (1, None, 2)
    word = people.office.ask("GET", "registry", f"/bulletins/{made['bulletin_id']}/word").content
    people.liaison.post("rectification", "/items", problem(UNIT, "p02"))
    embedded.settled()

    assert people.office.post("registry", path, draft) == made
    assert people.office.get("registry", f"/bulletins/{made['bulletin_id']}") == made
    assert people.office.ask("GET", "registry", f"/bulletins/{made['bulletin_id']}/word").content == word
    own = people.county.post("registry", path, {**draft, "key": "press-0002"})
    assert (own["number"], own["region"], own["figures"]["board"]["total"]) == (1, "990823", 1)
    assert people.county.get("registry", path)["total"] == 1
    assert people.office.get("registry", path)["total"] == 2
    assert refused(people.county, f"/bulletins/{made['bulletin_id']}") == (404, "not_found")
    with pytest.raises(Refused) as no:
        people.county.post("registry", path, {**draft, "key": "press-0003", "region": "990881"})
    assert no.value.status == 404
    for who in (people.supervisor, people.liaison, people.member, people.auditor):
        assert refused(who, path) == (403, "not_permitted")

    registry, feed = embedded.database("registry"), embedded.database("feed")
    overdue = {**registry.campaigns.find_one({"_id": CAMPAIGN}), "opened_at": ""}
    for _ in range(2):  # as the stroke does, after a Monday on which nothing ran
        mongo.again(lambda: bulletin_store.make_weekly(registry, feed, overdue, clock.now()))
    newest = people.office.get("registry", path)["rows"][0]
    assert (newest["number"], newest["region"], newest["made_by"]) == (2, None, "")


def test_9_who_hands_a_group_over_finds_the_kept_view_out_of_reach_and_is_told_no_more(embedded, people):
    """Through the administrators' door: from that day on it is the successor's to see and to be told of."""
    security = embedded.person("security", grant("security_admin", "system", "*", None))
    for login, group in (("reader", "G4"), ("successor", "G1")):
        embedded.enrol(login, grant("supervisor", "group", group))

    def signed_in(login):
        token = security.post("access", "/sessions", {"login": login, "password": embedded.accounts[login]})["token"]
        held = security.post("access", "/claims", {"token": token})["account"]["grants"]
        return embedded.person(login, *held)

    def night(days):
        day = lists.after(clock.today(), days)
        ledger = embedded.database("rectification")
        nightly.run(ledger, day, "night")
        wait_until(lambda: not ledger.followings.find_one({"outbox.0.id": {"$gt": ""}}))
        embedded.settled()
        told = embedded.database("feed").events.find({"name": "view_digested", "event.data.on": day})
        return {one["event"]["data"]["account"]: one["event"]["data"]["total"] for one in told}

    def kept(login, key):
        draft = {"campaign": CAMPAIGN, "key": key, "name": "未完成的", "query": {"unit": UNIT}}
        view = signed_in(login).post("rectification", "/ledger/views", draft)
        path = f"/ledger/views/{view['view_id']}"
        return path, signed_in(login).post("rectification", f"{path}/following", {"every": "daily"})

    mine, view = kept("reader", "one-view-kept-0001")
    assert view["reached"] and night(1) == {"reader": 2}

    handed_over = {"campaign": CAMPAIGN, "scope": {"kind": "group", "of": "G4"}, "on": clock.today(), "reason": "轮换"}
    security.post("access", "/grants/changes", {**handed_over, "from": "reader", "to": "successor"})
    security.post("access", "/accounts/reader/grants", grant("supervisor", "group", "G2"))
    embedded.settled()
    _, view = kept("successor", "another-view-0001")
    assert view["reached"] and night(2) == {"successor": 2}
    view = signed_in("reader").get("rectification", mine)
    assert not view["reached"] and view["following"]["state"] == "out_of_scope"
    inboxes = {login: signed_in(login).get("notification", "/messages")["rows"] for login in ("reader", "successor")}
    told = {login: [row["event"] for row in rows].count("view_digested") for login, rows in inboxes.items()}
    assert told == {"reader": 0, "successor": 1}

    security.post("access", "/accounts/successor/end", {"reason": "调离"})
    embedded.settled()
    assert night(3) == {}


def test_10_the_office_alone_is_told_of_the_weeks_bulletin_and_not_of_those_made_by_hand(embedded, people):
    wait_until(lambda: not embedded.database("registry").bulletins.find_one({"outbox.0.id": {"$gt": ""}}))
    embedded.settled()

    def told(who):
        rows = who.get("notification", "/messages")["rows"]
        return [row["link"]["id"] for row in rows if row["event"] == "bulletin_made"]

    assert [".week." in key for key in told(people.office)] == [True]
    assert [told(who) for who in (people.county, people.supervisor, people.liaison)] == [[], [], []]
