"""Authors: whose unit and post a material is, as the registry names them; it shows a head that names somebody else.

It only helps: when the registry is away, slow or does not know, the pre-check goes on without. What was told is kept
for a while, and a registry that was away is left alone for a while.
"""

import time
from typing import Any

import requests
import structlog

from services.review.domain import Review
from services.spine import actor, settings

KEPT_SECONDS, AWAY_SECONDS, ASK_SECONDS, MOST = 600.0, 30.0, 2.0, 5000
Author = dict[str, str]
log = structlog.get_logger()


class Authors:
    """What the registry told of units and their posts, by the clock of this process."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}
        self._away_until = 0.0

    def of(self, review: Review) -> Author | None:
        """{unit_name, title} of who hands a material in; a team has no title. None when nobody can tell."""
        meeting = self._meeting(f"{review['campaign']}.{review['unit']}")
        if not meeting.get("unit_name"):
            return None
        titles = {post["post"]: post["title"] for post in meeting.get("posts") or ()}
        return {"unit_name": meeting["unit_name"], "title": titles.get(review["post"], "")}

    def _meeting(self, meeting_id: str) -> dict[str, Any]:
        now = time.monotonic()
        until, known = self._known.get(meeting_id, (0.0, {}))
        if now < until or now < self._away_until:
            return known
        try:
            told = self._ask(meeting_id)
        except (requests.RequestException, ValueError) as reason:
            log.warning("registry_away", reason=repr(reason)[:200])
            self._away_until = now + AWAY_SECONDS
            return known
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[meeting_id] = (now + KEPT_SECONDS, told)
        return told

    def _ask(self, meeting_id: str) -> dict[str, Any]:
        claims = actor.sign_as_service("review", expires=int(time.time()) + 60)
        address = f"{settings.url('registry')}/meetings/{meeting_id}"
        answer = self._session.get(address, headers={"Authorization": f"Bearer {claims}"}, timeout=ASK_SECONDS)
        if answer.status_code == requests.codes.not_found:
            return {}
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return {key: told.get(key) for key in ("unit_name", "posts")}
