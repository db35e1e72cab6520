"""The board at three sizes: `python -m tests.bench.progress [--units 130,3000,30000 --events 1000000 --cache 1G]`.

The feed is filled with made courses of campaigns, the model rebuilt from it by the registry's own program (seconds and
its memory), then followed on (events a second), and the board and lists are asked for as the doors ask. What a board
costs should grow neither with units nor with history: the first size is shown with ten times its history as well.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.registry import definition, progress_lists, progress_store, progressing
from services.spine import clock, feed
from tests.bench import ground
from tests.registry.histories import told
from tests.stack import ROOT, Store

CODE, AT_ONCE, FOLLOWED, ASKED = "a-campaign", 5000, 2000, 20
CAMPAIGN = {**definition.REFERENCE, "regions": [], "groups": []}
COLUMNS = ("units", "events", "rebuild, s", "memory, MB", "followed, events/s", "board, ms", "a county's, ms",
           "overdue, ms", "first page, ms", "a county's page, ms")  # fmt: skip


def fill(db: Any, units: int, count: int) -> None:
    """Put a made course into the feed."""
    feed.prepare(db)
    regions = max(min(units // 40, 100), 3)
    rows = []
    for number, event in enumerate(told(1, units, count, regions=regions), 1):
        rows.append({"_id": f"e{number}", "n": number, "name": "", "region": event["region"], "event": event})
        if len(rows) == AT_ONCE or number == count:
            db.events.insert_many(rows, ordered=False)
            rows = []


def rebuilt(uri: str) -> tuple[float, int]:
    """Seconds and megabytes of the program that rebuilds."""
    start = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-m", "services.registry.rebuilding"]
    program = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"RECTIFY_STORE": uri}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise RuntimeError("the rebuilding failed")
    return time.perf_counter() - start, used.ru_maxrss // 1024


def asked(ask: Any) -> str:
    """Median and worst milliseconds."""
    took = []
    for _ in range(ASKED):
        start = time.perf_counter()
        ask()
        took.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(took):.0f} / {max(took):.0f}"


def measured(units: int, count: int, cache: str) -> list[str]:
    """One line of the table, on a store of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = Store(Path(folder), cache).start()
        try:
            db, feed_db = store.client["registry"], store.client["feed"]
            fill(feed_db, units, count)
            progress_store.prepare(db)
            seconds, megabytes = rebuilt(store.uri)
            build, today = progress_store.build_of(progress_store.cursor(db), CODE), clock.today()
            parts: progress_lists.Reach = [{}]

            def board(**query: str) -> str:
                return asked(lambda: progress_lists.board(db, CAMPAIGN, build, parts, query, today))

            def page(**query: str) -> str:
                return asked(lambda: progress_lists.units(db, build, parts, query, 1, today))

            county = {"region": "990001"}
            figures = [board(), board(**county), board(overdue="1"), page(), page(**county)]
            return [
                f"{units:,}",
                f"{count:,}",
                f"{seconds:.0f}",
                f"{megabytes:,}",
                followed(db, feed_db, count),
                *figures,
            ]
        finally:
            store.stop()


def followed(db: Any, feed_db: Any, count: int) -> str:
    """Events a second that are taken in as they are told: the last ones of the feed, told once more."""
    last = list(feed.read(feed_db, count - FOLLOWED, limit=FOLLOWED))
    rows = [
        {"_id": f"e{number + FOLLOWED}", "n": number + FOLLOWED, "name": "", "region": event["region"], "event": event}
        for number, event in last
    ]
    feed_db.events.insert_many(rows)
    start = time.perf_counter()
    while progressing.step(db, feed_db):
        pass
    return f"{FOLLOWED / (time.perf_counter() - start):,.0f}"


def main() -> None:
    """Print the table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--units", default="130,3000,30000", help="how many units (130,3000,30000)")
    wanted.add_argument("--events", type=int, default=1_000_000, help="of the largest size; the others in proportion")
    wanted.add_argument("--cache", default="1G", help="of the embedded store (1G)")
    given = wanted.parse_args()
    sizes = [int(size) for size in given.units.split(",")]
    each = max(given.events // max(sizes), 1)
    table = Table(*COLUMNS, box=box.MARKDOWN)
    for units, count in [
        (sizes[0], sizes[0] * each),
        (sizes[0], sizes[0] * each * 10),
        *((n, n * each) for n in sizes[1:]),
    ]:
        row = measured(units, count, given.cache)
        table.add_row(*row)
        print(time.strftime("%H:%M:%S"), *row, sep=" | ", file=sys.stderr, flush=True)
    head = ground.head(f"an embedded store with a cache of {given.cache}; asked {ASKED} times: median / worst")
    Console(width=160).print(head, table, sep="\n")


if __name__ == "__main__":
    main()
