"""Reading by a group, over the doors: one holder, rounds with answers, verdicts taken back, more time, a talk."""

import concurrent.futures
import json
from types import SimpleNamespace

import pytest

from services.rectification import lists
from services.spine import clock
from tests.stack import CAMPAIGN, Refused, document, grant

UNIT = "990823-NYNC"
OUTLINE = f"{CAMPAIGN}.{UNIT}.speech_outline.02"
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}
SENT_BACK = {
    **PASSED,
    "measures": {"passed": False, "reason": "没有写完成日期", "quotation": "", "would_pass": "写明日期"},
}


@pytest.fixture(scope="module")
def people(opened):
    supervisor = grant("supervisor", "group", "G4")
    former = {**grant("liaison", "unit", UNIT), "until": "2020-01-01"}
    return SimpleNamespace(
        liaison=opened.person("liaison", grant("liaison", "unit", UNIT)),
        first=opened.person("first", supervisor),
        second=opened.person("second", supervisor),
        third=opened.person("third", supervisor),
        leader=opened.person("leader", grant("group_leader", "group", "G4")),
        former=opened.person("former", supervisor, former),
        office=opened.person("office", grant("office", "campaign", CAMPAIGN)),
        secretary=opened.person("secretary", grant("secretary", "unit", UNIT)),
        stranger=opened.person("stranger", grant("supervisor", "group", "G7")),
    )


def refused(code, ask, *arguments):
    with pytest.raises(Refused) as no:
        ask(*arguments)
    assert no.value.code == code, no.value.problem
    return no.value.problem


def review_of(who, version):
    return who.get("review", f"/reviews/{OUTLINE}.v{version}")


def in_days(count):
    return lists.after(clock.today(), count)


def test_of_two_who_claim_at_once_one_holds_and_the_other_is_told_who(opened, people):
    people.liaison.hand_in(OUTLINE, "提纲.txt", document("so-02.md"))
    opened.settled()
    path = f"/reviews/{OUTLINE}.v1/claim"
    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        asked = [people.first, people.second] * 2
        answers = list(hands.map(lambda who: who.ask("POST", "review", path, json={}), asked))
    holders = {answer.json()["holder"]["account"] for answer in answers if answer.status_code == 200}
    assert len(holders) == 1
    no = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (no["code"], no["params"]["by"]) == ("held_by_another", holders.pop())


def test_what_somebody_holds_is_read_by_nobody_else_until_it_is_given_back(opened, people):
    holder = review_of(people.first, 1)["holder"]["account"]
    mine, other = (people.first, people.second) if holder == "first" else (people.second, people.first)
    refused("held_by_another", other.post, "review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": SENT_BACK})
    refused("held_by_another", other.post, "review", f"/reviews/{OUTLINE}.v1/release", {})
    refused("reason_needed", people.leader.post, "review", f"/reviews/{OUTLINE}.v1/release", {})
    assert mine.get("review", "/reviews", mine="held")["total"] == 1
    assert other.get("review", "/reviews", mine="free")["total"] == 0
    assert review_of(people.liaison, 1)["holder"] is None, "the unit does not see who reads"
    people.leader.post("review", f"/reviews/{OUTLINE}.v1/release", {"reason": "今天病假"})
    assert other.get("review", "/reviews", mine="free")["total"] == 1


def test_whom_it_concerns_gets_nothing_and_who_declined_is_not_asked_again(opened, people):
    path = f"/reviews/{OUTLINE}.v1"
    refused("own_former_unit", people.former.post, "review", f"{path}/claim", {})
    people.second.post("review", f"{path}/decline", {"reason": "与作者是亲属"})
    refused("declined_before", people.second.post, "review", f"{path}/claim", {})
    refused("declined_before", people.second.post, "review", f"{path}/verdict", {"standards": SENT_BACK})
    assert review_of(people.second, 1)["barred"] == "declined_before"
    recusal = {"campaign": CAMPAIGN, "unit": UNIT, "reason": "原在该单位工作"}
    kept = people.first.post("review", "/recusals", recusal)
    refused("recused", people.first.post, "review", f"{path}/claim", {})
    refused("nothing_free", people.first.post, "review", "/claims/next", {"campaign": CAMPAIGN})
    people.first.post("review", f"/recusals/{kept['recusal_id']}/end", {"reason": "登记有误"})
    assert people.first.post("review", "/claims/next", {"campaign": CAMPAIGN})["holder"]["account"] == "first"
    refused("not_found", people.stranger.post, "review", f"{path}/claim", {})


def test_a_leader_spreads_the_days_reading_and_sees_who_has_what(opened, people):
    for post, text in (("03", "so-03.txt"), ("04", "so-04.txt")):
        people.liaison.hand_in(f"{CAMPAIGN}.{UNIT}.speech_outline.{post}", "提纲.txt", document(text))
    opened.settled()
    given = people.leader.post("review", "/distributions", {"campaign": CAMPAIGN, "readers": ["first", "second"]})
    assert (given["left"], {row["account"]: row["given"] for row in given["rows"]}) == (0, {"first": 1, "second": 1})
    rows = {row["account"]: row["held"] for row in people.leader.get("review", "/readers", campaign=CAMPAIGN)["rows"]}
    assert (rows["first"], rows["second"]) == (2, 1)
    mine = people.second.get("review", "/readers", campaign=CAMPAIGN)["rows"]
    assert [row["account"] for row in mine] == ["second"]
    counts = people.second.get("review", "/reviews/counts", campaign=CAMPAIGN)
    assert (counts["held_by_me"], counts["free"], counts["prechecked"]) == (1, 0, 3)
    released = people.second.post("review", "/claims", {"review_ids": [f"{OUTLINE}.v1"]})["rows"][0]
    assert (released["held"], released["code"]) == (False, "held_by_another")


def test_a_verdict_carries_reasons_and_notes_and_the_author_sees_them_then(opened, people):
    quotation = review_of(people.first, 1)["paragraphs"][5]["text"][:12]
    note = {"text": "这件事后来怎样了？", "anchor": {"paragraph": 6, "quotation": quotation}}
    people.first.post("review", f"/reviews/{OUTLINE}.v1/notes", note)
    wrong = {**note, "anchor": {"quotation": "文中没有的话"}}
    refused("quotation_not_in_text", people.first.post, "review", f"/reviews/{OUTLINE}.v1/notes", wrong)
    assert review_of(people.liaison, 1)["notes"] == []
    people.first.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": SENT_BACK})
    opened.settled()
    seen = review_of(people.liaison, 1)["verdict"]
    assert [comment["id"].rsplit(".", 1)[1] for comment in seen["comments"]] == ["measures", "n1"]
    assert people.liaison.get("intake", f"/materials/{OUTLINE}")["comments"] == [one["id"] for one in seen["comments"]]


def test_the_leader_gives_more_time_and_a_reader_cannot(opened, people):
    path, due_on = f"/reviews/{OUTLINE}.v1/extension", review_of(people.first, 1)["verdict"]["due_on"]
    later = lists.after(due_on, 1)
    refused("not_permitted", people.first.post, "review", path, {"due_on": later, "reason": "出差"})
    refused("extension_not_later", people.leader.post, "review", path, {"due_on": due_on, "reason": "出差"})
    refused("extension_past_meeting", people.leader.post, "review", path, {"due_on": "2099-01-01", "reason": "出差"})
    people.leader.post("review", path, {"due_on": later, "reason": "作者因公出差"})
    opened.settled()
    assert people.liaison.get("intake", f"/materials/{OUTLINE}")["due_on"] == later
    assert review_of(people.liaison, 1)["extensions"][0]["reason"] == "作者因公出差"


def test_a_verdict_is_taken_back_at_its_level_or_above_and_stays_on_record(opened, people):
    path = f"/reviews/{OUTLINE}.v1/withdrawal"
    refused("not_your_verdict", people.secretary.post, "review", path, {"reason": "看错了"})
    refused("not_found", people.stranger.post, "review", path, {"reason": "看错了"})
    refused("declined_before", people.second.post, "review", path, {"reason": "看错了"})
    assert people.third.post("review", path, {"reason": "看错了一处"})["state"] == "prechecked"
    opened.settled()
    material = people.liaison.get("intake", f"/materials/{OUTLINE}")
    assert (material["state"], material["comments"], material["due_on"]) == ("prechecked", [], None)
    assert review_of(people.leader, 1)["withdrawn"][0]["withdrawn"]["reason"] == "看错了一处"
    refused("not_judged", people.first.post, "review", path, {"reason": "再撤"})
    people.first.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": SENT_BACK})
    opened.settled()
    assert people.liaison.get("intake", f"/materials/{OUTLINE}")["state"] == "returned"


def answer(version):
    how = {"how": "accepted", "where": "第三部分", "text": "已写明"}
    return json.dumps({f"{OUTLINE}.v{version}.{key}": how for key in ("measures", "n1")})


def test_the_next_round_confirms_or_opens_again_every_comment(opened, people):
    second = document("so-02.md").decode().replace("尽快", "2024年3月底前").encode()
    people.liaison.hand_in(OUTLINE, "提纲.md", second, follows=1, answers=answer(1))
    opened.settled()
    review = review_of(people.first, 2)
    assert {one["id"].rsplit(".", 1)[1]: one["now"]["state"] for one in review["carried"]} == {
        "measures": "kept",
        "n1": "kept",
    }
    changed = people.first.get("review", f"/reviews/{OUTLINE}.v2/differences")
    assert changed["counts"]["changed"] >= 1 and changed["against"] == 1
    refused("no_such_version", people.first.get, "review", f"/reviews/{OUTLINE}.v1/differences")

    path, both = f"/reviews/{OUTLINE}.v2/verdict", [f"{OUTLINE}.v1.measures", f"{OUTLINE}.v1.n1"]
    no = refused("responses_undecided", people.first.post, "review", path, {"standards": PASSED})
    assert no["params"]["count"] == 2
    responses = {both[0]: {"confirmed": True}, both[1]: {"confirmed": False, "reason": "仍未说明结果"}}
    refused("reopened_but_passed", people.first.post, "review", path, {"standards": PASSED, "responses": responses})
    given = people.first.post("review", path, {"standards": SENT_BACK, "responses": responses})
    assert [one["id"].rsplit(".", 1)[1] for one in given["comments"]] == ["measures", "r1"]
    assert review_of(people.first, 2)["responses"][both[1]]["reason"] == "仍未说明结果"


def test_after_three_rounds_the_leader_talks_with_the_author_first(opened, people):
    text = document("so-02.md")
    opened.settled()
    for version in (3, 4):
        owed = [one["id"] for one in review_of(people.first, version - 1)["verdict"]["comments"]]
        answers = json.dumps({key: {"how": "explained", "text": "说明"} for key in owed})
        people.liaison.hand_in(
            OUTLINE, "提纲.md", text + b"\n" * version + b"x" * version, version - 1, answers=answers
        )
        opened.settled()
        body = {"standards": SENT_BACK, "responses": {key: {"confirmed": True} for key in owed}}
        path = f"/reviews/{OUTLINE}.v{version}/verdict"
        if version == 4:
            assert review_of(people.first, 4)["talk_needed"]
            refused("talk_needed", people.first.post, "review", path, body)
            talk = {"on": in_days(0), "with_post": "02", "place": "局会议室", "agreed": "逐条补写"}
            refused("not_permitted", people.first.post, "review", f"/materials/{OUTLINE}/talks", talk)
            long_ago = {**talk, "on": in_days(-1)}
            refused("talk_before_verdict", people.leader.post, "review", f"/materials/{OUTLINE}/talks", long_ago)
            kept = people.leader.post("review", f"/materials/{OUTLINE}/talks", talk)
            assert people.leader.post("review", f"/materials/{OUTLINE}/talks", talk) == kept
        people.first.post("review", path, body)
        opened.settled()
    assert review_of(people.leader, 4)["talks"][0]["agreed"] == "逐条补写"


def test_the_queue_is_ordered_by_meeting_day_and_verdicts_stand_once_the_unit_has_met(opened, people):
    days = [row["meeting_on"] for row in people.first.get("review", "/reviews", campaign=CAMPAIGN)["rows"]]
    assert days == sorted(days)
    opened.database("review").meetings.update_one({"_id": f"{CAMPAIGN}.{UNIT}"}, {"$set": {"held": True}})
    path = f"/reviews/{OUTLINE}.v4/withdrawal"
    refused("meeting_over", people.leader.post, "review", path, {"reason": "想改"})
