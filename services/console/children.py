"""Child processes: on a leash, their words kept in bounded logs, restarted with a growing pause, ended with grace.

What must stay true: no child outlives its parent, however the parent dies; the leash is the kernel's.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from services.console import leash
from services.spine import settings

LOG_LIMIT = 8 * 2**20
CALM_SECONDS = 60.0
LONGEST_PAUSE = 30.0
SPEAKS = re.compile(r"(?!Traceback )\S")


class Child:
    """One process with a name, a log and a way back to life."""

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        """Without a log of its own it writes where its parent writes."""
        self.name, self.command, self.environment, self.log = name, command, dict(environment or {}), log
        self.process: subprocess.Popen[bytes] | None = None
        self.log_start = 0
        self._started, self._falls, self._next = 0.0, 0, 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Start it; it dies with this process. Only from the main thread: the forking thread holds the leash."""
        self.bound_log()
        self.log_start = self.log.stat().st_size if self.log and self.log.exists() else 0
        with self.log.open("ab") if self.log else contextlib.nullcontext() as out:
            self.process = subprocess.Popen(
                [sys.executable, "-I", leash.__file__, str(os.getpid()), *self.command],
                env=os.environ | self.environment,
                cwd=settings.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def said(self) -> str:
        """What it has written since this start."""
        if self.log is None or not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self.log_start)
            return file.read(LOG_LIMIT).decode("utf-8", "replace")

    def last_words(self, lines: int = 3) -> str:
        """The last lines of its log, without the inside of tracebacks."""
        return "\n".join([line for line in self.said().splitlines() if SPEAKS.match(line)][-lines:])

    def mend(self) -> float | None:
        """Restart it when it has died: seconds until it is tried again when that was noticed now, otherwise None."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._falls = 1 if now - self._started > CALM_SECONDS else self._falls + 1
            pause = min(2.0 ** (self._falls - 1), LONGEST_PAUSE)
            self.process, self._next = None, now + pause
            return pause
        if self.process is None and now >= self._next:
            self.start()
        return None

    def end(self, grace: float, hurry: Callable[[], bool] = lambda: False) -> bool:
        """Ask it to end, and kill it (with what it started) after the grace period; True when it ended by itself."""
        process, self.process = self.process, None
        if process is None:
            return True
        if process.poll() is None:
            process.terminate()
        end, asked = time.monotonic() + grace, True
        while process.poll() is None:
            if time.monotonic() > end or hurry():
                asked = False
                process.kill()
                process.wait()
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        return asked

    def bound_log(self) -> None:
        """Keep the log and one older one, each within the limit; the process goes on writing to the same file."""
        if self.log is None:
            return
        with contextlib.suppress(OSError):
            if self.log.stat().st_size > LOG_LIMIT:
                shutil.copyfile(self.log, self.log.with_suffix(".1.log"))
                os.truncate(self.log, 0)
                self.log_start = 0


def end_all(children: Iterable[Child], grace: float, hurry: Callable[[], bool] = lambda: False) -> bool:
    """End several at once: all are asked, then each is waited for; True when all ended by themselves."""
    listed = list(children)
    for child in listed:
        if child.pid and child.process:
            child.process.terminate()
    end = time.monotonic() + grace
    ended = [child.end(max(end - time.monotonic(), 0.1), hurry) for child in listed]
    return all(ended)
