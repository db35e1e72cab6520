"""The doors of a service: what may be asked, heard, taken up, and what happens when the clock strikes.

`@route` opens an HTTP door, `@on_event` hears an event once, `@on_task` takes tickets, `@every` strikes in one replica.
`Service` has the doors that operators find in every service.
"""

import functools
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import prometheus_client as prometheus
import structlog
from nameko.extensions import register_entrypoint
from nameko.timer import Timer
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.spine import contracts, hearing, http, marks, mongo, outbox, speaking
from services.spine.actor import Actor
from services.spine.http import Answer, Package, Upload
from services.spine.mongo import again

__all__ = ["Answer", "Package", "Service", "Upload", "again", "every", "on_event", "on_task", "route"]

Method = Callable[..., Any]
OUTBOX = prometheus.Gauge("rectify_outbox_documents", "Documents with something to tell", ["service"])
BURIED = prometheus.Gauge("rectify_dead_letters", "Buried messages", ["service"])
log = structlog.get_logger()


def route(
    method: str,
    url: str,
    *,
    accepts: str = "",
    may: str = "",
    answers: str = "",
    upload: http.Uploads = False,
) -> Callable[[Method], Method]:
    """Open an HTTP door. `accepts` names a schema of requests/, `may` a permission (without it the door is public),
    `answers` a schema of documents/ that its JSON fits.

    The method gets the path's values and, by name, `actor` (with `may`), `draft` or, for GET, `query` (with `accepts`),
    `upload` (with `upload`; None when an optional one did not come; a Package when it is "package"). It returns what
    becomes JSON, alone (200) or behind a status, or an Answer.
    """

    def decorate(door: Method) -> Method:
        register_entrypoint(door, http.Route(method, url, accepts=accepts, may=may, answers=answers, upload=upload))
        return door

    return decorate


def on_event(source: str, name: str, *, together: bool = False) -> Callable[[Method], Method]:
    """Hear an event of another service, each once: what was heard is remembered after its effect is stored.

    With `together` the method gets all that has arrived as a list; if that fails, each event by itself.
    """

    def decorate(door: Method) -> Method:
        @functools.wraps(door)
        def hear(self: Any, told: list[Any], closing: Callable[[], bool] = _open) -> list[hearing.Fate]:
            def heed(what: Any) -> None:
                again(partial(door, self, what))

            memory = hearing.Memory(self.db.heard, door.__name__)
            return hearing.once(heed, told, partial(_check, name), memory, closing, together=together)

        hear.hears = (source, name)  # type: ignore[attr-defined]
        register_entrypoint(hear, hearing.Hearing(name))
        return hear

    return decorate


def on_task(*lanes: str, prefetch: int = 1) -> Callable[[Method], Method]:
    """Take tickets of one queue or several lanes, the first before the others; the method gets the task's id and keeps
    the task's own book of attempts. Long work takes one ticket at a time, short work up to `prefetch`.
    """

    def decorate(door: Method) -> Method:
        @functools.wraps(door)
        def work(self: Any, tickets: list[Any], closing: Callable[[], bool] = _open) -> list[hearing.Fate]:
            def take(ticket: Any) -> None:
                contracts.check("requests/ticket", ticket)
                again(partial(door, self, ticket["task"]))

            return hearing.one_by_one(take, tickets, closing)

        register_entrypoint(work, hearing.Ticket(lanes, prefetch))
        return work

    return decorate


def _open() -> bool:
    return False


def _check(name: str, event: Any) -> None:
    contracts.check("events/envelope", event)
    contracts.check(f"events/{name}", event["data"])


def every(seconds: float, *, everywhere: bool = False) -> Callable[[Method], Method]:
    """Strike every so many seconds, in one replica only: whoever holds the lease; or in each of them."""

    def decorate(door: Method) -> Method:
        @functools.wraps(door)
        def strike(self: Any) -> None:
            try:
                if everywhere or _leased(self.db, door.__name__, seconds):
                    again(partial(door, self))
            except PyMongoError as reason:
                log.warning("missed_a_stroke", door=door.__name__, reason=repr(reason)[:200])

        register_entrypoint(strike, Timer(seconds))
        return strike

    return decorate


def _leased(db: mongo.Db, name: str, seconds: float) -> bool:
    now = time.time()
    try:
        db.leases.update_one(
            {"_id": name, "until": {"$lte": now}}, {"$set": {"until": now + seconds * 0.9}}, upsert=True
        )
    except DuplicateKeyError:
        return False
    return True


class Service:
    """The doors every service has: is it well, what waits, what was buried."""

    name: str
    db: Any

    @route("GET", "/health")
    def health(self) -> Any:
        """Whether the service and its store answer."""
        self.db.command("ping")
        return {"service": self.name, "ok": True}

    @route("GET", "/metrics")
    def metrics(self) -> Any:
        """Numbers for Prometheus."""
        self.gauge()
        return Answer(prometheus.generate_latest(), prometheus.CONTENT_TYPE_LATEST)

    @route("GET", "/status", may="operate")
    def status(self, actor: Actor) -> Any:
        """What waits and what was buried."""
        waiting, oldest = outbox.waiting(self.db)
        return {
            "service": self.name,
            "outbox": waiting,
            "oldest_outbox_at": oldest,
            "dead_letters": self.db.dead_letters.count_documents({}),
            **self.facts(),
        }

    @route("GET", "/dead-letters", accepts="page", may="operate")
    def dead_letters(self, actor: Actor, query: dict[str, str]) -> Any:
        """What was buried, newest first, with the reason."""
        found = mongo.page(self.db.dead_letters, {}, [("seen_at", -1)], query)
        return {**found, "rows": [{"letter_id": row["_id"], **row} for row in found["rows"]]}

    @route("POST", "/dead-letters/<letter_id>/retry", may="operate")
    def retry_dead_letter(self, actor: Actor, letter_id: str) -> Any:
        """Put a buried message back into its queue; the letter goes when the message has been heard."""
        letter = mongo.get(self.db.dead_letters, letter_id)
        with speaking.speaking() as speaker:
            speaker.hand(letter["queue"], [letter["body"].encode()], {hearing.LETTER: letter_id})
        return {"letter_id": letter_id, "queue": letter["queue"]}

    @staticmethod
    def screen(accepts: str, draft: Any) -> None:
        """Refuse at the threshold what is taken at no door, though it fits the contract: marks of state secrets."""
        marks.check(draft)

    def facts(self) -> dict[str, Any]:
        """What else operators of this service want to know."""
        return {}

    def gauge(self) -> None:
        """Set the gauges just before they are read."""
        OUTBOX.labels(self.name).set(outbox.waiting(self.db)[0])
        BURIED.labels(self.name).set(self.db.dead_letters.count_documents({}))
