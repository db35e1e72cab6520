"""A campaign's definition: the draft, part by part; what it comes to for every unit; its versions.

What must stay true: nothing is in force before it is published with a reason; what was typed outlives a refusal, and
who was overtaken by somebody else is told and goes on from there.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import (
    asking,
    clients,
    definition_form,
    definition_words,
    doing,
    entering,
    entries,
    languages,
    listing,
    numerals,
    reference,
    refusals,
    wording,
    workbook,
)

room = Blueprint("definition", __name__, url_prefix="/campaigns/<code:campaign>")
WHAT = ("moved", "past", "came", "went", "early", "outside", "falls", "rules")


@room.get("/definition")
def show(campaign: str, problem: clients.Declined | None = None) -> Any:
    """The draft as a whole: its parts, and what differs from the version in force."""
    draft = asking.get("registry", f"/campaigns/{campaign}/draft")
    now = reference.campaign(campaign)
    return render_template(
        "definition.html", campaign=campaign, draft=draft, problem=problem, parts=definition_form.parts(),
        changes=definition_words.differences(draft["differences"], draft["definition"], now),
        work=_laying(campaign) if draft["laying"] else None,
    )  # fmt: skip


@room.get("/definition/<part>")
def fill(campaign: str, part: str) -> Any:
    """One part of the draft as a form."""
    draft = asking.get("registry", f"/campaigns/{campaign}/draft")
    return _form(campaign, part, draft, definition_form.standing(part, draft["definition"]))


@room.post("/definition/<part>")
def act(campaign: str, part: str) -> Any:
    """One more row or one less, or the part is saved into the draft: whatever the button says."""
    draft = asking.get("registry", f"/campaigns/{campaign}/draft")
    form = definition_form.schema(part, draft["definition"]) or abort(404)
    asked, _, place = request.form.get("do", "").partition(":")
    sent = asked == "hand_in"
    typed = entering.gathered(form, request.form, without=place if asked == "less" else "", blank=not sent)
    if not sent:
        return _form(campaign, part, draft, entering.grown(form, typed, place) if asked == "add" else typed)
    wanted = {
        "revision": numerals.read(request.form.get("follows"), 0),
        "definition": definition_form.written(part, draft["definition"], typed),
    }
    return doing.post(
        "registry", f"/campaigns/{campaign}/draft", wanted, gettext("已存入草稿，发布后才生效。"),
        lambda problem: _form(campaign, part, draft, typed, problem), url_for(".show", campaign=campaign),
    )  # fmt: skip


@room.post("/definition/end")
def end(campaign: str) -> Any:
    """Do without the draft."""
    return doing.post(
        "registry", f"/campaigns/{campaign}/draft/end", {"revision": _revision()}, gettext("草稿已放弃。"),
        lambda problem: show(campaign, problem), url_for(".show", campaign=campaign),
    )  # fmt: skip


@room.post("/preview")
def preview(campaign: str) -> Any:
    """Have it worked out what the draft comes to."""
    return doing.attempt(
        lambda: asking.post(
            "registry", f"/campaigns/{campaign}/preview",
            {"revision": _revision(), **({"again": True} if request.form.get("again") else {})},
        ),
        lambda problem: show(campaign, problem), url_for(".effects", campaign=campaign),
    )  # fmt: skip


@room.get("/preview")
def effects(campaign: str, problem: clients.Declined | None = None) -> Any:
    """What the draft comes to for every unit, and the button that publishes it."""
    draft = asking.get("registry", f"/campaigns/{campaign}/draft")
    found = asking.find("registry", f"/campaigns/{campaign}/preview")
    fresh = found and draft["open"] and found["draft_revision"] == draft["draft_revision"]
    if not fresh:
        return redirect(url_for(".show", campaign=campaign), 303)
    changed = next((what for what in WHAT if found["counts"].get(what)), WHAT[0])
    chosen = request.args.get("what") if request.args.get("what") in WHAT else changed
    done = found["state"] == "done"
    units = listing.page("registry", f"/campaigns/{campaign}/preview/units", what=chosen) if done else None
    return render_template(
        "definition_preview.html", campaign=campaign, draft=draft, preview=found, units=units, chosen=chosen,
        problem=problem, lines=partial(listed_changes, campaign), regions=reference.region_names(campaign),
        entered=request.form, what=WHAT,
        changes=definition_words.differences(draft["differences"], draft["definition"], reference.campaign(campaign)),
    )  # fmt: skip


@room.get("/preview/state")
def preview_state(campaign: str) -> Any:
    """How far the preview has come, for the page that waits."""
    found = asking.get("registry", f"/campaigns/{campaign}/preview")
    return {"state": found["state"], "worked": found["worked"]}


@room.get("/preview.xlsx")
def exported(campaign: str) -> Response:
    """All units of that list, a line for each thing that moves, comes or goes, and for a superior that meets later."""
    rows = asking.everything("registry", f"/campaigns/{campaign}/preview/units", **listing.filters("what"))
    regions = reference.region_names(campaign)
    heads = [
        gettext("单位"), gettext("县（区）"), gettext("原会议日期"), gettext("新会议日期"),
        gettext("事项"), gettext("原日期"), gettext("新日期"), gettext("已过期"),
    ]  # fmt: skip
    lines = (
        [
            row["unit_name"], regions.get(row["region"], row["region"]), row["meeting_from"], row["meeting_to"],
            called, since or "", to or "", gettext("是") if past else "",
        ]
        for row in rows
        for called, since, to, past in _told(campaign, row)
    )  # fmt: skip
    return workbook.answer("preview", gettext("草稿影响"), heads, lines)


@room.post("/versions")
def publish(campaign: str) -> Any:
    """Publish the draft with its reason."""
    wanted = {"revision": _revision(), "reason": request.form.get("reason", "").strip()}

    def act() -> None:
        made = asking.post("registry", f"/campaigns/{campaign}/versions", wanted).body
        reference.forget()
        flash(gettext("第 %(n)s 版已发布，正在为未开会的单位重新排期。", n=made["version"]), "done")

    def again(problem: clients.Declined) -> Any:
        return show(campaign, problem) if problem.code in ("draft_changed", "no_draft") else effects(campaign, problem)

    return doing.attempt(act, again, url_for(".versions", campaign=campaign))


@room.get("/versions")
def versions(campaign: str) -> Any:
    """All versions, the newest first."""
    rows = asking.get("registry", f"/campaigns/{campaign}/versions")["rows"]
    now = reference.campaign(campaign)
    for row in rows:
        row["changes"] = definition_words.differences(row["differences"], now)
    work = rows[0] if rows and rows[0]["state"] == "running" else None
    return render_template("definition_versions.html", campaign=campaign, versions=rows, now=now, work=work)


@room.get("/versions/state")
def versions_state(campaign: str) -> Any:
    """How far the units have come under the newest version, for the page that waits."""
    found = asking.get("registry", f"/campaigns/{campaign}/versions")["rows"][0]
    return {"state": found["state"], "worked": found["worked"]}


@room.get("/versions/<int:number>")
def version(campaign: str, number: int) -> Any:
    """One version, whole, to read and to print."""
    found = asking.get("registry", f"/campaigns/{campaign}/versions/{number}")
    whole = found["definition"]
    sections = [(title, _sections(code, whole)) for code, title in definition_form.parts()]
    return render_template(
        "definition_version.html", campaign=campaign, version=found, sections=sections,
        changes=definition_words.differences(found["differences"], whole),
    )  # fmt: skip


def _form(
    campaign: str, part: str, draft: dict[str, Any], document: dict[str, Any], problem: clients.Declined | None = None
) -> Any:
    form = definition_form.schema(part, draft["definition"]) or abort(404)
    faults = []
    for place in problem.places if problem else ():
        pointer, said = str(place.get("pointer", "")), refusals.place(place)
        faults.append((definition_form.at(pointer), said))
    shown = entries.sections(form, document, entries.Known(languages.current()), faults)
    seen = draft["draft_revision"] if problem else request.form.get("follows", draft["draft_revision"])
    return render_template(
        "definition_part.html", campaign=campaign, part_code=part, title=dict(definition_form.parts())[part],
        draft=draft, sections=shown, wrong=entries.wrong(shown), elsewhere=entries.elsewhere(shown, faults),
        problem=problem, follows=seen,
        steps=definition_form.standing(part, draft["definition"]).get("reminders"),
    )  # fmt: skip


def _sections(part: str, definition: dict[str, Any]) -> list[entries.Entry]:
    form = definition_form.schema(part, definition) or {}
    return entries.sections(form, definition_form.standing(part, definition), entries.Known(languages.current()))


def _revision() -> Any:
    return numerals.read(request.form.get("revision"), 0)


def _laying(campaign: str) -> dict[str, Any] | None:
    found = asking.find("registry", f"/campaigns/{campaign}/versions")
    return found["rows"][0] if found else None


def _called(campaign: str, change: dict[str, Any]) -> str:
    """An aspect or a material by its name."""
    code = change["code"]
    if change["what"] == "paper":
        return definition_words.label(code)
    rows = reference.campaign(campaign).get("checklist") or []
    return next((languages.pick(row["title"]) for row in rows if row["code"] == code), code)


def _told(campaign: str, unit: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None, bool]]:
    """A unit's changes, with the team above where it would meet before that, a stage that falls back, other rules."""
    for change in unit["changes"]:
        yield _called(campaign, change), change["from"], change["to"], change["past"]
    if above := unit.get("superior"):
        yield f"{gettext('变为早于上级')} {above['unit_name']}", None, above["on"], False
    if unit.get("outside"):
        yield gettext("变为不在本批次期限内"), None, unit["meeting_to"], False
    if unit.get("falls"):
        was, now = (wording.word("stage", unit[key]) for key in ("stage_from", "stage_to"))
        yield gettext("阶段退回"), was, now, False
    for rule in unit.get("rules", ()):
        yield f"{gettext('规则改变')} {wording.word('requirement', rule)}", None, None, False


def listed_changes(campaign: str, unit: dict[str, Any], what: str) -> list[dict[str, Any]]:
    """Of a unit's changes those that a list is about."""

    def fits(line: dict[str, Any]) -> bool:
        return bool(
            {
                "moved": bool(line["from"] and line["to"]),
                "past": line["past"],
                "came": not line["from"],
                "went": not line["to"],
            }.get(what)
        )

    return [{**line, "called": _called(campaign, line)} for line in unit["changes"] if fits(line)]
