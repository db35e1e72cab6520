"""The secrets of a production deployment: made once, one file for each reader, none of them ever shown.

What is there already is kept, so that running it again after an update only adds what is new. The folder is its owner's
alone; the files in it can be read by whoever they are mounted for. `channels.json` names no channel yet: how people are
called, with the passwords for it, is written in it by hand. Broker users may touch exactly what spine's topology says,
and each service's store user may write its own database and the feed.
"""

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.spine import settings, topology

DEPLOYER = "topology"
OPERATOR = "operator"
WATCHER = "watcher"
"""Asks RabbitMQ's management what waits in the queues of other systems, and may touch none."""
MANAGEMENT_PORT = 15672


def write(place: Path, *, broker: str = "rabbitmq:5672", store: str = "mongo:27017") -> list[Path]:
    """Make what is missing in the folder; the files that were made or brought up to date."""
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    made = [_once(place / "signing-key", secrets.token_hex(32))]
    permissions = topology.permissions()
    for service in permissions:
        made.append(_once(place / f"broker-{_dashed(service)}", f"amqp://{service}:{_password()}@{broker}//"))
    made.append(_once(place / f"broker-{DEPLOYER}", f"amqp://{DEPLOYER}:{_password()}@{broker}//"))
    made.append(_once(place / "rabbitmq-operator", _password()))
    management = f"{broker.rpartition(':')[0]}:{MANAGEMENT_PORT}"
    operator = (place / "rabbitmq-operator").read_text("utf-8").strip()
    made.append(_once(place / "broker-management", f"http://{OPERATOR}:{operator}@{management}"))
    made.append(_once(place / f"broker-{WATCHER}", f"http://{WATCHER}:{_password()}@{management}"))
    for service in settings.SERVICES:
        address = f"mongodb://{service}:{_password()}@{store}/?replicaSet=rs0&authSource=admin"
        made.append(_once(place / f"store-{service}", address))
    made.append(_once(place / "mongo-root", _password()))
    made.append(_once(place / "mongo-key", base64.b64encode(secrets.token_bytes(96)).decode()))
    made.append(_once(place / "channels.json", "{}"))
    made.append(_put(place / "mongo-users.json", json.dumps(_store_users(place), indent=1)))
    made.append(_put(place / "rabbitmq-definitions.json", json.dumps(_definitions(place, permissions), indent=1)))
    return [path for path in made if path]


def _definitions(place: Path, permissions: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What RabbitMQ loads at its start: users with hashed passwords and what each may touch."""
    everything, nothing = (dict.fromkeys(("configure", "write", "read"), which) for which in (".*", "^$"))
    rights = {**permissions, WATCHER: nothing}
    users = {
        service: _password_in(place / f"broker-{_dashed(service)}") for service in (*permissions, DEPLOYER, WATCHER)
    }
    tags = {OPERATOR: ["administrator"], WATCHER: ["monitoring"]}
    users[OPERATOR] = (place / "rabbitmq-operator").read_text("utf-8").strip()
    return {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": name,
                "password_hash": _hashed(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": tags.get(name, []),
            }
            for name, password in users.items()
        ],
        "permissions": [{"user": name, "vhost": "/", **rights.get(name, everything)} for name in users],
    }


def _store_users(place: Path) -> list[dict[str, Any]]:
    return [
        {
            "user": service,
            "pwd": _password_in(place / f"store-{service}"),
            "roles": [{"role": "readWrite", "db": name} for name in (service, "feed")],
        }
        for service in settings.SERVICES
    ]


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _password() -> str:
    return secrets.token_urlsafe(24)


def _password_in(path: Path) -> str:
    return urlsplit(path.read_text("utf-8").strip()).password or ""


def _dashed(service: str) -> str:
    return service.replace("_", "-")


def _once(path: Path, content: str) -> Path | None:
    return None if path.exists() else _put(path, content)


def _put(path: Path, content: str) -> Path:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(content + "\n", "utf-8")
    fresh.chmod(0o444)
    return fresh.replace(path)
