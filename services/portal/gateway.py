"""The one public address for programs: everything under /api/v1 goes to the service that owns it.

Who owns what is read from schemas/openapi.yaml (`x-service` of each operation). A program signs in at POST
/api/v1/sessions and sends `Authorization: Bearer <token>`; cookies are not looked at, so no other site can act for a
reader here.
"""

import functools
import json
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import urllib3
import yaml
from flask import Blueprint, Response, request

from services.portal import clients, languages, sessions, uploads
from services.spine import errors, settings

doors = Blueprint("gateway", __name__, url_prefix="/api/v1")

PATIENT = threading.BoundedSemaphore(4)
READING = threading.Lock()
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
WITHOUT_SESSION = ("/sessions", "/sessions/end")
INWARD = ("/claims", "/addressees", "/calendar-claims", "/subscriber-claims", "/health", "/status", "/metrics")
PASSED_ON = ("Accept", "Content-Type", "If-None-Match", "Range")
PASSED_BACK = (
    "Content-Type", "Content-Length", "Content-Disposition", "Content-Range", "Accept-Ranges",
    "ETag", "Last-Modified", "Location", "Retry-After", "X-Next-After", "X-Compacted-Through",
    "X-Content-Type-Options",
)  # fmt: skip


@doors.route("/<path:path>", methods=METHODS)
def forward(path: str) -> Response:
    """Any operation of the public interface, answered by the service that owns it."""
    asked = "/" + path
    service = owner(asked)
    if service is None:
        return problem("no_such_address", path=request.path)
    claims = None
    if asked not in WITHOUT_SESSION:
        token = _bearer()
        claims = sessions.claims_of(token) if token else None
        if claims is None:
            return problem("not_signed_in")
    parcel = (request.method, asked) == ("POST", "/batches")
    if parcel:
        request.max_content_length = uploads.PARCEL_BODY_BYTES
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as body:
        try:
            size = uploads.spool(request.stream, body, uploads.PARCEL_BODY_BYTES if parcel else uploads.BODY_BYTES)
        except uploads.TooLarge:
            limit = uploads.PARCEL_BYTES if parcel else uploads.FILE_BYTES
            return problem("file_too_large", limit_mb=limit // 1048576)
        body.seek(0)
        headers = _headers(claims, size)
        with _patience() as query:
            target = _target(service, asked, query)
            answer = clients.send(service, request.method, target, headers, body if size else None, stream=True)
        if asked == "/sessions/end":
            body.seek(0)
            sessions.forget(_token_in(body.read()))
    if asked == "/me/password":
        sessions.forget(_bearer())
    return _answer(answer)


def owner(path: str) -> str | None:
    """The service that owns a path; None when no service does, or the path is for services among themselves."""
    if path in INWARD or ".." in path.split("/"):
        return None
    with READING:
        routes = _routes()
    for pattern, service in routes:
        if pattern.fullmatch(path):
            return service
    return None


@functools.cache
def _routes() -> list[tuple[re.Pattern[str], str]]:
    written = (settings.SCHEMAS / "openapi.yaml").read_bytes()
    paths: dict[str, dict[str, Any]] = yaml.load(written, yaml.CSafeLoader)["paths"]
    routes = []
    for path, operations in paths.items():
        services = {part["x-service"] for part in operations.values() if isinstance(part, dict) and "x-service" in part}
        named = re.sub(r"\{[^}]+\}", "[^/]+", re.sub(r"[.+]", r"\\\g<0>", path.removeprefix("/api/v1")))
        routes += [(re.compile(named), service) for service in services]
    return routes


def problem(code: str, **params: Any) -> Response:
    """A refusal of the gateway's own as a problem document."""
    refusal = errors.Refusal(code, **params)
    body = json.dumps(refusal.body(languages.current()), ensure_ascii=False)
    response = Response(body, refusal.status, content_type=errors.PROBLEM)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _bearer() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _token_in(body: bytes) -> str | None:
    try:
        return str(json.loads(body)["token"])
    except (ValueError, KeyError, TypeError):
        return None


@contextmanager
def _patience() -> Iterator[str]:
    """The query as it is passed on: a few may wait for what is new, the rest are answered at once."""
    query = request.query_string.decode("latin-1")
    waits = "wait" in request.args and PATIENT.acquire(blocking=False)
    try:
        yield query if waits else re.sub(r"(^|&)wait=[0-9]+(?=&|$)", r"\1wait=0", query)
    finally:
        if waits:
            PATIENT.release()


def _target(service: str, path: str, query: str) -> str:
    return settings.url(service) + quote(path, safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")


def _headers(claims: str | None, size: int) -> dict[str, str]:
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    headers["Accept-Language"] = languages.current()
    if claims:
        headers["Authorization"] = f"Bearer {claims}"
    if size or request.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(size)
    return headers


def _answer(answer: urllib3.BaseHTTPResponse) -> Response:
    headers = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
    headers["Cache-Control"] = "no-store"
    if request.method == "HEAD" or answer.status in (204, 304):
        answer.release_conn()
        return Response(status=answer.status, headers=headers)
    return Response(clients.chunks(answer), status=answer.status, headers=headers, direct_passthrough=True)
