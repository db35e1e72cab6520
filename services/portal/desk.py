"""What lies on a reader's desk beside the text: the round before with its answers, notes, flags, earlier verdicts.

Nothing is decided here: what may be done is offered by role and state, and the service has the last word.
"""

from typing import Any, NamedTuple

from services.portal import asking, languages, marking, reference, wording
from services.spine import actor, clock

READABLE = ("prechecked", "unreadable")
GROUP = actor.GROUP_SIDE
ROUNDS = 8
RISING = ("secretary", "group", "office")


class Standing(NamedTuple):
    """What this person may be offered on this review."""

    open: bool
    mine: bool
    others: bool
    reads: bool
    judge: bool
    leader: bool
    withdraw: bool
    handed_on: str | None
    extend: bool
    group: bool
    barred: str | None


def standards(review: dict[str, Any]) -> dict[str, str]:
    """The standards by code in the words they had when the review began, else in the campaign's of today."""
    frozen = {one["code"]: languages.pick(one["title"]) for one in (review.get("form") or {}).get("standards", [])}
    if frozen and languages.current() == "zh":
        return frozen
    of_today = reference.titles(review["campaign"], "standards")
    ours = {code: str(word) for code, word in wording.STANDARDS.items()}
    return {code: of_today.get(code, title) for code, title in frozen.items()} or of_today or ours


def passed(review: dict[str, Any]) -> bool:
    """Whether it has passed, so that the problems it names go on to the ledger."""
    return bool((review.get("verdict") or {}).get("outcome") == "passed")


def standing(review: dict[str, Any]) -> Standing:
    """Who holds it, and what may be offered to the one who looks."""
    viewer, holder, verdict = asking.viewer(), review.get("holder") or {}, review.get("verdict") or {}
    group, leader, office = viewer.may("hold"), viewer.may("lead"), viewer.has("office")
    levels, done = review.get("levels") or ["group"], review.get("levels_done") or []
    secretary = viewer.has("secretary") and "secretary" in levels and "secretary" not in done
    is_open, barred = review["state"] in READABLE and not verdict, review.get("barred")
    mine = bool(holder) and holder.get("account") == viewer.login
    others = bool(holder) and not mine
    apart = not viewer.has_been_of(review["unit"])
    sent_back = verdict.get("outcome") in ("returned", "rewrite") and review["state"] == "judged"
    return Standing(
        open=is_open,
        mine=mine,
        others=others,
        reads=is_open and group and not others and not barred,
        judge=is_open and ((group and not others and not barred) or (office and apart) or secretary),
        leader=leader,
        withdraw=bool(verdict)
        and review["state"] == "judged"
        and not _over(review)
        and viewer.may("withdraw_verdict")
        and _reaches(verdict.get("level", "group"), apart),
        handed_on=done[-1]
        if is_open and done and not _over(review) and _reaches(done[-1], apart) and not barred
        else None,
        extend=sent_back and apart and (leader or office),
        group=group,
        barred=barred if is_open and group else None,
    )


def _reaches(level: str, apart: bool) -> bool:
    """Whether this person reads at that level or above it; above the unit's own only who was never of the unit."""
    viewer = asking.viewer()
    held = {"secretary": viewer.has("secretary"), "group": apart and viewer.may("hold")}
    held |= {"office": apart and viewer.has("office")}
    return any(held[one] for one in RISING[RISING.index(level) :])


def _over(review: dict[str, Any]) -> bool:
    """The meeting's day is over, so the verdict stands."""
    return bool(review.get("meeting_on")) and review["meeting_on"] < clock.today()


def flagged(review: dict[str, Any]) -> list[dict[str, Any]]:
    """What other checkers found, each with its source; their ids stay apart from the pre-check's."""
    found = []
    for place, entry in enumerate(review.get("flags") or []):
        for number, one in enumerate(entry.get("findings") or []):
            named = {"id": f"x{place}-{number}", "source": entry.get("source"), "version": entry.get("version")}
            found.append({"anchor": {}, "would_pass": None, **one, **named})
    return found


def notes(review: dict[str, Any]) -> list[dict[str, Any]]:
    """Notes in the margin, by their place in the text, under ids that an address may end with."""
    found = [{**one, "note_id": one["id"], "id": f"note-{n}"} for n, one in enumerate(review.get("notes") or [], 1)]
    return sorted(found, key=lambda one: (one.get("anchor") or {}).get("paragraph") or 0)


def answered(review: dict[str, Any]) -> list[dict[str, Any]]:
    """The comments on the version judged last: where each stands now, and what the author answered to it since."""
    version = int(review["version"])
    if version < 2:
        return []
    material = asking.find("intake", f"/materials/{review['material_id']}")
    answers: dict[str, Any] = {}
    for handed_in in (material or {}).get("versions", []):
        if handed_in["version"] <= version:
            answers |= handed_in.get("answers") or {}
    carried = {one["id"]: one.get("now") for one in review.get("carried") or []}
    return [
        {
            **comment,
            "now": carried.get(comment["id"]),
            "text": comment.get("reason") or "",
            "answer": answer(answers.get(comment["id"])),
        }
        for comment in review.get("owed") or []
    ]


def answer(given: Any) -> dict[str, str]:
    """An author's answer as it is shown, also where it was one sentence only."""
    if isinstance(given, dict):
        return {name: str(given.get(name) or "") for name in ("how", "where", "text")}
    return {"how": "", "where": "", "text": str(given or "")}


def rounds(review: dict[str, Any]) -> list[dict[str, Any]]:
    """The versions before this one with their verdicts, the latest first."""
    version, material = int(review["version"]), review["material_id"]
    earlier = range(version - 1, max(0, version - 1 - ROUNDS), -1)
    found = asking.many("review", [f"/reviews/{material}.v{number}" for number in earlier])
    return [one for one in found if one]


def neighbours(review_id: str) -> tuple[str | None, str | None]:
    """The reviews before and after this one: among those I hold, else in the group's queue."""
    if not asking.viewer().may("hold"):
        return None, None
    campaign, ids = review_id.split(".", maxsplit=1)[0], list[str]()
    for wanted in ({"mine": "held"}, {"state": "prechecked"}):
        ids = [row["review_id"] for row in asking.rows("review", "/reviews", campaign=campaign, **wanted, size=100)]
        if review_id in ids:
            at = ids.index(review_id)
            return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)
    return None, next((one for one in ids if one != review_id), None)


def in_order(review: dict[str, Any], codes: list[str]) -> list[dict[str, Any]]:
    """All findings as they are read, the pre-check's and the other checkers'."""
    return marking.in_order([*(review.get("findings") or []), *flagged(review)], codes)
