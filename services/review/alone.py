"""Alone: a pre-check in a process of its own, with little memory and little time, for a text that workers have died on.

What dies here is only this text's attempt: the worker lives and says why.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import orjson

from services.review import extraction, precheck

SECONDS, MEGABYTES = 60, 3072  # of address space: the libraries alone take one gigabyte of it


class Died(Exception):
    """The process did not come back with an answer."""


def examine(asked: dict[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
    """What `precheck.examine(**asked)` says; raises Died when the text kills the process or takes too long."""
    return ask("services.review.alone", asked, seconds)


def ask(module: str, asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What a module of ours, run as a process by itself, answers to what it is asked; raises Died when it does not."""
    child = subprocess.Popen(
        [sys.executable, "-m", module, str(int(seconds) + 1)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=extraction.ROOT,
        env={"PYTHONPATH": str(extraction.ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
    )
    with child:
        try:
            out, _ = child.communicate(orjson.dumps(asked), timeout=seconds)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            out = b""
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    if child.returncode != 0 or not out:
        raise Died(f"{module}, alone, ended with {child.returncode} within {seconds:g} s")
    answer: dict[str, Any] = orjson.loads(out)
    return answer


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The process: what is asked comes in on stdin, the answer goes out on stdout."""
    extraction.confine(int(sys.argv[1]), MEGABYTES)
    sys.stdout.buffer.write(orjson.dumps(answer(orjson.loads(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    serve(lambda asked: precheck.examine(**asked))
