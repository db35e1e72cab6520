"""Work tips (工作提示): an office words and publishes them and sees who has read what; a unit reads and acknowledges.

What must stay true: what is printed, sent as Word and shown is the same paper; only a unit's own hand acknowledges.
"""

import contextlib
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, days, doing, listing, reference, wording, workbook
from services.portal.pages import files

room = Blueprint("tips", __name__)
FILTERS = ("tip_id", "stage", "state", "unacknowledged", "region", "group", "unit")
WRITTEN = ("issuer", "serial", "title", "addressee")
CHOICES = ("levels", "teams", "regions", "groups")


@room.get("/tips")
def listed(problem: clients.Declined | None = None) -> Any:
    """What an office writes and has published, and drafting one; for everybody else what was sent to them."""
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    if not asking.viewer().may("issue_tip"):
        return receipts()
    tips = listing.page("notification", "/tips", campaign=campaign)
    return render_template("tips.html", tips=tips, problem=problem, entered=request.form)


@room.post("/tips")
def draft() -> Any:
    """Begin the tip of a stage from the campaign's definition."""
    wanted = {"campaign": asking.campaign() or abort(404), "stage": request.form.get("stage", "")}
    if request.form.get("level"):
        wanted["level"] = request.form["level"]
    try:
        made = asking.post("notification", "/tips", wanted).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return listed(problem), problem.status
    return redirect(url_for(".write", tip_id=made["tip_id"]), 303)


@room.get("/tips/written/<code:tip_id>")
def write(tip_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One tip for its office: the text, to whom it goes, what went out."""
    tip = asking.get("notification", f"/tips/{tip_id}")
    campaign, form, text = tip["campaign"], request.form, tip["text"]
    roster = reference.own(campaign, "issue_tip")
    if problem and about == "text":
        text = {**{part: form.get(part, "") for part in WRITTEN}, "sections": _sections(keep=True)}
    return render_template(
        "tip_written.html", tip=tip, text=text, problem=problem, about=about, entered=form,
        versions=asking.rows("notification", f"/tips/{tip_id}/versions"),
        roster=roster, teams=[(team, team) for team in roster["teams"]],
        chosen={key: set(form.getlist(key)) for key in CHOICES},
    )  # fmt: skip


@room.post("/tips/written/<code:tip_id>/text")
def word(tip_id: str) -> Any:
    """Keep the text as it was written."""
    wanted = {part: request.form.get(part, "").strip() for part in WRITTEN}
    return _do(tip_id, "text", {**wanted, "sections": _sections(), **_seen()}, gettext("已保存，尚未下发。"), "text")


@room.post("/tips/written/<code:tip_id>/renewal")
def renew(tip_id: str) -> Any:
    """Make the text anew from the definition."""
    return _do(tip_id, "renewal", _seen(), gettext("已按活动定义重新生成。"), "renewal")


@room.post("/tips/written/<code:tip_id>/versions")
def publish(tip_id: str) -> Any:
    """Publish it as the next version, to those chosen."""
    to: dict[str, list[str]] = {key: request.form.getlist(key) for key in CHOICES if request.form.getlist(key)}
    campaign, names = tip_id.partition(".")[0], [line.strip() for line in request.form.get("units", "").splitlines()]
    codes = {name: reference.unit_code(campaign, name, "issue_tip") for name in names if name}
    unknown = [name for name, code in codes.items() if not reference.CODE.fullmatch(code)]
    if unknown:
        flash(gettext("没有叫“%(words)s”的单位，或者不止一个。", words="”、“".join(unknown)), "bad")
        return write(tip_id, None, "versions"), 422
    if codes:
        to["units"] = sorted(set(codes.values()))
    wanted = {**_seen(), "to": to}
    if request.form.get("reason", "").strip():
        wanted["reason"] = request.form["reason"].strip()
    return _do(tip_id, "versions", wanted, gettext("工作提示已下发，各单位会收到消息。"), "versions")


@room.post("/tips/written/<code:tip_id>/reminders")
def remind(tip_id: str) -> Any:
    """Remind everybody who has not acknowledged, in this person's part."""

    def act() -> None:
        told = asking.post("notification", "/tip-reminders", {"tip_id": tip_id}).body
        said = gettext("已提醒 %(n)s 个单位，%(m)s 个今天已经提醒过。", n=told["reminded"], m=told["already"])
        if told["left"]:
            said += gettext("还有 %(n)s 个，请再点一次。", n=told["left"])
        flash(said, "done")

    there = url_for(".receipts", tip_id=tip_id, unacknowledged=1)
    return doing.attempt(act, receipts, there)


@room.get("/tips/written/<code:tip_id>/print")
def print_written(tip_id: str) -> Any:
    """What went out last, to be printed; the text as it stands while nothing has."""
    tip, sent = _sent(tip_id)
    back = url_for(".write", tip_id=tip_id)
    return render_template(
        "tip_print.html", paper=(sent or tip)["paper"], of=sent, title=tip["text"]["title"], back=back
    )


@room.get("/tips/written/<code:tip_id>/<int:number>.docx")
def word_written(tip_id: str, number: int) -> Response:
    """A version as Word."""
    return files.passed_on("notification", f"/tips/{tip_id}/versions/{number}/word")


@room.get("/tips/receipts")
def receipts(problem: clients.Declined | None = None) -> Any:
    """Who has which tip, who has read it and who has acknowledged it: what is open first."""
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    asked = listing.filters(*FILTERS)
    answer = asking.get("notification", "/tip-receipts", campaign=campaign, page=listing.number(), size=50, **asked)
    viewer = asking.viewer()
    return render_template(
        "tip_receipts.html", rows=listing.of(answer), counts=answer["counts"], problem=problem, asked=asked,
        names=reference.unit_names(campaign), roster=reference.own(campaign, "read_tip"),
        regions=reference.region_names(campaign), own=set(viewer.units(campaign)),
    )  # fmt: skip


@room.get("/tips/receipts.xlsx")
def exported() -> Response:
    """The same list as a workbook."""
    campaign = asking.campaign() or abort(404)
    names, regions, groups = (
        reference.unit_names(campaign), reference.region_names(campaign), reference.group_names(campaign),
    )  # fmt: skip
    heads = [
        gettext("单位代码"), gettext("单位"), gettext("县（区）"), gettext("督导组"), gettext("工作提示"),
        gettext("版次"), gettext("下发时间"), gettext("状态"), gettext("阅读人"), gettext("首次阅读"),
        gettext("由谁签收"), gettext("签收岗位"), gettext("签收时间"), gettext("备注"),
        gettext("提醒次数"), gettext("最近提醒"),
    ]  # fmt: skip
    rows = asking.everything("notification", "/tip-receipts", campaign=campaign, **listing.filters(*FILTERS))

    def line(row: dict[str, Any]) -> list[Any]:
        receipt, opened, reminders = row["receipt"] or {}, row["opened"], row["reminders"]
        return [
            row["unit"], names.get(row["unit"], row["unit"]), regions.get(row["region"], row["region"]),
            groups.get(row["group"], row["group"]), row["title"], row["version"], days.sortable(row["issued_at"]),
            wording.word("tip", row["state"]), "、".join(one["by"] for one in opened),
            days.sortable(opened[0]["at"]) if opened else "", receipt.get("by", ""),
            wording.word("role", receipt["role"]) if receipt else "", days.sortable(receipt.get("at")),
            receipt.get("note", ""), len(reminders), reminders[-1]["on"] if reminders else "",
        ]  # fmt: skip

    return workbook.answer("tip-receipts", gettext("工作提示签收情况"), heads, map(line, rows))


@room.get("/tips/<code:receipt_id>")
def show(receipt_id: str, problem: clients.Declined | None = None) -> Any:
    """The tip a unit has, with its own days; whoever of the unit opens it has read it."""
    row = asking.get("notification", f"/tip-receipts/{receipt_id}", **listing.filters("version"))
    viewer, campaign = asking.viewer(), row["campaign"]
    signs = viewer.may("acknowledge_tip") and row["unit"] in viewer.units(campaign)
    read = viewer.login in [one.get("by_account") for one in row["opened"]]
    if signs and not read and row["version"] == row["latest"] and request.method == "GET":
        with contextlib.suppress(clients.Declined, clients.Unreachable):
            asking.post("notification", f"/tip-receipts/{receipt_id}/opened", {"version": row["version"]})
    return render_template(
        "tip.html", row=row, signs=signs, problem=problem, entered=request.form, names=reference.unit_names(campaign),
        paper=[block for block in row["of"]["paper"] if block["kind"] != "table"],
    )  # fmt: skip


@room.post("/tips/<code:receipt_id>/receipt")
def acknowledge(receipt_id: str) -> Any:
    """The unit signs for the version it has read."""
    form = request.form
    wanted: dict[str, Any] = {"version": int(form["version"]) if form.get("version", "").isdecimal() else 1}
    wanted["note"] = form.get("note", "").strip()
    path, there = f"/tip-receipts/{receipt_id}/receipt", url_for(".show", receipt_id=receipt_id)
    return doing.post(
        "notification", path, wanted, gettext("已签收。"), lambda problem: show(receipt_id, problem), there
    )


@room.get("/tips/<code:receipt_id>/print")
def print_received(receipt_id: str) -> Any:
    """The tip alone, to be printed, with the unit's own days behind it."""
    row = asking.get("notification", f"/tip-receipts/{receipt_id}", **listing.filters("version"))
    back = url_for(".show", receipt_id=receipt_id, version=row["version"])
    return render_template("tip_print.html", paper=row["of"]["paper"], of=row["of"], title=row["title"], back=back)


@room.get("/tips/<code:receipt_id>.docx")
def word_received(receipt_id: str) -> Response:
    """The same as Word."""
    return files.passed_on("notification", f"/tip-receipts/{receipt_id}/word", **listing.filters("version"))


def _sent(tip_id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    tip = asking.get("notification", f"/tips/{tip_id}")
    return tip, next(iter(asking.rows("notification", f"/tips/{tip_id}/versions")), None)


def _sections(*, keep: bool = False) -> list[dict[str, str]]:
    """The parts as they were written; those left empty fall away."""
    written = zip(request.form.getlist("heading"), request.form.getlist("text"), strict=False)
    rows = [{"heading": heading.strip(), "text": text.replace("\r\n", "\n").strip()} for heading, text in written]
    return [row for row in rows if keep or row["heading"] or row["text"]]


def _seen() -> dict[str, int]:
    revision = request.form.get("revision", "")
    return {"revision": int(revision) if revision.isdecimal() else 1}


def _do(tip_id: str, deed: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    there = url_for(".write", tip_id=tip_id)
    return doing.post(
        "notification", f"/tips/{tip_id}/{deed}", wanted, done, lambda problem: write(tip_id, problem, about), there
    )
