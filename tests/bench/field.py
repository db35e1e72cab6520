"""Who takes part: how each publishes, how each works with so many processes, how many messages it gets."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.bench import ours

HERE = sys.executable


class Runner(NamedTuple):
    """One that takes part. `publish` gets a count as its last word; `work` gives the commands for so many processes."""

    name: str
    package: str
    python: Path
    queue: str
    messages: int
    published: int
    publish: list[str]
    work: Callable[[int], list[list[str]]]


def relay() -> list[str]:
    """Our relay on its own; gets a count as its last word."""
    return own("relay")


def own(*words: str) -> list[str]:
    """A program of our own doors."""
    return [HERE, "-W", "ignore", "-m", "tests.bench.ours", *words]


def field(peers: Path, *, long: bool = False) -> list[Runner]:
    """Ours first: what the others are held against. With `long`, one task at a time in each process."""
    threads, at_once = ("1", "1") if long else ("8", "200")
    env, beside = str(peers), peers.parent
    module = "tests.bench.peers."

    def celery(pool: str) -> Callable[[int], list[list[str]]]:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
        start = [str(beside / "celery"), "-A", f"{module}celery_tasks", "worker", *quiet, "--pool", pool]
        if pool == "prefork":
            return lambda processes: [[*start, "-c", str(processes), "-n", "bench@%h"]]
        return lambda processes: [[*start, "-n", f"bench{number}@%h"] for number in range(processes)]

    def each(command: list[str]) -> Callable[[int], list[list[str]]]:
        return lambda processes: [command] * processes

    published = [env, "-m", f"{module}celery_tasks", "publish"]
    solo = Runner("Celery, solo", "celery", peers, "bench.celery", 2500, 500, published, celery("solo"))
    return [
        Runner(
            "ours, tickets",
            "rectify",
            Path(HERE),
            ours.TICKETS,
            20000,
            8000,
            own("tickets"),
            each(own("ticket")),
        ),
        Runner(
            "ours, events remembered in the store",
            "rectify",
            Path(HERE),
            ours.TOLD,
            2000,
            3000,
            own("publish"),
            each(own("heard")),
        ),
        Runner(
            "nameko, stock",
            "nameko",
            peers,
            "bench.nameko",
            4000,
            500,
            [env, "-m", f"{module}nameko_service", "publish"],
            each([env, "-W", "ignore", "-m", f"{module}nameko_service", "work"]),
        ),
        solo._replace(name="Celery, prefork", messages=2000, work=celery("prefork")),
        solo,
        Runner(
            "Dramatiq",
            "dramatiq",
            peers,
            "bench.dramatiq",
            5000,
            500,
            [env, "-m", f"{module}dramatiq_actors", "publish"],
            lambda processes: [
                [str(beside / "dramatiq"), f"{module}dramatiq_actors", "-p", str(processes), "-t", threads]
            ],
        ),
        Runner(
            "FastStream",
            "faststream",
            peers,
            "bench.faststream",
            4500,
            3000,
            [env, "-m", f"{module}faststream_app", "publish"],
            each([env, "-m", f"{module}faststream_app", "work"]),
        ),
        Runner(
            "taskiq",
            "taskiq",
            peers,
            "bench.taskiq",
            2500,
            3000,
            [env, "-m", f"{module}taskiq_tasks", "publish"],
            lambda processes: [
                [str(beside / "taskiq"), "worker", f"{module}taskiq_tasks:broker", "--workers", str(processes)]
                + ["--max-async-tasks", at_once, "--log-level", "WARNING"]
            ],
        ),
    ]
