"""A campaign's definition, which is the registry's: asked for when a tip is drafted, in the name of whoever drafts it;
what is not drafted from it is not kept."""

import time
from typing import Any

import requests

from services.spine import actor as actors
from services.spine import errors, settings
from services.spine.actor import Actor

ASK_SECONDS = 10
_REGISTRY = requests.Session()


def of(asker: Actor, campaign: str, region: str | None) -> dict[str, Any]:
    """The definition as it stands, with what a county made stricter; refuses a campaign that is not the asker's."""
    claims = actors.sign(asker.id, asker.name, asker.all_grants, expires=int(time.time()) + 60)
    definition = _ask(claims, f"/campaigns/{campaign}")
    if not region:
        return definition
    stricter = _ask(claims, f"/campaigns/{campaign}/policy", region=region)
    days = {row["aspect"]: row["value"] for row in stricter["offsets"]}
    checklist = [
        {**row, "offset": {**row["offset"], "days": days.get(row["code"], row["offset"]["days"])}}
        for row in definition["checklist"]
    ]
    policy = {**definition["policy"], **{row["key"]: row["value"] for row in stricter["values"]}}
    return {**definition, "checklist": checklist, "policy": policy}


def _ask(claims: str, path: str, **query: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {claims}"}
    try:
        answer = _REGISTRY.get(settings.url("registry") + path, params=query, headers=headers, timeout=ASK_SECONDS)
    except requests.RequestException as away:
        raise errors.Refusal("service_unavailable") from away
    if answer.status_code == 404:
        raise errors.Refusal("not_found", id=path)
    if answer.status_code >= 500:
        raise errors.Refusal("service_unavailable")
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
