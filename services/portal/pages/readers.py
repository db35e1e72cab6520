"""Who reads how much: one's own numbers, the group's readers and how work is spread over them; who reads what not."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, days, desk, doing, reference

room = Blueprint("readers", __name__)


@room.get("/reviews/readers")
def show(problem: clients.Declined | None = None) -> Any:
    """One's own row; the leader sees the group's, the office all."""
    campaign = asking.campaign()
    viewer = asking.viewer()
    _for_readers()
    found = asking.find("review", "/readers", campaign=campaign)
    counts = asking.find("review", "/reviews/counts", campaign=campaign) if viewer.may("hold") else None
    return render_template(
        "readers.html",
        rows=found["rows"] if found else [], missing=found is None, counts=counts or {}, days=_days(counts),
        groups=reference.group_names(campaign),
        may_spread=viewer.has("group_leader"), problem=problem, entered=request.form,
    )  # fmt: skip


@room.post("/reviews/readers")
def spread() -> Any:
    """The leader spreads what is free evenly over the readers that were ticked."""
    form = request.form
    wanted: dict[str, Any] = {"campaign": asking.campaign() or "", "readers": form.getlist("reader")}
    if form.get("meeting_on"):
        wanted["meeting_on"] = form["meeting_on"]
    try:
        answer = asking.post("review", "/distributions", wanted).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(problem), problem.status
    given = sum(row["given"] for row in answer["rows"])
    flash(
        ngettext("分出 %(num)d 份", "分出 %(num)d 份", given)
        + gettext("，还剩 %(left)s 份没有分。", left=answer["left"]),
        "done",
    )
    return redirect(url_for(".show"), 303)


@room.get("/reviews/recusals")
def recusals(problem: clients.Declined | None = None, about: str = "new") -> Any:
    """Who does not read which unit, and why."""
    campaign = asking.campaign()
    viewer = asking.viewer()
    _for_readers()
    found = asking.find("review", "/recusals", campaign=campaign)
    leads = viewer.has("group_leader", "office")
    readers = asking.rows("review", "/readers", campaign=campaign) if leads else []
    return render_template(
        "recusals.html",
        rows=found["rows"] if found else [], missing=found is None, names=reference.unit_names(campaign),
        roster=reference.own(campaign),
        readers=readers, leads=leads, own=viewer.may("hold"), problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.post("/reviews/recusals")
def recuse() -> Any:
    """Say that somebody does not read a unit's materials: oneself, or (leader, office) somebody else."""
    form = request.form
    wanted = {
        "campaign": asking.campaign() or "",
        "unit": reference.unit_code(asking.campaign() or "", form.get("unit", "").strip()),
        "reason": _reason(),
    }
    if account := form.get("account", "").strip():
        wanted |= {"account": account, "name": form.get("name", "").strip() or account}
    return _do("/recusals", wanted, gettext("回避已登记。"), "new")


@room.post("/reviews/recusals/<code:recusal_id>/end")
def end(recusal_id: str) -> Any:
    """End a recusal, with a reason."""
    return _do(f"/recusals/{recusal_id}/end", {"reason": _reason()}, gettext("回避已解除。"), recusal_id)


def _for_readers() -> None:
    if not asking.viewer().has(*desk.GROUP, "office", "county_office"):
        abort(403)


def _days(counts: dict[str, Any] | None) -> list[tuple[str, str]]:
    return [(one["meeting_on"], days.day(one["meeting_on"])) for one in (counts or {}).get("by_day", [])]


def _do(path: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    there = url_for(".recusals")
    return doing.post("review", path, wanted, done, lambda problem: recusals(problem, about), there)


def _reason() -> str:
    return request.form.get("reason", "").strip()
