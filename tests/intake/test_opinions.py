"""Opinions: kept in their own words, anonymous ones without a trace; masked, merged and fed back beside those words."""

import json
from typing import Any

import pytest

from services.intake import opinion_forms, opinions, opinions_store
from services.spine.errors import Refusal
from tests.intake.asked import form, sheet
from tests.stack import CAMPAIGN

PLACE = {"campaign": CAMPAIGN, "unit": "990823-NYNC", "region": "990823", "group": "G4"}
AT = "2026-03-01T08:15:31.123Z"
HAND = opinions.Hand("liaison", "联络员", AT, "2026-03-01")
FORUM = {"source": "forum", "text": "高标准农田建后管护不到位"}
SLIP = {"source": "anonymous_appraisal", "text": "下乡进田头少"}
REMARK = {"source": "supervision_group", "text": "材料里缺少对撂荒耕地的反思"}


@pytest.fixture
def kept(db):
    opinions_store.prepare(db)
    return db


def collect(*said, post="02", side="unit", hand=HAND):
    return opinions.collect(PLACE, post, said, hand, side)


def test_the_same_words_about_the_same_post_are_one_opinion(kept):
    once = collect(FORUM, {**FORUM, "text": " 高标准农田，建后管护不到位。"})
    assert len(once) == 1
    assert opinions_store.add(kept, once, AT)["added"] == 1
    again = opinions_store.add(kept, collect(FORUM, hand=HAND._replace(at="2026-03-02T00:00:00.000Z")), AT)
    assert (again["added"], again["known"]) == (0, 1)
    assert collect(FORUM, post="03")[0]["_id"] != once[0]["_id"]
    assert collect({**FORUM, "source": "other"})[0]["_id"] != once[0]["_id"]


def test_of_an_anonymous_opinion_nothing_is_kept_but_words_and_the_day(kept):
    opinions_store.add(kept, collect(SLIP, FORUM), AT)
    stored = kept.opinions.find_one({"source": "anonymous_appraisal"})
    assert stored["entered"] == {"side": "unit", "on": "2026-03-01"}
    told = json.dumps(stored, ensure_ascii=False)
    assert [event["time"] for event in stored["outbox"]] == ["2026-03-01T00:00:00.000Z"]
    assert HAND.account not in told and HAND.name not in told and "08:15" not in told
    rows = [row["_id"] for row in opinions_store.listed(kept, {}, {"campaign": CAMPAIGN})["rows"]]
    assert rows == sorted(rows), "the order in which they came is not told either"


def test_a_unit_makes_no_remark_in_the_group_s_name():
    with pytest.raises(Refusal, match="not_permitted"):
        collect(REMARK)
    assert collect(REMARK, side="group")[0]["entered"]["by"] == HAND.name
    assert opinions.side(["supervisor", "liaison"]) == "unit", "who is of the unit is on its side"


def test_what_is_withdrawn_stays_on_record_and_comes_back_by_no_repetition(kept):
    opinions_store.add(kept, collect(FORUM), AT)
    opinion = kept.opinions.find_one()
    changed = opinions.withdraw(opinion, "录入到别人名下", HAND, "unit")
    opinions_store.save(kept, opinion, changed, AT)
    known = kept.opinions.find_one()
    assert known["text"] == FORUM["text"] and known["withdrawn"]["reason"] == "录入到别人名下"
    assert {"because": "withdrawn", "side": "unit"}.items() <= known["outbox"][-1]["data"].items()
    assert opinions.withdraw(known, "再撤一次", HAND, "unit") == known
    assert opinions_store.add(kept, collect(FORUM), AT)["withdrawn"] == 1
    assert opinions_store.listed(kept, {}, {"state": "open"})["rows"] == []


def test_a_unit_withdraws_only_what_a_unit_entered():
    for side in ("group", "office", "service"):
        with pytest.raises(Refusal, match="not_your_opinion"):
            opinions.withdraw(collect(SLIP, side=side)[0], "不实", HAND, "unit")
    assert opinions.withdraw(collect(SLIP)[0], "重复", HAND, "group")["withdrawn"]


def test_about_one_post_only_so_many_are_kept(kept, monkeypatch):
    monkeypatch.setattr(opinions, "MOST", 2)
    opinions_store.add(kept, collect(FORUM, SLIP), AT)
    with pytest.raises(Refusal, match="too_many_opinions"):
        opinions_store.add(kept, collect({"source": "other", "text": "第三条"}), AT)
    assert opinions_store.add(kept, collect(FORUM), AT)["known"] == 1
    assert opinions_store.add(kept, collect(FORUM, post="03"), AT)["added"] == 1


def test_opinions_of_a_form_come_in_no_order_and_where_few_answered_tell_no_channel():
    said = opinion_forms.statements(form(), [sheet("乙"), sheet("甲"), sheet("乙")])
    told = opinions.of_form(form(), said, "2026-03-11", few=False)
    assert [one["_id"] for one in told] == sorted({one["_id"] for one in told}) and len(told) == 2
    assert {(one["source"], one["question"]) for one in told} == {("survey_form", "意见和建议")}
    assert {json.dumps(one["entered"]) for one in told} == {'{"side": "form", "on": "2026-03-11"}'}
    few = opinions.of_form(form(), said, "2026-03-11", few=True)
    assert {(one["source"], one["question"]) for one in few} == {("other", None)}


def test_a_merger_keeps_the_words_of_its_parts_and_is_undone(kept):
    opinions_store.add(kept, collect(FORUM, SLIP), AT)
    parts = opinions_store.about(kept, CAMPAIGN, PLACE["unit"], "02")
    merged = opinions.merge(parts, "深入田间地头不够", HAND, "unit")
    assert merged == opinions.merge(parts[::-1], "深入田间地头不够", HAND, "unit") and merged["merges"]
    changed = [{**part, "merged_into": merged["_id"]} for part in parts]
    assert [one["text"] for one in changed] == [one["text"] for one in parts]
    assert [opinions.stands(one) for one in (merged, *changed)] == [True, False, False]
    after = opinions_store.save(kept, parts[0], changed[0], AT)
    told = kept.opinions.find_one({"_id": after["_id"]})["outbox"]
    assert [event["data"]["stands"] for event in told] == [True, False] and told[-1]["data"]["because"] == "merged"
    assert opinions.merge([after, parts[1]], "深入田间地头不够", HAND, "unit") == merged, "done again after a break"
    with pytest.raises(Refusal, match="cannot_merge"):
        opinions.merge([after, parts[1]], "另一种说法", HAND, "unit")


def test_opinions_about_different_posts_and_remarks_are_not_merged():
    for other in (collect(SLIP, post="03")[0], collect(REMARK, side="group")[0]):
        with pytest.raises(Refusal, match="cannot_merge"):
            opinions.merge([collect(FORUM)[0], other], "合在一起", HAND, "unit")


def test_feedback_and_receipt_are_days_written_once(kept):
    opinions_store.add(kept, collect(FORUM, SLIP), AT)
    place = {"campaign": CAMPAIGN, "unit": PLACE["unit"], "post": "02"}
    fed_back: dict[str, Any] = {"fed_back_on": {"$ne": None}}
    assert opinions_store.mark(kept, place, "read_on", fed_back, "2026-03-02") == 0
    assert opinions_store.mark(kept, place, "fed_back_on", {}, "2026-03-02") == 2
    assert opinions_store.mark(kept, place, "fed_back_on", {}, "2026-03-05") == 0
    assert opinions_store.mark(kept, place, "read_on", fed_back, "2026-03-06") == 2
    days = {(row["fed_back_on"], row["read_on"]) for row in kept.opinions.find()}
    assert days == {("2026-03-02", "2026-03-06")}
