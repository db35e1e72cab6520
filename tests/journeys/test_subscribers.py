"""Other systems at the public address: what a subscriber's token opens and what not, who makes and ends one."""

import json
from urllib.error import HTTPError

import pytest
import requests
from standardwebhooks import Webhook

from services.kit.rectify_kit import follow
from services.spine import contracts
from tests.receiver import Receiver
from tests.stack import CAMPAIGN, Refused, Stack, grant, wait_until

DRAFT = {"kind": "feed", "title": "数字大屏", "campaign": CAMPAIGN, "after": 0}


@pytest.fixture(scope="module")
def open_stack(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECTIFY_WEBHOOKS", "localhost, 127.0.0.0/8, ::1/128")
        stack = Stack(tmp_path_factory.mktemp("subscribers"), portal=True).start()
    try:
        stack.load(["990823-NYNC", "990881-LY"])
        stack.settled()
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def office(open_stack):
    return open_stack.person("office", grant("office", "campaign", CAMPAIGN))


def read(stack: Stack, token: str, path: str = "/events", **query: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{stack.url}/api/v1{path}", params=query, headers=headers, timeout=30)


def test_a_token_reads_the_subscribers_part_of_the_feed_and_how_far_it_came_is_known(open_stack, office):
    part = {"types": ["meeting_scheduled"], "regions": ["990881"]}
    made = office.post("notification", "/subscribers", {"code": "big-screen", **DRAFT, **part})
    answer = read(open_stack, made["token"])
    assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
    events = answer.json()
    assert {(one["type"], one["region"]) for one in events} == {("rectify.meeting_scheduled", "990881")}
    wider = read(open_stack, made["token"], type="campaign_opened")
    assert wider.json() == [], "asking for more gives no more"
    after = answer.headers["X-Next-After"]
    assert read(open_stack, made["token"], after=after).json() == []
    known = office.get("notification", "/subscribers/big-screen")
    assert (known["cursor"], known["lag"]) == (int(after), 0) and known["read_at"]
    assert "token" not in known


def test_a_token_opens_nothing_but_the_feed_and_snapshots(open_stack, office):
    made = office.post("notification", "/subscribers", {"code": "archive", **DRAFT})
    for path in ("/campaigns", f"/meetings/{CAMPAIGN}.990881-LY", "/subscribers", "/messages", "/me"):
        assert read(open_stack, made["token"], path).status_code == 403, path
    assert read(open_stack, made["token"] + "0").status_code == 401
    inward = requests.post(f"{open_stack.url}/api/v1/subscriber-claims", json={"token": made["token"]}, timeout=30)
    assert inward.status_code == 404


def test_a_token_takes_what_stands_of_its_part_with_the_number_up_to_which_that_holds(open_stack, office):
    part = {"types": ["meeting_scheduled"], "regions": ["990881"]}
    token = office.post("notification", "/subscribers", {"code": "late-comer", **DRAFT, **part})["token"]
    for what in ("units", "meetings"):
        found = read(open_stack, token, f"/snapshots/{what}").json()
        contracts.check("documents/snapshot", found)
        assert [row["unit"] for row in found["rows"]] == ["990881-LY"] and found["next"] is None
        assert found["cursor"] == len(office.get("notification", "/events", limit="1000"))
    later = read(open_stack, token, after=str(found["cursor"])).json()
    assert [one for one in later if one["sequence"] > found["rows"][0]["sequence"]] == []
    for what in ("items", "materials"):
        assert read(open_stack, token, f"/snapshots/{what}").status_code == 403
        whole = office.get({"items": "rectification", "materials": "intake"}[what], f"/snapshots/{what}")
        contracts.check("documents/snapshot", whole)


def test_another_token_takes_the_place_of_the_first_and_an_ended_subscriber_reads_nothing(open_stack, office):
    first = office.post("notification", "/subscribers", {"code": "county-oa", **DRAFT})["token"]
    with pytest.raises(Refused, match="subscriber_taken"):
        office.post("notification", "/subscribers", {"code": "county-oa", **DRAFT})
    second = office.post("notification", "/subscribers/county-oa/token", {"reason": "令牌外泄"})["token"]
    assert (read(open_stack, first).status_code, read(open_stack, second).status_code) == (401, 200)
    path, why = "/subscribers/county-oa/changes", "对方检修"
    office.post("notification", path, {"state": "stopped", "reason": why})
    assert read(open_stack, second).status_code == 401
    office.post("notification", path, {"state": "active", "reason": "检修完"})
    assert read(open_stack, second).status_code == 200
    for _ in range(2):
        ended = office.post("notification", "/subscribers/county-oa/end", {"reason": "系统下线"})
        assert [line["what"] for line in ended["changes"]] == ["token", "state", "state", "ended"]
    assert read(open_stack, second).status_code == 401
    with pytest.raises(Refused, match="subscriber_ended"):
        office.post("notification", "/subscribers/county-oa/token", {"reason": "恢复"})


def test_the_office_keeps_those_of_its_campaign_and_the_systems_administrator_all(open_stack, office):
    operator = open_stack.operator()
    operator.post("notification", "/subscribers", {"code": "province", **DRAFT, "campaign": None})
    assert "province" in [row["code"] for row in operator.get("notification", "/subscribers")["rows"]]
    assert "province" not in [row["code"] for row in office.get("notification", "/subscribers")["rows"]]
    for call in (
        lambda: office.get("notification", "/subscribers/province"),
        lambda: office.post("notification", "/subscribers/province/end", {"reason": "下线"}),
        lambda: office.post("notification", "/subscribers", {"code": "mine", **DRAFT, "campaign": None}),
        lambda: office.post("notification", "/subscribers", {"code": "mine", **DRAFT, "campaign": "another-one"}),
    ):
        with pytest.raises(Refused, match="not_found"):
            call()
    for role, kind, of in (("county_office", "region", "990823"), ("liaison", "unit", "990823-NYNC")):
        with pytest.raises(Refused, match="not_permitted"):
            open_stack.person(role, grant(role, kind, of)).get("notification", "/subscribers")


def test_an_address_proves_itself_is_called_in_order_with_the_key_it_was_given_and_then_with_the_next(
    open_stack, office, tmp_path
):
    with Receiver(tmp_path) as receiver:
        draft = {"code": "oa", **DRAFT, "kind": "webhook", "url": f"http://localhost:{receiver.port}/hook"}
        made = office.post("notification", "/subscribers", draft)
        assert (made["state"], "token" in made) == ("unproved", False)
        receiver.answers(200, proves=False)
        with pytest.raises(Refused, match="webhook_unproved"):
            office.post("notification", "/subscribers/oa/proof", {})
        receiver.answers(200)
        assert office.post("notification", "/subscribers/oa/proof", {})["state"] == "active"
        told = office.get("notification", "/events", limit="1000")
        wait_until(lambda: office.get("notification", "/subscribers/oa")["lag"] == 0)
        calls = receiver.came()[2:]
        assert [json.loads(call["body"]) for call in calls] == told
        assert Webhook(made["key"]).verify(calls[-1]["body"], calls[-1]["headers"])
        logged = office.get("notification", "/subscribers/oa/deliveries", taken="1")
        assert logged["total"] == len(told) and logged["rows"][0]["event_id"] == told[-1]["id"]

        other = office.post("notification", "/subscribers/oa/keys", {"kind": "shared", "reason": "例行更换"})["key"]
        last = told[-1]["feedsequence"]
        office.post("notification", "/subscribers/oa/replay", {"after": last - 1, "reason": "对方恢复备份"})
        why = {"reason": "对方没有入库"}
        assert office.post("notification", f"/subscribers/oa/deliveries/{last}/replay", why)["taken"]
        with pytest.raises(Refused, match="not_found"):
            office.post("notification", f"/subscribers/oa/deliveries/{last + 999}/replay", why)
        again = wait_until(lambda: receiver.came()[2 + len(told) :])[0]
        assert again["headers"]["webhook-id"] == calls[-1]["headers"]["webhook-id"]
        for key in (made["key"], other):
            assert Webhook(key).verify(again["body"], again["headers"])


def test_an_address_inside_is_not_taken_and_only_who_keeps_a_subscriber_sends_again(open_stack, office):
    inside = {"code": "inside", **DRAFT, "kind": "webhook"}
    for url, code in (
        ("http://10.0.0.1/hook", "webhook_inward"),
        ("http://[fd00::1]/", "webhook_inward"),
        ("ftp://localhost/", "webhook_malformed"),
        ("", "webhook_malformed"),
    ):
        with pytest.raises(Refused, match=code):
            office.post("notification", "/subscribers", {**inside, "url": url})
    why = {"reason": "再来一次"}
    sending: dict[str, dict] = {
        "replay": {"after": 0, **why},
        "replays": {"type": "meeting_scheduled", **why},
        "skip": {"number": 1, **why},
        "address": {"url": "https://a.cn/", **why},
    }
    for path, body in sending.items():
        with pytest.raises(Refused, match="subscriber_not_called"):
            office.post("notification", f"/subscribers/archive/{path}", body)
    other = open_stack.person("other", grant("office", "campaign", "another-one", "another-one"))
    more: dict[str, dict] = {"proof": {}, "keys": {"kind": "shared", **why}, "replays/oa.1/stop": why}
    for path, body in (sending | more).items():
        with pytest.raises(Refused, match="not_found"):
            other.post("notification", f"/subscribers/oa/{path}", body)


def test_the_kit_reads_what_the_feed_tells_and_says_no_where_the_feed_does(open_stack, office):
    made = office.post("notification", "/subscribers", {"code": "county-table", **DRAFT, "regions": ["990881"]})
    told = office.get("notification", "/events", limit="1000", region="990881")
    seen, after = [], 0
    for batch, after in follow(open_stack.url, made["token"], limit=7, wait=1):  # noqa: B007 (the last is looked at)
        seen += batch
        if not batch:
            break
    assert seen == told and after >= told[-1]["feedsequence"]
    with pytest.raises(HTTPError, match="401"):
        next(follow(open_stack.url, made["token"] + "0"))


def test_the_command_goes_on_after_the_number_in_its_file(open_stack, office, tmp_path):
    tail = ("events", "tail", "--json", "--region", "99", "--cursor", str(tmp_path / "after"))
    told = office.get("notification", "/events", limit="1000")
    assert [json.loads(line) for line in open_stack.run(*tail).stdout.splitlines()] == told
    (tmp_path / "after").write_text(f"{told[-3]['feedsequence']}")
    again = open_stack.run(*tail, "--type", told[-1]["type"].removeprefix("rectify."))
    assert [json.loads(line)["id"] for line in again.stdout.splitlines()] == [
        one["id"] for one in told[-2:] if one["type"] == told[-1]["type"]
    ]


def test_the_command_without_a_number_shows_the_newest_however_long_the_feed_is(open_stack, office):
    tail = ("events", "tail", "--json", "--region", "99", "--last")
    for number, count in (("1", 2), ("2", 5)):
        office.post("registry", f"/meetings/{CAMPAIGN}.990881-LY/aspects/{number}", {"state": "waived", "note": "合并"})
        open_stack.settled()
        told = office.get("notification", "/events", limit="1000", region="99")
        shown = [json.loads(line) for line in open_stack.run(*tail, str(count)).stdout.splitlines()]
        assert shown == told[-count:]
    assert open_stack.run(*tail, "0").stdout == ""


def test_where_there_is_no_rabbitmq_a_queue_is_refused_in_words(open_stack, office):
    with pytest.raises(Refused, match="subscriber_needs_broker"):
        office.post("notification", "/subscribers", {"code": "queued", **DRAFT, "kind": "amqp"})
    said = open_stack.run("subscribers", "add-amqp", "queued", "--title", "大屏", check=False)
    assert said.returncode == 2 and "RabbitMQ" in said.stderr
