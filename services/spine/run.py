"""Starts services and stops them well: `python -m services.spine.run registry intake …`, or `all`.

One process, any number of services. On SIGTERM nothing new is taken, running work is finished and acknowledged, and
what does not finish within the grace period is left for the next start, which loses nothing.
"""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    import eventlet

    eventlet.monkey_patch()

import gc
import importlib
import logging
import signal
import time
from typing import Any

import structlog
from eventlet import patcher
from nameko.runners import ServiceRunner

from services.spine import feed, listening, mongo, outbox, recovery, settings

WORKERS = {"review_worker": "services.review.worker:ReviewWorker"}
MAX_WORKERS = 32
log = structlog.get_logger()


def service_class(name: str) -> Any:
    """The class of a service: `services.<name>.service:<Name>Service`, or a worker beside it."""
    address = WORKERS.get(name) or f"services.{name}.service:{name.capitalize()}Service"
    module, _, attribute = address.partition(":")
    return getattr(importlib.import_module(module), attribute)


def service_package(name: str) -> Any:
    """The package of a service, whose docstring says what it owns, hears and says."""
    return importlib.import_module(f"services.{name}")


def configure_logging() -> None:
    """One JSON line per message to stderr; expected refusals are answers and not logged."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level()),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format='{"level":"%(levelname)s","event":"%(message)s"}'
    )
    logging.getLogger("nameko.containers").addFilter(lambda record: not str(record.msg).startswith("(expected)"))


def main(names: list[str]) -> int:
    """Run the named services until a signal comes; the exit code."""
    configure_logging()
    if names == ["all"]:
        names = [*settings.SERVICES, *WORKERS]
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stopping.append(number))
    settings.secret()
    feed_db = mongo.database("feed")
    outbox.patiently(lambda: feed.prepare(feed_db))
    runner = ServiceRunner({"max_workers": MAX_WORKERS})
    for name in names:
        runner.add_service(service_class(name))
    runner.start()

    def alive() -> bool:
        return not stopping and not any(container._died.ready() for container in runner.containers)

    while alive() and not all(listener.ready.ready() for listener in listening.LISTENERS):
        time.sleep(0.02)
    keeper = None
    if settings.embedded() and not settings.beside() and alive():
        log.info("told_again", events=outbox.patiently(lambda: recovery.recover(feed_db)))
        keeper = eventlet.spawn(recovery.keep_checkpoint, feed_db)
    if alive():
        outbox.SPEAKING.set()
        gc.collect()
        gc.freeze()  # what a start made stays until the end: looked through at every long list it takes half the time
        log.warning("ready", services=names)
    while alive():
        time.sleep(0.2)
    if keeper:
        keeper.kill()  # what is being tried again while the house closes is not settled
    _watchdog()
    died = not stopping
    runner.stop()
    log.warning("stopped", services=names)
    return 1 if died else 0


def _watchdog() -> None:
    """End the process when running work does not finish within the grace period."""

    def end() -> None:
        patcher.original("time").sleep(settings.grace())
        os._exit(3)

    patcher.original("threading").Thread(target=end, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
