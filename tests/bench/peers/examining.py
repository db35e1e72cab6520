"""The very pre-check of our worker as a plain function: what the peers do, and what a loop without any queue does.

All of it but the book of tasks, which is our queue's: the file had from intake and read in a process with limits, the
standards, near-copies, findings kept with their event, and a relay beside that tells it. The peers keep their own
packages; what theirs lack they find in the product's, which come last.
"""

import functools
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

PRODUCT, PYTHON = os.environ.get("BENCH_PRODUCT", ""), os.environ.get("BENCH_PYTHON", sys.executable)


class Directly:
    """Stands where eventlet's threads are, for those who do not run on eventlet."""

    @staticmethod
    def execute(act: Callable[..., Any], *given: Any) -> Any:
        """Do it here."""
        return act(*given)


def examine(review_id: str) -> None:
    """Pre-check one version."""
    made = _worker()
    from services.review import domain, store
    from services.spine.mongo import again

    review = store.get(made.db, review_id)
    if domain.awaits(review):
        found = made._examine(review, alone=False)
        again(functools.partial(made._keep, review_id, found))


@functools.cache
def _worker() -> Any:
    """One for each process, made where it is used first: after the fork."""
    if PRODUCT not in sys.path:
        sys.path.append(PRODUCT)
    sys.executable = PYTHON  # the reader with limits is the product's
    from eventlet import patcher

    from services.review import worker
    from services.spine import mongo, outbox

    room: Any = worker
    if not patcher.is_monkey_patched("thread"):
        room.tpool = Directly
    made = room.ReviewWorker()
    made.db = mongo.database("review")
    outbox.SPEAKING.set()
    threading.Thread(target=outbox.Relay("review", made.db, mongo.database("feed")).run, daemon=True).start()
    return made


if __name__ == "__main__":
    for each in Path(sys.argv[1]).read_text().split():
        examine(each)
    threading.Event().wait(10)  # the relay tells the rest; whoever started this ends it
