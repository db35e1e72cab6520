"""The broker: one topic exchange on which everything is said, a queue for each hearing method and each lane of tasks.

The same on RabbitMQ (quorum queues, confirms, delivery limit) and in the memory of one process. Other systems have an
exchange of their own, on RabbitMQ only: what no queue of theirs hears is kept beside it, the newest few.
"""

import functools
import re

import eventlet
import kombu
from amqp.exceptions import AMQPError
from eventlet.event import Event as Signal
from kombu.exceptions import KombuError

from services.spine import run, settings

EXCHANGE = kombu.Exchange("rectify.events", type="topic", durable=True)
DEAD = kombu.Exchange("rectify.dead", type="fanout", durable=True)
DEAD_QUEUE = kombu.Queue("rectify.dead", DEAD, durable=True, queue_arguments={"x-queue-type": "quorum"})
QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": 20, "x-dead-letter-exchange": "rectify.dead"}
OTHERS = kombu.Exchange(
    "rectify.others", type="topic", durable=True, arguments={"alternate-exchange": "rectify.unheard"}
)
UNHEARD = kombu.Exchange("rectify.unheard", type="fanout", durable=True)
FEW = {"x-max-length": 10_000, "x-max-length-bytes": 32 << 20, "x-overflow": "drop-head"}
UNHEARD_QUEUE = kombu.Queue("rectify.unheard", UNHEARD, durable=True, queue_arguments={"x-queue-type": "quorum", **FEW})
SUBSCRIBER = "subscriber."
"""What the queue of another system begins with, and the user who reads it."""
AWAY = (OSError, AMQPError, KombuError)
HEARTBEAT = 20
HEARS = re.compile(r"^Hears\s+(.*?)(?=^\w|\Z)", re.S | re.M)


def hearing_queue(service: str, method: str, name: str) -> kombu.Queue:
    """The queue of one hearing method: every event of that name, from all regions."""
    return kombu.Queue(f"{service}.{method}", EXCHANGE, routing_key=f"{name}.#", durable=True, queue_arguments=QUORUM)


def task_queue(name: str) -> kombu.Queue:
    """A queue of tickets, reached by its own name."""
    return kombu.Queue(name, durable=True, queue_arguments=QUORUM)


@functools.cache
def heard_by_somebody() -> frozenset[str]:
    """The names of the events that some service promises to hear: telling one of those must reach a queue."""
    told = [HEARS.search(run.service_package(service).__doc__ or "") for service in settings.SERVICES]
    return frozenset(name for found in told if found for name in re.findall(r"\b[a-z]+_[a-z_]+\b", found.group(1)))


def connect() -> kombu.Connection:
    """A fresh connection to the deployment's broker."""
    if settings.embedded():
        return kombu.Connection(settings.broker(), transport_options={"polling_interval": settings.poll()})
    return kombu.Connection(settings.broker(), heartbeat=HEARTBEAT, connect_timeout=5)


class Bell:
    """Wakes the listeners of this process when something was put into a queue of its memory."""

    def __init__(self) -> None:
        self.signal = Signal()

    def ring(self) -> None:
        """Wake all who wait."""
        rung, self.signal = self.signal, Signal()
        rung.send()

    def wait(self, seconds: float) -> None:
        """Sleep until the bell rings, at most `seconds`."""
        with eventlet.Timeout(seconds, False):
            self.signal.wait()


BELL = Bell()
