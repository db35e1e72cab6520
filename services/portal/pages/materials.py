"""Materials: what was handed in, version by version, what the group wrote about it, and the way to the next version."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, languages, listing, opinions, reference, signoff, wording
from services.portal.pages import files
from services.spine import contracts

room = Blueprint("materials", __name__)
FILTERS = ("unit", "region", "group", "kind", "state")


@room.get("/materials")
def listed() -> Any:
    """Materials under the filters named in the address."""
    campaign = asking.campaign()
    materials = listing.onward("intake", "/materials", **listing.filters(*FILTERS))
    return render_template(
        "materials.html", materials=materials, names=reference.unit_names(campaign), roster=reference.own(campaign)
    )


@room.get("/materials/<code:material_id>")
def show(material_id: str, problem: clients.Declined | None = None, about: str = "hand_in") -> Any:
    """One material with all its versions; one that was never handed in shows what is expected and the form."""
    campaign, unit, kind, post = parts(material_id)
    meeting = asking.find("registry", f"/meetings/{campaign}.{unit}")
    need = next((need for need in (meeting or {}).get("required", []) if need["material_id"] == material_id), None)
    try:
        material = asking.get("intake", f"/materials/{material_id}")
    except clients.Declined as declined:
        if declined.status != 404 or need is None:
            raise
        material = None
    versions = sorted((material or {}).get("versions", []), key=lambda one: -int(one["version"]))
    reviews = {
        one["version"]: asking.find("review", f"/reviews/{material_id}.v{one['version']}")
        for one in versions[:5]
        if (need or {}).get("read", True)
    }
    latest = versions[0]["version"] if versions else 0
    known = asking.find("intake", f"/kinds/{kind}", material_id=material_id)
    recorded = bool((known or {}).get("locked"))
    signs = signoff.roles(campaign, unit, post, (meeting or {}).get("posts", []), recorded=recorded)
    return render_template(
        "material.html",
        material_id=material_id, campaign=campaign, unit=unit, kind=kind, post=post,
        meeting=meeting, need=need, material=material, versions=versions, reviews=reviews, latest=latest,
        state=_state(material, need), comments=_to_answer(material, reviews.get(latest)),
        names=reference.unit_names(campaign), standards=reference.titles(campaign, "standards"),
        signs=signs, confirms=_confirms(campaign, unit), recorded=recorded,
        locked=recorded and bool((material or {}).get("counted")), addressees=_addressees(campaign, need),
        receipts_may=asking.viewer().may("give_receipt"),
        problem=problem, about=about if problem else "", entered=request.form,
        may_hand_in=may_hand_in(campaign, unit, post), known=known, read=(need or {}).get("read", True),
        repeats=_repeats(material_id, kind, latest),
        opinions=opinions.beside(material_id, reviews.get(latest)), enters=opinions.may_enter(campaign, unit),
    )  # fmt: skip


@room.get("/materials/<code:material_id>/state")
def state(material_id: str) -> Any:
    """Only the state, for the page that waits for the pre-check."""
    material = asking.get("intake", f"/materials/{material_id}")
    asked = material["versions"][-1]["withdrawal"]
    return {"state": "withdrawing" if asked and asked["granted"] is None else material["state"]}


@room.post("/materials/<code:material_id>/versions")
def hand_in(material_id: str) -> Any:
    """Hand in the next version with the answers to the comments; pressing twice takes it in once."""
    if g.get("too_large"):
        return show(material_id, too_large := files.too_large()), too_large.status
    upload = files.chosen("file")
    if upload is None:
        missing = clients.refused("file_missing", languages.current())
        return show(material_id, missing), missing.status
    try:
        return handed_in(material_id, {"file": upload})
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(material_id, problem), problem.status


def handed_in(material_id: str, fields: dict[str, str | clients.Upload]) -> Any:
    """Hand in a file or a form with what was written beside it; back to the material with the receipt."""
    fields["follows"] = request.form.get("follows", "0")
    if request.form.get("secrecy"):
        fields["secrecy"] = request.form["secrecy"]
    if request.form.get("note", "").strip():
        fields["note"] = request.form["note"].strip()
    if answered := answers():
        fields["answers"] = json.dumps(answered, ensure_ascii=False)
    tell_of(material_id, asking.hand_in("intake", f"/materials/{material_id}/versions", fields).body)
    there = url_for("materials.show", material_id=material_id)
    by_script = request.accept_mimetypes.best == "application/json"
    return {"to": there} if by_script else redirect(there, 303)


def compiled(material_id: str, document: dict[str, Any], **more: str) -> dict[str, Any]:
    """Hand in a form that was made of what is kept here, after the newest version."""
    last = asking.find("intake", f"/materials/{material_id}")
    follows = str(last["versions"][-1]["version"]) if last else "0"
    fields = {"follows": follows, "document": json.dumps(document, ensure_ascii=False), **more}
    answer: dict[str, Any] = asking.hand_in("intake", f"/materials/{material_id}/versions", fields).body
    return answer


def attempt(material_id: str, about: str, act: Callable[[], object]) -> Any:
    """Do something about a material and back to its page; declined, the page says why at what it was about."""
    there = url_for("materials.show", material_id=material_id)
    return doing.attempt(act, lambda problem: show(material_id, problem, about), there)


@room.get("/materials/<code:material_id>/versions/<int:version>/receipt")
def receipt(material_id: str, version: int) -> Any:
    """What the sender keeps of one version, to print or to look up again."""
    campaign, unit, kind, post = parts(material_id)
    material = asking.get("intake", f"/materials/{material_id}")
    found = next((one for one in material["versions"] if one["version"] == version), None) or abort(404)
    known = asking.find("intake", f"/kinds/{kind}")
    return render_template(
        "receipt.html", material_id=material_id, unit=unit, kind=kind, post=post, version=found,
        names=reference.unit_names(campaign), recorded=bool((known or {}).get("locked")),
        addenda=[one for one in material.get("addenda") or [] if one["version"] == version],
    )  # fmt: skip


@room.get("/materials/<code:material_id>/versions/<int:version>/file")
def download(material_id: str, version: int) -> Any:
    """The file as it was handed in."""
    asked = "?original=1" if "original" in request.args else ""
    return files.passed_on("intake", f"/materials/{material_id}/versions/{version}/file{asked}")


def tell_of(material_id: str, answer: dict[str, Any]) -> None:
    """What was taken in, and whether it was signed with the same press of the button."""
    if answer["repeated"]:
        flash(gettext("这个文件刚才已经收到（第 %(n)s 版），没有重复登记。", n=answer["version"]), "info")
        return
    said = {"n": answer["version"], "receipt": answer["receipt"]["number"]}
    password, unsigned = request.form.get("password", ""), answer["unsigned"]
    if unsigned and password:
        version = {"version": answer["version"], "sha256": answer["receipt"]["sha256"]}
        try:
            unsigned = signoff.sign(material_id, version, password)["unsigned"]
        except clients.Declined as problem:
            flash(gettext("第 %(n)s 版已收到，回执号 %(receipt)s。但没有签字：", **said) + problem.detail, "info")
            return
    if unsigned:
        flash(gettext("第 %(n)s 版已收到，回执号 %(receipt)s。签字齐全后生效。", **said), "done")
    elif answer["state"] in ("received", "unsigned"):
        flash(gettext("第 %(n)s 版已收到，回执号 %(receipt)s。", **said), "done")
    else:
        flash(gettext("第 %(n)s 版已收到，回执号 %(receipt)s。预审正在进行。", **said), "done")


def _repeats(material_id: str, kind: str, latest: int) -> dict[str, Any] | None:
    """What of a criticism list the same person said last year already."""
    if kind != "criticism_list" or not latest:
        return None
    found: dict[str, Any] | None = asking.find("intake", f"/materials/{material_id}/versions/{latest}/repeats")
    return found


def _addressees(campaign: str, need: dict[str, Any] | None) -> dict[str, str]:
    """To whom a material goes, by code."""
    policy = reference.campaign(campaign).get("policy") or {}
    titles = {one["code"]: languages.pick(one["title"]) for one in policy.get("addressees") or []}
    return {code: titles.get(code, code) for code in (need or {}).get("addressees") or []}


def _confirms(campaign: str, unit: str) -> set[str]:
    """Whose signatures on paper this person may confirm."""
    parts = asking.viewer().parts(campaign, "confirm_paper")
    return (
        {"author", "secretary"}
        if any(kind == "campaign" for kind, _ in parts)
        else ({"author"} if ("unit", unit) in parts else set())
    )


def answers() -> dict[str, Any]:
    """What was done about each comment: accepted and where, or why not."""
    found: dict[str, Any] = {}
    for name, text in request.form.items():
        comment = name.removeprefix("answer:")
        if comment == name or not text.strip():
            continue
        how, where = request.form.get(f"how:{comment}", ""), request.form.get(f"where:{comment}", "").strip()
        found[comment] = {"how": how, "text": text.strip(), **({"where": where} if where else {})} if how else text
        if not contracts.validator("requests/answers").is_valid({comment: found[comment]}):
            found[comment] = "　".join(part for part in (wording.word("how", how), where, text.strip()) if part)
    return found


def parts(material_id: str) -> tuple[str, str, str, str]:
    """Campaign, unit, kind and post of a material."""
    found = material_id.split(".")
    if len(found) != 4:
        abort(404)
    return found[0], found[1], found[2], found[3]


def _state(material: dict[str, Any] | None, need: dict[str, Any] | None) -> str:
    if need and need["state"] == "waived":
        return "waived"
    return str(material["state"]) if material else "missing"


def to_answer(material_id: str, material: dict[str, Any], latest: int) -> list[dict[str, Any]]:
    """The comments that a form handed in has to answer."""
    comments = material.get("comments")
    return _to_answer(material, asking.find("review", f"/reviews/{material_id}.v{latest}")) if comments else []


def _to_answer(material: dict[str, Any] | None, review: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The comments that the next version has to answer, with their words where the review can be read."""
    if not material or not material.get("comments"):
        return []
    known = {comment["id"]: comment for comment in ((review or {}).get("verdict") or {}).get("comments", [])}
    return [
        known.get(comment if isinstance(comment, str) else comment["id"], _bare(comment))
        for comment in material["comments"]
    ]


def _bare(comment: Any) -> dict[str, Any]:
    if isinstance(comment, dict):
        return comment
    return {"id": comment, "standard": str(comment).rsplit(".", 1)[-1], "reason": ""}


def may_hand_in(campaign: str, unit: str, post: str) -> bool:
    """Whether this person is offered to hand in for a post of a unit."""
    viewer = asking.viewer()
    if not viewer.may("submit") or unit not in viewer.units(campaign):
        return False
    return unit in viewer.scopes("unit", campaign=campaign) or f"{unit}/{post}" in viewer.scopes("post")
