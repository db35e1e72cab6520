"""What a worker under measurement does with a message: nothing or 2 ms of work, and one stroke on the tally.

The tally is a file in memory that the measuring process reads, so counting asks nothing of broker or store. Every
process finds a column of its own at its first message and waits there until the gate opens, so that all start together.
Standard library only: the peers' environment imports it too. Cells: gate, then (idle, worked) for each column.
"""

import hashlib
import itertools
import mmap
import os
import threading
import time
from pathlib import Path

COLUMNS, WORDS = 32, 1 + 2 * 32
IDLE, WORK = 0, 1
PAD = "x" * 900
"""What every message carries, so that it weighs about a kilobyte."""

_entering = threading.Lock()


def strain(turns: int) -> None:
    """A fixed amount of work for one core, whoever else wants it."""
    for _ in range(turns):
        hashlib.sha256(b"rectify").digest()


def turns_of(seconds: float) -> int:
    """How many turns of `strain` this machine does in that time when it is undisturbed: the best of several looks."""
    best = float("inf")
    for _ in range(15):
        start = time.process_time()
        strain(4000)
        best = min(best, time.process_time() - start)
    return max(int(4000 * seconds / best), 1)


def make(folder: Path) -> Path:
    """A fresh tally."""
    path = folder / "tally"
    path.write_bytes(bytes(8 * WORDS))
    for column in folder.glob("column-*"):
        column.unlink()
    return path


def cells(path: Path) -> "memoryview[int]":
    """The tally's cells as this process sees and changes them."""
    with path.open("r+b") as file:
        return memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")


class Column:
    """One process's strokes."""

    def __init__(self, path: Path) -> None:
        self.path, self.cells, self.place = path, cells(path), 0
        self.turns = int(os.environ["BENCH_TURNS"])
        self.counts = [itertools.count(1), itertools.count(1)]

    def stroke(self, kind: int) -> None:
        """One message was taken."""
        if not self.place or not self.cells[0]:
            self._enter()
        if kind == WORK:
            strain(self.turns)
        self.cells[self.place + kind] = next(self.counts[kind])

    def _enter(self) -> None:
        with _entering:
            if not self.place:
                self.place = 1 + 2 * _claim(self.path.parent)
        while not self.cells[0]:
            time.sleep(0.001)


def _claim(folder: Path) -> int:
    for number in range(COLUMNS):
        try:
            os.close(os.open(folder / f"column-{number}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            continue
        return number
    raise RuntimeError("more processes than columns")


_mine: Column | None = None


def stroke(kind: int) -> None:
    """Do what the message asks and count it."""
    global _mine  # noqa: PLW0603  (one column for each process, found at its first message, after it was forked)
    if _mine is None:
        _mine = Column(Path(os.environ["BENCH_TALLY"]))
    _mine.stroke(kind)
