"""What seldom changes: a campaign's definition and the names of its units, kept for a minute per reader.

Kept per reader because what one may see, another may not.
"""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from services.portal import asking, languages, wording

KEPT_SECONDS = 60.0
_MOST = 500
CODE = re.compile(r"[0-9]{6}-[A-Z0-9]{1,12}")
CHOICES = 200
"""Units that a box holds; of more it offers those whose names are typed."""
_MOST_UNITS, _AT_ONCE, SHOWN = 5000, 120, 20
NOBODY: dict[str, Any] = {"total": 0, "next": None, "units": [], "regions": [], "groups": [], "teams": []}
NOBODY["own"] = {"regions": [], "groups": []}
_OURS = {"aspects": "aspect_title", "standards": "standard", "lists": "list"}
_lock = threading.Lock()
_kept: dict[tuple[str, str, str, str], tuple[float, Any]] = {}


def campaign(code: str) -> dict[str, Any]:
    """The campaign's definition: aspects, standards, lists, checklist, stages."""
    return dict(_remember("campaign", code, f"/campaigns/{code}") or {})


def roster(code: str) -> dict[str, Any]:
    """Regions and groups of a campaign, with its first units: {total, next, units, regions, groups, teams}; `next` is
    None where these are all."""
    return dict(_remember("roster", code, f"/campaigns/{code}/units?size={CHOICES}") or NOBODY)


def own(code: str | None, permission: str = "read_campaign") -> dict[str, Any]:
    """The part of the roster that lies in this person's scope by the roles which have a permission; its regions and
    groups are those of the units in it."""
    parts = asking.viewer().parts(code, permission) if code else []
    if not code or not parts:
        return dict(NOBODY)
    if any(kind == "campaign" for kind, _ in parts):
        return roster(code)
    return within(roster_of(code, within=",".join(sorted(_place(*part) for part in set(parts)))))


def _place(kind: str, code: str) -> str:
    return f"{'unit' if kind == 'post' else kind}:{code.partition('/')[0]}"


def within(found: dict[str, Any]) -> dict[str, Any]:
    """A part of a roster with the regions and groups of its own units only.

    >>> found = {"regions": [{"region_code": "1"}, {"region_code": "2"}], "groups": [], "total": 7}
    >>> within({**found, "own": {"regions": ["2"], "groups": []}})["regions"]
    [{'region_code': '2'}]
    """
    places = found.get("own") or {"regions": [], "groups": []}
    regions = [region for region in found["regions"] if region["region_code"] in places["regions"]]
    return {**found, "regions": regions, "groups": [g for g in found["groups"] if g["group_code"] in places["groups"]]}


def roster_of(code: str, **asked: str) -> dict[str, Any]:
    """The roster of some places, remembered like the whole."""
    path = f"/campaigns/{code}/units?{urlencode({**asked, 'size': CHOICES})}"
    return dict(_remember("roster", f"{code}?{asked}", path) or NOBODY)


def everybody(code: str, permission: str, **asked: str) -> list[dict[str, Any]]:
    """All units in this person's scope, however many: for what has to know them all at once."""
    parts = asking.viewer().parts(code, permission)
    if not any(kind == "campaign" for kind, _ in parts):
        asked["within"] = ",".join(_place(*part) for part in parts) or "unit:none"
    found: list[dict[str, Any]] = []
    while True:
        answer = asking.get("registry", f"/campaigns/{code}/units", **asked)
        found += answer["units"]
        if answer["next"] is None:
            return found
        asked["after"] = answer["next"]


class Names(Mapping[str, str]):
    """Units' names by code. They are asked for when the first is wanted, for all units that this page was told of."""

    def __init__(self, campaign: str | None) -> None:
        self.campaign = campaign

    def __getitem__(self, code: str) -> str:
        found = unit(self.campaign, code) if self.campaign and code else None
        if found is None:
            raise KeyError(code)
        return str(found["name"])

    def __iter__(self) -> Iterator[str]:
        return iter(asking.mentioned())

    def __len__(self) -> int:
        return len(asking.mentioned())


def unit(campaign: str, code: str) -> dict[str, Any] | None:
    """What a unit is called, and its posts; None for who is no unit of the campaign."""
    key = ("units", campaign, asking.viewer().login, languages.current())
    with _lock:
        until, known = _kept.get(key, (0.0, {}))
        if time.monotonic() >= until or len(known) > _MOST_UNITS:
            _kept[key] = (time.monotonic() + KEPT_SECONDS, known := {})
    if code not in known:
        wanted = sorted(one for one in {code, *asking.mentioned()} - known.keys() if CODE.fullmatch(one))[:_AT_ONCE]
        wanted += [code] if CODE.fullmatch(code) and code not in wanted else []
        found = asking.find("registry", f"/campaigns/{campaign}/units", unit=",".join(wanted)) if wanted else None
        named = {row["unit_code"]: row for row in found["units"]} if found else {}
        known.update({one: named.get(one) for one in (*wanted, code)})
    found_one: dict[str, Any] | None = known[code]
    return found_one


def unit_names(code: str | None) -> Mapping[str, str]:
    """Names by unit code."""
    return Names(code)


def names(code: str, of: str) -> dict[str, Any]:
    """What intake does not know: the names of the unit and the campaign, the titles of the posts."""
    found = unit(code, of) or {}
    titles = {one["post"]: one["title"][:80] for one in found.get("posts") or []}
    title = languages.pick(campaign(code).get("title"))
    return {"unit": found.get("name", "")[:120], "campaign": title[:200], "posts": titles}


def unit_code(campaign: str, words: str, permission: str = "read_campaign") -> str:
    """The code of the unit that somebody means: its code, its name, or words that only one unit's name has; else the
    words."""
    if not words or CODE.fullmatch(words):
        return words
    found = search(campaign, words, permission)
    exact = [row for row in found if row["name"] == words] or found
    return str(exact[0]["unit_code"]) if len(exact) == 1 else words


def mine(campaign: str, permission: str, wanted: str) -> dict[str, Any] | None:
    """One of the units in this person's scope, the first where none is named; None where it is not there."""
    roster = own(campaign, permission)
    if not wanted:
        return next(iter(roster["units"]), None)
    known = roster["units"] if roster["next"] is None else search(campaign, wanted, permission)
    return next((row for row in known if row["unit_code"] == wanted), None)


def search(campaign: str, words: str, permission: str = "read_campaign") -> list[dict[str, Any]]:
    """The first units in this person's scope whose name or code has these words."""
    parts = asking.viewer().parts(campaign, permission)
    whole = any(kind == "campaign" for kind, _ in parts)
    places = {} if whole else {"within": ",".join(_place(*part) for part in parts)}
    if not parts or not words.strip():
        return []
    found = asking.find("registry", f"/campaigns/{campaign}/units", q=words.strip()[:60], size=SHOWN, **places)
    return list(found["units"]) if found else []


def region_names(code: str | None) -> dict[str, str]:
    """Names by region code."""
    return {region["region_code"]: region["name"] for region in roster(code)["regions"]} if code else {}


def group_names(code: str | None) -> dict[str, str]:
    """Names by group code."""
    return {group["group_code"]: group["name"] for group in roster(code)["groups"]} if code else {}


def post_name(of: str, post: str) -> str:
    """What a post is called in its unit; its number where that is not known."""
    code = asking.campaign()
    posts = (unit(code, of) or {}).get("posts") or [] if code and of else []
    return str(next((one["title"] for one in posts if one["post"] == post), "")) or gettext("岗位 %(post)s", post=post)


def posts(campaign: str | None, of: str) -> dict[str, str]:
    """What the posts of a unit's team are called, by number."""
    known = (unit(campaign, of) or {}).get("posts") or [] if campaign else []
    return {one["post"]: one["title"] for one in known if one["post"]}


def own_posts(campaign: str | None) -> dict[str, str]:
    """The posts this person holds, by `unit/post`, each as the filter of what it owns; a secretary holds the first."""
    viewer = asking.viewer()
    held = dict.fromkeys(viewer.scopes("post", campaign=campaign)) if campaign else {}
    first = viewer.scopes("unit", campaign=campaign) if campaign and viewer.has("secretary") else []
    for of in first:
        team = (unit(str(campaign), of) or {}).get("posts") or []
        held |= {f"{of}/{one['post']}": None for one in team if one["role"] == "secretary"}
    if len(held) < 2:
        return dict.fromkeys(held, gettext("由我负责"))
    return {code: gettext("由我负责：%(post)s", post=post_name(*code.split("/"))) for code in held}


def titles(code: str | None, entries: str) -> dict[str, str]:
    """Titles by code of one list of the campaign's definition: `aspects`, `standards`, `lists`."""
    if not code:
        return {}
    return {entry["code"]: _title(entry, entries) for entry in campaign(code).get(entries) or []}


def aspect_titles(code: str | None) -> dict[str, str]:
    """Titles of the aspects to examine, of former versions too: what is counted or on the ledger may be of those."""
    dropped = campaign(code).get("dropped_aspects") or [] if code else []
    return {**{entry["code"]: _title(entry, "aspects") for entry in dropped}, **titles(code, "aspects")}


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
