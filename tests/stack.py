"""Rectify started for a test as a user would start it: real store, real services, real HTTP, on loopback.

Embedded (all services in one process, the broker in its memory) or in production's way (each service a process of its
own on a RabbitMQ node). Every process is in one group, so that a test can kill them all at one moment.
"""

import collections
import contextlib
import csv
import functools
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import argon2
import pymongo
import requests

from services.access import domain as accounts
from services.access import store as account_store
from services.spine import actor, clock, contracts, hearing, http, settings, topology
from tests.broker import free_port
from tests.patience import SLOWER

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "deploy" / "demo"
MATERIALS = next(place for place in (DEMO / "materials", ROOT / "tests/data/materials") if place.exists())
LEASH = ROOT / "services/console/leash.py"
CAMPAIGN = "minchuan-2023-theme"
QUICK = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)
HEARERS = {
    service: [
        (method, door.name)
        for method, door in topology.entrypoints(service)
        if isinstance(door, hearing.Hearing) and not isinstance(door, hearing.Ticket)
    ]
    for service in settings.SERVICES
}
OUTBOXES = {
    "campaigns",
    "followings",
    "calendars",
    "meetings",
    "questions",
    "materials",
    "talk_books",
    "forms",
    "opinions",
    "recusals",
    "reviews",
    "supervision_comments",
    "items",
    "plans",
    "issues",
    "evaluations",
    "candidates",
    "escalations",
    "articles",
    "reports",
}
UNDONE = {"state": {"$in": ["waiting", "running"]}}

DOORS = {
    service: sorted(
        (door for _, door in topology.entrypoints(service) if isinstance(door, http.Route)),
        key=lambda door: door.url.count("<"),
    )
    for service in settings.SERVICES
}


def wait_until(true: Callable[[], Any], seconds: float = 30, what: Any = "") -> Any:
    """What `true` gives as soon as it gives something; fails after `seconds`, on a machine as slow as may be.

    Between two looks passes as long as one took, within reason: who waits leaves the processor to what is waited for.
    """
    end = time.monotonic() + seconds * SLOWER
    while True:
        begun = time.monotonic()
        found = true()
        if found:
            return found
        looked = time.monotonic()
        if looked > end:
            raise AssertionError(f"not within {seconds * SLOWER} s: {what() if callable(what) else what}")
        time.sleep(min(max(looked - begun, 0.05), 0.5))


def grant(role: str, kind: str, of: str, campaign: str | None = CAMPAIGN) -> dict[str, Any]:
    """A role in a scope, without an end."""
    return {"role": role, "campaign": campaign, "scope": {"kind": kind, "of": of}, "until": None}


class Store:
    """A SecantusDB server on a folder; with a log of operations it is what a MongoDB replica set is to its clients."""

    def __init__(self, folder: Path, cache: str = "256M", oplog: bool = False) -> None:
        self.folder, self.port, self.cache, self.oplog = folder, free_port(), cache, oplog
        self.uri = f"mongodb://127.0.0.1:{self.port}/?directConnection=true"
        self.process: subprocess.Popen[bytes] | None = None
        self.client: pymongo.MongoClient[Any] = pymongo.MongoClient(
            self.uri, serverSelectionTimeoutMS=2000, connect=False
        )

    def start(self) -> Self:
        """Start it, on the same port and folder as before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        server = Path(sys.executable).parent / "secantusd-py"
        command = [str(server), "--host", "127.0.0.1", "--port", str(self.port), "--sync-on-commit"]
        command += ["--cache-size", self.cache, "--storage-path", str(self.folder / "data")]
        command += [] if self.oplog else ["--standalone"]
        self.process = spawn(command, {}, self.folder / "store.log")
        wait_until(lambda: _pings(self.client), 30, "store")
        return self

    def stop(self) -> None:
        """End it at once: nobody comes back to this folder."""
        self.client.close()
        if self.process:
            self.process.kill()
            self.process.wait()


class Stack:
    """A running Rectify."""

    def __init__(self, folder: Path, broker: str = "memory://", portal: bool = False, oplog: bool = False) -> None:
        self.folder, self.broker, self.with_portal = folder, broker, portal
        folder.mkdir(parents=True, exist_ok=True)
        self.secret = folder / "secret"
        self.secret.write_text(secrets.token_hex(32))
        self.store = Store(folder / "store", oplog=oplog or broker != "memory://")
        self.ports = {service: free_port() for service in settings.SERVICES}
        self.portal_port = free_port()
        self.url = f"http://127.0.0.1:{self.portal_port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.accounts: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What tells the processes where things are."""
        urls = {f"RECTIFY_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        return urls | {
            "RECTIFY_BROKER": self.broker,
            "RECTIFY_STORE": self.store.uri,
            "RECTIFY_SECRET_FILE": str(self.secret),
            "RECTIFY_GRACE": "8",
        }

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the store, then services, then the portal; ready when every door answers."""
        self.store.start()
        if self.broker == "memory://":
            self.serve("all")
        else:
            self.run("topology", "declare")
            for name in (*settings.SERVICES, "review_worker"):
                self.serve(name)
        for service in settings.SERVICES:
            wait_until(functools.partial(self.healthy, service), 60, service)
        if self.with_portal:
            self.start_portal()
        return self

    def serve(self, name: str, key: str = "", **more: str) -> subprocess.Popen[bytes]:
        """Start one process of a service (or worker, or `all`), told `more`; ready when its ears are open."""
        key = key or name
        log = self.folder / f"{key}.log"
        log.write_text("")
        command = [sys.executable, "-W", "ignore", "-m", "services.spine.run", name]
        self.processes[key] = spawn(command, self.environment | more, log)
        wait_until(lambda: '"event": "ready"' in log.read_text(), 150, f"{key} ready, see {log}")
        return self.processes[key]

    def start_portal(self) -> None:
        """Start the portal in front of the services."""
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-k",
            "gthread",
            "--threads",
            "8",
            "-b",
            f"127.0.0.1:{self.portal_port}",
        ]
        command += ["--no-control-socket", "services.portal.app:create()"]
        self.processes["portal"] = spawn(command, self.environment, self.folder / "portal.log")
        wait_until(lambda: _answers(f"{self.url}/health"), 30, "portal")

    def stop(self) -> None:
        """End everything at once: nobody comes back to this folder."""
        self.store.client.close()
        portal = self.processes.get("portal")
        own = Path(f"/proc/{portal.pid}/task/{portal.pid}/children").read_text().split() if portal else []
        self.kill()
        for worker in own:  # it may have in hand what somebody waits for, and would see that through
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(worker), signal.SIGKILL)

    def kill(self, *names: str) -> None:
        """Kill -9 of these processes, or of all with the store, at one moment."""
        doomed = [self.processes[name] for name in names]
        if not names and self.store.process:
            doomed = [*self.processes.values(), self.store.process]
        for process in doomed:
            process.send_signal(signal.SIGKILL)
        for process in doomed:
            process.wait()

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command `rectify` against this deployment."""
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", "from services.console import app; app.main()", *words],
            env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120 * SLOWER,
            check=check,
        )

    def healthy(self, service: str) -> bool:
        """Whether a service says it is well."""
        return _answers(f"http://127.0.0.1:{self.ports[service]}/health")

    def take_secret(self) -> None:
        """What is signed in this process from now on is signed with this deployment's secret."""
        os.environ["RECTIFY_SECRET_FILE"] = str(self.secret)
        settings.secret.cache_clear()

    def person(self, name: str, *grants: Mapping[str, Any]) -> "Person":
        """Somebody with these grants, who asks the services directly."""
        return Person(self, name, grants)

    def signed_in(self, login: str, *grants: Mapping[str, Any]) -> "Program":
        """A program of somebody with these grants, signed in at the public API."""
        security = self.person("security", grant("security_admin", "system", "*", None))
        opened = security.post("access", "/accounts", {"login": login, "name": login, "grants": list(grants)})
        self.accounts[login] = opened["password"]
        return Program(self, login, opened["password"])

    def enrol(self, login: str, *grants: Mapping[str, Any]) -> None:
        """An account as access keeps it, with a password that is quick to try: a hash says itself how dear it is."""
        self.accounts[login] = password = secrets.token_hex(8)
        held, at = [dict(one) for one in grants], clock.now()
        kept = accounts.open_account(login, login, QUICK.hash(password), held, "security", at)
        account_store.add(self.database("access"), kept, at)

    def sign(self, material_id: str, version: int) -> None:
        """Everybody who is asked signs a version: its author, then the unit's secretary."""
        _, unit, _, post = material_id.split(".")
        author = self.person(f"author-{unit}-{post}", grant("member", "post", f"{unit}/{post}"))
        if ".minutes." in material_id:
            author = self.person(f"recorder-{unit}", grant("liaison", "unit", unit))
        secretary = self.person(f"secretary-{unit}", grant("secretary", "unit", unit))
        found = secretary.get("intake", f"/materials/{material_id}")["versions"][version - 1]
        for role, who in (("author", author), ("secretary", secretary)):
            if role in found["asks"]:
                who.sign(material_id, version, found["sha256"])

    def open_gate(self, unit: str) -> dict[str, Any]:
        """The office does without all that a unit's meeting waits for; the meeting."""
        office, path = self.person("office", grant("office", "campaign", CAMPAIGN)), f"/meetings/{CAMPAIGN}.{unit}"
        for row in office.get("registry", path)["required"]:
            if row["gate"] and row["state"] not in ("passed", "waived"):
                waiver = {"kind": row["kind"], "post": row["post"], "reason": "督导组已审阅纸质稿"}
                office.post("registry", f"{path}/waivers", waiver)
        for number in office.get("registry", path)["gate"]["aspects"]:
            office.post("registry", f"{path}/aspects/{number}", {"state": "waived", "note": "已合并进行"})
        meeting: dict[str, Any] = office.get("registry", path)
        return meeting

    def operator(self) -> "Person":
        """The system's administrator."""
        return self.person("operator", grant("system_admin", "system", "*", None))

    def database(self, service: str) -> Any:
        """A service's database, to look behind its doors."""
        return self.store.client[service]

    def load(
        self, units: Iterable[str] | None = None, opened: bool = True, opens_on: str = "", held_by: str = ""
    ) -> "Person":
        """Load the invented campaign (all units, or these) around today, and open it; the office."""
        office = self.person("office", grant("office", "campaign", CAMPAIGN))
        office.post("registry", "/campaigns", campaign_folder(units, opens_on, held_by))
        if opened:
            office.post("registry", f"/campaigns/{CAMPAIGN}/open", {})
        return office

    def settled(self, seconds: float = 60) -> None:
        """Wait until all that was said has been heard by everyone who hears it, and every task is done or dead."""
        heard: dict[str, set[str]] = collections.defaultdict(set)
        wait_until(lambda: self._quiet(heard), seconds, lambda: self.unsettled(heard)[:5])

    def _quiet(self, heard: dict[str, set[str]]) -> bool:
        """Nothing on its way at two looks, nothing said in between: the first may have met something being heard.

        Whoever waits for tasks asks for those alone: a whole look takes fifty times as much from the store.
        """
        client = self.store.client
        if client.review.tasks.find_one(UNDONE, {"_id": 1}):
            return False
        said = client.feed.events.estimated_document_count()
        nothing = not any(any(True for _ in self.on_its_way(heard)) for _ in range(2))
        return nothing and client.feed.events.estimated_document_count() == said

    def unsettled(self, known: dict[str, set[str]] | None = None) -> list[str]:
        """All that is still on its way."""
        return list(self.on_its_way(collections.defaultdict(set) if known is None else known))

    def on_its_way(self, known: dict[str, set[str]]) -> Iterator[str]:
        """What is still on its way, in the order it goes: outboxes, events not yet heard (or buried), tasks."""
        client = self.store.client
        for service in HEARERS:
            for name in {*client[service].list_collection_names()} & OUTBOXES:
                full = client[service][name].find({"outbox.0.id": {"$gt": ""}}, {"_id": 1})
                yield from (f"outbox {row['_id']}" for row in full)
        told = {row["event"]["id"]: row["name"] for row in client.feed.events.find({}, {"name": 1, "event.id": 1})}
        for service, hearers in HEARERS.items():
            heard = known[service]
            due = {f"{key}|{method}" for key, said in told.items() for method, name in hearers if said == name} - heard
            db, asked = client[service], [*due]
            for some in (asked[at : at + 1000] for at in range(0, len(asked), 1000)):
                heard |= {row["_id"] for row in db.heard.find({"_id": {"$in": some}}, {"_id": 1})}
            due -= heard
            if due:
                due -= {"|".join(reversed(row["_id"].split("|", 1))) for row in db.dead_letters.find({}, {"_id": 1})}
            yield from (f"{service} {one}" for one in due)
        followed = (client.registry.progress_cursor.find_one({"_id": "progress"}) or {"n": 0})["n"]
        if followed < len(told):
            yield f"progress {followed} of {len(told)}"
        yield from (f"task {row['_id']}" for row in client.review.tasks.find(UNDONE, {"_id": 1}))


def problem(unit: str, key: str) -> dict[str, Any]:
    """A problem as a unit registers it, far from due."""
    return {
        "campaign": CAMPAIGN,
        "unit": unit,
        "key": key,
        "problem": f"问题{key}",
        "source": "other",
        "category": "phased",
        "responsible": "副局长",
        "standard": "完成",
        "measures": [{"what": "做", "who": "副局长", "due_on": "2099-12-31"}],
        "milestones": [{"key": "s1", "deliverable": "做完", "due_on": "2099-12-31"}],
        "due_on": "2099-12-31",
    }


class Refused(AssertionError):
    """A door said no."""

    def __init__(self, answer: requests.Response) -> None:
        self.status = answer.status_code
        self.problem = answer.json()
        self.code = self.problem["code"]
        super().__init__(f"{self.status} {self.problem}")


class Person:
    """Somebody who asks at the services' own doors."""

    def __init__(self, stack: Stack, name: str, grants: Iterable[Mapping[str, Any]]) -> None:
        self.stack, self.name, self.grants = stack, name, [dict(one) for one in grants]

    def ask(self, method: str, service: str, path: str, **how: Any) -> requests.Response:
        """The answer, whatever it is."""
        self.stack.take_secret()
        claims = actor.sign(self.name, self.name, self.grants, expires=int(time.time()) + 600)
        headers = {"Authorization": f"Bearer {claims}", **how.pop("headers", {})}
        address = f"http://127.0.0.1:{self.stack.ports[service]}{path}"
        answer = requests.request(method, address, headers=headers, timeout=60, **how)
        return _keeps_its_promise(method, service, path, answer)

    def get(self, service: str, path: str, **query: Any) -> Any:
        """What a door answers; Refused when it says no."""
        return _done(self.ask("GET", service, path, params=query))

    def post(self, service: str, path: str, body: Any) -> Any:
        """What a door answers to a JSON body; Refused when it says no."""
        return _done(self.ask("POST", service, path, json=body))

    def hand_in(self, material_id: str, name: str, data: bytes, follows: int = 0, **fields: str) -> Any:
        """Hand in a version; Refused when it is not taken."""
        kept = self.upload(material_id, name, data, follows, **fields)
        if kept["unsigned"]:
            self.stack.sign(material_id, kept["version"])
        return kept

    def upload(self, material_id: str, name: str, data: bytes, follows: int = 0, **fields: str) -> Any:
        """Hand in a version and leave it to others to sign; Refused when it is not taken."""
        path, form = f"/materials/{material_id}/versions", {"follows": str(follows), **fields}
        return _done(self.ask("POST", "intake", path, data=form, files={"file": (name, data)}))

    def sign(self, material_id: str, version: int, sha256: str) -> Any:
        """Sign a version, as if the password had been given again; Refused when it is not taken."""
        self.stack.take_secret()
        deed = {"purpose": "sign", "about": f"{material_id}.v{version}", "sha256": sha256, "by": self.name}
        proof = actor.vouch({**deed, "exp": int(time.time()) + 300})
        return self.post("intake", f"/materials/{material_id}/versions/{version}/signatures", {"proof": proof})


class Program(Person):
    """Somebody's program, which knows only the public API."""

    def __init__(self, stack: Stack, login: str, password: str) -> None:
        super().__init__(stack, login, ())
        answer = requests.post(f"{stack.url}/api/v1/sessions", json={"login": login, "password": password}, timeout=30)
        self.token = _done(answer)["token"]

    def ask(self, method: str, service: str, path: str, **how: Any) -> requests.Response:
        """The answer of the public API, whatever it is."""
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        answer = requests.request(method, f"{self.stack.url}/api/v1{path}", headers=headers, timeout=60, **how)
        return _keeps_its_promise(method, service, path, answer)


def campaign_folder(units: Iterable[str] | None = None, opens_on: str = "", held_by: str = "") -> dict[str, Any]:
    """The invented campaign as one request, with all its units or only these, set around today."""
    place = DEMO / "minchuan-2023"
    campaign = json.loads((place / "campaign.json").read_text("utf-8"))
    today = clock.day(clock.today())
    campaign["opens_on"] = opens_on or (today - timedelta(days=40)).isoformat()
    campaign["all_meetings_held_by"] = held_by or (today + timedelta(days=20)).isoformat()
    with (place / "units.csv").open(encoding="utf-8-sig") as file:
        rows = [{**row, "members": int(row["members"])} for row in csv.DictReader(file)]
    wanted = set(units) if units is not None else {row["unit_code"] for row in rows}
    groups = json.loads((place / "groups.json").read_text("utf-8"))
    return {
        "campaign": campaign,
        "units": [row for row in rows if row["unit_code"] in wanted],
        "groups": [{**group, "units": [unit for unit in group["units"] if unit in wanted]} for group in groups],
    }


def document(name: str) -> bytes:
    """One of the labelled materials."""
    return (MATERIALS / name).read_bytes()


def spawn(command: list[str], environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a process that does not outlive this one."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, str(LEASH), str(os.getpid()), *command],
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )


def _done(answer: requests.Response) -> Any:
    if answer.status_code >= 400:
        raise Refused(answer)
    return answer.json() if answer.content else None


def _keeps_its_promise(method: str, service: str, path: str, answer: requests.Response) -> requests.Response:
    """Every answer a test sees fits the schema its door promises."""
    if answer.status_code < 300:
        for door in DOORS[service]:
            pattern = re.sub(r"<[^>]+>", "[^/]+", door.url)
            if door.method == method and re.fullmatch(pattern, path.partition("?")[0]):
                if door.answers:
                    contracts.check(f"documents/{door.answers}", answer.json())
                break
    return answer


def _pings(client: "pymongo.MongoClient[Any]") -> bool:
    try:
        client.admin.command("ping")
    except pymongo.errors.PyMongoError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
