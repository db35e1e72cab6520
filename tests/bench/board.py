"""The board as the portal asks for it: the registry in a process of its own, and its signed doors over HTTP.

What must stay true: what is timed is the service's whole answer (claims, scope, sums, JSON), not the portal's page.
"""

import contextlib
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import requests

from services.registry import progress_store, rosters
from services.spine import actor, clock, feed, settings
from tests.bench import ground
from tests.broker import free_port
from tests.stack import Store, grant, spawn, wait_until

ASKED = 200
DOORS: dict[str, dict[str, str]] = {
    "": {},
    "/units, first page": {},
    "/units, a county's overdue": {"region": "990001", "overdue": "1"},
    "/units, a late aspect": {"aspect": "5", "state": "overdue"},
    "/grid": {},
    "/trend": {},
    "/standards": {},
    "/problems": {},
    "/problems, a county's": {"region": "990001"},
}
"""By door, and what is asked of it, the questions."""


@contextlib.contextmanager
def served(store: Store, folder: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """The registry's address while it runs on a store, and the seconds of processor that both have had; what stands in
    its feed is told nobody again."""
    db, feed_db = store.client["registry"], store.client["feed"]
    secret, log = folder / "secret", folder / "registry.log"
    secret.write_text(secrets.token_hex(32))
    feed_db.checkpoints.update_one({"_id": "embedded"}, {"$set": {"after": feed.last(feed_db)}}, upsert=True)
    for collection in (db.campaigns, db.meetings):
        collection.update_many({"outbox.0.id": {"$gt": ""}}, {"$set": {"outbox": []}})
    rosters.sweep(db, time.time() + 2 * rosters.LEFT_SECONDS)  # what filled it lets go: nobody died here
    address = f"http://127.0.0.1:{free_port()}"
    told = {"RECTIFY_BROKER": "memory://", "RECTIFY_STORE": store.uri, "RECTIFY_REGISTRY_URL": address}
    told["RECTIFY_SECRET_FILE"] = os.environ["RECTIFY_SECRET_FILE"] = str(secret)
    settings.secret.cache_clear()
    process = spawn([sys.executable, "-W", "ignore", "-m", "services.spine.run", "registry"], told, log)
    try:
        wait_until(lambda: '"event": "ready"' in log.read_text(), 150, f"the registry, see {log}")
        wait_until(lambda: progress_store.cursor(db)["rolled"] == clock.today(), 600, "the new day is counted")

        def spent() -> float:
            return ground.used(process) + ground.used(store.process)

        calm(spent)
        yield address, spent
    finally:
        process.kill()
        process.wait()


def calm(spent: Callable[[], float]) -> None:
    """Wait for the work of a start to be done: both have had under a tenth of the processor for five seconds."""
    before = spent()

    def quiet() -> bool:
        nonlocal before
        time.sleep(5)
        had, before = spent() - before, spent()
        return had < 0.5

    wait_until(quiet, 600, "the registry and the store have work to do")


def asked(address: str, campaign: str, spent: Callable[[], float]) -> dict[str, str]:
    """Milliseconds of each door's answer: of the processor (registry and store), and median and 95th percentile."""
    claims = actor.sign("office", "office", [grant("office", "campaign", campaign, campaign)], expires=2**32)
    found, session = dict[str, str](), requests.Session()
    session.headers["Authorization"] = f"Bearer {claims}"
    for name, query in DOORS.items():
        path, took = f"{address}/campaigns/{campaign}/progress{name.partition(',')[0]}", list[float]()
        before = spent()
        for _ in range(ASKED):
            start = time.perf_counter()
            answer = session.get(path, params=query, timeout=60)
            took.append((time.perf_counter() - start) * 1000)
            answer.raise_for_status()
        line = f"door {name or 'of the board'}, ms"
        used, late = (spent() - before) / ASKED * 1000, sorted(took)[ASKED * 95 // 100]
        found[line] = f"{used:.0f}; {statistics.median(took):.0f} / {late:.0f}"
        size = len(answer.content) // 1024
        print(time.strftime("%H:%M:%S"), line, found[line], size, "kB", ground.load(), file=sys.stderr, flush=True)
    return found
