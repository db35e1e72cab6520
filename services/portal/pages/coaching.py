"""Coaching: trainings and visits (送学上门), who was there, what the unit says to it, and who was not reached."""

import secrets
import urllib.parse
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import (
    asking,
    attendance,
    clients,
    doing,
    languages,
    listing,
    numerals,
    reference,
    wording,
    workbook,
)
from services.spine import clock

room = Blueprint("coaching", __name__)
FILTERS = ("kind", "aspect", "state", "unit")
REACHED = ("aspect", "who", "region", "group")
WRITTEN = ("on", "title", "place", "form", "taught_by", "notes")


def aspects(campaign: str) -> dict[str, str]:
    """The aspects of the checklist by code, numbered."""
    checklist = reference.campaign(campaign).get("checklist") or []
    return {row["code"]: f"{row['number']}. {languages.pick(row['title'])}" for row in checklist}


@room.get("/coaching")
def listed(problem: clients.Declined | None = None) -> Any:
    """Sessions under the filters named in the address, and entering one."""
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    sessions = listing.page("registry", "/coaching-sessions", campaign=campaign, **listing.filters(*FILTERS))
    return render_template(
        "coaching.html", sessions=sessions, aspects=aspects(campaign), names=reference.unit_names(campaign),
        roster=reference.own(campaign, "coach"), problem=problem, entered=request.form,
        key=request.form.get("key") or f"{clock.today().replace('-', '')}-{secrets.token_hex(4)}",
    )  # fmt: skip


@room.post("/coaching")
def enter() -> Any:
    """Put a training or a visit on record, once."""
    campaign, form = asking.campaign() or abort(404), request.form
    wanted = {"campaign": campaign, "key": form.get("key", ""), "kind": form.get("kind", ""), **_written()}
    if wanted["kind"] == "visit" and form.get("unit"):
        wanted["unit"] = reference.unit_code(campaign, form["unit"].strip(), "coach")
    there = url_for(".show", session_id=f"{campaign}.c.{wanted['key']}")
    return doing.post("registry", "/coaching-sessions", wanted, gettext("辅导已登记，请登记参加人员。"), listed, there)


@room.get("/coaching/<code:session_id>")
def show(
    session_id: str, problem: clients.Declined | None = None, about: str = "", faults: tuple[str, ...] = ()
) -> Any:
    """One session with its attendance; the unit confirms its own here."""
    session, campaign = asking.get("registry", f"/coaching-sessions/{session_id}"), session_id.partition(".")[0]
    rows = listing.page("registry", f"/coaching-sessions/{session_id}/attendance", **listing.filters("region", "state"))
    viewer = asking.viewer()
    return render_template(
        "session.html", session=session, rows=rows, aspects=aspects(campaign), names=reference.unit_names(campaign),
        posts={row["unit"]: (reference.unit(campaign, row["unit"]) or {}).get("posts") or [] for row in rows.rows},
        regions=reference.region_names(campaign), roster=reference.own(campaign, "coach"),
        own=set(viewer.units(campaign)) if viewer.may("confirm_coaching") else set(),
        problem=problem, about=about, faults=faults, entered=request.form,
    )  # fmt: skip


@room.post("/coaching/<code:session_id>/versions")
def correct(session_id: str) -> Any:
    """Correct a session by a new version."""
    wanted = {**_written(), "reason": request.form.get("reason", "").strip()}
    wanted["follows"] = numerals.read(request.form.get("follows"), 1)
    return _do(session_id, "/versions", wanted, gettext("已更正，原来的记录仍在。"), "correct")


@room.post("/coaching/<code:session_id>/withdrawal")
def withdraw(session_id: str) -> Any:
    """Withdraw a session with a reason."""
    wanted = {"reason": request.form.get("reason", "").strip()}
    return _do(session_id, "/withdrawal", wanted, gettext("已撤销，原来的记录仍在。"), "withdraw")


@room.post("/coaching/<code:session_id>/everyone")
def everyone(session_id: str) -> Any:
    """Enter everyone of a role in a place."""
    asked = {key: request.form[key] for key in ("role", "region", "group") if request.form.get(key)}
    return _do(session_id, "/attendance", {"everyone": asked}, gettext("参加人员已登记。"), "everyone")


@room.post("/coaching/<code:session_id>/list")
def paste(session_id: str) -> Any:
    """Enter a list, typed or pasted from Excel; nothing of it is taken when a line cannot be read."""
    campaign = session_id.partition(".")[0]
    pasted = attendance.read(request.form.get("list", ""), reference.everybody(campaign, "coach"))
    if pasted.faults or not pasted.rows:
        return show(session_id, None, "list", tuple(pasted.faults) or (gettext("名单是空的。"),)), 422
    return _do(session_id, "/attendance", {"rows": pasted.rows}, gettext("参加人员已登记。"), "list")


@room.post("/coaching/<code:session_id>/attendance/<code:unit>/removal")
def remove(session_id: str, unit: str) -> Any:
    """Somebody was entered who was not there."""
    wanted = {"posts": request.form.getlist("post"), "reason": request.form.get("reason", "").strip()}
    return _unit(session_id, unit, "removals", wanted, gettext("已更正，原来的登记仍在记录里。"))


@room.post("/coaching/<code:session_id>/attendance/<code:unit>/confirmation")
def confirm(session_id: str, unit: str) -> Any:
    """The unit says who of it was there."""
    wanted = {"posts": request.form.getlist("post"), "note": request.form.get("note", "").strip()}
    return _unit(session_id, unit, "confirmation", wanted, gettext("参加情况已确认。"))


@room.get("/coaching/unreached")
def unreached() -> Any:
    """How many were reached by no session of each aspect, and the list behind a number."""
    asking.needs("coach")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    asked = listing.filters(*REACHED)
    reach = asking.get("registry", f"/campaigns/{campaign}/coaching-reach", **asked)
    rows = listing.page("registry", f"/campaigns/{campaign}/unreached", **asked) if "aspect" in asked else None
    return render_template(
        "unreached.html", rows=rows, reach=reach, aspects=aspects(campaign), asked={"who": "unit", **asked},
        cells={(cell["aspect"], cell["who"]): cell for cell in reach["rows"]},
        roster=reference.own(campaign, "coach"), regions=reference.region_names(campaign),
        groups=reference.group_names(campaign),
    )  # fmt: skip


@room.get("/coaching/unreached.xlsx")
def exported() -> Any:
    """The same list as a workbook; without an aspect there is none, and one is chosen first."""
    asking.needs("coach")
    campaign, asked = asking.campaign() or abort(404), listing.filters(*REACHED)
    if "aspect" not in asked:
        return redirect(f"{url_for('.unreached')}?{urllib.parse.urlencode(asked)}")
    rows = asking.everything("registry", f"/campaigns/{campaign}/unreached", **asked)
    regions, groups = reference.region_names(campaign), reference.group_names(campaign)
    heads = [
        gettext("单位代码"), gettext("单位"), gettext("班子"), gettext("县（区）"), gettext("督导组"), gettext("岗位"),
        gettext("没有听过的事项"),
    ]  # fmt: skip
    title = aspects(campaign).get(asked["aspect"], asked["aspect"])
    lines = (
        [
            row["unit"], row["unit_name"], row["team"], regions.get(row["region"], row["region"]),
            groups.get(row["group"], row["group"]), attendee(row["unit"], row["post"]), title,
        ]
        for row in rows
    )  # fmt: skip
    return workbook.answer("unreached", gettext("未覆盖名单"), heads, lines)


def attendee(unit: str, post: str | None) -> str:
    """What somebody who was coached is called in the unit."""
    if post is None:
        return str(gettext("全单位"))
    return wording.word("role", post) if post == attendance.LIAISON else reference.post_name(unit, post)


def _do(session_id: str, path: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    there = url_for(".show", session_id=session_id)
    path = f"/coaching-sessions/{session_id}{path}"
    return doing.post("registry", path, wanted, done, lambda problem: show(session_id, problem, about), there)


def _unit(session_id: str, unit: str, deed: str, wanted: dict[str, Any], done: str) -> Any:
    there, path = url_for(".show", session_id=session_id), f"/coaching-attendance/{session_id}.{unit}/{deed}"
    return doing.post("registry", path, wanted, done, lambda problem: show(session_id, problem, unit), there)


def _written() -> dict[str, Any]:
    words = {part: request.form.get(part, "").strip() for part in WRITTEN}
    return {**words, "aspects": request.form.getlist("aspect")}


room.add_app_template_global(attendee, "attendee")
