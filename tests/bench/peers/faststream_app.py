"""FastStream on its RabbitMQ broker: one subscriber, prefetch 200, a line of log for warnings only, uvloop."""

# mypy: disable-error-code="import-not-found,import-untyped,misc,untyped-decorator"

import logging
import sys

import uvloop
from faststream import FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from tests.bench import tally
from tests.bench.peers import asked

QUEUE = RabbitQueue("bench.faststream", queue_type=QueueType.QUORUM, durable=True)
broker = RabbitBroker(asked.BROKER, default_channel=Channel(prefetch_count=asked.PREFETCH), log_level=logging.DEBUG)
app = FastStream(broker)


@broker.subscriber(QUEUE)
async def take(message: dict) -> None:
    """Take one message."""
    await asked.act_aside(message["kind"])


async def publish() -> None:
    """Publish with confirms, many awaited at a time."""
    async with broker:
        await broker.declare_queue(QUEUE)
        await asked.timed_together(lambda kind: broker.publish({"kind": kind, "pad": tally.PAD}, QUEUE, persist=True))


if __name__ == "__main__":
    uvloop.run(app.run(log_level=logging.WARNING) if sys.argv[1] == "work" else publish())
