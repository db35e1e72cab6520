"""Whose an answer is cannot be told: from every collection, every log, the feed and the raw bytes of the store.

Respondents answer at the portal, each with a code, a browser and an address of their own and in an order of their own;
then everything that was kept is searched, while the form is open and after it is closed.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from services.intake import opinions
from tests.intake.asked import DRAFT, PLAN, UNIT
from tests.stack import Stack, grant

N = 20
KEYS = ("k7m2p9qx", "h3w8t4rz")
DAY = "2099-12-31"


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


def respond(stack: Stack, key: str, number: int, code: str, text: str) -> requests.Response:
    """One respondent with a browser of their own, also signed in elsewhere, at the portal."""
    marks = {
        "User-Agent": f"Handset-{key}-{number:03}",
        "X-Forwarded-For": f"198.51.100.{number}",
        "Cookie": f"rectify_session=visitor{key}{number:03}; rectify_language=en",
        "Referer": f"https://chat.example/{key}-{number:03}",
    }
    page = requests.post(f"{stack.url}/o/{key}", data={"code": code.lower()}, headers=marks, timeout=30)
    assert page.status_code == 200, page.text
    form = {"code": code, "words:02:q1": text, "choice:02:q2": "style"}
    answer = requests.post(f"{stack.url}/o/{key}/answers", data=form, headers=marks, timeout=30, allow_redirects=False)
    assert "Set-Cookie" not in {**page.headers, **answer.headers}
    return answer


@pytest.fixture(scope="module")
def course(stack: Stack) -> Any:
    """Two forms answered with the same words in opposite orders; what was kept while open and after the close."""
    liaison = stack.person("liaison", grant("liaison", "unit", UNIT))
    texts = [f"意见{word}：下乡进田头少" for word in random.sample("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", N)]
    codes: dict[str, list[str]] = {}
    for key in KEYS:
        opened = liaison.post("intake", "/opinion-forms", {**DRAFT, "key": key, "respondents": N, "closes_on": DAY})
        codes[key] = liaison.post("intake", f"/opinion-forms/{opened['form_id']}/codes", {})["codes"]
        assert requests.post(f"{stack.url}/o/{key}", data={"code": "A" * 16}, timeout=30).status_code == 422
        random.shuffle(codes[key])
        order = list(zip(codes[key], texts if key == KEYS[0] else texts[::-1], strict=True))
        for number, (code, text) in enumerate(order):
            assert respond(stack, key, number, code, text).status_code == 303
        assert respond_again(stack, key, codes[key][0]) == 409
    stack.settled()
    meanwhile, meanwhile_raw = dump(stack), raw(stack.folder)
    closed = [liaison.post("intake", f"/opinion-forms/{DRAFT['campaign']}.{UNIT}.f{key}/closing", {}) for key in KEYS]
    stack.settled()
    return SimpleNamespace(
        texts=texts, codes=codes, closed=closed, meanwhile=meanwhile, meanwhile_raw=meanwhile_raw,
        after=dump(stack), after_raw=raw(stack.folder),
    )  # fmt: skip


def respond_again(stack: Stack, key: str, code: str) -> int:
    """A code that was used."""
    return requests.post(f"{stack.url}/o/{key}", data={"code": code}, timeout=30).status_code


def test_no_code_address_browser_or_cookie_of_a_respondent_is_anywhere(course: Any) -> None:
    """Neither in documents, logs, feed, nor in the bytes of the store; while open no words either."""
    said = json.dumps([course.meanwhile, course.after], default=repr, ensure_ascii=False)
    for key in KEYS:
        for number, code in enumerate(course.codes[key]):
            marks = [f"Handset-{key}-{number:03}", f"visitor{key}{number:03}", f"{key}-{number:03}"]
            for sign in (*shapes(code), *marks):
                assert sign not in said and sign.encode() not in course.after_raw, sign
    assert "198.51.100." not in said and b"198.51.100." not in course.after_raw
    for text in course.texts:
        assert text.encode() not in course.meanwhile_raw, "what was said is nowhere readable before the close"
        assert text.encode() in course.after_raw


def test_while_a_form_is_open_a_write_tells_a_mark_and_noise(course: Any) -> None:
    """In the log of operations, where order is: without the secret neither is of any use, and all are alike."""
    boxes = course.meanwhile["intake.boxes"]
    assert len({len(one) for box in boxes for one in box["sealed"]}) == 1
    for box in boxes:
        assert box["spent"] == sorted(box["spent"]) and box["sealed"] == sorted(box["sealed"])
    writes = [row for row in course.meanwhile["local.oplog.rs"] if row["ns"] == "intake.boxes" and row["op"] == "u"]
    assert len(writes) >= 2 * N
    assert [row for rows in course.after.values() for row in rows if "sealed" in row] == []


def test_what_is_kept_after_the_close_is_the_same_whatever_the_order_was(course: Any) -> None:
    """Two forms were answered in opposite orders: every field of every record agrees."""
    first, second = ({**form, "key": "", "form_id": ""} for form in course.closed)
    assert first == second
    assert first["tallies"]["02"] == {"q1": {"words": N}, "q2": {"style": N, "duty": 0}}


def in_order(course: Any) -> list[str]:
    """The statements in the order of their ids, which follow from what they say."""
    return sorted(course.texts, key=lambda text: opinions.key(PLAN, "02", "survey_form", text))


def test_statements_are_kept_and_written_down_in_the_order_of_what_they_say(course: Any) -> None:
    """In every collection and in the log of operations: where one stands tells nothing of when it came."""
    for name, rows in course.after.items():
        told = [str(row) for row in rows]
        seen = [text for row in told for text in sorted((one for one in course.texts if one in row), key=row.find)]
        for place in range(0, len(seen), N):
            assert seen[place : place + N] == in_order(course), name
    kept = [row for row in course.after["intake.opinions"] if row["text"] in course.texts]
    assert len(kept) == N and len({str({**row, "_id": "", "opinion_id": "", "text": ""}) for row in kept}) == 1


def test_the_feed_tells_counts_only(course: Any) -> None:
    events = [row["event"] for row in course.after["feed.events"]]
    closed = [event["data"]["answered"] for event in events if event["type"] == "rectify.opinion_form_closed"]
    assert closed == [N, N]
    came = [event["data"]["opinion_id"] for event in events if event["type"] == "rectify.opinion_changed"]
    assert came == sorted(came) and len(came) == N
    assert not any(text in str(events) for text in course.texts)
