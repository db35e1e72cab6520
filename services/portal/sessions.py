"""Who is at the browser: the cookie with the session's token, exchanged at access for claims of a few minutes.

The token is opaque and means nothing without access, so ending a session there ends it here within half a minute.
What must stay true: the token is never readable by a script, never in an address, never in a log.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response

from services.portal import clients, languages
from services.spine import actor, clock

COOKIE = "rectify_session"
SUBSCRIBER = "rfs_"
KEPT_SECONDS = 20.0
_MOST = 5000


@dataclass(frozen=True)
class Viewer:
    """A signed-in person with the grants of this moment, those that have ended, and the claims to ask services with."""

    login: str
    name: str
    grants: tuple[dict[str, Any], ...]
    claims: str = field(repr=False)
    ended: tuple[dict[str, Any], ...] = ()

    @property
    def roles(self) -> list[str]:
        """Roles in the order of the grants, each once."""
        return list(dict.fromkeys(str(grant["role"]) for grant in self.grants))

    @property
    def campaigns(self) -> list[str]:
        """Campaigns in which this person has a role."""
        return list(dict.fromkeys(str(grant["campaign"]) for grant in self.grants if grant.get("campaign")))

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles anywhere."""
        return any(grant["role"] in roles for grant in self.grants)

    def may(self, permission: str) -> bool:
        """Whether a role of this person opens that door at all; the service still looks at the scope."""
        return any(grant["role"] in actor.MAY[permission] for grant in self.grants)

    def units(self, campaign: str | None = None) -> list[str]:
        """Units this person works in (a post `unit/02` belongs to its unit)."""
        return list(dict.fromkeys(code.partition("/")[0] for code in self.scopes("unit", "post", campaign=campaign)))

    def has_been_of(self, unit: str) -> bool:
        """Whether this person is, or once was, of a unit: the services let nobody decide about it then."""
        return unit in actor.units_of([*self.grants, *self.ended])

    def parts(self, campaign: str, permission: str) -> list[tuple[str, str]]:
        """The scopes `(kind, code)` in a campaign by which this person has a permission."""
        held = [grant for grant in self.grants if grant.get("campaign") == campaign]
        scopes = [grant["scope"] for grant in held if grant["role"] in actor.MAY[permission]]
        return [(str(scope["kind"]), str(scope["of"])) for scope in scopes]

    def reads(self, campaign: str, unit: str, post: str) -> bool:
        """Whether a material of that post can be this person's to read: a member reads the own and the team's."""
        own = self.scopes("post", campaign=campaign)
        wider = any(grant["scope"]["kind"] != "post" for grant in self.grants)
        return wider or post == "team" or f"{unit}/{post}" in own

    def scopes(self, *kinds: str, campaign: str | None = None) -> list[str]:
        """What the person is responsible for: codes of units, groups or regions."""
        return list(
            dict.fromkeys(
                str(grant["scope"].get("of"))
                for grant in self.grants
                if grant.get("scope", {}).get("kind") in kinds and campaign in (None, grant.get("campaign"))
            )
        )


class _Kept:
    """Claims by token for a few seconds, so that one page does not ask access six times."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_token: dict[str, tuple[float, Viewer]] = {}

    def get(self, token: str) -> Viewer | None:
        with self._lock:
            kept = self._by_token.get(token)
        return kept[1] if kept and time.monotonic() < kept[0] else None

    def put(self, token: str, viewer: Viewer) -> None:
        with self._lock:
            if len(self._by_token) >= _MOST:
                self._by_token.clear()
            self._by_token[token] = (time.monotonic() + KEPT_SECONDS, viewer)

    def drop(self, token: str) -> None:
        with self._lock:
            self._by_token.pop(token, None)


_kept = _Kept()


def exchange(token: str) -> Viewer | None:
    """The person behind a session token, or nobody when the session has ended."""
    kept = _kept.get(token)
    if kept:
        return kept
    try:
        answer = clients.call("access", "POST", "/claims", body={"token": token}, language=languages.current()).body
    except clients.Declined as declined:
        if declined.status in (400, 401, 404, 422):
            return None
        raise
    account = answer["account"]
    held, ended = actor.held_on(clock.today(), account["grants"])
    viewer = Viewer(account["login"], account["name"], tuple(held), answer["claims"], tuple(ended))
    _kept.put(token, viewer)
    return viewer


def claims_of(token: str) -> str | None:
    """The claims behind a program's token: a session's, or a subscriber's; None when it opens nothing."""
    if not token.startswith(SUBSCRIBER):
        found = exchange(token)
        return found.claims if found else None
    try:
        answer = clients.call("notification", "POST", "/subscriber-claims", body={"token": token})
    except clients.Declined:
        return None
    return str(answer.body["claims"])


def viewer() -> Viewer | None:
    """The person who asked for this page (found once per request)."""
    if "viewer" not in g:
        token = request.cookies.get(COOKIE)
        g.viewer = exchange(token) if token else None
    found: Viewer | None = g.viewer
    return found


def forget(token: str | None) -> None:
    """The next question with this token goes to access again."""
    if token:
        _kept.drop(token)


def sign_in(login: str, password: str) -> str:
    """Open a session; returns its token. Raises Declined with wrong_credentials or too_many_attempts."""
    answer = clients.call(
        "access",
        "POST",
        "/sessions",
        body={"login": login, "password": password},
        language=languages.current(),
    )
    return str(answer.body["token"])


def sign_out(token: str) -> None:
    """End the session at access; one that has ended already, or a service away, does not keep a person signed in."""
    forget(token)
    try:
        clients.call("access", "POST", "/sessions/end", body={"token": token})
    except (clients.Declined, clients.Unreachable):
        return


def keep(response: Response, token: str) -> Response:
    """Give the browser its token."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return response


def drop(response: Response) -> Response:
    """Take the token back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return response
