"""Gives another system a queue on RabbitMQ and a user of its own, who may read that queue and touch nothing else.

The queue itself is made, filled and taken away by notification; here one waits until it stands, and makes who may come
in. What is shown of a password is shown once and kept nowhere; done again for the same system, the user gets another.
"""

import secrets
import time
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3

from services.console import calling, telling
from services.spine import broker, settings

CONNECTIONS, CHANNELS = 4, 16
SECONDS = 10.0


def add(draft: dict[str, Any]) -> dict[str, Any]:
    """The subscriber with its queue, the address its user comes in at, and a token that reads the feed: once each."""
    site, caller = Management(), calling.as_system("system_admin")
    try:
        made = caller.post("notification", "/subscribers", {**draft, "kind": "amqp"})
    except calling.Declined as reason:
        if reason.code != "subscriber_taken":
            raise
        made = caller.get("notification", f"/subscribers/{draft['code']}")
        if made["kind"] != "amqp":
            raise
    address, until = site.let_in(made["queue"]["name"]), time.monotonic() + SECONDS
    while not made["queue"]["stands"] and time.monotonic() < until:
        time.sleep(0.1)
        made |= {"queue": caller.get("notification", f"/subscribers/{draft['code']}")["queue"]}
    return {**{key: made[key] for key in ("code", "queue", "token") if key in made}, "address": address}


def end(code: str, reason: str) -> dict[str, Any]:
    """It is told nothing any more, its queue goes and its user is removed."""
    site = Management()
    ended = calling.as_system("system_admin").post("notification", f"/subscribers/{code}/end", {"reason": reason})
    site.shut_out(broker.SUBSCRIBER + code)
    return {"code": code, "state": ended["state"]}


class Management:
    """RabbitMQ's management, asked as whoever may make users; Trouble where there is none or it does not answer."""

    def __init__(self) -> None:
        if settings.embedded() or not settings.broker_management():
            raise telling.Trouble("needs_rabbitmq")
        parts = urlsplit(settings.broker_management())
        self.headers = urllib3.make_headers(basic_auth=f"{parts.username}:{parts.password}")
        self.url = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"
        self.place = urlsplit(settings.broker())
        self.ask("GET", "/overview")

    def let_in(self, queue: str) -> str:
        """A user of the queue's name who may read it and nothing else; the address with its password."""
        password, host = secrets.token_urlsafe(24), self.place.path[1:] or "/"
        rights = {"configure": "^$", "write": "^$", "read": f"^{queue.replace('.', '[.]')}$"}
        self.ask("PUT", f"/users/{queue}", {"password": password, "tags": ""})
        self.ask("PUT", f"/permissions/{quote(host, safe='')}/{queue}", rights)
        for what, most in (("max-connections", CONNECTIONS), ("max-channels", CHANNELS)):
            self.ask("PUT", f"/user-limits/{queue}/{what}", {"value": most})
        return f"amqp://{queue}:{password}@{self.place.hostname}:{self.place.port or 5672}/{quote(host, safe='')}"

    def shut_out(self, queue: str) -> None:
        """The user is no more, and whoever is connected as that user is cut off."""
        self.ask("DELETE", f"/users/{queue}", missing=True)

    def ask(self, method: str, path: str, body: Any = None, *, missing: bool = False) -> None:
        """Have the management do something; with `missing` it may have been done already."""
        try:
            answer = urllib3.request(
                method, self.url + path, json=body, headers=self.headers, timeout=SECONDS, retries=False
            )
        except urllib3.exceptions.HTTPError as reason:
            raise telling.Trouble("management_silent", reason=reason) from None
        if answer.status >= 400 and not (missing and answer.status == 404):
            raise telling.Trouble("management_silent", reason=f"{answer.status} {answer.data[:200]!r}")
