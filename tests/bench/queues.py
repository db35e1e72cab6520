"""Our doors beside other task queues, on one RabbitMQ, in one run: `python -m tests.bench.queues [--quick]`.

The same durable kilobyte through quorum queues, prefetch 200, each with its recommended production settings; taking
turns, several times, medians. Nothing is asserted. The peers get an environment of their own (deploy/lock-bench.txt).
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench import ground, race, sides, tally
from tests.bench.field import Runner, field, relay

SECONDS = 0.002
WORKED = {1: 500, 2: 800, 4: 800}
BARE = "the bare function"
Seen = dict[tuple[str, ...], list[float]]
console = Console(width=140)


def options() -> argparse.Namespace:
    """What was asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.queues", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="once, one process, few messages: does it all still run?")
    asked.add_argument("--times", type=int, default=3, help="repetitions of each cell (3)")
    asked.add_argument("--processes", default="1,2,4", help="worker processes (1,2,4)")
    asked.add_argument("--only", default="", help="runners whose name contains one of these, comma between")
    asked.add_argument("--part", choices=("all", "queues", "precheck"), default="all", help="a piece of it (all)")
    asked.add_argument("--folder", type=Path, default=ground.CACHE, help="where the peers' environment is kept")
    return asked.parse_args()


def main() -> int:
    """Run and print the tables; 1 when some run came to nothing."""
    asked = options()
    if asked.quick:
        asked.times, asked.processes = 1, "1"
    processes = [int(number) for number in asked.processes.split(",")]
    head, start, failures = ground.head(), time.monotonic(), list[str]()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ground.Ground(Path(folder)) as here:
        if asked.part != "precheck":
            runners = _chosen(field(ground.environment(asked.folder)), asked.only)
            versions = {runner.name: ground.version(runner.python, runner.package) for runner in runners}
            seen = _turns(here, runners, processes, asked, failures)
            console.print(
                f"{head}\nRabbitMQ {here.broker_version()}, quorum queues · {asked.times} repetitions, medians"
            )
            _print(seen, versions, processes)
        if asked.part != "queues":
            python = ground.environment(asked.folder)
            peers = [each for each in _chosen(field(python, long=True), asked.only) if each.python == python]
            versions = {peer.name: ground.version(python, peer.package) for peer in peers}
            named = [(peer, versions[peer.name]) for peer in peers]
            failures += sides.show(here, named, processes, asked, console)
    console.print(f"load at the end {ground.load()} · took {time.monotonic() - start:.0f} s")
    for failure in failures:
        console.print(f"came to nothing: {failure}", style="red", markup=False)
    return 1 if failures else 0


def _chosen(runners: list[Runner], only: str) -> list[Runner]:
    return [each for each in runners if any(word.lower() in each.name.lower() for word in only.split(","))]


def _turns(
    here: ground.Ground, runners: list[Runner], processes: list[int], asked: argparse.Namespace, failures: list[str]
) -> Seen:
    """Everybody in turn, then everybody again, each time in another order."""
    seen: Seen = defaultdict(list)
    turns = tally.turns_of(SECONDS)
    for turn in range(asked.times):
        for number in processes:
            seen["work", BARE, str(number)].append(race.bare(here, number, turns, 0.5))
        for runner in runners[turn % len(runners) :] + runners[: turn % len(runners)]:
            try:
                _one(here, runner, processes, turns, asked.quick, seen)
            except (race.Failed, RuntimeError, LookupError, OSError) as fault:
                failures.append(f"{runner.name}: {fault}")
        if any(runner.name.startswith("ours") for runner in runners):
            rate = here.run([*relay(), "500" if asked.quick else "2000"])
            seen["publish", "ours, the relay: feed, broker, striking out"].append(float(rate.split()[-1]))
    return seen


def _one(here: ground.Ground, runner: Runner, processes: list[int], turns: int, quick: bool, seen: Seen) -> None:
    part = 4 if quick else 1
    print(f"{time.strftime('%H:%M:%S')} {runner.name}", file=sys.stderr)
    rate, patterns = race.publish(here, runner, runner.published // part)
    seen["publish", runner.name].append(rate)
    for number in processes:
        counts = [max(runner.messages // part, number * 500), WORKED.get(number, 800) // part]
        rates = race.work(here, runner, patterns, number, counts, turns)
        seen["idle", runner.name, str(number)].append(rates.idle)
        seen["work", runner.name, str(number)].append(rates.work)


def _print(seen: Seen, versions: dict[str, str], processes: list[int]) -> None:
    median = {key: statistics.median(rates) for key, rates in seen.items()}
    first = next(iter(versions), "")
    for kind, title in (("idle", "Messages a second, a handler that does nothing"), ("work", "with 2 ms of work")):
        columns = [
            word for number in processes for word in (f"{number} proc.", "to ours" if kind == "idle" else "kept")
        ]
        table = Table("", *columns, title=title, box=box.MARKDOWN, title_justify="left")
        for name in [*([BARE] if kind == "work" else []), *versions]:
            row = []
            for number in map(str, processes):
                rate = median.get((kind, name, number))
                against = median.get((kind, first, number) if kind == "idle" else (kind, BARE, number))
                row += [f"{rate:,.0f}", f"{rate / against:.2f}"] if rate and against else ["–", "–"]
            table.add_row(f"{name} {versions.get(name, '')}".strip(), *row)
        console.print(table)
    table = Table(
        "", "a second", "to ours", title="Publishing, a confirm for each", box=box.MARKDOWN, title_justify="left"
    )
    ours = median.get(("publish", first))
    for key, rate in median.items():
        if key[0] == "publish":
            table.add_row(
                f"{key[1]} {versions.get(key[1], '')}".strip(), f"{rate:,.0f}", f"{rate / ours:.2f}" if ours else "–"
            )
    console.print(table)
    console.print(f"to ours: held against “{first}”. kept: what is left of the bare function's own rate.")


if __name__ == "__main__":
    sys.exit(main())
