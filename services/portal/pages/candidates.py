"""Problems the group named at the meeting, on their way to the ledger: put on it or explained, never dropped.

The words of a problem stand in the supervision comment; here is what became of it.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, listing, reference

room = Blueprint("candidates", __name__)
FILTERS = ("unit", "state", "group", "region")


@room.get("/items/candidates")
def listed(problem: clients.Declined | None = None, about: str = "") -> Any:
    """Candidates under the filters in the address, each with its words and what became of it."""
    asking.needs("read_item")
    campaign, viewer = asking.campaign(), asking.viewer()
    found = listing.found("rectification", "/candidates", campaign=campaign, **listing.filters(*FILTERS))
    return render_template(
        "candidates.html",
        candidates=found, texts=texts(found.rows if found else []), names=reference.unit_names(campaign),
        roster=reference.own(campaign), own=viewer.units(campaign), may_adopt=viewer.may("register_item"),
        group=viewer.may("reopen_candidate"), problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.get("/items/candidates/<code:candidate_id>")
def show(candidate_id: str) -> Any:
    """One candidate, among those of its unit."""
    unit = candidate_id.partition(".")[2].partition(".")[0]
    return redirect(url_for(".listed", unit=unit or None, _anchor=candidate_id), 303)


@room.post("/items/candidates/<code:candidate_id>/explanation")
def explain(candidate_id: str) -> Any:
    """The unit says why a problem does not go on the ledger."""
    return _do(candidate_id, "explanation", gettext("说明已提交，督导组会看到。"))


@room.post("/items/candidates/<code:candidate_id>/reopening")
def reopen(candidate_id: str) -> Any:
    """The group does not take the explanation."""
    return _do(candidate_id, "reopening", gettext("已重新提出，单位会收到通知。"))


def texts(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The words of candidates, from the comments they stand in: {candidate_id: {text, aspect}}."""
    comments = dict.fromkeys(comment_of(str(row["candidate_id"])) for row in rows)
    found = asking.many("review", [f"/supervision-comments/{clients.quoted(one)}" for one in comments])
    problems = [
        problem
        for comment in found
        if comment
        for part in (comment, *comment["addenda"])
        for problem in part["problems"]
    ]
    return {str(one["id"]): one for one in problems}


def begun(candidate_id: str) -> dict[str, str]:
    """A problem of the supervision comment as the beginning of an item: its words, its unit, where it comes from."""
    found = texts([{"candidate_id": candidate_id}]).get(candidate_id) or {}
    start = {"unit": candidate_id.split(".")[1], "source": "supervision", "problem": found.get("text")}
    return {name: str(text) for name, text in {**start, "aspect": found.get("aspect")}.items() if text}


def comment_of(candidate_id: str) -> str:
    """The comment a candidate's words stand in."""
    return candidate_id.rpartition(".")[0]


def _do(candidate_id: str, deed: str, done: str) -> Any:
    wanted = {"reason": request.form.get("reason", "").strip()}
    try:
        asking.post("rectification", f"/candidates/{candidate_id}/{deed}", wanted)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return listed(problem, candidate_id), problem.status
    flash(done, "done")
    return show(candidate_id)
