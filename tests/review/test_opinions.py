"""Opinions: a material is pre-checked once more when one comes or goes, and says where each is answered."""

from typing import Any

import pytest

from services.review import domain, extraction, opinions_store, precheck, store, tasks
from services.spine import clock
from tests.review.materials import ASPECTS
from tests.stack import CAMPAIGN, document

PLACE = {"campaign": CAMPAIGN, "unit": "990823-NYNC"}


@pytest.fixture
def kept(db):
    store.prepare(db)
    opinions_store.prepare(db)
    return db


def opinion_id(post="02", number=1):
    return f"{CAMPAIGN}.990823-NYNC.{post}.o{number:016x}"


def hear(kept, post="02", stands=True, sequence=1, number=1):
    """An opinion came, or went."""
    said = {"opinion_id": opinion_id(post, number), "unit": "990823-NYNC", "group": "G4", "post": post}
    event = {"campaign": CAMPAIGN, "sequence": sequence, "data": {**said, "stands": stands}}
    return opinions_store.remember(kept, event)


def review(post="02", state="prechecked", **more):
    material = f"{CAMPAIGN}.990823-NYNC.speech_outline.{post}"
    said: dict[str, Any] = {"material_id": material, "unit": "990823-NYNC", "group": "G4", "kind": "speech_outline"}
    said |= {"post": post, "version": 1, "sha256": "0" * 64, "media": "text/plain"}
    event = {"campaign": CAMPAIGN, "region": "990823", "time": "2026-03-01T08:00:00.000Z", "data": said}
    return {**domain.begin(event, {"meeting_on": "2026-03-20"}), "state": state, **more}


def test_what_was_said_last_of_an_opinion_holds_whatever_comes_late(kept):
    hear(kept)
    assert [row["_id"] for row in opinions_store.of(kept, review())] == [opinion_id()]
    assert hear(kept, stands=False, sequence=3)
    assert not hear(kept, stands=True, sequence=2)
    assert opinions_store.of(kept, review()) == []


def test_only_what_nobody_has_judged_is_pre_checked_once_more_and_only_when_opinions_differ(kept):
    rows = [review("02"), review("03"), review("04", "judged"), review("team")]
    kept.reviews.insert_many([{**row, "revision": 1, "outbox": []} for row in rows])
    for post in ("02", "04"):
        hear(kept, post)
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
    hear(kept)

    running = tasks.claim(kept, ids[0], "worker", 101.0)
    assert running and opinions_store.reopen(kept, ids[0], clock.now())
    tasks.once_more(kept, ids[0], "opinions", "2026-03-01", 102.0)
    assert tasks.forgotten(kept) == [], "a task that is not done yet will see to it"
    tasks.finish(kept, running, 103.0)
    assert tasks.forgotten(kept) == [ids[0]]

    for _ in range(2):
        tasks.once_more(kept, ids[0], "still waiting", "2026-03-01", 104.0)
    assert (tasks.forgotten(kept), tasks.lost(kept, "2026-03-01", 105.0)) == ([], [ids[1], ids[0]])
    assert kept.tasks.find_one({"_id": ids[0]})["history"][-1]["reason"] == "still waiting"

    waiting = store.get(kept, ids[0])
    changed, _ = domain.prechecked(waiting, {"findings": [], "answers": [{"opinion_id": opinion_id()}]})
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
