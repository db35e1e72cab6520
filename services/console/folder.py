"""The data folder of an embedded deployment: one running Rectify at a time, readable by its owner only.

store/      the documents            logs/       what the processes wrote, bounded
secret      signs claims, 0600       run.json    what runs now and where, gone when stopped
begun.json  how far the first start came, so that an interrupted one goes on instead of beginning anew
workers.json, crew.json   how many review workers there shall be, and which there are
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import IO, Any

from services.console import telling
from services.spine import settings

ENOUGH_MB = 500
DEFAULT = settings.ROOT / ".data"


class Folder:
    """Where an embedded deployment keeps everything."""

    def __init__(self, path: Path | None) -> None:
        self.path = (path or DEFAULT).expanduser().absolute()
        self.store, self.logs, self.secret = self.path / "store", self.path / "logs", self.path / "secret"
        self._lock: IO[bytes] | None = None

    def take(self) -> None:
        """Make the folder if it is new, and hold it until this process ends; Trouble when that cannot be."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
            self._lock = (self.path / "lock").open("ab")
        except OSError as reason:
            raise telling.Trouble("folder_unusable", path=self.path, reason=reason.strerror) from None
        if not _locked(self._lock):
            self.release()
            running = self.running() or {}
            raise telling.Trouble("folder_taken", path=self.path, url=running.get("url", "…"))
        self.check_room()
        self._make_secret()

    def release(self) -> None:
        """Let others have the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def free_mb(self) -> int:
        """Room left on the folder's disk."""
        return shutil.disk_usage(self.path).free // 2**20

    def check_room(self) -> None:
        """Trouble when the disk is nearly full."""
        free = self.free_mb
        if free < ENOUGH_MB:
            raise telling.Trouble("disk_full", path=self.path, free=free, enough=ENOUGH_MB)

    def is_held(self) -> bool:
        """Whether a Rectify runs on this folder now."""
        try:
            with (self.path / "lock").open("rb") as probe:
                return not _locked(probe)
        except OSError:
            return False

    def running(self) -> dict[str, Any] | None:
        """What the running Rectify wrote down about itself; None when it does not run or is not up yet."""
        return self._read("run.json") if self.is_held() else None

    def write_running(self, facts: dict[str, Any]) -> None:
        """Write down what runs now and where."""
        self._write("run.json", facts)

    def clear_running(self) -> None:
        """Nothing runs any more."""
        with contextlib.suppress(OSError):
            (self.path / "run.json").unlink(missing_ok=True)

    def want_workers(self, number: int) -> None:
        """Write down how many review workers there shall be."""
        self._write("workers.json", {"wanted": number})

    def wanted_workers(self, otherwise: int) -> int:
        """How many review workers there shall be."""
        return int((self._read("workers.json") or {}).get("wanted", otherwise))

    def write_crew(self, facts: dict[str, Any]) -> None:
        """Write down which workers there are."""
        self._write("crew.json", facts)

    def crew(self) -> dict[str, Any] | None:
        """Which workers there are; None when nobody keeps any."""
        found = self._read("crew.json")
        return found if found and _lives(int(found["pid"])) else None

    def clear_crew(self) -> None:
        """Nobody keeps workers any more, and the next who does begins with as many as it is told."""
        for name in ("crew.json", "workers.json"):
            with contextlib.suppress(OSError):
                (self.path / name).unlink(missing_ok=True)

    def begun(self) -> dict[str, Any]:
        """How far the first start came; empty on the first start."""
        return self._read("begun.json") or {}

    def write_begun(self, facts: dict[str, Any]) -> None:
        """Remember how far the first start came."""
        self._write("begun.json", facts)

    def _make_secret(self) -> None:
        if not self.secret.exists():
            if self.store.exists() and any(self.store.iterdir()):
                telling.say("secret_renewed", "yellow")
            self._put("secret", secrets.token_hex(32) + "\n")

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self.path / name).read_text("utf-8"))
        except (OSError, json.JSONDecodeError):
            return None
        return found

    def _write(self, name: str, facts: dict[str, Any]) -> None:
        self._put(name, json.dumps(facts, ensure_ascii=False, indent=1) + "\n")

    def _put(self, name: str, text: str) -> None:
        """Write a file whole or not at all, for the owner only."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.path / f".{name}.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / name)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
