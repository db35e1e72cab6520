"""What a unit hands in: what its meeting waits for (the gate) and what is expected besides, each with its day.

What must stay true: only the gate keeps a meeting from being held; a kind that no group reads is settled when it has
come; what came late, or was overdue when the day moved, stays late. A row: {kind, post, state, version, reason, gate,
read, stage, due_on, counted, late, settled_on: the day it passed, came or was waived, levels: [who reads it],
signatures: [who signs] and addressees: [who gives a receipt] where the campaign asks}.
"""

from collections.abc import Sequence
from typing import Any

from services.registry import schedule
from services.spine.workdays import PUBLISHED, Calendar

Row = dict[str, Any]
SETTLED = ("passed", "waived", "received")
LACKING = ("missing", "returned", "rewrite")
SPOKEN = "speech_outline"
READ = ("team_inspection", SPOKEN)
"""What a group reads whatever else the campaign has read."""
CARRIED = ("state", "version", "reason", "settled_on")
FRESH: Row = {"state": "missing", "version": 0, "reason": "", "late": False}


def lay_out(
    campaign: dict[str, Any],
    posts: Sequence[dict[str, str]],
    meeting_on: str,
    level: str = "",
    calendar: Calendar = PUBLISHED,
) -> list[Row]:
    """All that a unit of a level hands in, with the days counted from its meeting day."""
    policy = campaign["policy"]
    required = policy.get("required_at", {}).get(level, policy["required"])
    offsets = {row["follows"]: row["offset"] for row in campaign["checklist"]}
    known = [
        {
            "kind": kind,
            "of": of,
            "gate": True,
            "stage": "before",
            "due": offsets.get(kind, {"days": 0, "unit": "natural"}),
        }
        for of in ("team", "member")
        for kind in required[of]
    ]
    gate = {(one["kind"], one["of"]) for one in known}
    papers = [one for one in policy.get("papers", ()) if (one["kind"], one["of"]) not in gate]
    signing, addressees = policy.get("signing", {}), policy.get("addressees", ())
    levels = {**dict.fromkeys(READ, ["group"]), **policy.get("reading", {}).get("levels", {})}
    first = {post["post"] for post in posts if post.get("role") == "secretary"}
    return [
        {
            "kind": one["kind"],
            "post": post,
            **FRESH,
            "gate": one.get("gate", False),
            "read": one["kind"] in levels,
            **({"levels": _levels(levels[one["kind"]], own=post in first)} if one["kind"] in levels else {}),
            "stage": one["stage"],
            **schedule.due(meeting_on, one["due"], calendar),
            **({"signatures": signing[one["kind"]]} if one["kind"] in signing else {}),
            **_addressees(addressees, one["kind"]),
        }
        for one in [*known, *papers]
        for post in (["team"] if one["of"] == "team" else [post["post"] for post in posts])
    ]


def _levels(levels: Sequence[str], *, own: bool) -> list[str]:
    """Who reads it in turn: of the first responsible person's own not its author."""
    return [level for level in levels if not (own and level == "secretary")] or ["group"]


def _addressees(addressees: Sequence[dict[str, Any]], kind: str) -> dict[str, list[str]]:
    """To whom a kind goes, where the campaign says so."""
    named = [one["code"] for one in addressees if kind in one["kinds"]]
    return {"addressees": named} if named else {}


def carry(before: Sequence[Row], after: Sequence[Row], today: str = "") -> list[Row]:
    """Newly laid out rows with what has happened to them; what is overdue `today` stays late however far it moves."""
    known = {(row["kind"], row["post"]): row for row in before}
    kept = []
    for row in after:
        was = known.get((row["kind"], row["post"]), {})
        late = was.get("late", False) or overdue(was, today)
        kept.append({**row, **{key: was[key] for key in CARRIED if key in was}, "late": late})
    return kept


def carry_begun(before: Sequence[Row], after: Sequence[Row], today: str = "") -> list[Row]:
    """The same; a material that was begun is owed as before, though nobody would ask for it any more."""
    asked = {(row["kind"], row["post"]) for row in after}
    begun = [row for row in before if (row["kind"], row["post"]) not in asked and row["version"]]
    return [*carry(before, after, today), *begun]


def overdue(row: Row, today: str) -> bool:
    """Whether a row is still missing after its day."""
    return bool(row) and row["state"] == "missing" and (row.get("due_on") or "9999") < today


def moved(row: Row, version: int, state: str, on: str) -> Row:
    """A version was handed in or judged; what is older than what is known changes nothing."""
    newer = version > row["version"] or (version == row["version"] and row["state"] == "submitted")
    if row["state"] == "waived" or not newer:
        return row
    first_late = not row["version"] and on > (row.get("due_on") or "9999")
    reached = "received" if state == "submitted" and not row.get("read", True) else state
    return {**row, "state": reached, "version": version, "late": row.get("late", False) or first_late}


def settled(row: Row, before: Row, on: str) -> Row:
    """The row with the day it was settled on, once it is."""
    return {**row, "settled_on": on} if row["state"] in SETTLED and before["state"] not in SETTLED else row


def counted(rows: Sequence[Row], today: str) -> dict[str, int]:
    """How far the papers beside the gate are: {expected, received, overdue}."""
    papers = [row for row in rows if not row.get("gate", True)]
    received = sum(row["state"] in SETTLED for row in papers)
    return {"expected": len(papers), "received": received, "overdue": sum(overdue(row, today) for row in papers)}
