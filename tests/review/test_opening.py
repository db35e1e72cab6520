"""Opening: every file in a fresh fork with limits; what a file does to its fork ends with it."""

import os
import signal
from pathlib import Path

import pytest

from services.review import extraction, opening
from services.spine import errors
from tests.patience import SLOWER
from tests.review import materials
from tests.stack import document, wait_until


@pytest.fixture(scope="module")
def opener():
    made = opening.Opener()
    yield made
    made.close()


@pytest.mark.parametrize("name", ["so-01.txt", "so-02.md", "docx/so-01.docx", "pdf/so-10.pdf"])
def test_a_file_says_the_same_as_when_it_is_opened_here(opener, name):
    data, file_name = document(name), name.rsplit("/", 1)[-1]
    assert opener.extract(data, file_name) == extraction.extract(data, file_name)


@pytest.mark.parametrize("path", sorted((materials.HERE / "hostile").iterdir()), ids=lambda path: path.name)
def test_a_hostile_file_gets_the_same_clear_word_and_the_next_is_read(opener, path):
    with pytest.raises(errors.Refusal) as expected:
        extraction.extract_safely(path.read_bytes(), path.name)
    with pytest.raises(errors.Refusal) as refused:
        opener.extract(path.read_bytes(), path.name)
    assert (refused.value.code, refused.value.params) == (expected.value.code, expected.value.params)
    assert opener.extract(document("so-01.txt"), "so-01.txt")["paragraphs"]


def test_what_takes_too_long_is_ended_with_its_fork_and_the_next_is_read():
    """Given no time at all: a millisecond was enough for the fork while nobody else was let to the processor."""
    hurried = opening.Opener(seconds=0)
    try:
        with pytest.raises(errors.Refusal, match="file_too_complex"):
            hurried.extract(document("pdf/so-10.pdf"), "so-10.pdf")
    finally:
        hurried.close()


def test_a_process_that_was_killed_is_replaced_by_the_next_file(opener):
    opener.extract(document("so-01.txt"), "so-01.txt")
    os.kill(opener._process.pid, signal.SIGKILL)
    assert opener.extract(document("so-01.txt"), "so-01.txt")["paragraphs"]


def test_the_process_ends_when_nobody_asks_any_more():
    made = opening.Opener()
    made.extract(document("so-01.txt"), "so-01.txt")
    process = made._process
    assert process and process.stdin
    process.stdin.close()
    assert process.wait(10 * SLOWER) == 0
    made.close()


def test_the_words_of_a_file_that_no_encoding_can_carry_are_replaced_not_lost(opener):
    text = "一、存在的问题\n" + "学习抓得不紧。" * 20
    found = opener.extract(text.encode("gb18030"), "材料\ud800.txt")
    assert found["paragraphs"][0]["text"] == "一、存在的问题"


def test_opening_many_files_leaves_no_process_behind(opener):
    for _ in range(20):
        opener.extract(document("so-01.txt"), "so-01.txt")
    children = Path(f"/proc/{opener._process.pid}/task/{opener._process.pid}/children")
    wait_until(lambda: not children.read_text().split(), 5, children.read_text)
