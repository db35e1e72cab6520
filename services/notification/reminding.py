"""A run of reminders: whatever has its day is told, some nodes at a time, until nothing is left or the time is over.

What must stay true: only what has its day is read, so that a hundred thousand messages need no more memory than a
thousand; whoever is killed in the middle, or works beside another, loses nothing and doubles nothing, for a message's
id is its meaning. As a program, `python -m services.notification.reminding`, it stands beside the services, waits for a
store that is away, and prints how far it is, one JSON object a line.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial

from services.notification import reminders_store, store
from services.spine import clock, mongo, outbox

FOR_EVER = 10.0**9


def run(db: mongo.Db, today: str, until: float = FOR_EVER, tell: Callable[[int], None] = lambda done: None) -> int:
    """Tell what is due until nothing is or the time (monotonic) is over; how many messages were written."""
    sent, done, before = 0, 0, -1
    while done > before:
        before = done
        for nodes in reminders_store.waiting(db, today):
            at, ground = clock.now(), reminders_store.Ground(db, nodes)
            sent += reminders_store.send(db, [(node, *ground.look(node, today, at)) for node in nodes], at)
            done += len(nodes)
            tell(done)
            if time.monotonic() > until:
                return sent
    return sent


def _show(due: int, done: int) -> None:
    print(json.dumps({"state": "reminding", "done": done, "of": max(due, done)}), flush=True)


def main() -> int:
    """Tell what is due today; the exit code."""
    start, db = time.monotonic(), mongo.database("notification")
    outbox.patiently(partial(store.prepare, db))
    due = outbox.patiently(partial(reminders_store.how_many_wait, db, clock.today()))
    sent = outbox.patiently(partial(run, db, clock.today(), tell=partial(_show, due)))
    print(json.dumps({"sent": sent, "seconds": round(time.monotonic() - start, 1)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
