"""The rules of handing in.

What must stay true: one person's material of one kind is one record over all rounds; a version once kept is never
changed; it counts, and is said, only when everybody has signed it whom the campaign asks (see signing); a returned
version is followed only by one that answers every comment, before the close. A material: {_id:
campaign.unit.kind.post, campaign, unit, region, group, kind, post, definition: the version of the campaign it began
with, read, state, under, counted, secrecy, due_on, closes_on, comments: [ids to answer], addenda: [see addenda],
versions: [{version, sha256, size, media, file_name, form: {sha256, schema} or None, submitted_by, submitted_at, note,
answers, outcome, asks, signatures, on_paper, counted_at, before, again, withdrawal, secrecy, destroyed}]}. A version
handed in as a form alone has that form as its file. `counted` is the number of the version that counts, 0 when none
does; while a newer one waits for signatures the state is `unsigned` and `under` keeps the state of that one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.intake import kinds, secrecy
from services.spine.errors import Refusal
from services.spine.events import Fact

Material = dict[str, Any]
Version = dict[str, Any]
SENT_BACK = ("returned", "rewrite")
UNREAD = ("submitted", "prechecked", "unreadable")
ROUND = ("due_on", "closes_on", "comments")


class Handed(NamedTuple):
    """What was handed in: the file's facts, and the form beside it."""

    sha256: str
    size: int
    media: str
    file_name: str
    follows: int
    note: str
    answers: dict[str, dict[str, Any]]
    by: str
    by_name: str
    at: str
    today: str
    form: dict[str, str] | None = None
    asks: tuple[str, ...] = ()
    again: int | None = None
    secrecy: str = secrecy.USUAL


def answer(given: Any) -> dict[str, Any]:
    """An answer to a comment as it is kept: {how: accepted|explained or None, where, text}."""
    if isinstance(given, str):
        return {"how": None, "where": "", "text": given.strip()}
    return {"how": given["how"], "where": given.get("where", "").strip(), "text": given["text"].strip()}


def check_goes_on(place: dict[str, Any]) -> None:
    """Refuse what is new for a unit (its plan, or a material of it) whose meeting is cancelled."""
    if place.get("cancelled_on"):
        raise Refusal("meeting_cancelled", on=place["cancelled_on"])


def asked(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is asked of a unit: nothing once its meeting is cancelled."""
    return [] if plan.get("cancelled_on") else list(plan["required"])


def owed(plan: dict[str, Any], kind: str, post: str) -> dict[str, Any]:
    """What the plan says of one material; refuses what the unit does not owe."""
    check_goes_on(plan)
    for row in plan["required"]:
        if (row["kind"], row["post"]) == (kind, post):
            return dict(row)
    raise Refusal("material_kind_not_required", unit=plan["unit"], post=post, kind=kind)


def begin(plan: dict[str, Any], kind: str, post: str, definition: int = 1) -> Material:
    """The record of a material before anything was handed in, under that version of the campaign; refuses what the unit
    does not owe."""
    read = owed(plan, kind, post).get("read", True)
    places = {key: plan[key] for key in ("campaign", "unit", "region", "group")}
    material_id = f"{plan['campaign']}.{plan['unit']}.{kind}.{post}"
    state: Material = {
        "read": read,
        "state": "missing",
        "under": None,
        "counted": 0,
        "secrecy": "public",
        "due_on": None,
        "closes_on": None,
        "comments": [],
    }
    return {
        "_id": material_id,
        "material_id": material_id,
        **places,
        "kind": kind,
        "post": post,
        "definition": definition,
        **state,
        "versions": [],
    }


def submit(material: Material, handed: Handed) -> tuple[Material, list[Fact]]:
    """The next version. The same file again changes nothing; whoever comes second is told who was first."""
    last = material["versions"][-1] if material["versions"] else None
    alive = next((row for row in reversed(material["versions"]) if not taken_back(row)), None)
    if alive and (alive["sha256"], alive.get("form")) == (handed.sha256, handed.form):
        if material["state"] in SENT_BACK:
            raise Refusal("unchanged", version=alive["version"])
        if alive is last:
            return material, []
    if locked(material):
        raise Refusal("material_locked", version=material["counted"])
    if material["state"] == "passed":
        raise Refusal("already_passed", version=material["counted"])
    current = last["version"] if last else 0
    if handed.follows > current:
        place = {"pointer": "/follows", "code": "version_unknown", "follows": handed.follows, "version": current}
        raise Refusal("version_unknown", follows=handed.follows, version=current, errors=[place])
    if handed.follows != current:
        seen = last or {"submitted_by": "", "submitted_at": ""}
        raise Refusal("version_exists", version=current, by=seen["submitted_by"], at=seen["submitted_at"])
    check_in_time(material, handed.today)
    check_goes_on(material)
    _check_answers(material["comments"], handed.answers)
    version = {
        "version": current + 1,
        "sha256": handed.sha256,
        "size": handed.size,
        "media": handed.media,
        "file_name": handed.file_name,
        "form": handed.form,
        "submitted_by": handed.by_name,
        "submitted_by_account": handed.by,
        "submitted_at": handed.at,
        "note": handed.note,
        "answers": {key: handed.answers[key] for key in material["comments"]},
        "outcome": None,
        "asks": list(handed.asks),
        "signatures": [],
        "on_paper": [],
        "counted_at": None,
        "again": handed.again,
        "secrecy": handed.secrecy,
        "destroyed": None,
        "withdrawal": None,
    }
    changed = {**material, "versions": [*material["versions"], version]}
    changed["secrecy"] = secrecy.stricter(material["secrecy"], handed.secrecy)
    if handed.asks:
        return {**changed, "state": "unsigned", "under": standing(material)}, []
    return count(changed, handed.at)


def count(material: Material, at: str) -> tuple[Material, list[Fact]]:
    """The last version counts from now on: it goes to be read, and that is said."""
    *earlier, last = material["versions"]
    before = {"state": standing(material), **{key: material[key] for key in ROUND}}
    version = {**last, "counted_at": at, "before": before}
    state = "submitted" if material.get("read", True) else "received"
    changed = {**material, "state": state, "under": None, "due_on": None, "closes_on": None, "comments": []}
    changed |= {"versions": [*earlier, version], "counted": version["version"]}
    places = {key: material[key] for key in ("material_id", "unit", "group", "kind", "post")}
    said = {**places, **{key: version[key] for key in ("version", "sha256", "size", "media")}}
    said |= {"secrecy": material["secrecy"], "definition": material.get("definition", 1)}
    return changed, [Fact("material_submitted", material["_id"], material["campaign"], material["region"], said)]


def locked(material: Material) -> bool:
    """Whether a material takes no further version: what is found wrong in it is put right by an addendum."""
    return kinds.kind(material["kind"]).locked and material["counted"] > 0


def taken_back(version: Version) -> bool:
    """Whether a version was taken back."""
    return bool(version["withdrawal"] and version["withdrawal"]["granted"])


def stands(version: Version) -> bool:
    """Whether a version counts or has counted, and was not taken back."""
    return bool(version["counted_at"]) and not taken_back(version)


def standing(material: Material) -> str:
    """The state of the version that counts, whether or not a newer one waits for signatures."""
    return str(material["under"] if material["state"] == "unsigned" else material["state"])


def check_in_time(material: Material, today: str) -> None:
    """Refuse what comes after the close."""
    closes_on = material["closes_on"]
    if closes_on and today > closes_on:
        raise Refusal("answers_closed", closes_on=closes_on)


def prechecked(material: Material, version: int, readable: bool) -> Material:
    """The pre-check of the current version is done; one that was given up may still come."""
    if standing(material) not in ("submitted", "unreadable") or version != material["counted"]:
        return material
    return _moved(material, "prechecked" if readable else "unreadable")


def settle(material: Material, said: dict[str, Any]) -> Material:
    """A verdict on a version: the version keeps it, and if it is the one that counts the material has that state."""
    version, outcome = said["version"], said["outcome"]
    rows = [{**row, "outcome": outcome} if row["version"] == version else row for row in material["versions"]]
    changed = {**material, "versions": rows}
    if version != material["counted"]:
        return changed
    days = {"due_on": said["due_on"], "closes_on": said.get("closes_on")}
    return _moved(changed, outcome, comments=said["comments"], **days)


def unsettle(material: Material, version: int) -> Material:
    """A verdict was taken back: the version waits for another."""
    rows = [{**row, "outcome": None} if row["version"] == version else row for row in material["versions"]]
    changed = {**material, "versions": rows}
    if version != material["counted"]:
        return changed
    return _moved(changed, "prechecked", comments=[], due_on=None, closes_on=None)


def extend(material: Material, version: int, due_on: str, closes_on: str | None) -> Material:
    """There is more time to answer a verdict on the current version."""
    if version != material["counted"] or standing(material) not in SENT_BACK:
        return material
    return {**material, "due_on": due_on, "closes_on": closes_on}


def files_of(version: Version) -> list[str]:
    """The hashes of all that is kept of a version: its file, and the form beside it."""
    form = version.get("form")
    return [version["sha256"], *([form["sha256"]] if form else [])]


def version(material: Material, number: int) -> Version:
    """One version of a material; refuses one that is not there."""
    for row in material["versions"]:
        if row["version"] == number:
            return dict(row)
    raise Refusal("not_found", id=f"{material['_id']}.v{number}")


def receipt(material: Material) -> dict[str, Any]:
    """What the sender keeps: number, hash and time of the current version."""
    last = material["versions"][-1]
    number = f"{material['material_id']}.v{last['version']}"
    return {"number": number, "sha256": last["sha256"], "received_at": last["submitted_at"]}


def _moved(material: Material, state: str, **more: Any) -> Material:
    """The version that counts has another state. A newer one goes on waiting for signatures only while that one is
    still unread: a verdict overtakes it."""
    if material["state"] == "unsigned" and state in UNREAD:
        return {**material, "under": state, **more}
    return {**material, "state": state, "under": None, **more}


def _check_answers(comments: list[str], answers: dict[str, dict[str, Any]]) -> None:
    open_ones = [key for key in comments if not answers.get(key, {}).get("text")]
    if open_ones:
        faults = [{"pointer": f"/answers/{key}", "code": "comments_unanswered", "count": 1} for key in open_ones]
        raise Refusal("comments_unanswered", count=len(open_ones), errors=faults)
    unknown = [key for key, given in answers.items() if given["text"] and key not in comments]
    if unknown:
        faults = [{"pointer": f"/answers/{key}", "code": "comment_unknown", "comment": key} for key in unknown]
        raise Refusal("comment_unknown", comment=unknown[0], errors=faults)
