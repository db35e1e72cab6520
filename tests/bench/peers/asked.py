"""What a peer is asked through its environment, and how it tells its rate of publishing.

A publisher sends one message of each kind first: the measuring process keeps them as patterns to fill the queue with.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable

from tests.bench import tally

BROKER = os.environ.get("BENCH_BROKER", "")
TOGETHER = 200


def timed(count: int, publish: Callable[[int], object]) -> None:
    """Publish one after the other; print how many a second."""
    publish(tally.IDLE)
    publish(tally.WORK)
    start = time.perf_counter()
    for _ in range(count):
        publish(tally.IDLE)
    print(count / (time.perf_counter() - start))


async def timed_together(count: int, publish: Callable[[int], Awaitable[object]]) -> None:
    """Publish with up to 200 awaited at a time; print how many a second."""
    await publish(tally.IDLE)
    await publish(tally.WORK)
    left = iter(range(count))

    async def hand() -> None:
        for _ in left:
            await publish(tally.IDLE)

    start = time.perf_counter()
    await asyncio.gather(*(hand() for _ in range(TOGETHER)))
    print(count / (time.perf_counter() - start))
