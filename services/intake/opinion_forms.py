"""Opinion forms: what is asked about whom, what a respondent may answer, and what is told of the answers.

What must stay true: nothing is told of a single answer; where fewer than `least` answered, nothing is broken down by
post, question or option, and no smaller number is told anywhere. A form: {_id: campaign.unit.fKEY, form_id, campaign,
unit, region, group, key, title, source, about: [{post, title}], questions: [{key, kind: words|choice, title, options}],
respondents, least, closes_on, state: prepared|open|closing|closed, opened, answered, tallies, closed_on}.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from services.spine.errors import Refusal
from services.spine.events import Fact

Form = dict[str, Any]
Answers = dict[str, dict[str, Any]]
ASKED = ("title", "source", "about", "questions", "respondents", "closes_on")
SCORE_STEP = 5
"""Scores are told in such steps, so that no answer can be counted out of them."""
FACE = ("key", "title", "closes_on")


class Said(NamedTuple):
    """One statement about one post, as it was written, and the question it answers."""

    post: str
    text: str
    question: str


def begin(plan: dict[str, Any], draft: dict[str, Any], by: dict[str, str], today: str, least: int) -> Form:
    """A form before codes are made for it; refuses a day that has passed, whom the unit does not have, and so few that
    nothing could be told of them."""
    if draft["closes_on"] < today:
        raise Refusal("form_day_past", on=draft["closes_on"])
    if draft["respondents"] < least:
        pointed = {"pointer": "/respondents", "code": "too_few_asked", "least": least}
        raise Refusal("too_few_asked", least=least, errors=[pointed])
    known = {"team", *(row["post"] for row in plan["required"])}
    for post in (row["post"] for row in draft["about"]):
        if post not in known:
            raise Refusal("post_unknown", post=post, unit=plan["unit"])
    for of in (draft["about"], draft["questions"]):
        marks = [row.get("post") or row.get("key") for row in of]
        if len(set(marks)) < len(marks):
            raise Refusal("asked_twice", what=max(marks, key=marks.count))
    form_id = f"{plan['campaign']}.{plan['unit']}.f{draft['key']}"
    places = {key: plan[key] for key in ("campaign", "unit", "region", "group")}
    asked = {"key": draft["key"], **{key: draft[key] for key in ASKED}, "least": least}
    course = {"state": "prepared", "opened": by, "answered": None, "tallies": None, "closed_on": None}
    return {"_id": form_id, "form_id": form_id, **places, **asked, **course}


def same(form: Form, draft: dict[str, Any]) -> bool:
    """Whether a draft asks what this form asks."""
    return all(form[key] == draft[key] for key in ASKED)


def takes(form: Form, today: str) -> bool:
    """Whether answers come in today."""
    return form["state"] == "open" and today <= str(form["closes_on"])


def check(form: Form, given: Answers) -> Answers:
    """What a respondent answered, without what was left empty; refuses what was not asked, or nothing at all."""
    posts, questions = {row["post"] for row in form["about"]}, {row["key"]: row for row in form["questions"]}
    kept: Answers = {}
    for post, answers in given.items():
        for key, answer in answers.items():
            question = questions.get(key, {"kind": ""})
            wanted = str if question["kind"] == "words" else list
            options = {row["code"] for row in question.get("options", ())}
            if post not in posts or key not in questions or not isinstance(answer, wanted):
                raise Refusal("not_asked", what=f"{post} {key}")
            if isinstance(answer, list) and (not set(answer) <= options or (len(answer) > 1 and scored(question))):
                raise Refusal("not_asked", what=f"{post} {key}")
            if answer := answer.strip() if isinstance(answer, str) else sorted(answer):
                kept.setdefault(post, {})[key] = answer
    if not kept:
        raise Refusal("answer_empty")
    return kept


def statements(form: Form, answers: Sequence[Answers]) -> list[Said]:
    """What was written, taken out of the sheets it stood in and sorted by what it says."""
    titles = {row["key"]: row["title"] for row in form["questions"] if row["kind"] == "words"}
    found = [
        Said(post, text, titles[key])
        for sheet in answers
        for post, given in sheet.items()
        for key, text in given.items()
        if key in titles
    ]
    return sorted(found)


def close(form: Form, answers: Sequence[Answers], today: str) -> tuple[Form, list[Fact]]:
    """No more answers; how many there were, by post and question where there were enough."""
    count = len(answers)
    enough = count >= form["least"]
    tallies = _tallies(form, answers) if enough else None
    changed = {**form, "state": "closed", "answered": count if enough else None, "tallies": tallies, "closed_on": today}
    said = {key: form[key] for key in ("form_id", "unit", "group", "source", "respondents")}
    said |= {"answered": changed["answered"], "about": len(form["about"])}
    if is_appraisal(form):
        changed["score"] = said["score"] = score(form, answers)
    return changed, [Fact("opinion_form_closed", form["_id"], form["campaign"], form["region"], said)]


def scored(question: dict[str, Any]) -> bool:
    """Whether the options of a question have points; then one of them is chosen."""
    return any("points" in option for option in question.get("options", ()))


def is_appraisal(form: Form) -> bool:
    """Whether a form comes to a score: the unit it is about then neither opens nor closes it."""
    return any(scored(question) for question in form["questions"])


def check_hand(form: Form, own_unit: bool) -> None:
    """A unit does not have itself appraised."""
    if own_unit and is_appraisal(form):
        raise Refusal("own_appraisal")


def score(form: Form, answers: Sequence[Answers]) -> int | None:
    """What the first question with points came to of whom it asked about first, in steps; None of too few answers."""
    question, post = next(one for one in form["questions"] if scored(one)), form["about"][0]["post"]
    points: dict[str, int] = {option["code"]: option.get("points", 0) for option in question["options"]}
    chosen = [sheet.get(post, {}).get(question["key"]) for sheet in answers]
    counted = [points[one[0]] for one in chosen if isinstance(one, list)]
    if len(counted) < form["least"]:
        return None
    return min(100, round(sum(counted) / len(counted) / SCORE_STEP) * SCORE_STEP)


def turnout(form: Form, spent: int) -> int:
    """At least how many have answered: in steps, so that nobody can watch one person answer."""
    step = int(form["least"])
    return spent // step * step


def _tallies(form: Form, answers: Sequence[Answers]) -> dict[str, dict[str, dict[str, int | None]]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for sheet in answers:
        for post, given in sheet.items():
            for key, answer in given.items():
                counted.update((post, key, one) for one in (answer if isinstance(answer, list) else ["words"]))

    def told(post: str, key: str, one: str) -> int | None:
        number = counted[post, key, one]
        return number if number == 0 or number >= form["least"] else None

    return {
        row["post"]: {
            question["key"]: {
                one: told(row["post"], question["key"], one)
                for one in ([option["code"] for option in question.get("options", ())] or ["words"])
            }
            for question in form["questions"]
        }
        for row in form["about"]
    }
