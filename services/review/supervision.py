"""The group's comment at a unit's meeting: what was done well, what is lacking, what is asked.

What must stay true: one comment for a meeting, issued from the meeting day on; it is never edited, only added to; each
problem has an id of its own for good, and the event carries ids, codes and counts, never the words. A comment: {_id:
campaign.unit.comment, comment_id, campaign, unit, region, group, overall, merits, problems: [{id, text, aspect}],
requirements, by, by_account, at, addenda: [{note, problems, requirements, by, by_account, at}]}.
"""

from collections.abc import Collection
from typing import Any

from services.review.domain import Reader, check_goes_on
from services.spine import errors
from services.spine.events import Fact

Comment = dict[str, Any]
Changed = tuple[Comment, list[Fact]]


def comment_id(campaign: str, unit: str) -> str:
    """The id of the comment on a unit's meeting."""
    return f"{campaign}.{unit}.comment"


def issue(meeting: dict[str, Any], draft: dict[str, Any], aspects: Collection[str], who: Reader) -> Changed:
    """The comment is issued; `meeting`: {campaign, unit, region, group, meeting_on, held, cancelled_on}."""
    check_goes_on(meeting)
    if not meeting.get("held") and who.today < meeting["meeting_on"]:
        raise errors.Refusal("comment_too_early", on=meeting["meeting_on"])
    key = comment_id(meeting["campaign"], meeting["unit"])
    comment = {
        "_id": key,
        "comment_id": key,
        **{name: meeting[name] for name in ("campaign", "unit", "region", "group")},
        "overall": draft["overall"],
        "merits": draft.get("merits", []),
        **_asked(key, draft, aspects, 0),
        **_signed(who),
        "addenda": [],
    }
    return comment, [_fact(comment, 0, comment)]


def check_same(comment: Comment, draft: dict[str, Any]) -> None:
    """The same comment pressed again is the one that was issued; another one is refused."""
    if (comment["overall"], comment["merits"], *_words(comment)) != (
        draft["overall"],
        draft.get("merits", []),
        *_words(draft),
    ):
        raise errors.Refusal("comment_issued", by=comment["by"], at=comment["at"])


def add(comment: Comment, draft: dict[str, Any], aspects: Collection[str], who: Reader) -> Changed:
    """Something is added; the same again changes nothing."""
    if any((known["note"], *_words(known)) == (draft["note"], *_words(draft)) for known in comment["addenda"]):
        return comment, []
    before = sum(len(part["problems"]) for part in (comment, *comment["addenda"]))
    asked = _asked(comment["_id"], draft, aspects, before)
    addenda = [*comment["addenda"], {"note": draft["note"], **asked, **_signed(who)}]
    return {**comment, "addenda": addenda}, [_fact(comment, len(addenda), addenda[-1])]


def _asked(key: str, draft: dict[str, Any], aspects: Collection[str], before: int) -> dict[str, Any]:
    """Problems, numbered on from those before, and requirements."""
    problems = []
    for place, one in enumerate(draft.get("problems", [])):
        aspect = one.get("aspect")
        if aspect and aspect not in aspects:
            pointer = [{"pointer": f"/problems/{place}/aspect", "code": "aspect_unknown", "aspect": aspect}]
            raise errors.Refusal("aspect_unknown", aspect=aspect, errors=pointer)
        problems.append({"id": f"{key}.p{before + place + 1}", "text": one["text"], "aspect": aspect})
    return {"problems": problems, "requirements": draft.get("requirements", [])}


def _words(part: dict[str, Any]) -> tuple[Any, Any]:
    problems = [(one["text"], one.get("aspect")) for one in part.get("problems", [])]
    return problems, part.get("requirements", [])


def _signed(who: Reader) -> dict[str, str]:
    return {"by": who.name, "by_account": who.account, "at": who.at}


def _fact(comment: Comment, addendum: int, part: dict[str, Any]) -> Fact:
    said = {
        **{name: comment[name] for name in ("comment_id", "unit", "group")},
        "addendum": addendum,
        "problems": [{"id": one["id"], "aspect": one["aspect"]} for one in part["problems"]],
        "merits": len(part.get("merits", [])),
        "requirements": len(part["requirements"]),
    }
    return Fact("supervision_commented", comment["_id"], comment["campaign"], comment["region"], said)
