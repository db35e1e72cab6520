"""One call to another system: looked at, connected to what was looked at, and over in a while whatever it answers."""

import contextlib
import ipaddress
import socket
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import eventlet
import urllib3
from eventlet import tpool

from services.notification import guarding

SECONDS = 20
CONNECT_SECONDS = 5
MOST_READ = 4096
FAILED = 0
"""What stands for the status of a call that got no answer."""

Resolve = Callable[[str, int], list[str]]


class Outcome(NamedTuple):
    """What came of a call: the status (0 when nobody answered), why not, what it says of later, and its beginning."""

    status: int
    error: str = ""
    retry_after: str = ""
    body: bytes = b""
    milliseconds: int = 0


def resolve(host: str, port: int) -> list[str]:
    """What addresses a name means at this moment, asked away from the event loop."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    try:
        found = tpool.execute(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def call(
    url: str, headers: Mapping[str, str], body: bytes, may: guarding.Allowed, resolver: Resolve = resolve
) -> Outcome:
    """Send a body to an address; raises the refusal of an address that is not to be called."""
    where = guarding.target(url)
    address = guarding.choose(where, resolver(where.host, where.port), may)
    started = time.monotonic()
    try:
        with eventlet.Timeout(SECONDS, TimeoutError):
            outcome = _send(where, address, {"Host": where.named, "User-Agent": "Rectify", **headers}, body)
    except (urllib3.exceptions.HTTPError, OSError, TimeoutError) as failure:
        outcome = Outcome(FAILED, type(failure).__name__)
    return outcome._replace(milliseconds=round((time.monotonic() - started) * 1000))


def check(url: str, may: guarding.Allowed, resolver: Resolve = resolve) -> None:
    """Refuse an address that is not to be called."""
    where = guarding.target(url)
    guarding.choose(where, resolver(where.host, where.port), may)


def _send(where: guarding.Target, address: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=SECONDS)
    with _pool(where, address, timeout) as pool:
        answer = pool.request(
            "POST", where.path, body=body, headers=headers, retries=False, redirect=False, preload_content=False
        )
        begins = answer.read(MOST_READ)
        answer.close()
    return Outcome(answer.status, "", answer.headers.get("Retry-After", ""), begins)


def _pool(where: guarding.Target, address: str, timeout: urllib3.Timeout) -> urllib3.HTTPConnectionPool:
    """A pool of one connection to that very address; a certificate has to be the host's."""
    if where.scheme == "http":
        return urllib3.HTTPConnectionPool(address, where.port, timeout=timeout, maxsize=1)
    return urllib3.HTTPSConnectionPool(
        address, where.port, timeout=timeout, maxsize=1, server_hostname=where.host, assert_hostname=where.host
    )
