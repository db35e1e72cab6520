"""Chinese first, English by choice, and the way back stays on this site."""

import pytest

from services.portal import languages


@pytest.mark.parametrize(
    "target",
    [None, "", "//evil.example", "https://evil.example/x", "/\\evil.example", "javascript:alert(1)", "/a\nb", "items"],
)
def test_the_way_back_never_leaves_the_site(target):
    """Whatever stands in `next`, the answer is an address here."""
    assert languages.local(target) == "/"


def test_the_way_back_keeps_its_filters():
    """A list is returned to as it was."""
    assert languages.local("/items?colour=red&page=2") == "/items?colour=red&page=2"


def test_a_title_without_the_readers_language_is_shown_in_its_own():
    """A campaign may be named in Chinese only."""
    assert languages.pick({"zh": "方案"}) == languages.pick("方案") == "方案"
    assert languages.pick(None) == ""
