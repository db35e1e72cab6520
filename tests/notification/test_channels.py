"""Each channel by itself, against a real receiver: what is taken, what is refused for good, what is tried later."""

import json

import pytest
from standardwebhooks import Webhook

from services.notification import channels, guarding
from services.notification.channels import mail, sms, webhook, wecom
from services.notification.parcels import outside
from tests.notification.conftest import LOOPBACK
from tests.receiver import Receiver

PARCEL = outside("k7m2p9qxab-1", "13900000001", 1, "k7m2p9qxab", "https://rectify.example", "en")
TEXT = "You have 1 item to do or read. Sign in to see: https://rectify.example/n/k7m2p9qxab"
SMS = {
    "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    "body": "m={{ mobile }}&t={{ text|urlencode }}",
}


@pytest.fixture
def receiver(tmp_path):
    with Receiver(tmp_path) as running:
        yield running


def test_the_robot_names_the_mobile_number_and_only_its_code_0_means_said(receiver):
    robot = {"url": receiver.url}
    receiver.answers(200, body='{"errcode": 0, "errmsg": "ok"}')
    assert wecom.send(robot, PARCEL, LOOPBACK).state == "sent"
    said = json.loads(receiver.came()[0]["body"])
    assert said == {"msgtype": "text", "text": {"content": TEXT, "mentioned_mobile_list": ["13900000001"]}}
    receiver.answers(200, body='{"errcode": 45009}')
    often = wecom.send(robot, PARCEL, LOOPBACK)
    assert (often.state, often.because, often.retry_after, often.away) == ("later", "errcode 45009", "60", True)
    receiver.answers(200, body="<html>")
    assert wecom.send(robot, PARCEL, LOOPBACK).because == "not_a_robot"


def test_a_webhook_is_signed_under_the_same_id_each_time(receiver):
    key = "whsec_" + "A" * 43 + "="
    for _ in range(2):
        assert webhook.send({"url": receiver.url, "key": key}, PARCEL, LOOPBACK).state == "sent"
    first, again = receiver.came()
    assert first["headers"]["webhook-id"] == again["headers"]["webhook-id"]
    told = Webhook(key).verify(first["body"], first["headers"])
    assert (told["to"], told["text"], told["count"]) == ("13900000001", TEXT, 1)


@pytest.mark.parametrize(
    ("status", "state", "away"),
    [
        (204, "sent", False),
        (422, "refused", False),
        (410, "refused", False),
        (401, "later", True),
        (503, "later", True),
    ],
)
def test_what_an_answer_means(receiver, status, state, away):
    receiver.answers(status, {"Retry-After": "120"})
    fate = webhook.send({"url": receiver.url}, PARCEL, LOOPBACK)
    assert (fate.state, fate.away) == (state, away)
    assert fate.retry_after == ("120" if away else "")


def test_a_gateway_is_called_as_the_deployment_says_and_may_take_nothing_with_200(receiver):
    gateway = {"url": receiver.url, **SMS}
    receiver.answers(200, body='{"code": 0}', proves=False)
    assert sms.send({**gateway, "taken": '"code": *0'}, PARCEL, LOOPBACK).state == "sent"
    assert receiver.came()[0]["body"].startswith("m=13900000001&t=You%20have%201%20item%20to%20do%20or%20read.")
    receiver.answers(200, body='{"code": 7}', proves=False)
    assert sms.send({**gateway, "taken": '"code": *0'}, PARCEL, LOOPBACK).because == "not_taken"
    broken = sms.send({**gateway, "body": "{{ nothing }}"}, PARCEL, LOOPBACK)
    assert (broken.state, broken.because) == ("later", "UndefinedError")


@pytest.mark.parametrize("room", [wecom, webhook, sms])
def test_an_address_that_leads_inside_is_not_called(receiver, room):
    fate = room.send({"url": receiver.url, **SMS}, PARCEL, guarding.Allowed())
    assert (fate.state, fate.because) == ("later", "webhook_inward") and receiver.came() == []


def test_mail_that_finds_no_server_is_tried_later_and_an_id_tells_nothing():
    nobody = {"host": "127.0.0.1", "port": 1, "security": "none", "from": "rectify@minchuan.example"}
    fate = mail.send(nobody, PARCEL, LOOPBACK)
    assert (fate.state, fate.because, fate.away) == ("later", "ConnectionRefusedError", True)
    known = mail.message_id("k7m2p9qxab-1", "rectify@minchuan.example")
    assert known == mail.message_id("k7m2p9qxab-1", "rectify@minchuan.example") != mail.message_id("k-2", "r@m.example")
    assert known.endswith("@minchuan.example>") and "k7m2p9qxab" not in known


def test_a_file_of_channels_that_says_it_wrongly_is_told_and_calls_nobody(tmp_path, monkeypatch):
    for said in ("{", '{"mail": {}}', '{"pigeon": {}}'):
        (tmp_path / "channels.json").write_text(said)
        monkeypatch.setenv("RECTIFY_CHANNELS_FILE", str(tmp_path / "channels.json"))
        channels.configured.cache_clear()
        with pytest.raises(RuntimeError, match=r"channels\.json does not say which channels there are"):
            channels.configured()
    channels.configured.cache_clear()


NIGHT = {"from": "21:00", "to": "08:00"}


@pytest.mark.parametrize(
    ("said", "quiet"),
    [
        (None, NIGHT),
        (
            '{"mail": {"host": "h", "port": 25, "security": "none", "from": "a@b.example"}}',
            {"from": "21:00", "to": "08:00"},
        ),
        ('{"quiet": null}', None),
        ('{"quiet": {"from": "22:00", "to": "07:00"}}', {"from": "22:00", "to": "07:00"}),
    ],
)
def test_where_a_deployment_says_nothing_of_quiet_hours_nobody_is_called_at_night(tmp_path, monkeypatch, said, quiet):
    """What is due at midnight, as reminders are, would wake everybody."""
    monkeypatch.delenv("RECTIFY_CHANNELS_FILE", raising=False)
    if said:
        (tmp_path / "channels.json").write_text(said)
        monkeypatch.setenv("RECTIFY_CHANNELS_FILE", str(tmp_path / "channels.json"))
    channels.configured.cache_clear()
    assert channels.configured()["quiet"] == quiet
    channels.configured.cache_clear()
