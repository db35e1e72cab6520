"""Alone: a text that workers died on is judged in a process of its own, and what dies is only that."""

import pytest

from services.review import alone, extraction, precheck
from tests.stack import document

ASPECTS = [{"code": "theory", "title": "理论学习"}]


def test_alone_it_says_just_what_it_says_in_the_worker():
    paragraphs = extraction.extract(document("so-02.md"), "so-02.md")["paragraphs"]
    asked = {"paragraphs": paragraphs, "kind": "speech_outline", "aspects": ASPECTS}
    assert alone.examine(asked) == precheck.examine(**asked)


def test_what_breaks_it_is_an_attempt_that_failed_not_a_worker_that_died():
    with pytest.raises(alone.Died):
        alone.examine({"paragraphs": "not paragraphs", "kind": "speech_outline", "aspects": ASPECTS})


def test_what_takes_too_long_is_ended():
    long = [{"n": n, "text": "学习不够深入，" * 2000, "heading": None, "table": False} for n in range(40)]
    with pytest.raises(alone.Died):
        alone.examine({"paragraphs": long, "kind": "speech_outline", "aspects": ASPECTS}, seconds=0.05)
