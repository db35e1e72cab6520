"""What becomes of an item besides progress and its close-out: made clear, asked for, looked back on, opened again.

What must stay true: each form is shown again with what was typed and why it was declined; a second press that finds its
deed done just shows the item.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, item_form, reference
from services.portal.pages import files, items

room = Blueprint("item_moves", __name__)


@room.get("/items/<code:item_id>/revision")
def revision(item_id: str, problem: clients.Declined | None = None) -> Any:
    """The form for what is clear about an item."""
    asking.needs("revise_item")
    item = asking.get("rectification", f"/items/{item_id}")
    posts = reference.posts(item["campaign"], item["unit"])
    entered = request.form if request.method == "POST" else item_form.begun(item, posts)
    return render_template(
        "item_revise.html",
        item=item, campaign=item["campaign"], names=reference.unit_names(item["campaign"]),
        aspects=_aspects(item), lists=reference.titles(item["campaign"], "lists"),
        measures=range(max(item_form.MEASURES, len(item["measures"]) + 2)),
        milestones=range(max(item_form.MILESTONES, len(item["milestones"]) + 2)), problem=problem, entered=entered,
        posts=posts,
        fixed=item_form.fixed(item),
    )  # fmt: skip


def _aspects(item: dict[str, Any]) -> dict[str, str]:
    """The aspects to examine, and the item's own where that is of a former version: saving does not lose it."""
    own = {code: title for code, title in reference.aspect_titles(item["campaign"]).items() if code == item["aspect"]}
    return {**own, **reference.titles(item["campaign"], "aspects")}


@room.post("/items/<code:item_id>/revision")
def revise(item_id: str) -> Any:
    """The unit makes clear what was missing, or says it otherwise."""
    form = request.form
    posts = reference.posts(*item_id.split(".")[:2])
    words = ("problem", "standard", "category", "due_on", "aspect")
    wanted: dict[str, Any] = {name: form[name].strip() for name in words if form.get(name, "").strip()}
    wanted |= item_form.owner(form, posts)
    wanted |= {"measures": item_form.measures(form, posts), "milestones": item_form.milestones(form)}
    wanted |= {"particulars": item_form.particulars(form)}

    def act() -> None:
        item = asking.post("rectification", f"/items/{item_id}/revision", wanted).body
        clear = item["state"] != "registered"
        flash(gettext("已保存。") if clear else gettext("已保存，“五明确”还没有写全。"), "done")

    return doing.attempt(act, lambda problem: revision(item_id, problem), url_for("items.show", item_id=item_id))


@room.post("/items/<code:item_id>/interim")
def interim(item_id: str) -> Any:
    """Put an interim result on record, with evidence."""
    wanted = {name: request.form.get(name, "").strip() for name in ("key", "on", "result")}

    def act() -> None:
        asking.post("rectification", f"/items/{item_id}/interim", {**wanted, "evidence": items.evidence_of(item_id)})
        flash(gettext("阶段性成果已登记。"), "done")

    return _attempt(item_id, "interim", act)


@room.post("/items/<code:item_id>/requests")
def ask(item_id: str) -> Any:
    """Ask for another list or another day."""
    form = request.form
    kind = form.get("kind", "")
    wanted = {"kind": kind, "to": form.get("day" if kind == "postpone" else "category", "")}
    wanted |= {"reason": form.get("reason", "").strip()}
    wanted |= {"due_on": form["due_on"]} if kind == "retype" and form.get("due_on") else {}
    return _post(item_id, "requests", wanted, gettext("申请已提交，由督导组长或主题教育办办理。"))


@room.post("/items/<code:item_id>/requests/<int:number>")
def decide(item_id: str, number: int) -> Any:
    """Grant or refuse what a unit asks for."""
    wanted = {"passed": request.form.get("passed") == "yes", "reason": request.form.get("reason", "").strip()}
    return _post(item_id, f"requests/{number}/decision", wanted, gettext("申请已办理。"), about="decision")


@room.post("/items/<code:item_id>/rechecks")
def recheck(item_id: str) -> Any:
    """Put on record what was seen when a closed item was looked at again."""
    form = request.form
    wanted = {name: form.get(name, "").strip() for name in ("on", "result", "reason")}
    wanted |= {"due_on": form["due_on"]} if form.get("due_on") else {}
    return _post(item_id, "rechecks", wanted, gettext("回头看已登记。"))


@room.post("/items/<code:item_id>/reopening")
def reopen(item_id: str) -> Any:
    """Undo a closing."""
    wanted = {name: request.form.get(name, "").strip() for name in ("reason", "due_on")}
    return _post(item_id, "reopening", wanted, gettext("问题已重新打开，单位会收到通知。"))


@room.get("/items/<code:item_id>/slip")
def slip(item_id: str) -> Any:
    """The close-out slip, to be printed."""
    item = asking.get("rectification", f"/items/{item_id}")
    if not item["closeout"]:
        return redirect(url_for("items.show", item_id=item_id, _anchor="closeout"), 303)
    return render_template(
        "slip.html",
        item=item, names=reference.unit_names(item["campaign"]), lists=reference.titles(item["campaign"], "lists"),
        evidence=items.pieces(item),
    )  # fmt: skip


@room.get("/items/<code:item_id>/slip.docx")
def slip_word(item_id: str) -> Any:
    """The same as a Word document."""
    campaign, unit = item_id.split(".")[:2]
    name = reference.unit_names(campaign).get(unit, unit)
    return files.passed_on("rectification", f"/items/{clients.quoted(item_id)}/slip", unit_name=name)


def _post(item_id: str, deed: str, wanted: dict[str, Any], done: str, about: str = "") -> Any:
    def act() -> None:
        asking.post("rectification", f"/items/{item_id}/{deed}", wanted)
        flash(done, "done")

    return _attempt(item_id, about or deed, act)


def _attempt(item_id: str, about: str, act: Any) -> Any:
    there = url_for("items.show", item_id=item_id, _anchor=about)
    return doing.attempt(act, lambda problem: items.show(item_id, problem, about), there)
