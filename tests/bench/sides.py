"""The real pre-check beside other task queues: the very same function on the same outlines, through each of them.

Every runner finds the store as the one before found it: the outlines' reviews waiting, nothing kept to resemble them.
One task at a time in each process and one prefetched, as all advise for long work; durable messages, confirmed. Ours is
the worker as it runs, with its book of tasks; what a task queue cannot be better than is the function in a loop.
"""

import statistics
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.review import domain, store, tasks
from services.spine import clock, feed
from tests.bench import ground, prechecks, race
from tests.bench.field import HERE, Runner, own
from tests.bench.filling import Queue
from tests.stack import wait_until

EACH, SECONDS, LOOK = 80, 180, 0.25
BARE, OURS = "the function in a loop, no queue", "ours, the review worker"
ASKED = {"BENCH_PREFETCH": "1", "dramatiq_queue_prefetch": "1", "BENCH_PYTHON": sys.executable}
Start = Callable[[list[str]], list[Any]]


class Side:
    """The ground all share: outlines, and a store that is put back between runs."""

    def __init__(self, here: ground.Ground, url: str, database: Any, each: int) -> None:
        self.here, self.url, self.database, self.each = here, url, database, each
        self.feed = here.store.client["feed"]
        self.told = 0
        self.environment = {**ASKED, "BENCH_PRODUCT": sysconfig.get_path("purelib"), "RECTIFY_INTAKE_URL": url}

    def rate(self, processes: int, start: Start, *, booked: bool = False) -> float:
        """Pre-checks a second, counted between the first tenth kept and the last twentieth."""
        number = self.each * min(processes, 2)
        ids = self._put_back(number, booked=booked)
        before = feed.last(self.feed)
        started = start(ids)
        told = {"n": {"$gt": before}, "name": "material_prechecked"}
        try:
            wait_until(lambda: self._kept(ids), SECONDS, lambda: f"{self._kept_of(ids)} kept, see {self.here.folder}")
            wait_until(lambda: self.feed.events.count_documents(told) == number, 30, "what was found is told")
        finally:
            ground.put_down(started)
        kept = sorted(clock.moment(row["event"]["time"]).timestamp() for row in self.feed.events.find(told))
        first, last = max(number // 10, processes), number * 95 // 100
        return (last - first) / (kept[last] - kept[first])

    def _put_back(self, number: int, *, booked: bool) -> list[str]:
        """The outlines' reviews wait for their first pre-check; with tasks where the queue is ours."""
        for name in ("reviews", "signatures", "tasks", "workers"):
            self.database[name].delete_many({})
        said = [prechecks.submitted(self.here, self.told + each, text=each) for each in range(number)]
        self.told += number
        campaign = store.campaign(self.database, prechecks.CAMPAIGN)
        reviews = [domain.begin(event, None, campaign) for event in said]
        store.open_reviews(self.database, reviews, clock.now())
        ids = [review["_id"] for review in reviews]
        if booked:
            tasks.add(self.database, dict.fromkeys(ids), clock.today(), time.time())
        return ids

    def _kept(self, ids: list[str]) -> bool:
        """Whether all are done: the last is asked for first, by its id, so that asking costs the store nothing."""
        time.sleep(LOOK)
        last = self.database.reviews.find_one({"_id": ids[-1]}, {"state": 1})
        return last["state"] == "prechecked" and self._kept_of(ids) == len(ids)

    def _kept_of(self, ids: list[str]) -> int:
        return int(self.database.reviews.count_documents({"_id": {"$in": ids}, "state": "prechecked"}))

    def in_a_loop(self, processes: int) -> float:
        """Without a queue: each process has its part of the outlines from the start."""

        def start(ids: list[str]) -> list[Any]:
            command = [HERE, "-W", "ignore", "-m", "tests.bench.peers.examining"]
            parts = [self.here.folder / f"part-{number}" for number in range(processes)]
            started = []
            for number, part in enumerate(parts):
                part.write_text("\n".join(ids[number::processes]))
                started.append(self.here.spawn([*command, str(part)], "loop.log", **self.environment))
            return started

        return self.rate(processes, start)

    def ours(self, processes: int) -> float:
        """Through our own queue, book and workers."""

        def start(ids: list[str]) -> list[Any]:
            self.here.run(own("hand"), words=ids)
            return prechecks.workers(self.here, self.url, processes)

        return self.rate(processes, start, booked=True)

    def through(self, runner: Runner, processes: int) -> float:
        """Through a peer."""

        def start(ids: list[str]) -> list[Any]:
            queue = Queue(self.here.broker.url, runner.queue)
            if race.exists(queue):
                queue.empty()  # of what a run before did not come to
            queue.close()
            self.here.run([*runner.publish[:-1], "hand"], words=ids)
            log = f"{runner.name}.log"
            return [self.here.spawn(command, log, **self.environment) for command in runner.work(processes)]

        return self.rate(processes, start)


def show(
    here: ground.Ground, peers: list[tuple[Runner, str]], processes: list[int], asked: Any, console: Console
) -> list[str]:
    """Print the tables; what came to nothing."""
    alone = Table("", "", title="The real pre-check of an outline (.docx)", box=box.MARKDOWN, title_justify="left")
    for name, milliseconds in prechecks.bare().items():
        alone.add_row(name, f"{milliseconds:.1f} ms of one core")
    paced = Table("a second", "workers", "median", "99th", "done", title="From telling to findings", box=box.MARKDOWN)
    with prechecks.intake(here) as url, prechecks.review(here, url) as database:
        side = Side(here, url, database, EACH // 4 if asked.quick else EACH)
        console.print(ground.head())
        failures = beside(side, peers, processes, asked.times, console)
        for rate in prechecks.RATES[: 2 if asked.quick else None]:
            seconds = prechecks.PACED_SECONDS // (3 if asked.quick else 1)
            waits = prechecks.waits(here, url, database, rate, seconds)
            median, worst = statistics.median(waits), sorted(waits)[len(waits) * 99 // 100]
            paced.add_row(f"{rate}", f"{prechecks.WORKERS}", f"{median:.2f} s", f"{worst:.2f} s", f"{len(waits)}")
    console.print(alone, paced, sep="\n")
    return failures


def beside(
    side: Side, peers: list[tuple[Runner, str]], processes: list[int], times: int, console: Console
) -> list[str]:
    """Print the table; what came to nothing."""
    seen, failures = defaultdict[tuple[str, int], list[float]](list), list[str]()
    acts: dict[str, Callable[[int], float]] = {BARE: side.in_a_loop, OURS: side.ours}
    acts |= {f"{peer.name} {version}": partial(side.through, peer) for peer, version in peers}
    names = list(acts)
    for turn in range(times):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            print(f"{time.strftime('%H:%M:%S')} the pre-check, {name}", file=sys.stderr)
            for count in processes:
                try:
                    seen[name, count].append(acts[name](count))
                except (AssertionError, RuntimeError, OSError) as fault:
                    failures.append(f"{name}, {count}: {fault}")
    median = {key: statistics.median(rates) for key, rates in seen.items()}
    columns = [word for count in processes for word in (f"{count} proc.", "to ours")]
    title = f"The real pre-check with its writes, outlines a second, {times} repetitions, medians"
    table = Table("", *columns, title=title, box=box.MARKDOWN, title_justify="left")
    for name in names:
        row = []
        for count in processes:
            rate, against = median.get((name, count)), median.get((OURS, count))
            row += [f"{rate:.1f}" if rate else "–", f"{rate / against:.2f}" if rate and against else "–"]
        table.add_row(name, *row)
    console.print(table)
    return failures
