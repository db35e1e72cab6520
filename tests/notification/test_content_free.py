"""Outside channels carry no content: every event that is told to people is written with a mark in every word it has,
leaves by every channel, and no mark is found in anything that came."""

import json
import re
from typing import Any

import pytest

from services.notification import channels, domain, letter_rules, letters, letters_store, packages, posting, store
from services.spine import contracts
from tests.notification.conftest import Passes, person
from tests.receiver import Receiver

MARK = "канарейка"
PLACES = {"campaign": "minchuan-2023-theme", "region": "990823", "time": "2024-01-02T08:00:00.000Z"}
CASES = [(name, example) for name in domain.LETTERS for example in contracts.documents()[f"events/{name}"]["examples"]]
SIDE = {"sides": ["liaison"]}


def marked(value: Any, path: str = "") -> Any:
    """The same with a mark in every string, wherever it stands; numbers become telling ones."""
    if isinstance(value, dict):
        return {key: marked(one, f"{path}.{key}") for key, one in value.items()}
    if isinstance(value, list):
        return [marked(one, path) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    return 990077 if isinstance(value, int) else f"{MARK}{path}{value}"


def messages() -> list[dict[str, Any]]:
    """Each example of each event as a message, everything in it marked but the place that decides who reads it."""
    written = []
    for number, (name, example) in enumerate(CASES):
        event = {"id": f"{name}:{MARK}:{number}", "sequence": number, **PLACES, "data": example}
        message = domain.write(event, name)
        place = {key: message[key] for key in ("event", "campaign", "region", "group", "unit", "at", "read_by")}
        settled = {"settled_at": None, "sequence": number, "_id": event["id"], "message_id": event["id"]}
        alone = {"account": "liaison" if message["account"] else None}
        written.append({**marked(message), **place, **settled, **SIDE, **alone})
    return written


@pytest.fixture
def all_channels(db, mailbox, tmp_path):
    with Receiver(tmp_path) as receiver:
        receiver.answers(200, body='{"errcode": 0}')
        mail = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "from": "rectify@minchuan.example"}
        body = '{"to": {{ mobile|tojson }}, "say": {{ text|tojson }}, "id": {{ id|tojson }}, "n": {{ count }}}'
        sms = {"url": receiver.url, "headers": {"X-Kind": "sms"}, "body": body}
        said = {"mail": mail, "sms": sms, "wecom": {"url": receiver.url}, "public_account": {}}
        said |= {"webhook": {"url": receiver.url, "key": "whsec_" + "A" * 43 + "="}}
        passes = Passes(db, said, [person()])
        yield passes, receiver, mailbox


def leave(passes: Passes) -> None:
    posting.plan(passes.house)
    for name in channels.ROOMS:
        while posting.turn(passes.house, name):
            pass


def calls_that_came(receiver: Receiver) -> list[str]:
    """All calls, headers and bodies, as a receiver reads them."""
    return [json.dumps(call, ensure_ascii=False) + str(json.loads(call["body"])) for call in receiver.came()]


def letters_that_came(mailbox: Any) -> list[str]:
    """All letters, headers and words."""
    return [f"{letter.items()} {letter.get_content()}" for letter in mailbox.came]


@pytest.mark.parametrize("digest", [None, 17])
def test_nothing_marked_leaves_by_a_channel_outside(all_channels, digest):
    passes, receiver, mailbox = all_channels
    wished = {"channels": list(channels.ROOMS), "digest_hour": digest, "quiet": None, "language": "zh"}
    passes.db.preferences.insert_one({"_id": "liaison", **wished})
    for event in domain.LETTERS:
        own = letter_rules.write(
            letters_store.get(passes.db, PLACES["campaign"], event, "zh"), MARK, "自拟", "office", ""
        )
        letters_store.save(passes.db, letters_store.get(passes.db, PLACES["campaign"], event, "zh"), own, "")
    store.add(passes.db, messages())
    leave(passes)
    passes.later(hours=2)
    leave(passes)
    came = calls_that_came(receiver) + letters_that_came(mailbox)
    assert len(came) == (4 if digest else 4 * len(CASES))
    for one in came:
        assert MARK not in one and "990077" not in one and "990823" not in one and "minchuan-2023" not in one
        assert not any(name in one for name in domain.LETTERS), "not even which event it was"
    texts = {re.sub(r"[2-9a-z]{10}$", "CODE", text) for text in mailbox.texts()}
    number = len(CASES) if digest else 1
    assert texts == {f"您有 {number} 项待办或待阅，请登录后查看：CODE"}, "all events look the same"
    waiting = passes.db.sendings.count_documents({"channel": "public_account", "state": "waiting"})
    assert waiting == len(CASES)


def test_the_walk_would_find_what_leaves_of_a_letters_words(all_channels):
    """Inside the same messages show their marks: the walk sees what it looks for."""
    passes, _, mailbox = all_channels
    passes.said = {"mail": passes.said["mail"] | {"class": "inside"}}
    inside = [
        {**message, "params": marked(message["params"])}
        for message in messages()
        if MARK in "".join(_shown(message["event"], message["params"]))
    ]
    assert inside, "some letters have words of their event"
    store.add(passes.db, inside)
    leave(passes)
    assert mailbox.came and all(MARK in one for one in letters_that_came(mailbox))


def test_every_channel_is_outside_unless_the_deployment_says_otherwise():
    example = contracts.documents()["documents/channels"]["examples"][0]
    assert set(channels.names(example)) == set(channels.ROOMS)
    outside = {name for name in channels.ROOMS if channels.is_outside({name: {}}, name)}
    assert outside == set(channels.ROOMS) and not channels.is_outside(example, "webhook")


def _shown(event: str, params: dict[str, Any]) -> tuple[str, str]:
    return letters.render(event, "zh", params)


def test_what_is_taken_along_for_the_public_account_is_in_one_package_and_has_no_mark(all_channels):
    passes, _, _ = all_channels
    passes.said = {"public_account": {}, "address": "https://rectify.example"}
    store.add(passes.db, messages()[:3])
    posting.plan(passes.house)
    assert posting.turn(passes.house, "public_account") == 0
    taken = []
    for key in ("p1", "p1", "p2"):
        packages.take(passes.house, key, "minchuan-2023-theme", "office")
        taken.append(packages.lines(passes.house, key, "minchuan-2023-theme"))
    assert taken[0] == taken[1] and len(taken[0]) == 3 and taken[2] == []
    for mobile, text, code in taken[0]:
        assert mobile == "13900000001"
        assert text == f"您有 1 项待办或待阅，请登录后查看：https://rectify.example/n/{code}"
    assert packages.lines(passes.house, "p1", "another-campaign") == []
