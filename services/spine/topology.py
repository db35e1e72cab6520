"""What stands on the broker: exchange, queues, and who may touch which; read off the doors themselves.

Production declares it once at deployment, before anything speaks, so that no event finds a queue missing.
"""

import re
from collections.abc import Iterator
from typing import Any

import kombu
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from services.spine import broker, doors, listening, run, settings


def entrypoints(service: str) -> Iterator[tuple[str, Any]]:
    """The doors of a service, wherever its class has them from: pairs of method name and entrypoint."""
    rooms = [room for room in run.service_class(service).__mro__ if room is not doors.Service]
    own = {name: method for room in reversed(rooms) for name, method in vars(room).items()}
    for name, method in sorted(own.items()):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            yield name, entrypoint


def method_of(service: str, name: str) -> Any:
    """The method behind a door."""
    return getattr(run.service_class(service), name)


def queues() -> dict[str, list[kombu.Queue]]:
    """The queues of every service and worker."""
    found: dict[str, list[kombu.Queue]] = {}
    for service in (*settings.SERVICES, *run.WORKERS):
        for method, entrypoint in entrypoints(service):
            if isinstance(entrypoint, listening.Door):
                found.setdefault(service, []).extend(entrypoint.make_queues(service, method))
    return found


def declare() -> dict[str, Any]:
    """Declare everything; what was declared, by name. Declaring twice changes nothing."""
    names = []
    with broker.connect() as connection:
        channel = connection.channel()
        if not settings.embedded():
            broker.UNHEARD.bind(channel).declare()
            broker.OTHERS.bind(channel).declare()
        own = [] if settings.embedded() else [broker.UNHEARD_QUEUE]
        broker.EXCHANGE.bind(channel).declare()
        for queue in [broker.DEAD_QUEUE, *own, *(queue for own in queues().values() for queue in own)]:
            queue.bind(channel).declare()
            names.append(queue.name)
    return {"exchange": broker.EXCHANGE.name, "queues": sorted(names)}


def permissions() -> dict[str, dict[str, str]]:
    """For each service's broker user: what it may configure, write and read (RabbitMQ's regular expressions)."""
    shared = [broker.EXCHANGE.name, broker.DEAD.name]
    tickets = [queue.name for own in queues().values() for queue in own if ".tasks." in queue.name]
    found = {}
    for service in (*settings.SERVICES, *run.WORKERS):
        own = [queue.name for queue in queues().get(service, ())]
        handed = tickets if service == "review" else []
        others = [broker.OTHERS.name] if service == "notification" else []
        more = rf"{re.escape(broker.SUBSCRIBER)}[a-z0-9-]+" if others else ""
        found[service] = {
            "configure": _names([*own, *shared], more),
            "write": _names([*own, *shared, *handed, *others, "amq.default"], more),
            "read": _names([*own, *shared, *others], more),
        }
    return found


def _names(names: list[str], more: str = "") -> str:
    return f"^({'|'.join([*sorted({re.escape(name) for name in names}), *([more] if more else [])])})$"
