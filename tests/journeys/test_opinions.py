"""Opinions over the doors: who enters and sees which, and a material that is pre-checked once more because of one."""

import json
from types import SimpleNamespace

import pytest

from services.rectification import lists
from services.spine import clock
from tests.intake.asked import DRAFT
from tests.stack import CAMPAIGN, Refused, document, grant, wait_until

UNIT, OTHER = "990823-NYNC", "990881-LY"
OUTLINE = f"{CAMPAIGN}.{UNIT}.speech_outline.03"
ANSWERED = {"source": "forum", "text": "高标准农田重建轻管"}
MISSED = {"source": "anonymous_appraisal", "text": "驾校补贴名额分配不公，亲戚先挑，残疾学员靠后"}
REMARK = {"source": "supervision_group", "text": "对校车接送点选址不管不问"}


@pytest.fixture(scope="module")
def people(opened):
    return SimpleNamespace(
        liaison=opened.person("liaison", grant("liaison", "unit", UNIT)),
        secretary=opened.person("secretary", grant("secretary", "unit", UNIT)),
        third=opened.person("third", grant("member", "post", f"{UNIT}/03")),
        fourth=opened.person("fourth", grant("member", "post", f"{UNIT}/04")),
        supervisor=opened.person("supervisor", grant("supervisor", "group", "G4")),
        stranger=opened.person("stranger", grant("supervisor", "group", "G7")),
        county=opened.person("county", grant("county_office", "region", "990823")),
        office=opened.person("office", grant("office", "campaign", CAMPAIGN)),
        service=opened.person("service:intake", grant("service", "system", "*", None)),
    )


def add(who, *said, post="03", unit=UNIT):
    draft = {"campaign": CAMPAIGN, "unit": unit, "post": post, "opinions": list(said)}
    return who.post("intake", "/opinions", draft)


def refused(code, ask, *arguments, **named):
    with pytest.raises(Refused) as no:
        ask(*arguments, **named)
    assert no.value.code == code, no.value.problem


def test_each_role_enters_what_is_its_own_to_enter(people):
    assert add(people.liaison, ANSWERED)["added"] == 1
    assert add(people.secretary, ANSWERED)["known"] == 1
    assert add(people.service, {"source": "survey_form", "text": "办事窗口下班早"}, post="team")["added"] == 1
    for who in (people.liaison, people.secretary):
        refused("not_permitted", add, who, REMARK)
    for who in (people.third, people.county):
        refused("not_permitted", add, who, MISSED)
    refused("not_found", add, people.stranger, MISSED)
    refused("not_found", add, people.liaison, MISSED, unit=OTHER)
    refused("not_found", add, people.office, MISSED, unit="990899-XX")
    refused("invalid", add, people.liaison, {"source": "rumour", "text": "听说的"})
    refused("invalid", add, people.liaison, *[ANSWERED] * 101)
    refused("invalid", add, people.liaison, {"source": "other", "text": "长" * 501})


def test_a_member_sees_what_concerns_his_own_post_and_the_team_and_no_more(people):
    add(people.liaison, {"source": "other", "text": "会议开得长"}, post="04")

    def posts(who, **query):
        return {row["post"] for row in who.get("intake", "/opinions", campaign=CAMPAIGN, **query)["rows"]}

    assert posts(people.third) == {"03", "team"}
    assert posts(people.fourth, unit=UNIT) == {"04", "team"}
    assert posts(people.fourth, post="03") == set()
    assert posts(people.supervisor) == posts(people.county) == {"03", "04", "team"}
    assert posts(people.stranger) == set()
    refused("not_permitted", people.service.get, "intake", "/opinions", campaign=CAMPAIGN)


def test_what_came_before_the_material_is_looked_for_in_it(opened, people):
    people.liaison.hand_in(OUTLINE, "提纲.txt", document("so-01.txt"))
    opened.settled()
    review = people.third.get("review", f"/reviews/{OUTLINE}.v1")
    assert [(one["text"], one["answered"]) for one in review["answers"]] == [(ANSWERED["text"], True)]
    assert review["answers"][0]["anchor"]["paragraph"]
    assert "opinion_unanswered" not in {one["code"] for one in review["findings"]}


def test_an_opinion_that_comes_later_has_the_material_pre_checked_once_more(opened, people):
    add(people.liaison, MISSED)
    add(people.supervisor, REMARK)
    opened.settled()
    review = people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")
    assert review["state"] == "prechecked" and "problems" in review["fails"]
    missing = {one["id"] for one in review["findings"] if one["code"] == "opinion_unanswered"}
    assert missing == {one["finding"] for one in review["answers"] if not one["answered"]} and len(missing) == 2


def test_entering_it_again_has_nothing_done_again(opened, people):
    before = opened.database("review").tasks.find_one({"_id": f"{OUTLINE}.v1"})["claims"]
    assert add(people.supervisor, REMARK)["added"] == 0
    opened.settled()
    assert opened.database("review").tasks.find_one({"_id": f"{OUTLINE}.v1"})["claims"] == before


def test_a_withdrawn_opinion_need_not_be_answered_any_more_and_stays_on_record(opened, people):
    rows = people.liaison.get("intake", "/opinions", campaign=CAMPAIGN, post="03")["rows"]
    remark, slip = (
        next(row["opinion_id"] for row in rows if row["source"] == source)
        for source in ("supervision_group", "anonymous_appraisal")
    )
    gone = {"reason": "与第一条重复"}
    refused("not_your_opinion", people.liaison.post, "intake", f"/opinions/{remark}/withdrawal", gone)
    refused("not_permitted", people.third.post, "intake", f"/opinions/{slip}/withdrawal", gone)
    refused("not_found", people.stranger.post, "intake", f"/opinions/{slip}/withdrawal", gone)
    refused("invalid", people.liaison.post, "intake", f"/opinions/{slip}/withdrawal", {"reason": " "})
    first = people.liaison.post("intake", f"/opinions/{slip}/withdrawal", gone)
    assert people.secretary.post("intake", f"/opinions/{slip}/withdrawal", {"reason": "再撤"}) == first
    opened.settled()
    review = people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")
    assert [one["text"] for one in review["answers"] if not one["answered"]] == [REMARK["text"]]
    withdrawn = people.supervisor.get("intake", "/opinions", campaign=CAMPAIGN, state="withdrawn")["rows"]
    assert [(row["opinion_id"], row["withdrawn"]["reason"]) for row in withdrawn] == [(slip, "与第一条重复")]


def test_a_judged_material_is_left_as_it_was_read(opened, people):
    fail = {"passed": False, "reason": "没有回应群众意见"}
    codes = ("examples", "persuasion", "causes", "measures")
    standards = {"problems": fail, **{code: {"passed": True} for code in codes}}
    people.supervisor.post("review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": standards})
    before = people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")["answers"]
    add(people.liaison, {"source": "other", "text": "新来的意见要在下一版回应"})
    opened.settled()
    assert people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")["answers"] == before
    follows = document("so-01.txt") + b"\n"
    people.liaison.hand_in(
        OUTLINE, "提纲.txt", follows, 1, answers=json.dumps({f"{OUTLINE}.v1.problems": "已在第三部分补写"})
    )
    opened.settled()
    assert len(people.supervisor.get("review", f"/reviews/{OUTLINE}.v2")["answers"]) == len(before) + 1


def test_a_verdict_taken_back_finds_the_opinions_that_came_meanwhile(opened, people):
    outline = OUTLINE.replace(".03", ".04")
    people.liaison.hand_in(outline, "提纲.txt", document("so-09.txt"))
    opened.settled()
    codes = ("problems", "examples", "persuasion", "causes", "measures")
    passed = {code: {"passed": True} for code in codes}
    people.supervisor.post("review", f"/reviews/{outline}.v1/verdict", {"standards": passed})
    add(people.liaison, MISSED, post="04")
    people.supervisor.post("review", f"/reviews/{outline}.v1/withdrawal", {"reason": "看漏了"})
    wait_until(
        lambda: len(people.supervisor.get("review", f"/reviews/{outline}.v1")["answers"]) == 2, what="pre-checked again"
    )


def test_a_merger_stands_for_its_parts_until_it_is_undone(opened, people):
    """Their words are kept; the material answers the merged one only."""
    said = ({"source": "forum", "text": "王建国局长下乡少"}, {"source": "other", "text": "很少到田头"})
    ids = add(people.liaison, *said, post="06")["opinion_ids"]
    wanted = {"opinion_ids": ids, "text": "深入基层不够"}
    merged = people.liaison.post("intake", "/opinions/mergers", wanted)
    assert people.secretary.post("intake", "/opinions/mergers", wanted)["opinion_id"] == merged["opinion_id"]
    refused("not_permitted", people.supervisor.post, "intake", "/opinions/mergers", wanted)

    def standing():
        rows = people.supervisor.get("intake", "/opinions", campaign=CAMPAIGN, post="06", state="open")["rows"]
        return {row["text"] for row in rows}

    assert standing() == {"深入基层不够"}
    people.liaison.post("intake", f"/opinions/{merged['opinion_id']}/withdrawal", {"reason": "归并有误"})
    assert standing() == {one["text"] for one in said}
    people.liaison.post("intake", "/opinions/mergers", wanted)
    assert standing() == {"深入基层不够"}
    opened.settled()
    told = {row["_id"]: row["stands"] for row in opened.database("review").opinions.find({"post": "06"})}
    assert told == {merged["opinion_id"]: True, **dict.fromkeys(ids, False)}


def test_opinions_are_fed_back_masked_to_whom_they_are_about_and_to_nobody_else(opened, people):
    """The member's receipt is a day beside each."""
    sixth = opened.person("sixth", grant("member", "post", f"{UNIT}/06"))
    place = {"campaign": CAMPAIGN, "unit": UNIT}
    people.liaison.post("intake", "/opinions/names", {**place, "names": ["田小强"]})
    add(people.liaison, {"source": "forum", "text": "听田小强说，打13800001234没人接"}, post="06")

    def texts(who):
        return {row["text"] for row in who.get("intake", "/opinions", campaign=CAMPAIGN, post="06")["rows"]}

    assert {"听某某说，打＊＊＊没人接", "某局长下乡少"} <= texts(sixth)
    assert {"听田小强说，打13800001234没人接", "王建国局长下乡少"} <= texts(people.supervisor) & texts(people.secretary)
    about = {**place, "post": "06"}
    refused("not_permitted", sixth.post, "intake", "/opinions/feedback", about)
    assert sixth.post("intake", "/opinions/receipt", about)["marked"] == 0
    assert people.liaison.post("intake", "/opinions/feedback", about)["marked"] == 2
    refused("not_found", people.third.post, "intake", "/opinions/receipt", about)
    refused("not_permitted", people.liaison.post, "intake", "/opinions/receipt", about)
    assert sixth.post("intake", "/opinions/receipt", about)["marked"] == 2
    assert sixth.post("intake", "/opinions/receipt", about)["marked"] == 0
    refused("not_permitted", people.office.get, "intake", "/opinions/words", **about)


def test_a_reader_who_is_recused_makes_no_remarks_until_that_is_over(opened, people):
    """Intake keeps what review said."""
    kept = people.supervisor.post("review", "/recusals", {"campaign": CAMPAIGN, "unit": UNIT, "reason": "亲属任职"})
    opened.settled()
    refused("recused", add, people.supervisor, REMARK, post="04")
    people.supervisor.post("review", f"/recusals/{kept['recusal_id']}/end", {"reason": "已调离"})
    opened.settled()
    assert add(people.supervisor, REMARK, post="04")["added"] == 1


def test_an_anonymous_answer_with_the_mark_of_a_state_secret_is_refused_and_its_code_stays_good(opened, people):
    closes_on = lists.after(clock.today(), 3)
    form = people.liaison.post("intake", "/opinion-forms", {**DRAFT, "key": "mmmm2222", "closes_on": closes_on})
    code = people.liaison.post("intake", f"/opinion-forms/{form['form_id']}/codes", {})["codes"][0]
    boxes = opened.database("intake").boxes
    before = list(boxes.find())

    def answer(words):
        sheet = {"code": code, "answers": {"02": {"q1": words}}}
        return people.liaison.post("intake", "/forms/mmmm2222/answers", sheet)

    refused("secrecy_mark_in_words", answer, "附件 机密★一年")
    assert list(boxes.find()) == before
    assert answer("下乡少")["taken"]


def test_a_head_that_names_another_unit_is_found_by_what_the_registry_knows(opened, people):
    outline = OUTLINE.replace(".03", ".05")
    people.liaison.hand_in(outline, "提纲.txt", document("so-04.txt"))
    opened.settled()
    rules = {one["rule"] for one in people.supervisor.get("review", f"/reviews/{outline}.v1")["findings"]}
    assert "persuasion.of_another" in rules


def test_nothing_that_is_stored_of_an_anonymous_opinion_names_whoever_entered_it(opened, people):
    add(opened.person("tongxun-zhang", grant("liaison", "unit", UNIT)), {**MISSED, "text": "只有我知道的一句话"})
    opened.settled()
    for name in ("review", "feed", "notification", "intake"):
        db = opened.database(name)
        for collection in db.list_collection_names():
            for row in db[collection].find():
                told = json.dumps(row, default=str, ensure_ascii=False)
                assert "tongxun-zhang" not in told, (name, collection)
                if (name, collection) == ("intake", "opinions") and row["source"] == "anonymous_appraisal":
                    assert set(row["entered"]) == {"side", "on"}
