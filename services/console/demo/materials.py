"""What units hand in, how the groups read it, what comes back and what they answer.

life/materials.json tells each material's steps: hand_in (a file of deploy/demo/materials; signed by all who are asked,
or only by those it names in `signed`: then it waits for the others) and judge (the labelled
material whose answer the reader follows, or what fails and why; nothing fails: it passes) or hold (a reader has it in
hand, with a note in its margin). Most units that have met handed in those of `outlines`, which pass. The steps left
are those beyond what intake and review have kept.
"""

import json
from typing import Any, NamedTuple

from services.console import calling
from services.console.demo import outlines, people
from services.console.demo.people import Life

STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")
REMARK = ("缺：", "说明：")


class Course(NamedTuple):
    """One material and its steps."""

    unit: str
    post: str
    steps: list[dict[str, Any]]

    @property
    def kind(self) -> str:
        """Its kind follows from its author."""
        return "team_inspection" if self.post == "team" else "speech_outline"


def circulate(life: Life) -> None:
    """All materials are handed in, in the order of life/materials.json; then each goes on its way."""
    written = [Course(one.unit, one.post, [outlines.step(life, one), {"judge": {}}]) for one in outlines.read(life)]
    courses = [Course(row["unit"], row["post"], row["steps"]) for row in life.read("materials.json")]
    labels = json.loads((life.place / "materials/labels.json").read_text("utf-8"))["documents"]
    reader = Reader({row["file"]: row for row in labels}, life.read("sayings.json"))
    for done, course in enumerate(courses, 1):
        _hand_in(life, course, course.steps[0], 1)
        life.report("提交材料", done, len(courses))
    life.together("提交班子材料和发言提纲", written, lambda course: _hand_in(life, course, course.steps[0], 1))
    courses += written
    life.together("预审、审阅、退回、再提交", courses, lambda course: _go_on(life, course, reader))


def _go_on(life: Life, course: Course, reader: "Reader") -> None:
    version = 1
    for step in course.steps[1:]:
        if "hand_in" in step:
            version += 1
            _hand_in(life, course, step, version)
        elif "hold" in step:
            _hold(life, course, version, step["hold"])
        else:
            _judge(life, course, version, reader, step["judge"])
    if "signed" not in course.steps[-1]:
        _prechecked(life, course, version)


def _hand_in(life: Life, course: Course, step: dict[str, Any], version: int) -> None:
    if "after" in step:
        unit, _, post = step["after"].partition("/")
        _prechecked(life, Course(unit, post, []), 1)
    material_id, author = _id(life, course), life.cast.author(course.unit, course.post)
    if version > 1:
        material = people.until(lambda: _settled(author, material_id, version - 1), material_id)
        there, comments = len(material["versions"]) >= version, material["comments"]
    else:
        there, comments = _is_there(author, material_id), []
    if there:
        _sign(life, course, version, step)
        return
    answers = {comment: step["answers"][comment.rsplit(".", 1)[-1]] for comment in comments}
    fields = {"follows": version - 1, "note": step.get("note", ""), "answers": json.dumps(answers, ensure_ascii=False)}
    path = life.place / "materials" / step["hand_in"]
    content = step["text"].encode() if "text" in step else path.read_bytes()
    name = f"{material_id.split('.', 1)[1]}{path.suffix}"
    send = f"/materials/{material_id}/versions"
    people.until(lambda: author.send("intake", send, name, content, **fields), material_id)
    _sign(life, course, version, step)


def _sign(life: Life, course: Course, version: int, step: dict[str, Any]) -> None:
    """Whoever is asked signs; who has signed already changes nothing by it."""
    author, secretary = life.cast.author(course.unit, course.post), life.cast.secretary(course.unit)
    material_id, roles = _id(life, course), step.get("signed", ("author", "secretary"))
    kept = secretary.get("intake", f"/materials/{material_id}")["versions"][version - 1]
    signed = {one["role"] for one in kept["signatures"]}
    for role, signer in (("author", author), ("secretary", secretary)):
        if role in kept["asks"] and role in roles and role not in signed:
            proof = signer.prove(f"{material_id}.v{version}", kept["sha256"])
            signer.post("intake", f"/materials/{material_id}/versions/{version}/signatures", {"proof": proof})


def _judge(life: Life, course: Course, version: int, reader: "Reader", what: Any) -> None:
    review = _prechecked(life, course, version)
    if review["state"] in ("judged", "superseded"):
        return
    standards = reader.standards(review, what)
    path = f"/reviews/{review['review_id']}/verdict"
    responses = {comment["id"]: {"confirmed": True} for comment in review["owed"]}
    life.cast.supervisor(course.unit).post("review", path, {"standards": standards, "responses": responses})


def _hold(life: Life, course: Course, version: int, note: dict[str, Any]) -> None:
    """A reader of the group has it in hand and has written a note in its margin; the verdict is still to come."""
    review, supervisor = _prechecked(life, course, version), life.cast.supervisor(course.unit)
    path = f"/reviews/{review['review_id']}"
    if review["state"] != "prechecked" or review["notes"]:
        return
    if not review["holder"]:
        supervisor.post("review", f"{path}/claim", {})
    written = {"text": note["text"], "anchor": {"paragraph": note["paragraph"]}, "must_answer": True}
    supervisor.post("review", f"{path}/notes", written)


def _prechecked(life: Life, course: Course, version: int) -> dict[str, Any]:
    supervisor, path = life.cast.supervisor(course.unit), f"/reviews/{_id(life, course)}.v{version}"

    def look() -> dict[str, Any] | None:
        review: dict[str, Any] = supervisor.get("review", path)
        return None if review["state"] == "waiting" else review

    return people.until(look, path)


def _settled(author: calling.Caller, material_id: str, version: int) -> dict[str, Any] | None:
    """The material once intake has heard what became of a version (or has a later one)."""
    material: dict[str, Any] = author.get("intake", f"/materials/{material_id}")
    waiting = ("unsigned", "submitted", "prechecked")
    waits = material["state"] in waiting and len(material["versions"]) == version
    return None if waits else material


def _is_there(author: calling.Caller, material_id: str) -> bool:
    try:
        author.get("intake", f"/materials/{material_id}")
    except calling.Declined as no:
        if no.code != "not_found":
            raise
        return False
    return True


def _id(life: Life, course: Course) -> str:
    return f"{life.cast.campaign}.{course.unit}.{course.kind}.{course.post}"


class Reader:
    """A strict reader: what fails, the passage that shows it, and what would pass."""

    def __init__(self, labels: dict[str, Any], sayings: dict[str, Any]) -> None:
        self.labels, self.would_pass, self.copied = labels, sayings["would_pass"], sayings["copied"]

    def standards(self, review: dict[str, Any], what: Any) -> dict[str, Any]:
        """The verdict by standard, with quotations that stand in the text."""
        fails = self._from_label(review, self.labels[what]) if isinstance(what, str) else what
        return {code: self._one(review, code, fails[code]) if code in fails else PASSED for code in STANDARDS}

    def _from_label(self, review: dict[str, Any], label: dict[str, Any]) -> dict[str, Any]:
        fails = {}
        for code in label["fails"]:
            remarks = [said for said in label["evidence"][code] if said.startswith(REMARK)]
            quotations = [said for said in label["evidence"][code] if not said.startswith(REMARK)]
            found = next((row for row in review["findings"] if row["standard"] == code), None)
            reason = remarks[0].split("：", 1)[1] if remarks else found["reason"]["zh"] if found else quotations[0]
            standing = next((said for said in quotations if _paragraph(review, said)), "")
            fails[code] = {"reason": reason, "quotation": standing, "would_pass": self.would_pass[code]}
            if label["near_duplicate_of"]:
                whose = "last_year" if label["near_duplicate_of"].startswith("prior/") else "another_unit"
                fails[code] |= {"copied": True, "reason": self.copied[whose]}
        return fails

    def _one(self, review: dict[str, Any], code: str, fail: dict[str, Any]) -> dict[str, Any]:
        place = _paragraph(review, fail["quotation"]) if fail.get("quotation") else None
        anchor = {"paragraph": place} if place else {}
        return {"passed": False, "would_pass": self.would_pass[code], **fail, **anchor}


PASSED = {"passed": True}


def _paragraph(review: dict[str, Any], quotation: str) -> int | None:
    return next((row["n"] for row in review["paragraphs"] if quotation in row["text"].replace("**", "")), None)
