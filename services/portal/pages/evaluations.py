"""Evaluation of what units put right: samples, what was seen and said, the group's proposal, the office's decision.

What must stay true: answers of an anonymous appraisal are taken by the opinion forms alone; this page only opens one.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, reference
from services.portal.pages.opinion_forms import SIGNS, USUAL_DAYS
from services.spine import clock

room = Blueprint("evaluations", __name__)
FILTERS = ("region", "group", "unit")


@room.get("/evaluations")
def listed(problem: clients.Declined | None = None) -> Any:
    """Units with their latest evaluation, and the samples that were drawn."""
    asking.needs("read_item")
    campaign, viewer = asking.campaign(), asking.viewer()
    own = sorted(viewer.units(campaign)) if campaign else []
    if len(own) == 1 and not viewer.may("evaluate"):
        return redirect(url_for(".unit", unit=own[0]), 303)
    samples = asking.rows("rectification", "/evaluation-samples", campaign=campaign) if viewer.may("evaluate") else []
    found = listing.page("rectification", "/evaluations", campaign=campaign, **listing.filters(*FILTERS))
    drawn = {one["unit"] for sample in samples[:1] for one in sample["units"]}
    return render_template(
        "evaluations.html",
        evaluations=found, names=reference.unit_names(campaign), roster=reference.own(campaign),
        campaign=campaign,
        samples=samples, drawn=drawn, may_draw=viewer.may("decide_grade"), seed=clock.today().replace("-", ""),
        regions=reference.region_names(campaign), wide=viewer.has("office"), problem=problem, entered=request.form,
    )  # fmt: skip


@room.get("/evaluations/of/<code:unit>")
def unit(unit: str) -> Any:
    """A unit's latest round."""
    rows = asking.rows("rectification", "/evaluations", campaign=asking.campaign(), unit=unit)
    if not rows:
        return redirect(url_for("today.show"), 303)
    return redirect(url_for(".show", evaluation_id=rows[0]["evaluation_id"]), 303)


@room.post("/evaluations/samples")
def draw() -> Any:
    """Draw units and items by a seed that is told."""
    wanted = {"campaign": asking.campaign(), "seed": request.form.get("seed", "").strip()}
    wanted |= {"region": request.form["region"]} if request.form.get("region") else {}
    done = gettext("已抽样。同一个种子抽出的总是同样的单位和问题。")
    return doing.post("rectification", "/evaluation-samples", wanted, done, listed, url_for(".listed"))


@room.get("/evaluations/<code:evaluation_id>")
def show(evaluation_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One round of a unit's evaluation."""
    found = asking.get("rectification", f"/evaluations/{evaluation_id}")
    campaign, viewer = found["campaign"], asking.viewer()
    inside = found["unit"] in viewer.units(campaign)
    open_still = not viewer.has_been_of(found["unit"]) and found["state"] != "decided"
    items = asking.whole("rectification", "/ledger", campaign=campaign, unit=found["unit"])
    looked = _sampled(found)
    return render_template(
        "evaluation.html",
        one=found, names=reference.unit_names(campaign), grades=_named(found["grades"]), inside=inside,
        items={item["item_id"]: item for item in items}, place=evaluation_id.rpartition(".v")[0],
        may_record=open_still and viewer.may("evaluate"),
        may_appraise=open_still and viewer.has("office") and found["methods"]["appraisal"]["score"] is None,
        may_propose=open_still and viewer.may("propose_grade") and not found["missing"],
        may_decide=open_still and viewer.may("decide_grade") and found["state"] == "proposed",
        key=request.form.get("key") or secrets.token_hex(6), least=_least(campaign),
        looked=looked, others=[item["item_id"] for item in items if item["item_id"] not in looked],
        second=_after(found["second_round_days"]), problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.post("/evaluations/<code:evaluation_id>/findings")
def record(evaluation_id: str) -> Any:
    """What a visit came to, or how many of those asked said which grade."""
    form = request.form
    wanted: dict[str, Any] = {name: form.get(name, "").strip() for name in ("key", "method", "on", "text")}
    if wanted["method"] == "visit":
        wanted |= {"score": _number(form.get("score", ""))} if form.get("score", "").strip() else {}
        looked = [
            (name.removeprefix("item:"), value) for name, value in form.items() if name.startswith("item:") and value
        ]
        wanted["items"] = [{"item_id": item, "holds": value == "yes"} for item, value in looked]
    else:
        counts = {
            name.removeprefix("count:"): _number(value) for name, value in form.items() if name.startswith("count:")
        }
        wanted["counts"] = {code: number for code, number in counts.items() if number}
    return _post(evaluation_id, "findings", wanted, gettext("评估情况已登记。"), wanted["method"])


@room.post("/evaluations/<code:evaluation_id>/proposal")
def propose(evaluation_id: str) -> Any:
    """The group proposes a grade."""
    wanted = {name: request.form.get(name, "").strip() for name in ("grade", "reason")}
    return _post(evaluation_id, "proposal", wanted, gettext("建议等次已提交，由主题教育办审定。"), "proposal")


@room.post("/evaluations/<code:evaluation_id>/decision")
def decide(evaluation_id: str) -> Any:
    """The office decides on the grade."""
    wanted = {name: request.form.get(name, "").strip() for name in ("grade", "reason")}
    wanted |= {"due_on": request.form["due_on"]} if request.form.get("due_on") else {}
    return _post(evaluation_id, "decision", wanted, gettext("等次已审定。"), "decision")


@room.post("/evaluations/<code:evaluation_id>/appraisal")
def appraise(evaluation_id: str) -> Any:
    """Open an anonymous form of one question, with the policy's grades and points."""
    found = asking.get("rectification", f"/evaluations/{evaluation_id}")
    name = reference.unit_names(found["campaign"]).get(found["unit"], found["unit"])
    options = [{"code": one["code"], "title": one["title"]["zh"], "points": one["points"]} for one in found["grades"]]
    draft = {
        "campaign": found["campaign"], "unit": found["unit"], "source": "anonymous_appraisal",
        "key": request.form.get("key", ""), "closes_on": request.form.get("closes_on", ""),
        "title": f"{name}整改成效测评表"[-80:], "about": [{"post": "team", "title": "领导班子"}],
        "questions": [{"key": "q1", "kind": "choice", "title": "您对班子整改成效的总体评价是？", "options": options}],
        "respondents": _number(request.form.get("respondents", "")),
    }  # fmt: skip
    try:
        form = asking.post("intake", "/opinion-forms", draft).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(evaluation_id, problem, "appraisal"), problem.status
    flash(gettext("匿名测评表已开设，下一步制作填表码。"), "done")
    return redirect(url_for("opinion_forms.show", form_id=form["form_id"]), 303)


def form_key() -> str:
    """A key for a new form."""
    return "".join(secrets.choice(SIGNS) for _ in range(8))


def usual_close() -> str:
    """The day a new form closes unless another is chosen."""
    return _after(USUAL_DAYS)


room.add_app_template_global(form_key)
room.add_app_template_global(usual_close)


def _named(grades: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Grades by code: what they are called and what follows."""
    return {one["code"]: {**one, "name": languages.pick(one["title"])} for one in grades}


def _least(campaign: str) -> int:
    return int((reference.campaign(campaign).get("policy") or {}).get("small_group", 5))


def _after(days: int) -> str:
    return (clock.day(clock.today()) + timedelta(days=days)).isoformat()


def _sampled(found: dict[str, Any]) -> list[str]:
    """The items to look at: those of the round, else those that were drawn, else none by name."""
    if found["items"]:
        return list(found["items"])
    samples = asking.rows("rectification", "/evaluation-samples", campaign=found["campaign"])
    drawn = (one["items"] for sample in samples for one in sample["units"] if one["unit"] == found["unit"])
    return list(next(drawn, []))


def _number(written: str) -> int:
    return int(written) if written.strip().isascii() and written.strip().isdigit() and len(written) < 6 else 0


def _post(evaluation_id: str, deed: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    return doing.post(
        "rectification", f"/evaluations/{evaluation_id}/{deed}", wanted, done,
        lambda problem: show(evaluation_id, problem, about), url_for(".show", evaluation_id=evaluation_id),
    )  # fmt: skip
