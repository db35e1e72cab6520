"""Opening: a worker's files are opened one after another, each in a fresh process with limits that is there at once.

A process that has loaded the readers, and nothing of ours, forks for every file; the fork gives up memory, time,
network and the way back before it looks at the first byte. What a file does to its fork ends with it.
"""

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from typing import Any

import orjson

from services.review import extraction
from services.spine import errors

SECONDS, MEGABYTES, MOST_OUT = 20, 512, 64 << 20
HEAD = struct.Struct("<IQ")
LENGTH = struct.Struct("<Q")


class Opener:
    """The worker's side: asks its process, and starts another when that has gone."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def extract(self, data: bytes, file_name: str) -> dict[str, Any]:
        """As `extraction.extract`; a fork that dies or takes too long means `file_too_complex`."""
        name = file_name.replace("\x00", "")[-200:].encode("utf-8", "replace")
        with self._lock:
            out = self._ask(HEAD.pack(len(name), len(data)) + name + data)
        if not out:
            raise errors.Refusal("file_too_complex", name=file_name)
        answer: dict[str, Any] = orjson.loads(out)
        if "refusal" in answer:
            raise errors.Refusal(answer["refusal"]["code"], **{**answer["refusal"]["params"], "name": file_name})
        return answer

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def _ask(self, question: bytes) -> bytes:
        for again in (True, False):
            process = self._process or self._start()
            try:
                assert process.stdin and process.stdout
                process.stdin.write(question)
                process.stdin.flush()
                (length,) = LENGTH.unpack(process.stdout.read(LENGTH.size))
                out = process.stdout.read(length)
                if len(out) == length:
                    return out
                raise EOFError
            except (OSError, EOFError, struct.error):
                self.close()
                if not again:
                    raise
        return b""

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.review.opening", str(self.seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=extraction.ROOT,
            env={"PYTHONPATH": str(extraction.ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
        )
        return self._process


def serve(seconds: float) -> None:
    """The process: forks for every file that comes in on stdin, until there are no more."""
    import pypdf  # noqa: F401  (loaded once here instead of in every fork)

    while head := sys.stdin.buffer.read(HEAD.size):
        name_length, length = HEAD.unpack(head)
        name = sys.stdin.buffer.read(name_length).decode("utf-8", "replace")
        out = _fork(sys.stdin.buffer.read(length), name, seconds)
        sys.stdout.buffer.write(LENGTH.pack(len(out)) + out)
        sys.stdout.buffer.flush()


def _fork(data: bytes, name: str, seconds: float) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.close(reading)
            _in_the_fork(data, name, seconds, writing)
        os._exit(1)
    os.close(writing)
    try:
        out = _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return out


def _in_the_fork(data: bytes, name: str, seconds: float, writing: int) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)  # what is hostile has no way to answer in another's name
    extraction.confine(int(seconds) + 1, MEGABYTES)
    try:
        answer = extraction.extract(data, name)
    except errors.Refusal as refusal:
        answer = {"refusal": {"code": refusal.code, "params": refusal.params}}
    out = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(out + b"\n")
    os._exit(0)


def _read(pipe: int, until: float) -> bytes:
    """All that the fork has to say; nothing when it took too long, said too much or broke off."""
    parts: list[bytes] = []
    size = 0
    while (left := until - time.monotonic()) > 0 and size < MOST_OUT:
        if not select.select([pipe], [], [], left)[0]:
            return b""
        if not (part := os.read(pipe, 1 << 16)):
            out = b"".join(parts)
            return out[:-1] if out.endswith(b"\n") else b""
        parts.append(part)
        size += len(part)
    return b""


if __name__ == "__main__":
    serve(float(sys.argv[1]))
