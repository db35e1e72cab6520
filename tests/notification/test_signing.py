"""Signatures as receivers check them, with the package that others use for it: what is ours is taken, nothing else."""

import base64
import time

import pytest
import standardwebhooks
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from services.notification import signing

DAY, NEXT, LATER = "2024-01-02T08:00:00.000Z", "2024-01-03T08:00:00.000Z", "2024-01-03T08:00:00.001Z"
BODY = '{"type":"rectify.verdict_issued","subject":"民生","data":{"n":1}}'.encode()
ID = signing.id_of("verdict_issued:c.990823-NYNC.speech_outline.02.v1:3")


def key(kind: str, mark: bytes, at: str = DAY) -> signing.Key:
    return signing.make(kind, mark * 32, at)


def sent(*keys: signing.Key, at: float | None = None) -> dict[str, str]:
    return signing.headers(keys, ID, int(time.time() if at is None else at), BODY)


def verify(secret: str, body: bytes, headers: dict[str, str]) -> object:
    return Webhook(secret).verify(body, headers)


def test_what_is_sent_is_taken_by_the_receivers_package():
    shared = key("shared", b"a")
    assert verify(signing.given_out(shared), BODY, sent(shared)) == {
        "type": "rectify.verdict_issued",
        "subject": "民生",
        "data": {"n": 1},
    }


def test_our_signature_is_the_packages_own_byte_for_byte():
    from datetime import UTC, datetime

    shared, at = key("shared", b"b"), 1_674_087_231
    theirs = standardwebhooks.Webhook(shared["key"]).sign(ID, datetime.fromtimestamp(at, UTC), BODY.decode())
    assert sent(shared, at=at)["webhook-signature"] == theirs


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, headers: (body + b" ", headers),
        lambda body, headers: (body, headers | {"webhook-id": "msg_other"}),
        lambda body, headers: (body, headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}),
        lambda body, headers: (body, headers | {"webhook-signature": "v1,AAAA"}),
    ],
)
def test_what_was_changed_on_the_way_is_not_taken(spoil):
    shared = key("shared", b"c")
    with pytest.raises(WebhookVerificationError):
        verify(shared["key"], *spoil(BODY, sent(shared)))


def test_an_old_call_again_is_not_taken():
    shared = key("shared", b"d")
    with pytest.raises(WebhookVerificationError, match="old"):
        verify(shared["key"], BODY, sent(shared, at=time.time() - 400))


def test_while_keys_change_a_receiver_with_either_takes_the_call_and_then_only_with_the_new_one():
    old, new, other = key("shared", b"e"), key("shared", b"f", "2024-01-02T09:00:00.000Z"), key("shared", b"g")
    keys = signing.rotate([old], new, NEXT)
    both, one = signing.in_use(keys, NEXT), signing.in_use(keys, LATER)
    for secret in (old["key"], new["key"]):
        assert verify(secret, BODY, sent(*both))
    assert verify(new["key"], BODY, sent(*one))
    for secret, headers in ((old["key"], sent(*one)), (other["key"], sent(*both))):
        with pytest.raises(WebhookVerificationError):
            verify(secret, BODY, headers)


def test_never_more_than_two_keys_sign_however_often_they_are_changed():
    keys: list[signing.Key] = []
    for mark in (b"h", b"i", b"j", b"k"):
        keys = signing.rotate(keys, key("shared", mark), NEXT)
    assert [one["key"] for one in keys] == [key("shared", mark)["key"] for mark in (b"j", b"k")]


def test_a_signature_by_a_private_key_is_verified_with_its_public_half_beside_a_shared_one():
    private, shared = key("private", b"l"), key("shared", b"m")
    headers = sent(private, shared)
    public = signing.given_out(private)
    assert private["key"].startswith("whsk_") and public.startswith("whpk_")
    assert verify(shared["key"], BODY, headers)
    signature = next(one for one in headers["webhook-signature"].split() if one.startswith("v1a,"))
    signed = f"{ID}.{headers['webhook-timestamp']}.".encode() + BODY
    verifier = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    verifier.verify(base64.b64decode(signature.removeprefix("v1a,")), signed)
    with pytest.raises(InvalidSignature):
        verifier.verify(base64.b64decode(signature.removeprefix("v1a,")), signed + b" ")


def test_an_event_has_one_id_however_often_it_is_sent_and_no_full_stop_in_it():
    assert signing.id_of("verdict_issued:c.990823-NYNC.speech_outline.02.v1:3") == ID
    assert "." not in ID and signing.id_of("verdict_issued:c.990823-NYNC.speech_outline.02.v1:4") != ID
