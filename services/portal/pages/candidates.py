"""Problems from every source on their way to the ledger: put on it, joined to an item of it, or explained.

The words of a problem stand where they were said; here is what became of it.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, candidate_words, clients, listing, reference

room = Blueprint("candidates", __name__)
LONGEST = 1000
"""Of a problem on the ledger."""
FILTERS = ("unit", "state", "source", "group", "region", "origin", "candidate_id")


@room.get("/items/candidates")
def listed(problem: clients.Declined | None = None, about: str = "") -> Any:
    """Candidates under the filters in the address, each with its words and what became of it."""
    asking.needs("read_item")
    campaign, viewer = asking.campaign(), asking.viewer()
    found = listing.found_onward("rectification", "/candidates", campaign=campaign, **listing.filters(*FILTERS))
    rows, own = found.rows if found else [], viewer.units(campaign)
    acting = viewer.may("explain_candidate") and {row["unit"] for row in rows if row["state"] == "open"} & set(own)
    return render_template(
        "candidates.html", campaign=campaign,
        candidates=found, texts=candidate_words.of(rows), names=reference.unit_names(campaign),
        where=candidate_words.where, items={unit: _items(campaign, unit) for unit in acting or ()},
        roster=reference.own(campaign), own=own, may_adopt=viewer.may("register_item"),
        group=viewer.may("reopen_candidate"), problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.get("/items/candidates/<code:candidate_id>")
def show(candidate_id: str) -> Any:
    """One candidate by itself."""
    campaign, unit = (*candidate_id.split("."), "")[:2]
    return redirect(url_for(".listed", campaign=campaign, unit=unit or None, candidate_id=candidate_id), 303)


@room.post("/items/candidates/<code:candidate_id>/explanation")
def explain(candidate_id: str) -> Any:
    """The unit says why a problem does not go on the ledger."""
    return _do(candidate_id, "explanation", _reason(), gettext("说明已提交，督导组会看到。"))


@room.post("/items/candidates/<code:candidate_id>/joining")
def join(candidate_id: str) -> Any:
    """A problem is dealt with by an item that stands on the ledger."""
    wanted = {"item_id": request.form.get("item_id", "")}
    return _do(candidate_id, "joining", wanted, gettext("已并入台账上的问题。"))


@room.post("/items/candidates/<code:candidate_id>/reopening")
def reopen(candidate_id: str) -> Any:
    """The group does not take the explanation, or what it was joined to."""
    return _do(candidate_id, "reopening", _reason(), gettext("已重新提出，单位会收到通知。"))


@room.post("/items/candidates/together")
def together() -> Any:
    """Several at once: joined to one item, or explained with one reason; what was done already stays as it is."""
    joining = request.form.get("item_id", "")
    deed, wanted = ("joining", {"item_id": joining}) if joining else ("explanation", _reason())
    done = 0
    for candidate_id in request.form.getlist("candidate"):
        try:
            asking.post("rectification", f"/candidates/{clients.quoted(candidate_id)}/{deed}", wanted)
        except clients.Declined as problem:
            if problem.status in (401, 404):
                raise
            return listed(problem, "together"), problem.status
        done += 1
    flash(ngettext("已处理 %(num)d 个待列问题。", "已处理 %(num)d 个待列问题。", done), "done")
    return redirect(_back(), 303)


def begun(candidate_id: str) -> dict[str, str]:
    """A candidate as the beginning of an item: its words, its unit, where it comes from, what was promised before."""
    rows = asking.rows("rectification", "/candidates", candidate_id=candidate_id)
    if not rows:
        return {"unit": candidate_id.split(".")[1]}
    row, said = rows[0], candidate_words.of(rows).get(candidate_id) or candidate_words.UNREAD
    start = {"unit": row["unit"], "source": row["source"], "problem": "" if said["secret"] else said["text"][:LONGEST]}
    start |= {"aspect": row["aspect"] or said["aspect"], "secret": "yes" if said["secret"] else ""}
    start |= _promised(row) if row["source"] == "last_year" else {}
    return {name: str(text) for name, text in start.items() if text}


def _promised(row: dict[str, Any]) -> dict[str, str]:
    """What the item that was left undone said; its days have passed and are given anew."""
    place = {"campaign": row["campaign"], "unit": row["unit"]}
    left = asking.rows("rectification", "/leftovers", **place)
    old = next((one for one in left if one["item_id"] == row["origin"]), None)
    if old is None:
        return {}
    measures = {f"{part}-{n}": one[part] for n, one in enumerate(old["measures"]) for part in ("what", "who")}
    return {**{key: old[key] or "" for key in ("category", "responsible", "standard")}, **measures}


def _items(campaign: str | None, unit: str) -> list[dict[str, Any]]:
    """The items of a unit's ledger that something may be joined to."""
    rows = asking.whole("rectification", "/ledger", campaign=campaign, unit=unit)
    return [row for row in rows if row["state"] != "closed"]


def _back(candidate_id: str | None = None) -> str:
    """The list as it was filtered, on the page that was read, at the candidate."""
    filters: dict[str, Any] = dict(listing.filters(*FILTERS, "after", "came"))
    return url_for(".listed", _anchor=candidate_id, **filters)


def _reason() -> dict[str, str]:
    return {"reason": request.form.get("reason", "").strip()}


def _do(candidate_id: str, deed: str, wanted: dict[str, str], done: str) -> Any:
    try:
        asking.post("rectification", f"/candidates/{candidate_id}/{deed}", wanted)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return listed(problem, candidate_id), problem.status
    flash(done, "done")
    return redirect(_back(candidate_id), 303)
