"""The rules of reading.

What must stay true: the five standards are a veto, not a score; a named person decides and the pre-check only advises;
a version is judged once, and only while it is the current one. A review: {_id: material_id.v<n>, material_id, campaign,
unit, region, group, kind, post, version, sha256, media, secrecy, state:
waiting|prechecked|unreadable|judged|superseded|recalled|cancelled, meeting_on, submitted_at, paragraphs, characters
(blanks not counted), most_characters (by the campaign; what is longer is told and not refused), structure, findings,
fails, near_copies, answers, refusal, verdict, and beside it what `reading` begins: form, levels, readings, holder,
declined, notes, carried, responses, extensions, withdrawn, flags; `once_more` while it waits for another pre-check;
once its meeting was cancelled `cancelled_on`, and `was`: its state before}.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from services.review import anchors, naming, reading
from services.spine import errors, workdays
from services.spine.events import Fact

Review = dict[str, Any]
STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")
READABLE = ("prechecked", "unreadable")
GIVEN_UP = "precheck_failed"
PLACES = ("material_id", "unit", "group", "kind", "post", "version")
MANY = 2


def begin(
    event: dict[str, Any], meeting: dict[str, Any] | None = None, campaign: dict[str, Any] | None = None
) -> Review:
    """The review of a version that was just handed in; meeting: what was said of the unit's, as far as it was."""
    said, meeting = event["data"], meeting or {}
    review_id = f"{said['material_id']}.v{said['version']}"
    return {
        "_id": review_id,
        "review_id": review_id,
        "campaign": event["campaign"],
        "region": event["region"],
        **{key: said[key] for key in (*PLACES, "sha256", "media")},
        "state": "waiting",
        "meeting_on": meeting.get("meeting_on"),
        "submitted_at": event["time"],
        "secrecy": said.get("secrecy", "internal"),
        "paragraphs": [],
        "characters": None,
        "most_characters": (campaign or {}).get("lengths", {}).get(said["kind"]),
        "structure": [],
        "findings": [],
        "fails": [],
        "near_copies": [],
        "answers": [],
        "refusal": None,
        "verdict": None,
        "definition": (campaign or {}).get("version", 1),
        **reading.begin(said["kind"], campaign, STANDARDS, own=said["post"] == meeting.get("secretary")),
    }


def plan(review: Review, campaign: dict[str, Any]) -> dict[str, str | None]:
    """The days of the unit's plan that are known here: its meeting's, and the last one for all meetings."""
    return {"meeting_on": review["meeting_on"], "last_on": campaign.get("all_meetings_held_by")}


def prechecked(
    review: Review, found: dict[str, Any], former: Review | None = None, noted: Sequence[Review] = ()
) -> tuple[Review, list[Fact]]:
    """The pre-check's findings are there; the former round's comments find their places in the new text, and so do the
    notes of the versions before (`noted`) that no verdict has said.

    A second pre-check of the same version changes nothing, unless the first was given up.
    """
    if not awaits(review):
        return review, []
    refusal = found.get("refusal")
    keys = ("paragraphs", "structure", "findings", "fails", "near_copies", "answers", "rules_version")
    changed = {**review, **{key: found[key] for key in keys if key in found}, "refusal": refusal}
    changed["state"] = "unreadable" if refusal else "prechecked"
    if not refusal:
        changed["characters"] = sum(len("".join(one["text"].split())) for one in changed["paragraphs"])
    changed |= {"once_more": False} if "once_more" in review else {}
    if former and former["verdict"]:
        places = (former["paragraphs"], changed["paragraphs"], changed["structure"])
        changed["carried"] = anchors.carry(_anchored(former), *places)
    for last in noted if review["state"] == "waiting" and "once_more" not in review else ():
        changed["notes"] = [*changed["notes"], *carried_notes(changed, last)]
    said = {
        **{key: review[key] for key in (*PLACES, "review_id")},
        "readable": refusal is None,
        "fails": changed["fails"],
        "findings": len(changed["findings"]),
        "near_copies": len(changed["near_copies"]),
        "refusal": refusal["code"] if refusal else None,
    }
    return changed, [fact(review, "material_prechecked", said)]


def awaits(review: Review) -> bool:
    """Whether the pre-check's findings are still wanted: also where it was given up, until somebody judges."""
    given_up = review["state"] == "unreadable" and review["refusal"]["code"] == GIVEN_UP
    return given_up or bool(review["state"] == "waiting")


def carried_notes(review: Review, last: Review) -> list[dict[str, Any]]:
    """The notes of an earlier version as this one's: still their readers' own, where their passages stand now.

    One whose passage is lost keeps its words, but no place.
    """
    said = {comment["id"] for comment in (last["verdict"] or {}).get("comments", ())}
    left = [note for note in last["notes"] if note["id"] not in said]
    found = anchors.carry(left, last["paragraphs"], review["paragraphs"], review["structure"])
    first = 1 + max((int(note["id"].rsplit(".n", 1)[1]) for note in review["notes"]), default=0)
    return [_carried(note, f"{review['_id']}.n{number}") for number, note in enumerate(found, first)]


def _carried(note: dict[str, Any], key: str) -> dict[str, Any]:
    now = note["now"]
    quotation = note["anchor"]["quotation"] if now["state"] == "lost" else now["quotation"]
    anchor = {"paragraph": now["paragraph"], "node": now["node"], "quotation": quotation}
    kept = {name: value for name, value in note.items() if name != "now"}
    return {**kept, "id": key, "of": note["id"], "state": now["state"], "anchor": anchor}


def once_more(review: Review) -> Review:
    """Something came to light since the pre-check: it is made once more. Marked, so that this is not forgotten."""
    return {**review, "state": "waiting", "once_more": True}


def follow_cancelled(review: Review, on: str | None) -> Review:
    """Its meeting is cancelled since a day, or to be held again (None): what nobody has judged leaves every queue and
    every hand, and comes back as it was."""
    changed = {**review, "cancelled_on": on}
    if on and review["state"] in ("waiting", *READABLE):
        return {**changed, "state": "cancelled", "was": review["state"], "holder": None}
    if not on and review["state"] == "cancelled":
        return {**changed, "state": review["was"], "was": None}
    return changed


def check_goes_on(place: dict[str, Any]) -> None:
    """Refuse to go on reading for a meeting (a review's, or what is known of it) that is cancelled."""
    if place.get("cancelled_on"):
        raise errors.Refusal("meeting_cancelled", on=place["cancelled_on"])


def supersede(review: Review) -> Review:
    """A newer version came before this one was judged."""
    return review if review["state"] in ("judged", "superseded", "recalled") else {**review, "state": "superseded"}


def judge(standards: dict[str, dict[str, Any]]) -> str:
    """One failed standard sends a material back; copying, or more than two, means it is written anew."""
    failed = [one for one in standards.values() if not one["passed"]]
    if not failed:
        return "passed"
    return "rewrite" if len(failed) > MANY or any(one.get("copied") for one in failed) else "returned"


class Reader(NamedTuple):
    """Who decides, and when: account, post, time, and the day it is there."""

    account: str
    name: str
    at: str
    today: str


class Round(NamedTuple):
    """What a verdict has to respect: level, time to answer, newest version, the close, the round before which a talk
    is still owed, comments nobody confirmed, which days are worked."""

    level: str
    answer_within: dict[str, Any]
    newest: int
    closes_on: str | None = None
    talk_owed: int | None = None
    reopened: tuple[dict[str, Any], ...] = ()
    calendar: workdays.Calendar = workdays.PUBLISHED


def check_level(review: Review, level: str) -> None:
    """Refuse a level that has passed it, is not asked, or whose turn has not come; the office may always read."""
    if done := next((one for one in review["readings"] if one["level"] == level), None):
        raise errors.Refusal("level_done", level=level, by=done["by"], at=done["at"])
    if level == "office":
        return
    if level not in review["levels"]:
        raise errors.Refusal("level_not_asked", level=level)
    passed = {one["level"] for one in review["readings"] if one["outcome"] == "passed"}
    for before in review["levels"][: review["levels"].index(level)]:
        if before not in passed:
            raise errors.Refusal("level_missing", level=before)


def give_verdict(
    review: Review, standards: dict[str, dict[str, Any]], reader: Reader, now: Round
) -> tuple[Review, list[Fact]]:
    """A named person's verdict: a reason for each failed standard, and the day by which an answer is due.

    A level that passes hands on to the next; one that sends back, or the last that passes, decides.
    """
    _check_open(review, now)
    check_standards(review, standards)
    outcome = judge(standards)
    if outcome == "passed" and now.reopened and now.level != "secretary":
        raise errors.Refusal("reopened_but_passed", count=len(now.reopened))
    failed = [code for code in STANDARDS if not standards[code]["passed"]]
    comments = [_comment(review, code, standards[code]) for code in failed]
    due_on, closes_on = None, None
    if outcome != "passed":
        comments += [*now.reopened, *(_noted(one) for one in review["notes"] if one["must_answer"])]
        closes_on = now.closes_on
        days, unit = now.answer_within["days"], now.answer_within["unit"]
        due_on = now.calendar.shift(date.fromisoformat(reader.today), days, unit).isoformat()
        due_on = min(due_on, closes_on) if closes_on else due_on
    read: dict[str, Any] = {
        "level": now.level,
        "outcome": outcome,
        "by": reader.name,
        "by_account": reader.account,
        "at": reader.at,
    }
    read |= {"due_on": due_on, "closes_on": closes_on, "standards": standards, "comments": comments}
    changed = {**review, "readings": [*review["readings"], read]}
    places = {key: review[key] for key in (*PLACES, "review_id")}
    if outcome == "passed" and now.level in review["levels"][:-1]:
        return changed, [fact(review, "reading_passed", {**places, "level": now.level})]
    changed |= {"state": "judged", "verdict": read, "holder": None}
    said = {
        **places,
        "level": now.level,
        "outcome": outcome,
        "failed": failed,
        "due_on": due_on,
        "closes_on": closes_on,
    }
    said |= {"problems": naming.told(review)} if outcome == "passed" else {}
    return changed, [fact(review, "verdict_issued", {**said, "comments": [comment["id"] for comment in comments]})]


def _check_open(review: Review, now: Round) -> None:
    if review["verdict"]:
        given = review["verdict"]
        raise errors.Refusal(
            "already_judged", version=review["version"], at=given["at"], by=given["by"], outcome=given["outcome"]
        )
    if review["state"] == "superseded" or now.newest > review["version"]:
        raise errors.Refusal("superseded", version=review["version"], newer=now.newest)
    check_goes_on(review)
    if review["state"] not in READABLE:
        raise errors.Refusal("not_prechecked")
    check_level(review, now.level)
    if now.talk_owed:
        raise errors.Refusal("talk_needed", round=now.talk_owed)


def check_standards(review: Review, standards: dict[str, dict[str, Any]]) -> None:
    """Refuse a failed standard without its reason, and a place or a quotation that is not in the text."""
    silent = [
        code for code in STANDARDS if not standards[code]["passed"] and not standards[code].get("reason", "").strip()
    ]
    if silent:
        faults = [{"pointer": f"/standards/{code}/reason", "code": "reason_needed"} for code in silent]
        raise errors.Refusal("verdict_without_reason", standards="、".join(silent), errors=faults)
    for code, one in standards.items():
        placed(review, one, f"/standards/{code}")


def placed(review: Review, given: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Where what is said of a text stands in it: {quotation, paragraph, node}; refuses a place that is not there.

    Where none is named, the paragraph is the first that has the words, the node the smallest that holds them.
    """
    quotation, number, node = (given.get(key) for key in ("quotation", "paragraph", "node"))
    words, nodes = (quotation or "").strip(), review.get("structure", ())
    if review["paragraphs"]:
        _check_place(review, number, node, pointer)
        check_quotation(review, words, number, f"{pointer}/quotation")
        if words:
            number = standing(review, words, number)
        elif node and number is None:
            number = next(one["paragraphs"][0] for one in nodes if one["id"] == node)
        node = node or anchors.node({"paragraph": number, "quotation": words}, nodes)
    return {"quotation": quotation, "paragraph": number, "node": node}


def _check_place(review: Review, number: int | None, node: str | None, pointer: str) -> None:
    if number is not None and standing(review, "", number) is None:
        fault: dict[str, Any] = {"code": "paragraph_not_in_text", "paragraph": number}
        raise errors.Refusal(**fault, errors=[{"pointer": f"{pointer}/paragraph", **fault}])
    if node and not any(one["id"] == node for one in review.get("structure", ())):
        fault = {"code": "node_not_in_text", "node": node}
        raise errors.Refusal(**fault, errors=[{"pointer": f"{pointer}/node", **fault}])


def standing(review: Review, quotation: str, number: int | None) -> int | None:
    """The paragraph in which a passage stands: the one that is named, or the first; None when it stands in none."""
    places = (row["n"] for row in review["paragraphs"] if number in (None, row["n"]) and quotation in row["text"])
    return next(places, None)


def check_quotation(review: Review, quotation: str, number: int | None, pointer: str) -> None:
    """What is quoted stands in the text, in the paragraph that is named."""
    if quotation and review["paragraphs"] and standing(review, quotation, number) is None:
        facts = {"code": "quotation_not_in_text", "quotation": quotation[:80]}
        raise errors.Refusal(**facts, errors=[{"pointer": pointer, **facts}])


def levels_done(review: Review) -> list[str]:
    """The levels that passed it, in their order."""
    return [one["level"] for one in review["readings"] if one["outcome"] == "passed"]


def row(review: Review, number: int, today: str, *, inside: bool) -> dict[str, Any]:
    """A review as a line of the queue, with the number of its round; who has it in hand is seen by readers only."""
    keys = (*PLACES, "review_id", "campaign", "region", "state", "fails", "meeting_on", "submitted_at", "refusal")
    counts = {"findings": len(review["findings"]), "near_copies": len(review["near_copies"])}
    verdict, held = review["verdict"] or {}, review["holder"]
    return {
        **{key: review[key] for key in keys},
        **counts,
        "round": number,
        "levels_done": levels_done(review),
        "holder": held if inside and held and held["until"] >= today else None,
        "outcome": verdict.get("outcome"),
        "judged_at": verdict.get("at"),
    }


def _comment(review: Review, code: str, one: dict[str, Any]) -> dict[str, Any]:
    said = {key: one.get(key) for key in ("reason", "would_pass")}
    return {"id": f"{review['_id']}.{code}", "standard": code, **said, **placed(review, one, f"/standards/{code}")}


def _noted(note: dict[str, Any]) -> dict[str, Any]:
    where = {key: note["anchor"][key] for key in ("quotation", "paragraph", "node")}
    return {"id": note["id"], "standard": None, "reason": note["text"], **where, "would_pass": None}


def _anchored(former: Review) -> list[dict[str, Any]]:
    """The comments of a verdict with the places they stand at."""
    return [
        {
            "id": one["id"],
            "standard": one["standard"],
            "text": one["reason"],
            "anchor": {"paragraph": one["paragraph"], "node": one.get("node"), "quotation": one["quotation"]},
        }
        for one in former["verdict"]["comments"]
    ]


def fact(review: Review, name: str, data: dict[str, Any]) -> Fact:
    """Something that happened to a review; how secret its material is decides who is told."""
    said = {**data, "secrecy": review.get("secrecy", "internal")}
    return Fact(name, review["_id"], review["campaign"], review["region"], said)
