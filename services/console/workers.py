"""Review workers side by side: N processes that take tickets, each one at a time, restarted when they die.

N may change at any time: those that are too many finish what they have in hand and go. SIGTTIN means one more, SIGTTOU
one less (as with gunicorn). On SIGTERM every worker finishes what it has in hand within the grace period; what it
cannot finish is taken up by another.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from services.console import children, folder, telling
from services.spine import settings

COMMAND = (sys.executable, "-m", "services.spine.run", "review_worker")
MOST = 64
LOOK_SECONDS = 0.2
MORE = {signal.SIGTTIN: 1, signal.SIGTTOU: -1}


class Crew:
    """So many workers, as many as are wanted now."""

    def __init__(self, environment: Mapping[str, str] | None = None, logs: Path | None = None, first: int = 1) -> None:
        self.environment, self.logs, self.first = dict(environment or {}), logs, first
        self.working: list[children.Child] = []
        self.leaving: list[tuple[children.Child, float]] = []

    def be(self, number: int) -> None:
        """Become so many. Whoever goes finishes first."""
        while len(self.working) < number:
            name = f"worker {self.first + len(self.working)}"
            log = self.logs / f"{name.replace(' ', '-')}.log" if self.logs else None
            self.working.append(children.Child(name, list(COMMAND), self.environment, log))
            self.working[-1].start()
        while len(self.working) > number:
            child = self.working.pop()
            if child.pid and child.process:
                child.process.terminate()
            self.leaving.append((child, time.monotonic() + settings.grace() + 2))

    def mend(self) -> list[tuple[children.Child, float]]:
        """Start again who died, with the pause it gets; see off who has finished."""
        for child, until in list(self.leaving):
            if child.pid is None or time.monotonic() > until:
                child.end(0.1)
                self.leaving.remove((child, until))
        paused = [(child, child.mend()) for child in self.working]
        return [(child, pause) for child, pause in paused if pause is not None]

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [child.pid for child in self.working if child.pid]

    def end(self, grace: float, hurry: Callable[[], bool]) -> bool:
        """All go; True when all ended by themselves."""
        gone = [*self.working, *(child for child, _ in self.leaving)]
        self.working, self.leaving = [], []
        return children.end_all(gone, grace, hurry)


def keep(processes: int, data: Path | None) -> int:
    """Keep workers running until a signal to end comes; 1 when one had to be killed.

    SIGTTIN and SIGTTOU change their number; with a data folder `rectify scale` finds them there and does it, too.
    """
    place = folder.Folder(data) if data else None
    signals: list[int] = []
    changes: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.append(number))
    for number in MORE:
        signal.signal(number, lambda number, _: changes.append(MORE[signal.Signals(number)]))
    crew, wanted = Crew(), processes
    if place:
        place.want_workers(wanted)
    while not signals:
        wanted = place.wanted_workers(wanted) if place else wanted
        if changes:
            wanted = min(max(wanted + changes.pop(0), 1), MOST)
            if place:
                place.want_workers(wanted)
        before = crew.pids
        crew.be(wanted)
        crew.mend()
        if place and crew.pids != before:
            place.write_crew({"pid": os.getpid(), "workers": len(crew.working), "pids": crew.pids})
        if not changes:
            time.sleep(LOOK_SECONDS)
    if place:
        place.clear_crew()
    return 0 if crew.end(settings.grace() + 2, hurry=lambda: len(signals) > 1) else 1


def scale(number: int, data: Path | None, seconds: float = 30) -> dict[str, int]:
    """Have the supervisor of a data folder keep so many workers: {before, now}; Trouble when none is there."""
    place = folder.Folder(data)
    before = place.crew()
    if before is None:
        raise telling.Trouble("no_supervisor", path=place.path)
    place.want_workers(number)
    end = time.monotonic() + seconds
    while (now := place.crew() or before)["workers"] != number and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    return {"before": before["workers"], "now": now["workers"]}
