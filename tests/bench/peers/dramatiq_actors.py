"""Dramatiq with its default middleware and eight threads a process; its publisher confirms each message."""

# mypy: disable-error-code="import-not-found,import-untyped,misc,untyped-decorator"

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from tests.bench import tally
from tests.bench.peers import asked


class QuorumBroker(RabbitmqBroker):
    """The same kind of queue as everybody else's."""

    def _build_queue_arguments(self, queue_name):
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": "quorum"}


dramatiq.set_broker(QuorumBroker(url=asked.BROKER, confirm_delivery=True))


@dramatiq.actor(queue_name="bench.dramatiq")
def take(kind, pad):
    """Take one message."""
    asked.act(kind)


if __name__ == "__main__":
    asked.timed(lambda kind: take.send(kind, tally.PAD))
