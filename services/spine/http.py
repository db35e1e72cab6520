"""The HTTP door: claims, permission and contract at the threshold, a problem document for every no.

Nothing behind it checks again. A refusal is answered with its status and its sentence in the reader's language; an
accident with 500 and an incident number that stands in the log.
"""

import inspect
import io
import re
import socket
import time
import unicodedata
import uuid
from collections.abc import Iterable
from functools import partial
from typing import IO, Any, Literal, NamedTuple
from urllib.parse import quote

import orjson
import prometheus_client as prometheus
import structlog
from eventlet.event import Event as Signal
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import WebServer, parse_address
from pymongo.errors import AutoReconnect
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from services.spine import actor, clock, contracts, errors, mongo, settings

BODY_LIMIT = 64 * 2**20
OPEN_BODY_LIMIT = 2**16
UPLOAD_LIMIT = 10 * 2**20
PACKAGE_LIMIT = 100 * 2**20
FORM_LIMIT = 4 * 2**20
NAME_BYTES = 200
_NO_DISK = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"^((con|prn|aux|nul|com\d|lpt\d)(\.|$))", re.IGNORECASE)
ASKED = prometheus.Histogram("rectify_http_seconds", "Time to answer", ["service", "door", "status"])
log = structlog.get_logger()


Uploads = bool | Literal["optional", "package"]


class Upload(NamedTuple):
    """A file as it came: the name it was given and its bytes."""

    name: str
    data: bytes


class Package(NamedTuple):
    """A file too large to hold in memory: the name it was given, its bytes to be read from disk, how many they are."""

    name: str
    file: IO[bytes]
    size: int


class Answer(NamedTuple):
    """An answer that is not JSON; one too large for the memory comes piece by piece, with its length in the headers."""

    body: bytes | Iterable[bytes]
    media: str
    headers: dict[str, str] = {}


def download(body: bytes | Iterable[bytes], media: str, name: str, **headers: str) -> Answer:
    """A file to be kept under its name, whatever letters it has; headers in words, `ETag="…"`, `Content_Length="…"`."""
    known = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(body, media, {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", **known})


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
        # What is accepted has it too: else an answer in two pieces waits 40 ms for the reader to have the first.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = super().get_wsgi_server(sock, wsgi_app, **options)
        server.log_output = False
        return server


class Route(HttpRequestHandler):  # type: ignore[misc]
    """An HTTP door: claims, permission, contract, then the method with what it asked for."""

    server = _Server()

    def __init__(
        self,
        method: str,
        url: str,
        *,
        accepts: str = "",
        may: str = "",
        answers: str = "",
        upload: Uploads = False,
    ) -> None:
        super().__init__(method, url, expected_exceptions=(errors.Refusal, errors.Stale))
        self.accepts, self.may, self.answers, self.upload = accepts, may, answers, upload

    def setup(self) -> None:
        """Look whether the method wants to know the reader's language."""
        super().setup()
        method = getattr(self.container.service_cls, self.method_name)
        self.speaks = "language" in inspect.signature(method).parameters

    def get_url_rule(self) -> Rule:
        return Rule(self.url, methods=[self.method])

    def handle_request(self, request: Request) -> Response:
        started, language, door = time.monotonic(), _language(request), f"{self.method} {self.url}"
        try:
            arguments = self._threshold(request)
            response = _answer(mongo.again(partial(self._call, arguments)))
        except errors.Refusal as refusal:
            response = _problem(refusal, language)
        except RequestEntityTooLarge:
            limit = FORM_LIMIT if self.upload else request.max_content_length
            response = _problem(errors.Refusal("body_too_large", limit=limit), language)
        except errors.Stale:
            response = _problem(errors.Refusal("changed_meanwhile"), language)
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
            if self.method != "GET":
                self.container.service_cls.screen(self.accepts, asked)
            arguments["query" if self.method == "GET" else "draft"] = asked
        if self.upload:
            package = self.upload == "package"
            arguments["upload"] = _packed(request) if package else _uploaded(request, needed=self.upload is True)
        if self.speaks:
            arguments["language"] = _language(request)
        return arguments

    def _body(self, request: Request) -> Any:
        if self.upload:
            most = PACKAGE_LIMIT if self.upload == "package" else UPLOAD_LIMIT
            _bounded(request, most + FORM_LIMIT, "file_too_large", limit_mb=most // 2**20, name="")
            request.max_form_memory_size = FORM_LIMIT
            if request.content_length and not (request.form or request.files):
                raise errors.Refusal("not_a_form")
            return {key: value for key, value in request.form.items() if key}
        most = BODY_LIMIT if self.may else OPEN_BODY_LIMIT
        _bounded(request, most, "body_too_large", limit=most)
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


def _language(request: Request) -> str:
    return "en" if request.accept_languages.best_match(["zh", "en"], "zh") == "en" else "zh"


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise errors.Refusal("not_signed_in")
    return token


def _bounded(request: Request, most: int, code: str, /, **params: Any) -> None:
    request.max_content_length = most
    if (request.content_length or 0) > most:
        raise errors.Refusal(code, **params)


def _uploaded(request: Request, *, needed: bool) -> Upload | None:
    file = request.files.get("file")
    if file is None or not file.filename:
        if not needed:
            return None
        raise errors.Refusal("file_missing", errors=[{"pointer": "/file", "code": "file_missing"}])
    name = _named(file.filename)
    data = file.stream.read(UPLOAD_LIMIT + 1)
    if len(data) > UPLOAD_LIMIT:
        raise errors.Refusal("file_too_large", limit_mb=UPLOAD_LIMIT // 2**20, name=name)
    return Upload(name, data)


def _packed(request: Request) -> Package:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise errors.Refusal("file_missing", errors=[{"pointer": "/file", "code": "file_missing"}])
    name, size = _named(file.filename), file.stream.seek(0, io.SEEK_END)
    file.stream.seek(0)
    if size > PACKAGE_LIMIT:
        raise errors.Refusal("file_too_large", limit_mb=PACKAGE_LIMIT // 2**20, name=name)
    return Package(name, file.stream, size)


def _named(given: str) -> str:
    """A file's own name as any disk bears it: without folders, invisible signs and what Windows keeps for itself, cut
    before its ending."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if sign.isprintable()).strip(" .") or "file"
    name = _DEVICE.sub(r"_\1", _NO_DISK.sub("_", name))
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name, "", ""
    room = NAME_BYTES - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending


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
        hidden = ("_id", "outbox", "revision") if "_id" in payload else ()
        return {key: public(value) for key, value in payload.items() if key not in hidden}
    return [public(one) for one in payload] if isinstance(payload, list) else payload
