"""The tree of organisations: opened level by level, searched, brought in from a table and taken out as one.

What must stay true: a table is done only when somebody confirms what it changes; all that is wrong is shown at once.
"""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, reference
from services.portal.pages import files

room = Blueprint("organisations", __name__)
OUTCOMES = ("new", "changed", "short", "gone")


@room.get("/organisations")
def listed(problem: clients.Declined | None = None) -> Any:
    """The topmost organisations, or those found; and the way to bring a table in."""
    asking.needs("keep_organisations")
    found = asking.get("registry", "/organisations", page=listing.number(), **listing.filters("q", "level", "state"))
    return render_template(
        "organisations.html", organisations=listing.of(found), levels=found["levels"], problem=problem,
        imports=asking.get("registry", "/organisation-imports", size=5)["rows"],
        asked=listing.filters("q", "level", "state"),
    )  # fmt: skip


@room.get("/organisations.xlsx")
def exported() -> Response:
    """All of them as a workbook that can be brought in again."""
    return files.passed_on("registry", "/organisations.xlsx")


@room.get("/organisations-template.xlsx")
def template() -> Response:
    """The workbook to fill in."""
    return files.passed_on("registry", "/organisations/template")


@room.post("/organisations")
def hand_over() -> Any:
    """Hand a table over to be looked at; the same table again is the same import."""
    asking.needs("keep_organisations")
    if g.get("too_large"):
        return listed(too_large := files.too_large()), too_large.status
    upload = files.chosen("file")
    if upload is None:
        return listed(missing := clients.refused("file_missing", languages.current())), missing.status
    try:
        found = asking.hand_in("registry", "/organisation-imports", {"file": upload}).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return listed(problem), problem.status
    return redirect(url_for(".looked", import_id=found["import_id"]), 303)


@room.get("/organisation-imports/<code:import_id>")
def looked(import_id: str, problem: clients.Declined | None = None) -> Any:
    """What a table would change, or what is wrong with it."""
    asking.needs("keep_organisations")
    found = asking.get("registry", f"/organisation-imports/{import_id}")
    counts = found["counts"]
    chosen = request.args.get("outcome", "")
    if chosen not in OUTCOMES:
        chosen = next((one for one in OUTCOMES if counts.get(one)), "new")
    lines = None
    if found["state"] != "faulty":
        lines = listing.page("registry", f"/organisation-imports/{import_id}/lines", outcome=chosen)
    return render_template("organisation_import.html", found=found, lines=lines, chosen=chosen, problem=problem)


@room.get("/organisation-imports/<code:import_id>/state")
def state(import_id: str) -> Any:
    """How far it has come, for the page that waits."""
    found = asking.get("registry", f"/organisation-imports/{import_id}")
    return {"state": found["state"], "worked": found["worked"]}


@room.post("/organisation-imports/<code:import_id>/run")
def run(import_id: str) -> Any:
    """Confirm what the look has shown."""
    done, there = gettext("已确认，正在导入，可以离开本页。"), url_for(".looked", import_id=import_id)
    path = f"/organisation-imports/{import_id}/run"
    wanted = {"end_unnamed": bool(request.form.get("end_unnamed"))}
    return doing.post("registry", path, wanted, done, lambda problem: looked(import_id, problem), there)


@room.get("/organisations/<code:code>")
def show(code: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One organisation: its place, those below it, its posts and history, and what can be done with it."""
    asking.needs("keep_organisations")
    one = asking.get("registry", f"/organisations/{code}")
    below = listing.page("registry", "/organisations", parent=code)
    return render_template(
        "organisation.html", one=one, below=below, problem=problem, about=about, entered=request.form,
        history=one["history"][::-1], regions=reference.region_names(asking.campaign()),
        titles={code: languages.pick(reference.campaign(code)["title"]) for code in asking.viewer().campaigns},
    )  # fmt: skip


@room.post("/organisations/<code:code>/<any(name, closing, merger, split):deed>")
def do(code: str, deed: str) -> Any:
    """Rename, close, merge or split."""
    form = {key: value.strip() for key, value in request.form.items()}
    wanted: dict[str, Any] = {key: form.get(key, "") for key in ("on", "reason")}
    if deed == "name":
        wanted |= {"name": form.get("name", ""), "team": form.get("team", "")}
    elif deed == "closing" and form.get("leave_open"):
        wanted["leave_open"] = True
    if deed in ("closing", "merger") and form.get("cancel_meetings"):
        wanted["cancel_meetings"] = True
    if deed == "merger":
        wanted["into"] = form.get("into", "").upper()
    elif deed == "split":
        wanted["parts"] = [{"code": form.get("code", "").upper(), "name": form.get("name", "")}]
        wanted["parts"][0] |= {key: form[key] for key in ("team",) if form.get(key)}
    done = {
        "name": gettext("已更名，进行中的会议随之更新。"), "closing": gettext("已撤销，沿革保留。"),
        "merger": gettext("已并入，沿革保留；没有办结的由接收组织接着办。"),
        "split": gettext("已分设，新组织和原组织并列。"),
    }[deed]  # fmt: skip

    def act() -> None:
        asking.post("registry", f"/organisations/{code}/{deed}", wanted)
        reference.forget()
        flash(done, "done")

    return doing.attempt(act, lambda problem: show(code, problem, deed), url_for(".show", code=code))
