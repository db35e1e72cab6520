"""Meetings: the list of all, and the page of one unit with its twelve aspects, its materials and its gate."""

import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from services.portal import asking, clients, days, languages, listing, reference, wording, workbook
from services.spine import clock

room = Blueprint("meetings", __name__)
DECISIONS = ("waive", "decide_postponement", "cancel_meeting", "restore_meeting", "close_relay")
FILTERS = ("region", "group", "stage", "overdue", "q", "on", "unheld", "relays")


@room.get("/meetings")
def listed() -> Any:
    """Meetings under the filters named in the address."""
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    meetings = listing.page("registry", f"/campaigns/{campaign}/meetings", **listing.filters(*FILTERS))
    return render_template(
        "meetings.html",
        campaign=campaign,
        meetings=meetings,
        roster=reference.own(campaign, "read_meeting"),
        regions=reference.region_names(campaign),
        groups=reference.group_names(campaign),
    )


@room.get("/meetings.xlsx")
def exported() -> Response:
    """The same list as a workbook."""
    campaign = asking.campaign() or abort(404)
    rows = asking.everything("registry", f"/campaigns/{campaign}/meetings", **listing.filters(*FILTERS))
    regions, groups = reference.region_names(campaign), reference.group_names(campaign)
    heads = [
        gettext("单位"), gettext("班子"), gettext("县（区）"), gettext("督导组"), gettext("会议日期"), gettext("阶段"),
        gettext("逾期事项"), gettext("应交材料"), gettext("已通过"), gettext("已免予"),
        gettext("问题数"), gettext("已销号"), gettext("超出会期安排"), gettext("缺席转达：待转达"),
        gettext("缺席转达：待本人确认"),
    ]  # fmt: skip
    lines = (
        [
            row["unit_name"], row["team"], regions.get(row["region"], row["region"]),
            groups.get(row["group"], row["group"]), row["held_on"] or row["meeting_on"],
            wording.word("stage", row["stage"]),
            languages.listed(str(number) for number in row["overdue"]), row["materials"]["required"],
            row["materials"]["passed"], row["materials"].get("waived") or 0,
            row["ledger"]["items"], row["ledger"]["closed"],
            languages.listed(wording.word("outside", code) for code in row["outside"]), row["relays"]["awaited"],
            row["relays"]["told"],
        ]
        for row in rows
    )  # fmt: skip
    return workbook.answer("meetings", gettext("民主生活会"), heads, lines)


@room.get("/meetings/<code:meeting_id>")
def show(meeting_id: str, problem: clients.Declined | None = None, about: str = "") -> Any:
    """One unit's page; after a refused form with what was entered and the reason at that form."""
    meeting = asking.get("registry", f"/meetings/{meeting_id}")
    campaign, unit = meeting_id.split(".", 1)
    asked, viewer = _asked(meeting), asking.viewer()
    decides = {code for code in DECISIONS if viewer.may(code) and not viewer.has_been_of(unit)}
    return render_template(
        "meeting.html",
        meeting=meeting,
        campaign=campaign,
        unit=unit,
        posts=_posts(meeting),
        phases=_phases(asked),
        gate=[need for need in asked["required"] if need.get("gate", True)],
        papers=_papers(asked),
        counts=asking.find("rectification", "/items/counts", by="category", unit=unit),
        talks=asking.find("intake", "/talks/owed", campaign=campaign, unit=unit),
        answers=_answers(campaign),
        coached=_coached(campaign, unit),
        commented=asking.find("review", f"/supervision-comments/{meeting_id}.comment"),
        names=reference.unit_names(campaign),
        regions=reference.region_names(campaign),
        groups=reference.group_names(campaign),
        definition=reference.campaign(campaign),
        attended=_day_of(meeting),
        recorded={row["post"]: {**row, "present": False} for row in (meeting["held"] or {}).get("absences", ())},
        own_posts=own_posts(meeting),
        decides=decides,
        fresh_key=uuid.uuid4().hex,
        problem=problem,
        about=about,
        entered=request.form,
    )


@room.post("/meetings/<code:meeting_id>/schedule")
def schedule(meeting_id: str) -> Any:
    """Set or move the meeting day; every date is computed anew from it."""
    wanted = {**_day_and_reason(), **_approved()}
    done = gettext("会议日期已改为 %(on)s，十二项日期已重新推算。", on=days.written(wanted["on"]))
    return _do(meeting_id, "schedule", wanted, done)


@room.post("/meetings/<code:meeting_id>/postponements")
def ask(meeting_id: str) -> Any:
    """The unit asks for another day."""
    done = gettext("改期申请已提交，办理之前各项日期不变。")
    return _do(meeting_id, "postponements", _day_and_reason(), done, anchor="schedule")


@room.post("/meetings/<code:meeting_id>/postponements/<int:number>/decision")
def decide(meeting_id: str, number: int) -> Any:
    """An office grants another day or refuses it."""
    outcome = request.form.get("outcome", "refused")
    wanted = {"outcome": outcome, "reason": request.form.get("reason", "").strip(), **_approved()}
    if outcome == "granted" and request.form.get("on"):
        wanted["on"] = request.form["on"]
    done = (
        gettext("已同意改期，各项日期已重新推算。") if outcome == "granted" else gettext("已退回改期申请，日期不变。")
    )
    return _do(meeting_id, f"postponements/{number}/decision", wanted, done, anchor="schedule")


@room.post("/meetings/<code:meeting_id>/postponements/<int:number>/withdrawal")
def take_back(meeting_id: str, number: int) -> Any:
    """The unit no longer asks."""
    path = f"postponements/{number}/withdrawal"
    return _do(meeting_id, path, _reason(), gettext("改期申请已撤回。"), anchor="schedule")


@room.post("/meetings/<code:meeting_id>/aspects/<int:number>")
def record(meeting_id: str, number: int) -> Any:
    """Mark one of the twelve aspects done, or (the office) waived."""
    wanted = {"state": request.form.get("state", "done"), "note": request.form.get("note", "").strip()}
    if request.form.get("on"):
        wanted["on"] = request.form["on"]
    done = gettext("第 %(number)s 项已登记。", number=number)
    return _do(meeting_id, f"aspects/{number}", wanted, done, anchor=f"a{number}")


@room.post("/meetings/<code:meeting_id>/waivers")
def waive(meeting_id: str) -> Any:
    """The office lets a unit off one material, with a reason that stays visible."""
    kind, _, post = request.form.get("material", "").partition("/")
    wanted = {"kind": kind, "post": post, "reason": request.form.get("reason", "").strip()}
    return _do(meeting_id, "waivers", wanted, gettext("已免予提交该材料。"), anchor="materials")


@room.post("/meetings/<code:meeting_id>/agenda-waiver")
def waive_agenda(meeting_id: str) -> Any:
    """The office lets a unit put its meeting on record without every step of the agenda."""
    return _do(meeting_id, "agenda-waiver", _reason(), gettext("已免予逐步登记会议程序。"), anchor="held")


@room.post("/meetings/<code:meeting_id>/cancellation")
def cancel(meeting_id: str) -> Any:
    """The office has a unit not meet this time."""
    return _do(meeting_id, "cancellation", _reason(), gettext("会议已取消，各项不再要求。"), anchor="gate")


@room.post("/meetings/<code:meeting_id>/restoration")
def restore(meeting_id: str) -> Any:
    """A meeting that was cancelled by mistake is to be held after all."""
    return _do(meeting_id, "restoration", _reason(), gettext("会议已恢复，各项照常办理。"), anchor="gate")


@room.post("/meetings/<code:meeting_id>/held")
def held(meeting_id: str) -> Any:
    """Put on record that the meeting was held, and who was there."""
    form = request.form
    wanted = attended(form)
    wanted |= {key: form[key].strip() for key in ("note", "outside_reason") if form.get(key, "").strip()}
    return _do(meeting_id, "held", wanted, gettext("会议已登记为召开。"), anchor="held", settled="already_held")


def attended(form: MultiDict[str, str]) -> dict[str, Any]:
    """The day, who was there, and why the others were not, as the fields say."""
    present = form.getlist("present")
    absences = [
        {
            "post": post,
            "reason": form.get(f"reason-{post}", "").strip(),
            **({"written": True} if post in form.getlist("written") else {}),
        }
        for post in form.getlist("post")
        if post not in present
    ]
    return {"held_on": form.get("held_on", ""), "present": present, "absences": absences}


def own_posts(meeting: dict[str, Any]) -> set[str]:
    """The posts of this unit that the person at the browser holds."""
    person, unit = asking.viewer(), meeting["unit"]
    held = [code.partition("/") for code in person.scopes("post", campaign=meeting["campaign"])]
    first = person.has("secretary") and unit in person.scopes("unit", campaign=meeting["campaign"])
    return {post for of, _, post in held if of == unit} | {
        post["post"] for post in meeting["posts"] if first and post["role"] == "secretary"
    }


def _day_of(meeting: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the day's page knows of everybody's attendance, by post, while the record is still to be made."""
    if meeting["held"] or meeting.get("cancelled") or not asking.viewer().may("record_day"):
        return {}
    day = asking.find("registry", f"/meetings/{meeting['meeting_id']}/day") or {"attendance": []}
    return {row["post"]: row for row in day["attendance"] if row["present"] is not None}


def _reason() -> dict[str, Any]:
    return {"reason": request.form.get("reason", "").strip()}


def _day_and_reason() -> dict[str, Any]:
    return {"on": request.form.get("on", ""), **_reason()}


def _approved() -> dict[str, Any]:
    """The office's approval of a day before the superior's, where it was given."""
    return {"before_superior": True} if request.form.get("before_superior") else {}


def _do(meeting_id: str, action: str, wanted: dict[str, Any], done: str, *, anchor: str = "", settled: str = "") -> Any:
    try:
        asking.post("registry", f"/meetings/{meeting_id}/{action}", wanted)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        if problem.code != settled or not settled or not _same_record(meeting_id, wanted):
            return show(meeting_id, problem, action), problem.status
    flash(done, "done")
    return redirect(url_for(".show", meeting_id=meeting_id, _anchor=anchor or None), 303)


def _same_record(meeting_id: str, wanted: dict[str, Any]) -> bool:
    """Whether what is on record is what was just entered: the second press of the same button."""
    on_record = asking.get("registry", f"/meetings/{meeting_id}").get("held") or {}
    present = on_record.get("present")
    return on_record.get("held_on") == wanted.get("held_on") and (
        not isinstance(present, list) or sorted(present) == sorted(wanted.get("present", []))
    )


def _answers(campaign: str) -> dict[str, int]:
    """How many answers there are about each aspect of the checklist."""
    found = asking.find("registry", f"/campaigns/{campaign}/question-counts") or {"aspects": []}
    return {row["aspect"]: row["count"] for row in found["aspects"]}


def _coached(campaign: str, unit: str) -> dict[str, int] | None:
    """In how many sessions the unit was, and how many it has still to confirm."""
    place = {"campaign": campaign, "unit": unit, "size": 1}
    found = asking.find("registry", "/coaching-sessions", **place)
    if not found:
        return None
    awaited = asking.find("registry", "/coaching-sessions", **place, state="awaited") if found["total"] else None
    return {"total": found["total"], "awaited": awaited["total"] if awaited else 0}


def _posts(meeting: dict[str, Any]) -> list[dict[str, Any]]:
    return list(meeting.get("posts") or [])


def _asked(meeting: dict[str, Any]) -> dict[str, Any]:
    """A meeting with what is asked of it; of one that was cancelled only what came before is left."""
    if not meeting.get("cancelled"):
        return meeting
    done = [aspect for aspect in meeting["aspects"] if aspect["state"] != "open"]
    return {**meeting, "aspects": done, "required": [need for need in meeting["required"] if need["version"]]}


def _papers(meeting: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What is expected beside the gate, by stage and day: a line a kind, whoever it is from."""
    stages: dict[str, dict[str, dict[str, Any]]] = {code: {} for code in wording.PHASES}
    for need in meeting["required"]:
        if not need.get("gate", True):
            fresh = {**{key: need.get(key) for key in ("kind", "due_on", "counted")}, "needs": [], "here": 0}
            line = stages[need["stage"]].setdefault(need["kind"], fresh)
            line["needs"].append(need)
            line["here"] += need["state"] != "missing"
    return [(stage, sorted(found.values(), key=lambda one: one["due_on"])) for stage, found in stages.items() if found]


def _phases(meeting: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The aspects in their three stages, each with how it is shown."""
    today = clock.today()
    phases: dict[str, list[dict[str, Any]]] = {code: [] for code in wording.PHASES}
    for aspect in meeting["aspects"]:
        shown = aspect["state"]
        if aspect.get("late") or (shown == "open" and aspect["due_on"] and aspect["due_on"] < today):
            shown = {"open": "late", "done": "done_late"}.get(shown, shown)
        phases.setdefault(aspect["stage"], []).append({**aspect, "shown": shown})
    return [(phase, aspects) for phase, aspects in phases.items() if aspects]
