"""A RabbitMQ node of the tests' own: on loopback, in a folder of its own, gone when the tests are.

What must stay true: nothing of the machine's RabbitMQ is read or touched (configuration, cookie, data, epmd), and
nothing is left running, not even when the test process is killed.

    with Broker(tmp_path) as broker:
        connect(broker.url)
        broker.stop_app(); broker.start_app()      # the broker is away, its queues are kept
        broker.rabbitmqctl("list_queues", "name", "messages")
"""

import contextlib
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.patience import SLOWER

SCRIPTS = (Path("/usr/lib/rabbitmq/bin"), Path("/opt/rabbitmq/sbin"))
"""Debian's folder and the official image's. Debian's wrappers in /usr/sbin insist on a user; these do not."""

LEASH = Path(__file__).resolve().parents[1] / "services/console/leash.py"


class BrokerFailed(Exception):
    """The node did not come up; the message carries the end of its log."""


def installed() -> bool:
    """Whether this machine has a RabbitMQ that the tests can start."""
    return _scripts() is not None and shutil.which("epmd") is not None


WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
PORTS = iter(random.sample(range(10_000 + 10 * WORKER, 32_000, 10 * WORKERS), 2_200 // WORKERS))
"""Every tenth, for who takes the next ones as well, no two processes of the tests the same; below those that outgoing
connections take for themselves."""


def free_port() -> int:
    """A free port on loopback that no other process of the tests is about to take."""
    for port in PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise BrokerFailed("no port is free")


class Broker:
    """One node; start it once for a whole test run (about four seconds) and give each test its own virtual host."""

    def __init__(self, folder: Path, management: bool = False) -> None:
        self.management_port = free_port() if management else 0
        self.folder = folder / "rabbitmq"
        self.port = free_port()
        self.user, self.password = "tests", secrets.token_hex(8)
        self._epmd_port, self._distribution_port = free_port(), free_port()
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def url(self) -> str:
        """Where the default virtual host is reached, with user and password."""
        return self.url_of("/")

    def url_of(self, virtual_host: str) -> str:
        """Where another virtual host of this node is reached; `add_virtual_host` makes one."""
        return f"amqp://{self.user}:{self.password}@127.0.0.1:{self.port}/{virtual_host}"

    @property
    def management(self) -> str:
        """Where its management is reached, if it was asked for one."""
        return f"http://{self.user}:{self.password}@127.0.0.1:{self.management_port}"

    def start(self, seconds: float = 90) -> None:
        """Bring the node up (again, after `stop` or `kill`, with what it held) and wait until it takes connections."""
        self._prepare()
        self._epmd = self._spawn(
            [str(shutil.which("epmd")), "-port", str(self._epmd_port), "-address", "127.0.0.1"], "epmd.log"
        )
        _wait_until(lambda: _open(self._epmd_port), 10, "epmd does not answer")
        server = _scripts()
        if server is None:
            raise BrokerFailed("rabbitmq-server is not installed")
        self._node = self._spawn([str(server / "rabbitmq-server")], "console.log")
        self._wait_ready(seconds)

    def stop(self, seconds: float = 20) -> None:
        """End the node in order, then the port mapper; harmless when it does not run."""
        for process, grace in ((self._node, seconds), (self._epmd, 5.0)):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(grace)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._node = self._epmd = None

    def kill(self) -> None:
        """Kill -9 of the node, as a power cut would; `start` brings it back."""
        if self._node is not None:
            self._node.kill()
        self.stop()

    def stop_app(self) -> None:
        """The broker goes away: connections are cut and refused until `start_app`."""
        self.rabbitmqctl("stop_app")

    def start_app(self) -> None:
        """The broker comes back with its durable queues and what they held."""
        self.rabbitmqctl("start_app")
        self._wait_ready(60)

    def add_virtual_host(self, name: str) -> str:
        """A fresh virtual host for one test; gives its url."""
        self.rabbitmqctl("add_vhost", name)
        self.rabbitmqctl("set_permissions", "-p", name, self.user, ".*", ".*", ".*")
        return self.url_of(name)

    def rabbitmqctl(self, *words: str, seconds: float = 60) -> str:
        """What rabbitmqctl answers; raises CalledProcessError, with its words in `output`, when it refuses."""
        scripts = _scripts()
        if scripts is None:
            raise BrokerFailed("rabbitmqctl is not installed")
        return subprocess.run(
            [str(scripts / "rabbitmqctl"), "--quiet", *words],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds * SLOWER,
            check=True,
        ).stdout

    def log(self, lines: int = 20) -> str:
        """The last lines the node wrote."""
        text = ""
        for name in ("node.log", "console.log"):
            with contextlib.suppress(OSError):
                text += (self.folder / name).read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(0o600)
            cookie.write_text(secrets.token_hex(16))
            cookie.chmod(0o400)
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n" if self.management_port else "[].\n")
        (self.folder / "rabbitmq-env.conf").write_text("")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "num_acceptors.tcp = 2\n"
            f"default_user = {self.user}\n"
            f"default_pass = {self.password}\n"
            "disk_free_limit.absolute = 64MB\n"
            f"{self._management()}"
            "log.console = false\n"
            "log.file.level = warning\n"
        )

    def _management(self) -> str:
        on = f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self.management_port}\n"
        return on if self.management_port else ""

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        kept.pop("NOTIFY_SOCKET", None)
        here = str(self.folder)
        return kept | {
            "HOME": here,
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script replaces itself with the node, so the pid is the node's
            "RABBITMQ_NODENAME": "tests@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONF_ENV_FILE": f"{here}/rabbitmq-env.conf",
            "RABBITMQ_CONFIG_FILE": f"{here}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{here}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{here}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{here}/data",
            "RABBITMQ_LOG_BASE": here,
            "RABBITMQ_LOGS": f"{here}/node.log",
            "RABBITMQ_PID_FILE": f"{here}/node.pid",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{here}/config",
        }

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("ab") as out:
            return subprocess.Popen(
                [sys.executable, str(LEASH), str(os.getpid()), *command],
                env=self._environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _wait_ready(self, seconds: float) -> None:
        def ready() -> bool:
            if self._node is not None and self._node.poll() is not None:
                raise BrokerFailed(f"the node ended with {self._node.returncode}\n{self.log()}")
            return _speaks_amqp(self.port)

        try:
            _wait_until(ready, seconds, "the node takes no connections")
        except BrokerFailed as error:
            self.stop()
            raise BrokerFailed(f"{error}\n{self.log()}") from None


def _scripts() -> Path | None:
    return next((folder for folder in SCRIPTS if (folder / "rabbitmq-server").exists()), None)


def _open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _speaks_amqp(port: int) -> bool:
    """A node that is still starting may accept and say nothing; a started one answers the greeting with a frame."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False


def _wait_until(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds * SLOWER
    while not true():
        if time.monotonic() > end:
            raise BrokerFailed(f"{otherwise} after {seconds * SLOWER:.0f} s")
        time.sleep(0.1)
