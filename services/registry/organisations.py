"""The tree of organisations: province, city, county, township, branch; their leading teams and the posts of these.

What must stay true: nothing is ever taken out of the tree: what ends is kept with its day, reason and history, and
nothing ends while it would leave something without a place: others below it, a meeting to be held that is not
cancelled with it. What is open of its meetings goes to the successor, or is left on purpose. An organisation: {_id:
code, code, name, level, parent: code or None, region, team: its leading team or "", members, posts: [{post, title,
role, from, until}], state: active|closed|merged, ended_on, into: where it went, history: [{what, on, by, at, reason,
changes: [{field, from, to}]}]}.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from services.registry import calendar_file
from services.spine import errors
from services.spine.events import Fact

Organisation = dict[str, Any]
Change = dict[str, str]
Meeting = dict[str, Any]
"""A meeting that is not over: {meeting_id, campaign, unit_name, title, held_on and cancelled_on: None while it is to be
held, items and materials: how many of its ledger and of its papers are open}."""
OPEN = ("items", "materials")
LEVELS = ("province", "city", "county", "township", "branch")
FIELDS = ("name", "level", "parent", "region", "team", "members", "posts")
FRESH: Organisation = {"state": "active", "ended_on": None, "into": None, "history": []}
KEPT_OPEN = 20
"""How many of what is in the way are named at most."""


def stem(region: str) -> str:
    """What the codes of all regions within a region begin with.

    >>> stem("990800"), stem("990823"), stem("990000")
    ('9908', '990823', '99')
    """
    while region.endswith("00") and len(region) > 2:
        region = region[:-2]
    return region


def within(region: str, stems: Iterable[str]) -> bool:
    """Whether a region lies in one of these jurisdictions."""
    return region.startswith(tuple(stems))


def above(parents: Mapping[str, str | None], code: str) -> list[str]:
    """The organisations above one, the nearest first; `parents`: that of each."""
    found, over = list[str](), parents.get(code)
    while over and over not in found:
        found.append(over)
        over = parents.get(over)
    return found


def differences(before: Organisation | None, after: Organisation) -> list[dict[str, Any]]:
    """What is other than it was: [{field, from, to}]; what `after` does not tell stays."""
    known = before or {}
    told = [key for key in FIELDS if key in after and known.get(key) != after[key]]
    return [{"field": key, "from": known.get(key), "to": after[key]} for key in told]


def added(code: str, fields: Organisation, entry: Change) -> Organisation:
    """A new organisation."""
    empty = {"team": "", "members": 0, "posts": [], "parent": None}
    return {"_id": code, "code": code, **FRESH, **empty, **fields, "history": [{**entry, "changes": []}]}


def posts_on(organisation: Organisation, day: str) -> list[dict[str, str]]:
    """The posts of a team on a day, as a campaign asks for them."""
    held = [post for post in organisation["posts"] if (post["from"] or "") <= day <= (post["until"] or "9999")]
    return [{key: post[key] for key in ("post", "title", "role")} for post in held]


def as_unit(organisation: Organisation, day: str) -> dict[str, Any]:
    """An organisation with a leading team as a unit of a campaign."""
    posts = posts_on(organisation, day)
    named = {"unit_code": organisation["code"], "region_code": organisation["region"]}
    same = {key: organisation[key] for key in ("name", "team", "level")}
    before = predecessors(organisation)
    asked = {**({"posts": posts} if posts else {}), **({"predecessors": before} if before else {})}
    return {**named, **same, "members": len(posts) or organisation["members"], **asked}


def placed(unit: dict[str, Any], above: Sequence[str], taking_part: Collection[str]) -> dict[str, Any]:
    """A unit with the organisations above it, the nearest first, and the nearest of these that takes part."""
    return {**unit, "above": above, "superior": next((code for code in above if code in taking_part), None)}


def left_out(units: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Which of these units cannot take part, and why: nobody is of the team, or it stands under a region's code."""
    return [
        {"unit": code, "name": unit["name"], "why": "nobody" if bears(code) else "region_code"}
        for unit in units
        if not bears(code := unit["unit_code"]) or not unit["members"]
    ]


def predecessors(organisation: Organisation) -> list[str]:
    """The codes of those that went into it, and of the one it was part of: their ledgers are its history."""
    part_of = {entry["from_code"] for entry in organisation["history"] if entry["what"] == "split_off"}
    return sorted(_told(organisation, "took_in") | part_of)


def bears(code: str) -> bool:
    """Whether a leading team may stand under a code: not under a region's."""
    return "-" in code


def check_bears(asked: Iterable[tuple[str, str, str]]) -> None:
    """Refuse a team under a region's code, each in its place: (code, team, pointer)."""
    wrong = [(code, pointer) for code, team, pointer in asked if team.strip() and not bears(code)]
    faults = [{"pointer": pointer, "code": "team_under_region", "organisation": code} for code, pointer in wrong]
    if faults:
        raise errors.Refusal("team_under_region", organisation=wrong[0][0], errors=faults)


def rename(organisation: Organisation, name: str, team: str, entry: Change) -> Organisation:
    """Another name, or another leading team, from a day on; the old one stays in the history. A region's code bears no
    team: one it had is taken away."""
    _check_active(organisation)
    code, stood = organisation["code"], organisation["team"]
    check_bears([(code, team, "/team")])
    after = {"name": name.strip(), "team": team.strip() or (stood if bears(code) else "")}
    changes = differences(organisation, after)
    return _with(organisation, after, {"what": "renamed", **entry}, changes) if changes else organisation


def close(
    organisation: Organisation,
    children: Sequence[Organisation],
    meetings: Sequence[Meeting],
    entry: Change,
    *,
    leave_open: bool = False,
) -> Organisation:
    """It ends on a day; refused while something would be left without a place, and, unless whoever closes it says that
    it is to be left (`leave_open`), while work is open that nobody takes over."""
    if organisation["state"] == "closed":
        return organisation
    _check_nothing_left(organisation, children, meetings)
    work = [meeting for meeting in meetings if any(meeting[key] for key in OPEN)]
    if work and not leave_open:
        raise errors.Refusal("organisation_work_open", **_counted(work), errors=_places(work))
    after = {"state": "closed", "ended_on": entry["on"]}
    return _with(organisation, after, {"what": "closed", **entry}, _left_open(meetings))


def merge(
    organisation: Organisation,
    into: Organisation,
    children: Sequence[Organisation],
    meetings: Sequence[Meeting],
    entry: Change,
) -> tuple[Organisation, Organisation]:
    """It goes into another one on a day, which takes over what is open of it; both remember it."""
    if (organisation["state"], organisation["into"]) == ("merged", into["code"]):
        return organisation, into
    if organisation["code"] == into["code"]:
        raise errors.Refusal("organisation_into_itself", organisation=into["code"])
    _check_active(into)
    _check_nothing_left(organisation, children, meetings)
    after = {"state": "merged", "ended_on": entry["on"], "into": into["code"]}
    gone = _with(organisation, after, {"what": "merged", **entry}, [_moved("into", into), *_left_open(meetings)])
    if organisation["code"] in _told(into, "took_in"):
        return gone, into
    return gone, _with(into, {}, {"what": "took_in", **entry}, [_moved("took_in", organisation)])


def cancelling(meetings: Sequence[Meeting], on: str) -> list[Meeting]:
    """The meetings, with those cancelled on a day that are still to be held."""
    return [{**one, "cancelled_on": on} if _to_be_held(one) else one for one in meetings]


def is_over(meeting: Meeting) -> bool:
    """Whether nothing of a meeting is left to do: it was cancelled, and nothing of it is open."""
    return bool(meeting.get("cancelled_on")) and not any(meeting[key] for key in OPEN)


def merged(gone: Organisation, campaigns: Iterable[str]) -> Fact:
    """It is said to everybody: what is open of it in these campaigns is its successor's from that day on."""
    said = {"unit": gone["code"], "into": gone["into"], "on": gone["ended_on"], "campaigns": sorted(set(campaigns))}
    return Fact("organisation_merged", gone["code"], calendar_file.EVERYWHERE["campaign"], gone["region"], said)


def split(organisation: Organisation, parts: Sequence[dict[str, Any]], entry: Change) -> tuple[
    Organisation, list[Organisation]
]:  # fmt: skip
    """Parts of it become organisations of their own on a day, beside it; it goes on without them."""
    _check_active(organisation)
    check_bears([(part["code"], part.get("team", ""), f"/parts/{at}/code") for at, part in enumerate(parts)])
    given = {key: organisation[key] for key in ("level", "parent", "region")}
    fresh = [
        added(
            part["code"],
            {**given, "name": part["name"].strip(), "team": part.get("team", ""), "members": part.get("members", 0)},
            {"what": "split_off", **entry, "from_code": organisation["code"]},
        )
        for part in parts
    ]
    changes = [_moved("split_into", part) for part in fresh if part["code"] not in _told(organisation, "split")]
    return _with(organisation, {}, {"what": "split", **entry}, changes) if changes else organisation, fresh


def check_free(fresh: Sequence[Organisation], known: Mapping[str, Organisation]) -> None:
    """Refuse all parts at once whose code another organisation has, or a part told before; `known` are those that are
    there, and what was split off the same one already is that part."""
    faults, origin = list[dict[str, Any]](), fresh[0]["history"][0]["from_code"]
    taken = {code: one["name"] for code, one in known.items() if one["history"][0].get("from_code") != origin}
    for place, part in enumerate(fresh):
        if part["code"] in taken:
            named = {"organisation": part["code"], "name": taken[part["code"]]}
            faults.append({"pointer": f"/parts/{place}/code", "code": "organisation_code_taken", **named})
        taken.setdefault(part["code"], part["name"])
    if faults:
        first = {key: faults[0][key] for key in ("organisation", "name")}
        raise errors.Refusal("organisation_code_taken", **first, errors=faults)


def entry(on: str, reason: str, by: str, at: str, today: str) -> Change:
    """Who did it, from which day, and why; a day that has not come yet is refused."""
    if on > today:
        raise errors.Refusal("day_in_future", on=on, errors=[{"pointer": "/on", "code": "day_in_future", "on": on}])
    return {"on": on, "by": by, "at": at, "reason": reason}


def _with(
    organisation: Organisation, after: Organisation, told: dict[str, Any], changes: list[dict[str, Any]]
) -> Organisation:
    return {**organisation, **after, "history": [*organisation["history"], {**told, "changes": changes}]}


def _told(organisation: Organisation, what: str) -> set[str]:
    """The codes of those it took in or split into before."""
    entries = (entry for entry in organisation["history"] if entry["what"] == what)
    return {str(change["to"]).partition(" ")[0] for entry in entries for change in entry["changes"]}


def _moved(field: str, other: Organisation) -> dict[str, Any]:
    return {"field": field, "from": None, "to": f"{other['code']} {other['name']}"}


def _check_active(organisation: Organisation) -> None:
    if organisation["state"] != "active":
        raise errors.Refusal("organisation_ended", organisation=organisation["code"], on=organisation["ended_on"])


def _left_open(meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    """What is open when it ends, as its history keeps it."""
    counted = _counted(meetings)
    return [{"field": f"open_{key}", "from": None, "to": str(counted[key])} for key in OPEN if counted[key]]


def _counted(meetings: Sequence[Meeting]) -> dict[str, int]:
    return {"count": len(meetings), **{key: sum(meeting[key] for meeting in meetings) for key in OPEN}}


def _places(meetings: Sequence[Meeting]) -> list[dict[str, Any]]:
    """Each of the meetings, as a place that a refusal is about."""
    keys = ("meeting_id", "unit_name", "title", *OPEN)
    return [
        {"pointer": f"/meetings/{number}", "code": "meeting_unheld" if _to_be_held(meeting) else "meeting_work_open"}
        | {key: meeting[key] for key in keys}
        for number, meeting in enumerate(meetings)
    ]


def _to_be_held(meeting: Meeting) -> bool:
    return not meeting["held_on"] and not meeting.get("cancelled_on")


def _check_nothing_left(
    organisation: Organisation, children: Sequence[Organisation], meetings: Sequence[Meeting]
) -> None:
    """Refuse while others stand below it, or while a meeting of it is still to be held."""
    _check_active(organisation)
    if children:
        named = "、".join(f"{child['code']} {child['name']}" for child in children[:KEPT_OPEN])
        raise errors.Refusal("organisation_has_children", count=len(children), which=named)
    if unheld := [meeting for meeting in meetings if _to_be_held(meeting)]:
        raise errors.Refusal("organisation_meeting_open", count=len(unheld), errors=_places(unheld[:KEPT_OPEN]))
