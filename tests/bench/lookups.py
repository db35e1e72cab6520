"""Looking a text up among ever more: `python -m tests.bench.lookups [--most N --cache 1G | --store URI]`.

Made texts of the genre, signed, kept and asked for as the worker does it: one that resembles none, and one copied by
half. What a look-up costs should not grow with what is kept; what keeping one more costs is shown beside it.
"""

import argparse
import contextlib
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
from rich import box
from rich.console import Console
from rich.table import Table

from services.review import similarity, store, texts
from services.spine import settings
from tests.bench import ground
from tests.bench import texts as made
from tests.stack import Store

ASKED, AT_ONCE, SIZES = 200, 5, (1_000, 4_000, 10_000, 20_000, 50_000, 100_000, 300_000)
PLACE = ("review_id", "campaign", "unit", "region", "group", "post", "submitted_at")


def text(number: int) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, object]]]:
    """A review, its signature and its paragraphs, as the worker keeps them."""
    key, paragraphs = f"made.{number}", made.paragraphs(number)
    review = {**dict.fromkeys(PLACE, key), "_id": key, "material_id": key, "kind": "speech_outline"}
    return review, similarity.signature(paragraphs), paragraphs


def half_copied(number: int) -> list[dict[str, object]]:
    """Half of the paragraphs of a kept text among those of a new one, in another order."""
    source, own = made.paragraphs(number), made.paragraphs(10_000_000 + number)
    mixed = [source[i] if i % 2 else own[i] for i in range(len(own))]
    body = mixed[3:]
    random.Random(number).shuffle(body)
    return mixed[:3] + body


def asked(db: Any, numbers: list[list[dict[str, object]]]) -> tuple[list[float], list[set[str]]]:
    """Milliseconds of each look-up, and which texts it led to."""
    took, met = [], []
    for paragraphs in numbers:
        bands = similarity.signature(paragraphs)["bands"]
        start = time.perf_counter()
        met.append(set(texts.resembling(db, "mine", bands)))
        took.append((time.perf_counter() - start) * 1000)
    return took, met


def spread(took: list[float]) -> str:
    """Median and 99th percentile."""
    return f"{statistics.median(took):.1f} / {sorted(took)[len(took) * 99 // 100]:.1f}"


def fill(db: Any, numbers: range) -> list[float]:
    """Keep the texts of these numbers, the last of them as the worker does: milliseconds of each of those.

    The others go a few at a time: every text changes 128 places of the index, and a cache must hold all that one
    write changes.
    """
    before, last = numbers[:-ASKED], numbers[-ASKED:]
    for first in range(0, len(before), AT_ONCE):
        some = before[first : first + AT_ONCE]
        rows = [{**review, **signature, "paragraphs": words} for review, signature, words in map(text, some)]
        db.signatures.insert_many(rows)
    took = []
    for review, signature, words in map(text, last):
        start = time.perf_counter()
        store.remember_signature(db, review, signature, words)
        took.append((time.perf_counter() - start) * 1000)
    return took


@contextlib.contextmanager
def kept_in(uri: str, cache: str) -> Iterator[tuple[Any, int | None]]:
    """A database of this run's own: on the server that is named, else on an embedded store, whose process it tells."""
    if uri:
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(uri)
        try:
            yield client["bench_lookups"], None
        finally:
            client.drop_database("bench_lookups")
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = Store(Path(folder), cache).start()
        try:
            yield server.client["review"], server.process.pid if server.process else None
        finally:
            server.stop()


def memory(pid: int | None) -> str:
    """Megabytes that a process has in memory, and the most it had."""
    if pid is None:
        return ""
    said = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return " / ".join(f"{int(said[key].split()[0]) // 1024:,}" for key in ("VmRSS", "VmHWM"))


def main() -> None:
    """Print the table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--most", type=int, default=10_000, help="how many texts in the end (10000)")
    wanted.add_argument("--cache", default=settings.store_cache(), help="of the embedded store (as shipped)")
    wanted.add_argument("--store", default="", metavar="URI", help="a MongoDB server; otherwise an embedded store")
    given = wanted.parse_args()
    new = [made.paragraphs(20_000_000 + number) for number in range(ASKED)]
    copies = [half_copied(number) for number in range(ASKED)]
    columns = ("texts kept", "keeping, ms", "a new one, ms", "leads to", "half-copied, ms", "found", "memory, MB")
    table = Table(*columns, box=box.MARKDOWN)
    with kept_in(given.store, given.cache) as (db, pid):
        store.prepare(db)
        for before, size in itertools.pairwise([0, *(each for each in SIZES if each <= given.most)]):
            keeping = fill(db, range(before, size))
            plain, led = asked(db, new)
            copied, met = asked(db, copies)
            found = sum(f"made.{number}" in each for number, each in enumerate(met)) / ASKED
            mean = f"{statistics.mean(map(len, led)):.1f}"
            row = (f"{size:,}", spread(keeping), spread(plain), mean, spread(copied), f"{found:.0%}", memory(pid))
            table.add_row(*row)
            print(time.strftime("%H:%M:%S"), *row, sep=" | ", file=sys.stderr, flush=True)
    kind = given.store and "the server" or f"an embedded store with a cache of {given.cache}"
    head = ground.head(f"{kind}; median / 99th percentile; memory now / at most")
    Console(width=120).print(head, table, sep="\n")


if __name__ == "__main__":
    main()
