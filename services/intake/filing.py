"""Filing (归档): what of the whole file M01 to M18 is there for a unit, what is missing, and the filing list of it.

What must stay true: the list says what is kept, nothing else: a material is there when a version counts; what the
campaign asks for and is not there is missing, whoever should have made it, unless the office has waived it or the
meeting is cancelled. What a reader may not open is listed without its hash. A line: {code, kind, asked, here, missing:
[posts], state: complete|missing|waived|not_asked}. A row: {number, code, kind, post, material_id, state:
here|missing|waived, version, count, dated_on, keeper, sha256, addenda, waiting, withheld}.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from services.intake import addenda, domain, kinds, receipts
from services.spine import clock

WHOLE = (
    "meeting_plan", "study_record", "opinion_summary", "talk_record", "team_inspection", "speech_outline",
    "criticism_list", "review_opinion", "minutes", "supervision_comment", "meeting_report", "notification",
    "rectification_plan", "ledger", "closeout_application", "effectiveness_list", "filing_list", "supervision_log",
)  # fmt: skip
"""All that a unit's file can hold, M01 to M18 in this order."""
LISTED = frozenset(kinds.KINDS) - {"filing_list", "closeout_application", "supervision_log"}
"""Kinds that a filing list names; what else there is goes as `other`."""

Plan = dict[str, Any]
Materials = Sequence[domain.Material]


def code(kind: str) -> str:
    """The code of a kind: M09 for the minutes."""
    return f"M{WHOLE.index(kind) + 1:02d}"


def whole(plan: Plan, materials: Iterable[domain.Material], *, talked: bool, commented: bool) -> list[dict[str, Any]]:
    """The whole file line by line."""
    there = {(one["kind"], one["post"]): one for one in materials if one["counted"]}
    return [_line(kind, plan, there, talked=talked, commented=commented) for kind in WHOLE]


def missing(lines: Iterable[dict[str, Any]]) -> list[str]:
    """The kinds that are not all there."""
    return [line["kind"] for line in lines if line["state"] == "missing"]


def rows(plan: Plan, materials: Materials, readable: Callable[[domain.Material], bool]) -> list[dict[str, Any]]:
    """The filing list with all that is there and all that is asked for and missing."""
    there = {(one["kind"], one["post"]): one for one in materials if one["counted"]}
    states = {(row["kind"], row["post"]): row.get("state", "missing") for row in domain.asked(plan)}
    places = set(states) | set(there)
    ordered = sorted(places, key=lambda place: (WHOLE.index(place[0]), place[1]))
    found = []
    for number, (kind, post) in enumerate(ordered, 1):
        material = there.get((kind, post))
        named = {"number": number, "code": code(kind), "kind": kind, "post": post}
        named["material_id"] = f"{plan['campaign']}.{plan['unit']}.{kind}.{post}"
        absent = {**_ABSENT, "state": states.get((kind, post))}
        found.append({**named, **(_kept(plan, material, readable(material)) if material else absent)})
    return found


def document(listed: Iterable[dict[str, Any]], by: str, today: str) -> dict[str, Any]:
    """The filing list as a form of kind filing_list, with what is there; the filing list itself is not on it."""
    filed = [row for row in listed if row["state"] == "here" and row["kind"] != "filing_list"]
    lines = [_entry(number, row) for number, row in enumerate(filed, 1)]
    return {"rows": lines, "filed_on": today, "compiled_by": by, "compiled_on": today}


_ABSENT: dict[str, Any] = {
    "count": 0, "version": None, "dated_on": None, "keeper": "", "sha256": None, "addenda": 0,
    "waiting": [], "withheld": False,
}  # fmt: skip


def _line(
    kind: str, plan: Plan, there: dict[tuple[str, str], domain.Material], *, talked: bool, commented: bool
) -> dict[str, Any]:
    here = {post for of, post in there if of == kind}
    asked = [row for row in domain.asked(plan) if row["kind"] == kind]
    posts = [row["post"] for row in asked if row.get("state") != "waived" or row["post"] in here]
    if plan.get("cancelled_on"):
        posts, lacking = [], []
    elif kind == "review_opinion":  # given with the verdict on the version that counts
        judged = [one for one in there.values() if one.get("read", True)]
        posts, here = ["team"] * len(judged), set()
        lacking = ["team" for one in judged if not domain.version(one, one["counted"])["outcome"]]
    elif kind == "supervision_comment":
        posts, lacking = ["team"], [] if commented else ["team"]
    elif kind == "talk_record" and not asked and plan.get("preparation", {}).get("talks"):
        posts, lacking = ["team"], [] if talked or here else ["team"]
    else:
        lacking = [post for post in posts if post not in here]
    counts = {"asked": len(posts), "here": len(posts) - len(lacking) if posts else len(here), "missing": lacking}
    state = "missing" if lacking else "complete" if counts["here"] else "waived" if asked else "not_asked"
    return {"code": code(kind), "kind": kind, **counts, "state": state}


def _kept(plan: Plan, material: domain.Material, readable: bool) -> dict[str, Any]:
    version = domain.version(material, material["counted"])
    return {
        "state": "here",
        "count": 1,
        "version": version["version"],
        "dated_on": clock.local_day(version["submitted_at"]),
        "keeper": version["submitted_by"],
        "sha256": version["sha256"] if readable else None,
        "addenda": sum(bool(one["counted_at"]) for one in addenda.of(material)),
        "waiting": receipts.waiting(version, receipts.asked(plan, material)),
        "withheld": not readable,
    }


def _entry(number: int, row: dict[str, Any]) -> dict[str, Any]:
    label = kinds.shown(row["kind"])["label"]["zh"]
    title = label if row["post"] == "team" else f"{label}（{row['post']} 岗位）"
    entry = {"number": number, "kind": row["kind"] if row["kind"] in LISTED else "other", "title": title}
    entry |= {key: row[key] for key in ("count", "version", "dated_on", "keeper", "sha256") if row[key]}
    return entry | ({"note": f"另有补正 {row['addenda']} 份"} if row["addenda"] else {})
