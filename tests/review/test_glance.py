"""What is seen of a material at a glance: words, facts and pairs of characters, of sentences and of parts of them."""

import pytest

from services.review import rules
from services.review.glance import Glance, Passage

TOLD = "我们不断学习，去年12月完成了3件事。\n我没有学，班子没有管；"


@pytest.fixture
def glance() -> Glance:
    seen = Glance(rules.present())
    seen.look([TOLD])
    return seen


def test_what_a_list_takes_back_is_not_met(glance):
    """我们 is no 我, and 不断 no 不."""
    first, second = glance.of(TOLD).sentences
    assert [each.count("persuasion.i") for each in (first, second)] == [0, 1]
    assert not first.has("persuasion.short") and second.words("persuasion.short") == ["没", "没"]


def test_several_sentences_are_what_each_of_them_is(glance):
    whole = glance.of(TOLD)
    assert len(whole.sentences) == 2
    for name in ("persuasion.i", "persuasion.we", "persuasion.short", "problems.generic"):
        assert whole.count(name) == sum(each.count(name) for each in whole.sentences)
    assert whole.specific == frozenset().union(*(each.specific for each in whole.sentences))
    assert whole.weight == whole.sentences[0].weight >= 1


def test_a_part_is_only_what_stands_in_it(glance):
    first = glance.of(TOLD).sentences[0]
    clauses = [first.part(0, 6), first.part(7, len(first.text) - 1)]
    assert [each.text for each in clauses] == ["我们不断学习", "去年12月完成了3件事"]
    assert [each.count("persuasion.achieve", "persuasion.we") for each in clauses] == [1, 1]
    assert [each.weight >= 1 for each in clauses] == [False, True]
    assert clauses[0].specific < first.specific


@pytest.mark.parametrize("text", ["", "。", "不", "，，，", "\U00020000\U0001f600"])
def test_next_to_nothing_tells_nothing(glance, text):
    passage: Passage = glance.of(text)
    assert (passage.text, passage.weight, passage.specific) == (text, 0, frozenset())


def test_what_was_not_in_the_material_is_looked_at_by_itself(glance):
    assert glance.of("本人在10月份没有去。").weight >= 1
    assert glance.of("本人在10月份没有去。").count("persuasion.i") == 1
