"""The ledger: problems with measures, progress and evidence, and how each is closed by someone else than the unit."""

import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from services.portal import asking, clients, item_form, listing, opinions, reference, refusals, sessions
from services.portal.pages import candidates, files
from services.spine import clock

room = Blueprint("items", __name__)
FILTERS = ("unit", "region", "group", "category", "state", "waits", "colour", "source", "owner", "q")
EVIDENCE = 3
DECIDING = {
    "group": ("supervisor", "group_leader", "office"),
    "county_office": ("county_office",),
    "office": ("office",),
}


@room.get("/items")
def listed() -> Any:
    """Problems under the filters named in the address, with the count of each colour."""
    campaign = asking.campaign()
    wanted = listing.filters(*FILTERS)
    uncoloured = {name: value for name, value in wanted.items() if name != "colour"}
    return render_template(
        "items.html",
        campaign=campaign,
        wanted=wanted,
        items=listing.onward("rectification", "/ledger", campaign=campaign, **wanted),
        told=asking.find("rectification", "/ledger/summary", campaign=campaign, by="category", **uncoloured),
        candidates=asking.find(
            "rectification", "/candidates", campaign=campaign, state="open", unit=wanted.get("unit"), size=1
        ),
        names=reference.unit_names(campaign),
        roster=reference.own(campaign),
        lists=reference.titles(campaign, "lists"),
        mine=reference.own_posts(campaign),
    )


@room.get("/items/new")
def new(problem: clients.Declined | None = None) -> Any:
    """The form for a problem; its key is made with the form, so pressing twice registers it once."""
    asking.needs("register_item")
    candidate = request.values.get("candidate", "").strip()
    candidate = candidate if candidate.count(".") > 1 else ""
    campaign = candidate.split(".")[0] if candidate else asking.campaign()
    entered = request.form if request.method == "POST" else request.args
    if candidate and request.method == "GET":
        entered = MultiDict({**candidates.begun(candidate), **request.args.to_dict()})
    opinion = request.values.get("opinion_id") or request.args.get("opinion", "")
    if opinion and request.method == "GET":
        entered = MultiDict({"source": "opinion", **opinions.begun(opinion), **request.args.to_dict()})
    roster = reference.own(campaign, "register_item")
    if candidate:
        roster = {**roster, "next": None, "units": [reference.unit(str(campaign), entered.get("unit", "")) or {}]}
    unit = entered.get("unit") or (roster["units"][0].get("unit_code") if len(roster["units"]) == 1 else "")
    return render_template(
        "item_new.html",
        campaign=campaign,
        candidate=candidate,
        opinion=opinion,
        roster=roster,
        aspects=reference.titles(campaign, "aspects"),
        lists=reference.titles(campaign, "lists"),
        posts=reference.posts(campaign, unit or ""),
        key=_key_again(problem),
        measures=range(item_form.MEASURES),
        milestones=range(item_form.MILESTONES),
        problem=problem,
        entered=entered,
    )


@room.post("/items/new")
def register() -> Any:
    """Put a problem on the ledger."""
    form = request.form
    needed = ("campaign", "unit", "key", "problem", "source", "category")
    wanted: dict[str, Any] = {name: form.get(name, "").strip() for name in needed}
    wanted["unit"] = reference.unit_code(wanted["campaign"], wanted["unit"], "register_item")
    posts = reference.posts(wanted["campaign"], wanted["unit"])
    optional = ("standard", "aspect", "due_on", "candidate", "opinion_id")
    wanted |= {name: form[name].strip() for name in optional if form.get(name, "").strip()}
    wanted |= {"again": True} if form.get("again") else {}
    wanted |= {name: said for name, said in item_form.owner(form, posts).items() if said}
    wanted["measures"] = item_form.measures(form, posts)
    wanted |= {"milestones": found} if (found := item_form.milestones(form)) else {}
    wanted |= {"particulars": told} if (told := item_form.particulars(form)) else {}
    try:
        answer = asking.post("rectification", "/items", wanted)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        if problem.code == "already_adopted":
            flash(refusals.sentence(problem), "done")
            return redirect(url_for(".show", item_id=problem.params["item_id"]), 303)
        return new(problem), problem.status
    fresh = gettext("问题已登记。") if not answer.body["lacking"] else gettext("问题已登记，“五明确”还没有写全。")
    flash(fresh if answer.status == 201 else gettext("这个问题刚才已经登记过。"), "done")
    return redirect(url_for(".show", item_id=answer.body["item_id"]), 303)


@room.get("/items/<code:item_id>")
def show(item_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One problem from its registration to its close-out, with everything that happened."""
    item = asking.get("rectification", f"/items/{item_id}")
    campaign = item["campaign"]
    viewer = asking.viewer()
    inside, apart = item["unit"] in viewer.units(campaign), not viewer.has_been_of(item["unit"])
    waiting = next((one for one in item["requests"] if not one["decided"]), None)
    closed, working = item["state"] == "closed", item["state"] in ("registered", "open")
    return render_template(
        "item.html",
        item=item, campaign=campaign, names=reference.unit_names(campaign),
        aspects=reference.aspect_titles(campaign), lists=reference.titles(campaign, "lists"),
        may_progress=item["state"] == "open" and _works_on(viewer, item),
        may_revise=inside and viewer.may("revise_item") and working,
        may_ask=inside and viewer.may("ask_item_change") and not waiting and _by_asking(item),
        may_decide=apart and viewer.may("decide_item_change") and waiting and working,
        may_recheck=apart and viewer.may("recheck_item") and closed, waiting=waiting,
        may_close=inside and viewer.may("close_item") and item["state"] == "open",
        verifying=verifying(viewer, item) if apart else "", stands_in=_stands_in(viewer, item),
        evidence=pieces(item), stale=_stale_plan(item),
        ladder=asking.find("rectification", f"/items/{item_id}/ladder"),
        checked=asking.rows("rectification", f"/items/{item_id}/evidence"),
        key=_key_again(problem), rows=range(EVIDENCE),
        problem=problem, about=about, entered=request.form,
    )  # fmt: skip


def _works_on(viewer: sessions.Viewer, item: dict[str, Any]) -> bool:
    """Whether this person says what was done: of the unit's hands, or in a post that owns the item or a measure."""
    owning = {item["owner_post"], *(one.get("post") for one in item["measures"])}
    places = {("unit", item["unit"]), *(("post", f"{item['unit']}/{post}") for post in owning)}
    return not places.isdisjoint(viewer.parts(item["campaign"], "progress_item"))


def _stale_plan(item: dict[str, Any]) -> dict[str, Any] | None:
    """The plan of the unit, where a close-out is awaited while what was approved does not stand there any more."""
    found = None
    if item["state"] == "close_requested":
        found = asking.find("rectification", f"/plans/{item['campaign']}.{item['unit']}")
    return found if found and found["state"] == "stale" else None


def _by_asking(item: dict[str, Any]) -> bool:
    """Whether its list is changed by asking: once it is planned, and always where it is to be changed at once."""
    return bool(item["state"] == "open" or (item["state"] == "registered" and item["category"] == "immediate"))


@room.post("/items/<code:item_id>/progress")
def progress(item_id: str) -> Any:
    """Put progress on record, with evidence: files go to intake first, the ledger keeps their hash."""
    form = request.form
    if g.get("too_large"):
        return _again(item_id, files.too_large(), "progress")
    wanted: dict[str, Any] = {"key": form.get("key", ""), "on": form.get("on", "")}
    wanted["text"] = form.get("text", "").strip()
    wanted |= {"percent": int(form["percent"])} if form.get("percent", "").isdecimal() else {}
    wanted |= {"milestones": reached} if (reached := form.getlist("milestone")) else {}
    about = [name.replace("\r\n", "\n") for name in form.getlist("measure")]
    wanted |= {"measures": about} if about else {}
    try:
        wanted["evidence"] = evidence_of(item_id)
        asking.post("rectification", f"/items/{item_id}/progress", wanted)
    except clients.Declined as problem:
        return _again(item_id, problem, "progress")
    flash(gettext("进展已登记。"), "done")
    return redirect(url_for(".show", item_id=item_id, _anchor="progress"), 303)


@room.post("/items/<code:item_id>/closeout")
def closeout(item_id: str) -> Any:
    """Apply for the close-out; someone else verifies it."""
    effect = {name: request.form.get(name, "").strip() for name in ("before", "after", "rule", "benefits", "judgement")}
    wanted = {
        "result": request.form.get("result", "").strip(),
        "effect": {name: text for name, text in effect.items() if text or name in ("before", "after")},
    }
    try:
        asking.post("rectification", f"/items/{item_id}/closeout", wanted)
    except clients.Declined as problem:
        return _again(item_id, problem, "closeout", settled="close_requested")
    flash(gettext("已申请销号，等待督导组核验。"), "done")
    return redirect(url_for(".show", item_id=item_id, _anchor="closeout"), 303)


@room.post("/items/<code:item_id>/verification")
def verify(item_id: str) -> Any:
    """The group (or the office) closes the item, or sends it back with a reason."""
    form = request.form
    wanted: dict[str, Any] = {key: form.get(key, "").strip() for key in ("reason", "hash")}
    wanted["passed"] = form.get("passed") == "yes"
    wanted |= {"due_on": form["due_on"]} if form.get("due_on") and not wanted["passed"] else {}
    try:
        state = asking.post("rectification", f"/items/{item_id}/verification", wanted).body["state"]
    except clients.Declined as problem:
        return _again(item_id, problem, "verification", settled="closed" if wanted["passed"] else "open")
    done = {"closed": gettext("核验通过，问题已销号。"), "open": gettext("核验不通过，已退回整改。")}
    flash(done.get(state) or gettext("本级已同意，转上一级核验。"), "done")
    return redirect(url_for(".show", item_id=item_id), 303)


def verifying(viewer: sessions.Viewer, item: dict[str, Any]) -> str:
    """What this person may do about a close-out that waits: the `whole`; send it `back`, after passing a level before;
    nothing, having `applied` for it, or at all."""
    if item["state"] != "close_requested":
        return ""
    closeout = item["closeout"]
    own = [one["level"] for one in closeout["levels"] if one["by_account"] == viewer.login]
    if not viewer.has(*DECIDING[own[0] if own else closeout["next"]]):
        return ""
    return "applied" if closeout["requested_by_account"] == viewer.login else "back" if own else "whole"


def _stands_in(viewer: sessions.Viewer, item: dict[str, Any]) -> bool:
    """Whether an office decides in its group's stead, and a level of its own is still to come."""
    closeout = item["closeout"] or {}
    own = closeout.get("next") == "group" and "office" in closeout.get("needed", ())
    return own and not viewer.has("supervisor", "group_leader")


def _again(item_id: str, problem: clients.Declined, about: str, settled: str = "") -> Any:
    """Show the form with the reason; a second press that finds its deed done just shows the item."""
    if problem.status in (401, 404):
        raise problem
    done = problem.code == "wrong_state" and asking.get("rectification", f"/items/{item_id}")["state"] == settled
    if done:
        return redirect(url_for(".show", item_id=item_id), 303)
    return show(item_id, problem, about), problem.status


def pieces(item: dict[str, Any]) -> list[dict[str, Any]]:
    """All evidence of an item."""
    return [piece for step in (*item["progress"], *item["interim"]) for piece in step["evidence"]]


def evidence_of(item_id: str) -> list[dict[str, Any]]:
    """The evidence of a form; files go to intake first, the ledger keeps their hash."""
    campaign, unit = item_id.split(".")[:2]
    return [piece for row in range(EVIDENCE) if (piece := _evidence(campaign, unit, row))]


def _evidence(campaign: str, unit: str, row: int) -> dict[str, Any] | None:
    title, dated = request.form.get(f"title-{row}", "").strip(), request.form.get(f"dated_on-{row}", "")
    upload = files.chosen(f"file-{row}")
    if not title and not upload:
        return None
    piece: dict[str, Any] = {"title": title, "dated_on": dated or clock.today()}
    if upload:
        piece["title"] = title or upload[0]
        kept = asking.hand_in("intake", "/files", {"campaign": campaign, "unit": unit, "file": upload}).body
        piece |= {"receipt": kept["receipt"]}
    return piece


def _key_again(problem: clients.Declined | None) -> str:
    """The key the form came with; a new one for a new form, and where the old one stands for something else."""
    taken = problem is not None and problem.code == "key_taken"
    if request.form.get("key") and not taken:
        return request.form["key"]
    return f"{clock.today().replace('-', '')}-{secrets.token_hex(4)}"
