"""A queue and a user by one command, at a RabbitMQ with its management: rights, the journey of an event, the end."""

import json
from typing import Any

import amqp
import kombu
import pytest
from amqp.exceptions import AccessRefused

from services.spine import feed, topology
from tests.broker import Broker
from tests.patience import SLOWER
from tests.stack import Stack, wait_until

pytestmark = pytest.mark.rabbitmq
ADD = ("subscribers", "add-amqp", "big-screen", "--title", "数字大屏", "--after", "0", "--json")


def event(number: int, **said) -> dict:
    about = {
        "specversion": "1.0",
        "id": f"e{number}",
        "type": "rectify.verdict_issued",
        "sequence": number,
        "time": "2024-01-02T08:00:00.000Z",
    }
    return {**about, "region": "990823", "campaign": "c-1", "data": said}


@pytest.fixture(scope="module")
def managed(tmp_path_factory):
    with Broker(tmp_path_factory.mktemp("managed"), management=True) as broker:
        yield broker


@pytest.fixture(scope="module")
def stack(managed, tmp_path_factory):
    """Notification alone, as in production: its broker user has the rights that the keys give it, no more."""
    url, rights = managed.add_virtual_host("subscribers"), topology.permissions()["notification"]
    stack = Stack(tmp_path_factory.mktemp("stack"), url)
    managed.rabbitmqctl("add_user", "notification", "secret")
    managed.rabbitmqctl("set_permissions", "-p", "subscribers", "notification", *rights.values())
    managed.rabbitmqctl("add_user", "watcher", "secret")
    managed.rabbitmqctl("set_user_tags", "watcher", "monitoring")
    managed.rabbitmqctl("set_permissions", "-p", "subscribers", "watcher", "^$", "^$", "^$")
    watched = f"http://watcher:secret@127.0.0.1:{managed.management_port}"
    try:
        stack.store.start()
        stack.run("topology", "declare")
        own = url.replace(f"{managed.user}:{managed.password}", "notification:secret")
        stack.serve("notification", RECTIFY_BROKER=own, RECTIFY_BROKER_MANAGEMENT=watched)
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def command(stack, managed):
    """The command as an operator runs it, who may ask the management to make users."""

    def run(*words: str):
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("RECTIFY_BROKER_MANAGEMENT", managed.management)
            return json.loads(stack.run(*words).stdout)

    return run


@pytest.fixture(scope="module")
def made(stack, command):
    feed.append(stack.database("feed"), [event(1), event(2), event(3, secrecy="work_secret")])
    return command(*ADD)


def refused(channel, call) -> bool:
    try:
        call(channel)
    except AccessRefused:
        return True
    return False


def lets_in(address: str) -> bool:
    connection = kombu.Connection(address)
    try:
        connection.connect()
    except AccessRefused:
        return False
    finally:
        connection.collect()
    return True


def test_its_user_reads_its_queue_and_may_do_nothing_else(made, stack):
    with kombu.Connection(made["address"]) as connection:
        channel = connection.channel()
        wait_until(lambda: channel.basic_get("subscriber.big-screen"))
        for call in (
            lambda c: c.basic_get("notification.on_verdict_issued"),
            lambda c: c.basic_get("rectify.unheard"),
            lambda c: c.queue_declare("own", durable=True),
            lambda c: c.queue_declare("subscriber.other", durable=True),
            lambda c: c.queue_delete("subscriber.big-screen"),
            lambda c: c.queue_bind("subscriber.big-screen", "rectify.events", "#"),
            lambda c: c.exchange_declare("own", "topic"),
            lambda c: c.exchange_delete("rectify.others"),
        ):
            assert refused(connection.channel(), call)
        for exchange in ("rectify.events", "rectify.others", ""):
            sending = connection.channel()
            sending.confirm_select()
            assert refused(
                sending,
                lambda c, name=exchange: c.basic_publish_confirm(
                    amqp.Message("{}", content_encoding="utf-8"), exchange=name, routing_key="subscriber.big-screen"
                ),
            )


def test_what_it_reads_is_its_part_and_how_far_it_has_come_is_known(made, stack):
    operator = stack.operator()
    with kombu.Connection(made["address"]) as connection:
        channel, found = connection.channel(), list[Any]()
        channel.basic_qos(0, 10, False)
        channel.basic_consume("subscriber.big-screen", callback=found.append)
        wait_until(lambda: connection.drain_events(timeout=15 * SLOWER) or len(found) >= 2)
        assert [json.loads(message.body)["feedsequence"] for message in found] == [1, 2]
        row = wait_until(
            lambda: (seen := operator.get("notification", "/subscribers/big-screen"))["queue"]["unacked"] and seen
        )
        assert (row["lag"], row["queue"]["unacked"], row["queue"]["consumers"]) == (0, 2, 1)


def test_the_command_again_gives_another_password_and_end_lets_nobody_in(made, stack, command):
    again = command(*ADD)
    assert again["address"] != made["address"] and "token" not in again
    assert not lets_in(made["address"]) and lets_in(again["address"])
    command("subscribers", "end-amqp", "big-screen", "--reason", "系统下线", "--json")
    assert not lets_in(again["address"])
    row = stack.store.client.notification.subscribers.find_one
    wait_until(lambda: row({"_id": "big-screen"})["queue"]["filled"] is None)
