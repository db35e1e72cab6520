"""The form of a material on a page: filled in, checked, handed in; and how a version's form reads.

What must stay true: nothing typed is lost by a refusal, by one more row, or by one row less; the buttons work without
script. What is right is for intake to say.
"""

from typing import Any

from flask import Blueprint, render_template, request

from services.portal import asking, clients, entering, entries, languages, minutes, reference
from services.portal.pages import files, materials
from services.spine import clock

room = Blueprint("forms", __name__)


@room.get("/materials/<code:material_id>/form")
def fill(material_id: str) -> Any:
    """The form as it was handed in last, else as far as it is known."""
    kind, known, material = _open(material_id)
    last = max((one["version"] for one in material["versions"] if one.get("form")), default=None)
    found = asking.find("intake", f"/materials/{material_id}/versions/{last}/form") if last else None
    document = found["document"] if found else entering.begun(kind["document_schema"], known)
    if request.args.get("begin") == "day":
        document = _from_day(material_id, document)
    return _page(material_id, kind, known, material, document, from_version=last if found else None)


@room.post("/materials/<code:material_id>/form")
def act(material_id: str) -> Any:
    """One more row or one less, a check that keeps nothing, or the next version: whatever the button says."""
    kind, known, material = _open(material_id)
    asked, _, place = request.form.get("do", "").partition(":")
    schema, sent = kind["document_schema"], asked in ("check", "hand_in")
    document = entering.gathered(schema, request.form, without=place if asked == "less" else "", blank=not sent)
    if asked == "add":
        document = entering.grown(schema, document, place)
    elif asked == "day":
        document = _from_day(material_id, document)
    if not sent:
        return _page(material_id, kind, known, material, document)
    fields: dict[str, str | clients.Upload] = {"document": entering.as_text(kind["schema"], document)}
    try:
        if asked == "check":
            path = f"/kinds/{kind['kind']}/check"
            asking.hand_in("intake", path, {**fields, "material_id": material_id})
            return _page(material_id, kind, known, material, document, checked=True)
        return materials.handed_in(material_id, fields)
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return _page(material_id, kind, known, material, document, problem=problem), problem.status


@room.get("/materials/<code:material_id>/versions/<int:version>/form")
def read(material_id: str, version: int) -> Any:
    """The form of a version, to read and to print."""
    campaign, unit, kind, post = materials.parts(material_id)
    kept = asking.get("intake", f"/materials/{material_id}/versions/{version}/form")
    material = asking.get("intake", f"/materials/{material_id}")
    shown = asking.get("intake", f"/kinds/{kind}", material_id=material_id, schema=kept["schema"])
    known = _known(shown, campaign, unit, post, None)
    return render_template(
        "form_read.html", material_id=material_id, campaign=campaign, unit=unit, kind=shown, post=post,
        version=next(one for one in material["versions"] if one["version"] == version), kept=kept,
        sections=entries.sections(shown["document_schema"], kept["document"], known),
        names=reference.unit_names(campaign),
    )  # fmt: skip


@room.get("/materials/<code:material_id>/workbook")
def workbook(material_id: str) -> Any:
    """The same form as a workbook."""
    campaign, unit, kind, _ = materials.parts(material_id)
    meeting = asking.find("registry", f"/meetings/{campaign}.{unit}") or {}
    body = {"material_id": material_id, "names": reference.names(campaign, unit)}
    held = {"held_on": meeting["held"]["held_on"]} if meeting.get("held") else {}
    return files.passed_on("intake", f"/kinds/{kind}/workbook", {**body, **held})


def _open(material_id: str) -> tuple[dict[str, Any], entries.Known, dict[str, Any]]:
    """The kind as it is asked here, what is known, and the material so far."""
    campaign, unit, kind, post = materials.parts(material_id)
    shown = asking.get("intake", f"/kinds/{kind}", material_id=material_id)
    if not materials.may_hand_in(campaign, unit, post):
        raise clients.refused("not_permitted", languages.current())
    meeting = asking.find("registry", f"/meetings/{campaign}.{unit}")
    material = asking.find("intake", f"/materials/{material_id}") or {
        "versions": [],
        "comments": [],
        "secrecy": "internal",
    }
    return shown, _known(shown, campaign, unit, post, meeting), material


def _from_day(material_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """Minutes with what the meeting's day knows where nothing was written."""
    campaign, unit, kind, _ = materials.parts(material_id)
    day = asking.find("registry", f"/meetings/{campaign}.{unit}/day") if kind == "minutes" else None
    meeting = asking.find("registry", f"/meetings/{campaign}.{unit}") or {}
    return dict(minutes.filled(document, minutes.drafted(day, meeting))) if day else document


def _known(kind: dict[str, Any], campaign: str, unit: str, post: str, meeting: dict[str, Any] | None) -> entries.Known:
    titles = reference.titles(campaign, "aspects")
    choices = {
        source: [(one["code"], titles.get(one["code"]) or languages.pick(one["label"])) for one in offered]
        for source, offered in kind["choices"].items()
    }
    choices["unit.posts"] = [(code, reference.post_name(unit, code)) for code, _ in choices.get("unit.posts", [])]
    given = {
        "unit.name": reference.unit_names(campaign).get(unit, ""),
        "campaign.title": languages.pick(reference.campaign(campaign).get("title")),
        "meeting.on": (meeting or {}).get("meeting_on"),
        "meeting.held_on": ((meeting or {}).get("held") or {}).get("held_on"),
        "account.name": asking.viewer().name,
        "today": clock.today(),
    }
    kept = {name: str(value) for name, value in given.items() if value}
    return entries.Known(languages.current(), kept, choices, kind["facts"], None if post == "team" else post)


def _page(
    material_id: str, kind: dict[str, Any], known: entries.Known, material: dict[str, Any], document: dict[str, Any],
    *, problem: clients.Declined | None = None, checked: bool = False, from_version: int | None = None,
) -> Any:  # fmt: skip
    campaign, unit, _, post = materials.parts(material_id)
    faults = [(str(one.get("pointer", "")), str(one.get("detail", ""))) for one in (problem.places if problem else ())]
    latest = material["versions"][-1]["version"] if material["versions"] else 0
    shown = entries.sections(kind["document_schema"], document, known, faults)
    return render_template(
        "form.html", material_id=material_id, campaign=campaign, unit=unit, post=post, kind=kind, material=material,
        sections=shown, wrong=entries.wrong(shown), elsewhere=entries.elsewhere(shown, faults),
        problem=problem, checked=checked,
        from_version=from_version, latest=latest, follows=latest if problem else request.form.get("follows", latest),
        comments=materials.to_answer(material_id, material, latest), entered=request.form,
        names=reference.unit_names(campaign),
    )  # fmt: skip
