"""What several ask for at once is written in one word, and nobody goes on before it is."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.notification import together
from tests.patience import SLOWER


def test_what_is_asked_for_while_one_word_is_on_its_way_goes_in_the_next():
    words: list[list[int]] = []
    first, go_on = threading.Event(), threading.Event()

    def write(some: Sequence[int]) -> list[int]:
        words.append(sorted(some))
        first.set()
        assert go_on.wait(10 * SLOWER)
        return [-one for one in some]

    writer = together.Together(write)
    with ThreadPoolExecutor(9) as pool:
        one = pool.submit(writer, 0)
        assert first.wait(10 * SLOWER)
        others = [pool.submit(writer, number) for number in range(1, 9)]
        while len(writer.waiting) < 8:
            assert not any(other.done() for other in others)
        go_on.set()
        assert [each.result(10 * SLOWER) for each in (one, *others)] == [-number for number in range(9)]
    assert words == [[0], [*range(1, 9)]]


def test_whoever_asked_for_what_failed_is_told_and_the_next_is_written():
    fails = [True]

    def write(some: Sequence[int]) -> Sequence[int]:
        if fails.pop() if fails else False:
            raise OSError("the store is away")
        return some

    writer = together.Together(write)
    with pytest.raises(OSError, match="away"):
        writer(1)
    assert writer(2) == 2
