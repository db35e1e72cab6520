"""Opinion forms as the unit sees them: opening one, its slips (shown once), how many answered, closing it."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, listing, reference, slips, workbook
from services.spine import clock

room = Blueprint("opinion_forms", __name__)
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
CHOICE = "aspects"
USUAL_DAYS = 7
"""How long a form is open where the schedule says nothing of it."""


@room.get("/opinion-forms")
def listed() -> Any:
    """The forms within the viewer's scope."""
    campaign = asking.campaign()
    found = listing.page("intake", "/opinion-forms", campaign=campaign, **listing.filters("unit", "state"))
    return render_template(
        "opinion_forms.html", forms=found, names=reference.unit_names(campaign),
        roster=reference.own(campaign, "open_form"), may_open=asking.viewer().may("open_form"),
    )  # fmt: skip


@room.get("/opinion-forms/new")
def new(problem: clients.Declined | None = None) -> Any:
    """Whom to ask about what, and until when."""
    asking.needs("open_form")
    campaign = asking.campaign()
    campaign = campaign or abort(404)
    wanted = reference.unit_code(campaign, request.values.get("unit", ""), "open_form")
    unit = reference.mine(campaign, "open_form", wanted) or abort(404)
    due_on = _due(f"{campaign}.{unit['unit_code']}")
    key = request.form.get("key") or "".join(secrets.choice(SIGNS) for _ in range(8))
    return render_template(
        "opinion_form_new.html", campaign=campaign, unit=unit, roster=reference.own(campaign, "open_form"),
        key=key, problem=problem, entered=request.form, aspects=reference.titles(campaign, "aspects"), due_on=due_on,
        closes_on=due_on or (clock.day(clock.today()) + timedelta(days=USUAL_DAYS)).isoformat(),
        least=reference.campaign(campaign or "").get("policy", {}).get("small_group", 5),
    )  # fmt: skip


@room.post("/opinion-forms")
def open_() -> Any:
    """Open the form; pressing twice opens it once."""
    try:
        form = asking.post("intake", "/opinion-forms", _draft()).body
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        return new(problem), problem.status
    return redirect(url_for(".show", form_id=form["form_id"]), 303)


@room.get("/opinion-forms/<code:form_id>")
def show(form_id: str, problem: clients.Declined | None = None) -> Any:
    """How far a form is; its counts once it is closed."""
    form = asking.get("intake", f"/opinion-forms/{form_id}")
    scored = any("points" in option for one in form["questions"] for option in one.get("options", ()))
    own_score = scored and form["unit"] in asking.viewer().units(form["campaign"])
    return render_template(
        "opinion_form.html", form=form, problem=problem, address=_address(form["key"]),
        names=reference.unit_names(form["campaign"]), may_open=asking.viewer().may("open_form") and not own_score,
    )  # fmt: skip


@room.post("/opinion-forms/<code:form_id>/codes")
def codes(form_id: str) -> Any:
    """New codes on slips, on this page once; whoever leaves it has to make new ones."""
    try:
        made = asking.post("intake", f"/opinion-forms/{form_id}/codes").body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(form_id, problem), problem.status
    form = asking.get("intake", f"/opinion-forms/{form_id}")
    address = _address(form["key"])
    return render_template(
        "slips.html", form=form, address=address, pages=slips.pages(address, made["codes"]), codes=made["codes"]
    )


@room.post("/opinion-forms/<code:form_id>/codes.xlsx")
def codes_as_list(form_id: str) -> Response:
    """The codes of the page of slips, as a list; nothing is asked of the store."""
    heads = [gettext("填表码"), gettext("网址")]
    lines = [[code, request.form.get("address", "")] for code in request.form.get("codes", "").split()]
    return workbook.answer("codes", gettext("填表码"), heads, lines)


@room.post("/opinion-forms/<code:form_id>/closing")
def close(form_id: str) -> Any:
    """Take no more answers from now on."""
    try:
        asking.post("intake", f"/opinion-forms/{form_id}/closing")
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(form_id, problem), problem.status
    flash(gettext("征求意见已结束。"), "done")
    return redirect(url_for(".show", form_id=form_id), 303)


def _due(meeting_id: str) -> str | None:
    """The day by which the unit's schedule has opinions collected, unless it is over."""
    meeting = asking.find("registry", f"/meetings/{meeting_id}") or {"required": [], "aspects": []}
    rows = [row for row in meeting["required"] if row["kind"] == "opinion_summary"]
    rows += [row for row in meeting["aspects"] if row["code"] == "opinions"]
    return next((str(row["due_on"]) for row in rows if (row.get("due_on") or "") >= clock.today()), None)


def _draft() -> dict[str, Any]:
    written, count = request.form, request.form.get("respondents", "")
    posts = written.getlist("about")
    questions: list[dict[str, Any]] = [
        {"key": f"q{number}", "kind": "words", "title": line.strip()}
        for number, line in enumerate(filter(str.strip, written.get("questions", "").splitlines()), 1)
    ]
    if written.get(CHOICE):
        aspects = reference.titles(written.get("campaign", ""), "aspects")
        options = [{"code": code, "title": title} for code, title in aspects.items()]
        asked = gettext("您认为哪些方面最需要改进？（可选多项）")
        questions.append({"key": f"q{len(questions) + 1}", "kind": "choice", "title": asked, "options": options})
    return {
        **{name: written.get(name, "").strip() for name in ("campaign", "unit", "key", "title", "source", "closes_on")},
        "about": [{"post": post, "title": written.get(f"title:{post}", "").strip()} for post in posts],
        "questions": questions,
        "respondents": int(count) if count.isascii() and count.isdigit() and len(count) < 7 else 0,
    }


def _address(key: str) -> str:
    return url_for("answering.face", key=key, _external=True)
