"""A campaign's own Word templates: the office puts one in the place of ours, sees it filled in and takes it away."""

from typing import Any

from flask import Blueprint, flash, g, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages
from services.portal.pages import files

room = Blueprint("own_templates", __name__)


@room.get("/campaigns/<code:campaign>/templates")
def listed(campaign: str) -> Any:
    """All kinds handed in as Word, with what stands for each."""
    found = asking.get("intake", f"/campaigns/{campaign}/templates")
    return render_template("own_templates.html", campaign=campaign, found=found)


@room.get("/campaigns/<code:campaign>/templates/<code:kind>")
def show(campaign: str, kind: str, problem: clients.Declined | None = None) -> Any:
    """One kind: what stands, filled in with an example; another one put there or taken away; all versions."""
    found = asking.get("intake", f"/campaigns/{campaign}/templates/{kind}")
    offered = asking.get("intake", f"/campaigns/{campaign}/templates")["placeholders"]
    return render_template(
        "own_template.html",
        campaign=campaign,
        kind=kind,
        found=found,
        offered=offered,
        versions=found["versions"][::-1],
        problem=problem,
        entered=request.form,
    )


@room.post("/campaigns/<code:campaign>/templates/<code:kind>")
def keep(campaign: str, kind: str) -> Any:
    """Put a Word document in the place of the template."""
    if g.get("too_large"):
        return show(campaign, kind, too_large := files.too_large()), too_large.status

    def act() -> None:
        upload = files.chosen("file")
        if upload is None:
            raise clients.refused("file_missing", languages.current())
        fields: dict[str, str | clients.Upload] = {"file": upload, "note": request.form.get("note", "").strip()}
        asking.hand_in("intake", f"/campaigns/{campaign}/templates/{kind}", fields)
        flash(gettext("模板已启用，各单位从现在起下载这一份。"), "done")

    return doing.attempt(act, lambda problem: show(campaign, kind, problem), _there(campaign, kind))


@room.post("/campaigns/<code:campaign>/templates/<code:kind>/withdrawal")
def withdraw(campaign: str, kind: str) -> Any:
    """Take the standing template away."""
    wanted = {"version": request.form.get("version", 0, int), "reason": request.form.get("reason", "").strip()}
    path, done = f"/campaigns/{campaign}/templates/{kind}/withdrawal", gettext("模板已撤下，各单位下载系统模板。")
    there = _there(campaign, kind)
    return doing.post("intake", path, wanted, done, lambda problem: show(campaign, kind, problem), there)


def _there(campaign: str, kind: str) -> str:
    return url_for("own_templates.show", campaign=campaign, kind=kind)
