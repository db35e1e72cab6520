"""What pages ask for the person at the browser: the services' answers, with that person's claims and language."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from typing import Any

from flask import abort, g, request, session

from services.portal import clients, languages, sessions, switching


def get(service: str, path: str, **query: Any) -> Any:
    """Read one thing or one page of a list."""
    return _ask("GET", service, path, query=query).body


def find(service: str, path: str, **query: Any) -> Any:
    """The same for a part of a page that may be missing: None when it is not there, not allowed or not to be had."""
    try:
        return get(service, path, **query)
    except clients.Unreachable as away:
        g.setdefault("away", set()).add(away.service)
        return None
    except clients.Declined as declined:
        if declined.status in (403, 404, 422):
            return None
        raise


def rows(service: str, path: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of a list that is only part of a page (empty when it cannot be read)."""
    found = find(service, path, **query)
    return list(found.get("rows", [])) if found else []


def everything(service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """All rows of a list, asked for page by page as they are wanted: for exports."""
    seen = 0
    for page in itertools.count(1):
        answer = get(service, path, **{**query, "page": page, "size": 500})
        yield from answer["rows"]
        seen += len(answer["rows"])
        if not answer["rows"] or seen >= answer["total"]:
            return
        mentioned().clear()


def onward(service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """The same of a list that goes on after its last row."""
    for rows in _read_on(service, path, query):
        yield from rows
        mentioned().clear()


def whole(service: str, path: str, **query: Any) -> list[dict[str, Any]]:
    """All rows of such a list at once."""
    return [row for rows in _read_on(service, path, query) for row in rows]


def _read_on(service: str, path: str, query: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    after: dict[str, str] = {}
    while True:
        answer = get(service, path, **query, **after, size=500)
        yield answer["rows"]
        if not answer["next"]:
            return
        after = {"after": answer["next"]}


def many(service: str, paths: Sequence[str]) -> list[Any]:
    """Several things at once, in their order; None for what is not there, not allowed or not reachable."""
    claims, language = viewer().claims, languages.current()

    def one(path: str) -> Any:
        try:
            return clients.call(service, "GET", path, claims=claims, language=language).body
        except clients.Declined as declined:
            return None if declined.status in (403, 404) else declined
        except clients.Unreachable as away:
            return away

    with futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, paths))
    for answer in found:
        if isinstance(answer, clients.Declined):
            raise answer
        if isinstance(answer, clients.Unreachable):
            g.setdefault("away", set()).add(answer.service)
        else:
            _mention(answer)
    return [None if isinstance(answer, clients.Unreachable) else answer for answer in found]


def post(service: str, path: str, body: Any = None) -> clients.Answer:
    """Do something with JSON."""
    return _ask("POST", service, path, body=body if body is not None else {})


def hand_in(service: str, path: str, fields: Mapping[str, str | clients.Upload]) -> clients.Answer:
    """Do something with a file."""
    return _ask("POST", service, path, fields=fields)


def viewer() -> sessions.Viewer:
    """The signed-in person; pages behind the sign-in always have one."""
    found = sessions.viewer()
    if found is None:
        abort(401)
    return found


def needs(permission: str) -> None:
    """A page for certain roles only is refused to all others, before anything is asked."""
    if not viewer().may(permission):
        abort(403)


def campaign() -> str | None:
    """The campaign the page is about: named in the address, else the one the person works in."""
    person = viewer()
    asked = request.args.get("campaign")
    if asked:
        if asked in person.campaigns:
            session["campaign"] = asked
        return asked
    if person.campaigns:
        return str(session["campaign"]) if session.get("campaign") in person.campaigns else person.campaigns[0]
    listed = get("registry", "/campaigns")["rows"]
    return str(listed[0]["campaign_code"]) if listed else None


def mentioned() -> set[str]:
    """The units that were told of on this page."""
    found: set[str] = g.setdefault("mentioned", set())
    return found


def _mention(body: Any) -> None:
    rows = [body, *body.get("rows", ())] if isinstance(body, dict) else []
    mentioned().update(row["unit"] for row in rows if isinstance(row, dict) and isinstance(row.get("unit"), str))


def _ask(method: str, service: str, path: str, **rest: Any) -> clients.Answer:
    if method != "GET":
        switching.stop()
    answer = clients.call(service, method, path, claims=viewer().claims, language=languages.current(), **rest)
    if method == "GET":
        _mention(answer.body)
    return answer
