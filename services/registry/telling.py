"""What is said of a meeting: its facts, and the one that tells the others its day, materials and aspects."""

from typing import Any

from services.spine.events import Fact

Meeting = dict[str, Any]
Campaign = dict[str, Any]
Changed = tuple[Meeting, list[Fact]]
PREPARED = ("talks", "study")
ASPECT_TOLD = ("number", "code", "stage", "follows", "due_on", "state", "late")


def preparation(campaign: Campaign) -> dict[str, Any]:
    """What is asked of a unit's talks and study, in codes."""
    found = {"opens_on": campaign["opens_on"], **{key: campaign["policy"].get(key) for key in PREPARED}}
    if found["study"]:
        topics = [topic["code"] for topic in found["study"]["topics"]]
        found["study"] = {**found["study"], "topics": topics}
    return {key: value for key, value in found.items() if value}


def _prepared_by(meeting: Meeting) -> dict[str, Any]:
    """The same with the days they are due."""
    due = {aspect["code"]: aspect["due_on"] for aspect in meeting["aspects"] if aspect["code"] in PREPARED}
    rules = meeting.get("preparation", {})
    dated = {key: {**rules[key], "due_on": due.get(key)} for key in PREPARED if key in rules}
    return {**rules, **dated}


def scheduled(meeting: Meeting, **why: str) -> Fact:
    """The day, the materials, posts, preparation and aspects of a meeting as they stand, and why it is said again."""
    told = ("kind", "post", "due_on", "stage", "gate", "read", "levels", "signatures", "addressees")
    required = [
        {key: row[key] for key in told if key in row} | ({"state": "waived"} if row["state"] == "waived" else {})
        for row in meeting["required"]
    ]
    said = {
        "unit": meeting["unit"],
        "group": meeting["group"],
        "meeting_on": meeting["meeting_on"],
        "required": required,
        "posts": [{"post": post["post"], "role": post["role"]} for post in meeting["posts"]],
        "preparation": _prepared_by(meeting),
        "team": meeting["team"],
        "level": meeting["level"],
        "aspects": [{key: row[key] for key in ASPECT_TOLD if key in row} for row in meeting["aspects"]],
        "waits_for": list(meeting.get("waits_for", ())),
        **{key: meeting[key] for key in ("rules", "predecessors") if meeting.get(key)},
    }
    return fact(meeting, "meeting_scheduled", {**said, **why})


def fact(meeting: Meeting, name: str, data: dict[str, Any]) -> Fact:
    """What happened to a meeting."""
    return Fact(name, meeting["_id"], meeting["campaign"], meeting["region"], data)
