"""Questions and answers: superseded and withdrawn with history, found in Chinese, the asker known to few."""

import pytest

from services.registry import coaching_store, questions, store
from services.registry.coaching import Hand
from services.spine.errors import Refusal

AT = "2024-01-02T08:00:00.000Z"
LIAISON = Hand("liaison", "联络员", "liaison", AT, "2024-01-02")
GROUP, OFFICE = LIAISON._replace(role="supervisor", name="督导组"), LIAISON._replace(role="office", name="主题教育办")
CAMPAIGN = {"campaign_code": "a-campaign", "checklist": [{"code": "attendance"}, {"code": "talks"}]}
UNIT = {"unit": "990823-A", "region": "990823", "group": "G4"}
ANSWER = {"text": "可以提交书面发言，会后转达。", "public": True, "follows": 0}


def ask(key, text, aspects=("attendance",), whose=UNIT):
    return questions.ask(CAMPAIGN, whose, {"key": key, "text": text, "aspects": list(aspects)}, LIAISON)


def answered(question, hand=OFFICE, **changes):
    return questions.answer(question, {**ANSWER, **changes}, "990800", hand)


def refused(code, act, *arguments, **named):
    with pytest.raises(Refusal) as no:
        act(*arguments, **named)
    assert no.value.code == code


def test_a_newer_answer_supersedes_the_older_with_a_reason_and_both_stay():
    first, (told,) = answered(ask("a", "缺席怎么办？"), GROUP)
    assert told.data == {**{key: UNIT[key] for key in ("unit", "group")}, "question_id": "a-campaign.q.a",
                         "version": 1, "public": True}  # fmt: skip
    assert answered(first, GROUP) == (first, [])
    refused("answered_meanwhile", answered, first, text="不可以。")
    refused("newer_answer_without_reason", answered, first, text="不可以。", follows=1)
    second, (told,) = answered(first, text="先向上级请假。", follows=1, reason="按新通知")
    assert [one["version"] for one in second["answers"]] == [1, 2] and told.data["version"] == 2
    refused("answered_by_higher", answered, second, GROUP, text="都行。", follows=2, reason="改")
    refused("answered_by_higher", questions.withdraw, second, 2, "不对", GROUP)
    gone = questions.withdraw(second, 2, "通知作废", OFFICE)
    assert (gone["state"], gone["public"], len(gone["answers"])) == ("open", False, 2)
    assert questions.withdraw(gone, 2, "又", OFFICE) == gone


def test_others_see_an_answer_for_all_but_not_who_asked():
    question, _ = answered(ask("a", "缺席怎么办？"), public=False)
    question, _ = answered(question, text="请假。", follows=1, reason="统一口径")
    outside = questions.shown(question, inside=False)
    assert outside["unit"] is None and outside["asked"] is None and outside["group"] is None
    assert [one["text"] for one in outside["answers"]] == ["请假。"]
    assert questions.shown(question, inside=True)["unit"] == "990823-A"


def test_what_fits_best_comes_first_and_a_word_in_the_question_counts_more():
    asked, _ = answered(ask("a", "书面发言由谁转达？"))
    told, _ = answered(ask("b", "班子成员请假怎么办？"))
    other, _ = answered(ask("c", "谈心谈话谈几轮？", ["talks"]), text="每人至少一轮。")
    found = questions.ranked([other, told, asked], questions.wanted("书面发言"))
    assert [one["_id"] for one in found] == ["a-campaign.q.a", "a-campaign.q.b"]
    assert questions.ranked([asked], questions.wanted("丰收水库")) == []
    assert [one["_id"] for one in questions.ranked([other, asked], questions.wanted("轮"))] == ["a-campaign.q.c"]


def test_a_unit_finds_its_own_questions_and_all_public_answers(db):
    store.prepare(db)
    other = {"unit": "990824-B", "region": "990824", "group": "G1"}
    for key, whose, public in (("mine", UNIT, False), ("theirs", other, False), ("shared", other, True)):
        question, facts = answered(ask(key, "能否书面发言？", whose=whose), public=public)
        coaching_store.keep(db, "questions", None, question, AT, *facts)
    coaching_store.keep(db, "questions", None, ask("open", "座谈会开几次？", ["talks"], other), AT)
    seen = coaching_store.visible("a-campaign", {"campaign": "a-campaign", "unit": "990823-A"})
    assert {one["_id"].rsplit(".", 1)[1] for one in coaching_store.found(db, seen, {"q": "书面发言"})} == {
        "mine",
        "shared",
    }
    assert list(coaching_store.found(db, seen, {"aspect": "talks"})) == []
    assert coaching_store.counted(db, seen) == {"attendance": 2}
    everything = coaching_store.visible("a-campaign", {"campaign": "a-campaign"})
    assert len(list(coaching_store.found(db, everything, {}))) == 4
    (event,) = db.questions.find_one({"_id": "a-campaign.q.mine"})["outbox"]
    assert event["type"] == "rectify.question_answered"


def test_who_asked_what_all_may_read_is_not_found_out_by_looking_for_its_unit(db):
    store.prepare(db)
    question, facts = answered(ask("shared", "能否书面发言？"), public=True)
    coaching_store.keep(db, "questions", None, question, AT, *facts)

    def of_the_asker(within):
        seen = coaching_store.visible("a-campaign", within, UNIT["unit"])
        return [one["_id"] for one in coaching_store.found(db, seen, {"q": "书面发言"})]

    stranger = {"campaign": "a-campaign", "unit": "990824-B"}
    assert list(coaching_store.found(db, coaching_store.visible("a-campaign", stranger), {}))
    assert of_the_asker(stranger) == []
    assert of_the_asker({"$or": [stranger, {"campaign": "a-campaign", "group": "G9"}]}) == []
    for inside in ({"campaign": "a-campaign"}, {"campaign": "a-campaign", "unit": UNIT["unit"]}):
        assert of_the_asker(inside) == ["a-campaign.q.shared"]
