"""What a peer is asked through its environment and its words, what it does, and how it tells its rate of publishing.

`publish COUNT` sends one message of each kind first: the measuring process keeps them as patterns to fill the queue
with. `hand` sends the ids of reviews that come as JSON on stdin. Anything else is the peer's work.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable

from tests.bench import tally
from tests.bench.peers import examining

BROKER = os.environ.get("BENCH_BROKER", "")
PREFETCH = int(os.environ.get("BENCH_PREFETCH", "200"))
TOGETHER = 200
What = int | str
"""What a message asks for: nothing, two milliseconds of work, or the pre-check of a review."""


def act(what: What) -> None:
    """Do what a message asks for."""
    tally.stroke(what) if isinstance(what, int) else examining.examine(what)


async def act_aside(what: What) -> None:
    """The same where long work belongs into a thread."""
    tally.stroke(what) if isinstance(what, int) else await asyncio.to_thread(examining.examine, what)


def timed(publish: Callable[[What], object]) -> None:
    """Publish one after the other; print how many a second."""
    if sys.argv[1] == "hand":
        for review_id in json.load(sys.stdin):
            publish(review_id)
        return
    count = int(sys.argv[2])
    publish(tally.IDLE)
    publish(tally.WORK)
    start = time.perf_counter()
    for _ in range(count):
        publish(tally.IDLE)
    print(count / (time.perf_counter() - start))


async def timed_together(publish: Callable[[What], Awaitable[object]]) -> None:
    """Publish with up to 200 awaited at a time; print how many a second."""
    if sys.argv[1] == "hand":
        for review_id in json.load(sys.stdin):
            await publish(review_id)
        return
    count = int(sys.argv[2])
    await publish(tally.IDLE)
    await publish(tally.WORK)
    left = iter(range(count))

    async def hand() -> None:
        for _ in left:
            await publish(tally.IDLE)

    start = time.perf_counter()
    await asyncio.gather(*(hand() for _ in range(TOGETHER)))
    print(count / (time.perf_counter() - start))
