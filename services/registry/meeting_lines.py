"""A meeting as people see it: whole, as a line of a list, and with what it lacks."""

from typing import Any

from services.registry import aspects, gates, papers, relaying
from services.registry.telling import Meeting


def shown(meeting: Meeting, today: str) -> dict[str, Any]:
    """A meeting as people see it: with its gate, titles of posts, and what is overdue."""
    titles = {post["post"]: post["title"] for post in meeting["posts"]}
    required = [
        {**row, "title": titles.get(row["post"], meeting["team"]), "material_id": _material(meeting, row)}
        for row in meeting["required"]
    ]
    held = {"held": _spoken(meeting, required)} if meeting["held"] else {}
    missing, unsettled = [f"{row['kind']}/{row['post']}" for row in aspects.gate(meeting)], gates.unsettled(meeting)
    return {
        **meeting,
        "required": required,
        **held,
        "gate": {"open": not missing and not unsettled, "missing": missing, "aspects": unsettled},
        **_counts(meeting, today),
    }


def row(meeting: Meeting, today: str) -> dict[str, Any]:
    """A meeting as a line of a list."""
    keys = ("meeting_id", "campaign", "unit", "unit_name", "team", "region", "group", "meeting_on", "stage")
    return {
        **{key: meeting[key] for key in keys},
        "held_on": (meeting["held"] or {}).get("held_on"),
        "outside": (meeting["held"] or {}).get("outside", {}).get("what", []),
        "relays": relaying.counted(meeting),
        **_counts(meeting, today),
    }


def lacking(meeting: Meeting, today: str, kind: str | None = None, late: bool = False) -> dict[str, Any]:
    """A unit with what it lacks, by day: not handed in, or sent back; of one kind or overdue only, where asked."""
    keys = ("meeting_id", "campaign", "unit", "unit_name", "team", "region", "group", "meeting_on")
    titles = {post["post"]: post["title"] for post in meeting["posts"]}
    lacks = [
        {
            **{key: row[key] for key in ("kind", "post", "state")},
            "material_id": _material(meeting, row),
            "title": titles.get(row["post"], meeting["team"]),
            "due_on": row.get("due_on"),
            "counted": row.get("counted"),
            "gate": row.get("gate", True),
            "overdue": papers.overdue(row, today),
        }
        for row in meeting["required"]
        if row["state"] in papers.LACKING and kind in (None, row["kind"]) and (papers.overdue(row, today) or not late)
    ]
    lacks.sort(key=lambda row: (row["due_on"] or "9999", row["kind"], row["post"]))
    counted = {"owed": len(meeting["required"]), "late": sum(row["overdue"] for row in lacks), "lacks": lacks}
    return {**{key: meeting[key] for key in keys}, **counted}


def _spoken(meeting: Meeting, required: list[dict[str, Any]]) -> dict[str, Any]:
    """The record; who was away and spoke in writing did so by the own outline, where one was handed in."""
    outlines = {
        row["post"]: {"material_id": row["material_id"], "version": row["version"]}
        for row in required
        if row["kind"] == papers.SPOKEN and row["version"]
    }
    absences = [
        {**row, "speech": outlines[row["post"]]} if row.get("written") and row["post"] in outlines else row
        for row in meeting["held"]["absences"]
    ]
    return {**meeting["held"], "absences": absences}


def _counts(meeting: Meeting, today: str) -> dict[str, Any]:
    states = [row["state"] for row in meeting["required"] if row.get("gate", True)]
    materials = {"required": len(states)} | {
        state: states.count(state) for state in ("missing", "submitted", "returned", "rewrite", "passed", "waived")
    }
    ledger = list(meeting["ledger"].values())
    today = "" if meeting.get("cancelled") else today  # then nothing is overdue
    late = [row["number"] for row in meeting["aspects"] if row["state"] == "open" and row["due_on"] < today]
    counted = {"items": len(ledger), "closed": ledger.count("closed")}
    beside = papers.counted(meeting["required"], today)
    return {"overdue": late, "materials": materials, "papers": beside, "ledger": counted}


def _material(meeting: Meeting, row: dict[str, Any]) -> str:
    return f"{meeting['meeting_id']}.{row['kind']}.{row['post']}"
