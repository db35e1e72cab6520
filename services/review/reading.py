"""What reading is like in a campaign, and what a review keeps of it beside its text: policy, form, the first state.

The form (the standards' wording) and the levels that read are frozen when a review opens; a later change of the
campaign concerns later reviews only.
"""

from typing import Any

Review = dict[str, Any]
Policy = dict[str, Any]

DEFAULT: Policy = {
    "levels": {"speech_outline": ["group"], "team_inspection": ["group"]},
    "rounds": 3,
    "lease": {"days": 2, "unit": "working"},
    "most_held": 40,
    "close_days_before": 0,
    "sample_percent": 10,
}
BESIDE: Review = {
    "readings": [],
    "holder": None,
    "declined": [],
    "notes": [],
    "carried": [],
    "responses": {},
    "extensions": [],
    "withdrawn": [],
    "flags": [],
}
HIDDEN = ("notes", "holder", "declined", "readings", "withdrawn", "extensions")
"""What only those who read see, or, of notes, readings and verdicts taken back, nobody else ever does."""


def policy(campaign: dict[str, Any] | None) -> Policy:
    """How a campaign reads; what it does not say is as usual."""
    return {**DEFAULT, **((campaign or {}).get("reading") or {})}


def is_read(kind: str, campaign: dict[str, Any] | None) -> bool:
    """Whether a group reads that kind; others are only received."""
    return kind in {*DEFAULT["levels"], *policy(campaign)["levels"]}


def begin(kind: str, campaign: dict[str, Any] | None, standards: tuple[str, ...], *, own: bool = False) -> Review:
    """What a new review has beside its text; the first responsible person's own outline is not read by its author."""
    worded = {each["code"]: each["title"] for each in (campaign or {}).get("standards") or ()}
    form = {
        "version": str((campaign or {}).get("sequence", 0)),
        "standards": [{"code": code, "title": worded.get(code, "")} for code in standards],
    }
    levels = [level for level in policy(campaign)["levels"].get(kind, ["group"]) if not (own and level == "secretary")]
    return {"form": form, "levels": levels or ["group"], **BESIDE}


def is_work_secret(text: Review) -> bool:
    """Whether a text is as secret as any that is taken in: shown to its own readers and the office alone."""
    return bool(text.get("secrecy") == "work_secret")


def copy_as_seen(copy: Review, *, covered: bool) -> Review:
    """A near-copy for who may read the other text; for others the passage that matches, of a work secret only his own
    text's side of it. A model is everybody's."""
    if copy["whose"] == "model":
        return copy
    if covered:
        return {**copy, "whose": copy["unit"]}
    if is_work_secret(copy):
        mine = [{key: passage[key] for key in ("paragraph", "quotation")} for passage in copy["passages"]]
        return {"share": copy["share"], "passages": mine, "whose": copy["secrecy"]}
    return {**{key: copy[key] for key in ("share", "passages", "submitted_at") if key in copy}, "whose": "another_unit"}


def as_the_author_sees_it(review: Review) -> Review:
    """A review without what only readers see; the extensions of its own time are the author's business."""
    flags = [{key: value for key, value in one.items() if key != "by_account"} for one in review["flags"]]
    kept = {key: value for key, value in review.items() if key not in HIDDEN} | {"flags": flags}
    kept |= {"extensions": review["extensions"]}
    return {**kept, **{key: [] for key in ("notes", "declined", "readings", "withdrawn")}, "holder": None}
