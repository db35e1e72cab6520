"""The ledger as a grid: looked through in an order under any filter, changed in place or many at once, and who is
awaited in words.

What must stay true: what is changed was seen (each cell and each item comes with the value it had); what is declined
says why and leaves everything else as it was. Without a script the grid is a list with a link to each item's form.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, charts, clients, listing, reference, refusals
from services.spine import clock

room = Blueprint("ledger", __name__)
PLACES = ("unit", "region", "group")
FILTERS = (
    *PLACES,
    "category",
    "source",
    "aspect",
    "state",
    "waits",
    "colour",
    "age",
    "overdue",
    "unreported",
    "recheck_due",
    "owner",
    "q",
)
LASTING = (*PLACES, "category", "source", "aspect", "owner", "q")
BULK = ("responsible", "owner_post", "standard", "due_on")


@room.get("/ledger")
def grid() -> Any:
    """The items under the filters in the address, in their order; with sums where they are told at once."""
    campaign, asked = asking.campaign(), listing.filters(*FILTERS, "sort")
    wanted = {"sort": "due", **asked}
    summed = {"campaign": campaign, "by": "region", **wanted, "sort": None}
    told = asking.find("rectification", "/ledger/summary", **{**summed, "colour": None})
    viewer, views = asking.viewer(), asking.find("rectification", "/ledger/views", campaign=campaign)
    own = viewer.units(campaign) if campaign else []
    team = reference.posts(campaign, own[0]) if len(own) == 1 else {}
    return render_template(
        "ledger.html",
        campaign=campaign, items=listing.onward("rectification", "/ledger", campaign=campaign, **wanted),
        told=told, awaited=asking.find("rectification", "/ledger/summary", **summed) if "colour" in wanted else told,
        names=reference.unit_names(campaign), roster=reference.own(campaign), groups=reference.group_names(campaign),
        open_view=next((one for one in (views or {}).get("rows", ()) if one["query"] == asked), None), views=views,
        aspects=reference.titles(campaign, "aspects"), lists=reference.titles(campaign, "lists"), wanted=wanted,
        may_revise=viewer.may("revise_item"), own=own, bulk=BULK,
        mine=reference.own_posts(campaign), team="、".join(f"{post} {title}" for post, title in team.items()),
    )  # fmt: skip


@room.get("/ledger/flow")
def flow() -> Any:
    """What came in and went out week by week, and what was left, with the table behind; filters that are of today
    only are named and left out."""
    campaign, wanted = asking.campaign(), listing.filters(*LASTING)
    told = asking.get("rectification", "/ledger/summary", campaign=campaign, by="group", **wanted)
    weeks = [{"day": row["week"], **row} for row in told["flow"]]
    left_out = listing.filters(*(name for name in FILTERS if name not in LASTING))
    return render_template(
        "ledger_flow.html",
        campaign=campaign, told=told, weeks=weeks, charts=charts, roster=reference.own(campaign), lasting=LASTING,
        groups=reference.group_names(campaign), wanted=wanted, left_out=left_out, mine=reference.own_posts(campaign),
        aspects=reference.titles(campaign, "aspects"), lists=reference.titles(campaign, "lists"),
        left=charts.lines(weeks, ["left"]), moved=charts.lines(weeks, ["registered", "closed", "reopened"]),
    )  # fmt: skip


@room.post("/ledger/cell")
def cell() -> Response | tuple[Response, int]:
    """One cell is said otherwise; answers with what stands there now, or why not."""
    form = request.form
    if not form.get("value", "").strip() and form.get("field", "").startswith("measure_"):
        return jsonify(said=gettext("措施的内容、责任人和时限不能留空。")), 422
    try:
        if form.get("field") == "progress":
            _progress(form.get("item_id", ""), form.get("value", "").strip())
            return jsonify(said=gettext("进展已登记。"))
        row = _revise([{"item_id": form.get("item_id", ""), "was": form.get("was", "")}], confirm=True)[0]
    except clients.Declined as problem:
        places = refusals.places(problem)
        return jsonify(said=" ".join([refusals.sentence(problem), *places])), problem.status
    if row["refusal"] and row["refusal"]["code"] == "changed_meanwhile":
        now = row["before"] or gettext("空白")
        told = gettext("刚刚被别人改成“%(now)s”，没有覆盖：再按回车改成您写的，按 Esc 留用别人的。", now=now)
        return jsonify(said=told, now=row["before"]), 409
    if row["refusal"]:
        return jsonify(said=refusals.said(row["refusal"]["code"], row["refusal"]["params"])), 409
    return jsonify(said=gettext("已保存。"))


@room.post("/ledger/preview")
def preview(problem: clients.Declined | None = None) -> Any:
    """What a change would do to each of the chosen items; nothing is changed yet."""
    chosen, rows = request.form.getlist("item"), list[dict[str, Any]]()
    if not chosen:
        flash(gettext("请先勾选要修改的问题。"), "info")
        return redirect(_back(), 303)
    try:
        rows = _revise([{"item_id": one} for one in chosen], confirm=False)
    except clients.Declined as declined:
        problem = declined
    campaign = asking.campaign()
    page = render_template(
        "ledger_preview.html",
        rows=rows, campaign=campaign, problem=problem, names=reference.unit_names(campaign), entered=request.form,
        would=[row for row in rows if row["outcome"] == "would"], why_row=refusals.said,
    )  # fmt: skip
    return page, problem.status if problem else 200


@room.post("/ledger/changes")
def confirm() -> Any:
    """Do what was previewed, and offer to take it back; pressed again it changes nothing."""
    was = _seen()
    rows = _revise([{"item_id": one, "was": seen} for one, seen in was.items()], confirm=True)
    return render_template(
        "ledger_changed.html",
        entered=request.form, was=was, changed=[row["item_id"] for row in rows if not row["refusal"]],
        refused=[row for row in rows if row["refusal"]], why_row=refusals.said,
    )  # fmt: skip


@room.post("/ledger/changes/undoing")
def take_back() -> Any:
    """Each item says again what it said before a change of many; what was changed since is left, and told."""
    before: dict[str, list[dict[str, str]]] = {}
    for one, was in _seen().items():
        before.setdefault(was, []).append({"item_id": one, "was": request.form.get("value", "").strip()})
    rows = [row for was, items in before.items() for row in _revise(items, was, confirm=True)]
    done = sum(row["outcome"] in ("done", "same") for row in rows)
    flash(ngettext("已撤销 %(num)d 个问题的修改。", "已撤销 %(num)d 个问题的修改。", done), "done")
    if refused := [row for row in rows if row["refusal"]]:
        why = dict.fromkeys(refusals.said(row["refusal"]["code"], row["refusal"]["params"]) for row in refused)
        told = ngettext("%(num)d 个没有撤销：", "%(num)d 个没有撤销：", len(refused))
        flash(told + " ".join(why), "info")
    return redirect(_back(), 303)


def _seen() -> dict[str, str]:
    return dict(zip(request.form.getlist("item"), request.form.getlist("was"), strict=False))


def _back() -> str:
    filters: dict[str, Any] = dict(request.args)
    return url_for(".grid", **filters)


def _revise(items: list[dict[str, str]], value: str | None = None, *, confirm: bool) -> list[dict[str, Any]]:
    form = request.form
    value = form.get("value", "").strip() if value is None else value
    wanted: dict[str, Any] = {"items": items, "field": form.get("field", ""), "value": value}
    wanted |= {"at": int(form["at"])} if form.get("at", "").isdecimal() else {}
    answer = asking.post("rectification", "/ledger/revision", {**wanted, "confirm": confirm}).body
    return list(answer["rows"])


def _progress(item_id: str, text: str) -> None:
    today = clock.today()
    key = f"grid-{hashlib.sha256(f'{today}{text}'.encode()).hexdigest()[:20]}"
    entry: dict[str, Any] = {"key": key, "on": today, "text": text, "evidence": []}
    asking.post("rectification", f"/items/{clients.quoted(item_id)}/progress", entry)
