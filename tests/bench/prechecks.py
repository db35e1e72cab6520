"""The real pre-check through the real workers: claim, file, reader with limits, standards, near-copies, findings.

Review's own service makes the tasks of what it is told was handed in; a plain file server stands in for intake. Beside
it what the bare functions take of one core, and how long findings take when outlines come at a given rate.
"""

import hashlib
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.review import extraction, precheck, similarity
from services.spine import contracts, events
from tests.bench import ground, texts
from tests.bench.field import HERE
from tests.bench.ground import Ground
from tests.broker import free_port
from tests.stack import wait_until

CAMPAIGN, UNIT, AT = "minchuan-2023-theme", "990823-NYNC", "2026-03-01T08:30:00.000Z"
EACH, BARE_TIMES, TIMES, SECONDS = 40, 15, 3, 240
MADE, LONG = 100, 5000
RATES, PACED_SECONDS, WORKERS = (1, 10, 50), 20, 2
DONE = {"state": "done"}
SERVE = [HERE, "-W", "ignore", "-m", "services.spine.run"]


def show(here: Ground, processes: list[int], quick: bool, console: Console) -> None:
    """Print the tables."""
    number = EACH // 4 if quick else EACH
    table = Table("", "", title="The real pre-check of an outline (.docx)", box=box.MARKDOWN, title_justify="left")
    for name, milliseconds in bare().items():
        table.add_row(name, f"{milliseconds:.1f} ms of one core")
    paced = Table("a second", "workers", "median", "99th", "done", title="From telling to findings", box=box.MARKDOWN)
    with _intake(here) as url, _review(here, url) as database:
        alone = 0.0
        for count in processes:
            rate, took = _through(here, url, database, count, number * min(count, 2))
            alone = alone or rate
            table.add_row(
                f"through {count} worker processes",
                f"{rate:.1f} a second, {rate / alone:.2f} ×, {took * 1000:.0f} ms each",
            )
        for rate in RATES[: 2 if quick else None]:
            waits = _at(here, url, database, rate, PACED_SECONDS // (3 if quick else 1))
            median, worst = statistics.median(waits), sorted(waits)[len(waits) * 99 // 100]
            paced.add_row(f"{rate}", f"{WORKERS}", f"{median:.2f} s", f"{worst:.2f} s", f"{len(waits)}")
    console.print(ground.head(), table, paced, sep="\n")


def bare() -> dict[str, float]:
    """Milliseconds of one core for each part, medians."""
    aspects = contracts.documents()["events/campaign_opened"]["examples"][0]["aspects"]
    numbers = range(BARE_TIMES)
    documents = [texts.document(number) for number in numbers]
    read = [extraction.extract(each, "x.docx")["paragraphs"] for each in documents]

    def characters(text: list[dict[str, Any]]) -> int:
        return sum(len(each["text"]) for each in text)

    made = [texts.paragraphs(number, TIMES) for number in range(MADE)]
    longer = sorted(made, key=lambda text: abs(characters(text) - LONG))[:BARE_TIMES]

    def examine(text: list[dict[str, Any]]) -> object:
        return precheck.examine(text, "speech_outline", aspects, submitted_at=AT, unit=UNIT, post="02")

    parts: dict[str, Callable[[int], object]] = {
        "reading the file, in this process": lambda number: extraction.extract(documents[number], "x.docx"),
        "the standards": lambda number: examine(read[number]),
        f"the standards, of {statistics.median(map(characters, longer)):,.0f} characters": lambda number: examine(
            longer[number]
        ),
        "the signature": lambda number: similarity.signature(read[number]),
    }
    examine(read[0])
    return {name: _median(act) for name, act in parts.items()} | {
        "reading the file, in a process with limits (by the clock)": _median(
            lambda number: extraction.extract_safely(documents[number], "x.docx"), time.perf_counter
        )
    }


def _median(act: Callable[[int], object], clock: Callable[[], float] = time.process_time) -> float:
    took = []
    for number in range(BARE_TIMES):
        start = clock()
        act(number)
        took.append(clock() - start)
    return statistics.median(took) * 1000


def _through(here: Ground, url: str, database: Any, processes: int, number: int) -> tuple[float, float]:
    """Pre-checks a second, counted between the first tenth done and the last twentieth, and seconds for one."""
    submitted = [_submitted(here, processes * 10000 + each) for each in range(number)]
    _tell(here, submitted)
    mine, before = (
        {"_id": {"$in": [f"{event['data']['material_id']}.v1" for event in submitted]}},
        database.tasks.count_documents(DONE),
    )
    wait_until(lambda: database.tasks.count_documents(mine) == number, 60, "tasks")
    workers = _workers(here, url, processes)
    try:
        wait_until(lambda: database.tasks.count_documents(DONE) == before + number, SECONDS, "pre-checks")
    finally:
        ground.put_down(workers)
    rows = list(database.tasks.find(mine, {"done_at": 1, "took": 1}))
    assert database.reviews.count_documents({**mine, "state": "prechecked"}) == number, "an outline was not readable"
    moments = sorted(row["done_at"] for row in rows)
    first, last = max(number // 10, processes), number * 95 // 100
    return (last - first) / (moments[last] - moments[first]), statistics.median(row["took"] for row in rows)


def _at(here: Ground, url: str, database: Any, rate: int, seconds: int) -> list[float]:
    """Seconds from telling that an outline was handed in to its findings being kept, at so many a second."""
    told = [_submitted(here, 100_000 * rate + each) for each in range(max(rate * seconds, 20))]
    workers, before = _workers(here, url, WORKERS), database.tasks.count_documents(DONE)
    try:
        seen = {"seen_at": {"$gt": time.time()}}
        wait_until(lambda: database.workers.count_documents(seen) >= WORKERS, 60, "workers")
        lines = here.run([HERE, "-W", "ignore", "-m", "tests.bench.ours", "pace", str(rate)], words=told, seconds=300)
        at = dict(zip((f"{event['data']['material_id']}.v1" for event in told), map(float, lines.split()), strict=True))
        wait_until(lambda: database.tasks.count_documents(DONE) == before + len(at), SECONDS, "pre-checks")
    finally:
        ground.put_down(workers)
    mine = {"_id": {"$in": list(at)}}
    return [row["done_at"] - at[row["_id"]] for row in database.tasks.find(mine, {"done_at": 1})]


def _workers(here: Ground, url: str, processes: int) -> list[Any]:
    return [
        here.spawn([*SERVE, "review_worker"], f"worker-{each}.log", RECTIFY_INTAKE_URL=url) for each in range(processes)
    ]


def _submitted(here: Ground, number: int) -> events.Event:
    data = texts.document(number)
    sha256 = hashlib.sha256(data).hexdigest()
    (here.folder / "intake" / "files" / sha256).write_bytes(data)
    material = f"{CAMPAIGN}.{UNIT[:6]}-B{number:05d}.speech_outline.02"
    said = {**contracts.documents()["events/material_submitted"]["examples"][0]}
    said |= {"material_id": material, "unit": f"{UNIT[:6]}-B{number:05d}", "sha256": sha256, "size": len(data)}
    said["media"] = extraction.DOCX
    fact = events.Fact("material_submitted", material, CAMPAIGN, UNIT[:6], said)
    return events.seal(fact, source="intake", at=AT, sequence=1)


def _tell(here: Ground, told: list[events.Event]) -> None:
    here.run([HERE, "-W", "ignore", "-m", "tests.bench.ours", "tell"], words=told)


@contextmanager
def _review(here: Ground, url: str) -> Iterator[Any]:
    """Review's service, which knows the campaign; its database."""
    bind = f"http://127.0.0.1:{free_port()}"
    serving = here.spawn([*SERVE, "review"], "review.log", RECTIFY_INTAKE_URL=url, RECTIFY_REVIEW_URL=bind)
    database = here.store.client["review"]
    try:
        wait_until(lambda: '"event": "ready"' in (here.folder / "review.log").read_text(), 60, "review")
        opened = contracts.documents()["events/campaign_opened"]["examples"][0]
        fact = events.Fact("campaign_opened", CAMPAIGN, CAMPAIGN, "990800", opened)
        _tell(here, [events.seal(fact, source="registry", at=AT, sequence=1)])
        wait_until(lambda: database.campaigns.find_one({"_id": CAMPAIGN}), 30, "the campaign")
        yield database
    finally:
        ground.put_down([serving])


@contextmanager
def _intake(here: Ground) -> Iterator[str]:
    """Where files are had by their hash."""
    (here.folder / "intake" / "files").mkdir(parents=True)
    port = free_port()
    command = [HERE, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(here.folder / "intake")]
    serving = here.spawn(command, "intake.log")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        ground.put_down([serving])
