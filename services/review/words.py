"""The words of opinions, which are intake's: asked for when a material is pre-checked, never kept."""

import time
from typing import Any

import requests

from services.review.domain import Review
from services.review.opinions_store import Opinion
from services.spine import actor, settings

ASK_SECONDS = 10
_INTAKE = requests.Session()


def of(review: Review, standing: list[Opinion]) -> list[dict[str, str]]:
    """What the pre-check is asked about: [{id, source, text}]; an accident when intake does not give them all."""
    if not standing:
        return []
    place = {"campaign": review["campaign"], "unit": review["unit"], "post": review["post"] or "team"}
    told = _ask("GET", "/opinions/words", params=place)["rows"]
    kept = {one["_id"]: one for one in standing if "text" in one} | {one["opinion_id"]: one for one in told}
    return [{"id": one["_id"], **{name: kept[one["_id"]][name] for name in ("source", "text")}} for one in standing]


def carry(found: list[Opinion]) -> None:
    """Hand over to intake what an earlier version kept here."""
    keys = ("opinion_id", "campaign", "unit", "region", "group", "post", "source", "text", "entered", "withdrawn")
    _ask("POST", "/opinions/carried", json={"opinions": [{key: one[key] for key in keys} for one in found]})


def _ask(method: str, path: str, **how: Any) -> Any:
    claims = actor.sign_as_service("review", expires=int(time.time()) + 60)
    headers = {"Authorization": f"Bearer {claims}"}
    answer = _INTAKE.request(method, settings.url("intake") + path, headers=headers, timeout=ASK_SECONDS, **how)
    answer.raise_for_status()
    return answer.json()
