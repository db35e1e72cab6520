"""A verdict as it was entered at a form, and whether it is the one that is on record already."""

from collections.abc import Sequence
from typing import Any

from flask import request

from services.portal import asking, desk


def verdict(review: dict[str, Any], codes: list[str], grounds: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What the form says of each standard, and of each comment of the round before; `grounds`: beside the findings."""
    findings = {str(one["id"]): one for one in [*(review.get("findings") or []), *desk.flagged(review), *grounds]}
    standards = {code: _standard(code, findings) for code in codes if request.form.get(f"{code}:passed")}
    draft: dict[str, Any] = {"standards": standards}
    responses = {}
    for comment in review.get("owed") or []:
        given = request.form.get(f"response:{comment['id']}")
        if given:
            reason = request.form.get(f"response-reason:{comment['id']}", "").strip()
            responses[str(comment["id"])] = {"confirmed": given == "yes", **({"reason": reason} if reason else {})}
    if responses:
        draft["responses"] = responses
    return draft


def same(given: dict[str, Any] | None, wanted: dict[str, dict[str, Any]]) -> bool:
    """Whether the verdict on record is the one just entered, by the same person: the second press of a button."""
    if not given or given.get("by_account") != asking.viewer().login:
        return False
    recorded = given.get("standards") or {}
    return {code: (one["passed"], one.get("reason") or "") for code, one in recorded.items()} == {
        code: (one["passed"], one.get("reason") or "") for code, one in wanted.items()
    }


def _standard(code: str, findings: dict[str, dict[str, Any]]) -> dict[str, Any]:
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
