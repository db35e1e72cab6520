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

from services.review import extraction, precheck, similarity
from services.spine import contracts, events
from tests.bench import ground, texts
from tests.bench.field import HERE
from tests.bench.ground import Ground
from tests.broker import free_port
from tests.stack import wait_until

CAMPAIGN, UNIT, AT = "minchuan-2023-theme", "990823-NYNC", "2026-03-01T08:30:00.000Z"
BARE_TIMES, TIMES, SECONDS = 15, 3, 240
MADE, LONG = 100, 5000
RATES, PACED_SECONDS, WORKERS = (1, 10, 50), 20, 2
DONE = {"state": "done"}
SERVE = [HERE, "-W", "ignore", "-m", "services.spine.run"]


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


def waits(here: Ground, url: str, database: Any, rate: int, seconds: int) -> list[float]:
    """Seconds from telling that an outline was handed in to its findings being kept, at so many a second."""
    told = [submitted(here, 100_000 * rate + each) for each in range(max(rate * seconds, 20))]
    started, before = workers(here, url, WORKERS), database.tasks.count_documents(DONE)
    try:
        seen = {"seen_at": {"$gt": time.time()}}
        wait_until(lambda: database.workers.count_documents(seen) >= WORKERS, 60, "workers")
        at = pace(here, told, rate)
        wait_until(lambda: database.tasks.count_documents(DONE) == before + len(at), SECONDS, "pre-checks")
    finally:
        ground.put_down(started)
    mine = {"_id": {"$in": list(at)}}
    return [row["done_at"] - at[row["_id"]] for row in database.tasks.find(mine, {"done_at": 1})]


def workers(here: Ground, url: str, processes: int) -> list[Any]:
    """So many of our workers."""
    return [
        here.spawn([*SERVE, "review_worker"], f"worker-{each}.log", RECTIFY_INTAKE_URL=url) for each in range(processes)
    ]


def submitted(here: Ground, number: int, text: int | None = None) -> events.Event:
    """What is said when the outline of that number was handed in; its file is there."""
    data = texts.document(number if text is None else text)
    sha256 = hashlib.sha256(data).hexdigest()
    (here.folder / "intake" / "files" / sha256).write_bytes(data)
    material = f"{CAMPAIGN}.{UNIT[:6]}-B{number:05d}.speech_outline.02"
    said = {**contracts.documents()["events/material_submitted"]["examples"][0]}
    said |= {"material_id": material, "unit": f"{UNIT[:6]}-B{number:05d}", "sha256": sha256, "size": len(data)}
    said["media"] = extraction.DOCX
    fact = events.Fact("material_submitted", material, CAMPAIGN, UNIT[:6], said)
    return events.seal(fact, source="intake", at=AT, sequence=1)


def tell(here: Ground, told: list[events.Event]) -> None:
    """Tell all of it."""
    here.run([HERE, "-W", "ignore", "-m", "tests.bench.ours", "tell"], words=told)


def pace(here: Ground, told: list[events.Event], rate: float) -> dict[str, float]:
    """Tell so many a second; when each was told, by its review."""
    lines = here.run([HERE, "-W", "ignore", "-m", "tests.bench.ours", "pace", str(rate)], words=told, seconds=300)
    return dict(zip(reviews_of(told), map(float, lines.split()), strict=True))


def reviews_of(told: list[events.Event]) -> list[str]:
    """The reviews of what was handed in."""
    return [f"{event['data']['material_id']}.v1" for event in told]


@contextmanager
def review(here: Ground, url: str) -> Iterator[Any]:
    """Review's service, which knows the campaign, among the queues of all that hear it; its database."""
    here.declare()
    bind = f"http://127.0.0.1:{free_port()}"
    serving = here.spawn([*SERVE, "review"], "review.log", RECTIFY_INTAKE_URL=url, RECTIFY_REVIEW_URL=bind)
    database = here.store.client["review"]
    try:
        wait_until(lambda: '"event": "ready"' in (here.folder / "review.log").read_text(), 60, "review")
        opened = contracts.documents()["events/campaign_opened"]["examples"][0]
        fact = events.Fact("campaign_opened", CAMPAIGN, CAMPAIGN, "990800", opened)
        tell(here, [events.seal(fact, source="registry", at=AT, sequence=1)])
        wait_until(lambda: database.campaigns.find_one({"_id": CAMPAIGN}), 30, "the campaign")
        yield database
    finally:
        ground.put_down([serving])


@contextmanager
def intake(here: Ground) -> Iterator[str]:
    """Where files are had by their hash."""
    (here.folder / "intake" / "files").mkdir(parents=True)
    port = free_port()
    command = [HERE, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(here.folder / "intake")]
    serving = here.spawn(command, "intake.log")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        ground.put_down([serving])
