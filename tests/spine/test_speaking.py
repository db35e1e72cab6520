"""Speaking, on a real RabbitMQ: hundreds in flight, and of each it is known whether the broker has it."""

import kombu
import pytest

from services.spine import broker, events, speaking
from tests.broker import Broker

pytestmark = pytest.mark.rabbitmq


@pytest.fixture
def host(rabbit: Broker, monkeypatch):
    """A virtual host of our own that the spine speaks to."""
    monkeypatch.setenv("RECTIFY_BROKER", rabbit.add_virtual_host("speaking"))
    with broker.connect() as connection:
        yield connection.channel()


@pytest.fixture
def speaker(host):
    with_connection = speaking.Speaker()
    yield with_connection
    with_connection.drop()


def event(name: str, number: int) -> events.Event:
    return {"id": f"{name}:{number}", "type": f"rectify.{name}", "region": "990823", "data": {}}


def bound(channel, name: str, **arguments) -> kombu.Queue:
    queue = kombu.Queue(
        f"test.{name}", broker.EXCHANGE, routing_key=f"{name}.#", durable=True, queue_arguments=arguments
    ).bind(channel)
    queue.declare()
    return queue


def test_a_thousand_events_are_told_and_each_is_there_once_in_order(host, speaker):
    queue = bound(host, "verdict_issued")
    assert speaker.tell(event("verdict_issued", number) for number in range(1000)) == set()

    came = [queue.get(no_ack=True).properties["message_id"] for _ in range(1000)]
    assert came == [f"verdict_issued:{number}" for number in range(1000)]
    assert queue.get() is None
    queue.delete()


def test_an_event_that_somebody_promises_to_hear_is_not_told_before_a_queue_took_it(host, speaker):
    told = [event("verdict_issued", 1), event("aspect_recorded", 2)]
    assert speaker.tell(told) == {"verdict_issued:1"}

    queue = bound(host, "verdict_issued")
    assert speaker.tell(told) == set()
    queue.delete()


def test_a_ticket_for_a_queue_that_is_not_there_or_full_is_refused(host, speaker):
    with pytest.raises(speaking.NotTaken):
        speaker.hand("test.nowhere", [b"{}"])

    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    queue = kombu.Queue("test.full", durable=True, queue_arguments=full).bind(host)
    queue.declare()
    with pytest.raises(speaking.NotTaken):
        speaker.hand("test.full", [b"{}"] * 20)
    queue.delete()


def test_an_event_only_others_may_want_is_told_though_nobody_listens(host, speaker):
    assert speaker.tell([event("aspect_recorded", 1)]) == set()
