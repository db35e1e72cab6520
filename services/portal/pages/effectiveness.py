"""The effectiveness list: what was, what was done, what is now, derived from closed items and never typed in.

The group reviews each line; the offices publish issues of it, which stay as they are and tell what was withdrawn.
"""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, listing, reference, workbook
from services.portal.pages import files

room = Blueprint("effectiveness", __name__)
SAID = ("before", "after", "rule", "benefits", "judgement")


@room.get("/effectiveness")
def listed() -> Any:
    """Closed items and their effect."""
    campaign, wanted = asking.campaign(), listing.filters("unit", "region", "state")
    return render_template(
        "effectiveness.html",
        effects=listing.onward("rectification", "/effectiveness", campaign=campaign, **wanted), wanted=wanted,
        names=reference.unit_names(campaign), roster=reference.own(campaign), campaign=campaign,
    )  # fmt: skip


@room.get("/effectiveness/<code:item_id>")
def line(item_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One line in full, to be reviewed by the group or put in other words by the unit."""
    line, item = (
        asking.get("rectification", f"/items/{item_id}/effect"),
        asking.get("rectification", f"/items/{item_id}"),
    )
    viewer, inside = asking.viewer(), item["unit"] in asking.viewer().units(item["campaign"])
    return render_template(
        "effect.html",
        line=line, rounds=item["closeout"].get("line", {}).get("rounds", []), problem=problem, about=about,
        names=reference.unit_names(item["campaign"]), lists=reference.titles(item["campaign"], "lists"),
        may_judge=viewer.may("judge_effect") and not viewer.has_been_of(item["unit"]) and line["state"] != "accepted",
        may_reword=inside and viewer.may("reword_effect") and line["state"] == "returned",
        entered=request.form or line,
    )  # fmt: skip


@room.post("/effectiveness/<code:item_id>/review")
def judge(item_id: str) -> Any:
    """Accept the line as it was seen, or return it."""
    form = request.form
    wanted = {"hash": form.get("hash", ""), "passed": form.get("passed") == "yes"}
    wanted |= {"reason": form.get("reason", "").strip()}
    done = gettext("成效已采纳。") if wanted["passed"] else gettext("成效已退回单位修改。")
    return _post(item_id, "effect/review", wanted, done, "review")


@room.post("/effectiveness/<code:item_id>/words")
def reword(item_id: str) -> Any:
    """A returned line in other words."""
    said = {name: request.form.get(name, "").strip() for name in SAID}
    kept = {name: text for name, text in said.items() if text or name in ("before", "after")}
    return _post(item_id, "effect", {"effect": kept}, gettext("已修改，等待督导组重新审核。"), "words")


@room.get("/effectiveness/issues")
def issues() -> Any:
    """What was published."""
    campaign = asking.campaign()
    return render_template(
        "effect_issues.html",
        issues=listing.found("rectification", "/effect-issues", campaign=campaign, **listing.filters("kind", "of")),
        names=reference.unit_names(campaign), roster=reference.own(campaign, "publish_effects"), campaign=campaign,
        regions=reference.region_names(campaign), may_publish=asking.viewer().may("publish_effects"),
    )  # fmt: skip


@room.get("/effectiveness/issues/new")
def new(problem: clients.Declined | None = None) -> Any:
    """What would be published, of a unit or a region, before it is."""
    asking.needs("publish_effects")
    campaign = asking.campaign() or abort(404)
    unit = reference.unit_code(campaign, request.values.get("unit", "").strip(), "publish_effects")
    of = request.form.get("of") or unit or request.values.get("region", "")
    if not of:
        return redirect(url_for(".issues"), 303)
    kind = "unit" if "-" in of else "region"
    draft = asking.get("rectification", "/effect-issues/draft", campaign=campaign, kind=kind, of=of)
    apart = not all(asking.viewer().has_been_of(one["unit"]) for one in draft["lines"])
    name = reference.region_names(campaign).get(of) or reference.unit_names(campaign).get(of, of)
    return render_template(
        "effect_issue_new.html",
        draft=draft, names=reference.unit_names(campaign), name=name, apart=apart, problem=problem,
        entered=request.form, title=gettext("%(name)s整改成效清单", name=name),
    )  # fmt: skip


@room.post("/effectiveness/issues")
def publish() -> Any:
    """Publish exactly what was seen; pressed twice it is one issue."""
    form = request.form
    wanted: dict[str, Any] = {name: form.get(name, "").strip() for name in ("campaign", "kind", "of", "title", "hash")}
    place = {name: wanted[name] for name in ("campaign", "kind", "of")}
    draft, names = (
        asking.get("rectification", "/effect-issues/draft", **place),
        reference.unit_names(wanted["campaign"]),
    )
    wanted["names"] = {one["unit"]: names.get(one["unit"], one["unit"]) for one in draft["lines"]}
    try:
        issue = asking.post("rectification", "/effect-issues", wanted).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return new(problem), problem.status
    flash(gettext("成效清单已公布。"), "done")
    return redirect(url_for(".issue", issue_id=issue["issue_id"]), 303)


@room.get("/effectiveness/issues/<code:issue_id>")
def issue(issue_id: str) -> Any:
    """One issue, to be read and printed."""
    found = asking.get("rectification", f"/effect-issues/{issue_id}")
    gone = {one["item_id"]: one for one in found["withdrawn"]}
    return render_template("effect_issue.html", issue=found, gone=gone)


@room.get("/effectiveness/issues/<code:issue_id>.docx")
def issue_word(issue_id: str) -> Response:
    """The same as a Word document."""
    return files.passed_on("rectification", f"/effect-issues/{clients.quoted(issue_id)}/word")


@room.get("/effectiveness/issues/<code:issue_id>.xlsx")
def issue_sheet(issue_id: str) -> Response:
    """The same as a workbook."""
    found = asking.get("rectification", f"/effect-issues/{issue_id}")
    gone = {one["item_id"]: one["reason"] for one in found["withdrawn"]}
    heads = [
        gettext("单位"), gettext("编号"), gettext("问题"), gettext("整改前"), gettext("整改举措"), gettext("整改后"),
        gettext("建立的制度"), gettext("谁受益"), gettext("群众评价"), gettext("佐证"), gettext("销号日期"),
        gettext("是否按期"), gettext("撤回原因"),
    ]  # fmt: skip
    lines = [
        [
            found["names"].get(one["unit"], one["unit"]), one["number"], one["problem"], one["before"],
            "\n".join(f"{step['on']} {step['text']}" for step in one["actions"]), one["after"],
            one["rule"], one["benefits"], one["judgement"],
            "\n".join(f"{piece['title']} {piece['dated_on']}" for piece in one["evidence"]), one["closed_on"],
            gettext("按期") if one["on_time"] else gettext("逾期办结"), gone.get(one["item_id"], ""),
        ]
        for one in found["lines"]
    ]  # fmt: skip
    return workbook.answer("effects", gettext("成效清单"), heads, lines)


def _post(item_id: str, deed: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    return doing.post(
        "rectification", f"/items/{item_id}/{deed}", wanted, done,
        lambda problem: line(item_id, problem, about), url_for(".line", item_id=item_id),
    )  # fmt: skip
