"""What the column asks of others: the outline of a meeting, and the names of people it must not show; never kept.

When they do not answer nothing is drafted and nothing released: a draft is tried again, a release said no to for now.
"""

import re
import time
from typing import Any

import requests

from services.notification import scrubbing
from services.spine import actor, settings

ASK_SECONDS = 10
_SESSION = requests.Session()


def outline(meeting_id: str) -> dict[str, Any]:
    """Whose meeting it was, which agenda it followed, under whose name it is published."""
    return _ask("registry", f"/meetings/{meeting_id}/outline")


def names(campaign: str) -> list[str]:
    """What people of a campaign are called: those with an account, and those whose names units have masked."""
    accounts = _ask("access", "/account-names", campaign=campaign)["names"]
    masked = _ask("intake", "/opinions/masked-names", campaign=campaign)["names"]
    alone = {re.split(r"[（(]", name)[0].strip() for name in accounts}
    return [*filter(scrubbing.is_name, alone), *masked]


def _ask(service: str, path: str, **query: str) -> dict[str, Any]:
    claims = actor.sign_as_service("notification", expires=int(time.time()) + 60)
    headers = {"Authorization": f"Bearer {claims}"}
    try:
        answer = _SESSION.get(settings.url(service) + path, params=query, headers=headers, timeout=ASK_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as reason:
        raise TimeoutError(f"{service} does not answer: {reason!r}"[:300]) from reason
    told: dict[str, Any] = answer.json()
    return told
