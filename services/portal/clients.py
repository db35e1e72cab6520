"""How the portal asks the other services: one function, over HTTP, with the reader's claims and language.

What must stay true: a service's "no" reaches the reader in the service's own words (`Declined`), and a service that
does not answer is told apart from one that says no (`Unreachable`). Nothing is tried twice here except a connection
that was never made: whether a write happened is for the owner of the record to say.
"""

import itertools
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import quote, urlencode

import urllib3

from services.spine import errors, settings

_pool = urllib3.PoolManager(num_pools=12, maxsize=16, timeout=urllib3.Timeout(connect=3, read=60))
_retries = urllib3.Retry(total=2, connect=2, read=0, redirect=0, status=0, other=0, backoff_factor=0.1)

Query = Mapping[str, Any]
Upload = tuple[str, bytes, str]


class Unreachable(Exception):  # noqa: N818  (an answer of a kind: nobody is at home)
    """A service did not answer."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


class Declined(Exception):  # noqa: N818  (a refusal is an answer, not an error)
    """A service said no: its problem document, already in the reader's language."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("code", ""))
        self.problem = problem
        self.status = int(problem.get("status", 500))
        self.code = str(problem.get("code", "accident"))
        self.detail = str(problem.get("detail", ""))
        self.params: dict[str, Any] = problem.get("params") or {}
        self.places: list[dict[str, Any]] = problem.get("errors") or []


def refused(code: str, language: str, **params: Any) -> Declined:
    """A refusal of the portal's own, in the words of the common catalogue."""
    return Declined(errors.Refusal(code, **params).body(language))


@dataclass(frozen=True)
class Answer:
    """What a service answered: status, JSON body (None when there is none) and headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


def call(
    service: str,
    method: str,
    path: str,
    *,
    claims: str | None = None,
    language: str = "zh",
    query: Query | None = None,
    body: Any = None,
    fields: Mapping[str, str | Upload] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask a service and read its JSON answer; raises Declined or Unreachable."""
    sent = {"Accept": "application/json", "Accept-Language": language, **(headers or {})}
    if claims:
        sent["Authorization"] = f"Bearer {claims}"
    payload: bytes | None = None
    if fields is not None:
        payload, sent["Content-Type"] = urllib3.encode_multipart_formdata(dict(fields))
    elif body is not None:
        payload, sent["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
    response = send(service, method, address(service, path, query), sent, payload, stream=False)
    answer = _json(response.data)
    if response.status >= 400:
        raise Declined(_problem(response.status, answer, language))
    return Answer(response.status, answer, response.headers)


def hand_over(
    service: str,
    path: str,
    fields: Mapping[str, str],
    file: tuple[str, IO[bytes]],
    *,
    claims: str,
    language: str,
) -> Answer:
    """Hand a large file over, read from disk piece by piece; what comes back is as with `call`."""
    name, stream = file
    mark = uuid.uuid4().hex
    before, after = f"--{mark}\r\n".encode(), f"\r\n--{mark}--\r\n".encode()
    for key, text in fields.items():
        before += f'Content-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n--{mark}\r\n'.encode()
    named = urllib3.fields.RequestField("file", b"", filename=name)
    named.make_multipart(content_type="application/zip")
    before += named.render_headers().encode()
    size = stream.seek(0, 2)
    stream.seek(0)
    sent = {
        "Accept": "application/json",
        "Accept-Language": language,
        "Authorization": f"Bearer {claims}",
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Content-Length": str(len(before) + size + len(after)),
    }
    pieces = itertools.chain([before], iter(lambda: stream.read(1 << 18), b""), [after])
    response = send(service, "POST", address(service, path), sent, pieces, stream=False)
    answer = _json(response.data)
    if response.status >= 400:
        raise Declined(_problem(response.status, answer, language))
    return Answer(response.status, answer, response.headers)


def send(
    service: str,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | IO[bytes] | Iterator[bytes] | None,
    *,
    stream: bool,
) -> urllib3.BaseHTTPResponse:
    """One HTTP exchange as it is; with `stream` the body is left for the caller to read and release."""
    try:
        return _pool.request(
            method, url, headers=dict(headers), body=body, preload_content=not stream, retries=_retries, redirect=False
        )
    except urllib3.exceptions.HTTPError as failure:
        raise Unreachable(service) from failure


def declined(response: urllib3.BaseHTTPResponse, language: str) -> Declined:
    """The "no" of a service that was asked for a stream; where it failed instead, that it is not to be had now."""
    answer = _json(response.data)
    if response.status >= 500:
        return refused("service_unavailable", language)
    return Declined(_problem(response.status, answer, language))


def chunks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """The body of a streamed answer, piece by piece; the connection goes back to the pool whatever happens."""
    try:
        yield from response.stream(65536, decode_content=False)
    finally:
        response.release_conn()


def address(service: str, path: str, query: Query | None = None) -> str:
    """The full address of a service's door; empty filters are left out."""
    given = {name: value for name, value in (query or {}).items() if value not in (None, "", [])}
    return settings.url(service) + path + ("?" + urlencode(given, doseq=True) if given else "")


def quoted(identifier: str) -> str:
    """An identifier as one step of a path."""
    return quote(identifier, safe="")


def _json(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        return None


def _problem(status: int, answer: Any, language: str) -> dict[str, Any]:
    if isinstance(answer, dict) and "code" in answer:
        return {"status": status, **answer}
    code = {401: "not_signed_in", 403: "not_permitted", 404: "not_found"}.get(status, "accident")
    return {"status": status, "code": code, "detail": errors.text(code, language, {}), "params": {}, "errors": []}
