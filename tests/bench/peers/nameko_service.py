"""Stock nameko: a service that consumes a queue, run by nameko's own runner; its publisher confirms each message."""

# mypy: disable-error-code="import-not-found,import-untyped,misc,untyped-decorator"

import sys

import eventlet

if __name__ == "__main__":
    eventlet.monkey_patch()

import time

from kombu import Queue
from nameko.amqp.publish import Publisher
from nameko.messaging import consume
from nameko.runners import ServiceRunner

from tests.bench import tally
from tests.bench.peers import asked

QUEUE = "bench.nameko"


class Bench:
    """One consumer."""

    name = "bench"

    @consume(Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "quorum"}))
    def take(self, payload):
        """Take one message."""
        asked.act(payload["kind"])


def publish() -> None:
    """Publish through nameko's publisher, which confirms by default."""
    queue = Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "quorum"})
    publisher = Publisher(asked.BROKER, serializer="json", declare=[queue], routing_key=QUEUE)
    asked.timed(lambda kind: publisher.publish({"kind": kind, "pad": tally.PAD}))


def work() -> None:
    """Run the service with as many workers as it is to prefetch: in nameko that is one number."""
    runner = ServiceRunner({"AMQP_URI": asked.BROKER, "max_workers": asked.PREFETCH, "serializer": "json"})
    runner.add_service(Bench)
    runner.start()
    while True:
        time.sleep(1)


if __name__ == "__main__":
    work() if sys.argv[1] == "work" else publish()
