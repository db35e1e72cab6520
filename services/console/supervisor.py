"""The embedded deployment: one parent that starts the store, the services and the portal, watches them and ends them.

Started in that order, each once the one before it is ready, and ended in the opposite order. What dies is started again
with a growing pause. Nothing outlives the parent: every child is on its leash.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pymongo
import urllib3
from pymongo.errors import PyMongoError

from services.console import children, folder, gunicorn_settings, telling, welcome, workers
from services.spine import clock, settings

HOST = "127.0.0.1"
LOOK_SECONDS = 0.25
HOUSEKEEPING_SECONDS = 10.0
LOW_MB = 200
GRACE = {"portal": gunicorn_settings.graceful_timeout + 2.0, "services": 9.0, "store": 8.0}


class Stop(BaseException):
    """A signal asks to stop, wherever the parent is."""


class Supervisor:
    """Keeps an embedded deployment on one data folder alive."""

    def __init__(self, data: Path | None, port: int, *, empty: bool) -> None:
        self.folder, self.port, self.empty = folder.Folder(data), port, empty
        self.url = f"http://{HOST}:{port}"
        self.signals = 0
        self.children: list[children.Child] = []
        self.environment: dict[str, str] = {}
        self.crew = workers.Crew()

    def run(self) -> None:
        """Start everything, stay until a signal comes, stop everything; Trouble when it cannot start."""
        self.folder.take()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            check_port(self.port)
            self._start()
            welcome.greet(self.folder, self.url, empty=self.empty)
            telling.say("ready", "bold green", url=self.url)
            self._watch()
        except Stop:
            telling.say("stopping")
            self._end()
            telling.say("stopped")
        finally:
            self._end()
            self.folder.release()

    def _start(self) -> None:
        telling.say("starting", path=self.folder.path)
        ports = free_ports(self.port + 1, 1 + len(settings.SERVICES))
        self.environment = self._environment(ports)
        os.environ.update(self.environment)
        store, services, portal = self._make_children(ports[0])
        self._bring_up(store, lambda: "listening on" in store.said() and answers(ports[0]), 90, "store_damaged")
        self._check_readable(store)
        telling.say("store_up", "green")
        self._bring_up(services, lambda: _is_ready(services.said()), 90, "services_failed")
        telling.say("services_up", "green", names="、".join(settings.SERVICES))
        self._bring_up(portal, lambda: is_healthy(self.url), 60, "portal_failed")
        telling.say("portal_up", "green")
        beside = self.environment | {"RECTIFY_BESIDE": "1", "PYTHONPATH": str(settings.ROOT)}
        self.crew = workers.Crew(beside, self.folder.logs, first=2)
        self.folder.want_workers(1)
        self._write_running()

    def _environment(self, ports: list[int]) -> dict[str, str]:
        urls = {
            f"RECTIFY_{service.upper()}_URL": f"http://{HOST}:{port}"
            for service, port in zip(settings.SERVICES, ports[1:], strict=True)
        }
        return urls | {
            "RECTIFY_BROKER": "memory://",
            "RECTIFY_STORE": f"mongodb://{HOST}:{ports[0]}/?directConnection=true",
            "RECTIFY_SECRET_FILE": str(self.folder.secret),
            "RECTIFY_DATA": str(self.folder.path),
            "RECTIFY_GRACE": "8",
        }

    def _make_children(self, store_port: int) -> list[children.Child]:
        python = Path(sys.executable)
        server = shutil.which("secantusd-py", path=f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if server is None:
            raise telling.Trouble("store_missing")
        config = self.folder.path / "store.toml"
        config.write_text("")
        store = [server, "--config", str(config), "--host", HOST, "--port", str(store_port), "--sync-on-commit"]
        store += ["--cache-size", settings.store_cache(), "--storage-path", str(self.folder.store), "--standalone"]
        portal = [str(python), "-m", "gunicorn", "--config", "python:services.console.gunicorn_settings"]
        portal += ["--bind", f"{HOST}:{self.port}", "services.portal.app:create()"]
        commands = {"store": store, "services": [str(python), "-m", "services.spine.run", "all"], "portal": portal}
        unbuffered = self.environment | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(settings.ROOT)}
        self.children = [
            children.Child(name, command, unbuffered, self.folder.logs / f"{name}.log")
            for name, command in commands.items()
        ]
        return self.children

    def _bring_up(self, child: children.Child, ready: Callable[[], bool], seconds: float, trouble: str) -> None:
        child.start()
        end = time.monotonic() + seconds
        while not ready():
            if child.pid is None or time.monotonic() > end:
                raise telling.Trouble(trouble, child.last_words(), path=self.folder.path, log=child.log)
            time.sleep(0.1)

    def _check_readable(self, store: children.Child) -> None:
        """A store may open and still not read: one record of every collection is looked at."""
        with contextlib.closing(pymongo.MongoClient[Any](self.environment["RECTIFY_STORE"], timeoutMS=15000)) as client:
            try:
                for database in [client[name] for name in client.list_database_names()]:
                    for name in database.list_collection_names():
                        database[name].find_one()
            except PyMongoError as reason:
                raise telling.Trouble(
                    "store_damaged", str(reason)[:100], path=self.folder.path, log=store.log
                ) from None

    def _watch(self) -> None:
        next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
        while True:
            time.sleep(LOOK_SECONDS)
            mended = [self._mend(child) for child in self.children]
            if self._man() or any(mended):
                self._write_running()
            if time.monotonic() > next_housekeeping:
                next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
                self._keep_house()

    def _man(self) -> bool:
        """As many workers as are wanted: one lives in the services' process, the others beside it."""
        before = self.crew.pids
        self.crew.be(max(self.folder.wanted_workers(1) - 1, 0))
        for child, pause in self.crew.mend():
            telling.warn("child_died", name=child.name, pause=pause, log=child.log)
        return self.crew.pids != before

    def _mend(self, child: children.Child) -> bool:
        """True when it has just been started again."""
        before, pause = child.pid, child.mend()
        if pause is not None:
            telling.warn("child_died", name=child.name, pause=pause, log=child.log)
        return before is None and child.pid is not None

    def _keep_house(self) -> None:
        for child in self.children:
            child.bound_log()
        if self.folder.free_mb < LOW_MB:
            telling.warn("disk_filling", free=self.folder.free_mb, path=self.folder.path)

    def _end(self) -> None:
        self.crew.end(GRACE["services"], hurry=lambda: self.signals > 1)
        remaining, self.children = self.children, []
        for child in reversed(remaining):
            if not child.end(GRACE[child.name], hurry=lambda: self.signals > 1):
                telling.say("killed", "yellow", name=child.name)
        self.folder.clear_running()
        self.folder.clear_crew()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        if self.signals == 1:
            raise Stop

    def _write_running(self) -> None:
        self.folder.write_crew({"pid": os.getpid(), "workers": 1 + len(self.crew.working), "pids": self.crew.pids})
        self.folder.write_running(
            {
                "pid": os.getpid(),
                "url": self.url,
                "started_at": clock.now(),
                "children": {child.name: child.pid for child in self.children},
                "environment": self.environment,
            }
        )


def check_port(port: int) -> None:
    """Trouble when the port cannot be opened."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as reason:
            raise telling.Trouble("port_not_allowed", port=port, reason=reason.strerror, other=8800) from None
        except OSError:
            raise telling.Trouble("port_busy", port=port, other=free_ports(port + 1, 1)[0]) from None


def free_ports(start: int, count: int) -> list[int]:
    """The first free ports on loopback from `start` upwards, out of the way of outgoing connections."""
    found: list[int] = []
    for port in [*range(start, min(start + 2000, 65536)), *range(20000, 22000)]:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            found.append(port)
        if len(found) == count:
            return found
    raise telling.Trouble("misused", reason=f"没有空闲端口 no free port above {start}")


def answers(port: int) -> bool:
    """Whether somebody listens on a port of loopback."""
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def is_healthy(url: str) -> bool:
    """Whether the portal says that it is well."""
    try:
        return urllib3.request("GET", f"{url}/health", timeout=2, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _is_ready(said: str) -> bool:
    return any(_event(line) == "ready" for line in said.splitlines() if '"ready"' in line)


def _event(line: str) -> Any:
    with contextlib.suppress(ValueError):
        return json.loads(line).get("event")
    return None
