"""The main job by a program, end to end: from the opened campaign to the effectiveness list.

One unit's way is told in order; each step shows what it must refuse before it shows what it does.
"""

import concurrent.futures
import datetime
import json

import pytest

from services.spine import clock, contracts
from tests.stack import CAMPAIGN, Program, Refused, Stack, document, grant, wait_until

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
OUTLINE = f"{MEETING}.speech_outline.02"
PASSED = {code: {"passed": True} for code in ("problems", "examples", "persuasion", "causes", "measures")}
ITEM = {
    "campaign": CAMPAIGN,
    "unit": UNIT,
    "key": "p01",
    "problem": "1.2公里灌渠水毁半年未修复",
    "source": "supervision",
    "category": "phased",
    "responsible": "分管农田建设的副局长",
    "standard": "通水验收",
    "measures": [{"what": "完成灌渠修复", "who": "分管农田建设的副局长", "due_on": "2099-02-28"}],
    "milestones": [{"key": "s1", "deliverable": "通水", "due_on": "2099-02-28"}],
    "due_on": "2099-03-31",
}


class People:
    """Everybody who takes part, each at the public API."""

    def __init__(self, stack: Stack) -> None:
        self.office = stack.signed_in("office", grant("office", "campaign", CAMPAIGN))
        self.liaison = stack.signed_in("liaison", grant("liaison", "unit", UNIT))
        self.stranger = stack.signed_in("stranger", grant("liaison", "unit", OTHER))
        self.supervisor = stack.signed_in("supervisor", grant("supervisor", "group", "G4"))
        self.colleague = stack.signed_in("colleague", grant("supervisor", "group", "G4"))


@pytest.fixture(scope="module")
def people(stack):
    stack.load([UNIT, OTHER], opened=False)
    return People(stack)


def hand_in(who: Program, name: str, follows: int = 0, **fields: str) -> dict:
    return who.hand_in(OUTLINE, name.rsplit("/", 1)[-1], document(name), follows, **fields)


def material(people: People) -> dict:
    return people.liaison.get("intake", f"/materials/{OUTLINE}")


def refused(code: str, act: object, *words: object, **how: object) -> dict:
    """What a door says when it says no, with that code."""
    with pytest.raises(Refused) as no:
        act(*words, **how)  # type: ignore[operator]
    assert no.value.code == code, no.value
    return no.value.problem


def test_1_the_office_opens_the_campaign_and_every_date_is_counted_back(stack, people):
    refused("not_permitted", people.liaison.post, "registry", f"/campaigns/{CAMPAIGN}/open", {})
    people.office.post("registry", f"/campaigns/{CAMPAIGN}/open", {})
    again = people.office.post("registry", f"/campaigns/{CAMPAIGN}/open", {})
    assert again["state"] == "open"
    stack.settled()

    meeting = people.liaison.get("registry", f"/meetings/{MEETING}")
    assert len(meeting["aspects"]) == 12 and not meeting["gate"]["open"]
    earlier = (clock.day(meeting["meeting_on"]) - datetime.timedelta(days=5)).isoformat()
    past = {"on": "2000-01-01", "reason": "与全会冲突"}
    refused("meeting_day_too_early", people.liaison.post, "registry", f"/meetings/{MEETING}/schedule", past)
    past["on"] = (clock.day(clock.today()) - datetime.timedelta(days=1)).isoformat()
    refused("meeting_day_past", people.liaison.post, "registry", f"/meetings/{MEETING}/schedule", past)
    moved = people.liaison.post("registry", f"/meetings/{MEETING}/schedule", {"on": earlier, "reason": "与全会冲突"})
    assert [row["counted"]["from"] for row in moved["aspects"]] == [earlier] * 12


def test_2_an_outline_is_kept_as_version_1_with_its_hash_and_the_same_file_twice_is_one_version(stack, people):
    refused("not_found", hand_in, people.stranger, "docx/so-01.docx")
    refused("not_permitted", hand_in, people.supervisor, "docx/so-01.docx")
    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda _: hand_in(people.liaison, "docx/so-01.docx"), range(4)))

    assert {answer["version"] for answer in answers} == {1}
    assert sorted(answer["repeated"] for answer in answers) == [False, True, True, True]
    assert len({json.dumps(answer["receipt"]) for answer in answers}) == 1
    original = people.liaison.ask("GET", "intake", f"/materials/{OUTLINE}/versions/1/file")
    assert original.content == document("docx/so-01.docx")
    refused("version_exists", hand_in, people.liaison, "so-04.txt")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("提纲.docx", document("hostile/oa-export.docx"), "file_not_what_its_name_says"),
        ("提纲.docx", document("hostile/bomb.docx"), "file_bomb"),
        ("提纲.docx", document("docx/so-01.docx")[:30000], "file_damaged"),
        ("提纲.docx", b"", "file_empty"),
        ("提纲.docx", b"x" * 60 * 2**20, "file_too_large"),
        ("提纲.exe", b"MZ" * 99, "file_kind_unknown"),
    ],
)
def test_3_a_file_that_cannot_come_in_is_answered_clearly_and_harms_nothing(stack, people, name, data, code):
    problem = refused(code, people.liaison.hand_in, f"{MEETING}.speech_outline.03", name, data)
    assert problem["detail"] and "…" not in problem["detail"]
    assert stack.healthy("intake")
    refused("not_found", people.liaison.get, "intake", f"/materials/{MEETING}.speech_outline.03")


def test_4_the_pre_check_keeps_findings_that_stand_in_the_text(stack, people):
    hand = people.liaison.hand_in
    own = document("so-02.md").replace("桐浦市林业局".encode(), "青溪县农业农村局".encode())
    hand(f"{MEETING}.speech_outline.04", "提纲.md", own)
    stack.settled()

    review = people.supervisor.get("review", f"/reviews/{MEETING}.speech_outline.04.v1")
    assert (review["state"], review["fails"]) == ("prechecked", ["measures"])
    text = {paragraph["n"]: paragraph["text"] for paragraph in review["paragraphs"]}
    for finding in review["findings"]:
        assert finding["reason"]["zh"] and finding["reason"]["en"]
        if finding["anchor"]["quotation"]:
            assert finding["anchor"]["quotation"] in text[finding["anchor"]["paragraph"]]
    assert material(people)["state"] == "prechecked"


def test_5_a_scan_is_not_judged_but_said_to_be_unreadable(stack, people):
    people.liaison.hand_in(f"{MEETING}.speech_outline.05", "扫描.pdf", document("hostile/scan-so-08.pdf"))
    stack.settled()

    review = people.supervisor.get("review", f"/reviews/{MEETING}.speech_outline.05.v1")
    assert (review["state"], review["refusal"]["code"], review["fails"]) == ("unreadable", "no_text_layer", [])


def test_6_a_near_copy_is_found_and_a_foreign_text_is_shown_only_by_its_passage(stack, people):
    copy = f"{CAMPAIGN}.{OTHER}.speech_outline.02"
    people.stranger.hand_in(copy, "so-09.txt", document("so-09.txt"))
    stack.settled()

    review = people.stranger.get("review", f"/reviews/{copy}.v1")
    assert "persuasion" in review["fails"]
    found = review["near_copies"][0]
    assert found["whose"] == "another_unit" and found["passages"]
    assert not {"unit", "material_id", "review_id", "post"} & set(found)
    source = people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")
    assert source["near_copies"] == [], "who was first is not at fault"


def test_6b_copies_handed_in_at_the_same_moment_are_found_too(stack, people):
    """Whichever is pre-checked first: the later one is at fault, the earlier one is not."""
    first, second = f"{MEETING}.speech_outline.07", f"{CAMPAIGN}.{OTHER}.speech_outline.03"
    people.liaison.hand_in(first, "a.txt", document("so-05.md"))
    people.stranger.hand_in(second, "b.txt", document("so-05.md") + b" ")
    stack.settled()

    assert people.supervisor.get("review", f"/reviews/{first}.v1")["near_copies"] == []
    later = people.stranger.get("review", f"/reviews/{second}.v1")
    assert "persuasion" in later["fails"] and len(later["near_copies"]) == 1


def test_7_the_queue_is_ordered_by_meeting_day_and_foreign_readings_are_not_found(people):
    rows = people.supervisor.get("review", "/reviews", state="open")["rows"]
    assert [row["meeting_on"] for row in rows] == sorted(row["meeting_on"] for row in rows)
    assert {row["unit"] for row in rows} == {UNIT}
    refused("not_found", people.stranger.get, "review", f"/reviews/{OUTLINE}.v1")


def test_8_a_verdict_returns_the_material_once_however_often_the_button_is_pressed(stack, people):
    path = f"/reviews/{OUTLINE}.v1/verdict"
    verdict = {**PASSED, "measures": {"passed": False, "reason": "第3条没有验收人", "would_pass": "写明验收人"}}
    refused("not_permitted", people.liaison.post, "review", path, {"standards": verdict})
    refused(
        "verdict_without_reason",
        people.supervisor.post,
        "review",
        path,
        {"standards": {**PASSED, "causes": {"passed": False}}},
    )
    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        readers = [people.supervisor, people.colleague] * 2
        answers = list(hands.map(lambda who: who.ask("POST", "review", path, json={"standards": verdict}), readers))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_judged"}
    stack.settled()
    returned = material(people)
    assert (returned["state"], returned["comments"]) == ("returned", [f"{OUTLINE}.v1.measures"])


def test_9_the_next_version_answers_every_comment(stack, people):
    answers = json.dumps({f"{OUTLINE}.v1.measures": "已写明由农机站站长验收"})
    refused("unchanged", hand_in, people.liaison, "docx/so-01.docx", follows=1)
    refused("comments_unanswered", hand_in, people.liaison, "so-01.txt", follows=1)
    handed = hand_in(people.liaison, "so-01.txt", follows=1, answers=answers)
    assert handed["version"] == 2
    stack.settled()

    refused("already_judged", people.supervisor.post, "review", f"/reviews/{OUTLINE}.v1/verdict", {"standards": PASSED})
    versions = material(people)["versions"]
    assert [version["outcome"] for version in versions] == ["returned", None]


def test_10_a_verdict_on_an_old_version_is_refused_and_the_new_one_passes(stack, people):
    third = f"{MEETING}.speech_outline.06"
    people.liaison.hand_in(third, "a.txt", document("so-04.txt"))
    people.liaison.hand_in(third, "b.txt", document("so-06.txt"), follows=1)
    stack.settled()
    problem = refused(
        "superseded", people.supervisor.post, "review", f"/reviews/{third}.v1/verdict", {"standards": PASSED}
    )
    assert problem["params"]["newer"] == 2

    path = f"/reviews/{OUTLINE}.v2/verdict"
    problem = refused("responses_undecided", people.supervisor.post, "review", path, {"standards": PASSED})
    assert problem["errors"][0]["pointer"] == f"/responses/{OUTLINE}.v1.measures"
    responses = {f"{OUTLINE}.v1.measures": {"confirmed": True}}
    people.supervisor.post("review", path, {"standards": PASSED, "responses": responses})
    stack.settled()
    assert material(people)["state"] == "passed"


def test_11_the_meeting_waits_for_its_materials_and_its_quorum(stack, people):
    path = f"/meetings/{MEETING}/held"
    meeting = people.liaison.get("registry", f"/meetings/{MEETING}")
    posts = [post["post"] for post in meeting["posts"]]
    record = {"held_on": clock.today(), "present": posts, "absences": []}
    refused("materials_not_passed", people.liaison.post, "registry", path, record)
    refused("not_permitted", people.liaison.post, "registry", f"/meetings/{MEETING}/waivers", {})
    for row in meeting["required"]:
        if row["gate"] and row["state"] != "passed":
            waiver = {"kind": row["kind"], "post": row["post"], "reason": "督导组已审阅纸质稿"}
            people.office.post("registry", f"/meetings/{MEETING}/waivers", waiver)
    stack.settled()
    numbers = people.liaison.get("registry", f"/meetings/{MEETING}")["gate"]["aspects"]
    problem = refused("aspects_not_settled", people.liaison.post, "registry", path, record)
    assert numbers == [1, 2, 3, 4] and problem["params"]["count"] == 4
    waived = {"state": "waived", "note": "已合并进行"}
    refused("not_permitted", people.liaison.post, "registry", f"/meetings/{MEETING}/aspects/4", waived)
    for number in (1, 2, 3):
        done = {"state": "done", "note": "已完成"}
        people.liaison.post("registry", f"/meetings/{MEETING}/aspects/{number}", done)
    people.office.post("registry", f"/meetings/{MEETING}/aspects/4", waived)
    filed = people.office.get("intake", f"/units/{UNIT}/filing", campaign=CAMPAIGN)["rows"]
    assert "03" in {row["post"] for row in filed if row["state"] == "waived"}
    letters = people.liaison.get("notification", "/messages", size="200")["rows"]
    days = [row["text"] for row in letters if row["event"] == "meeting_scheduled"]
    assert len(days) == len(set(days)), "a waiver tells nobody the day again"

    before = (clock.day(clock.today()) - datetime.timedelta(days=1)).isoformat()
    refused("held_before_gate", people.liaison.post, "registry", path, {**record, "held_on": before})
    refused("below_quorum", people.liaison.post, "registry", path, {**record, "present": posts[:3]})
    refused("absence_without_reason", people.liaison.post, "registry", path, {**record, "present": posts[:-1]})
    absent = {**record, "present": posts[:-1], "absences": [{"post": posts[-1], "reason": "因公出差"}]}
    assert people.liaison.post("registry", path, absent)["stage"] == "held"
    refused("already_held", people.liaison.post, "registry", path, absent)


def test_12_a_problem_goes_from_the_ledger_to_the_effectiveness_list_and_never_by_its_owner(stack, people):
    item = f"{MEETING}.p01"
    refused("not_found", people.stranger.post, "rectification", "/items", ITEM)
    first = people.liaison.post("rectification", "/items", ITEM)
    assert people.liaison.post("rectification", "/items", ITEM)["number"] == first["number"] == 1
    refused("key_taken", people.liaison.post, "rectification", "/items", {**ITEM, "problem": "别的问题"})
    closeout = {"result": "已通水", "effect": {"before": "靠抽水浇灌", "after": "恢复自流灌溉"}}
    refused("evidence_missing", people.liaison.post, "rectification", f"/items/{item}/closeout", closeout)

    form = {"campaign": CAMPAIGN, "unit": UNIT}
    file = people.liaison.ask(
        "POST", "intake", "/files", data=form, files={"file": ("验收单.txt", "通水验收".encode())}
    )
    kept = file.json()
    evidence = {"title": "通水验收单", "dated_on": clock.today(), "receipt": kept["receipt"]}
    progress = {"key": "e1", "on": clock.today(), "text": "灌渠修复并通水", "evidence": [evidence]}
    progress |= {"milestones": ["s1"]}
    forged = {**progress, "evidence": [{**evidence, "receipt": "eyJhbGciOiJub25lIn0.e30."}]}
    refused("receipt_unknown", people.liaison.post, "rectification", f"/items/{item}/progress", forged)
    people.liaison.post("rectification", f"/items/{item}/progress", progress)
    assert people.supervisor.ask("GET", "intake", f"/files/{kept['sha256']}").content == "通水验收".encode()
    refused("not_found", people.stranger.get, "intake", f"/files/{kept['sha256']}")

    applied = people.liaison.post("rectification", f"/items/{item}/closeout", closeout)
    verdict = {"passed": True, "reason": "现场查看属实", "hash": applied["closeout"]["hash"]}
    refused("not_permitted", people.liaison.post, "rectification", f"/items/{item}/verification", verdict)
    assert people.supervisor.post("rectification", f"/items/{item}/verification", verdict)["colour"] == "green"
    effects = people.office.get("rectification", "/effectiveness")["rows"]
    assert [(row["item_id"], row["after"], row["on_time"]) for row in effects] == [(item, "恢复自流灌溉", True)]


def test_13_the_boards_numbers_equal_the_lists_they_count(stack, people):
    stack.settled()
    board = people.office.get("registry", f"/campaigns/{CAMPAIGN}/progress")
    assert {row["stage"]: row["units"] for row in board["stages"]}["closed"] == 1
    for region in board["regions"]:
        for stage, count in region["stages"].items():
            listed = people.office.get(
                "registry", f"/campaigns/{CAMPAIGN}/meetings", region=region["region"], stage=stage
            )
            assert listed["total"] == count


def test_14_everyone_was_told_and_the_feed_holds_every_event_in_order(stack, people):
    told = {row["event"] for row in people.liaison.get("notification", "/messages")["rows"]}
    assert {"meeting_scheduled", "verdict_issued", "closeout_decided"} <= told
    asked = {row["event"] for row in people.supervisor.get("notification", "/messages")["rows"]}
    assert {"material_prechecked", "meeting_held", "closeout_requested"} <= asked

    answer = people.office.ask("GET", "notification", "/events", params={"limit": "1000"})
    events = answer.json()
    assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
    assert int(answer.headers["X-Next-After"]) == events[-1]["feedsequence"]
    for event in events:
        contracts.check("events/envelope", event)
        contracts.check(f"events/{event['type'].removeprefix('rectify.')}", event["data"])
    for subject in {event["subject"] for event in events}:
        sequence = [event["sequence"] for event in events if event["subject"] == subject]
        assert sequence == sorted(sequence)
    assert len({event["id"] for event in events}) == len(events)
    tail = people.office.get("notification", "/events", after=str(events[-1]["feedsequence"] - 1))
    assert [event["id"] for event in tail] == [events[-1]["id"]]


def test_15_nothing_was_buried_and_telling_everything_again_changes_nothing(stack, people):
    operator = stack.operator()
    before = stack.database("registry").meetings.find_one({"_id": MEETING})
    told = operator.post("notification", "/replay", {})["told"]
    assert told > 10
    wait_until(lambda: not stack.unsettled(), 30)
    assert stack.database("registry").meetings.find_one({"_id": MEETING}) == before
    for service in stack.ports:
        assert operator.get(service, "/status")["dead_letters"] == 0


def test_16_an_item_is_made_clear_planned_asked_for_closed_level_by_level_and_opened_again_by_others(stack, people):
    leader = stack.signed_in("leader", grant("group_leader", "group", "G4"))
    secretary = stack.signed_in("secretary", grant("secretary", "unit", UNIT))

    def door(path: str) -> tuple[str, str]:
        return "rectification", path

    draft = {key: ITEM[key] for key in ("campaign", "unit", "problem", "source")} | {
        "key": "p02",
        "category": "long_term",
    }
    item, plan = f"/items/{MEETING}.p02", f"/plans/{MEETING}"
    begun = people.liaison.post(*door("/items"), {**draft, "standard": "一年内无反弹", "again": True})
    assert (begun["state"], begun["lacking"]) == ("registered", ["responsible", "measures"])
    goals = {"goals": "三个月内解决灌渠问题"}
    refused("items_not_clear", people.liaison.post, *door(f"{plan}/submission"), goals)
    clear = {
        "responsible": "分管副局长",
        "measures": [{"key": "m1", "what": "管护", "who": "站长", "due_on": "2099-02-28"}],
    }
    refused("not_permitted", people.supervisor.post, *door(f"{item}/revision"), clear)
    refused("not_found", people.stranger.post, *door(f"{item}/revision"), clear)
    assert people.liaison.post(*door(f"{item}/revision"), clear)["state"] == "open"

    seen = people.liaison.post(*door(f"{plan}/submission"), goals)
    decision = {"hash": seen["now"], "passed": True, "reason": "措施具体"}
    refused("not_permitted", people.liaison.post, *door(f"{plan}/decision"), decision)
    refused("not_found", people.stranger.get, *door(plan))
    refused("plan_changed", people.supervisor.post, *door(f"{plan}/decision"), {**decision, "hash": "0" * 64})
    for _ in range(2):
        assert people.supervisor.post(*door(f"{plan}/decision"), decision)["state"] == "approved"
    people.liaison.post(*door(f"{item}/revision"), {"standard": "两年内无反弹"})
    stack.settled()
    stale = people.supervisor.get(*door(plan))
    assert stale["state"] == "stale" and [one["number"] for one in stale["changed"]] == [2]

    asked = {"kind": "retype", "to": "phased", "due_on": "2099-06-30", "reason": "可以分阶段办"}
    refused("not_permitted", people.supervisor.post, *door(f"{item}/requests"), asked)
    refused("field_needed", people.liaison.post, *door(f"{item}/requests"), asked)
    stones = [{"key": "s1", "deliverable": "建制", "due_on": "2099-06-30"}]
    people.liaison.post(*door(f"{item}/revision"), {"milestones": stones})
    people.liaison.post(*door(f"{item}/requests"), asked)
    grants = {"passed": True, "reason": "情况属实"}
    for who in (people.liaison, people.supervisor):
        refused("not_permitted", who.post, *door(f"{item}/requests/1/decision"), grants)
    refused("not_found", leader.post, *door(f"{item}/requests/2/decision"), grants)
    assert leader.post(*door(f"{item}/requests/1/decision"), grants)["category"] == "phased"
    back = {"kind": "retype", "to": "long_term", "reason": "还是要长期抓"}
    people.liaison.post(*door(f"{item}/requests"), back)
    assert people.office.post(*door(f"{item}/requests/2/decision"), grants)["category"] == "long_term"

    evidence = [{"title": "走访台账", "dated_on": clock.today()}]
    closeout = {"result": "已建制", "effect": {"before": "无人管", "after": "有人管"}}
    progress = {"key": "e1", "on": clock.today(), "text": "走访", "evidence": evidence, "percent": 90}
    progress |= {"milestones": ["s1"]}
    people.liaison.post(*door(f"{item}/progress"), progress)
    refused("evidence_without_file", people.liaison.post, *door(f"{item}/closeout"), closeout)
    files = {"file": ("走访台账.txt", "走访48户".encode())}
    form = {"campaign": CAMPAIGN, "unit": UNIT}
    kept = people.liaison.ask("POST", "intake", "/files", data=form, files=files).json()
    filed = {**progress, "key": "e2", "evidence": [{**evidence[0], "receipt": kept["receipt"]}]}
    shown = people.liaison.post(*door(f"{item}/progress"), filed)
    assert (shown["fresh"], shown["fresh_files"]) == (2, 1)
    refused("interim_missing", people.liaison.post, *door(f"{item}/closeout"), closeout)
    people.liaison.post(
        *door(f"{item}/interim"), {"key": "i1", "on": clock.today(), "result": "覆盖", "evidence": evidence}
    )
    refused("nothing_applied", people.liaison.get, *door(f"{item}/slip"))
    applied = people.liaison.post(*door(f"{item}/closeout"), closeout)
    verdict = {"passed": True, "reason": "现场查看属实", "hash": applied["closeout"]["hash"]}
    for blank in ("", " \n　"):
        refused("invalid", people.supervisor.post, *door(f"{item}/verification"), {**verdict, "reason": blank})
    passed = people.supervisor.post(*door(f"{item}/verification"), verdict)["closeout"]
    assert passed["next"] == "office"
    refused("closeout_changed", people.colleague.post, *door(f"{item}/verification"), verdict)
    verdict["hash"] = passed["hash"]
    refused("level_not_yours", people.colleague.post, *door(f"{item}/verification"), verdict)
    assert people.office.post(*door(f"{item}/verification"), verdict)["state"] == "closed"
    slip = people.liaison.ask("GET", "rectification", f"{item}/slip", params={"unit_name": "青溪县农业农村局"})
    assert slip.content.startswith(b"PK")
    stack.settled()
    assert people.office.get("registry", f"/meetings/{MEETING}")["stage"] == "closed"

    undo = {"reason": "群众反映又没人管", "due_on": "2099-09-30"}
    for who in (people.liaison, secretary):
        refused("not_permitted", who.post, *door(f"{item}/reopening"), undo)
    came = {"on": clock.today(), "result": "rebounded", **undo}
    assert people.colleague.post(*door(f"{item}/rechecks"), came)["rebounds"] == 1
    stack.settled()
    assert people.office.get("registry", f"/meetings/{MEETING}")["stage"] == "rectifying"
    effects = people.office.get(*door("/effectiveness"))["rows"]
    assert [row["item_id"] for row in effects] == [f"{MEETING}.p01"], "what came back is withdrawn from the list"
    told = {row["event"] for row in people.liaison.get("notification", "/messages", size="200")["rows"]}
    assert {"plan_decided", "plan_stale", "retype_decided", "item_reopened"} <= told
    assert {row["event"] for row in leader.get("notification", "/messages", size="200")["rows"]} >= {"retype_asked"}
    for service in stack.ports:
        assert stack.operator().get(service, "/status")["dead_letters"] == 0
