"""A campaign's folder loaded again, beside what the campaign is by now.

What must stay true: what people changed since, a unit's posts or group or what a group is, is never set back: it
stands and is told. What else a running campaign would become is a draft, which changes nothing before it is published.
What stands: {of: unit | group, code, name, what, stands, folder}, both values in words.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.registry import asked_below, definition, differing, grouping, planning, telling, versions
from services.registry.definition import Campaign
from services.spine import errors
from services.spine.workdays import Calendar

Group = dict[str, Any]
Kept = dict[str, str]
CHANGED_BY = {"posts": "posts_changed", "group": "regrouped"}
"""What a unit's history says when people change its posts, or its group."""
MOST_TOLD = 200


class Folder(NamedTuple):
    """A folder as it is written down: its units as planned, its groups, and what stands against it."""

    units: list[telling.Meeting]
    groups: list[Group]
    kept: list[Kept]


def planned(campaign: Campaign, request: dict[str, Any], calendar: Calendar) -> Folder:
    """A folder as if nobody had changed anything since."""
    group_of = definition.check_groups(request["units"], request["groups"])
    units = [planning.plan(campaign, unit, group_of[unit["unit_code"]], calendar) for unit in request["units"]]
    return Folder(units, request["groups"], [])


def asked(campaign: Campaign, request: dict[str, Any], by: str, at: str) -> Campaign:
    """A campaign with what its folder says that regions and units ask for beyond it: taken over where it is new, for
    what they asked for since stands."""
    units = {unit["unit_code"]: (unit["region_code"], unit.get("above", ())) for unit in request["units"]}
    return asked_below.take_over(campaign, request.get("overrides", ()), units, by, at)


def beside(
    campaign: Campaign, folder: Folder, changed: Mapping[str, telling.Meeting], groups_of: Mapping[str, str]
) -> Folder:
    """The folder where what people changed stands: `changed` are the units they changed, `groups_of` all as they
    are."""
    names = {group["group_code"]: group["name"] for group in (*folder.groups, *campaign["groups"])}
    units, kept = [], list[Kept]()
    for meeting in folder.units:
        now = changed.get(meeting["unit"], meeting)
        done = {entry["what"] for entry in now["history"]}
        stands = [key for key, what in CHANGED_BY.items() if what in done and now[key] != meeting[key]]
        for key in stands:
            words = [_words(key, one[key], other[key], names) for one, other in ((now, meeting), (meeting, now))]
            told = {"of": "unit", "code": meeting["unit"], "name": now["unit_name"], "what": key}
            kept.append({**told, "stands": words[0], "folder": words[1]})
        units.append({**meeting, **{key: now[key] for key in stands}})
    groups, more = _groups(campaign, folder.groups, {**groups_of, **{one["unit"]: one["group"] for one in units}})
    return Folder(units, groups, [*more, *kept])


def wanted(
    campaign: Campaign, loaded: Campaign, draft: versions.Draft, places: versions.Places = ()
) -> versions.Definition | None:
    """What a running campaign would become by a folder with these places; None where nothing, refused where somebody
    drafts otherwise."""
    standing = versions.definition_of(campaign)
    asked = {**standing, **versions.definition_of(loaded)}
    if not definition.is_running(campaign) or not differing.differences(standing, asked):
        return None
    if draft["definition"] not in (None, asked):
        raise errors.Refusal("draft_open", by=draft["by"] or "…", on=draft["at"] or "…")
    versions.check(campaign, asked, places)
    return asked


def sent(draft: versions.Draft, definition: versions.Definition) -> dict[str, Any]:
    """A definition as an editor sends it who has seen the draft as it is."""
    return {"revision": draft["revision"], "definition": definition}


def told(folder: Folder, campaign: Campaign, definition: versions.Definition | None) -> dict[str, Any]:
    """What loading comes to, before anything is written."""
    standing = versions.definition_of(campaign)
    return {
        "campaign_code": campaign["campaign_code"],
        "units": len(folder.units),
        "groups": len(folder.groups),
        "added": 0,
        "changed": 0,
        "kept": {"total": len(folder.kept), "rows": folder.kept[:MOST_TOLD]},
        "drafted": differing.differences(standing, definition) if definition else [],
    }


def _groups(campaign: Campaign, loaded: Sequence[Group], group_of: Mapping[str, str]) -> tuple[list[Group], list[Kept]]:
    """The groups as they are loaded, with the units that each follows, and what stands of those that were edited."""
    standing = {group["group_code"]: group for group in campaign["groups"]}
    merged, kept, followed = [], list[Kept](), set(group_of.values())
    for group in loaded:
        if grouping.was_closed(campaign, group["group_code"]) and group["group_code"] not in followed:
            told = {"of": "group", "code": group["group_code"], "name": group["name"], "what": "closed"}
            kept.append({**told, "stands": "—", "folder": group["name"]})
            continue
        now = standing.get(group["group_code"], group)
        differ = [
            key for key in _edited(campaign, group["group_code"]) if (now.get(key) or None) != (group.get(key) or None)
        ]
        for key in differ:
            words = {"stands": _text(now.get(key)), "folder": _text(group.get(key))}
            kept.append({"of": "group", "code": group["group_code"], "name": now["name"], "what": key, **words})
        mine = {key: now[key] for key in differ if now.get(key)}
        merged.append({**{key: value for key, value in group.items() if key not in differ}, **mine})
    known = {group["group_code"] for group in loaded}
    merged += [
        group for code, group in standing.items() if code not in known and (code in followed or _edited(campaign, code))
    ]
    return [{**group, "units": _followed(group, group_of)} for group in merged], kept


def _edited(campaign: Campaign, code: str) -> list[str]:
    """What of a group people changed, by the campaign's history."""
    entries = (entry for entry in campaign.get("group_changes", ()) if entry["group"] == code)
    return sorted({change["field"] for entry in entries for change in entry["changes"]})


def _followed(group: Group, group_of: Mapping[str, str]) -> list[str]:
    """A group's units, those it had in their order."""
    mine = {unit for unit, code in group_of.items() if code == group["group_code"]}
    known = [unit for unit in group["units"] if unit in mine]
    return [*known, *sorted(mine.difference(known))]


def _words(key: str, value: Any, other: Any, names: Mapping[str, str]) -> str:
    """A unit's group by name, or the posts that are not among the others."""
    if key == "group":
        return names.get(value, value)
    return "、".join(f"{post['post']} {post['title']}" for post in value if post not in other) or "—"


def _text(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value or "—")
