"""Who came to a meeting: checked when it is put on record, corrected afterwards by addendum only, and what was said of
the absent brought to them.

What must stay true: never before the gate was open nor below the quorum, nobody absent without a reason; a correction
keeps who, when, why, what stood before and what stands after, and moves what is counted from the day; a relay is over
when the absent person says so, or, where another holds the post since, an office with its reason. `held` is the record
as it stands, with its mark (see outside); corrections: [{number, key, by, at, reason, before, after}]; relays: [{post,
state: awaited | told | confirmed | closed, told_on, told_by, recorded_by, recorded_at, confirmed_by, confirmed_at,
closed_by, closed_at, reason}].
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.registry import gates, inheritance, outside, recounting, relaying
from services.spine import errors
from services.spine.events import Fact

Meeting = dict[str, Any]
Record = dict[str, Any]
Changed = tuple[Meeting, list[Fact]]
CORRECTED = ("held_on", "present", "absences")
KEPT = (*CORRECTED, "outside")
AWAITED = {"state": "awaited"}
OVER = {"confirmed": "relay_confirmed", "closed": "relay_closed"}
"""How whoever comes later is refused."""
Since = Mapping[str, str]
"""The day on which a post last changed hands, by post (see posts.held_since)."""


def check(meeting: Meeting, campaign: dict[str, Any], record: Record, today: str) -> None:
    """Refuse a day that cannot be, posts nobody knows, too few, and absences without a reason."""
    if record["held_on"] > today:
        raise errors.Refusal("held_in_future", on=record["held_on"])
    if record["held_on"] < campaign["opens_on"]:
        raise errors.Refusal("meeting_day_too_early", on=record["held_on"], earliest=campaign["opens_on"])
    gates.check_day(meeting, record["held_on"])
    expected = [post["post"] for post in meeting["posts"]]
    reasons = {absence["post"]: absence["reason"].strip() for absence in record["absences"]}
    for post in [*record["present"], *reasons]:
        if post not in expected:
            raise errors.Refusal("unknown_post", post=post)
        if post in record["present"] and post in reasons:
            raise errors.Refusal("present_and_absent", post=post)
    asked, present = quorum(campaign, meeting), len(record["present"])
    if present < asked["least"]:
        share = f"{asked['needed']}/{asked['of']}"
        raise errors.Refusal(
            "below_quorum", expected=len(expected), present=present, needed=asked["least"], share=share
        )
    for post in expected:
        if post not in record["present"] and not reasons.get(post):
            raise errors.Refusal("absence_without_reason", post=post)


def quorum(campaign: dict[str, Any], meeting: Meeting) -> dict[str, int]:
    """Which share of the team has to be there, and how many that are: {needed, of, least}."""
    asked = inheritance.for_meeting(campaign, meeting)["policy"]["quorum"]
    return {**asked, "least": -(-len(meeting["posts"]) * asked["needed"] // asked["of"])}


def absent(meeting: Meeting) -> Changed:
    """Whoever was away is to hear what was said of him; who came has nothing to wait for, but what was told stays."""
    known = {row["post"]: row for row in meeting.get("relays", ())}
    away = [row["post"] for row in meeting["held"]["absences"]]
    relays = [known.get(post, {"post": post, **AWAITED}) for post in away]
    relays += [row for post, row in known.items() if post not in away and row["state"] != "awaited"]
    said = [_fact(meeting, "relay_awaited", {"post": post}) for post in away if post not in known]
    return {**meeting, "relays": relays}, said


def correct(
    meeting: Meeting,
    campaign: dict[str, Any],
    draft: Record,
    by: str,
    at: str,
    today: str,
    around: outside.Around = outside.ALONE,
) -> Changed:
    """An addendum to the record of a meeting; the quorum is asked again. The same key again changes nothing."""
    before, done = meeting["held"], meeting.get("corrections", [])
    if not before:
        raise errors.Refusal("meeting_not_held")
    if any(one["key"] == draft["key"] for one in done):
        return meeting, []
    record = {key: draft.get(key, before[key]) for key in CORRECTED}
    check(meeting, campaign, record, today)
    if record == {key: before[key] for key in CORRECTED}:
        raise errors.Refusal("nothing_corrected")
    expected, present = len(meeting["posts"]), len(record["present"])
    said = {"by": by, "at": at, "reason": draft["reason"]}
    held = outside.corrected(meeting, campaign, record, said, around)
    addendum = {
        "number": len(done) + 1,
        "key": draft["key"],
        **said,
        "before": {key: before[key] for key in KEPT if key in before},
        "after": {key: held[key] for key in KEPT if key in held},
    }
    aspects, moved = _moved(meeting, before["held_on"], record["held_on"])
    after = {
        **meeting,
        "aspects": aspects,
        "held": {**held, "expected": expected},
        "corrections": [*done, addendum],
    }
    changed, counted = recounting.follow(after, before["held_on"], said, today, around.calendar)
    changed, awaited = absent(changed)
    told = {"held_on": record["held_on"], "expected": expected, "present": present, "outside": "outside" in held}
    corrected = _fact(meeting, "meeting_corrected", {**told, "number": addendum["number"]})
    return changed, [*moved, corrected, *counted, *awaited]


def _moved(meeting: Meeting, before: str, on: str) -> tuple[list[Record], list[Fact]]:
    """What was done by the meeting was done on the day it really was; what was late stays late."""
    rows, facts = [], []
    for was in meeting["aspects"]:
        row = was
        if was["follows"] == "meeting" and was["state"] == "done" and was["done_on"] == before != on:
            row = {**was, "done_on": on, "late": was["late"] or on > was["due_on"]}
        if row["late"] != was["late"]:
            said = {key: row[key] for key in ("number", "code", "state", "late")}
            place = meeting["_id"], meeting["campaign"], meeting["region"]
            facts.append(Fact("aspect_recorded", *place, {"unit": meeting["unit"], **said}))
        rows.append(row)
    return rows, facts


def tell(meeting: Meeting, post: str, draft: dict[str, str], by: str, at: str, today: str) -> Meeting:
    """The absent member was told what was said; it is for that member to confirm it."""
    row = _relay(meeting, post)
    if draft["on"] > today:
        raise errors.Refusal("day_in_future", on=draft["on"], errors=[{"pointer": "/on", "code": "day_in_future"}])
    if draft["on"] < meeting["held"]["held_on"]:
        raise errors.Refusal("relay_before_meeting", on=draft["on"], held_on=meeting["held"]["held_on"])
    _check_open(row)
    told = {"state": "told", "told_on": draft["on"], "told_by": draft["told_by"]}
    if all(row.get(key) == value for key, value in told.items()):
        return meeting
    return _with(meeting, {**row, **told, "recorded_by": by, "recorded_at": at})


def confirm(
    meeting: Meeting, post: str, own: Sequence[str] | frozenset[str], since: Since, by: str, at: str
) -> Meeting:
    """The absent member says: I was told. Nobody says it for that member, not who has the post since."""
    if post not in own:
        raise errors.Refusal("not_found", id=post)
    row = _relay(meeting, post)
    if row["state"] == "confirmed":
        return meeting
    if day := _handed_over(meeting, post, since):
        raise errors.Refusal("relay_of_former_holder", on=day)
    _check_open(row)
    if row["state"] == "awaited":
        raise errors.Refusal("relay_not_told")
    return _with(meeting, {**row, "state": "confirmed", "confirmed_by": by, "confirmed_at": at})


def close(meeting: Meeting, post: str, since: Since, reason: str, by: str, at: str) -> Meeting:
    """Whoever was absent holds the post no longer and cannot say it here: it is closed with the reason."""
    row = _relay(meeting, post)
    if row["state"] == "closed":
        return meeting
    _check_open(row)
    if not _handed_over(meeting, post, since):
        raise errors.Refusal("relay_holder_stands")
    return _with(meeting, {**row, "state": "closed", "closed_by": by, "closed_at": at, "reason": reason})


def relays(meeting: Meeting, since: Since) -> list[dict[str, Any]]:
    """The relays; those that wait for somebody who holds the post no longer say since when."""
    rows = [(row, _handed_over(meeting, row["post"], since)) for row in meeting.get("relays", ())]
    return [{**row, "handed_over_on": day} if day and row["state"] in relaying.OPEN else row for row, day in rows]


def _handed_over(meeting: Meeting, post: str, since: Since) -> str | None:
    day = since.get(post, "")
    return day if day > meeting["held"]["held_on"] else None


def _check_open(row: dict[str, Any]) -> None:
    if code := OVER.get(row["state"]):
        raise errors.Refusal(code, at=row[f"{row['state']}_at"])


def _relay(meeting: Meeting, post: str) -> dict[str, Any]:
    away = [row["post"] for row in (meeting["held"] or {"absences": []})["absences"]]
    for row in meeting.get("relays", ()):
        if row["post"] == post and post in away:
            return dict(row)
    raise errors.Refusal("not_found", id=post)


def _with(meeting: Meeting, row: dict[str, Any]) -> Meeting:
    rows = [row if one["post"] == row["post"] else one for one in meeting["relays"]]
    return {**meeting, "relays": rows}


def _fact(meeting: Meeting, name: str, data: dict[str, Any]) -> Fact:
    said = {"unit": meeting["unit"], "group": meeting["group"], **data}
    return Fact(name, meeting["_id"], meeting["campaign"], meeting["region"], said)
