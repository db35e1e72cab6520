"""Whose an answer is cannot be told: from every collection, every log, the feed and the raw bytes of the store.

Respondents answer at the portal, each with a code, a browser and an address of their own and in an order of their own;
then everything that was kept is searched, while the form is open and after it is closed.
"""

import hashlib
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from ahocorasick_rs import BytesAhoCorasick

from services.intake import opinions
from tests.intake.asked import DRAFT, PLAN, UNIT
from tests.stack import Stack, grant

N = 20
KEYS = ("k7m2p9qx", "h3w8t4rz")
DAY = "2099-12-31"
WORDS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
GRADED = "p4c6x8vt"
APPRAISAL = {
    "source": "anonymous_appraisal",
    "about": [{"post": "team", "title": "领导班子"}],
    "questions": [
        {"key": "q1", "kind": "words", "title": "为什么"},
        {"key": "q2", "kind": "choice", "title": "整改成效如何", "options": [
            {"code": "good", "title": "好", "points": 100}, {"code": "poor", "title": "差", "points": 30},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("unlinkable"), portal=True, oplog=True) as running:
        running.load([UNIT])
        running.settled()
        yield running


def dump(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Every document of every collection, the log of operations included, in the order the store gives them."""
    client = stack.store.client
    names = [(db, name) for db in client.list_database_names() for name in client[db].list_collection_names()]
    return {f"{db}.{name}": list(client[db][name].find()) for db, name in names}


def raw(folder: Path) -> bytes:
    """All bytes of all files: the store's data with its journal, and the logs."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def shapes(code: str) -> list[str]:
    """A code as somebody careless might have kept it."""
    bare = code.replace("-", "")
    hashed = [
        hashlib.new(kind, form.encode()).hexdigest()
        for kind in ("md5", "sha1", "sha256", "blake2b")
        for form in (bare, code, code.lower())
    ]
    return [code, bare, code.lower(), bare.lower(), *hashed]


def respond(stack: Stack, key: str, number: int, code: str, said: dict[str, str]) -> requests.Response:
    """One respondent with a browser of their own, also signed in elsewhere, at the portal."""
    marks = {
        "User-Agent": f"Handset-{key}-{number:03}",
        "X-Forwarded-For": f"198.51.100.{number}",
        "Cookie": f"rectify_session=visitor{key}{number:03}; rectify_language=en",
        "Referer": f"https://chat.example/{key}-{number:03}",
    }
    page = requests.post(f"{stack.url}/o/{key}", data={"code": code.lower()}, headers=marks, timeout=30)
    assert page.status_code == 200, page.text
    form, there = {"code": code, **said}, f"{stack.url}/o/{key}/answers"
    answer = requests.post(there, data=form, headers=marks, timeout=30, allow_redirects=False)
    assert "Set-Cookie" not in {**page.headers, **answer.headers}
    return answer


@pytest.fixture(scope="module")
def course(stack: Stack) -> Any:
    """Two forms answered with the same words in opposite orders, and an appraisal with points for the evaluation; what
    was kept while open and after the close."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    office = stack.person("office", grant("office", "campaign", DRAFT["campaign"]))
    texts = [f"意见{word}：下乡进田头少" for word in random.sample(WORDS, N)]
    reasons = [f"评语{word}：二段仍渗漏" for word in random.sample(WORDS, N)]
    surveyed = [{"words:02:q1": text, "choice:02:q2": "style"} for text in texts]
    graded = [{"words:team:q1": text, "choice:team:q2": "poor" if n < 6 else "good"} for n, text in enumerate(reasons)]
    codes: dict[str, list[str]] = {}
    asked = {
        KEYS[0]: (liaison, {}, surveyed),
        KEYS[1]: (liaison, {}, surveyed[::-1]),
        GRADED: (office, APPRAISAL, graded),
    }
    for key, (opener, form, answers) in asked.items():
        draft = {**DRAFT, **form, "key": key, "respondents": N, "closes_on": DAY}
        opened = opener.post("intake", "/opinion-forms", draft)
        codes[key] = opener.post("intake", f"/opinion-forms/{opened['form_id']}/codes", {})["codes"]
        assert requests.post(f"{stack.url}/o/{key}", data={"code": "A" * 16}, timeout=30).status_code == 422
        random.shuffle(codes[key])
        for number, (code, said) in enumerate(zip(codes[key], answers, strict=True)):
            assert respond(stack, key, number, code, said).status_code == 303
        assert respond_again(stack, key, codes[key][0]) == 409
    stack.settled()
    meanwhile, meanwhile_raw = dump(stack), raw(stack.folder)
    path = f"/opinion-forms/{DRAFT['campaign']}.{UNIT}.f"
    closed = [opener.post("intake", f"{path}{key}/closing", {}) for key, (opener, *_) in asked.items()]
    stack.settled()
    evaluation = office.get("rectification", f"/evaluations/{DRAFT['campaign']}.{UNIT}.v1")
    return SimpleNamespace(
        said={"survey_form": texts, "anonymous_appraisal": reasons}, codes=codes, closed=closed, evaluation=evaluation,
        meanwhile=meanwhile, meanwhile_raw=meanwhile_raw, after=dump(stack), after_raw=raw(stack.folder),
    )  # fmt: skip


def respond_again(stack: Stack, key: str, code: str) -> int:
    """A code that was used."""
    return requests.post(f"{stack.url}/o/{key}", data={"code": code}, timeout=30).status_code


def test_no_code_address_browser_or_cookie_of_a_respondent_is_anywhere(course: Any) -> None:
    """Neither in documents, logs, feed, nor in the bytes of the store; while open no words either."""
    said = json.dumps([course.meanwhile, course.after], default=repr, ensure_ascii=False)
    signs = [f"{kind}{key}" for kind in ("Handset-", "visitor") for key in course.codes]
    for key, codes in course.codes.items():
        signs += [f"{key}-{number:03}" for number in range(N)]
        signs += [sign for code in codes for sign in shapes(code)]
    search = BytesAhoCorasick([sign.encode() for sign in signs])
    for kept in (said.encode(), course.after_raw):
        assert [signs[place] for place, *_ in search.find_matches_as_indexes(kept)] == []
    assert "198.51.100." not in said and b"198.51.100." not in course.after_raw
    for text in itertools.chain(*course.said.values()):
        assert text.encode() not in course.meanwhile_raw, "what was said is nowhere readable before the close"
        assert text.encode() in course.after_raw


def test_while_a_form_is_open_a_write_tells_a_mark_and_noise(course: Any) -> None:
    """In the log of operations, where order is: without the secret neither is of any use, and all are alike."""
    boxes = course.meanwhile["intake.boxes"]
    assert len({len(one) for box in boxes for one in box["sealed"]}) == 1
    for box in boxes:
        assert box["spent"] == sorted(box["spent"]) and box["sealed"] == sorted(box["sealed"])
    writes = [row for row in course.meanwhile["local.oplog.rs"] if row["ns"] == "intake.boxes" and row["op"] == "u"]
    assert len(writes) >= 3 * N
    assert [row for rows in course.after.values() for row in rows if "sealed" in row] == []


def test_what_is_kept_after_the_close_is_the_same_whatever_the_order_was(course: Any) -> None:
    """Two forms were answered in opposite orders: every field of every record agrees."""
    first, second = ({**form, "key": "", "form_id": ""} for form in course.closed[:2])
    assert first == second
    assert first["tallies"]["02"] == {"q1": {"words": N}, "q2": {"style": N, "duty": 0}}


def test_an_appraisal_comes_to_its_score_in_the_evaluation_and_to_no_answer(course: Any) -> None:
    """The evaluation, and all that hears of the form, knows how many answered and the score in steps."""
    graded = course.closed[2]
    assert (graded["score"], graded["tallies"]["team"]["q2"]) == (80, {"good": N - 6, "poor": 6})
    told = course.evaluation["methods"]["appraisal"]
    assert told["score"] == 80
    for name, rows in course.after.items():
        if not name.startswith(("intake.", "local.")):
            assert not any(text in str(rows) for text in course.said["anonymous_appraisal"]), name


@pytest.mark.parametrize(("source", "post"), [("survey_form", "02"), ("anonymous_appraisal", "team")])
def test_statements_are_kept_and_written_down_in_the_order_of_what_they_say(
    course: Any, source: str, post: str
) -> None:
    """In every collection and in the log of operations: where one stands tells nothing of when it came."""
    texts = course.said[source]
    in_order = sorted(texts, key=lambda text: opinions.key(PLAN, post, source, text))
    for name, rows in course.after.items():
        told = [str(row) for row in rows]
        seen = [text for row in told for text in sorted((one for one in texts if one in row), key=row.find)]
        for place in range(0, len(seen), N):
            assert seen[place : place + N] == in_order, name
    kept = [row for row in course.after["intake.opinions"] if row["text"] in texts]
    assert len(kept) == N and len({str({**row, "_id": "", "opinion_id": "", "text": ""}) for row in kept}) == 1


def test_the_feed_tells_counts_only(course: Any) -> None:
    events = [row["event"] for row in course.after["feed.events"]]
    closed = [event["data"]["answered"] for event in events if event["type"] == "rectify.opinion_form_closed"]
    assert closed == [N, N, N]
    came = [event["data"]["opinion_id"] for event in events if event["type"] == "rectify.opinion_changed"]
    assert len(came) == 2 * N and came[:N] == sorted(came[:N]) and came[N:] == sorted(came[N:])
    assert not any(text in str(events) for text in itertools.chain(*course.said.values()))
