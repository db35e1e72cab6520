"""How long it takes to look a text up among ever more: `python -m tests.bench.lookups [--most 100000 --store URI]`.

Made texts of the genre, signed as the worker signs them, kept where the worker keeps them, and asked for as it asks.
A text that resembles none, and one copied by half. What one look-up costs should not grow with what is kept.
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
from tests.bench import ground
from tests.bench import texts as made
from tests.stack import Store

ASKED, SIZES = 200, (1_000, 2_000, 4_000, 8_000, 30_000, 100_000, 300_000)


def signed(number: int) -> dict[str, Any]:
    """A text as the worker keeps it, without its paragraphs: nobody fetches those of texts that are not near."""
    key = f"made.{number}"
    return {"_id": key, "material_id": key, "paragraphs": [], **similarity.signature(made.paragraphs(number))}


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


def fill(db: Any, numbers: range) -> None:
    """Keep the texts of these numbers, one by one as the worker does."""
    for number in numbers:
        db.signatures.insert_one(signed(number))


@contextlib.contextmanager
def kept_in(uri: str) -> Iterator[Any]:
    """A database of this run's own: on the server that is named, else on an embedded store."""
    if uri:
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(uri)
        try:
            yield client["bench_lookups"]
        finally:
            client.drop_database("bench_lookups")
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = Store(Path(folder)).start()
        try:
            yield server.client["review"]
        finally:
            server.stop()


def main() -> None:
    """Print the table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--most", type=int, default=8_000, help="how many texts in the end (8000)")
    wanted.add_argument("--store", default="", metavar="URI", help="a MongoDB server; otherwise an embedded store")
    given = wanted.parse_args()
    new = [made.paragraphs(20_000_000 + number) for number in range(ASKED)]
    copies = [half_copied(number) for number in range(ASKED)]
    table = Table("texts kept", "a new one, ms", "leads to", "a half-copied one, ms", "found", box=box.MARKDOWN)
    with kept_in(given.store) as db:
        store.prepare(db)
        for before, size in itertools.pairwise([0, *(each for each in SIZES if each <= given.most)]):
            fill(db, range(before, size))
            plain, led = asked(db, new)
            copied, met = asked(db, copies)
            found = sum(f"made.{number}" in each for number, each in enumerate(met)) / ASKED
            mean = statistics.mean(map(len, led))
            table.add_row(f"{size:,}", spread(plain), f"{mean:.1f}", spread(copied), f"{found:.0%}")
            print(f"{size:,} kept", file=sys.stderr, flush=True)
    Console(width=120).print(ground.head("median / 99th percentile"), table, sep="\n")


if __name__ == "__main__":
    main()
