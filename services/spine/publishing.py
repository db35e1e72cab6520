"""The written contracts for other systems: openapi.yaml for the public doors, asyncapi.yaml for the events.

Both are generated from schemas/ and the doors themselves, beside the golden events; a test fails when they drift.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from services.spine import contracts, errors, events, golden, http, run, settings, topology

VERSION = "0.1.0"
PUBLIC = "/api/v1"
FOR_RESPONDENTS = ("/forms/<key>", "/forms/<key>/look", "/forms/<key>/answers")
AMONG_SERVICES = (
    "/health",
    "/metrics",
    "/status",
    "/claims",
    "/addressees",
    "/calendar-claims",
    "/subscriber-claims",
    "/account-names",
    "/opinions/masked-names",
    "/dead-letters",
    "/dead-letters/<letter_id>/retry",
)
NOT_PUBLIC = (*AMONG_SERVICES, *FOR_RESPONDENTS)


def openapi() -> dict[str, Any]:
    """The public doors as OpenAPI 3.1; every operation names its service in `x-service`."""
    paths: dict[str, dict[str, Any]] = {}
    for service in settings.SERVICES:
        for name, door in topology.entrypoints(service):
            if isinstance(door, http.Route) and door.url not in NOT_PUBLIC:
                path = PUBLIC + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", door.url)
                paths.setdefault(path, {})[door.method.lower()] = _operation(service, name, door)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rectify",
            "version": VERSION,
            "description": "The public doors of Rectify. Sign in with POST /api/v1/sessions and send its token as a "
            "bearer token. Every no is a problem document (RFC 9457) with a stable `code`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
            "schemas": {_key(name): _pointed(schema) for name, schema in _schemas("documents", "requests")},
            "responses": {"problem": _problem()},
        },
    }


def asyncapi() -> dict[str, Any]:
    """The events as AsyncAPI 3.0: one channel (routing key) and one message for each."""
    names = [name.removeprefix("events/") for name, _ in _schemas("events") if name != "events/envelope"]
    said_by = {name: _speaker(name) for name in names}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rectify events",
            "version": VERSION,
            "description": "CloudEvents 1.0 in structured JSON, told at least once, in order per subject (`sequence`). "
            "A subscriber's queue on RabbitMQ is filled through the topic exchange rectify.others, routing key "
            "`<event>.<region>.<subscriber>`, with the attributes as headers `cloudEvents:…` too.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": events.CONTENT_TYPE,
        "channels": {
            name: {
                "address": f"{name}.{{region}}.{{subscriber}}",
                "parameters": {
                    "region": {"description": "Region code, six digits"},
                    "subscriber": {"description": "The subscriber's code"},
                },
                "messages": {name: {"$ref": f"#/components/messages/{name}"}},
                "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": "rectify.others", "type": "topic"}}},
            }
            for name in names
        },
        "operations": {
            name: {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "tags": [{"name": said_by[name]}],
            }
            for name in names
        },
        "components": {
            "messages": {
                name: {
                    "name": events.PREFIX + name,
                    "title": contracts.documents()[f"events/{name}"]["title"],
                    "summary": contracts.documents()[f"events/{name}"]["description"],
                    "contentType": events.CONTENT_TYPE,
                    "payload": {
                        "allOf": [
                            {"$ref": "#/components/schemas/events_envelope"},
                            {"properties": {"data": {"$ref": f"#/components/schemas/events_{name}"}}},
                        ]
                    },
                }
                for name in names
            },
            "schemas": {_key(name): _pointed(schema) for name, schema in _schemas("documents", "events")},
        },
    }


def written() -> dict[Path, str]:
    """Both files, the golden events, and what should stand in them."""
    made = {"openapi.yaml": openapi(), "asyncapi.yaml": asyncapi()}
    files = {
        settings.SCHEMAS / name: yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
        for name, content in made.items()
    }
    return files | golden.written()


def write() -> list[Path]:
    """Write what differs; where it is. Raises golden.Broken, and writes nothing, when that would break readers."""
    differing = drifted()
    files = written() if differing else {}
    for path in differing:
        path.write_text(files[path], "utf-8")
    return differing


def drifted() -> list[Path]:
    """The files that differ from the schemas and the doors."""
    return [path for path, text in written().items() if not path.exists() or path.read_text("utf-8") != text]


def _operation(service: str, name: str, door: Any) -> dict[str, Any]:
    method = topology.method_of(service, name)
    summary = (method.__doc__ or "").strip().split("\n")[0]
    described: dict[str, Any] = {"operationId": f"{service}_{name}", "summary": summary, "tags": [service]}
    described |= {"x-service": service, "x-permission": door.may or None}
    parameters = [
        {"name": part, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for kind, part in re.findall(r"<(?:(\w+):)?(\w+)>", door.url)
    ]
    if door.accepts and door.method == "GET":
        schema = contracts.documents()[f"requests/{door.accepts}"]
        required = schema.get("required", ())
        parameters += [
            {"name": key, "in": "query", "required": key in required, "schema": _pointed(part)}
            for key, part in schema["properties"].items()
        ]
    elif door.accepts:
        body: dict[str, Any] = {"$ref": f"#/components/schemas/requests_{door.accepts}"}
        media = "application/json"
        if door.upload:
            needed = {"required": ["file"]} if door.upload in (True, "package") else {}
            file = {"properties": {"file": {"type": "string", "format": "binary"}}, **needed}
            fields = _pointed(contracts.documents()[f"requests/{door.accepts}"])
            fields = {key: value for key, value in fields.items() if key not in ("examples", "additionalProperties")}
            body = {"allOf": [fields, file]}
            media = "multipart/form-data"
        described["requestBody"] = {"required": True, "content": {media: {"schema": body}}}
    if parameters:
        described["parameters"] = parameters
    content: dict[str, Any] = (
        {"schema": {"$ref": f"#/components/schemas/documents_{door.answers}"}} if door.answers else {}
    )
    answered = {"description": "Done.", **({"content": {"application/json": content}} if content else {})}
    described["responses"] = {"2XX": answered, "4XX": {"$ref": "#/components/responses/problem"}}
    if not door.may:
        described["security"] = []
    return described


def _problem() -> dict[str, Any]:
    properties = {
        "status": {"type": "integer"},
        "code": {"enum": sorted(errors.catalogue())},
        "detail": {"type": "string", "description": "In the reader's language (Accept-Language: zh or en)"},
        "params": {"type": "object"},
        "errors": {"type": "array", "items": {"type": "object"}},
    }
    schema = {"type": "object", "properties": properties, "required": ["status", "code", "detail"]}
    return {"description": "A refusal.", "content": {errors.PROBLEM: {"schema": schema}}}


def _schemas(*folders: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in contracts.documents().items():
        if name.split("/")[0] in folders:
            yield name, schema


def _key(name: str) -> str:
    return name.replace("/", "_")


def _pointed(schema: Any) -> Any:
    """The schema with its references pointing into the written file."""
    text = json.dumps({key: value for key, value in schema.items() if key not in ("$schema", "$id")})
    text = re.sub(r'(?<="\$ref": )"urn:rectify:(\w+):(\w+):\d+(#/[^"]*)?"', _reference, text)
    text = re.sub(r'(?<="\$ref": )"#/\$defs/', '"#/components/schemas/documents_terms/$defs/', text)
    return json.loads(text)


def _reference(match: "re.Match[str]") -> str:
    return f'"#/components/schemas/{match[1]}_{match[2]}{(match[3] or "#").removeprefix("#")}"'


def _speaker(name: str) -> str:
    for service in settings.SERVICES:
        says = (run.service_package(service).__doc__ or "").partition("Says")[2]
        if re.search(rf"\b{name}\b", says):
            return service
    raise LookupError(f"no service says {name}")
