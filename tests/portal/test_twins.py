"""Two texts side by side: nothing is lost of either, and what is marked stands in both."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.portal import twins

WORDS = st.text(alphabet="局党组专题民主生活会，。12", max_size=60)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_the_parts_of_each_side_joined_give_that_side(mine, theirs):
    """To the letter, whatever stands in them."""
    left, right = twins.compare(mine, theirs)

    assert "".join(part.text for part in left) == mine
    assert "".join(part.text for part in right) == theirs


@settings(deadline=None)
@given(WORDS, WORDS)
def test_what_is_marked_is_the_same_on_both_sides(mine, theirs):
    """In the same order."""
    left, right = twins.compare(mine, theirs)

    assert "".join(one.text for one in left if one.same) == "".join(one.text for one in right if one.same)


def test_a_changed_number_is_not_marked():
    """Names and figures swapped are seen at once."""
    left, _ = twins.compare("集中学习5次，谈心14人次", "集中学习4次，谈心14人次")

    assert [part.text for part in left if not part.same] == ["5"]


def test_passages_stand_in_the_order_of_the_text_that_is_read():
    """However the pre-check found them."""
    found = [
        {"paragraph": 9, "quotation": "乙", "their_paragraph": 2, "their_quotation": "乙"},
        {"paragraph": 3, "quotation": "甲", "their_paragraph": 7, "their_quotation": "甲"},
    ]

    assert [row.number for row in twins.beside(found)] == [3, 9]


def test_who_was_earlier_is_told_in_days():
    """Positive where the other one came first."""
    assert twins.days_apart("2024-01-10T01:00:00Z", "2024-01-07T15:00:00Z") == 3
    assert twins.days_apart("2024-01-10T01:00:00Z", "2024-01-07T23:00:00Z") == 2, "which is the 8th in Beijing"
    assert twins.days_apart("2024-01-10T01:00:00Z", "2024-01-07") == 3
    assert twins.days_apart("2024-01-01T01:00:00Z", "2024-01-07T01:00:00Z") == -6
    assert twins.days_apart("2024-01-01T01:00:00Z", None) is None
