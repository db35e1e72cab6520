"""The page on which a material is read and judged, and what else a reader does with it: each deed a form of its own.

The pre-check advises; here a named person decides, standard by standard. What must stay true: a refused form comes back
with what was written and the reason beside it; pressing twice does it once.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import (
    asking,
    candidate_words,
    clients,
    desk,
    doing,
    drafts,
    marking,
    opinions,
    reference,
    twins,
    wording,
)
from services.portal.pages import reviews

room = Blueprint("reading", __name__)


@room.get("/reviews/<code:review_id>")
def read(review_id: str, problem: clients.Declined | None = None, about: str = "judge") -> Any:
    """The text with findings, notes and the last round's answers beside it, and the form for the verdict."""
    review = asking.get("review", f"/reviews/{review_id}")
    campaign, unit = review_id.split(".")[:2]
    standards = desk.standards(review)
    findings = marking.in_order(review.get("findings") or [], list(standards))
    flags = desk.flagged(review)
    notes = desk.notes(review)
    before, after = desk.neighbours(review_id)
    viewer, said = asking.viewer(), opinions.beside(review["material_id"], review)
    grounds = opinions.grounds(said)
    return render_template(
        "reading.html",
        review=review, review_id=review_id, campaign=campaign, unit=unit, standards=standards, findings=findings,
        flags=flags, notes=notes, opinions=said, grounds=grounds,
        enters=opinions.may_enter(campaign, unit),
        paragraphs=marking.annotate(review.get("paragraphs") or [], [*findings, *flags], notes),
        answered=desk.answered(review), rounds=desk.rounds(review), stand=desk.standing(review),
        apart=twins.days_apart, names=reference.unit_names(campaign), aspects=reference.titles(campaign, "aspects"),
        readers=asking.rows("review", "/readers", campaign=campaign) if viewer.may("lead") else [],
        before=before, after=after, problem=problem, about=about if problem else "", entered=request.form,
        unsent=drafts.verdict(review, list(standards), grounds)["standards"] if problem and about == "judge" else {},
        waited=reviews.waited,
        came=candidate_words.came(campaign, unit, origin=review_id) if desk.passed(review) else [],
    )  # fmt: skip


@room.get("/reviews/<code:review_id>/state")
def state(review_id: str) -> Any:
    """Only the state, for the page that waits for the pre-check."""
    return {"state": asking.get("review", f"/reviews/{review_id}")["state"]}


@room.post("/reviews/<code:review_id>/verdict")
def judge(review_id: str) -> Any:
    """Give the verdict; pressing twice gives it once."""
    review = asking.get("review", f"/reviews/{review_id}")
    grounds = opinions.grounds(opinions.beside(review["material_id"], review))
    draft = drafts.verdict(review, list(desk.standards(review)), grounds)
    try:
        answer = asking.post("review", f"/reviews/{review_id}/verdict", draft).body
        outcome = answer["outcome"]
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        given = asking.get("review", f"/reviews/{review_id}").get("verdict")
        if problem.code != "already_judged" or not drafts.same(given, draft["standards"]):
            return read(review_id, problem), problem.status
        outcome = (given or {})["outcome"]
    if outcome in wording.MATERIAL_STATES:
        flash(gettext("结论已发出：%(outcome)s。", outcome=wording.word("material", outcome)), "done")
    else:
        flash(gettext("您的意见已记下，材料转到下一级审阅。"), "done")
    return redirect(url_for(".read", review_id=review_id), 303)


@room.post("/reviews/<code:review_id>/claim")
def claim(review_id: str) -> Any:
    """Take it: nobody else judges it until it is given back or the time is over."""
    return _do(review_id, "claim", {}, gettext("已领取，由您审阅。"))


@room.post("/reviews/<code:review_id>/release")
def release(review_id: str) -> Any:
    """Give it back to the group."""
    return _do(review_id, "release", _written("reason"), gettext("已放回队列。"))


@room.post("/reviews/<code:review_id>/decline")
def decline(review_id: str) -> Any:
    """Give it back for good, with a reason."""
    done = gettext("已回避这份材料，它不会再分给您。")
    return _do(review_id, "decline", {"reason": _field("reason")}, done)


@room.post("/reviews/<code:review_id>/holder")
def hand_over(review_id: str) -> Any:
    """The leader gives it to a reader of the group."""
    account, campaign = _field("reader"), review_id.split(".", maxsplit=1)[0]
    readers = {one["account"]: one["name"] for one in asking.rows("review", "/readers", campaign=campaign)}
    done = gettext("已交给%(who)s。", who=readers.get(account) or account)
    return _do(review_id, "holder", {"account": account}, done)


@room.post("/reviews/<code:review_id>/notes")
def note(review_id: str) -> Any:
    """Write a note in the margin: for the group now, for the author when the material is sent back."""
    number, quotation = _field("paragraph"), _field("quotation")
    anchor: dict[str, Any] = {"quotation": quotation} if quotation else {}
    if number.isascii() and number.isdigit():
        anchor["paragraph"] = int(number)
    wanted = {"text": _field("text"), "anchor": anchor, "must_answer": bool(request.form.get("must_answer"))}
    return _do(review_id, "notes", wanted, gettext("批注已记下。"), anchor="notes")


@room.post("/reviews/<code:review_id>/notes/<code:note_id>/withdraw")
def withdraw_note(review_id: str, note_id: str) -> Any:
    """Take a note of one's own back."""
    if not note_id.startswith(review_id):
        abort(404)
    return _do(review_id, f"notes/{note_id}/withdraw", {}, gettext("批注已撤回。"), anchor="notes", about="notes")


@room.post("/reviews/<code:review_id>/withdrawal")
def withdraw(review_id: str) -> Any:
    """Take a verdict back, with a reason; it stays in the history."""
    done = gettext("结论已撤回，材料重新审阅。")
    return _do(review_id, "withdrawal", {"reason": _field("reason"), **_written("level")}, done)


@room.post("/reviews/<code:review_id>/extension")
def extend(review_id: str) -> Any:
    """Give the author more time, with a reason."""
    wanted = {"reason": _field("reason"), **_written("due_on", "closes_on")}
    return _do(review_id, "extension", wanted, gettext("期限已延长，单位已收到通知。"))


@room.post("/reviews/<code:review_id>/talk")
def talk(review_id: str) -> Any:
    """Put the leader's talk with the author on record."""
    review = asking.get("review", f"/reviews/{review_id}")
    wanted = {name: _field(name) for name in ("on", "with_post", "agreed")} | _written("place")
    path = f"/materials/{review['material_id']}/talks"
    return _do(review_id, path, wanted, gettext("谈话已登记。"), about="talk")


def _do(review_id: str, deed: str, wanted: dict[str, Any], done: str, *, anchor: str = "", about: str = "") -> Any:
    path = deed if deed.startswith("/") else f"/reviews/{review_id}/{deed}"
    there = url_for(".read", review_id=review_id, _anchor=anchor or None)
    return doing.post("review", path, wanted, done, lambda problem: read(review_id, problem, about or deed), there)


def _field(name: str) -> str:
    return request.form.get(name, "").strip()


def _written(*names: str) -> dict[str, str]:
    """The fields that were filled in."""
    return {name: _field(name) for name in names if _field(name)}
