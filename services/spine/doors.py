"""The doors of a service: contract and permission at the threshold, and nothing lost behind it.

HTTP asks (`@route`), events are heard (`@on_event`), tickets call for work (`@on_task`), the clock strikes (`@every`).
A refusal is an answer: a problem document, or in a queue a burial with its reason. Anything else is an accident: a 500
with an incident number, or in a queue another try after a growing pause, and a burial when that does not help either.
"""

import functools
import time
import traceback
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import eventlet
import kombu
import orjson
import prometheus_client as prometheus
import structlog
from eventlet.event import Event as Signal
from nameko.extensions import register_entrypoint
from nameko.timer import Timer
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import WebServer, parse_address
from pymongo.errors import AutoReconnect, DuplicateKeyError, PyMongoError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from services.spine import actor, broker, clock, contracts, errors, events, mongo, outbox, settings

Method = Callable[..., Any]
PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
BODY_LIMIT = 2 * 1024 * 1024
UPLOAD_LIMIT = 10 * 1024 * 1024
OVERTAKEN_TIMES = 8
log = structlog.get_logger()

ASKED = prometheus.Histogram("rectify_http_seconds", "Time to answer", ["service", "door", "status"])
HEARD = prometheus.Counter("rectify_heard_total", "Messages settled", ["service", "door", "outcome"])
OUTBOX = prometheus.Gauge("rectify_outbox_documents", "Documents with something to tell", ["service"])
BURIED = prometheus.Gauge("rectify_dead_letters", "Buried messages", ["service"])


class Upload(NamedTuple):
    """A file as it came: the name it was given and its bytes."""

    name: str
    data: bytes


class Answer(NamedTuple):
    """An answer that is not JSON."""

    body: bytes
    media: str
    headers: dict[str, str] = {}


def again(act: Callable[[], Any]) -> Any:
    """Read, decide, write; if someone else was faster, once more."""
    for overtaken in range(OVERTAKEN_TIMES):
        try:
            return act()
        except errors.Stale:
            time.sleep(0.01 * overtaken)
    raise errors.Refusal("changed_meanwhile")


# --- HTTP ------------------------------------------------------------------------------------------------------------


class _Server(WebServer):  # type: ignore[misc]
    """Each service opens on its own address, and what it does not know is answered like everything else."""

    @property
    def bind_addr(self) -> Any:
        return parse_address(settings.bind(self.container.service_name))

    def get_wsgi_app(self) -> Any:
        url_map = self.make_url_map()

        def app(environ: dict[str, Any], start_response: Any) -> Any:
            request = Request(environ)
            try:
                door, request.path_values = url_map.bind_to_environ(environ).match()  # type: ignore[attr-defined]
                return door.handle_request(request)(environ, start_response)
            except MethodNotAllowed:
                refusal = errors.Refusal("method_not_allowed", method=request.method)
            except HTTPException:
                refusal = errors.Refusal("no_such_address", path=request.path)
            return _problem(refusal, _language(request))(environ, start_response)

        return app

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, **options: Any) -> Any:
        server = super().get_wsgi_server(sock, wsgi_app, **options)
        server.log_output = False
        return server


class Route(HttpRequestHandler):  # type: ignore[misc]
    """An HTTP door: claims, permission, contract, then the method with what it asked for."""

    server = _Server()

    def __init__(self, method: str, url: str, *, accepts: str = "", may: str = "", upload: bool = False) -> None:
        super().__init__(method, url, expected_exceptions=(errors.Refusal, errors.Stale))
        self.accepts, self.may, self.upload = accepts, may, upload

    def get_url_rule(self) -> Rule:
        return Rule(self.url, methods=[self.method])

    def handle_request(self, request: Request) -> Response:
        started, language, door = time.monotonic(), _language(request), f"{self.method} {self.url}"
        try:
            arguments = self._threshold(request)
            response = _answer(again(partial(self._call, arguments)))
        except errors.Refusal as refusal:
            response = _problem(refusal, language)
        except (AutoReconnect, TimeoutError):
            response = _problem(errors.Refusal("service_unavailable"), language)
        except Exception:
            incident = uuid.uuid4().hex[:8]
            log.exception("accident", service=self.container.service_name, door=door, incident=incident)
            response = _problem(errors.Refusal("accident", incident=incident), language)
        ASKED.labels(self.container.service_name, door, response.status_code).observe(time.monotonic() - started)
        return response

    def _threshold(self, request: Request) -> dict[str, Any]:
        arguments: dict[str, Any] = dict(request.path_values)  # type: ignore[attr-defined]
        if self.may:
            claims = actor.read(_bearer(request), at=int(time.time()))
            arguments["actor"] = actor.Actor(claims, self.may, clock.today())
        if self.accepts:
            asked: Any = request.args.to_dict() if self.method == "GET" else self._body(request)
            contracts.check(f"requests/{self.accepts}", asked)
            arguments["query" if self.method == "GET" else "draft"] = asked
        if self.upload:
            arguments["upload"] = _uploaded(request)
        return arguments

    def _body(self, request: Request) -> Any:
        if self.upload:
            _bounded(request, UPLOAD_LIMIT + BODY_LIMIT, "file_too_large", limit_mb=UPLOAD_LIMIT // 2**20, name="")
            return request.form.to_dict()
        _bounded(request, BODY_LIMIT, "body_too_large", limit=BODY_LIMIT)
        try:
            return orjson.loads(request.get_data() or b"{}")
        except orjson.JSONDecodeError as fault:
            raise errors.Refusal("not_json", line=fault.lineno, column=fault.colno) from None

    def _call(self, arguments: dict[str, Any]) -> Any:
        done = Signal()

        def settle(_: Any, result: Any, exc_info: Any) -> Any:
            done.send_exception(*exc_info) if exc_info else done.send(result)
            return result, exc_info

        self.container.spawn_worker(self, (), arguments, handle_result=settle)
        return done.wait()


def route(method: str, url: str, *, accepts: str = "", may: str = "", upload: bool = False) -> Callable[[Method], Method]:
    """Open an HTTP door. `accepts` names a schema of requests/, `may` a permission; without it the door is public.

    The method gets the path's values and, by name, `actor` (with `may`), `draft` or, for GET, `query` (with `accepts`),
    `upload` (with `upload`). It returns what becomes JSON, alone (200) or behind a status, or an Answer.
    """

    def decorate(door: Method) -> Method:
        register_entrypoint(door, Route(method, url, accepts=accepts, may=may, upload=upload))
        return door

    return decorate


def _language(request: Request) -> str:
    return "en" if request.accept_languages.best_match(["zh", "en"], "zh") == "en" else "zh"


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise errors.Refusal("not_signed_in")
    return token


def _bounded(request: Request, most: int, code: str, /, **params: Any) -> None:
    if (request.content_length or 0) > most:
        raise errors.Refusal(code, **params)


def _uploaded(request: Request) -> Upload:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise errors.Refusal("file_missing", errors=[{"pointer": "/file", "code": "file_missing"}])
    name = file.filename.replace("\\", "/").rsplit("/", 1)[-1][-180:]
    data = file.stream.read(UPLOAD_LIMIT + 1)
    if len(data) > UPLOAD_LIMIT:
        raise errors.Refusal("file_too_large", limit_mb=UPLOAD_LIMIT // 2**20, name=name)
    return Upload("".join(sign for sign in name if sign.isprintable()) or "file", data)


def _answer(result: Any) -> Response:
    status, payload = result if isinstance(result, tuple) and not isinstance(result, Answer) else (200, result)
    if isinstance(payload, Answer):
        return Response(payload.body, status, headers=payload.headers, content_type=payload.media)
    if payload is None:
        return Response(status=204 if status == 200 else status)
    return Response(orjson.dumps(public(payload)), status, content_type="application/json")


def _problem(refusal: errors.Refusal, language: str) -> Response:
    body = orjson.dumps(refusal.body(language), default=str)
    return Response(body, refusal.status, content_type=errors.PROBLEM, headers={"Content-Language": language})


def public(payload: Any) -> Any:
    """A record as others see it: without what only the store and the relay need."""
    if isinstance(payload, dict):
        return {key: public(value) for key, value in payload.items() if key not in ("_id", "outbox", "revision")}
    return [public(one) for one in payload] if isinstance(payload, list) else payload


# --- events and tasks ------------------------------------------------------------------------------------------------


class Hearing(broker.Door):
    """An event door's queue and its care for each message."""

    def __init__(self, name: str) -> None:
        super().__init__(expected_exceptions=(errors.Refusal,))
        self.name = name

    def make_queue(self) -> kombu.Queue:
        return broker.hearing_queue(self.container.service_name, self.method_name, self.name)

    def letters(self) -> mongo.Collection[mongo.Document]:
        """Where this service keeps what it buried."""
        db: mongo.Db = next(one.db for one in self.container.dependencies if isinstance(one, mongo.Mongo))
        return db.dead_letters

    def arrive(self, message: Any) -> None:
        self.listener.unsettled += 1
        try:
            body = orjson.loads(message.body)
        except (orjson.JSONDecodeError, TypeError) as fault:
            raw = message.body if isinstance(message.body, bytes) else str(message.body).encode()
            body, reason = {"unreadable": raw[:10_000].decode("utf-8", "replace")}, f"not JSON: {fault}"
            eventlet.spawn(self._bury, message, body, reason, "")
            return
        self._attempt(message, body, 0)

    def _attempt(self, message: Any, body: Any, tries: int) -> None:
        if self.listener.closing and tries:
            return
        settle = partial(self._settle, message, body, tries)
        self.container.spawn_worker(self, (body,), {}, handle_result=settle)

    def _settle(self, message: Any, body: Any, tries: int, _: Any, result: Any, exc_info: Any) -> Any:
        if exc_info is None:
            self._done(message, "done")
        elif isinstance(exc_info[1], errors.Refusal):
            self._bury(message, body, str(exc_info[1]), "")
        elif tries < len(PAUSES) or isinstance(exc_info[1], AutoReconnect):
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            eventlet.spawn_after(pause, self._attempt, message, body, tries + 1)
            HEARD.labels(self.container.service_name, self.method_name, "again").inc()
        else:
            self._bury(message, body, repr(exc_info[1]), "".join(traceback.format_exception(*exc_info)))
        return result, None

    def _bury(self, message: Any, body: Any, reason: str, trace: str) -> None:
        key = f"{self.method_name}|{body.get('id') or body.get('task') if isinstance(body, dict) else ''}"
        letter = {
            "queue": self.queue.name,
            "body": body,
            "reason": reason[:2000],
            "traceback": trace[-8000:],
            "seen_at": clock.now(),
        }
        key = key if not key.endswith("|") and not key.endswith("None") else f"{key}{uuid.uuid4().hex}"
        outbox.patiently(lambda: self.letters().replace_one({"_id": key}, letter, upsert=True))
        log.error("buried", service=self.container.service_name, door=self.method_name, reason=reason[:300])
        self._done(message, "buried")

    def _done(self, message: Any, outcome: str) -> None:
        self.listener.settle(message)
        HEARD.labels(self.container.service_name, self.method_name, outcome).inc()


class Ticket(Hearing):
    """A task door: one at a time, for the work is the processor's."""

    prefetch = 1

    def make_queue(self) -> kombu.Queue:
        return broker.task_queue(self.name)


def on_event(source: str, name: str) -> Callable[[Method], Method]:
    """Hear an event of another service, each once: what was heard is remembered after its effect is stored."""

    def decorate(door: Method) -> Method:
        @functools.wraps(door)
        def hear(self: Any, event: events.Event) -> None:
            contracts.check("events/envelope", event)
            contracts.check(f"events/{name}", event["data"])
            key = f"{event['id']}|{door.__name__}"
            if self.db.heard.find_one({"_id": key}, {"_id": 1}):
                return
            again(partial(door, self, event))
            self.db.heard.update_one({"_id": key}, {"$set": {"at": clock.moment(clock.now())}}, upsert=True)

        hear.hears = (source, name)  # type: ignore[attr-defined]
        register_entrypoint(hear, Hearing(name))
        return hear

    return decorate


def on_task(queue: str) -> Callable[[Method], Method]:
    """Take tickets of a queue; the method gets the task's id and keeps the task's own book of attempts."""

    def decorate(door: Method) -> Method:
        @functools.wraps(door)
        def work(self: Any, ticket: dict[str, Any]) -> None:
            contracts.check("requests/ticket", ticket)
            again(partial(door, self, ticket["task"]))

        register_entrypoint(work, Ticket(queue))
        return work

    return decorate


# --- the clock -------------------------------------------------------------------------------------------------------


class Striking(Timer):  # type: ignore[misc]
    """A timer that survives an absent store: the next stroke comes anyway."""


def every(seconds: float) -> Callable[[Method], Method]:
    """Strike every so many seconds, in one replica only: whoever holds the lease."""

    def decorate(door: Method) -> Method:
        @functools.wraps(door)
        def strike(self: Any) -> None:
            try:
                if _leased(self.db, door.__name__, seconds):
                    again(partial(door, self))
            except PyMongoError as reason:
                log.warning("missed_a_stroke", door=door.__name__, reason=repr(reason)[:200])

        register_entrypoint(strike, Striking(seconds))
        return strike

    return decorate


def _leased(db: mongo.Db, name: str, seconds: float) -> bool:
    now = time.time()
    try:
        db.leases.update_one({"_id": name, "until": {"$lte": now}}, {"$set": {"until": now + seconds * 0.9}}, upsert=True)
    except DuplicateKeyError:
        return False
    return True


# --- what every service offers to operators ----------------------------------------------------------------------------


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
    def status(self, actor: actor.Actor) -> Any:
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
    def dead_letters(self, actor: actor.Actor, query: dict[str, str]) -> Any:
        """What was buried, newest first, with the reason."""
        found = mongo.page(self.db.dead_letters, {}, [("seen_at", -1)], query)
        return {**found, "rows": [{"letter_id": row["_id"], **row} for row in found["rows"]]}

    @route("POST", "/dead-letters/<letter_id>/retry", may="operate")
    def retry_dead_letter(self, actor: actor.Actor, letter_id: str) -> Any:
        """Put a buried message back into its queue."""
        letter = mongo.get(self.db.dead_letters, letter_id)
        speaker = broker.Speaker()
        speaker.hand(letter["queue"], letter["body"])
        speaker.drop()
        self.db.dead_letters.delete_one({"_id": letter_id})
        return {"letter_id": letter_id, "queue": letter["queue"]}

    def facts(self) -> dict[str, Any]:
        """What else operators of this service want to know."""
        return {}

    def gauge(self) -> None:
        """Set the gauges just before they are read."""
        OUTBOX.labels(self.name).set(outbox.waiting(self.db)[0])
        BURIED.labels(self.name).set(self.db.dead_letters.count_documents({}))
