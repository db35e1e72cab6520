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


def own(code: str | None, permission: str = "read_campaign") -> dict[str, Any]:
    """The part of the roster that lies in this person's scope by the roles which have a permission."""
    if not code:
        return {"units": [], "regions": [], "groups": []}
    return within(roster(code), asking.viewer().parts(code, permission))


def within(whole: dict[str, Any], parts: list[tuple[str, str]]) -> dict[str, Any]:
    """A roster narrowed to scopes `(kind, code)`; its regions and groups are those of the units that are left.

    >>> unit = {"unit_code": "990823-LY", "region": "990823", "group": "G4"}
    >>> roster = {"units": [unit], "regions": [{"region_code": "990800"}], "groups": [{"group_code": "G4"}]}
    >>> {name: len(rows) for name, rows in within(roster, [("group", "G4")]).items()}
    {'units': 1, 'regions': 0, 'groups': 1}
    """
    if any(kind == "campaign" for kind, _ in parts):
        return whole
    asked = {(kind, code.partition("/")[0]) for kind, code in parts}
    units = [unit for unit in whole["units"] if asked & _places(unit)]
    regions, groups = {unit.get("region") for unit in units}, {unit.get("group") for unit in units}
    return {
        "units": units,
        "regions": [region for region in whole["regions"] if region["region_code"] in regions],
        "groups": [group for group in whole["groups"] if group["group_code"] in groups],
    }


def _places(unit: dict[str, Any]) -> set[tuple[str, str]]:
    own_code = str(unit["unit_code"])
    wider = {("region", str(unit.get("region"))), ("group", str(unit.get("group")))}
    return {("unit", own_code), ("post", own_code), *wider}


def unit_names(code: str | None) -> dict[str, str]:
    """Names by unit code."""
    return {unit["unit_code"]: unit["name"] for unit in roster(code)["units"]} if code else {}


def names(code: str, unit: str) -> dict[str, Any]:
    """What intake does not know: the names of the unit and the campaign, the titles of the posts."""
    found: dict[str, Any] = next((row for row in roster(code)["units"] if row["unit_code"] == unit), {})
    titles = {one["post"]: one["title"][:80] for one in found.get("posts") or []}
    title = languages.pick(campaign(code).get("title"))
    return {"unit": found.get("name", "")[:120], "campaign": title[:200], "posts": titles}


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


def campaign_title(code: str) -> str:
    """What a campaign is called; its code where that is not known."""
    return languages.pick(campaign(code).get("title")) or code


def scope_name(grant: dict[str, Any]) -> str:
    """What a grant reaches, by name; the code where the name is not known, nothing for a whole campaign or system."""
    kind, of, campaign = grant["scope"]["kind"], grant["scope"].get("of") or "", grant.get("campaign")
    if kind in ("system", "campaign") or not campaign:
        return ""
    if kind == "post":
        unit, _, post = of.partition("/")
        row: dict[str, Any] = next((row for row in roster(campaign)["units"] if row["unit_code"] == unit), {})
        title = next((one["title"] for one in row.get("posts") or [] if one["post"] == post), post)
        return f"{row.get('name', unit)} · {title}"
    names = {"unit": unit_names, "region": region_names, "group": group_names}.get(kind)
    return names(campaign).get(of, of) if names else of


def most_characters(code: str, kind: str) -> int | None:
    """How many characters the campaign asks for at most in a kind of material."""
    found: int | None = ((campaign(code).get("policy") or {}).get("lengths") or {}).get(kind)
    return found


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
