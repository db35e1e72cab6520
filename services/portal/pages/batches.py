"""Batches: a zip with its manifest handed over, looked at line by line, confirmed, worked off before one's eyes."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, languages, listing, reference, refusals, uploads
from services.portal.pages import files

room = Blueprint("batches", __name__)
ALL = "all"


@room.get("/batches")
def listed(problem: clients.Declined | None = None) -> Any:
    """What was handed over before, and the form for the next."""
    asking.needs("submit_batch")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    return render_template(
        "batches.html", batches=listing.page("intake", "/batches", campaign=campaign), problem=problem,
        roster=reference.own(campaign, "submit_batch"), limit=uploads.PARCEL_BYTES,
    )  # fmt: skip


@room.post("/batches")
def hand_over() -> Any:
    """Hand a zip over to be looked at; the same zip again is the same batch."""
    asking.needs("submit_batch")
    file, campaign = request.files.get("file"), asking.campaign() or ""
    if file is None or not file.filename:
        missing = clients.refused("file_missing", languages.current())
        return listed(missing), missing.status
    try:
        batch = clients.hand_over(
            "intake", "/batches", {"campaign": campaign}, (file.filename, file.stream),
            claims=asking.viewer().claims, language=languages.current(),
        ).body  # fmt: skip
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return listed(problem), problem.status
    there = url_for(".show", batch_id=batch["batch_id"])
    return {"to": there} if request.accept_mimetypes.best == "application/json" else redirect(there, 303)


@room.get("/batches/manifest.xlsx")
def manifest() -> Response:
    """The manifest to fill in, with the units' names."""
    asking.needs("submit_batch")
    campaign = asking.campaign() or ""
    asked: dict[str, Any] = {"campaign": campaign, **listing.filters("region")}
    units = reference.everybody(campaign, "submit_batch", **listing.filters("region"))
    asked["names"] = {unit["unit_code"]: unit["name"] for unit in units}
    return files.passed_on("intake", "/batches/template", asked)


@room.get("/batches/<code:batch_id>")
def show(batch_id: str, problem: clients.Declined | None = None) -> Any:
    """One batch; the lines that are refused first, as long as there are any."""
    asking.needs("submit_batch")
    batch = asking.get("intake", f"/batches/{batch_id}")
    chosen = request.args.get("outcome") or ("refused" if batch["outcomes"].get("refused") else ALL)
    wanted = {} if chosen == ALL else {"outcome": chosen}
    lines = listing.page("intake", f"/batches/{batch_id}/lines", **wanted)
    return render_template(
        "batch.html", batch=batch, lines=lines, chosen=chosen, problem=problem, reasons=_reasons,
        names=reference.unit_names(batch["campaign"]),
        taking=batch["outcomes"].get("new", 0) + batch["outcomes"].get("next", 0),
        why_not=_said(batch["refusal"]) if batch["refusal"] else "",
    )  # fmt: skip


@room.get("/batches/<code:batch_id>/state")
def state(batch_id: str) -> Any:
    """How far it has come, for the page that waits."""
    batch = asking.get("intake", f"/batches/{batch_id}")
    return {"state": batch["state"], "worked": batch["worked"]}


@room.post("/batches/<code:batch_id>/run")
def run(batch_id: str) -> Any:
    """Confirm what the check has shown."""
    return _do(batch_id, "run", gettext("已确认，正在逐份提交。可以离开本页，不影响提交。"))


@room.post("/batches/<code:batch_id>/end")
def end(batch_id: str) -> Any:
    """Do without the rest."""
    return _do(batch_id, "end", gettext("已放弃，压缩包已删除；此前已收到的材料不受影响。"))


@room.get("/batches/<code:batch_id>/result.xlsx")
def result(batch_id: str) -> Response:
    """The result as a workbook, a row for each line."""
    return files.passed_on("intake", f"/batches/{batch_id}/result")


def _do(batch_id: str, what: str, done: str) -> Any:
    try:
        asking.post("intake", f"/batches/{batch_id}/{what}")
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(batch_id, problem), problem.status
    flash(done, "done")
    return redirect(url_for(".show", batch_id=batch_id), 303)


def _reasons(line: dict[str, Any]) -> list[str]:
    """Why a line is refused, and each place of its form that is wrong."""
    if not line["refusal"]:
        return []
    return list(dict.fromkeys([_said(line["refusal"]), *(str(one["detail"]) for one in line["refusal"]["errors"])]))


def _said(refusal: dict[str, Any]) -> str:
    return refusals.said(refusal["code"], refusal["params"]) if refusal["params"] else str(refusal["detail"])
