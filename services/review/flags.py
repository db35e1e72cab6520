"""Flags: what other programs found in a version. Advice like the pre-check's, never a verdict.

What must stay true: a passage that is quoted stands in the text; a source replaces its own flags and nobody else's;
after the verdict nothing is added, so that what the reader saw stays on record. Pure.

An entry of a review's `flags`: {source, version: of the checker, by_account, at, findings: as the pre-check's}.
"""

from typing import Any

from services.review.domain import PLACES, READABLE, Review, fact, standing
from services.spine import errors
from services.spine.events import Fact

MOST_SOURCES = 10


def text(review: Review, aspects: list[dict[str, Any]]) -> dict[str, Any]:
    """What another program is given to check."""
    if review["state"] == "waiting":
        raise errors.Refusal("not_prechecked")
    keys = ("review_id", "campaign", "kind", "version", "paragraphs", "structure")
    titled = [{key: aspect[key] for key in ("code", "title")} for aspect in aspects]
    return {**{key: review[key] for key in keys}, "aspects": titled}


def add(review: Review, draft: dict[str, Any], account: str, at: str) -> tuple[Review, list[Fact]]:
    """Keep what a source found, in place of what it found before; the same again changes nothing."""
    source = draft["source"]
    former = next((one for one in review["flags"] if one["source"] == source), None)
    _check_open(review, former, source, account)
    found = {"findings": _placed(review, draft["findings"]), "version": draft["version"]}
    if former and all(former[key] == value for key, value in found.items()):
        return review, []
    entry = {"source": source, **found, "by_account": account, "at": at}
    others = [one for one in review["flags"] if one is not former]
    said = {**{key: review[key] for key in (*PLACES, "review_id")}, "source": source}
    fails = sum(one["severity"] == "fail" for one in entry["findings"])
    said |= {"findings": len(entry["findings"]), "fails": fails}
    return {**review, "flags": [*others, entry]}, [fact(review, "material_flagged", said)]


def _check_open(review: Review, former: dict[str, Any] | None, source: str, account: str) -> None:
    if review["state"] == "waiting":
        raise errors.Refusal("not_prechecked")
    if review["state"] not in READABLE:
        raise errors.Refusal("flags_closed")
    if former and former["by_account"] != account:
        raise errors.Refusal("source_taken", source=source)
    if not former and len(review["flags"]) >= MOST_SOURCES:
        raise errors.Refusal("too_many_sources", limit=MOST_SOURCES)


def _placed(review: Review, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings in the pre-check's form, each at the paragraph where its passage stands."""
    placed, faults = [], []
    for number, one in enumerate(findings):
        quotation, paragraph = one["anchor"].get("quotation"), one["anchor"].get("paragraph")
        if quotation is not None or paragraph is not None:
            found = standing(review, quotation or "", paragraph)
            if found is None:
                places = {"code": "quotation_not_in_text", "quotation": quotation or f"{paragraph}"}
                faults.append({"pointer": f"/findings/{number}/anchor", **places})
            paragraph = found
        usual = {"standard": None, "would_pass": None, "confidence": None}
        placed.append({**usual, **one, "anchor": {"paragraph": paragraph, "node": None, "quotation": quotation}})
    if faults:
        raise errors.Refusal("quotation_not_in_text", quotation=faults[0]["quotation"][:80], errors=faults)
    return placed
