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
    told = _ask("/opinions/words", place)["rows"]
    kept = {one["opinion_id"]: one for one in told}
    return [{"id": one["_id"], **{name: kept[one["_id"]][name] for name in ("source", "text")}} for one in standing]


def _ask(path: str, place: dict[str, str]) -> Any:
    claims = actor.sign_as_service("review", expires=int(time.time()) + 60)
    headers = {"Authorization": f"Bearer {claims}"}
    answer = _INTAKE.get(settings.url("intake") + path, params=place, headers=headers, timeout=ASK_SECONDS)
    answer.raise_for_status()
    return answer.json()
