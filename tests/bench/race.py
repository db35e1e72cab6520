"""One run of one of those who take part: its own messages copied into its queue, an open gate, two windows.

The queue holds messages that ask for nothing, then messages that ask for two milliseconds of work. Rates are counted
between two marks: after what had been prefetched when the gate opened, and before the last messages, when some process
may have nothing left to do.
"""

import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench import tally
from tests.bench.field import HERE, Runner
from tests.bench.filling import Queue
from tests.bench.ground import Ground, put_down

PREFETCH = 200
SECONDS_TO_ARRIVE, SECONDS_TO_END, LOOK = 30, 60, 0.004


class Failed(Exception):
    """A run came to nothing; the message says where its log is."""


class Rates(NamedTuple):
    """Messages a second: those that asked for nothing, those that asked for work."""

    idle: float
    work: float


def publish(ground: Ground, runner: Runner, count: int) -> tuple[float, list[Any]]:
    """Messages a second that the runner publishes with a confirm for each, and a pattern of each kind."""
    with_queue = Queue(ground.broker.url, runner.queue)
    try:
        if exists(with_queue):
            with_queue.empty()
        rate = float(ground.run([*runner.publish, str(count)]).split()[-1])
        patterns = [with_queue.pattern(), with_queue.pattern()]
        with_queue.empty()
    finally:
        with_queue.close()
    return rate, patterns


def work(ground: Ground, runner: Runner, patterns: list[Any], processes: int, counts: list[int], turns: int) -> Rates:
    """How fast so many processes of the runner take what waits for them."""
    seen = tally.make(ground.folder)
    queue = Queue(ground.broker.url, runner.queue)
    queue.empty()
    started = [_start(ground, command, runner.name, seen, turns) for command in runner.work(processes)]
    try:
        for pattern, count in zip(patterns, counts, strict=True):
            queue.fill(pattern, count)
        looks = _watch(ground, seen, processes, counts, runner.name)
    finally:
        put_down(started)
        queue.close()
    first = max(counts[0] // 10, processes * PREFETCH)
    return Rates(
        _rate([(at, idle) for at, idle, _ in looks], first, counts[0] * 95 // 100),
        _rate([(at, done) for at, _, done in looks], counts[1] // 10, counts[1] * 85 // 100),
    )


def bare(ground: Ground, processes: int, turns: int, seconds: float) -> float:
    """How often a second so many processes do the work alone, without any queue."""
    seen = tally.make(ground.folder)
    command = [HERE, "-m", "tests.bench.peers.bare"]
    started = [_start(ground, command, "bare", seen, turns) for _ in range(processes)]
    try:
        cells = _opened(ground, seen, processes, "bare")
        time.sleep(seconds / 5)
        before, start = _sum(cells)[1], time.perf_counter()
        time.sleep(seconds)
        return (_sum(cells)[1] - before) / (time.perf_counter() - start)
    finally:
        put_down(started)


def _start(ground: Ground, command: list[str], name: str, seen: Path, turns: int) -> Any:
    return ground.spawn(command, f"{name}.log", BENCH_TALLY=str(seen), BENCH_TURNS=str(turns))


def exists(queue: Queue) -> bool:
    """Whether somebody made it."""
    answer = queue.connection.channel()
    try:
        answer.queue_declare(queue.name, passive=True)
    except queue.connection.channel_errors:
        return False
    return True


def _opened(ground: Ground, seen: Path, processes: int, name: str) -> "memoryview[int]":
    """The tally, its gate opened once every process has come to it."""
    end = time.monotonic() + SECONDS_TO_ARRIVE
    while len(list(seen.parent.glob("column-*"))) < processes:
        if time.monotonic() > end:
            raise Failed(f"{name}: not all of {processes} processes took a message, see {ground.folder}/{name}.log")
        time.sleep(0.02)
    time.sleep(0.3)
    cells = tally.cells(seen)
    cells[0] = 1
    return cells


def _sum(cells: "memoryview[int]") -> tuple[int, int]:
    counted = cells.tolist()
    return sum(counted[1::2]), sum(counted[2::2])


def _watch(ground: Ground, seen: Path, processes: int, counts: list[int], name: str) -> list[tuple[float, int, int]]:
    cells = _opened(ground, seen, processes, name)
    looks, end = [(time.perf_counter(), 0, 0)], time.monotonic() + SECONDS_TO_END
    while looks[-1][2] < counts[1] * 85 // 100 or looks[-1][1] < counts[0] * 95 // 100:
        if time.monotonic() > end:
            raise Failed(
                f"{name}: {looks[-1][1:]} of {counts} after {SECONDS_TO_END} s, see {ground.folder}/{name}.log"
            )
        time.sleep(LOOK)
        looks.append((time.perf_counter(), *_sum(cells)))
    return looks


def _rate(looks: list[tuple[float, int]], first: int, last: int) -> float:
    """Messages a second between two counts, the moments of both read between two looks."""

    def moment(mark: int) -> float:
        for (before, low), (after, high) in pairwise(looks):
            if high >= mark:
                return before + (after - before) * (mark - low) / max(high - low, 1)
        raise Failed(f"only {looks[-1][1]} of {mark}")

    return (last - first) / (moment(last) - moment(first))
