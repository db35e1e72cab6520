"""Plans: each unit's ledger as it lays it before its group, approved as exactly that, stale when it changes."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, listing, reference

room = Blueprint("plans", __name__)
FILTERS = ("unit", "region", "group", "state")


@room.get("/plans")
def listed() -> Any:
    """The plans that were submitted; whoever is of one unit finds that one's."""
    asking.needs("read_item")
    campaign, viewer = asking.campaign(), asking.viewer()
    own = sorted(viewer.units(campaign)) if campaign else []
    if len(own) == 1 and not viewer.may("decide_plan"):
        return redirect(url_for(".show", plan_id=f"{campaign}.{own[0]}"), 303)
    return render_template(
        "plans.html",
        plans=listing.found_onward("rectification", "/plans", campaign=campaign, **listing.filters(*FILTERS)),
        names=reference.unit_names(campaign), roster=reference.own(campaign),
    )  # fmt: skip


@room.get("/plans/<code:plan_id>")
def show(plan_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One unit's plan beside its ledger, with what changed since it was submitted."""
    plan = asking.get("rectification", f"/plans/{plan_id}")
    viewer = asking.viewer()
    inside = plan["unit"] in viewer.units(plan["campaign"])
    return render_template(
        "plan.html",
        plan=plan, names=reference.unit_names(plan["campaign"]), lists=reference.titles(plan["campaign"], "lists"),
        aspects=reference.aspect_titles(plan["campaign"]),
        item={"unit": plan["unit"]},  # whose posts the moves' words name
        compared={one["item_id"]: one for one in (plan["compared"] or {}).get("items", ())},
        rows=asking.whole("rectification", "/ledger", campaign=plan["campaign"], unit=plan["unit"]),
        changed={one["item_id"]: one["change"] for one in plan["changed"]},
        may_submit=inside and viewer.may("submit_plan"),
        may_decide=viewer.may("decide_plan") and not viewer.has_been_of(plan["unit"]) and plan["state"] == "submitted",
        problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.post("/plans/<code:plan_id>/submission")
def submit(plan_id: str) -> Any:
    """Lay it before the group."""
    wanted = {"goals": request.form.get("goals", "").strip()}
    return _post(plan_id, "submission", wanted, gettext("整改方案已报审。"))


@room.post("/plans/<code:plan_id>/decision")
def decide(plan_id: str) -> Any:
    """Approve exactly what was seen, or return it."""
    form = request.form
    wanted = {"hash": form.get("hash", ""), "passed": form.get("passed") == "yes"}
    wanted |= {"reason": form.get("reason", "").strip()}
    done = gettext("整改方案已审定。") if wanted["passed"] else gettext("整改方案已退回。")
    return _post(plan_id, "decision", wanted, done)


def _post(plan_id: str, deed: str, wanted: dict[str, Any], done: str) -> Any:
    def again(problem: clients.Declined) -> Any:
        return show(plan_id, problem, deed)

    return doing.post(
        "rectification", f"/plans/{plan_id}/{deed}", wanted, done, again, url_for(".show", plan_id=plan_id)
    )
