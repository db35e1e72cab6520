"""What seldom changes: a campaign's definition and the names of its units, kept for a minute per reader.

Kept per reader because what one may see, another may not.
"""

import threading
import time
from typing import Any

from flask import g
from flask_babel import gettext

from services.portal import asking, languages, wording

KEPT_SECONDS = 60.0
_MOST = 500
_OURS = {"aspects": "aspect_title", "standards": "standard", "lists": "list"}
_lock = threading.Lock()
_kept: dict[tuple[str, str, str, str], tuple[float, Any]] = {}


def campaign(code: str) -> dict[str, Any]:
    """The campaign's definition: aspects, standards, lists, checklist, stages."""
    return dict(_remember("campaign", code, f"/campaigns/{code}") or {})


def roster(code: str) -> dict[str, Any]:
    """Units, regions and groups of a campaign: {units, regions, groups}."""
    return dict(_remember("roster", code, f"/campaigns/{code}/units") or {"units": [], "regions": [], "groups": []})


def unit_names(code: str | None) -> dict[str, str]:
    """Names by unit code."""
    return {unit["unit_code"]: unit["name"] for unit in roster(code)["units"]} if code else {}


def region_names(code: str | None) -> dict[str, str]:
    """Names by region code."""
    return {region["region_code"]: region["name"] for region in roster(code)["regions"]} if code else {}


def group_names(code: str | None) -> dict[str, str]:
    """Names by group code."""
    return {group["group_code"]: group["name"] for group in roster(code)["groups"]} if code else {}


def post_name(unit: str, post: str) -> str:
    """What a post is called in its unit; its number where that is not known."""
    if "post_names" not in g:
        code = asking.campaign()
        units = roster(code)["units"] if code else []
        g.post_names = {
            (row["unit_code"], one["post"]): one["title"] for row in units for one in row.get("posts") or []
        }
    return str(g.post_names.get((unit, post)) or gettext("岗位 %(post)s", post=post))


def titles(code: str | None, entries: str) -> dict[str, str]:
    """Titles by code of one list of the campaign's definition: `aspects`, `standards`, `lists`."""
    if not code:
        return {}
    return {entry["code"]: _title(entry, entries) for entry in campaign(code).get(entries) or []}


def _title(entry: dict[str, Any], entries: str) -> str:
    """A title the campaign gives in Chinese only has, for the reference codes, a word of ours in English."""
    ours = wording.CATALOGUES[_OURS[entries]].get(entry["code"])
    if languages.current() == "en" and ours is not None and not isinstance(entry.get("title"), dict):
        return str(ours)
    return languages.pick(entry.get("title"))


def forget() -> None:
    """After a change to the definition: ask again."""
    with _lock:
        _kept.clear()


def _remember(what: str, code: str, path: str) -> Any:
    key = (what, code, asking.viewer().login, languages.current())
    with _lock:
        kept = _kept.get(key)
    if kept and time.monotonic() < kept[0]:
        return kept[1]
    found = asking.find("registry", path)
    if found is not None:
        with _lock:
            if len(_kept) >= _MOST:
                _kept.clear()
            _kept[key] = (time.monotonic() + KEPT_SECONDS, found)
    return found
