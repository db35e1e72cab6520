"""Writing down together what several ask for at the same time, each of whom waits until it is written.

What must stay true: nobody goes on before what he asked for is written, or has failed. While one word is on its way to
the store, what is asked for meanwhile gathers, and goes in the next.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Came = TypeVar("Came")


class Together(Generic[Asked, Came]):
    """One writer for a process; `write` takes what several ask for and gives what came of each, in that order."""

    def __init__(self, write: Callable[[Sequence[Asked]], Sequence[Came]]) -> None:
        self.write, self.writing = write, threading.Lock()
        self.waiting: deque[tuple[Asked, list[Came | BaseException]]] = deque()

    def __call__(self, asked: Asked) -> Came:
        """What came of it; raises what the writing raised."""
        came: list[Came | BaseException] = []
        self.waiting.append((asked, came))
        with self.writing:
            if not came:
                self._write([self.waiting.popleft() for _ in range(len(self.waiting))])
        if isinstance(came[0], BaseException):
            raise came[0]
        return came[0]

    def _write(self, some: list[tuple[Asked, list[Came | BaseException]]]) -> None:
        try:
            results: Sequence[Came | BaseException] = self.write([asked for asked, _ in some])
        except BaseException as fault:
            results = [fault] * len(some)
        for (_, came), result in zip(some, results, strict=True):
            came.append(result)
