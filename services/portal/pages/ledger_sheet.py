"""A unit's ledger as a sheet: out as the official Excel, in as the unit keeps it, looked at cell by cell before.

What must stay true: nothing is written before somebody confirms; what is proposed is accepted or rejected by a person.
"""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, reference, wording
from services.portal.pages import files, ledger

room = Blueprint("ledger_sheet", __name__)
VIEWS = {
    "waiting": {"told": "waiting"}, "changed": {"outcome": "changed"}, "new": {"outcome": "new"},
    "wrong": {"told": "wrong"}, "left_out": {"outcome": "left_out"}, "note": {"told": "note"},
    "unchanged": {"outcome": "unchanged"},
}  # fmt: skip


@room.get("/items.xlsx")
def exported() -> Response:
    """The ledger under the filters of the list, as the official Excel with the units' names."""
    asking.needs("read_item")
    campaign = asking.campaign() or ""
    wanted: dict[str, Any] = {"campaign": campaign, **listing.filters(*ledger.FILTERS, "sort")}
    units = reference.everybody(campaign, "read_item", **listing.filters(*ledger.PLACES))
    wanted["names"] = {unit["unit_code"]: unit["name"] for unit in units}
    return files.passed_on("rectification", "/ledger.xlsx", wanted)


@room.get("/ledger-sheets")
def listed(problem: clients.Declined | None = None) -> Any:
    """What was handed over before, and the form for the next."""
    asking.needs("import_ledger")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    roster = reference.own(campaign, "import_ledger")
    return render_template(
        "ledger_sheets.html", campaign=campaign, roster=roster, problem=problem,
        names=reference.unit_names(campaign), chosen=request.values.get("unit", ""),
        imports=listing.page("rectification", "/ledger-imports", campaign=campaign),
    )  # fmt: skip


@room.post("/ledger-sheets")
def hand_over() -> Any:
    """Hand a ledger over to be looked at; the same file over the same ledger is the same import."""
    asking.needs("import_ledger")
    if g.get("too_large"):
        return listed(too_large := files.too_large()), too_large.status
    upload, campaign, unit = files.chosen("file"), asking.campaign() or "", request.form.get("unit", "")
    if upload is None:
        return listed(missing := clients.refused("file_missing", languages.current())), missing.status
    fields: dict[str, Any] = {"campaign": campaign, "unit": unit, "file": upload}
    if name := reference.unit_names(campaign).get(unit):
        fields["unit_name"] = name
    try:
        found = asking.hand_in("rectification", "/ledger-imports", fields).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return listed(problem), problem.status
    return redirect(url_for(".looked", import_id=found["import_id"]), 303)


@room.get("/ledger-sheets/<code:import_id>")
def looked(import_id: str, problem: clients.Declined | None = None) -> Any:
    """What a sheet would change, cell by cell, and what about it is not clear; what waits for a word first."""
    asking.needs("import_ledger")
    found = asking.get("rectification", f"/ledger-imports/{import_id}")
    counts = found["counts"]
    views = {view: counts["undecided"] if view == "waiting" else counts[view] for view in VIEWS}
    chosen = request.args.get("view", "")
    if chosen not in VIEWS:
        chosen = next((view for view, count in views.items() if count), "unchanged")
    lines = listing.page("rectification", f"/ledger-imports/{import_id}/lines", **VIEWS[chosen])
    return render_template(
        "ledger_sheet.html", found=found, counts=counts, views=views, chosen=chosen, lines=lines, problem=problem,
        names=reference.unit_names(found["campaign"]),
    )  # fmt: skip


@room.get("/ledger-sheets/<code:import_id>/state")
def state(import_id: str) -> Any:
    """How far it has come, for the page that waits."""
    found = asking.get("rectification", f"/ledger-imports/{import_id}")
    return {"state": found["state"], "worked": found["worked"]}


@room.post("/ledger-sheets/<code:import_id>/decisions")
def decide(import_id: str) -> Any:
    """Accept, choose or reject: what was ticked on the page, or all that waits still."""
    wanted: dict[str, Any] = {"decisions": []}
    if request.form.get("rest") in ("yes", "no"):
        wanted = {"rest": request.form["rest"] == "yes"}
    elif request.form.get("category") in wording.LISTS:
        wanted = {"category": request.form["category"]}
    for name, said in request.form.items() if "decisions" in wanted else ():
        parts = name.split(":")
        if len(parts) == 3 and parts[0] == "decide" and parts[1].isdecimal() and said:
            told: dict[str, Any] = {"line": int(parts[1]), "column": parts[2], "accepted": said != "no"}
            wanted["decisions"].append(told if said in ("yes", "no") else {**told, "value": said})
    return _do(import_id, "decisions", wanted, gettext("已记下，预览随之更新。"))


@room.post("/ledger-sheets/<code:import_id>/run")
def run(import_id: str) -> Any:
    """Confirm what the look has shown."""
    return _do(import_id, "run", {}, gettext("已确认，正在写入台账，可以离开本页。"))


@room.get("/ledger-sheets/<code:import_id>/marked.xlsx")
def marked(import_id: str) -> Response:
    """The file that was handed over, with what is not clear marked in its cells."""
    return files.passed_on("rectification", f"/ledger-imports/{import_id}/marked")


def _do(import_id: str, what: str, wanted: dict[str, Any], done: str) -> Any:
    def act() -> None:
        asking.post("rectification", f"/ledger-imports/{import_id}/{what}", wanted)
        flash(done, "done")

    return doing.attempt(act, lambda problem: looked(import_id, problem), url_for(".looked", import_id=import_id))
