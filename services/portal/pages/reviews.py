"""Reviewing: the group's queue by meeting date, and the page on which a material is read and judged.

The pre-check advises; here a named person decides, standard by standard.
"""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, days, languages, listing, marking, reference, wording, workbook
from services.spine import clock

room = Blueprint("reviews", __name__)
FILTERS = ("state", "unit", "group", "region")
WAITING = "prechecked"


@room.get("/reviews")
def queue() -> Any:
    """What waits for the group, the next meeting first."""
    campaign = asking.campaign()
    wanted = {"state": WAITING, **listing.filters(*FILTERS)}
    if request.args.get("state") == "all":
        wanted.pop("state")
    return render_template(
        "reviews.html",
        reviews=listing.page("review", "/reviews", **wanted),
        state=wanted.get("state", "all"),
        counts={state: _count(state) for state in ("waiting", "prechecked", "unreadable")},
        names=reference.unit_names(campaign),
        roster=reference.own(campaign),
        waited=waited,
    )


@room.get("/reviews.xlsx")
def exported() -> Response:
    """The same queue as a workbook."""
    wanted = {"state": WAITING, **listing.filters(*FILTERS)}
    if request.args.get("state") == "all":
        wanted.pop("state")
    names = reference.unit_names(asking.campaign())
    heads = [
        gettext("单位"), gettext("材料"), gettext("岗位"), gettext("版本"), gettext("状态"), gettext("会议日期"),
        gettext("提交时间"), gettext("等待天数"), gettext("预审提示数"), gettext("提示不过的标准"),
    ]  # fmt: skip
    lines = [
        [
            names.get(row["unit"], row["unit"]), wording.word("kind", row["kind"]),
            reference.post_name(row["unit"], row["post"]) if row["post"] != "team" else "", row["version"],
            wording.word("review", row["state"]), row.get("meeting_on") or "", days.sortable(row["submitted_at"]),
            waited(row["submitted_at"]), row.get("findings", 0),
            languages.listed(wording.word("failure", code) for code in row.get("fails") or []),
        ]
        for row in asking.everything("review", "/reviews", **wanted)
    ]  # fmt: skip
    return workbook.answer("reviews", gettext("审阅队列"), heads, lines)


@room.get("/reviews/<code:review_id>")
def read(review_id: str, problem: clients.Declined | None = None) -> Any:
    """The text with findings and the last round's answers beside it, and the form for the verdict."""
    review = asking.get("review", f"/reviews/{review_id}")
    campaign, unit = review_id.split(".")[:2]
    standards = reference.titles(campaign, "standards") or {code: str(word) for code, word in wording.STANDARDS.items()}
    findings = marking.in_order(review.get("findings") or [], list(standards))
    return render_template(
        "reading.html",
        review=review, review_id=review_id, campaign=campaign, unit=unit,
        standards=standards, findings=findings,
        paragraphs=marking.annotate(review.get("paragraphs") or [], findings),
        answered=_answered(review), names=reference.unit_names(campaign), aspects=reference.titles(campaign, "aspects"),
        next_up=_next_up(review_id), problem=problem, entered=request.form, waited=waited,
        may_judge=asking.viewer().may("judge") and not review.get("verdict"),
    )  # fmt: skip


@room.post("/reviews/<code:review_id>/verdict")
def judge(review_id: str) -> Any:
    """Give the verdict; pressing twice gives it once."""
    review = asking.get("review", f"/reviews/{review_id}")
    standards = reference.titles(review_id.split(".", maxsplit=1)[0], "standards") or wording.STANDARDS
    findings = {str(finding["id"]): finding for finding in review.get("findings") or []}
    verdict = {code: _entered(code, findings) for code in standards if request.form.get(f"{code}:passed")}
    try:
        answer = asking.post("review", f"/reviews/{review_id}/verdict", {"standards": verdict}).body
        outcome = answer["outcome"]
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        given = asking.get("review", f"/reviews/{review_id}").get("verdict")
        if problem.code != "already_judged" or not _same(given, verdict):
            return read(review_id, problem), problem.status
        outcome = (given or {})["outcome"]
    flash(gettext("结论已发出：%(outcome)s。", outcome=wording.word("material", outcome)), "done")
    return redirect(url_for(".read", review_id=review_id), 303)


def waited(submitted_at: str | None) -> int:
    """Days a material has waited, on the campaign's calendar."""
    if not submitted_at:
        return 0
    handed_in = clock.moment(submitted_at).astimezone(clock.ZONE).date()
    return max(0, (clock.day(clock.today()) - handed_in).days)


def _entered(code: str, findings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One standard as entered; what was left blank is taken from the finding that was chosen as its ground."""
    if request.form[f"{code}:passed"] == "yes":
        return {"passed": True}
    ground = findings.get(request.form.get(f"{code}:finding", ""), {})
    anchor = ground.get("anchor") or {}
    wanted = {
        "reason": request.form.get(f"{code}:reason", "").strip() or (ground.get("reason") or {}).get("zh", ""),
        "quotation": request.form.get(f"{code}:quotation", "").strip() or anchor.get("quotation") or "",
        "would_pass": request.form.get(f"{code}:would_pass", "").strip(),
    }
    wanted["would_pass"] = wanted["would_pass"] or (ground.get("would_pass") or {}).get("zh", "")
    entered: dict[str, Any] = {"passed": False, **{name: text for name, text in wanted.items() if text}}
    if request.form.get(f"{code}:copied"):
        entered["copied"] = True
    if anchor.get("paragraph") and wanted["quotation"] == anchor.get("quotation"):
        entered["paragraph"] = anchor["paragraph"]
    return entered


def _same(given: dict[str, Any] | None, wanted: dict[str, dict[str, Any]]) -> bool:
    """Whether the verdict on record is the one just entered, by the same person: the second press of a button."""
    if not given or given.get("by_account") != asking.viewer().login:
        return False
    recorded = given.get("standards") or {}
    return {code: (one["passed"], one.get("reason") or "") for code, one in recorded.items()} == {
        code: (one["passed"], one.get("reason") or "") for code, one in wanted.items()
    }


def _answered(review: dict[str, Any]) -> list[dict[str, Any]]:
    """The comments on the version before and what the author answered to each."""
    version = int(review["version"])
    if version < 2:
        return []
    former = asking.find("review", f"/reviews/{review['material_id']}.v{version - 1}")
    material = asking.find("intake", f"/materials/{review['material_id']}")
    answers: dict[str, str] = {}
    for handed_in in (material or {}).get("versions", []):
        if handed_in["version"] == version:
            answers = handed_in.get("answers") or {}
    return [
        {**comment, "answer": answers.get(comment["id"], "")}
        for comment in ((former or {}).get("verdict") or {}).get("comments", [])
    ]


def _next_up(review_id: str) -> str | None:
    if not asking.viewer().may("judge"):
        return None
    waiting = [row["review_id"] for row in asking.rows("review", "/reviews", state=WAITING, size=3)]
    return next((other for other in waiting if other != review_id), None)


def _count(state: str) -> int | None:
    found = asking.find("review", "/reviews", state=state, size=1)
    return int(found["total"]) if found else None
