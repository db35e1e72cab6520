"""Looks the deployment over: what it stands on, one line each, with what to do where something is wrong."""

import contextlib
import locale
import os
import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pymongo
import referencing
from pymongo.errors import PyMongoError

from services.console import calling, folder, telling
from services.spine import contracts, settings

PYTHONS = ((3, 11), (3, 14))
ROOM_MB = 500


class Finding(NamedTuple):
    """One thing looked at: whether it is well, and what was seen."""

    what: str
    ok: bool
    seen: str


def examine(data: Path | None) -> Iterator[Finding]:
    """Look at everything, one finding after the other; nothing here changes anything."""
    yield Finding("python", PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1], sys.version.split()[0])
    yield _looked("schemas", _schemas)
    yield _looked("locale", _locale)
    place = folder.Folder(data)
    here = place.path if place.path.exists() else settings.ROOT
    free = shutil.disk_usage(here).free // 2**20
    yield Finding("disk", free >= ROOM_MB, f"{free} MB free at {here}")
    try:
        running = calling.find_deployment(data)
    except telling.Trouble as trouble:
        yield Finding("deployment", False, trouble.params["path"].as_posix() + ": not running 没有运行")
        return
    yield Finding("deployment", True, f"embedded 嵌入 {running['url']}" if running else "production 生产")
    yield _looked("secret", _secret)
    yield _looked("store", _store)
    yield _looked("broker", _broker)
    yield _looked("services", _services)


def _looked(what: str, look: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        return Finding(what, *look())
    except (Exception, SystemExit) as reason:
        return Finding(what, False, f"{type(reason).__name__}: {reason}"[:300])


def _schemas() -> tuple[bool, str]:
    documents = contracts.documents()
    registry: referencing.Registry[Any] = referencing.Registry().with_contents(
        (schema["$id"], schema) for schema in documents.values()
    )
    for name, schema in documents.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        for example in schema.get("examples", ()):
            jsonschema.Draft202012Validator(schema, registry=registry).validate(example)
            contracts.check(name, example)
    return True, f"{len(documents)} schemas with their examples"


def _locale() -> tuple[bool, str]:
    encoding = locale.getpreferredencoding(False)
    return encoding.lower().replace("-", "") == "utf8", f"{encoding}, {time.tzname[0]}"


def _secret() -> tuple[bool, str]:
    settings.secret()
    path = os.environ["RECTIFY_SECRET_FILE"]
    mode = stat.S_IMODE(Path(path).stat().st_mode)
    return not mode & (0o077 if settings.embedded() else 0o022), f"{path} {mode:04o}"


def _store() -> tuple[bool, str]:
    with contextlib.closing(
        pymongo.MongoClient[Any](settings.store(), serverSelectionTimeoutMS=3000, serverMonitoringMode="poll")
    ) as client:
        try:
            started = time.monotonic()
            hello = client.admin.command("hello")
            took = (time.monotonic() - started) * 1000
            version = client.server_info()["version"]
        except PyMongoError as reason:
            return False, str(reason)[:200]
    drift = abs(hello["localTime"].timestamp() - time.time()) if "localTime" in hello else 0.0
    return drift < 30, f"version {version}, {took:.0f} ms, clock differs {drift:.0f} s"


def _broker() -> tuple[bool, str]:
    if settings.embedded():
        return True, "in the memory of the services 在服务内存中"
    import kombu

    with kombu.Connection(settings.broker(), connect_timeout=5) as connection:
        connection.ensure_connection(max_retries=1, timeout=5)
        server = connection.connection.server_properties
    return True, f"{server.get('product')} {server.get('version')}, from {socket.gethostname()}"


def _services() -> tuple[bool, str]:
    caller = calling.as_system()
    silent = []
    for service in settings.SERVICES:
        try:
            caller.get(service, "/health")
        except (telling.Trouble, calling.Declined):
            silent.append(service)
    return not silent, "all answer 全部应答" if not silent else f"silent 没有应答: {', '.join(silent)}"
