"""Opinions beside a material: each with what the pre-check found of it, and as a ground for a verdict.

What was found belongs to the version it was found in; what came later has not been looked for yet.
"""

from typing import Any
from urllib.parse import urlencode

from services.portal import asking

KINDS = ("speech_outline", "team_inspection")
REMARK = "supervision_group"
ORDER = ("missed", "unchecked", "answered", "merged", "withdrawn")


def beside(material_id: str, review: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """The opinions a material must answer, those missed first; None for kinds that answer none, or when unreadable."""
    if material_id.split(".")[2] not in KINDS:
        return None
    listed = asking.find("intake", "/opinions", **_about(material_id))
    if listed is None:
        return None
    return merged(listed["rows"], (review or {}).get("answers") or [])


def beside_each(reviews: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(review, opinion) for every opinion that stands and these materials must answer, asked for at the same time."""
    answering = [one for one in reviews if one["kind"] in KINDS]
    paths = [f"/opinions?{urlencode({**_about(one['material_id']), 'state': 'open'})}" for one in answering]
    found = zip(answering, asking.many("intake", paths), strict=True)
    return [(one, said) for one, listed in found if listed for said in merged(listed["rows"], one.get("answers") or [])]


def merged(rows: list[dict[str, Any]], answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is kept of opinions, with what was found in one version; `ground` as in `grounds`."""
    found, shown = {one["opinion_id"]: one for one in answers}, []
    for row in rows:
        one = {"anchor": None, "finding": None, **found.get(row["opinion_id"], {}), **row, "state": _state(row, found)}
        shown.append({**one, "ground": _ground(one) if one["state"] in ("answered", "unchecked") else None})
    return sorted(shown, key=lambda one: (ORDER.index(one["state"]), one["opinion_id"]))


def grounds(opinions: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Opinions as grounds on which a verdict may fail a standard; those that were missed are findings already."""
    return [one["ground"] for one in opinions or () if one["ground"]]


def _about(material_id: str) -> dict[str, Any]:
    campaign, unit, _, post = material_id.split(".")[:4]
    return {"campaign": campaign, "unit": unit, "post": post, "size": 300}


def begun(opinion_id: str) -> dict[str, str]:
    """What a problem in the ledger begins with when it is made of an opinion: its words, and its aspect."""
    campaign, unit, post = (*opinion_id.split("."), "", "")[:3]
    rows = asking.rows("intake", "/opinions", campaign=campaign, unit=unit, post=post, size=500) if post else []
    one = next((row for row in rows if row["opinion_id"] == opinion_id), None)
    return {"problem": one["text"], "aspect": (one["filed"] or {}).get("aspect") or ""} if one else {}


def _ground(one: dict[str, Any]) -> dict[str, Any]:
    who = "督导组" if one["source"] == REMARK else "群众"
    said = f"没有回应{who}意见：“{one['text']}”"
    would = "写明这条意见反映的事、自己的责任和怎么改。"
    worded = {"reason": {"zh": said, "en": said}, "would_pass": {"zh": would, "en": would}}  # for the author to read
    return {"id": one["opinion_id"], "standard": "problems", "anchor": {}, **worded}


def may_enter(campaign: str, unit: str) -> str:
    """On whose side the viewer may enter opinions about this unit: `unit`, `above`, or nobody's."""
    viewer = asking.viewer()
    parts = viewer.parts(campaign, "add_opinion")
    if any(kind in ("unit", "post") and code.partition("/")[0] == unit for kind, code in parts):
        return "unit"
    return "above" if any(kind in ("group", "campaign") for kind, _ in parts) else ""


def _state(row: dict[str, Any], found: dict[str, dict[str, Any]]) -> str:
    if row["withdrawn"]:
        return "withdrawn"
    if row.get("merged_into"):
        return "merged"
    if row["opinion_id"] not in found:
        return "unchecked"
    return "answered" if found[row["opinion_id"]]["answered"] else "missed"
