"""What people write into a field of a number."""

import pytest

from services.portal import numerals


@pytest.mark.parametrize(("text", "read"), [("20", 20), (" -5 ", -5), ("−5", -5), ("３", 3), ("007", 7)])
def test_a_number_is_read_as_people_write_it(text, read):
    assert numerals.read(text) == read


@pytest.mark.parametrize("text", ["--5", "5-", "٣x", "1.5", "-", "9" * 5000, "五"])
def test_what_is_no_number_stays_as_it_was_written_to_be_refused_in_its_place(text):
    assert numerals.read(text) == text


def test_an_empty_field_means_what_its_page_says():
    assert (numerals.read(""), numerals.read(None, 1), numerals.read("", 0)) == (None, 1, 0)
