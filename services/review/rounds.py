"""Rounds: what a version owes to the one before, and what may still change after a verdict.

What must stay true: every comment is confirmed or opened again by name before the next verdict; a verdict is taken
back only by who gave it or somebody above, before the meeting, and stays on record; time is given by the right person,
with a reason, never past the meeting. Pure.
"""

import hashlib
from typing import Any

from services.review import domain
from services.review.domain import PLACES, Reader, Review, fact
from services.spine import errors
from services.spine.events import Fact

Changed = tuple[Review, list[Fact]]


def owed(former: Review | None) -> list[dict[str, Any]]:
    """The comments of the version judged last that had to be answered."""
    verdict = (former or {}).get("verdict") or {}
    return list(verdict.get("comments") or ()) if verdict.get("outcome") != "passed" else []


def respond(review: Review, former: Review | None, given: dict[str, dict[str, Any]], reader: Reader) -> Review:
    """The reader confirms the author's answers or opens comments again; all of them, sooner or later."""
    asked = {comment["id"]: comment for comment in owed(former)}
    unknown = sorted(set(given) - set(asked))
    if unknown:
        places = [{"pointer": f"/responses/{key}", "code": "comment_unknown", "comment": key} for key in unknown]
        raise errors.Refusal("comment_unknown", comment=unknown[0], errors=places)
    said = {
        key: {
            "confirmed": one["confirmed"],
            "reason": one.get("reason", "").strip(),
            "by": reader.name,
            "at": reader.at,
        }
        for key, one in given.items()
    }
    responses = {**review["responses"], **said}
    left = sorted(key for key in asked if key not in responses)
    if left:
        open_ones = [{"pointer": f"/responses/{key}", "code": "response_undecided"} for key in left]
        raise errors.Refusal("responses_undecided", count=len(left), errors=open_ones)
    return {**review, "responses": responses}


def reopened(review: Review, former: Review | None) -> list[dict[str, Any]]:
    """Comments that nobody confirmed, as this version's: what was asked first, then why it is asked again, if it was.

    A secretary confirms none: what a version is sent back with holds them all, so that the group meets them again.
    """
    said = review["responses"]
    again = [comment for comment in owed(former) if not said.get(comment["id"], {}).get("confirmed")]
    now = {one["id"]: one["now"] for one in review["carried"]}
    return [
        {
            **{key: comment.get(key) for key in ("standard", "would_pass")},
            **_where(comment, now.get(comment["id"])),
            "id": f"{review['_id']}.r{place}",
            "reason": "\n".join(filter(None, (comment["reason"], said.get(comment["id"], {}).get("reason")))),
            "reopens": comment["id"],
        }
        for place, comment in enumerate(again, 1)
    ]


def _where(comment: dict[str, Any], now: dict[str, Any] | None) -> dict[str, Any]:
    """The passage a comment is about in this version; one that is lost keeps its words, but no place."""
    if now is None or now["state"] == "lost":
        return {"quotation": comment.get("quotation"), "paragraph": None, "node": None}
    return {"quotation": now["quotation"], "paragraph": now["paragraph"], "node": now.get("node")}


def talk_needed(number: int, former: Review | None, rounds: int, talks: list[dict[str, Any]]) -> bool:
    """Whether the group's leader has to talk with the author before a round of this number is judged.

    After so many `rounds` that were read, not versions: one that nobody read sent nothing back.
    """
    if number <= rounds or not (former or {}).get("verdict"):
        return False
    since = former["verdict"]["at"]  # type: ignore[index]
    return not any(talk["at"] > since for talk in talks)


def talk(review: Review, draft: dict[str, str], reader: Reader, judged_at: str | None, since: str) -> dict[str, Any]:
    """A talk with the author as it is kept: held by now, and not before the day of the verdict that it follows.

    That was given at `judged_at`, on the day `since` where the campaign lives; nothing and "" where there is none. The
    same words after the same verdict are the same talk.
    """
    if draft["on"] > reader.today:
        raise errors.Refusal("day_in_future", on=draft["on"])
    if draft["on"] < since:
        raise errors.Refusal("talk_before_verdict", on=draft["on"], since=since)
    said = {name: draft.get(name, "") for name in ("place", "with_post", "agreed")}
    words = hashlib.sha256("\n".join((judged_at or "", *said.values())).encode()).hexdigest()[:12]
    key = f"{review['material_id']}.talk.{draft['on']}.v{review['version']}.{words}"
    places = {"material_id": review["material_id"], "version": review["version"], "on": draft["on"]}
    return {"talk_id": key, **places, **said, "by": reader.name, "by_account": reader.account, "at": reader.at}


def given(review: Review, level: str | None) -> dict[str, Any]:
    """What there is to take back: the verdict, or of a level that is named its passing, while nobody above has read.

    It is named so that a second click takes back nothing more.
    """
    passings = review["readings"] if level else []
    found: dict[str, Any] | None = review["verdict"] or next(reversed(passings), None)
    if not found or level not in (None, found.get("level", "group")):
        raise errors.Refusal("not_judged")
    return found


def withdraw(
    review: Review,
    found: dict[str, Any],
    reader: Reader,
    reason: str,
    newest: int,
    *,
    as_high: bool,
    meeting_held: bool,
) -> Changed:
    """Take back what was `given`; it stays on record, and the version is read again at that level."""
    if not as_high:
        raise errors.Refusal("not_your_verdict", by=found["by"])
    if newest > review["version"]:
        raise errors.Refusal("superseded", version=review["version"], newer=newest)
    domain.check_goes_on(review)
    if meeting_held or (review["meeting_on"] and review["meeting_on"] < reader.today):
        raise errors.Refusal("meeting_over", on=review["meeting_on"])
    gone = {
        **found,
        "withdrawn": {"reason": reason, "by": reader.name, "by_account": reader.account, "at": reader.at},
    }
    changed = {**review, "readings": review["readings"][:-1], "withdrawn": [*review["withdrawn"], gone]}
    said = {**{key: review[key] for key in (*PLACES, "review_id")}, "level": found.get("level", "group")}
    if not review["verdict"]:
        return changed, [fact(review, "reading_withdrawn", said)]
    changed |= {"verdict": None, "state": "unreadable" if review["refusal"] else "prechecked", "extensions": []}
    return changed, [fact(review, "verdict_withdrawn", {**said, "outcome": found["outcome"]})]


def extend(review: Review, draft: dict[str, str], reader: Reader, newest: int, *, office: bool) -> Changed:
    """More time to answer a verdict; the office may move the close, with the day an answer is due or alone."""
    verdict = review["verdict"]
    if not verdict or verdict["outcome"] == "passed" or newest > review["version"]:
        raise errors.Refusal("not_sent_back", version=review["version"])
    domain.check_goes_on(review)
    if "closes_on" in draft and not office:
        raise errors.Refusal("not_permitted", permission="move_close")
    days = {key: verdict.get(key) for key in ("due_on", "closes_on")}
    due_on, closes_on = ({**days, **draft}[key] for key in days)
    if "due_on" in draft and due_on <= verdict["due_on"]:
        raise _late(draft, "extension_not_later", was=verdict["due_on"])
    if review["meeting_on"] and max(due_on, closes_on or due_on) > review["meeting_on"] >= reader.today:
        raise _late(draft, "extension_past_meeting", meeting_on=review["meeting_on"])
    if closes_on and due_on > closes_on:
        raise _late(draft, "extension_past_close", closes_on=closes_on)
    if (due_on, closes_on) == tuple(days.values()):
        return review, []
    entry = {"due_on": due_on, "was_due_on": verdict["due_on"], "closes_on": closes_on, "reason": draft["reason"]}
    entry |= {"by": reader.name, "by_account": reader.account, "at": reader.at}
    changed = {**review, "verdict": {**verdict, "due_on": due_on, "closes_on": closes_on}}
    changed["extensions"] = [*review["extensions"], entry]
    said = {**{key: review[key] for key in (*PLACES, "review_id")}, "due_on": due_on, "closes_on": closes_on}
    return changed, [fact(review, "answer_extended", said)]


def _late(draft: dict[str, str], code: str, **facts: str) -> errors.Refusal:
    pointer = "/due_on" if "due_on" in draft else "/closes_on"
    return errors.Refusal(code, **facts, errors=[{"pointer": pointer, "code": code, **facts}])


def note(review: Review, draft: dict[str, Any], reader: Reader) -> tuple[Review, dict[str, Any]]:
    """A comment in the margin, the reader's draft until the verdict."""
    domain.check_goes_on(review)
    if review["verdict"] or review["state"] == "superseded":
        raise errors.Refusal("not_open", state=review["state"])
    anchor = domain.placed(review, draft.get("anchor", {}), "/anchor")
    number = 1 + max((int(one["id"].rsplit(".n", 1)[1]) for one in review["notes"]), default=0)
    entry = {"id": f"{review['_id']}.n{number}", "text": draft["text"].strip(), "anchor": anchor}
    entry |= {"must_answer": draft.get("must_answer", True), "by": reader.name, "by_account": reader.account}
    entry["at"] = reader.at
    return {**review, "notes": [*review["notes"], entry]}, entry


def withdraw_note(review: Review, note_id: str, reader: Reader) -> Review:
    """Take back one's own comment, before the verdict."""
    found = next((one for one in review["notes"] if one["id"] == note_id), None)
    if found is None:
        return review
    if found["by_account"] != reader.account:
        raise errors.Refusal("not_your_note", by=found["by"])
    if review["verdict"]:
        raise errors.Refusal("not_open", state=review["state"])
    return {**review, "notes": [one for one in review["notes"] if one["id"] != note_id]}
