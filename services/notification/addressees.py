"""Who reads what is addressed to a place, and where they are reached: asked of access, never kept."""

import time
from typing import Any

import requests

from services.spine import actor, settings

ASK_SECONDS = 10
AT_ONCE = 100
_ACCESS = requests.Session()


def ask(places: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The persons of each place, in the order of the places; those that are the same are asked about once."""
    keys = [tuple(tuple(value) if isinstance(value, list) else value for value in place.values()) for place in places]
    once = dict(zip(keys, places, strict=True))
    found: dict[Any, list[dict[str, Any]]] = {}
    for start in range(0, len(once), AT_ONCE):
        some = list(once)[start : start + AT_ONCE]
        found |= zip(some, _ask([once[key] for key in some]), strict=True)
    return [found[key] for key in keys]


def _ask(places: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    claims = actor.sign_as_service("notification", expires=int(time.time()) + 60)
    address, headers = f"{settings.url('access')}/addressees", {"Authorization": f"Bearer {claims}"}
    answer = _ACCESS.post(address, json={"places": places}, headers=headers, timeout=ASK_SECONDS)
    answer.raise_for_status()
    rows: list[list[dict[str, Any]]] = answer.json()["rows"]
    return rows
