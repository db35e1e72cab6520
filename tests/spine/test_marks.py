"""Marks of state secrets are found in any words, wherever they stand, and nothing else is taken for one."""

import pytest

from services.registry.service import RegistryService
from services.spine import errors, marks


@pytest.mark.parametrize("text", ["机密★一年", "★绝密", "秘 密 ☆", "附：絕密★", "機密★"])
def test_a_mark_is_known(text):
    assert marks.mark(text)


@pytest.mark.parametrize("text", ["机密岗位", "★重点", "保守秘密，五星★酒店", ""])
def test_words_of_secrecy_or_a_star_alone_are_no_mark(text):
    assert not marks.mark(text)


def test_every_service_refuses_it_at_its_doors_and_names_each_place():
    with pytest.raises(errors.Refusal) as refused:
        RegistryService.screen("ask_question", {"question": "机密★", "rows": ["好", "绝密★"]})
    assert [fault["pointer"] for fault in refused.value.body("zh")["errors"]] == ["/question", "/rows/1"]
