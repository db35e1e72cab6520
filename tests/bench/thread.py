"""How fast the thread runs, embedded and on RabbitMQ, side by side in one run: `python -m tests.bench.thread`.

A problem is registered by eight hands at once; a change is followed until the registry's board knows it; an outline is
followed from its receipt to its findings. Times in milliseconds, median and 99th percentile; nothing is asserted.
"""

import concurrent.futures
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.broker import Broker, installed
from tests.stack import CAMPAIGN, Person, Stack, document, grant, problem

UNITS = ["990823-NYNC", "990881-LY", "990803-WTL", "990821-SL", "990825-ZJ", "990824-JT", "990802-JY", "990824-NYNC"]
ITEMS, FOLLOWED, OUTLINES = 400, 60, 24


def spread(seconds: list[float]) -> str:
    """Median and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    worst = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"{statistics.median(ordered) * 1000:.0f} / {worst * 1000:.0f}"


def timed(act: Callable[[], object]) -> float:
    """Seconds an act takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def until(true: Callable[[], object]) -> None:
    """Wait, looking every few milliseconds."""
    while not true():
        time.sleep(0.004)


def measure(stack: Stack) -> dict[str, str]:
    """One column of the table."""
    stack.load(UNITS)
    stack.settled(120)
    people = {unit: stack.person(unit, grant("liaison", "unit", unit)) for unit in UNITS}

    def register(number: int) -> float:
        unit = UNITS[number % len(UNITS)]
        return timed(lambda: people[unit].post("rectification", "/items", problem(unit, f"b{number}")))

    with concurrent.futures.ThreadPoolExecutor(8) as hands:
        start = time.perf_counter()
        accepted = list(hands.map(register, range(ITEMS)))
        rate = ITEMS / (time.perf_counter() - start)
    drained = timed(lambda: stack.settled(300))
    meetings = stack.database("registry").meetings

    def follow(number: int) -> float:
        unit = UNITS[number % len(UNITS)]
        people[unit].post("rectification", "/items", problem(unit, f"f{number}"))
        return timed(lambda: until(lambda: f"f{number}" in meetings.find_one({"_id": f"{CAMPAIGN}.{unit}"})["ledger"]))

    known = [follow(number) for number in range(FOLLOWED)]
    found = [
        precheck(stack, people[UNITS[number % 8]], UNITS[number % 8], number // 8 + 2) for number in range(OUTLINES)
    ]
    return {
        "problems registered a second, 8 hands": f"{rate:.0f}",
        "answer to a registration, ms": spread(accepted),
        f"all {ITEMS} heard everywhere, s after the last": f"{drained:.1f}",
        "change known to the board, ms": spread(known),
        "outline (.docx) to findings, ms": spread(found),
    }


def precheck(stack: Stack, who: Person, unit: str, post: int) -> float:
    """Seconds from the receipt of an outline to its findings."""
    material = f"{CAMPAIGN}.{unit}.speech_outline.{post:02d}"
    who.hand_in(material, "提纲.docx", document("docx/so-12.docx"))
    reviews = stack.database("review").reviews
    return timed(lambda: until(lambda: reviews.find_one({"_id": f"{material}.v1", "state": "prechecked"})))


def main() -> None:
    """Print the table."""
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        with Stack(Path(folder) / "embedded") as stack:
            columns["embedded"] = measure(stack)
        if installed():
            with Broker(Path(folder)) as broker, Stack(Path(folder) / "rabbitmq", broker.url) as stack:
                columns["RabbitMQ, a process each"] = measure(stack)
    table = Table("median / 99th percentile", *columns)
    for row in next(iter(columns.values())):
        table.add_row(row, *(column[row] for column in columns.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
