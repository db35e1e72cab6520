"""Who talked with whom before the meetings.

Every liaison writes down what was held by then. Where a unit has met or is about to, the other side has
confirmed each; in the others some talks are still to be held and some to be confirmed.
"""

from typing import Any

from services.console import calling
from services.console.demo import meetings, people
from services.console.demo.people import Life
from services.console.demo.planning import Course

OUTSIDE = ("办公室主任", "业务股股长", "下属单位负责人")


def hold(life: Life, courses: list[Course]) -> None:
    """Write the talks down, and confirm them where the unit has met or is about to."""
    life.together("登记谈心谈话", courses, lambda course: _hold(life, course))


def _hold(life: Life, course: Course) -> None:
    place, liaison = {"campaign": life.cast.campaign, "unit": course.unit}, life.cast.liaison(course.unit)
    asked = people.until(lambda: _asked(liaison, place), f"the talks asked of {course.unit}")
    on = min(asked["rules"]["due_on"], life.today)
    complete = course.aim in meetings.GATE_OPENS
    talks = [
        {
            "from_post": row["from_post"],
            **({"with_post": row["with_post"]} if row["with_post"] else {"with_outside": _outside(course, row)}),
            "on": on,
        }
        for row in asked["rows"]
        if row["state"] == "missing" and (complete or people.number("talk", course.unit, *row.values()) % 4)
    ]
    if talks:
        liaison.post("intake", "/talks", {**place, "talks": talks})
    if complete:
        _confirm(life, course, place)


def _confirm(life: Life, course: Course, place: dict[str, Any]) -> None:
    """The secretary confirms those he took part in; then each member what is left."""
    team = life.cast.units[course.unit]["posts"]
    for post in team:
        first = post["role"] == "secretary"
        who = life.cast.secretary(course.unit) if first else life.cast.author(course.unit, post["post"])
        rows = who.get("intake", "/talks", **place)["rows"]
        waiting = [
            {"talk_id": row["talk_id"], "version": row["versions"][-1]["version"]} for row in rows if row["to_confirm"]
        ]
        if waiting:
            who.post("intake", "/talks/confirmations", {**place, "talks": waiting})


def _asked(liaison: calling.Caller, place: dict[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = liaison.get("intake", "/talks/owed", **place)
    return found if found["rows"] else None


def _outside(course: Course, row: dict[str, Any]) -> str:
    return people.choice(list(OUTSIDE), course.unit, row["from_post"])
