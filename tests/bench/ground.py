"""The ground on which all run: one RabbitMQ and one store of this run's own, and the peers' own environment.

What must stay true: nothing of the peers comes into the product's environment; theirs is made by hash from
deploy/lock-bench.txt, in a folder that git ignores, and made anew only when that file or the Python changes.
"""

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import resource
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from tests.broker import Broker
from tests.stack import LEASH, ROOT, Store

CACHE = ROOT / "build" / "bench"
LOCK = ROOT / "deploy" / "lock-bench.txt"
DECLARE = "from services.console import app; app.main()"


def environment(folder: Path) -> Path:
    """The peers' Python, installed by hash where it is not yet."""
    place = folder / "env"
    stamp, python = place / "complete", place / "bin" / "python"
    wanted = hashlib.sha256(f"{sys.version}{place}{LOCK.read_text()}".encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(place, ignore_errors=True)
    print(f"making the peers' environment, the first time only, in {place}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    install = ["install", "-q", "--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)]
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, *install], check=True, env=clean, stderr=subprocess.PIPE)
    stamp.write_text(wanted)
    return python


def version(python: Path, package: str) -> str:
    """What is installed there."""
    if python == Path(sys.executable):
        return importlib.metadata.version(package)
    ask = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    return subprocess.run(
        [str(python), "-c", ask, package], capture_output=True, text=True, check=True, cwd="/"
    ).stdout.strip()


def load() -> str:
    """The machine's load averages."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def used(process: subprocess.Popen[bytes] | None) -> float:
    """Seconds of the processor that a running program and its children have used."""
    if process is None:
        return 0.0
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    lines = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in (process.pid, *children)]
    return sum(int(fields[11]) + int(fields[12]) for fields in lines) / os.sysconf("SC_CLK_TCK")


def spent(process: subprocess.Popen[bytes] | None) -> float:
    """The same of a running program and of all that were run here and are over."""
    over = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used(process) + over.ru_utime + over.ru_stime


def night(module: str, uri: str, *more: str, kill_after: int = 0) -> tuple[dict[str, Any], float, int]:
    """Run a program of the night over a store: what it said last, seconds, and its greatest memory in MB.

    After `kill_after` lines it is killed.
    """
    command = [sys.executable, "-W", "ignore", "-m", module, *more]
    environment = {**os.environ, "RECTIFY_STORE": uri, "PYTHONPATH": str(ROOT)}
    start, last = time.monotonic(), dict[str, Any]()
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        for number, line in enumerate(program.stdout or ()):
            last = json.loads(line)
            if kill_after and number >= kill_after:
                program.send_signal(signal.SIGKILL)
                break
        _, _, used = os.wait4(program.pid, 0)
        program.returncode = 0
    return last, time.monotonic() - start, used.ru_maxrss // 1024


def processor(store: Store) -> float:
    """Seconds of processor that a store has had so far, and the programs of this run that have ended."""
    ended, pid = resource.getrusage(resource.RUSAGE_CHILDREN), store.process.pid if store.process else 0
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return ended.ru_utime + ended.ru_stime + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def head(*lines: str) -> str:
    """What every table says of when and where it was made."""
    when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return "\n".join([f"{when} · {machine} · load at the start {load()}", *lines])


class Ground:
    """Broker and store, and what the programs on it are told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker, self.store = Broker(folder), Store(folder / "store")
        self.secret = folder / "secret"
        self.secret.write_text(secrets.token_hex(32))

    def __enter__(self) -> Self:
        self.broker.start()
        self.store.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.store.stop()
        self.broker.stop()

    def told(self, **more: str) -> dict[str, str]:
        """Where things are, for programs of either environment."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BENCH_BROKER": self.broker.url_of("%2F"),  # as pika wants it, and the others understand
            "BENCH_TURNS": "1",
            "RECTIFY_BROKER": self.broker.url,
            "RECTIFY_STORE": self.store.uri,
            "RECTIFY_SECRET_FILE": str(self.secret),
            "RECTIFY_LOG": "warning",
            "dramatiq_queue_prefetch": "200",
            **more,
        }

    def broker_version(self) -> str:
        """Which RabbitMQ this is."""
        return self.broker.rabbitmqctl("version").strip()

    def declare(self) -> None:
        """Have the queues of all that hear stand, as a deployment has them."""
        self.run([sys.executable, "-W", "ignore", "-c", DECLARE, "topology", "declare"])

    def run(self, command: list[str], words: Any = None, seconds: float = 60) -> str:
        """What a program prints, given `words` as JSON; raises with its last words when it fails."""
        done = subprocess.run(
            command, env=self.told(), cwd=ROOT, input=json.dumps(words), capture_output=True, text=True,
            timeout=seconds, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command} failed: {done.stderr[-2000:]}")
        return done.stdout

    def spawn(self, command: list[str], log: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a program with its children in a group of their own; it does not outlive this process."""
        with (self.folder / log).open("ab") as out:
            return subprocess.Popen(
                [sys.executable, str(LEASH), str(os.getpid()), *command],
                env=self.told(**more),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )


def put_down(processes: list[subprocess.Popen[bytes]]) -> None:
    """End these programs and all their children at once; what they had not acknowledged goes back to the queue."""
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
    for process in processes:
        process.wait()
