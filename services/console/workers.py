"""Review workers side by side: N processes that take tickets, each one at a time, restarted when they die.

Operators add workers by starting more of these, here or on other machines. On SIGTERM every worker finishes what it has
in hand within the grace period; what it cannot finish is taken up by another.
"""

import signal
import sys
import time
from types import FrameType

from services.console import children
from services.spine import settings


def keep(processes: int) -> int:
    """Keep so many workers running until a signal comes; 1 when one had to be killed."""
    signals: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        signals.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    command = [sys.executable, "-m", "services.spine.run", "review_worker"]
    workers = [children.Child(f"worker {number}", command) for number in range(1, processes + 1)]
    for worker in workers:
        worker.start()
    while not signals:
        time.sleep(0.2)
        for worker in workers:
            worker.mend()
    return 0 if children.end_all(workers, settings.grace() + 2, hurry=lambda: len(signals) > 1) else 1
