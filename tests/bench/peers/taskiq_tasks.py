"""Taskiq on its aio-pika broker: acknowledged when executed, prefetch 200, results nowhere, uvloop."""

# mypy: disable-error-code="import-not-found,import-untyped,misc,untyped-decorator"

import uvloop
from taskiq_aio_pika import AioPikaBroker, Queue, QueueType

from tests.bench import tally
from tests.bench.peers import asked

QUEUE = Queue(name="bench.taskiq", type=QueueType.QUORUM)
broker = AioPikaBroker(asked.BROKER, qos=asked.PREFETCH, task_queues=[QUEUE])


@broker.task(task_name="bench.take")
async def take(kind: asked.What, pad: str) -> None:
    """Take one message."""
    await asked.act_aside(kind)


async def publish() -> None:
    """Publish with confirms, many awaited at a time."""
    await broker.startup()
    await asked.timed_together(lambda kind: take.kiq(kind, tally.PAD))
    await broker.shutdown()


if __name__ == "__main__":
    uvloop.run(publish())
