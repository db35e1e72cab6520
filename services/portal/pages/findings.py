"""Problems that somebody found and enters, and what an earlier campaign left undone and is carried over."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, doing, reference
from services.spine import clock

room = Blueprint("findings", __name__)
ABOVE, WITHIN = ("inspection",), ("talk", "criticism", "self_criticism")


@room.get("/items/findings/new")
def new(problem: clients.Declined | None = None) -> Any:
    """The form for a problem that was found."""
    asking.needs("enter_finding")
    campaign = asking.campaign()
    kinds = {kind for kind, _ in asking.viewer().parts(campaign or "", "enter_finding")}
    sources = (*(ABOVE if kinds - {"unit", "post"} else ()), *(WITHIN if "unit" in kinds else ()))
    return render_template(
        "finding.html",
        campaign=campaign, roster=reference.own(campaign, "enter_finding"), sources=sources,
        aspects=reference.titles(campaign or "", "aspects"), problem=problem, entered=request.values,
        key=request.form.get("key") or f"{clock.today().replace('-', '')}-{secrets.token_hex(4)}",
    )  # fmt: skip


@room.post("/items/findings/new")
def enter(problem: clients.Declined | None = None) -> Any:
    """Enter it; pressed twice it is entered once."""
    names = ("campaign", "unit", "key", "source", "problem")
    wanted = {name: request.form.get(name, "").strip() for name in names}
    wanted["unit"] = reference.unit_code(wanted["campaign"], wanted["unit"], "enter_finding")
    optional = ("aspect", "basis", "talk_id")
    wanted |= {name: request.form[name].strip() for name in optional if request.form.get(name, "").strip()}
    there = url_for("candidates.show", candidate_id=f"{wanted['campaign']}.{wanted['unit']}.finding.{wanted['key']}")
    return doing.post("rectification", "/findings", wanted, gettext("问题已录入，等待列入台账。"), new, there)


@room.get("/items/leftovers")
def leftovers(problem: clients.Declined | None = None) -> Any:
    """What earlier campaigns left undone on a unit's ledger, and what became of it in this one."""
    asking.needs("read_item")
    campaign, roster = asking.campaign(), reference.own(asking.campaign(), "read_item")
    first = roster["units"][0]["unit_code"] if roster["units"] else ""
    unit = reference.unit_code(str(campaign), request.values.get("unit") or first, "read_item")
    rows = asking.get("rectification", "/leftovers", campaign=campaign, unit=unit)["rows"] if unit else []
    return render_template(
        "leftovers.html",
        campaign=campaign, roster=roster, unit=unit, rows=rows, names=reference.unit_names(campaign), problem=problem,
        may_carry=asking.viewer().may("carry_over"),
    )  # fmt: skip


@room.post("/items/leftovers")
def carry() -> Any:
    """Carry over what was ticked."""
    campaign, unit = request.form.get("campaign", ""), request.form.get("unit", "")
    wanted = {"campaign": campaign, "unit": unit, "item_ids": request.form.getlist("item")}
    try:
        answer = asking.post("rectification", "/leftovers", wanted).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return leftovers(problem), problem.status
    said = ngettext("已转入 %(num)d 个，等待列入台账。", "已转入 %(num)d 个，等待列入台账。", answer["carried"])
    flash(said, "done")
    return redirect(url_for("candidates.listed", unit=unit, source="last_year"), 303)
