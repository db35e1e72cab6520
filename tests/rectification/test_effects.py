"""The effectiveness list: derived from closed items, accepted by others, published once, withdrawn by itself."""

import io

import docx
import pytest

from services.rectification import closing, effects, interim, issue_paper, issue_store, issues, store
from services.spine.errors import Refusal
from tests.rectification import acting
from tests.rectification.acting import CAMPAIGN, OTHER, REGION, UNIT, actor, answered
from tests.rectification.test_states import EFFECT, EVIDENCE, RULES, applied, closed, hand, progressed, verified
from tests.rectification.test_states import item as registered

ITEM = f"{CAMPAIGN}.{UNIT}.p01"
REWORDED = {"effect": {"before": "130亩靠抽水", "after": "130亩自流灌溉", "judgement": "回访10户，9户满意"}}
PUBLISH = {"campaign": CAMPAIGN, "kind": "unit", "of": UNIT, "title": "整改成效清单", "names": {UNIT: "农业农村局"}}


def judged(item, passed=True, account="supervisor"):
    draft = {"hash": effects.line(item)["hash"], "passed": passed, "reason": "变化属实"}
    return effects.judge(item, draft, hand(account), own_unit=account == "secretary")


def test_a_line_says_what_was_what_was_done_what_is_and_what_people_say():
    item = closed()
    item["closeout"] = {**item["closeout"], "effect": {**item["closeout"]["effect"], "judgement": "9户满意"}}
    line = effects.line(item)
    assert (line["before"], line["after"], line["judgement"], line["state"]) == (
        "靠抽水",
        "自流灌溉",
        "9户满意",
        "waiting",
    )
    assert line["actions"] == [{"on": "2024-01-16", "text": "完成"}] and line["on_time"]
    assert effects.line({**item, "group": "G9"})["hash"] == line["hash"], "a moved unit changes no line"
    assert effects.line({**item, "late": True})["hash"] != line["hash"]


def test_what_a_long_term_item_came_to_by_the_way_stands_among_what_was_done():
    begun = progressed(registered(category="long_term", due_on=None), evidence=[])
    entry = {"key": "i1", "on": "2024-01-10", "result": "走访全覆盖", "evidence": EVIDENCE}
    begun, _ = interim.record(begun, entry, hand(), RULES)
    asked, _ = closing.apply(begun, EFFECT, hand(), RULES)
    done, _ = verified(verified(asked)[0], "office")
    assert effects.line(done)["actions"] == [
        {"on": "2024-01-10", "text": "走访全覆盖"},
        {"on": "2024-01-16", "text": "完成"},
    ]


def test_the_group_accepts_exactly_what_it_saw_or_returns_it_to_be_reworded():
    item = closed()
    for account, code in (("secretary", "own_item"), ("liaison", "applicant_verifies")):
        with pytest.raises(Refusal, match=code):
            judged(item, account=account)
    with pytest.raises(Refusal, match="line_changed"):
        effects.judge(item, {"hash": "0" * 64, "passed": True, "reason": "x"}, hand("supervisor"), False)
    with pytest.raises(Refusal, match="line_not_returned"):
        effects.reword(item, REWORDED, hand())
    returned, facts = judged(item, passed=False)
    assert (facts[0].data["outcome"], effects.line(returned)["reason"]) == ("returned", "变化属实")
    assert judged(returned, passed=False) == (returned, [])
    reworded, facts = effects.reword(returned, REWORDED, hand())
    assert facts[0].name == "effect_reworded" and effects.reword(reworded, REWORDED, hand()) == (reworded, [])
    assert reworded["closeout"]["earlier_effects"] == [EFFECT["effect"]]
    accepted, _ = judged(reworded)
    assert [one["what"] for one in accepted["closeout"]["line"]["rounds"]] == ["returned", "reworded", "accepted"]
    assert judged(accepted) == (accepted, [])
    with pytest.raises(Refusal, match="line_accepted"):
        judged(accepted, passed=False)


def test_a_line_goes_with_its_closure_and_a_new_closure_is_reviewed_anew():
    accepted, _ = judged(closed())
    open_again = closing.reopen(accepted, {"reason": "渗漏", "due_on": "2024-03-01"}, hand("leader"), False, RULES, 30)[
        0
    ]
    with pytest.raises(Refusal, match="wrong_state"):
        judged({**open_again, "closeout": accepted["closeout"]})
    again = verified(applied(open_again, "2024-02-20"), today="2024-02-20")[0]
    assert effects.line(again)["state"] == "waiting"
    assert again["earlier_closeouts"][0]["line"]["state"] == "accepted"


@pytest.fixture
def doors(db, monkeypatch):
    service = acting.doors(db, monkeypatch)
    item = closed()
    key = f"{CAMPAIGN}.{OTHER}.p01"
    for one in (item, {**item, "_id": key, "item_id": key, "unit": OTHER, "group": "G5"}):
        store.next_number(db, CAMPAIGN, one["unit"])
        store.add(db, one, [], hand().at)
    return service


def accept(doors, item_id=ITEM, who="supervisor"):
    (line,) = [one for one in doors.effectiveness(actor("office"), {})["rows"] if one["item_id"] == item_id]
    draft = {"hash": line["hash"], "passed": True, "reason": "属实"}
    return doors.judge_effect(actor(who, "judge_effect"), item_id, draft)


def publish(doors, who="office", **asked):
    wanted = {key: (PUBLISH | asked)[key] for key in ("campaign", "kind", "of")}
    content = doors.effect_issue_draft(actor(who, "publish_effects"), wanted)["hash"]
    return doors.publish_effects(actor(who, "publish_effects"), PUBLISH | asked | {"hash": content})


def test_who_does_not_review_or_publish_is_told_so_and_elsewhere_nothing_is_found(doors):
    for who in ("secretary", "liaison", "member", "county_office"):
        with pytest.raises(Refusal, match="not_permitted"):
            actor(who, "judge_effect")
    for who in ("secretary", "member", "supervisor", "group_leader"):
        with pytest.raises(Refusal, match="not_permitted"):
            actor(who, "publish_effects")
    with pytest.raises(Refusal, match="not_found"):
        accept(doors, who="elsewhere")
    with pytest.raises(Refusal, match="not_found"):
        doors.reword_effect(actor("stranger", "reword_effect"), ITEM, REWORDED)
    with pytest.raises(Refusal, match="nothing_to_publish"):
        publish(doors)
    with pytest.raises(Refusal, match="not_found"):
        publish(doors, kind="region", of="990881")


def test_only_accepted_lines_are_published_as_they_were_seen_and_twice_is_once(doors):
    answered("effect_list", doors.effectiveness(actor("liaison"), {"state": "waiting"}))
    answered("item", accept(doors))
    assert doors.effectiveness(actor("liaison"), {"state": "waiting", "campaign": CAMPAIGN})["total"] == 0
    draft = answered(
        "effect_issue_draft",
        doors.effect_issue_draft(
            actor("office", "publish_effects"), {key: PUBLISH[key] for key in ("campaign", "kind", "of")}
        ),
    )
    assert (draft["number"], len(draft["lines"]), draft["waiting"]) == (1, 1, 0)
    with pytest.raises(Refusal, match="effects_changed"):
        doors.publish_effects(actor("office", "publish_effects"), PUBLISH | {"hash": "0" * 64})
    asked = PUBLISH | {"hash": draft["hash"]}
    answers = [doors.publish_effects(actor("office", "publish_effects"), asked) for _ in range(2)]
    assert [one[0] for one in answers] == [201, 200] and answers[0][1] == answers[1][1]
    issue = answered("effect_issue", answers[0])
    assert (issue["issue_id"], issue["by"], issue["lines"][0]["item_id"]) == (f"{CAMPAIGN}.{UNIT}.i1", "office", ITEM)
    assert issue["hash"] == draft["hash"] and issue["names"] == PUBLISH["names"]
    assert answered("effect_issue_list", doors.effect_issues(actor("member"), {}))["total"] == 1
    with pytest.raises(Refusal, match="not_found"):
        doors.effect_issue(actor("stranger"), issue["issue_id"])
    region = answered("effect_issue", publish(doors, "county_office", kind="region", of=REGION))
    assert region["number"] == 1 and doors.effect_issue(actor("stranger"), region["issue_id"]) == region
    assert [event["data"]["lines"] for event in acting.said(doors.db, "issues")] == [1, 1]


def test_what_is_opened_again_is_marked_in_every_issue_with_the_reason_and_comes_anew_when_closed(doors, monkeypatch):
    accept(doors)
    first, region = publish(doors)[1], publish(doors, kind="region", of=REGION)[1]
    draft = {"on": "2024-01-20", "result": "rebounded", "reason": "渗漏", "due_on": "2024-03-01"}
    doors.record_recheck(actor("supervisor", "recheck_item"), ITEM, draft)
    (event,) = [one for one in acting.said(doors.db, "items") if one["type"] == "rectify.item_reopened"]
    assert doors.on_item_reopened([event]) == [None]
    issue_store.withdraw(doors.db, {"lines.item_id": ITEM}, hand().at)
    for issue in (first, region):
        now = doors.effect_issue(actor("office"), issue["issue_id"])
        assert {key: now[key] for key in ("lines", "hash")} == {key: issue[key] for key in ("lines", "hash")}
        ((because, reason),) = [(one["because"], one["reason"]) for one in now["withdrawn"]]
        assert (because, reason) == ("rebounded", "渗漏")
        answered("effect_issue", now)
    told = [one for one in acting.said(doors.db, "issues") if one["type"] == "rectify.effect_withdrawn"]
    assert len(told) == 2 and "渗漏" not in str(told)
    text = issue_paper.blocks(doors.effect_issue(actor("office"), first["issue_id"]))
    assert "已撤回（反弹）：渗漏" in text[2]["rows"][1][-1]
    page = docx.Document(io.BytesIO(doors.effect_issue_word(actor("office"), first["issue_id"]).body))
    assert "农业农村局" in page.tables[0].rows[1].cells[1].text

    again = verified(applied(store.get(doors.db, ITEM), "2024-02-20"), today="2024-02-20")
    acting.set_day(monkeypatch, "2024-02-21")
    store.save(doors.db, store.get(doors.db, ITEM), again, hand().at)
    accept(doors)
    second = publish(doors)[1]
    issue_store.withdraw(doors.db, {"lines.item_id": ITEM}, hand().at)
    assert second["number"] == 2 and doors.effect_issue(actor("office"), second["issue_id"])["withdrawn"] == []


def test_a_closing_undone_while_its_line_is_published_is_found_when_the_issue_is_heard(doors):
    accept(doors)
    place = {"campaign": CAMPAIGN, "kind": "unit", "of": UNIT}
    seen = doors.effect_issue_draft(actor("office", "publish_effects"), place)
    before = store.get(doors.db, ITEM)
    undone = closing.reopen(before, {"reason": "渗漏", "due_on": "2024-03-01"}, hand("leader"), False, RULES, 30)
    store.save(doors.db, before, undone, hand().at)
    where = {**place, "region": REGION, "unit": UNIT, "group": "G4"}
    issue, facts = issues.publish(seen, PUBLISH | {"hash": seen["hash"]}, where, hand("office"), own_units=False)
    issue_store.add(doors.db, issue, facts, hand().at)
    (event,) = acting.said(doors.db, "issues")
    assert doors.on_effects_published([event]) == [None]
    assert len(doors.effect_issue(actor("office"), seen["issue_id"])["withdrawn"]) == 1
