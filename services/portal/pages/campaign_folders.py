"""A campaign's folder in and out, and last year's campaign as the pattern of the next."""

import io
import zipfile
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from services.portal import asking, clients, definition_words, doing, languages, reference, uploads
from services.portal.pages import files

room = Blueprint("campaign_folders", __name__)
FILES = ("campaign.json", "units.csv", "groups.json")
MOST_NAMED = 20


@room.get("/campaign-folder")
def form(
    problem: clients.Declined | None = None, checked: dict[str, Any] | None = None, loaded: dict[str, Any] | None = None
) -> Any:
    """The form that takes a folder; after a refusal with every fault by file, row and column, after a look or a load
    with what stands against it and what is drafted."""
    asking.needs("load_campaign")
    faults = [place for place in (problem.places if problem else ()) if "file" in place]
    return render_template(
        "campaign_folder.html",
        problem=problem,
        faults=faults,
        checked=checked,
        loaded=loaded,
        changes=_drafted(checked or loaded),
        limit=uploads.FILE_BYTES,
        names=languages.listed(FILES),
    )


@room.post("/campaign-folder")
def take() -> Any:
    """Look the folder over, or load it."""
    asking.needs("load_campaign")
    given = [file for file in request.files.getlist("file") if file.filename]
    if not given:
        missing = clients.refused("file_missing", languages.current())
        return form(missing), missing.status
    fields: dict[str, str | clients.Upload] = {"file": ("campaign.zip", _packed(given), "application/zip")}
    if request.form.get("do") == "check":
        fields["only"] = "check"
    try:
        loaded = asking.hand_in("registry", "/campaign-folders", fields).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return form(problem), problem.status
    if "only" in fields:
        return form(checked=loaded)
    reference.forget()
    said = gettext(
        "已载入：%(units)s 个单位，新增 %(added)s，变更 %(changed)s。",
        units=loaded["units"], added=loaded["added"], changed=loaded["changed"],
    )  # fmt: skip
    flash(said, "done")
    if loaded["kept"]["total"] or loaded["drafted"]:
        return form(loaded=loaded)
    return redirect(url_for("campaigns.show", campaign=loaded["campaign_code"]), 303)


@room.get("/campaigns/<code:campaign>/folder.zip")
def export(campaign: str) -> Response:
    """The campaign as a folder, loadable again."""
    return files.passed_on("registry", f"/campaigns/{campaign}/folder")


@room.get("/campaigns/<code:campaign>/copy")
def copy(campaign: str, problem: clients.Declined | None = None) -> Any:
    """The form that copies a campaign to a new code."""
    asking.needs("load_campaign")
    return render_template(
        "campaign_copy.html", campaign=campaign, definition=reference.campaign(campaign), problem=problem,
        entered=request.form, others=[code for code in asking.viewer().campaigns if code != campaign],
    )  # fmt: skip


@room.post("/campaigns/<code:campaign>/copy")
def make_copy(campaign: str) -> Any:
    """Copy it."""
    wanted = {key: request.form.get(key, "").strip() for key in ("campaign_code", "title", "opens_on")}
    if request.form.get("all_meetings_held_by"):
        wanted["all_meetings_held_by"] = request.form["all_meetings_held_by"]

    def act() -> None:
        left = asking.post("registry", f"/campaigns/{campaign}/copies", wanted).body["left_out"]
        flash(gettext("已复制，请核对定义后启动。"), "done")
        if left["total"]:
            which = languages.listed([one["name"] for one in left["rows"][:MOST_NAMED]])
            flash(gettext("%(count)s 个已撤并的单位没有复制：%(which)s。", count=left["total"], which=which), "info")

    there = url_for("campaigns.show", campaign=wanted["campaign_code"] or "-")
    return doing.attempt(act, lambda problem: copy(campaign, problem), there)


def _drafted(told: dict[str, Any] | None) -> list[dict[str, str]]:
    """What a running campaign would become, in words."""
    if not told or not told["drafted"]:
        return []
    now = reference.campaign(told["campaign_code"])
    return definition_words.differences(told["drafted"], now, now)


def _packed(given: list[FileStorage]) -> bytes:
    """A zip as it came, or the files of a folder in one."""
    if len(given) == 1 and not str(given[0].filename).lower().endswith((".json", ".csv")):
        return bytes(given[0].read())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as place:
        for file in given:
            place.writestr(str(file.filename).rpartition("/")[2], file.read())
    return packed.getvalue()
