"""The rules of coaching (辅导): trainings for many units and visits to one (送学上门), and who was reached by them.

What must stay true: a session and its attendance are corrected by what is written after them, never silently; what the
organiser entered and the unit confirmed are kept apart, and a post its own unit says was not there does not count as
reached, nor does one that another person held then. A session: {_id: campaign.c.key, session_id, campaign, region or
group: whose it is, role, kind, visited: the one unit of a visit, on, title, place, form, aspects: [codes of the
checklist], taught_by, notes, versions, withdrawn}. Attendance, one record a unit: {_id: session_id.unit, attendance_id,
session_id, campaign, unit, region, group, posts, count, own: {posts, note, by, by_account, at}, state, history}.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from services.spine.errors import Refusal

Session = dict[str, Any]
Attendance = dict[str, Any]
Meeting = dict[str, Any]
LIAISON = "liaison"
WHO = ("unit", "secretary", "member", LIAISON)
RANKS = ("service", "member", LIAISON, "secretary", "supervisor", "group_leader", "county_office", "office")
"""Roles, the higher the later."""
WRITTEN = ("on", "title", "place", "form", "aspects", "taught_by", "notes")


class Hand(NamedTuple):
    """Who writes it down, in which role, and when."""

    account: str
    name: str
    role: str
    at: str
    today: str


def begin(campaign: dict[str, Any], draft: dict[str, Any], whose: dict[str, str | None], hand: Hand) -> Session:
    """A session is put on record; `whose` is its organiser's region or group."""
    check_aspects(campaign, draft["aspects"])
    key = f"{campaign['campaign_code']}.c.{draft['key']}"
    written = _written(draft)
    return {
        "_id": key,
        "session_id": key,
        "campaign": campaign["campaign_code"],
        **whose,
        "role": hand.role,
        "kind": draft["kind"],
        "visited": _visited(draft),
        **written,
        "versions": [{"version": 1, **written, "reason": "", **_signed(hand)}],
        "withdrawn": None,
    }


def check_same(session: Session, draft: dict[str, Any]) -> None:
    """The same key again is the same session; another one under that key is refused."""
    known = [{part: version[part] for part in WRITTEN} for version in session["versions"]]
    if _written(draft) not in known or (session["kind"], session["visited"]) != (draft["kind"], _visited(draft)):
        raise Refusal("key_taken", key=draft["key"])


def correct(campaign: dict[str, Any], session: Session, draft: dict[str, Any], hand: Hand) -> Session:
    """A new version with its reason; it also takes a withdrawn session up again."""
    last, written = session["versions"][-1], _written(draft)
    if (
        {part: last[part] for part in WRITTEN} == written
        and last["reason"] == draft["reason"]
        and not session["withdrawn"]
    ):
        return session
    if draft["follows"] != last["version"]:
        raise Refusal("coaching_changed", version=last["version"])
    check_aspects(campaign, draft["aspects"])
    version = {"version": last["version"] + 1, **written, "reason": draft["reason"], **_signed(hand)}
    return {**session, **written, "versions": [*session["versions"], version], "withdrawn": None}


def withdraw(session: Session, reason: str, hand: Hand) -> Session:
    """A session reaches nobody any more; it stays with the reason."""
    return session if session["withdrawn"] else {**session, "withdrawn": {"reason": reason, **_signed(hand)}}


def check_open(session: Session, today: str) -> None:
    """Attendance is entered of a session that was, and stands."""
    if session["withdrawn"]:
        raise Refusal("coaching_withdrawn", on=session["on"])
    if session["on"] > today:
        raise Refusal("day_in_future", on=session["on"])


def attendees(meeting: Meeting) -> dict[str, str]:
    """Who of a unit can be coached, with the role: its posts, and its liaison."""
    return {post["post"]: post["role"] for post in meeting["posts"]} | {LIAISON: LIAISON}


def chosen(meetings: Iterable[Meeting], role: str) -> dict[str, list[str]]:
    """All of a role, by unit."""
    found = {one["unit"]: [post for post, held in attendees(one).items() if held == role] for one in meetings}
    return {unit: posts for unit, posts in found.items() if posts}


def check_rows(session: Session, rows: Sequence[dict[str, Any]], meetings: dict[str, Meeting]) -> dict[str, list[str]]:
    """Posts by unit, as listed; all that is wrong with the list is said at once."""
    faults, found = list[dict[str, Any]](), dict[str, list[str]]()
    for place, row in enumerate(rows):
        unit, here = row["unit"], f"/rows/{place}"
        if unit not in meetings:
            faults.append({"pointer": f"{here}/unit", "code": "unit_not_yours", "unit": unit})
            continue
        if session["visited"] not in (None, unit):
            faults.append({"pointer": f"{here}/unit", "code": "visit_of_one_unit", "unit": session["visited"]})
        known = attendees(meetings[unit])
        for column, post in enumerate(row["posts"]):
            if post not in known:
                faults.append({"pointer": f"{here}/posts/{column}", "code": "unknown_post", "post": post})
        found.setdefault(unit, []).extend(row["posts"])
    if faults:
        raise Refusal("attendance_faulty", count=len(faults), errors=faults)
    return found


def attend(
    before: Attendance | None, session: Session, meeting: Meeting, posts: Iterable[str], hand: Hand
) -> Attendance:
    """These posts of a unit were there, too; those entered before stay."""
    row = before or _fresh(session, meeting)
    new = sorted(set(posts) - set(row["posts"]))
    return _moved(row, sorted({*row["posts"], *new}), "added", new, "", hand) if new else row


def remove(row: Attendance, posts: Iterable[str], reason: str, hand: Hand) -> Attendance:
    """These posts were not there after all."""
    gone = sorted(set(posts) & set(row["posts"]))
    return (
        _moved(row, [post for post in row["posts"] if post not in gone], "removed", gone, reason, hand) if gone else row
    )


def confirm(row: Attendance, meeting: Meeting, posts: Sequence[str], note: str, hand: Hand) -> Attendance:
    """The unit says who of it was there: the same as was entered, or others."""
    known = attendees(meeting)
    faults = [
        {"pointer": f"/posts/{place}", "code": "unknown_post", "post": post}
        for place, post in enumerate(posts)
        if post not in known
    ]
    if faults:
        raise Refusal("attendance_faulty", count=len(faults), errors=faults)
    own = {"posts": sorted(set(posts)), "note": note}
    if row["own"] and own == {key: row["own"][key] for key in own}:
        return row
    entry = {"what": "confirmed", "posts": own["posts"], "reason": note, **_signed(hand)}
    return _stated({**row, "own": {**own, **_signed(hand)}, "history": [*row["history"], entry]})


def standing(row: Attendance) -> list[str]:
    """The posts that count as reached: entered, and not denied by the unit."""
    return [post for post in row["posts"] if row["own"] is None or post in row["own"]["posts"]]


Reached = dict[tuple[str, str], set[str]]


def reached(sessions: Iterable[Session], rows: Iterable[Attendance], since: Mapping[tuple[str, str], str]) -> Reached:
    """The aspects each post was coached in: {(unit, post): {aspect}}; `since` is the day from which who holds a post
    now holds it, and what was before reached somebody else."""
    held = {one["_id"]: one for one in sessions if not one["withdrawn"]}
    found: Reached = {}
    for row in rows:
        session = held.get(row["session_id"])
        for post in standing(row):
            if session and session["on"] >= since.get((row["unit"], post), ""):
                found.setdefault((row["unit"], post), set()).update(session["aspects"])
    return found


def unreached(meetings: Iterable[Meeting], known: Reached, aspect: str, who: str) -> list[dict[str, Any]]:
    """Who was in no session of an aspect: units of which nobody was, or posts of a role; a row each."""
    rows = []
    for meeting in meetings:
        place = {key: meeting[key] for key in ("unit", "unit_name", "team", "region", "group")}
        rows += [{**place, "post": post} for post in _sought(meeting, who) if aspect not in _had(meeting, known, post)]
    return rows


def reach(meetings: Iterable[Meeting], known: Reached, aspects: Sequence[str], aspect: str, who: str) -> dict[str, Any]:
    """How many are to be reached and how many were not, by aspect and role, and of one choice by region."""
    total, missing = Counter[str](), Counter[tuple[str, str]]()
    regions, there = Counter[str](), Counter[str]()
    for meeting in meetings:
        for role in WHO:
            for post in _sought(meeting, role):
                had = _had(meeting, known, post)
                total[role] += 1
                missing.update((code, role) for code in aspects if code not in had)
                if role == who:
                    there[meeting["region"]] += 1
                    regions[meeting["region"]] += aspect not in had
    table = [
        {"aspect": code, "who": role, "total": total[role], "unreached": missing[code, role]}
        for code in aspects
        for role in WHO
    ]
    places = [{"region": code, "total": there[code], "unreached": regions[code]} for code in sorted(there)]
    return {"rows": table, "regions": places if aspect else []}


def check_aspects(campaign: dict[str, Any], aspects: Sequence[str]) -> None:
    """Aspects are those of the campaign's checklist."""
    known = [row["code"] for row in campaign["checklist"]]
    faults = [
        {"pointer": f"/aspects/{place}", "code": "aspect_not_on_checklist", "aspect": code}
        for place, code in enumerate(aspects)
        if code not in known
    ]
    if faults:
        raise Refusal("invalid", count=len(faults), errors=faults)


def _sought(meeting: Meeting, who: str) -> list[str | None]:
    return [None] if who == "unit" else [post for post, role in attendees(meeting).items() if role == who]


def _had(meeting: Meeting, known: Reached, post: str | None) -> set[str]:
    posts = attendees(meeting) if post is None else [post]
    return set[str]().union(*(known.get((meeting["unit"], one), ()) for one in posts))


def _fresh(session: Session, meeting: Meeting) -> Attendance:
    key = f"{session['_id']}.{meeting['unit']}"
    places = {name: meeting[name] for name in ("campaign", "unit", "region", "group")}
    of = {"_id": key, "attendance_id": key, "session_id": session["_id"], **places}
    return _stated({**of, "posts": [], "own": None, "history": []})


def _moved(row: Attendance, posts: list[str], what: str, moved: list[str], reason: str, hand: Hand) -> Attendance:
    entry = {"what": what, "posts": moved, "reason": reason, **_signed(hand)}
    return _stated({**row, "posts": posts, "history": [*row["history"], entry]})


def _stated(row: Attendance) -> Attendance:
    own = row["own"]
    state = "awaited" if own is None else "confirmed" if own["posts"] == row["posts"] else "differs"
    return {**row, "count": len(standing(row)), "state": state}


def _written(draft: dict[str, Any]) -> dict[str, Any]:
    return {"place": "", "form": "", "taught_by": "", "notes": ""} | {
        key: draft[key] for key in WRITTEN if key in draft
    }


def _visited(draft: dict[str, Any]) -> str | None:
    return draft["unit"] if draft["kind"] == "visit" else None


def _signed(hand: Hand) -> dict[str, str]:
    return {"by": hand.name, "by_account": hand.account, "at": hand.at}
