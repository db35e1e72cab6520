"""What the groups said at the meetings, and what became of each problem they named.

Rows of life/ledger.csv that come from supervision were named in the comment; life/comments.csv tells the others. Its
course is a word of letters: e the unit explains, r the group opens it again; those that the candidate shows have been
played already.
"""

import csv
import itertools
from typing import Any, NamedTuple

from services.console.demo import meetings, people
from services.console.demo.people import Life
from services.console.demo.planning import Course


class Problem(NamedTuple):
    """One problem of a comment: the ledger's row that takes it up, or what is said about it."""

    unit: str
    candidate: str
    said: dict[str, str]
    key: str
    explanation: str
    reopening: str
    course: str


def read(life: Life, courses: list[Course]) -> dict[str, list[Problem]]:
    """The problems the groups named, by unit that has met."""
    met, rows = {course.unit for course in courses if course.aim in meetings.HELD}, []
    with (life.place / "life/ledger.csv").open(encoding="utf-8") as file:
        rows += [row for row in csv.DictReader(file) if row["source"] == "supervision"]
    with (life.place / "life/comments.csv").open(encoding="utf-8") as file:
        rows += [{"key": "", "problem": row["text"], **row} for row in csv.DictReader(file)]
    found: dict[str, list[Problem]] = {}
    for row in sorted(rows, key=lambda row: row["unit"]):
        if row["unit"] in met:
            known = found.setdefault(row["unit"], [])
            candidate = f"{life.cast.campaign}.{row['unit']}.comment.p{len(known) + 1}"
            said = {"text": row["problem"], "aspect": row["aspect"]}
            words = ("", "", "") if row["key"] else (row["explanation"], row["reopening"], row["course"])
            known.append(Problem(row["unit"], candidate, said, row["key"], *words))
    return found


def issue(life: Life, named: dict[str, list[Problem]]) -> None:
    """The groups' comments are issued; what was said before the system was there is late for nobody."""
    sayings = life.read("sayings.json")
    life.together("印发督导点评", named, lambda unit: _issue(life, unit, named[unit], sayings))


def answer(life: Life, named: dict[str, list[Problem]]) -> None:
    """Units explain what they do not put on the ledger; the groups do not take every explanation."""
    told = [one for one in itertools.chain(*named.values()) if one.course]
    life.together("说明、重新提出待列问题", told, lambda one: _answer(life, one))


def _issue(life: Life, unit: str, problems: list[Problem], sayings: dict[str, Any]) -> None:
    path = f"/meetings/{life.cast.campaign}.{unit}"
    aspect = next(row for row in life.cast.office.get("registry", path)["aspects"] if row["code"] == "comments")
    if aspect["state"] == "open" and aspect["due_on"] < life.today:
        waived = {"state": "waived", "note": sayings["commented"]}
        life.cast.office.post("registry", f"{path}/aspects/{aspect['number']}", waived)
    words = {name: people.choice(texts, unit) for name, texts in sayings["comment"].items()}
    draft = {
        "campaign": life.cast.campaign,
        "unit": unit,
        "overall": words["overall"],
        "merits": [words["merits"]],
        "problems": [problem.said for problem in problems],
        "requirements": [words["requirements"]],
    }
    life.cast.supervisor(unit).post("review", "/supervision-comments", draft)


def _answer(life: Life, one: Problem) -> None:
    liaison, supervisor = life.cast.liaison(one.unit), life.cast.supervisor(one.unit)

    def look() -> dict[str, Any] | None:
        rows = liaison.get("rectification", "/candidates", unit=one.unit)["rows"]
        return next((row for row in rows if row["candidate_id"] == one.candidate), None)

    known = people.until(look, one.candidate)
    played = 2 * len(known["reopenings"]) + bool(known["explanation"])
    path = f"/candidates/{one.candidate}"
    for move in one.course[played:]:
        if move == "e":
            liaison.post("rectification", f"{path}/explanation", {"reason": one.explanation})
        else:
            supervisor.post("rectification", f"{path}/reopening", {"reason": one.reopening})
