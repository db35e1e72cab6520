"""The contracts for other systems, to browse: events and doors with their fields and examples, without an account."""

import contextlib
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from services.portal import clients, contract_book, sessions
from services.spine import settings

room = Blueprint("contracts", __name__)
FILES = ("asyncapi.yaml", "openapi.yaml")


@room.before_request
def _who_reads() -> None:
    """Whoever is signed in keeps the menu; nobody has to be."""
    with contextlib.suppress(clients.Unreachable, clients.Declined):
        sessions.viewer()


@room.get("/contracts")
def events() -> Any:
    """Every event; what is looked for stands in its name, its title or what is said of it."""
    all_of_them = list(contract_book.events().values())
    found = [one for one in all_of_them if _wanted(one["service"], " ".join(one.values()))]
    return _listed("events", found, sorted({one["service"] for one in all_of_them}))


@room.get("/contracts/doors")
def doors() -> Any:
    """Every door."""
    all_of_them = list(contract_book.doors().values())
    found = [one for one in all_of_them if _wanted(one.service, " ".join(one))]
    return _listed("doors", found, sorted({one.service for one in all_of_them}))


@room.get("/contracts/events/<code:name>")
def event(name: str) -> Any:
    """One event."""
    if name not in contract_book.events():
        abort(404)
    return render_template("contract_event.html", event=contract_book.event(name))


@room.get("/contracts/doors/<code:identity>")
def door(identity: str) -> Any:
    """One door."""
    if identity not in contract_book.doors():
        abort(404)
    return render_template("contract_door.html", **contract_book.door(identity))


@room.get("/contracts/<code:name>.yaml")
def file(name: str) -> Response:
    """One of the files, for programs."""
    if f"{name}.yaml" not in FILES:
        abort(404)
    headers = {"Content-Disposition": f"attachment; filename={name}.yaml"}
    return Response((settings.SCHEMAS / f"{name}.yaml").read_bytes(), mimetype="application/yaml", headers=headers)


def _wanted(service: str, text: str) -> bool:
    words = request.args.get("q", "").lower().split()
    return request.args.get("service", "") in ("", service) and all(word in text.lower() for word in words)


def _listed(which: str, found: list[Any], services: list[str]) -> Any:
    counts = {"events": len(contract_book.events()), "doors": len(contract_book.doors())}
    return render_template("contracts.html", which=which, found=found, services=services, counts=counts)
