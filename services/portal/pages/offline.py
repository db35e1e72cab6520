"""Reading without a connection: the form goes out as a workbook, comes back, is checked, shown, and only then given.

What must stay true: nothing is given before it was shown; giving it again changes nothing; what changed in the meantime
is told row by row. Nothing is kept here between the two steps: the checked rows travel in the page.
"""

import json
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask_babel import gettext

from services.portal import (
    asking,
    clients,
    desk,
    drafts,
    languages,
    listing,
    offline_check,
    opinions,
    reading_form,
    reference,
    refusals,
    wording,
    workbook,
)  # fmt: skip
from services.portal.pages import files
from services.spine import clock, sheets

room = Blueprint("offline", __name__)
MOST = 100
FILTERS = ("mine", "meeting_on", "unit", "state", "group", "region", "overdue")


@room.get("/reviews/forms")
def show(fault: str = "") -> Any:
    """What the form is, the way to get it, and the place to hand it in."""
    asking.needs("hold")
    held = asking.find("review", "/reviews", campaign=asking.campaign(), mine="held", size=1)
    return render_template("offline.html", held=held["total"] if held else 0, most=MOST, fault=fault)


@room.get("/reviews/forms.xlsx")
def handed_out() -> Response:
    """The form for what I hold (or for the list the address names), at most a hundred."""
    asking.needs("hold")
    wanted = listing.filters(*FILTERS) or {"mine": "held"}
    rows = asking.get("review", "/reviews", campaign=asking.campaign(), **wanted, size=MOST)["rows"]
    found = asking.many("review", [f"/reviews/{row['review_id']}" for row in rows])
    reviews = [one for one in found if one and one["state"] in desk.READABLE]
    titles = desk.standards(reviews[0]) if reviews else {code: str(word) for code, word in wording.STANDARDS.items()}
    answers = [line for one in reviews for line in _answers(one)]
    name = f"reading-{clock.today()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    written = reading_form.write(reviews, answers, _opinions(reviews), titles)
    return Response(written, content_type=workbook.MEDIA, headers=headers)


@room.post("/reviews/forms")
def check() -> Any:
    """Check a filled-in form and show what it would give; nothing is given yet."""
    asking.needs("hold")
    if g.get("too_large"):
        return show(refusals.sentence(files.too_large())), 413
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return show(clients.refused("file_missing", languages.current()).detail), 422
    codes = list(wording.STANDARDS)
    try:
        rows = offline_check.read(upload.read(), codes)
    except sheets.Unreadable:
        return show(gettext("这个文件读不出来，请上传从这里下载、用 Excel 或 WPS 填写的 .xlsx 文件。")), 422
    except offline_check.NotTheForm:
        return show(gettext("这不是从这里下载的审阅表，或者表头被改动了，请重新下载后填写。")), 422
    found = asking.many("review", [f"/reviews/{clients.quoted(row.review_id or '-')}" for row in rows[:MOST]])
    checked = [_checked(row, review, codes) for row, review in zip(rows, found, strict=False)]
    ready = [one for one in checked if not one["faults"] and not one["done"]]
    return render_template(
        "offline_rows.html",
        rows=checked, ready=ready, left=max(0, len(rows) - MOST), payload=_payload(ready), given=None,
        names=reference.unit_names(asking.campaign()),
    )  # fmt: skip


@room.post("/reviews/forms/given")
def give() -> Any:
    """Give the verdicts that were shown; each tells its result, and one that is on record already stays as it is."""
    asking.needs("hold")
    results = [_given(one) for one in _sent()]
    return render_template(
        "offline_rows.html",
        rows=[], ready=[], left=0, payload="", given=results, names=reference.unit_names(asking.campaign()),
    )  # fmt: skip


def _answers(review: dict[str, Any]) -> list[dict[str, Any]]:
    """The comments of the round before that wait for a yes or no, as lines of the second sheet."""
    names = reference.unit_names(str(review["campaign"]))
    lines = []
    for comment in desk.answered(review):
        said = comment["answer"]
        parts = [wording.word("how", said["how"]), said["where"], said["text"]]
        lines.append(
            {
                "review_id": review["review_id"],
                "comment_id": comment["id"],
                "unit": names.get(review["unit"], review["unit"]),
                "version": gettext("第 %(n)s 版", n=review["version"]),
                "comment": comment["text"],
                "now": wording.word("anchor", (comment.get("now") or {}).get("state")),
                "answer": "\n".join(part for part in parts if part),
            }
        )
    return lines


def _opinions(reviews: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The opinions that the materials must answer, as lines of the third sheet."""
    return [
        {
            **reading_form.known(review),
            "source": wording.word("opinion_source", one["source"]),
            "opinion": one["text"],
            "state": wording.word("opinion", one["state"]),
            "paragraph": gettext("第 %(n)s 段", n=one["anchor"]["paragraph"]) if one["anchor"] else "",
            "passage": (one["anchor"] or {}).get("quotation") or "",
        }
        for review, one in opinions.beside_each(reviews)
    ]


def _checked(row: offline_check.Row, review: dict[str, Any] | None, codes: list[str]) -> dict[str, Any]:
    done = bool(review) and drafts.same((review or {}).get("verdict"), row.standards)
    faults = [] if done else [*row.faults, *offline_check.against(row, review, codes, asking.viewer().login)]
    if review and review.get("verdict") and not done and not faults:
        given = wording.word("material", review["verdict"].get("outcome"))
        where = gettext("第 %(n)s 行", n=row.number)
        wrong = gettext("已经有结论：%(outcome)s", outcome=given)
        faults = [offline_check.Fault(gettext("审阅表"), where, wrong, gettext("这一行不会再登记，请留空"))]
    return {"row": row, "review": review, "faults": faults, "done": done}


def _payload(ready: list[dict[str, Any]]) -> str:
    given = [
        {
            "review_id": one["row"].review_id,
            "standards": one["row"].standards,
            **({"responses": one["row"].responses} if one["row"].responses else {}),
        }
        for one in ready
    ]
    return json.dumps(given, ensure_ascii=False)


def _sent() -> list[dict[str, Any]]:
    try:
        sent = json.loads(request.form.get("rows", ""))
    except ValueError:
        return []
    rows = [one for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []
    return [one for one in rows if _is_draft(one.get("standards"))][:MOST]


def _is_draft(standards: Any) -> bool:
    """Whether what came back in the page still has the shape of what was shown."""
    return isinstance(standards, dict) and all(isinstance(one, dict) and "passed" in one for one in standards.values())


def _given(one: dict[str, Any]) -> dict[str, Any]:
    review_id = str(one.get("review_id", ""))
    path = f"/reviews/{clients.quoted(review_id or '-')}"
    draft = {name: one[name] for name in ("standards", "responses") if name in one}
    try:
        answer = asking.post("review", f"{path}/verdict", draft).body
        return {"review_id": review_id, "outcome": answer["outcome"], "again": False, "why": ""}
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        given = (asking.find("review", path) or {}).get("verdict")
        if given and problem.code == "already_judged" and drafts.same(given, draft["standards"]):
            return {"review_id": review_id, "outcome": given["outcome"], "again": True, "why": ""}
        places = refusals.places(problem)
        why = languages.listed([refusals.sentence(problem), *places])
        return {"review_id": review_id, "outcome": None, "again": False, "why": why}
