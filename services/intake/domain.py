"""The rules of handing in.

What must stay true: one person's material of one kind is one record over all rounds; a version once kept is never
changed; a returned version is followed only by one that answers every comment, before the close. A material: {_id:
campaign.unit.kind.post, campaign, unit, region, group, kind, post, state, due_on, closes_on, comments: [ids to answer],
versions: [{version, sha256, size, media, file_name, form: {sha256, schema} or None, submitted_by, submitted_at, note,
answers, outcome}]}. A version handed in as a form alone has that form as its file.
"""

from typing import Any, NamedTuple

from services.spine.errors import Refusal
from services.spine.events import Fact

Material = dict[str, Any]
SENT_BACK = ("returned", "rewrite")


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


def answer(given: Any) -> dict[str, Any]:
    """An answer to a comment as it is kept: {how: accepted|explained or None, where, text}."""
    if isinstance(given, str):
        return {"how": None, "where": "", "text": given.strip()}
    return {"how": given["how"], "where": given.get("where", "").strip(), "text": given["text"].strip()}


def begin(plan: dict[str, Any], kind: str, post: str) -> Material:
    """The record of a material before anything was handed in; refuses what the unit does not owe."""
    owed = next((row for row in plan["required"] if (row["kind"], row["post"]) == (kind, post)), None)
    if owed is None:
        raise Refusal("material_kind_not_required", unit=plan["unit"], post=post, kind=kind)
    places = {key: plan[key] for key in ("campaign", "unit", "region", "group")}
    material_id = f"{plan['campaign']}.{plan['unit']}.{kind}.{post}"
    state: Material = {"state": "missing", "due_on": None, "closes_on": None, "comments": [], "versions": []}
    state["read"] = owed.get("read", True)
    return {"_id": material_id, "material_id": material_id, **places, "kind": kind, "post": post, **state}


def submit(material: Material, handed: Handed) -> tuple[Material, list[Fact]]:
    """The next version. The same file again changes nothing; whoever comes second is told who was first."""
    last = material["versions"][-1] if material["versions"] else None
    if last:
        if (last["sha256"], last.get("form")) == (handed.sha256, handed.form):
            if material["state"] in SENT_BACK:
                raise Refusal("unchanged", version=last["version"])
            return material, []
        if material["state"] == "passed":
            raise Refusal("already_passed", version=last["version"])
    current = last["version"] if last else 0
    if handed.follows != current:
        seen = last or {"submitted_by": "", "submitted_at": ""}
        raise Refusal("version_exists", version=current, by=seen["submitted_by"], at=seen["submitted_at"])
    closes_on = material.get("closes_on")
    if closes_on and handed.today > closes_on:
        raise Refusal("answers_closed", closes_on=closes_on)
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
    }
    state = "submitted" if material.get("read", True) else "received"
    changed = {**material, "state": state, "due_on": None, "closes_on": None, "comments": []}
    changed["versions"] = [*material["versions"], version]
    places = {key: material[key] for key in ("material_id", "unit", "group", "kind", "post")}
    said = {**places, **{key: version[key] for key in ("version", "sha256", "size", "media")}}
    return changed, [Fact("material_submitted", material["_id"], material["campaign"], material["region"], said)]


def prechecked(material: Material, version: int, readable: bool) -> Material:
    """The pre-check of the current version is done."""
    if material["state"] != "submitted" or version != _current(material):
        return material
    return {**material, "state": "prechecked" if readable else "unreadable"}


def settle(material: Material, said: dict[str, Any]) -> Material:
    """A verdict on a version: the version keeps it, and if it is the current one the material has that state."""
    version, outcome = said["version"], said["outcome"]
    rows = [{**row, "outcome": outcome} if row["version"] == version else row for row in material["versions"]]
    if version != _current(material):
        return {**material, "versions": rows}
    days = {"due_on": said["due_on"], "closes_on": said.get("closes_on")}
    return {**material, "versions": rows, "state": outcome, "comments": said["comments"], **days}


def unsettle(material: Material, version: int) -> Material:
    """A verdict was taken back: the version waits for another."""
    rows = [{**row, "outcome": None} if row["version"] == version else row for row in material["versions"]]
    if version != _current(material):
        return {**material, "versions": rows}
    return {**material, "versions": rows, "state": "prechecked", "comments": [], "due_on": None, "closes_on": None}


def extend(material: Material, version: int, due_on: str, closes_on: str | None) -> Material:
    """There is more time to answer a verdict on the current version."""
    if version != _current(material) or material["state"] not in SENT_BACK:
        return material
    return {**material, "due_on": due_on, "closes_on": closes_on}


def version(material: Material, number: int) -> dict[str, Any]:
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


def _current(material: Material) -> int:
    return int(material["versions"][-1]["version"]) if material["versions"] else 0


def _check_answers(comments: list[str], answers: dict[str, dict[str, Any]]) -> None:
    open_ones = [key for key in comments if not answers.get(key, {}).get("text")]
    if open_ones:
        faults = [{"pointer": f"/answers/{key}", "code": "comments_unanswered", "count": 1} for key in open_ones]
        raise Refusal("comments_unanswered", count=len(open_ones), errors=faults)
