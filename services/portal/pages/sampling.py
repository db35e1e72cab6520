"""A second pair of eyes: the office draws a sample, it is read again blind, and how far the groups agree is shown.

What must stay true: who reads again sees the text and the pre-check and nothing of the first verdict.
"""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, desk, drafts, listing, marking, numerals, reference, wording

room = Blueprint("sampling", __name__)


@room.get("/reviews/samples")
def show(problem: clients.Declined | None = None) -> Any:
    """What was drawn, what is still to be read, and for the office the agreement of each group."""
    asking.needs("reread")
    campaign, may_draw = asking.campaign(), asking.viewer().may("draw_sample")
    waiting = listing.found("review", "/rereadings", campaign=campaign, **listing.filters("state"))
    return render_template(
        "sampling.html",
        rereadings=waiting, calibration=asking.find("review", "/calibration", campaign=campaign) if may_draw else None,
        groups=reference.group_names(campaign), codes=list(wording.STANDARDS), may_draw=may_draw,
        seed=request.form.get("seed") or secrets.token_hex(4), problem=problem, entered=request.form,
    )  # fmt: skip


@room.post("/reviews/samples")
def draw() -> Any:
    """Draw from what was decided; the same seed draws nothing twice."""
    form = request.form
    share = form.get("percent", "").strip()
    wanted: dict[str, Any] = {"campaign": asking.campaign() or "", "percent": numerals.read(share)}
    if form.get("seed", "").strip():
        wanted["seed"] = form["seed"].strip()
    try:
        answer = asking.post("review", "/samples", wanted).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(problem), problem.status
    flash(ngettext("抽到 %(num)d 份。", "抽到 %(num)d 份。", answer["drawn"]), "done" if answer["drawn"] else "info")
    return redirect(url_for(".show"), 303)


@room.get("/reviews/rereadings/<code:reread_id>")
def reread(reread_id: str, problem: clients.Declined | None = None) -> Any:
    """The text and what programs found in it: nothing of the first verdict."""
    review = asking.get("review", f"/rereadings/{reread_id}")
    standards = desk.standards(review)
    findings = desk.in_order(review, list(standards))
    return render_template(
        "reread.html",
        review=review, reread_id=reread_id, standards=standards, findings=findings,
        paragraphs=marking.annotate(review["paragraphs"], findings), problem=problem, entered=request.form,
    )  # fmt: skip


@room.post("/reviews/rereadings/<code:reread_id>/verdict")
def judge(reread_id: str) -> Any:
    """The second verdict; it changes nothing for the author."""
    review = asking.get("review", f"/rereadings/{reread_id}")
    draft = drafts.verdict(review, list(desk.standards(review)))
    try:
        asking.post("review", f"/rereadings/{reread_id}/verdict", {"standards": draft["standards"]})
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return reread(reread_id, problem), problem.status
    flash(gettext("复读结论已记下，只用于校准，不影响原结论。"), "done")
    return redirect(url_for(".show"), 303)
