"""What is wrong around a file: ids, order, answers, fields, talks, study, and requests that are none."""

from typing import Any

from tests.intake.corpus import EVIDENCE, OUTLINE, PLACE, UNIT, Case, pdf, png, word
from tests.stack import CAMPAIGN

M = f"/materials/{CAMPAIGN}.{UNIT}"
LONG_AGO, NEVER = "2020-01-01", "2023-02-29"


def at(called: str, door: str, code: str, status: int = 404, **fields: str) -> Case:
    """A good file at a door where it is not taken."""
    return Case(called, door, status, code, file=("提纲.docx", word("好")), fields={"follows": "0", **fields})


IDS = [
    at("a unit of another campaign", f"/materials/{CAMPAIGN}.990881-LY.speech_outline.02/versions", "not_found"),
    at("a unit that is not there", f"/materials/{CAMPAIGN}.990899-XX.speech_outline.02/versions", "not_found"),
    at("a campaign that is not there", f"/materials/other-2023.{UNIT}.speech_outline.02/versions", "not_found"),
    at("a post that is not there", f"{M}.speech_outline.77/versions", "material_kind_not_required", 422),
    at("a member's kind of the team", f"{M}.speech_outline.team/versions", "material_kind_not_required", 422),
    at("a kind that is none", f"{M}.poem.02/versions", "not_found"),
    at("too few parts in an id", f"/materials/{CAMPAIGN}.{UNIT}.02/versions", "not_found"),
    at("too many parts in an id", f"{M}.speech_outline.02.v1/versions", "not_found"),
    at("a post in full width", f"{M}.speech_outline.０２/versions", "not_found"),
    at("an id with a NUL", f"{M}.speech_outline.02%00/versions", "not_found"),
    at("an id with a dollar", f"{M}.$ne.02/versions", "not_found"),
    at("an id with a line break", f"{M}.speech_outline.02%0A/versions", "not_found"),
    at("an id with dots", "/materials/.../versions", "not_found"),
    at("an id of a thousand signs", f"/materials/{'a' * 1000}/versions", "not_found"),
    Case(
        "evidence for a unit that is not there",
        EVIDENCE,
        404,
        "not_found",
        file=("a.png", png()),
        fields={**PLACE, "unit": "990899-XX"},
    ),
    Case(
        "evidence for a unit of others",
        EVIDENCE,
        404,
        "not_found",
        file=("a.png", png()),
        fields={**PLACE, "unit": "990881-LY"},
    ),
    Case(
        "evidence for a unit that is no code",
        EVIDENCE,
        422,
        "invalid",
        "/unit",
        ("a.png", png()),
        {**PLACE, "unit": "青溪县"},
    ),
    Case("evidence for nobody", EVIDENCE, 422, "invalid", "/campaign", ("a.png", png())),
]


def handed(called: str, code: str, pointer: str | None = None, status: int = 422, **fields: str) -> Case:
    """A good file with a wrong field beside it."""
    return Case(called, OUTLINE, status, code, pointer, ("提纲.docx", word("栏目")), {"follows": "now", **fields})


C1 = f"{CAMPAIGN}.{UNIT}.speech_outline.02.v1.measures"
FIELDS = [
    handed("a version that is not there yet", "version_unknown", "/follows", 409, follows="999"),
    handed("a version that was followed", "version_exists", None, 409, follows="0"),
    handed("a version below nought", "invalid", "/follows", follows="-1"),
    handed("a version in full width", "invalid", "/follows", follows="１"),
    handed("a version in words", "invalid", "/follows", follows="一"),
    handed("a version of a thousand digits", "invalid", "/follows", follows="9" * 1000),
    handed("no version", "invalid", "/follows", follows=""),
    handed("a field nobody asked for", "invalid", "", state="passed"),
    handed("a note far too long", "invalid", "/note", note="长" * 1001),
    handed("a mark of a state secret in the note", "secrecy_mark_in_words", "/note", note="机密★"),
    handed("a secrecy that is none", "invalid", "/secrecy", secrecy="公开"),
    handed("a state secret", "state_secret", "/secrecy", secrecy="top_secret"),
    handed("answers that are no JSON", "not_json", None, 400, answers="改了"),
    handed("answers in a list", "invalid", "", answers="[]"),
    handed("an answer to what is no comment", "invalid", "", answers='{"x": "改了"}'),
    handed(
        "an answer to a comment that is not there", "comment_unknown", f"/answers/{C1}", answers=f'{{"{C1}": "改了"}}'
    ),
    handed("an answer that is a number", "invalid", f"/{C1}", answers=f'{{"{C1}": 1}}'),
    handed("a mark of a state secret in an answer", "secrecy_mark", answers=f'{{"{C1}": "\\u673a\\u5bc6\\u2605"}}'),
    handed(
        "fifty-one answers",
        "invalid",
        "",
        answers="{"
        + ",".join(f'"{C1[:-8]}{"abcdefghijklmnopqrstuvwxyz"[n % 26]}{"abc"[n // 26]}": "x"' for n in range(51))
        + "}",
    ),
]


def said(called: str, door: str, code: str, body: Any, pointer: str | None = None, status: int = 422) -> Case:
    """Something said in JSON."""
    return Case(called, door, status, code, pointer, body=body)


MARKED = {"source": "forum", "text": "机密★一年"}
TALK = {"from_post": "01", "with_post": "02", "on": LONG_AGO}
STUDY = {
    **PLACE,
    "key": "s1",
    "on": LONG_AGO,
    "hours": 4,
    "form": "together",
    "attendance": [{"post": "01", "present": True}],
}


def talk(called: str, code: str, pointer: str, whole: str = "talks_faulty", **more: Any) -> Case:
    """A talk that is wrong in one part."""
    told = {key: value for key, value in {**TALK, "on": "TODAY", **more}.items() if value is not None}
    return said(f"a talk {called}", "/talks", code or whole, {**PLACE, "talks": [told]}, pointer)


def study(called: str, code: str, pointer: str, **more: Any) -> Case:
    """A session of study that is wrong in one part."""
    return said(f"study {called}", "/studies", code, {**STUDY, "on": "TODAY", **more}, pointer)


DEEDS = [
    talk("on 29 February of no leap year", "invalid", "/talks/0/on", on=NEVER),
    talk("tomorrow and for ever", "day_in_future", "/talks/0/on", on="9999-12-31"),
    talk("long before", "before_campaign", "/talks/0/on", on=LONG_AGO),
    talk("of a post that is not there", "unknown_post", "/talks/0/with_post", with_post="77"),
    talk("with oneself", "talk_with_oneself", "/talks/0/with_post", with_post="01"),
    talk("with two at once", "invalid", "/talks/0", with_outside="某人"),
    talk("with nobody", "invalid", "/talks/0", with_post=None),
    talk("with a mark in its words", "secrecy_mark_in_words", "/talks/0/commitments", commitments="机密★"),
    talk("with what was said", "invalid", "/talks/0", text="他说"),
    said("no talks", "/talks", "invalid", {**PLACE, "talks": []}, "/talks"),
    said(
        "talks of a unit of others", "/talks", "not_found", {**PLACE, "unit": "990881-LY", "talks": [TALK]}, status=404
    ),
    study("on 31 June", "invalid", "/on", on="2024-06-31"),
    study("to come", "study_faulty", "/on", on="9999-12-31"),
    study("of a day and more", "invalid", "/hours", hours=25),
    study("of hours without number", "invalid", "/hours", hours=2**64 - 1),
    study("of hours in words", "invalid", "/hours", hours="四"),
    study(
        "of a post that is not there",
        "study_faulty",
        "/attendance/0/post",
        attendance=[{"post": "77", "present": True}],
    ),
    study("of a post twice", "study_faulty", "/attendance/1/post", attendance=[{"post": "01", "present": True}] * 2),
    study("of a topic that is not there", "study_faulty", "/topics/0", topics=["fishing"]),
    study("with a mark in its notes", "secrecy_mark_in_words", "/notes", notes="秘密★"),
    study("under a key with dots", "invalid", "/key", key="a.b"),
    said("a signature without proof", f"{OUTLINE}/1/signatures", "invalid", {}, "/proof"),
    said(
        "a signature with a proof of nothing",
        f"{OUTLINE}/1/signatures",
        "proof_unknown",
        {"proof": "x.y.z"},
        status=403,
    ),
    said(
        "taking back a version that is not there",
        f"{OUTLINE}/999/withdrawal",
        "not_found",
        {"reason": "误传"},
        status=404,
    ),
    said("taking back without reason", f"{OUTLINE}/1/withdrawal", "invalid", {"reason": " "}, "/reason"),
    *(
        said(f"{called} with a mark in its words", door, "secrecy_mark_in_words", body, pointer)
        for called, door, body, pointer in (
            ("taking back", f"{OUTLINE}/NOW/withdrawal", {"reason": "误传机密★"}, "/reason"),
            ("handing in again", f"{OUTLINE}/1/again", {"follows": 1, "note": "机密★"}, "/note"),
            ("an opinion", "/opinions", {**PLACE, "post": "02", "opinions": [MARKED]}, "/opinions/0/text"),
            ("names to mask", "/opinions/names", {**PLACE, "names": ["秘密☆"]}, "/names/0"),
        )
    ),
    said(
        "handing in again what is not there",
        f"{OUTLINE}/999/again",
        "not_found",
        {"follows": 1, "note": "恢复"},
        status=404,
    ),
    said(
        "handing in again after nothing",
        f"{OUTLINE}/1/again",
        "version_unknown",
        {"follows": 999, "note": "恢复"},
        "/follows",
        409,
    ),
    said("handing in again in words", f"{OUTLINE}/1/again", "invalid", {"follows": "1", "note": "恢复"}, "/follows"),
    said(
        "handing in again a number beyond all",
        f"{OUTLINE}/1/again",
        "invalid",
        {"follows": 2**64 - 1, "note": "x"},
        "/follows",
    ),
    said("stating what is no fact", f"{M}.speech_outline.02/facts", "invalid", {"facts": {"rich": True}}, "/facts"),
    said(
        "stating a fact in words",
        f"{M}.speech_outline.02/facts",
        "invalid",
        {"facts": {"inquiries": "有"}},
        "/facts/inquiries",
    ),
    Case(
        "a page that is no picture",
        f"{OUTLINE}/NOW/paper-signatures",
        422,
        "file_kind_unknown",
        None,
        ("a.txt", b"x"),
        {"role": "author", "reason": "没有账号"},
    ),
    Case(
        "a page of nobody",
        f"{OUTLINE}/NOW/paper-signatures",
        422,
        "invalid",
        "/role",
        ("a.pdf", pdf()),
        {"role": "友人", "reason": "没有账号"},
    ),
    Case(
        "a page with a mark in the reason",
        f"{OUTLINE}/NOW/paper-signatures",
        422,
        "secrecy_mark_in_words",
        "/reason",
        ("a.pdf", pdf()),
        {"role": "author", "reason": "机密★"},
    ),
    Case(
        "a page for a version that is not there",
        f"{OUTLINE}/999/paper-signatures",
        404,
        "not_found",
        None,
        ("a.pdf", pdf()),
        {"role": "author", "reason": "没有账号"},
    ),
]

JSON, FORM = "application/json", "multipart/form-data; boundary=x"
BODIES = [
    Case("a body that is no JSON", "/talks", 400, "not_json", body=b"{", type=JSON),
    Case("a body in UTF-16", "/talks", 400, "not_json", body="{}".encode("utf-16"), type=JSON),
    Case("a body in GB18030", "/talks", 400, "not_json", body='{"a": "谈话"}'.encode("gb18030"), type=JSON),
    Case("a body with half a pair of signs", "/talks", 400, "not_json", body=rb'{"a": "\ud800"}', type=JSON),
    Case("a body that is a number", "/talks", 422, "invalid", "", body=b"7", type=JSON),
    Case("a body without end", "/talks", 400, "not_json", body=b"[" * 100_000, type=JSON),
    Case(
        "a body of nested lists",
        "/talks",
        422,
        "nested_too_deep",
        body=b'{"talks":' + b"[" * 600 + b"]" * 600 + b"}",
        type=JSON,
    ),
    Case("no body at all", "/talks", 422, "invalid", "/campaign", body=b"", type=JSON),
    Case("JSON where a file is asked for", OUTLINE, 400, "not_a_form", None, body=b'{"follows": "0"}', type=JSON),
    Case(
        "parts without an end",
        OUTLINE,
        400,
        "not_a_form",
        None,
        body=b'--x\r\nContent-Disposition: form-data; name="follows"\r\n\r\n0',
        type=FORM,
    ),
    Case("parts with another boundary", OUTLINE, 400, "not_a_form", None, body=b"--y\r\n\r\n--y--\r\n", type=FORM),
    Case("parts without a boundary", OUTLINE, 400, "not_a_form", None, body=b"--x--", type="multipart/form-data"),
    Case(
        "parts without names",
        OUTLINE,
        422,
        "invalid",
        "/follows",
        body=b"--x\r\nContent-Disposition: form-data\r\n\r\n0\r\n--x--\r\n",
        type=FORM,
    ),
    Case(
        "a thousand and more parts",
        OUTLINE,
        413,
        "body_too_large",
        body=b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n0\r\n' * 1500 + b"--x--\r\n",
        type=FORM,
    ),
]
ASKED = [
    Case("a page of nought", "/materials?size=0", 422, "invalid", "/size", method="GET"),
    Case("a page larger than all", f"/materials?size={'9' * 30}", 422, "invalid", "/size", method="GET"),
    Case("a page in full width", "/materials?size=１", 422, "invalid", "/size", method="GET"),
    Case("a page after nothing", "/materials?after=.", 422, "invalid", "/after", method="GET"),
    Case("a filter nobody knows", "/materials?$where=1", 422, "invalid", "", method="GET"),
    Case("a state that is none", "/materials?state=lost", 422, "invalid", "/state", method="GET"),
    Case("a file that is not there", "/files/" + "0" * 64, 404, "not_found", method="GET"),
    Case("a file by no hash", "/files/%00", 404, "not_found", method="GET"),
    Case("a version beyond all", f"{OUTLINE}/{'9' * 40}/file", 404, "not_found", method="GET"),
    Case("a file of a version below nought", f"{OUTLINE}/-1/file", 404, "no_such_address", method="GET"),
    Case("the form of a version without one", f"{OUTLINE}/1/form", 404, "not_found", method="GET"),
    Case("another way of asking", OUTLINE, 405, "method_not_allowed", method="DELETE"),
]
CASES: list[Case] = [*IDS, *FIELDS, *DEEDS, *BODIES, *ASKED]
