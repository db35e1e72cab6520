"""Who sees what of a meeting's day.

What must stay true: who criticised whom is seen by the unit's secretary and liaison and by its group, a member sees the
own; an office sees how far it has come, never the pairs. What the first responsible person said is the unit's and its
group's.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from services.registry import agenda, aspects, day, gates, telling
from services.spine.actor import GROUP_SIDE, UNIT_SIDE

Grants = Iterable[dict[str, Any]]


class Reader(NamedTuple):
    """The posts somebody holds in the unit and the roles in which the whole unit is seen."""

    posts: frozenset[str]
    roles: frozenset[str]

    @property
    def sees_all(self) -> bool:
        """Whether the whole matrix is seen."""
        return bool(self.roles & {*UNIT_SIDE, *GROUP_SIDE})


def posts_of(grants: Grants, roles: Collection[str], meeting: telling.Meeting) -> frozenset[str]:
    """The posts of a unit that somebody with these grants holds; its secretary holds the secretary's."""
    held = [grant["scope"]["of"].partition("/") for grant in grants if grant["scope"]["kind"] == "post"]
    own = {post for unit, _, post in held if unit == meeting["unit"]}
    first = {post["post"] for post in meeting["posts"] if post["role"] == "secretary" and "secretary" in roles}
    return frozenset(own | first)


def shown(written: day.Day, meeting: telling.Meeting, campaign: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """The day as this reader sees it; `entry` is the id of what stands on a subject, to be sent as `saw`."""
    stands = day.standing(written)
    keys = ("meeting_id", "campaign", "unit", "unit_name", "team", "group", "region", "meeting_on", "posts")
    unsettled, missing = gates.unsettled(meeting), aspects.gate(meeting)
    people = [one for one in meeting["posts"] if _seen(reader, one["post"])]
    return {
        **{key: meeting[key] for key in keys},
        "own_posts": sorted(reader.posts),
        "locked": not gates.to_be_held(meeting),
        "cancelled_on": (meeting.get("cancelled") or {}).get("on"),
        "gate": {"open": not missing and not unsettled, "materials": len(missing), "aspects": unsettled},
        "agenda": _agenda(stands, campaign),
        "agenda_required": agenda.asked(meeting, campaign) and not meeting.get("agenda_waived"),
        "attendance": [_attendance(stands, one) for one in people],
        "setting": _words(stands, "setting", ("place", "host", "recorder"), reader),
        "statement": _words(stands, "statement", ("text",), reader),
        "criticism": _criticism(written, stands, meeting, reader),
    }


def outline(
    written: day.Day, meeting: telling.Meeting, campaign: dict[str, Any], regions: dict[str, str]
) -> dict[str, Any]:
    """What the column may tell of a meeting: whose it was and how it went; nobody, and nothing that was said."""
    begun = {step["step"] for step in day.begun_steps(written, campaign)}
    steps = campaign["policy"].get("agenda", ())
    column = campaign.get("column") or {}
    return {
        "unit_name": meeting["unit_name"],
        "region_name": regions.get(meeting["region"], ""),
        "kind": column.get("title") or "民主生活会",
        "publisher": column.get("account") or campaign["office"],
        "agenda": [step["title"] for step in steps if not begun or step["code"] in begun],
    }


def _seen(reader: Reader, *posts: str) -> bool:
    return reader.sees_all or not reader.posts or bool(reader.posts & {*posts})


def _agenda(stands: dict[str, day.Entry], campaign: dict[str, Any]) -> list[dict[str, Any]]:
    titles = {step["code"]: step["title"] for step in campaign["policy"].get("agenda", ())}
    rows = []
    for code in day.steps(campaign):
        entry = stands.get(f"step/{code}", {})
        began = None if entry.get("back") else entry.get("at")
        rows.append({"code": code, "title": titles.get(code), "began_at": began, "entry": entry.get("id", "")})
    return rows


def _attendance(stands: dict[str, day.Entry], post: dict[str, str]) -> dict[str, Any]:
    entry = stands.get(f"attendance/{post['post']}", {})
    return {
        "post": post["post"],
        "title": post["title"],
        "present": entry.get("present"),
        "reason": entry.get("reason", ""),
        "written": entry.get("written", False),
        "entry": entry.get("id", ""),
    }


def _words(stands: dict[str, day.Entry], what: str, keys: tuple[str, ...], reader: Reader) -> dict[str, str]:
    """What was written under one head; nothing for those it is not for."""
    entry = stands.get(what, {}) if reader.sees_all else {}
    return {**{key: entry.get(key, "") for key in keys}, "entry": entry.get("id", "")}


def _criticism(
    written: day.Day, stands: dict[str, day.Entry], meeting: telling.Meeting, reader: Reader
) -> dict[str, Any]:
    found = day.coverage(written, [post["post"] for post in meeting["posts"]])
    mine = reader.sees_all or bool(reader.posts)
    given = [
        {"critic": entry["critic"], "target": entry["target"], "done": entry["done"], "entry": entry["id"]}
        for entry in stands.values()
        if entry["what"] == "criticism" and mine and _seen(reader, entry["critic"], entry["target"])
    ]
    missing = [one for one in found["missing"] if mine and _seen(reader, one["critic"], one["target"])]
    rows = [row for row in found["rows"] if _seen(reader, row["post"])]
    return {**found, "rows": rows, "missing": missing, "given": given}
