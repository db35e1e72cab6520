"""The day of a unit's meeting as it is written down while it goes on: who came, which step of the agenda began when,
who criticised whom, what the first responsible person said at the end. Never what was said in criticism.

What must stay true: nothing is written before the gate is open nor once the meeting is on record or cancelled; the
steps begin in the campaign's order; an entry sent twice is one; whoever writes over what he has not seen is told what
stands. A day: {_id: meeting id, campaign, unit, entries: [{id, what, ..., at, by}], said_again: {id: id of the entry
that stood and said the same}}. What stands is the last entry on a subject; `saw` is the id of the entry that stood
there when this one was written ("" for none).
"""

from collections.abc import Sequence
from typing import Any

from services.registry import aspects, gates, telling
from services.spine import errors

Day = dict[str, Any]
Entry = dict[str, Any]
END = "end"
ABOUT = {
    "attendance": ("post",),
    "step": ("step",),
    "criticism": ("critic", "target"),
    "statement": (),
    "setting": (),
}
WORDS = ("id", "what", "at", "saw", "by")


def begin(meeting: telling.Meeting) -> Day:
    """A day on which nothing is written yet."""
    return {
        "_id": meeting["_id"],
        "campaign": meeting["campaign"],
        "unit": meeting["unit"],
        "entries": [],
        "said_again": {},
    }


def subject(entry: Entry) -> str:
    """What an entry is about: of two on one subject the later stands."""
    return "/".join([entry["what"], *(entry[key] for key in ABOUT[entry["what"]])])


def standing(day: Day) -> dict[str, Entry]:
    """What stands, by subject."""
    return {subject(entry): entry for entry in day["entries"]}


def steps(campaign: dict[str, Any]) -> list[str]:
    """The steps of the agenda in their order, and the end."""
    return [*(step["code"] for step in campaign["policy"].get("agenda", ())), END]


def write(
    day: Day, meeting: telling.Meeting, campaign: dict[str, Any], entries: Sequence[Entry], by: str, now: str
) -> tuple[Day, list[dict[str, Any]]]:
    """The day with these entries, in their order, and what became of each: {id, state, code, params}.

    `state` is kept, known (it was there, or says what stands) or refused; one refused keeps no other from being kept.
    """
    fates = []
    for entry in entries:
        stands = standing(day).get(subject(entry))
        known = entry["id"] in {*(one["id"] for one in day["entries"]), *day["said_again"]}
        fault = None if known else _why_not(day, meeting, campaign, entry, stands)
        if not known and stands and _said(stands) == _said(entry):
            known, fault = True, None
            if not meeting["held"]:
                day = {**day, "said_again": {**day["said_again"], entry["id"]: stands["id"]}}
        elif not known and not fault:
            kept = {key: value for key, value in entry.items() if key != "saw"}
            day = {**day, "entries": [*day["entries"], {**kept, "at": min(entry["at"], now), "by": by}]}
        state = "known" if known else "refused" if fault else "kept"
        fates.append(
            {
                "id": entry["id"],
                "state": state,
                "code": fault.code if fault else None,
                "params": fault.params if fault else {},
            }
        )
    return day, fates


def _said(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if key not in WORDS and value not in ("", False)}


def _why_not(
    day: Day, meeting: telling.Meeting, campaign: dict[str, Any], entry: Entry, stands: Entry | None
) -> errors.Refusal | None:
    """The reason for which an entry is not taken."""
    if meeting["held"]:
        return errors.Refusal("day_locked", on=meeting["held"]["held_on"])
    if meeting.get("cancelled"):
        return errors.Refusal("meeting_cancelled", on=meeting["cancelled"]["on"])
    if fault := gates.fault(aspects.gate(meeting), gates.unsettled(meeting)):
        return fault
    saw = entry.get("saw")
    if stands and saw is not None and day["said_again"].get(saw, saw) != stands["id"]:
        return errors.Refusal("day_overtaken", by=stands["by"], at=stands["at"])
    return _out_of_order(day, campaign, entry) if entry["what"] == "step" else _amiss(meeting, entry)


def _amiss(meeting: telling.Meeting, entry: Entry) -> errors.Refusal | None:
    """What is wrong with an entry by itself."""
    posts = {post["post"] for post in meeting["posts"]}
    for key in ("post", "critic", "target"):
        if key in entry and entry[key] not in posts:
            return errors.Refusal("unknown_post", post=entry[key])
    if entry["what"] == "attendance" and not entry["present"] and not entry.get("reason", "").strip():
        return errors.Refusal("absence_without_reason", post=entry["post"])
    if entry["what"] == "criticism" and entry["critic"] == entry["target"]:
        return errors.Refusal("criticism_of_oneself", post=entry["critic"])
    return None


def _out_of_order(day: Day, campaign: dict[str, Any], entry: Entry) -> errors.Refusal | None:
    """A step begins when all before it have, and is taken back only while none after it has."""
    order, begun = steps(campaign), [step["step"] for step in begun_steps(day, campaign)]
    if entry["step"] not in order:
        return errors.Refusal("agenda_step_unknown", step=entry["step"])
    expected = begun[-1:] if entry.get("back") else order[len(begun) :][:1]
    return None if [entry["step"]] == expected else errors.Refusal("agenda_order")


def begun_steps(day: Day, campaign: dict[str, Any]) -> list[Entry]:
    """The steps that have begun, in the agenda's order."""
    stands = standing(day)
    found = [stands.get(f"step/{code}") for code in steps(campaign)]
    return [entry for entry in found if entry and not entry.get("back")]


def pairs(day: Day) -> set[tuple[str, str]]:
    """Who criticised whom."""
    rows = [entry for entry in day["entries"] if entry["what"] == "criticism"]
    return {(entry["critic"], entry["target"]) for entry in standing({"entries": rows}).values() if entry["done"]}


def coverage(day: Day, posts: Sequence[str]) -> dict[str, Any]:
    """How far criticism has come: {owed, done, rows: [{post, gave, received, owed}]}; who is away owes nobody."""
    stands, given = standing(day), pairs(day)
    away = {post for post in posts if not stands.get(f"attendance/{post}", {"present": True})["present"]}
    owed = {(critic, target) for critic in posts for target in posts if critic != target and critic not in away}
    rows = [
        {
            "post": post,
            "gave": sum(critic == post for critic, _ in given),
            "received": sum(target == post for _, target in given),
            "owed": sum(critic == post for critic, _ in owed),
        }
        for post in posts
    ]
    missing = [{"critic": critic, "target": target} for critic, target in sorted(owed - given)]
    return {"owed": len(owed), "done": len(owed & given), "rows": rows, "missing": missing}
