"""How long it takes to look a text up among ever more of them: `python -m tests.bench.lookups [--most 100000]`.

Made texts of the genre, signed as the worker signs them, kept where the worker keeps them, and asked for as it asks.
A text that resembles none, and one copied by half. What one look-up costs should not grow with what is kept.
"""

import argparse
import itertools
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.review import similarity, store, texts
from tests.bench import ground
from tests.bench import texts as made
from tests.stack import Store

ASKED, TOGETHER, SIZES = 200, 500, (1_000, 10_000, 30_000, 100_000, 300_000)


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
    """Keep the texts of these numbers."""
    for first in range(numbers.start, numbers.stop, TOGETHER):
        batch = range(first, min(first + TOGETHER, numbers.stop))
        db.signatures.insert_many([signed(number) for number in batch], ordered=False)


def main() -> None:
    """Print the table."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--most", type=int, default=100_000)
    most = wanted.parse_args().most
    new = [made.paragraphs(20_000_000 + number) for number in range(ASKED)]
    copies = [half_copied(number) for number in range(ASKED)]
    table = Table("texts kept", "a new one, ms", "leads to", "a half-copied one, ms", "found", box=box.MARKDOWN)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = Store(Path(folder)).start()
        try:
            db = server.client["review"]
            store.prepare(db)
            for before, size in itertools.pairwise([0, *(each for each in SIZES if each <= most)]):
                fill(db, range(before, size))
                plain, led = asked(db, new)
                copied, met = asked(db, copies)
                found = sum(f"made.{number}" in each for number, each in enumerate(met)) / ASKED
                mean = statistics.mean(map(len, led))
                table.add_row(f"{size:,}", spread(plain), f"{mean:.1f}", spread(copied), f"{found:.0%}")
                print(f"{size:,} kept", file=sys.stderr, flush=True)
        finally:
            server.stop()
    Console(width=120).print(ground.head("median / 99th percentile"), table, sep="\n")


if __name__ == "__main__":
    main()
