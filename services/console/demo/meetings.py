"""Each unit's meeting day and checklist, what the office does without, attendance, and what follows a meeting."""

from datetime import date, timedelta
from typing import Any

from services.console.demo import days, outlines, people
from services.console.demo.people import Life
from services.console.demo.planning import Course

HELD = ("held", "closed")
GATE_OPENS = (*HELD, "ready", "tour")
TOUR_POST = "02"
BEFORE, FROM_MATERIALS, AFTER = (1, 2, 3), (5, 6), (10, 11)
REPORT_DAYS = 9


def schedule(life: Life, courses: list[Course]) -> None:
    """Each unit sets its day."""
    sayings = life.read("sayings.json")["schedule"]
    known = {row["unit"]: row for row in _all_meetings(life)}
    wanted = [course for course in courses if known[course.unit]["meeting_on"] != course.meeting_on]

    def act(course: Course) -> None:
        reason = people.choice(sayings, course.unit)
        path = f"/meetings/{life.cast.campaign}.{course.unit}/schedule"
        life.cast.liaison(course.unit).post("registry", path, {"on": course.meeting_on, "reason": reason})

    life.together("排定会期", wanted, act)


def prepare(life: Life, courses: list[Course]) -> None:
    """Units record what they did before the meeting, the office what was read on paper, by the day it was due."""
    sayings, online = life.read("sayings.json"), outlines.posts(life)
    life.together("登记会前事项", courses, lambda course: _prepare(life, course, sayings, course.unit in online))


def conclude(life: Life, courses: list[Course]) -> None:
    """The office does without what was read on paper; meetings whose day has come are recorded."""
    sayings, online = life.read("sayings.json"), outlines.posts(life)
    wanted = [course for course in courses if course.aim in GATE_OPENS]

    def act(course: Course) -> None:
        path = f"/meetings/{life.cast.campaign}.{course.unit}"
        posts = online.get(course.unit, set())
        meeting = people.until(lambda: _with_passed(life, path, posts), f"the materials of {course.unit}")
        _conclude(life, course, meeting, sayings)

    life.together("免交纸质稿、登记会议", wanted, act)


def settle(life: Life) -> None:
    """Wait until the board knows the whole ledger."""
    office = life.cast.office
    total = office.get("rectification", "/items/counts", by="unit")["total"]
    life.report("等各处消息到齐", 0, total)

    def look() -> bool | None:
        rows = _all_meetings(life)
        known = sum(row["ledger"]["items"] for row in rows)
        closed = sum(row["ledger"]["closed"] for row in rows)
        life.report("等各处消息到齐", known, total)
        wanted = office.get("rectification", "/items/counts", by="unit", state="closed")["total"]
        return True if known >= total and closed >= wanted else None

    people.until(look, "the board and the ledger agree")


def _all_meetings(life: Life) -> list[dict[str, Any]]:
    path, found = f"/campaigns/{life.cast.campaign}/meetings", life.cast.office.get
    rows: list[dict[str, Any]] = found("registry", path, size=500)["rows"]
    return rows


def _prepare(life: Life, course: Course, sayings: dict[str, Any], online: bool) -> None:
    path = f"/meetings/{life.cast.campaign}.{course.unit}"
    meeting = life.cast.office.get("registry", path)
    for number in BEFORE:
        _record(life, course, meeting, number, _done_on(life, course, meeting, number), sayings)
    if course.aim in HELD:
        for number in FROM_MATERIALS:
            if meeting["aspects"][number - 1]["state"] == "open":
                note = sayings["entered_later"] if online else sayings["waived_aspect"]
                waived = {"state": "waived", "on": meeting["aspects"][number - 1]["due_on"], "note": note}
                life.cast.office.post("registry", f"{path}/aspects/{number}", waived)


def _with_passed(life: Life, path: str, posts: set[str]) -> dict[str, Any] | None:
    meeting: dict[str, Any] = life.cast.office.get("registry", path)
    passed = {row["post"] for row in meeting["required"] if row["state"] == "passed"}
    return meeting if posts <= passed else None


def _conclude(life: Life, course: Course, meeting: dict[str, Any], sayings: dict[str, Any]) -> None:
    path = f"/meetings/{life.cast.campaign}.{course.unit}"
    for row in meeting["required"]:
        if row["gate"] and row["state"] == "missing" and not (course.aim == "tour" and row["post"] == TOUR_POST):
            reason = people.choice(sayings["waiver"], course.unit, row["post"])
            waiver = {"kind": row["kind"], "post": row["post"], "reason": reason}
            life.cast.office.post("registry", f"{path}/waivers", waiver)
    if course.aim not in HELD:
        return
    meeting = people.until(lambda: _with_open_gate(life, path), f"the gate of {course.unit}")
    if not meeting["held"]:
        record = _attendance(life, course, meeting, sayings)
        days.write(life, meeting, record, sayings)
        who = life.cast.liaison(course.unit)
        if record["held_on"] > meeting["meeting_on"]:
            who, record["outside_reason"] = life.cast.office, people.choice(sayings["outside"], course.unit)
        meeting = who.post("registry", f"{path}/held", record)
    for number in AFTER:
        _record(life, course, meeting, number, _done_on(life, course, meeting, number), sayings)


def _with_open_gate(life: Life, path: str) -> dict[str, Any] | None:
    meeting: dict[str, Any] = life.cast.office.get("registry", path)
    return meeting if meeting["gate"]["open"] else None


def _attendance(life: Life, course: Course, meeting: dict[str, Any], sayings: dict[str, Any]) -> dict[str, Any]:
    """Most come; in some units one or two are away, with a reason; a few meet a day late: the office says why."""
    posts = [post["post"] for post in meeting["posts"]]
    away = posts[-(people.number("away", course.unit) % 3) :] if people.number("full", course.unit) % 2 else []
    on = date.fromisoformat(course.meeting_on) + timedelta(days=people.number("late", course.unit) % 6 == 0)
    return {
        "held_on": min(on.isoformat(), life.today),
        "present": [post for post in posts if post not in away[:2]],
        "absences": [
            {"post": post, "reason": people.choice(sayings["absences"], course.unit, post)} for post in away[:2]
        ],
        "note": people.choice(sayings["held"], course.unit),
    }


def _done_on(life: Life, course: Course, meeting: dict[str, Any], number: int) -> str | None:
    """The day an aspect was done: mostly in time, sometimes late, sometimes not yet."""
    chance = people.number(course.unit, number) % 17
    due = date.fromisoformat(meeting["aspects"][number - 1]["due_on"])
    before = number in BEFORE and course.aim in GATE_OPENS
    if chance < 2 and course.aim in ("preparing", "writing", "late", "held") and number != 1 and not before:
        return None
    if number in AFTER and course.aim != "closed":
        due = date.fromisoformat(meeting["held"]["held_on"]) + timedelta(days=REPORT_DAYS)
    elif number in AFTER:
        due = date.fromisoformat(life.day(-1))
    on = (due + timedelta(days=2 if chance in (3, 4) else -(chance % 3))).isoformat()
    return min(on, life.today) if before or on <= life.today else None


def _record(
    life: Life, course: Course, meeting: dict[str, Any], number: int, on: str | None, sayings: dict[str, Any]
) -> None:
    aspect = meeting["aspects"][number - 1]
    if on is None or aspect["state"] != "open":
        return
    late = on > aspect["due_on"]
    note = people.choice(sayings["late"] if late else sayings["aspects"][str(number)], course.unit, number)
    path = f"/meetings/{meeting['meeting_id']}/aspects/{number}"
    life.cast.liaison(course.unit).post("registry", path, {"state": "done", "on": on, "note": note})
