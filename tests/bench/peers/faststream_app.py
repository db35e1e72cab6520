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
broker = RabbitBroker(asked.BROKER, default_channel=Channel(prefetch_count=200), log_level=logging.DEBUG)
app = FastStream(broker)


@broker.subscriber(QUEUE)
async def take(message: dict) -> None:
    """Take one message."""
    tally.stroke(message["kind"])


async def publish(count: int) -> None:
    """Publish with confirms, many awaited at a time."""
    async with broker:
        await broker.declare_queue(QUEUE)
        await asked.timed_together(
            count, lambda kind: broker.publish({"kind": kind, "pad": tally.PAD}, QUEUE, persist=True)
        )


if __name__ == "__main__":
    uvloop.run(publish(int(sys.argv[2])) if sys.argv[1] == "publish" else app.run(log_level=logging.WARNING))
