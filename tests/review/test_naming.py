"""What a passed material promises to put right: each problem it names has an id for good, and no word of it is said."""

import json

from services.review import domain, naming, reading
from services.spine import events

AT, KEY = "2026-03-01T08:00:00.000Z", "c.990823-NYNC.speech_outline.02.v1"
READER = domain.Reader("r1", "督导员", AT, "2026-03-01")
NODES = [
    {"id": "aspect-theory", "role": "aspect", "aspect": "theory", "text": "理论学习方面"},
    {"id": "problem-theory-1", "role": "problem", "aspect": "theory", "text": "学习发言由股室代拟。"},
    {"id": "problem-none-1", "role": "problem", "text": "调研走过场。"},
    {"id": "problem-none-2", "role": "problem", "text": "调研走过场。"},
]


def review(**known):
    ids = {"_id": KEY, "review_id": KEY, "material_id": KEY[:-3], "campaign": "c", "region": "990823"}
    places = {"unit": "990823-NYNC", "group": "G4", "kind": "speech_outline", "post": "02", "version": 1}
    fresh = {**reading.BESIDE, "state": "prechecked", "verdict": None, "levels": ["group"], "readings": []}
    return {**ids, **places, **fresh, "structure": NODES, "paragraphs": [], "notes": [], **known}


def verdict(passed):
    standards = {code: {"passed": passed, "reason": "不具体"} for code in domain.STANDARDS}
    now = domain.Round("group", {"days": 2, "unit": "working"}, 1)
    (fact,) = domain.give_verdict(review(), standards, READER, now)[1]
    return events.seal(fact, source="review", at=AT, sequence=1)["data"]


def test_each_problem_is_named_once_by_its_words_wherever_it_stands():
    named = naming.problems(review())
    assert [(one["text"], one["aspect"]) for one in named] == [
        ("学习发言由股室代拟。", "theory"),
        ("调研走过场。", None),
    ]
    moved = naming.problems(review(structure=NODES[::-1]))
    assert {one["id"] for one in moved} == {one["id"] for one in named}
    assert all(one["id"].startswith(f"{KEY}.p") for one in named)


def test_a_verdict_that_passes_says_which_problems_there_are_and_no_word_of_them():
    said = verdict(True)["problems"]
    assert [one["id"] for one in said] == [one["id"] for one in naming.problems(review())]
    assert "代拟" not in json.dumps(verdict(True), ensure_ascii=False)
    assert "problems" not in verdict(False)
