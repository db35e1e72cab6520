"""How the command asks the services: at their doors, over HTTP, as a person or as the system.

Claims are signed here with the deployment's secret and live for two minutes; whoever cannot read the secret file cannot
operate the house. A service's "no" comes back as `Declined` with its own words; one that does not answer is
`telling.Trouble` with exit code 3.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import urllib3

from services.console import folder, telling
from services.spine import actor, settings

SYSTEM: dict[str, Any] = {"kind": "system", "of": "*"}
_pool = urllib3.PoolManager(
    num_pools=8, timeout=urllib3.Timeout(connect=3, read=60), retries=urllib3.Retry(total=2, connect=2, read=0)
)


class Declined(Exception):  # noqa: N818  (an answer)
    """A service said no."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail", problem)))
        self.problem = problem
        self.status, self.code = int(problem.get("status", 500)), str(problem.get("code", "accident"))


class Caller:
    """Somebody who asks: a subject, a name and grants. Paths are those of the services' own doors."""

    def __init__(self, subject: str, name: str, grants: Iterable[dict[str, Any]]) -> None:
        self.subject, self.name, self.grants = subject, name, list(grants)

    def get(self, service: str, path: str, **query: Any) -> Any:
        """What a door answers to GET."""
        return self.ask("GET", service, path, fields={key: str(value) for key, value in query.items()})[1]

    def post(self, service: str, path: str, body: Any, seconds: float = 60) -> Any:
        """What a door answers to a JSON body, within so many seconds."""
        return self.ask(
            "POST",
            service,
            path,
            body=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
            timeout=urllib3.Timeout(connect=3, read=seconds),
        )[1]

    def send(self, service: str, path: str, file_name: str, data: bytes, **fields: Any) -> Any:
        """What a door answers to a file with fields beside it."""
        parts = {**{key: str(value) for key, value in fields.items()}, "file": (file_name, data)}
        return self.ask("POST", service, path, fields=parts)[1]

    def prove(self, about: str, sha256: str) -> str:
        """What access would vouch for had this person given the password again to sign a content."""
        deed = {"purpose": "sign", "about": about, "sha256": sha256, "by": self.subject}
        return actor.vouch({**deed, "exp": int(time.time()) + 120})

    def fetch(self, service: str, path: str, seconds: float = 60) -> bytes:
        """A file that a door gives out, within so many seconds."""
        return bytes(self._asked("GET", service, path, timeout=urllib3.Timeout(connect=3, read=seconds)).data)

    def ask(
        self, method: str, service: str, path: str, headers: Mapping[str, str] | None = None, **how: Any
    ) -> tuple[Mapping[str, str], Any]:
        """Headers and JSON body of an answer; Declined for a no, Trouble when nobody answers."""
        answer = self._asked(method, service, path, headers, **how)
        return answer.headers, _body(answer.data)

    def _asked(
        self, method: str, service: str, path: str, headers: Mapping[str, str] | None = None, **how: Any
    ) -> urllib3.BaseHTTPResponse:
        claims = actor.sign(self.subject, self.name, self.grants, expires=int(time.time()) + 120)
        sent = {"Authorization": f"Bearer {claims}", "Accept-Language": "zh", **(headers or {})}
        address = settings.url(service) + path
        try:
            answer = _pool.request(method, address, headers=sent, **how)
        except urllib3.exceptions.HTTPError:
            raise telling.Trouble("silent", service=service, address=address) from None
        if answer.status >= 400:
            body = _body(answer.data)
            raise Declined(body if isinstance(body, dict) else {"status": answer.status, "detail": f"{answer.status}"})
        return answer


def as_system(role: str = "service") -> Caller:
    """The operator's command itself, with one role of the system: `service`, `system_admin`, `security_admin`."""
    return Caller("service:console", "console", [{"role": role, "campaign": None, "scope": SYSTEM, "until": None}])


def find_deployment(data: Path | None) -> dict[str, Any] | None:
    """Make the settings point at a deployment: the environment's (production), else the one running on a data folder.

    Gives what the embedded one wrote about itself; Trouble when there is neither.
    """
    if os.environ.get("RECTIFY_REGISTRY_URL") and data is None:
        return None
    place = folder.Folder(data)
    running = place.running()
    if running is None:
        raise telling.Trouble("not_running", path=place.path)
    os.environ.update(running["environment"])
    return running


def _body(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None
