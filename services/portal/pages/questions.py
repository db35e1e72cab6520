"""Questions and answers: found by words, aspect or standard; asked by units, answered by those who coach."""

import secrets
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, listing, numerals, reference
from services.portal.pages import coaching
from services.spine import clock

room = Blueprint("questions", __name__)
FILTERS = ("q", "aspect", "standard", "state", "unit")


@room.get("/questions")
def listed(problem: clients.Declined | None = None) -> Any:
    """The question-and-answer base under the filters named in the address, and asking."""
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    questions = listing.page("registry", "/questions", campaign=campaign, **listing.filters(*FILTERS))
    return render_template(
        "questions.html", questions=questions, aspects=coaching.aspects(campaign),
        standards=reference.titles(campaign, "standards"), names=reference.unit_names(campaign),
        units=asking.viewer().units(campaign), problem=problem, entered=request.form,
        key=request.form.get("key") or f"{clock.today().replace('-', '')}-{secrets.token_hex(4)}",
    )  # fmt: skip


@room.post("/questions")
def ask() -> Any:
    """A unit asks; who coaches puts a question there, perhaps with its answer."""
    campaign, form = asking.campaign() or abort(404), request.form
    wanted: dict[str, Any] = {"campaign": campaign, "key": form.get("key", ""), "text": form.get("text", "").strip()}
    wanted |= {"aspects": form.getlist("aspect"), "standards": form.getlist("standard")}
    if form.get("unit"):
        wanted["unit"] = form["unit"]
    if form.get("answer", "").strip():
        wanted["answer"] = {"text": form["answer"].strip(), "public": True}
    there = url_for(".show", question_id=f"{campaign}.q.{wanted['key']}")
    return doing.post("registry", "/questions", wanted, gettext("已提交。"), listed, there)


@room.get("/questions/<code:question_id>")
def show(question_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One question with all its answers; those who coach answer here."""
    question, campaign = asking.get("registry", f"/questions/{question_id}"), question_id.partition(".")[0]
    return render_template(
        "question.html", question=question, aspects=coaching.aspects(campaign),
        standards=reference.titles(campaign, "standards"), names=reference.unit_names(campaign),
        answers=asking.viewer().may("answer_question") and question["asked"] is not None,
        problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.post("/questions/<code:question_id>/answers")
def answer(question_id: str) -> Any:
    """Answer, or answer anew with a reason."""
    form = request.form
    wanted = {"text": form.get("text", "").strip(), "public": form.get("public") == "1"}
    wanted |= {"follows": numerals.read(form.get("follows"), 0), "reason": form.get("reason", "").strip()}
    return _do(question_id, "answers", wanted, gettext("已答复。"), "answer")


@room.post("/questions/<code:question_id>/answers/<int:version>/withdrawal")
def withdraw(question_id: str, version: int) -> Any:
    """Take an answer back with a reason."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _do(
        question_id, f"answers/{version}/withdrawal", wanted, gettext("已撤回，原来的答复仍在记录里。"), "withdraw"
    )


def _do(question_id: str, path: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    there = url_for(".show", question_id=question_id)
    path = f"/questions/{question_id}/{path}"
    return doing.post("registry", path, wanted, done, lambda problem: show(question_id, problem, about), there)
