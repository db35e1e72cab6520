"""What was collected about a unit, merged, filed and fed back by it; and to each person what was said of them."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, collected, doing, languages, opinions, reference, workbook
from services.portal.pages import materials
from services.spine import clock

room = Blueprint("collected", __name__)


@room.get("/opinions")
def show(problem: clients.Declined | None = None, deed: str = "") -> Any:
    """The opinions about a unit, post by post, and what became of each."""
    campaign, unit, roster = _unit()
    side = opinions.may_enter(campaign, unit["unit_code"])
    works = side and asking.viewer().may("work_on_opinions")
    place = {"campaign": campaign, "unit": unit["unit_code"]}
    found, hands_in = collected.of(**place), materials.may_hand_in(campaign, unit["unit_code"], "team")
    return render_template(
        "collected.html", campaign=campaign, unit=unit, roster=roster, found=found, titles=_titles(unit),
        summary_id=_summary(**place), channels=_channels(found, **place) if hands_in and found else {},
        aspects=reference.titles(campaign, "aspects"), works=works, problem=problem, deed=deed,
        entered=request.form, names=asking.get("intake", "/opinions/names", **place)["names"] if works else [],
    )  # fmt: skip


@room.get("/opinions.xlsx")
def exported() -> Response:
    """The summary of opinions (M03) as a workbook."""
    campaign, unit, _ = _unit()
    found = collected.of(campaign, unit["unit_code"])
    rows = collected.lines(found, _titles(unit), reference.titles(campaign, "aspects"))
    return workbook.answer("opinions", gettext("征求意见汇总"), collected.heads(), rows)


@room.post("/opinions/summary")
def hand_in() -> Any:
    """Hand the summary in as it stands, as the unit's summary of opinions; only those it concerns read it."""
    campaign, unit, _ = _unit()
    place = {"campaign": campaign, "unit": unit["unit_code"]}
    found = collected.of(**place)
    people = {channel: request.form.get(f"people:{channel}", "") for channel in _channels(found, **place)}
    named = {"unit": unit["name"], "campaign": languages.pick(reference.campaign(campaign).get("title"))}
    made = {"compiled_by": asking.viewer().name, "compiled_on": clock.today()}
    document, key = {**collected.document(found, people), **named, **made}, _summary(**place)

    def act() -> None:
        materials.tell_of(key, materials.compiled(key, document, secrecy="work_secret"))

    there = url_for("materials.show", material_id=key)
    return doing.attempt(act, lambda problem: show(problem, "/opinions/summary"), there)


@room.post("/opinions/mergers")
def merge() -> Any:
    """One opinion in place of those ticked."""
    wanted = {"opinion_ids": request.form.getlist("opinion"), "text": request.form.get("text", "").strip()}
    return _do("/opinions/mergers", wanted, gettext("已归并，原话保留；撤销归并意见即恢复。"))


@room.post("/opinions/<code:opinion_id>/withdrawal")
def withdraw(opinion_id: str) -> Any:
    """An opinion need not be answered any more; a merged one gives its parts back."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _do(f"/opinions/{opinion_id}/withdrawal", wanted, gettext("意见已撤销，记录保留。"))


@room.post("/opinions/<code:opinion_id>/filing")
def file(opinion_id: str) -> Any:
    """Category and aspect of an opinion."""
    wanted = {name: request.form[name].strip() for name in ("category", "aspect") if request.form.get(name, "").strip()}
    return _do(f"/opinions/{opinion_id}/filing", wanted, gettext("分类已保存。"))


@room.post("/opinions/feedback")
def feed_back() -> Any:
    """The opinions about a post are fed back."""
    return _do("/opinions/feedback", _about(), gettext("已反馈，对方可在“对我的意见”里看到。"))


@room.post("/opinions/names")
def names() -> Any:
    """The names that are masked."""
    given = request.form.get("names", "").replace("、", " ").replace("，", " ").split()
    place = {name: value for name, value in _about().items() if name != "post"}
    return _do("/opinions/names", {**place, "names": given}, gettext("姓名名单已保存。"))


@room.get("/my-opinions")
def mine() -> Any:
    """What was fed back to this person, in its own words, with names and numbers masked."""
    asking.needs("receive_feedback")
    campaign = asking.campaign() or abort(404)
    found = []
    for unit, post in own(campaign):
        rows = asking.everything("intake", "/opinions", campaign=campaign, unit=unit, post=post, state="open")
        found.append({"unit": unit, "post": post, "rows": [row for row in rows if row["fed_back_on"]]})
    return render_template("my_opinions.html", campaign=campaign, found=found)


@room.post("/my-opinions")
def receive() -> Any:
    """They were read; the day is kept."""
    marked = asking.post("intake", "/opinions/receipt", _about()).body["marked"]
    flash(ngettext("已记下：%(num)d 条意见已阅。", "已记下：%(num)d 条意见已阅。", marked), "done")
    return redirect(url_for(".mine"), 303)


def own(campaign: str) -> list[tuple[str, str]]:
    """The posts whose feedback is this person's to read: the own ones; for who answers for a unit, the team's."""
    posts = []
    for kind, code in asking.viewer().parts(campaign, "receive_feedback"):
        unit, _, post = code.partition("/")
        posts += [(unit, post)] if kind == "post" else [(unit, "team")]
    return list(dict.fromkeys(posts))


def _unit() -> tuple[str, dict[str, Any], dict[str, Any]]:
    asking.needs("read_form")
    campaign = asking.campaign() or abort(404)
    wanted = reference.unit_code(campaign, request.values.get("unit", ""), "read_form")
    unit = reference.mine(campaign, "read_form", wanted) or abort(404)
    return campaign, unit, reference.own(campaign, "read_form")


def _summary(campaign: str, unit: str) -> str:
    return f"{campaign}.{unit}.opinion_summary.team"


def _channels(found: list[collected.About], campaign: str, unit: str) -> dict[str, dict[str, int | None]]:
    forms = asking.rows("intake", "/opinion-forms", campaign=campaign, unit=unit, state="closed", size=500)
    return collected.channels(found, forms)


def _titles(unit: dict[str, Any]) -> dict[str, str]:
    return {"team": gettext("领导班子")} | {one["post"]: one["title"] for one in unit.get("posts") or []}


def _about() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("campaign", "unit", "post")}


def _do(path: str, wanted: dict[str, Any], done: str) -> Any:
    there = languages.local(url_for(".show", unit=request.form.get("unit") or None))
    return doing.post("intake", path, wanted, done, lambda problem: show(problem, path), there)
