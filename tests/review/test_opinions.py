"""Opinions: kept in their own words, anonymous ones without a trace, and found again where a material answers them."""

import json
from typing import Any

import pytest

from services.review import domain, extraction, opinions, opinions_store, precheck, store, tasks
from services.spine import clock
from services.spine.errors import Refusal
from tests.review.materials import ASPECTS
from tests.stack import CAMPAIGN, document

PLACE = {"campaign": CAMPAIGN, "unit": "990823-NYNC", "region": "990823", "group": "G4"}
HAND = domain.Reader("liaison", "联络员", "2026-03-01T08:15:31.123Z", "2026-03-01")
FORUM = {"source": "forum", "text": "高标准农田建后管护不到位"}
SLIP = {"source": "anonymous_appraisal", "text": "下乡进田头少"}
REMARK = {"source": "supervision_group", "text": "材料里缺少对撂荒耕地的反思"}


@pytest.fixture
def kept(db):
    store.prepare(db)
    return db


def collect(*said, post="02", side="unit", hand=HAND):
    return opinions.collect(PLACE, post, said, hand, side)


def review(post="02", state="prechecked", **more):
    material = f"{CAMPAIGN}.990823-NYNC.speech_outline.{post}"
    said: dict[str, Any] = {"material_id": material, "unit": "990823-NYNC", "group": "G4", "kind": "speech_outline"}
    said |= {"post": post, "version": 1, "sha256": "0" * 64, "media": "text/plain"}
    event = {"campaign": CAMPAIGN, "region": "990823", "time": "2026-03-01T08:00:00.000Z", "data": said}
    return {**domain.begin(event, "2026-03-20"), "state": state, **more}


def test_the_same_words_about_the_same_post_are_one_opinion(kept):
    once = collect(FORUM, {**FORUM, "text": " 高标准农田，建后管护不到位。"})
    assert len(once) == 1
    assert opinions_store.add(kept, once)["added"] == 1
    again = opinions_store.add(kept, collect(FORUM, hand=HAND._replace(at="2026-03-02T00:00:00.000Z")))
    assert (again["added"], again["known"]) == (0, 1)
    assert collect(FORUM, post="03")[0]["_id"] != once[0]["_id"]
    assert collect({**FORUM, "source": "other"})[0]["_id"] != once[0]["_id"]


def test_of_an_anonymous_opinion_nothing_is_kept_but_words_and_the_day(kept):
    opinions_store.add(kept, collect(SLIP, FORUM))
    stored = kept.opinions.find_one({"source": "anonymous_appraisal"})
    assert stored["entered"] == {"side": "unit", "on": "2026-03-01"}
    told = json.dumps(stored, ensure_ascii=False)
    assert HAND.account not in told and HAND.name not in told and "08:15" not in told
    rows = [row["_id"] for row in opinions_store.listed(kept, {}, {"campaign": CAMPAIGN})["rows"]]
    assert rows == sorted(rows), "the order in which they came is not told either"


def test_a_unit_makes_no_remark_in_the_group_s_name():
    with pytest.raises(Refusal, match="not_permitted"):
        collect(REMARK)
    assert collect(REMARK, side="group")[0]["entered"]["by"] == HAND.name
    assert opinions.side(["supervisor", "liaison"]) == "unit", "who is of the unit is on its side"


def test_what_is_withdrawn_stays_on_record_and_comes_back_by_no_repetition(kept):
    opinions_store.add(kept, collect(FORUM))
    opinion = kept.opinions.find_one()
    changed = opinions.withdraw(opinion, "录入到别人名下", HAND, "unit")
    opinions_store.withdraw(kept, opinion, changed, clock.now())
    known = kept.opinions.find_one()
    assert known["text"] == FORUM["text"] and known["withdrawn"]["reason"] == "录入到别人名下"
    assert opinions.withdraw(known, "再撤一次", HAND, "unit") == known
    assert opinions_store.add(kept, collect(FORUM))["withdrawn"] == 1
    assert opinions_store.of(kept, review()) == []


def test_a_unit_withdraws_only_what_a_unit_entered():
    for side in ("group", "office", "service"):
        with pytest.raises(Refusal, match="not_your_opinion"):
            opinions.withdraw(collect(SLIP, side=side)[0], "不实", HAND, "unit")
    assert opinions.withdraw(collect(SLIP)[0], "重复", HAND, "group")["withdrawn"]


def test_about_one_post_only_so_many_are_kept(kept, monkeypatch):
    monkeypatch.setattr(opinions, "MOST", 2)
    opinions_store.add(kept, collect(FORUM, SLIP))
    with pytest.raises(Refusal, match="too_many_opinions"):
        opinions_store.add(kept, collect({"source": "other", "text": "第三条"}))
    assert opinions_store.add(kept, collect(FORUM))["known"] == 1
    assert opinions_store.add(kept, collect(FORUM, post="03"))["added"] == 1


def test_only_what_nobody_has_judged_is_pre_checked_once_more_and_only_when_opinions_differ(kept):
    rows = [review("02"), review("03"), review("04", "judged"), review("team")]
    kept.reviews.insert_many([{**row, "revision": 1, "outbox": []} for row in rows])
    for post in ("02", "04"):
        opinions_store.add(kept, collect(FORUM, post=post))
    assert opinions_store.outdated(kept, {**PLACE, "post": "02"}) == [rows[0]["_id"]]
    assert opinions_store.outdated(kept, {**PLACE, "post": "03"}) == []
    assert opinions_store.outdated(kept, {**PLACE, "post": "04"}) == []
    assert opinions_store.reopen(kept, rows[0]["_id"], clock.now())
    assert kept.reviews.find_one({"_id": rows[0]["_id"]})["state"] == "waiting"
    assert not opinions_store.reopen(kept, rows[1]["_id"], clock.now())
    assert not opinions_store.reopen(kept, rows[2]["_id"], clock.now())


def test_a_review_opened_again_while_its_task_was_being_finished_is_not_forgotten(kept):
    first, untouched = review(), review(post="03", state="waiting")
    ids = [first["_id"], untouched["_id"]]
    store.open_reviews(kept, [first, untouched], clock.now())
    tasks.add(kept, dict.fromkeys(ids), "2026-03-01", 100.0)
    opinions_store.add(kept, collect(FORUM))

    running = tasks.claim(kept, ids[0], "worker", 101.0)
    assert running and opinions_store.reopen(kept, ids[0], clock.now())
    tasks.once_more(kept, ids[0], "opinions", 102.0)
    assert tasks.forgotten(kept) == [], "a task that is not done yet will see to it"
    tasks.finish(kept, running, 103.0)
    assert tasks.forgotten(kept) == [ids[0]]

    for _ in range(2):
        tasks.once_more(kept, ids[0], "still waiting", 104.0)
    assert (tasks.forgotten(kept), tasks.lost(kept, 105.0)) == ([], [ids[1], ids[0]])
    assert kept.tasks.find_one({"_id": ids[0]})["history"][-1]["reason"] == "still waiting"

    waiting = store.get(kept, ids[0])
    changed, _ = domain.prechecked(waiting, {"findings": [], "answers": [{"opinion_id": collect(FORUM)[0]["_id"]}]})
    store.save(kept, waiting, changed, [], clock.now())
    assert not store.get(kept, ids[0])["once_more"]


def test_each_opinion_has_the_passage_that_answers_it_or_none():
    paragraphs = extraction.extract(document("so-01.txt"), "so-01.txt")["paragraphs"]
    asked = [
        {"id": "o1", "source": "forum", "text": "高标准农田重建轻管"},
        {"id": "o2", "source": "supervision_group", "text": "驾校补贴名额分配不公"},
    ]
    found = precheck.examine(paragraphs, "speech_outline", ASPECTS, asked)
    first, second = found["answers"]
    assert (first["opinion_id"], first["answered"], second["answered"], second["anchor"]) == ("o1", True, False, None)
    place = first["anchor"]
    assert place["quotation"] in next(row["text"] for row in paragraphs if row["n"] == place["paragraph"])
    assert "农田" in place["quotation"]
    missing = [one["id"] for one in found["findings"] if one["code"] == "opinion_unanswered"]
    assert [one["finding"] for one in found["answers"]] == [None, *missing]


def test_where_nothing_can_be_read_no_opinion_is_answered():
    asked = [{"id": "o1", "source": "other", "text": "下乡少"}]
    assert [one["answered"] for one in precheck.examine([], "speech_outline", ASPECTS, asked)["answers"]] == [False]
