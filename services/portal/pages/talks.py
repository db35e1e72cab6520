"""Heart-to-heart talks of a unit: which are still owed, entering many at once, confirming, correcting; on paper too."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import (
    asking,
    candidate_words,
    clients,
    doing,
    languages,
    numerals,
    reference,
    refusals,
    talk_form,
    unit_lists,
    workbook,
)
from services.portal.pages import files
from services.spine import clock, sheets

room = Blueprint("talks", __name__)
SPARE = 8
FILTERS = ("region", "group", "state")


@room.get("/talks")
def units() -> Any:
    """Units with how far their talks have come, those that lack most first."""
    return unit_lists.shown("talk_units.html", "read_talks_of_units", "/talks/units", *FILTERS)


@room.get("/meetings/<code:meeting_id>/talks")
def show(
    meeting_id: str, problem: clients.Declined | None = None, about: str = "",
    faults: dict[str, list[str]] | None = None, cells: list[talk_form.Fault] | None = None,
) -> Any:  # fmt: skip
    """What is missing first, then the matrix, then the talks themselves, as far as they are this reader's to see."""
    campaign, unit, place = _place(meeting_id)
    owed = asking.get("intake", "/talks/owed", **place)
    viewer = asking.viewer()
    rows = owed["rows"]
    return render_template(
        "talks.html",
        meeting_id=meeting_id, campaign=campaign, unit=unit, names=reference.unit_names(campaign), owed=owed,
        missing=[row for row in rows if row["state"] == "missing"],
        unconfirmed=[row for row in rows if row["state"] == "unconfirmed"],
        cells_of={(row["from_post"], row["with_post"]): row for row in rows},
        talks=asking.rows("intake", "/talks", **place),
        whole=viewer.has("secretary", "liaison", "supervisor", "group_leader"),
        enters=viewer.may("record_talk") and unit in viewer.units(campaign), key_of=_key, spare=range(SPARE),
        came=candidate_words.came(campaign, unit, source="talk"),
        problem=problem, about=about, faults=faults or {}, cells=cells, entered=request.form,
    )  # fmt: skip


@room.post("/meetings/<code:meeting_id>/talks")
def enter(meeting_id: str) -> Any:
    """Record the rows that were ticked or filled in, all of them or none."""
    keys = [key for key in dict.fromkeys(request.form.getlist("row")) if _meant(key)]
    if not keys:
        flash(gettext("没有勾选或填写任何一条，什么也没有登记。"), "info")
        return redirect(url_for(".show", meeting_id=meeting_id), 303)
    try:
        answer = _send(meeting_id, [_draft(key) for key in keys])
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        faults: dict[str, list[str]] = {}
        for row, _, text in _faults(problem):
            faults.setdefault(keys[row], []).append(text)
        return show(meeting_id, problem, "enter", faults), problem.status
    flash(_told(answer), "done")
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


@room.get("/meetings/<code:meeting_id>/talks/form.xlsx")
def form(meeting_id: str) -> Response:
    """The table to fill in, with the talks still owed in it."""
    asking.needs("record_talk")
    _, _, place = _place(meeting_id)
    owed = asking.get("intake", "/talks/owed", **place)
    missing = [row for row in owed["rows"] if row["state"] == "missing"]
    name = f'attachment; filename="talks-{clock.today()}.xlsx"'
    written = talk_form.write(_titles(owed), missing)
    return Response(written, content_type=workbook.MEDIA, headers={"Content-Disposition": name})


@room.post("/meetings/<code:meeting_id>/talks/form")
def take(meeting_id: str) -> Any:
    """Take a filled-in table: all of it, or every fault by its cell."""
    asking.needs("record_talk")
    if g.get("too_large"):
        return show(meeting_id, files.too_large(), "form"), 413
    upload, (_, _, place) = request.files.get("file"), _place(meeting_id)
    if upload is None or not upload.filename:
        return show(meeting_id, clients.refused("file_missing", languages.current()), "form"), 422
    try:
        table = talk_form.read(upload.read(), _titles(asking.get("intake", "/talks/owed", **place)))
    except (sheets.Unreadable, talk_form.NotTheForm):
        wrong = gettext("这不是从这里下载的表，请上传从这里下载、用 Excel 或 WPS 填写的 .xlsx 文件。")
        return show(meeting_id, None, "form", cells=[talk_form.Fault("", wrong)]), 422
    if table.faults or not table.drafts:
        empty = [talk_form.Fault("", gettext("表里没有填写任何一条。"))]
        return show(meeting_id, None, "form", cells=table.faults or empty), 422
    try:
        answer = _send(meeting_id, table.drafts)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        found = [
            talk_form.Fault(talk_form.cell_of(table.rows[row], part), text) for row, part, text in _faults(problem)
        ]
        return show(meeting_id, problem, "form", cells=found), problem.status
    flash(_told(answer), "done")
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


@room.post("/meetings/<code:meeting_id>/talks/confirmations")
def confirm(meeting_id: str) -> Any:
    """Confirm talks that somebody else entered."""
    _, _, place = _place(meeting_id)
    seen = [value.rpartition("/") for value in request.form.getlist("talk")]
    wanted = [{"talk_id": key, "version": int(version)} for key, _, version in seen if version.isdecimal()]
    done = ngettext("已确认 %(num)d 条谈话。", "已确认 %(num)d 条谈话。", len(wanted))
    return _do(meeting_id, "/talks/confirmations", {**place, "talks": wanted}, done, "confirm")


@room.post("/meetings/<code:meeting_id>/talks/<code:talk_id>/versions")
def correct(meeting_id: str, talk_id: str) -> Any:
    """Correct a talk; a promise left empty by who may not read it stays as it is."""
    wanted: dict[str, Any] = {part: request.form[part].strip() for part in ("on", "place", "reason")}
    wanted["follows"] = numerals.read(request.form.get("follows"), 1)
    if "commitments" in request.form:
        wanted["commitments"] = request.form["commitments"].strip()
    return _do(meeting_id, f"/talks/{talk_id}/versions", wanted, gettext("已更正，原来的记录仍在。"), talk_id)


@room.post("/meetings/<code:meeting_id>/talks/<code:talk_id>/withdrawal")
def withdraw(meeting_id: str, talk_id: str) -> Any:
    """Withdraw a talk with a reason."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _do(meeting_id, f"/talks/{talk_id}/withdrawal", wanted, gettext("已撤销，原来的记录仍在。"), talk_id)


def _do(meeting_id: str, path: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    there = url_for(".show", meeting_id=meeting_id, _anchor=about or None)
    return doing.post("intake", path, wanted, done, lambda problem: show(meeting_id, problem, about), there)


def _send(meeting_id: str, drafts: list[dict[str, Any]]) -> dict[str, int]:
    _, _, place = _place(meeting_id)
    return dict(asking.post("intake", "/talks", {**place, "talks": drafts}).body)


def _told(answer: dict[str, int]) -> str:
    added = ngettext("登记了 %(num)d 条谈话。", "登记了 %(num)d 条谈话。", answer["added"])
    known = ngettext("%(num)d 条以前登记过。", "%(num)d 条以前登记过。", answer["known"])
    return " ".join(text for text, count in ((added, answer["added"]), (known, answer["known"])) if count)


def _place(meeting_id: str) -> tuple[str, str, dict[str, str]]:
    campaign, _, unit = meeting_id.partition(".")
    return campaign, unit, {"campaign": campaign, "unit": unit}


def _titles(owed: dict[str, Any]) -> dict[str, str]:
    return {post["post"]: reference.post_name(owed["unit"], post["post"]) for post in owed["posts"]}


def _key(row: dict[str, Any]) -> str:
    """A row of the form by the two it is about."""
    return f"{row['from_post']}-{row['with_post'] or 'x'}"


def _given(part: str, key: str) -> str:
    return request.form.get(f"{part}:{key}", "").strip()


def _meant(key: str) -> bool:
    """A row that is ticked or filled in."""
    return any(_given(part, key) for part in ("did", "on", "commitments", "outside", "with"))


def _draft(key: str) -> dict[str, Any]:
    first, _, second = key.partition("-")
    spare = first == "spare"
    speaker = _given("from", key) if spare else first
    other = _given("with", key) if spare else second.removeprefix("x")
    whom = {"with_post": other} if other else {"with_outside": _given("outside", key)}
    draft = {"from_post": speaker, **whom, "on": _given("on", key) or request.form.get("on", "").strip()}
    place = _given("place", key) or request.form.get("place", "").strip()
    words = {"place": place, "commitments": _given("commitments", key)}
    return draft | {name: text for name, text in words.items() if text}


def _faults(problem: clients.Declined) -> list[tuple[int, str, str]]:
    """What is wrong, by the row it is in and the part of it."""
    found = []
    for pointer in dict.fromkeys(str(place.get("pointer", "")) for place in problem.places):
        steps = pointer.split("/")
        if steps[1:2] == ["talks"] and len(steps) > 2 and steps[2].isdigit():
            found.append((int(steps[2]), "/".join(steps[3:]), refusals.at(problem, pointer)))
    return found
