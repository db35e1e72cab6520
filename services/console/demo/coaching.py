"""Trainings and visits, and what units asked: life/coaching.json, whose days are counted from today.

Most units have confirmed that they were at the first training, a few say otherwise; one question waits for its answer.
"""

from typing import Any

from services.console import calling
from services.console.demo import people
from services.console.demo.people import Life

COUNTY, TOUR = "990823", "990823-NYNC"


def teach(life: Life) -> None:
    """Put the sessions on record with who was there, then ask and answer."""
    told = life.read("coaching.json")
    life.together("登记辅导", told["sessions"], lambda one: _hold(life, one))
    life.together("登记答疑", told["questions"], lambda one: _ask(life, one))


def _hold(life: Life, one: dict[str, Any]) -> None:
    who, campaign = _by(life, one["by"]), life.cast.campaign
    written = {key: one[key] for key in ("title", "place", "form", "aspects", "taught_by", "notes", "kind", "key")}
    visited = {"unit": one["unit"]} if "unit" in one else {}
    draft = {"campaign": campaign, "on": life.day(one["day"]), **written, **visited}
    path = f"/coaching-sessions/{who.post('registry', '/coaching-sessions', draft)['session_id']}"
    for role in one.get("everyone", []):
        who.post("registry", f"{path}/attendance", {"everyone": {"role": role}})
    if "posts" in one:
        who.post("registry", f"{path}/attendance", {"rows": [{"unit": one["unit"], "posts": one["posts"]}]})
    if one["confirm"]:
        for row in who.get("registry", f"{path}/attendance", size=500)["rows"]:
            _confirm(life, row)


def _confirm(life: Life, row: dict[str, Any]) -> None:
    unit, chance = row["unit"], people.number("coached", row["unit"]) % 9
    if chance and unit != TOUR:
        said = {"posts": [], "note": "当天在市里开会，没有参加"} if chance == 1 else {"posts": row["posts"]}
        path = f"/coaching-attendance/{row['attendance_id']}/confirmation"
        life.cast.liaison(unit).post("registry", path, said)


def _ask(life: Life, one: dict[str, Any]) -> None:
    draft = {"campaign": life.cast.campaign, **{key: one[key] for key in ("key", "text", "aspects", "standards")}}
    if "unit" in one:
        question = life.cast.liaison(one["unit"]).post("registry", "/questions", {**draft, "unit": one["unit"]})
    else:
        question = life.cast.office.post("registry", "/questions", draft)
    known = life.cast.office.get("registry", f"/questions/{question['question_id']}")["answers"]
    for follows, answer in enumerate(one["answers"]):
        if follows >= len(known):
            given = {key: answer[key] for key in ("text", "public", "reason") if key in answer}
            path = f"/questions/{question['question_id']}/answers"
            _by(life, answer["by"]).post("registry", path, {**given, "follows": follows})


def _by(life: Life, whom: str) -> calling.Caller:
    county = life.cast.county_office
    return {"office": life.cast.office, "county": county(COUNTY), "group": life.cast.supervisor(TOUR)}[whom]
