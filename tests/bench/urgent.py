"""How long an urgent outline waits among long ones: `python -m tests.bench.urgent` (about four minutes).

Real review workers on RabbitMQ. Long means that intake answers late, so that nothing here wants the processor. Told are
urgent ones one after the other, while all workers have long ones of meetings far away to do, and while one has.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.spine import events
from tests.bench import ground, prechecks
from tests.stack import wait_until

LONG, RATE, URGENT_DAYS, LATER_DAYS = 2.0, 0.7, 1, 30
console = Console(width=140)


def main() -> int:
    """Run and print the table."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.urgent", description=__doc__)
    asked.add_argument("--processes", default="1,2,4", help="worker processes (1,2,4)")
    asked.add_argument("--urgent", type=int, default=30, help="urgent ones a run (30)")
    given = asked.parse_args()
    head = ground.head()
    table = Table("workers", "long ones at work", "median", "90th", "longest", "the long ones", box=box.MARKDOWN)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ground.Ground(Path(folder)) as here:
        slow = set[str]()
        url = _late_intake(here, slow)
        with prechecks.review(here, url) as database:
            for run, (number, busy) in enumerate(_runs([int(word) for word in given.processes.split(",")])):
                urgent, later = _through(here, url, database, (run + 1) * 1000, number, busy, given.urgent, slow)
                ordered = sorted(urgent)
                nine = ordered[len(ordered) * 9 // 10]
                row = [f"{seconds:.2f} s" for seconds in (statistics.median(ordered), nine, ordered[-1])]
                table.add_row(str(number), str(busy), *row, f"{later:.2f} a second")
    console.print(head, table, f"load at the end {ground.load()}", sep="\n")
    return 0


def _runs(processes: list[int]) -> list[tuple[int, int]]:
    return [(number, number) for number in processes] + [(number, 1) for number in processes if number > 1]


def _through(
    here: ground.Ground, url: str, database: Any, first: int, number: int, busy: int, urgent: int, slow: set[str]
) -> tuple[list[float], float]:
    """Seconds from telling to claiming of each urgent one; how many long ones were done a second."""
    seconds = urgent / RATE
    long_ones = _told(here, database, first, int(seconds * busy / LONG) + busy, LATER_DAYS)
    slow.update(event["data"]["sha256"] for event in long_ones)
    pressing = _told(here, database, first + 500, urgent, URGENT_DAYS)
    workers = prechecks.workers(here, url, number)
    try:
        seen = {"seen_at": {"$gt": time.time()}}
        wait_until(lambda: database.workers.count_documents(seen) >= number, 60, "workers")
        with ThreadPoolExecutor() as pool:
            begin = time.time()
            if busy == number:
                prechecks.tell(here, long_ones)
            else:
                pool.submit(prechecks.pace, here, long_ones, busy / LONG)
            time.sleep(LONG)
            at = prechecks.pace(here, pressing, RATE)
            mine = {"_id": {"$in": list(at)}, **prechecks.DONE}
            wait_until(lambda: database.tasks.count_documents(mine) == urgent, 60, "the urgent ones")
            far = {"_id": {"$in": prechecks.reviews_of(long_ones)}, **prechecks.DONE}
            later = database.tasks.count_documents(far) / (time.time() - begin)
    finally:
        ground.put_down(workers)
    claimed = {row["_id"]: row["claimed_at"] for row in database.tasks.find(mine)}
    database.tasks.delete_many({})
    return [claimed[key] - moment for key, moment in at.items()], later


def _told(here: ground.Ground, database: Any, first: int, count: int, days: int) -> list[events.Event]:
    """Outlines of units whose meetings are so many days away."""
    told = [prechecks.submitted(here, first + number) for number in range(count)]
    on = (date.today() + timedelta(days=days)).isoformat()
    database.meetings.insert_many(
        [{"_id": f"{prechecks.CAMPAIGN}.{event['data']['unit']}", "meeting_on": on} for event in told]
    )
    return told


def _late_intake(here: ground.Ground, slow: set[str]) -> str:
    """Where files are had by their hash, some of them late."""
    folder = here.folder / "intake"
    (folder / "files").mkdir(parents=True)

    class Late(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def do_GET(self) -> None:
            if self.path.rpartition("/")[2] in slow:
                time.sleep(LONG)
            with suppress(BrokenPipeError):  # whoever asked was put down meanwhile
                super().do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Late)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{serving.server_port}"


if __name__ == "__main__":
    sys.exit(main())
