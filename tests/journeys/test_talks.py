"""Talks and study before the meeting, over the doors: owed by the rules, confirmed, and the aspect done by them."""

import itertools
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from services.spine import clock
from tests.stack import CAMPAIGN, Refused, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
PLACE = {"campaign": CAMPAIGN, "unit": UNIT}
DAY = (clock.day(clock.today()) - timedelta(days=3)).isoformat()
POSTS = [f"{number:02d}" for number in range(1, 8)]


@pytest.fixture(scope="module")
def stack(embedded):
    embedded.load([UNIT, OTHER])
    embedded.settled()
    return embedded


@pytest.fixture(scope="module")
def people(stack):
    return SimpleNamespace(
        office=stack.person("office", grant("office", "campaign", CAMPAIGN)),
        supervisor=stack.person("supervisor", grant("supervisor", "group", "G4")),
        stranger=stack.person("stranger", grant("supervisor", "group", "G1")),
        liaison=stack.person("liaison", grant("liaison", "unit", UNIT)),
        secretary=stack.person("secretary", grant("secretary", "unit", UNIT)),
        member=stack.person("member", grant("member", "post", f"{UNIT}/02")),
        members=[stack.person(f"m{post}", grant("member", "post", f"{UNIT}/{post}")) for post in POSTS[1:]],
        neighbour=stack.person("neighbour", grant("liaison", "unit", OTHER)),
        admin=stack.person("admin", grant("system_admin", "system", "*", None)),
    )


def refused(code, ask, *arguments, **query):
    with pytest.raises(Refused) as no:
        ask(*arguments, **query)
    assert no.value.code == code, no.value.problem
    return no.value.problem


def enter(who, *drafts):
    return who.post("intake", "/talks", {**PLACE, "talks": [{"on": DAY, **draft} for draft in drafts]})


def owed(who):
    return who.get("intake", "/talks/owed", **PLACE)


def listed(who):
    return who.get("intake", "/talks", **PLACE)["rows"]


def studies(who):
    return who.get("intake", "/studies", **PLACE)["rows"]


def confirm_all(who):
    waiting = [one for one in listed(who) if one["to_confirm"]]
    wanted = [{"talk_id": one["talk_id"], "version": one["versions"][-1]["version"]} for one in waiting]
    return who.post("intake", "/talks/confirmations", {**PLACE, "talks": wanted})


def aspect(people):
    return people.liaison.get("registry", f"/meetings/{MEETING}")["aspects"][3]


def test_what_is_owed_follows_from_the_posts_and_is_due_by_the_checklist(people):
    found = owed(people.liaison)
    assert len(found["posts"]) == len(POSTS)
    assert (found["counts"]["owed"], found["counts"]["missing"]) == (6 + 15 + 6, 27)
    assert found["rules"]["due_on"] == aspect(people)["due_on"]
    refused("aspect_by_other_means", people.liaison.post, "registry", f"/meetings/{MEETING}/aspects/4",
            {"state": "done", "note": "都谈过了"})  # fmt: skip


def test_who_may_not_record_or_read_is_told_so(people):
    one = {"from_post": "01", "with_post": "02"}
    for who in (people.office, people.supervisor, people.admin):
        refused("not_permitted", enter, who, one)
    refused("not_found", enter, people.neighbour, one)
    assert refused("talks_faulty", enter, people.member, {"from_post": "01", "with_post": "03"})
    refused("not_permitted", listed, people.office)
    for ask in (listed, owed):
        refused("not_permitted", ask, people.admin)
        refused("not_found", ask, people.neighbour)
        refused("not_found", ask, people.stranger)
    refused("not_permitted", people.member.get, "intake", "/talks/units", campaign=CAMPAIGN)
    refused("invalid", enter, people.liaison, {"from_post": "01", "with_post": "02", "with_outside": "股长"})


def test_a_member_records_the_other_side_confirms_and_nobody_else_reads_the_promise(people):
    draft = {"from_post": "02", "with_post": "01", "place": "书记办公室", "commitments": "每月下村两次"}
    assert [enter(people.member, draft) for _ in range(2)] == [{"added": 1, "known": 0}, {"added": 0, "known": 1}]
    (talk,) = listed(people.member)
    wanted = {**PLACE, "talks": [{"talk_id": talk["talk_id"], "version": 1}]}
    refused("talk_not_yours_to_confirm", people.liaison.post, "intake", "/talks/confirmations", wanted)
    refused("not_permitted", people.supervisor.post, "intake", "/talks/confirmations", wanted)
    refused("not_found", people.members[1].post, "intake", "/talks/confirmations", wanted)
    assert owed(people.secretary)["to_confirm"] == 1
    for _ in range(2):
        assert people.secretary.post("intake", "/talks/confirmations", wanted)["to_confirm"] == 0
    seen = {who.name: listed(who)[0]["versions"][-1]["commitments"] for who in
            (people.member, people.secretary, people.supervisor, people.liaison)}  # fmt: skip
    assert seen == {
        "member": "每月下村两次",
        "secretary": "每月下村两次",
        "supervisor": "每月下村两次",
        "liaison": None,
    }
    assert listed(people.members[1]) == []


def test_a_talk_is_corrected_or_withdrawn_by_its_own_side_only(people):
    (talk,) = listed(people.member)
    path, draft = f"/talks/{talk['talk_id']}", {"follows": 1, "place": "小会议室", "reason": "地点写错"}
    for who, code in ((people.supervisor, "not_permitted"), (people.neighbour, "not_found"),
                      (people.members[1], "not_found")):  # fmt: skip
        refused(code, who.post, "intake", f"{path}/versions", draft)
        refused(code, who.post, "intake", f"{path}/withdrawal", {"reason": "不对"})
    corrected = people.liaison.post("intake", f"{path}/versions", draft)
    assert [one["place"] for one in corrected["versions"]] == ["书记办公室", "小会议室"]
    assert [one["commitments"] for one in listed(people.member)[0]["versions"]] == ["每月下村两次"] * 2
    refused("talk_changed", people.member.post, "intake", f"{path}/versions", {**draft, "place": "食堂"})
    confirm_all(people.member)


def test_the_office_sees_what_is_missing_and_the_group_the_whole_matrix(people):
    rows = owed(people.office)["rows"]
    assert len(rows) == 26 and {row["on"] for row in rows} == {None}
    assert len(owed(people.supervisor)["rows"]) == 27
    assert len(owed(people.member)["rows"]) == 7
    units = people.supervisor.get("intake", "/talks/units", campaign=CAMPAIGN, state="incomplete")["rows"]
    assert [row["unit"] for row in units] == [UNIT]
    assert people.office.get("intake", "/talks/units", campaign=CAMPAIGN)["total"] == 2


def test_when_the_last_is_confirmed_the_aspect_is_done_and_no_word_of_it_leaves(stack, people):
    pairs = [{"from_post": one, "with_post": two} for one, two in itertools.combinations(POSTS, 2)]
    pairs += [{"from_post": post, "with_outside": "种植业股股长"} for post in POSTS[1:]]
    pairs = [pair for pair in pairs if pair != {"from_post": "01", "with_post": "02"}]
    assert enter(people.liaison, *pairs)["added"] == 26
    assert enter(people.liaison, *pairs)["known"] == 26
    for who in people.members:
        confirm_all(who)
    assert owed(people.liaison)["counts"]["complete"]
    stack.settled()
    assert (aspect(people)["state"], aspect(people)["done_on"], aspect(people)["late"]) == ("done", DAY, False)
    told = json.dumps(list(stack.database("feed").events.find({}, {"_id": 0})), ensure_ascii=False, default=str)
    assert "talks_completed" in told and not any(word in told for word in ("股长", "下村", "办公室", "会议室"))


def test_when_one_is_taken_back_the_aspect_is_open_until_it_is_taken_up_again(stack, people):
    last = next(one for one in listed(people.liaison) if one["from_post"] == "06" and one["with_post"] == "07")
    people.liaison.post("intake", f"/talks/{last['talk_id']}/withdrawal", {"reason": "没有谈成"})
    stack.settled()
    assert (aspect(people)["state"], aspect(people)["done_on"]) == ("open", None)
    again = {"follows": last["versions"][-1]["version"], "reason": "当天补谈"}
    people.liaison.post("intake", f"/talks/{last['talk_id']}/versions", again)
    confirm_all(people.members[-1])
    stack.settled()
    assert (aspect(people)["state"], aspect(people)["done_on"]) == ("done", DAY)


def test_telling_everything_again_changes_nothing(stack, people):
    before = listed(people.secretary)
    people.admin.post("notification", "/replay", {"after": 0})
    stack.settled()
    assert listed(people.secretary) == before
    for service in ("intake", "registry"):
        assert stack.database(service).dead_letters.count_documents({}) == 0


def test_study_is_recorded_by_the_unit_and_each_sees_the_own_attendance(people):
    attendance = [
        {"post": post, "present": post != "02", "reason": "因公出差" if post == "02" else ""} for post in POSTS
    ]
    draft = {**PLACE, "key": "s01", "on": DAY, "hours": 4, "form": "together", "attendance": attendance}
    for who, code in ((people.member, "not_permitted"), (people.office, "not_permitted"),
                      (people.neighbour, "not_found"), (people.supervisor, "not_permitted")):  # fmt: skip
        refused(code, who.post, "intake", "/studies", draft)
    answers = [people.liaison.ask("POST", "intake", "/studies", json=draft).status_code for _ in range(2)]
    assert answers == [201, 200]
    refused("key_taken", people.liaison.post, "intake", "/studies", {**draft, "hours": 2})
    mine = people.member.get("intake", "/studies", **PLACE)
    assert [one["post"] for one in mine["rows"][0]["versions"][0]["attendance"]] == ["02"]
    assert [(row["post"], len(row["missed"])) for row in mine["totals"]["rows"]] == [("02", 1)]
    study = f"/studies/{MEETING}.s.s01"
    refused("not_permitted", people.member.post, "intake", f"{study}/make-ups", {"post": "02", "on": DAY, "hours": 4})
    refused("not_found", people.neighbour.post, "intake", f"{study}/withdrawal", {"reason": "不对"})
    people.liaison.post("intake", f"{study}/make-ups", {"post": "02", "on": DAY, "hours": 4})
    rows = people.office.get("intake", "/studies", **PLACE)["totals"]["rows"]
    assert {row["hours"] for row in rows} == {4} and len(rows) == len(POSTS)
    refused("not_found", people.stranger.get, "intake", "/studies", **PLACE)
    refused("not_permitted", people.admin.get, "intake", "/studies", **PLACE)


def test_a_reader_who_is_recused_sees_neither_talks_nor_study_until_that_is_over(stack, people):
    """As if the unit were another group's; the rest of the group goes on."""
    colleague = stack.person("colleague", grant("group_leader", "group", "G4"))
    kept = people.supervisor.post("review", "/recusals", {**PLACE, "reason": "亲属任职"})
    stack.settled()
    for ask in (listed, owed, studies):
        refused("not_found", ask, people.supervisor)
        assert ask(colleague)
    assert people.supervisor.get("intake", "/talks/units", campaign=CAMPAIGN)["rows"] == []
    people.supervisor.post("review", f"/recusals/{kept['recusal_id']}/end", {"reason": "已调离"})
    stack.settled()
    assert listed(people.supervisor) and studies(people.supervisor)
