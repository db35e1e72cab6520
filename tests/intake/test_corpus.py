"""Bad input at the real doors: every case has its answer, in both languages, and leaves nothing behind."""

import json
import re
from typing import Any

import pytest
import requests

from services.spine import clock, errors
from tests.intake import corpus_doors, corpus_files, corpus_forms
from tests.intake.corpus import OUTLINE, UNIT, Case, word
from tests.stack import Person, Stack, grant, wait_until

CASES = [*corpus_files.CASES, *corpus_forms.CASES, *corpus_doors.CASES]
BOUNDARY = "rectify-corpus"


@pytest.fixture(scope="module")
def liaison(embedded: Stack) -> Person:
    """Who hands in for the unit, in a campaign that runs; two versions of one outline are there already."""
    embedded.load([UNIT, "990881-LY"])
    embedded.settled()
    liaison = embedded.person("liaison", grant("liaison", "unit", UNIT), grant("secretary", "unit", UNIT))
    liaison.upload(OUTLINE.split("/")[2], "提纲.docx", word("第一版"))
    liaison.upload(OUTLINE.split("/")[2], "提纲.docx", word("第二版"), 1)
    embedded.settled()
    return liaison


@pytest.fixture(scope="module")
def held(embedded: Stack, liaison: Person) -> dict[str, Any]:
    """What intake holds since the last case that was taken."""
    return kept(embedded)


def kept(stack: Stack) -> dict[str, Any]:
    """All that intake holds: records with versions and outboxes, files, pieces of files."""
    db = stack.database("intake")
    names = ("materials", "talk_books", "studies", "facts", "opinions", "names")
    held: dict[str, Any] = {name: list(db[name].find()) for name in names}
    held["files"] = list(db["originals.files"].find())
    return held | {"chunks": db["originals.chunks"].count_documents({})}


def asked(liaison: Person, case: Case, language: str) -> requests.Response:
    """The answer to a case."""
    door, now = case.door, current(liaison, case.door)
    fields = {key: value if value != "now" else str(now) for key, value in case.fields.items()}
    how: dict[str, Any] = {"headers": {"Accept-Language": language}}
    if isinstance(case.body, bytes):
        how["data"] = case.body
        how["headers"]["Content-Type"] = case.type
    elif case.body is not None:
        how["json"] = json.loads(json.dumps(case.body).replace("TODAY", clock.today()))
    elif case.method == "POST":
        how["data"] = multipart(fields, case.file)
        how["headers"]["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    return liaison.ask(case.method, "intake", door.replace("NOW", str(now)), **how)


def current(liaison: Person, door: str) -> int:
    """The number of the newest version of the material a door is about."""
    named = re.match(r"/materials/([^/]+)/versions", door)
    found = liaison.stack.database("intake").materials.find_one({"_id": named[1]}) if named else None
    return len(found["versions"]) if found else 0


def multipart(fields: dict[str, Any], file: Any) -> bytes:
    """A form as a browser sends it, names byte for byte."""
    parts = [(f'name="{key}"'.encode(), value) for key, value in fields.items()]
    if file:
        name = file[0] if isinstance(file[0], bytes) else file[0].encode()
        data = file[1]() if callable(file[1]) else file[1]
        parts.append((b'name="file"; filename="' + name.replace(b"\\", b"\\\\").replace(b'"', b"%22") + b'"', data))
    out = b""
    for head, value in parts:
        content = value if isinstance(value, bytes) else str(value).encode()
        out += f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + head + b"\r\n\r\n" + content + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


def test_the_corpus_is_large_and_no_case_stands_in_it_twice():
    assert len(CASES) >= 200
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_bad_input_is_answered_and_leaves_nothing_behind(case, embedded, liaison, held):
    language = ("zh", "en")[CASES.index(case) % 2]
    answer = asked(liaison, case, language)
    assert answer.status_code == case.status, answer.text[:600]
    if case.code:
        problem = answer.json()
        places = {(one["pointer"], one["code"]) for one in problem["errors"]}
        assert case.code == problem["code"] or case.code in {code for _, code in places}, problem
        if case.pointer is not None:
            pointed = {code for pointer, code in places if pointer == case.pointer}
            assert pointed if case.code == problem["code"] else case.code in pointed, problem["errors"][:5]
        sentences = [problem["detail"], *(one["detail"] for one in problem["errors"])]
        assert all(sentences) and not any(re.search(r"\{\w+\}|“”", one) for one in sentences), sentences
        assert problem["detail"] == errors.text(problem["code"], language, problem["params"])
        other = errors.text(problem["code"], "en" if language == "zh" else "zh", problem["params"])
        assert "…" not in other and other != problem["detail"]
        assert kept(embedded) == held, "something of what was refused was kept"
        return
    materials = embedded.database("intake").materials
    wait_until(lambda: not materials.find_one({"outbox.0.id": {"$gt": ""}}))
    held |= kept(embedded)
    if case.kept_as:
        assert materials.find_one({"_id": OUTLINE.split("/")[2]})["versions"][-1]["file_name"] == case.kept_as
