"""Study before the meeting: what each has studied and missed, the sessions, and putting one on record."""

import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, numerals, reference, wording, workbook
from services.spine import clock

room = Blueprint("studies", __name__)


@room.get("/meetings/<code:meeting_id>/study")
def show(meeting_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """Totals first, then the sessions; the unit's liaison and secretary enter them here."""
    campaign, unit, place = _place(meeting_id)
    found, viewer = asking.get("intake", "/studies", **place), asking.viewer()
    return render_template(
        "study.html",
        meeting_id=meeting_id, campaign=campaign, unit=unit, names=reference.unit_names(campaign), found=found,
        topics=_topics(campaign), records=list(reversed(found["rows"])),
        days={row["study_id"]: row["versions"][-1]["on"] for row in found["rows"]},
        enters=viewer.may("record_study") and unit in viewer.units(campaign),
        key=request.form.get("key") or f"{clock.today().replace('-', '')}-{secrets.token_hex(4)}",
        problem=problem, about=about, entered=request.form,
    )  # fmt: skip


@room.post("/meetings/<code:meeting_id>/study")
def enter(meeting_id: str) -> Any:
    """Put a session on record, once."""
    _, _, place = _place(meeting_id)
    wanted = {**place, "key": request.form.get("key", ""), **_written()}
    return _do(meeting_id, "/studies", wanted, gettext("学习已登记。"), "enter")


@room.post("/meetings/<code:meeting_id>/study/<code:study_id>/versions")
def correct(meeting_id: str, study_id: str) -> Any:
    """Correct a session by a new version."""
    wanted = {**_written(), "reason": request.form.get("reason", "").strip()}
    wanted["follows"] = numerals.read(request.form.get("follows"), 1)
    return _do(meeting_id, f"/studies/{study_id}/versions", wanted, gettext("已更正，原来的记录仍在。"), study_id)


@room.post("/meetings/<code:meeting_id>/study/<code:study_id>/make-ups")
def make_up(meeting_id: str, study_id: str) -> Any:
    """Somebody who was away made up for it."""
    form = request.form
    wanted = {"post": form.get("post", ""), "on": form.get("on", ""), "hours": _number(form.get("hours", ""))}
    return _do(meeting_id, f"/studies/{study_id}/make-ups", wanted, gettext("补学已登记。"), study_id)


@room.post("/meetings/<code:meeting_id>/study/<code:study_id>/withdrawal")
def withdraw(meeting_id: str, study_id: str) -> Any:
    """Withdraw a session with a reason."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _do(meeting_id, f"/studies/{study_id}/withdrawal", wanted, gettext("已撤销，原来的记录仍在。"), study_id)


@room.get("/meetings/<code:meeting_id>/study.xlsx")
def exported(meeting_id: str) -> Response:
    """Attendance of every session as a workbook."""
    campaign, unit, place = _place(meeting_id)
    found, topics = asking.get("intake", "/studies", **place), _topics(campaign)
    heads = [
        gettext("日期"), gettext("形式"), gettext("学时"), gettext("专题"), gettext("岗位"), gettext("出勤"),
        gettext("缺席原因"), gettext("补学日期"), gettext("补学学时"),
    ]  # fmt: skip
    lines = []
    for record in found["rows"]:
        if record["withdrawn"]:
            continue
        last, later = record["versions"][-1], {one["post"]: one for one in record["make_ups"]}
        about = languages.listed([*(topics.get(code, code) for code in last["topics"]), *filter(None, [last["more"]])])
        for one in last["attendance"]:
            made_up = later.get(one["post"], {}) if not one["present"] else {}
            came = gettext("到") if one["present"] else gettext("缺")
            session = [last["on"], wording.word("study_form", last["form"]), last["hours"], about]
            person = [reference.post_name(unit, one["post"]), came, one["reason"]]
            lines.append([*session, *person, made_up.get("on", ""), made_up.get("hours", "")])
    return workbook.answer("study", gettext("会前学习"), heads, lines)


def _do(meeting_id: str, path: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    there = url_for(".show", meeting_id=meeting_id, _anchor=about)
    return doing.post("intake", path, wanted, done, lambda problem: show(meeting_id, problem, about), there)


def _written() -> dict[str, Any]:
    form = request.form
    present = form.getlist("present")
    attendance = [
        {"post": post, "present": post in present, **_reason(post, post in present)} for post in form.getlist("post")
    ]
    draft = {"on": form.get("on", ""), "hours": _number(form.get("hours", "")), "form": form.get("form", "")}
    words = {part: form.get(part, "").strip() for part in ("more", "notes")}
    return {**draft, **words, "topics": form.getlist("topic"), "attendance": attendance}


def _reason(post: str, present: bool) -> dict[str, str]:
    text = request.form.get(f"reason-{post}", "").strip()
    return {} if present or not text else {"reason": text}


def _number(text: str) -> float | str:
    """Hours as a number; what is none goes as it is, for the service to say so."""
    try:
        return float(text)
    except ValueError:
        return text


def _place(meeting_id: str) -> tuple[str, str, dict[str, str]]:
    campaign, _, unit = meeting_id.partition(".")
    return campaign, unit, {"campaign": campaign, "unit": unit}


def _topics(campaign: str) -> dict[str, str]:
    """Topics the campaign asks for, by code."""
    asked = (reference.campaign(campaign).get("policy") or {}).get("study") or {}
    return {topic["code"]: languages.pick(topic["title"]) for topic in asked.get("topics", [])}
