"""Whose signature is awaited is said with the write that makes it so, and said when nobody's is any more."""

import pytest

from services.intake import addenda, awaiting, domain, signing, store, withdrawing
from services.spine import contracts
from services.spine.events import Fact
from tests.intake.test_addenda import GIVEN, give, locked, report
from tests.intake.test_domain import PLAN, first, settle
from tests.intake.test_signing import BOTH, TODAY, sign, waiting

ASKING = withdrawing.Asking("传错文件", "联络员", "liaison", f"{TODAY}T09:00:00Z")


def told(before: domain.Material | None, after: domain.Material) -> list[tuple]:
    facts = awaiting.said(before, after, {"secretary": "01"})
    words = ("outcome", "role", "signers")
    return [
        (fact.name, fact.data["version"], *(fact.data[word] for word in words if word in fact.data)) for fact in facts
    ]


def test_the_author_is_asked_first_then_the_secretary_and_then_nobody():
    kept = waiting()
    assert told(None, kept) == [("signature_awaited", 1, "author", ["member"])]
    by_author, _ = sign(kept, "a", "author")
    assert told(kept, by_author) == [("signature_awaited", 1, "secretary", ["secretary"])]
    done, _ = sign(by_author, "s", "secretary")
    assert told(by_author, done) == [("signature_settled", 1, "signed")]


def test_a_secretary_who_signs_first_changes_nothing_for_the_author():
    by_secretary, _ = sign(waiting(), "s", "secretary")
    assert told(waiting(), by_secretary) == []


def test_whoever_signs_in_both_roles_is_asked_once():
    assert told(waiting(), sign(waiting(), "s", *BOTH)[0]) == [("signature_settled", 1, "signed")]


def test_what_is_taken_back_or_overtaken_is_settled():
    back, _ = withdrawing.withdraw(waiting(), 1, ASKING)
    assert told(waiting(), back) == [("signature_settled", 1, "withdrawn")]
    second = waiting("b", before=waiting(), follows=1)
    assert told(waiting(), second) == [
        ("signature_settled", 1, "overtaken"),
        ("signature_awaited", 2, "author", ["member"]),
    ]
    counted = sign(waiting(), "s", *BOTH)[0]
    unsigned = waiting("b", before=counted, follows=1)
    assert told(unsigned, settle(unsigned, 1, "passed", [], None)) == [("signature_settled", 2, "overtaken")]


def test_an_addendum_waits_for_its_own_signatures():
    attached = addenda.attach(locked(), GIVEN)[0]
    (fact,) = awaiting.said(locked(), attached, {})
    assert (fact.name, fact.data["addendum"], fact.data["signers"]) == ("signature_awaited", 1, ["liaison"])
    assert told(attached, addenda.sign(attached, 1, signing.Signer(frozenset(BOTH), "s", "s", "", TODAY))[0]) == [
        ("signature_settled", 1, "signed")
    ]


@pytest.mark.parametrize(
    ("kind", "post", "role", "who"),
    [
        ("speech_outline", "02", "author", ["member"]),
        ("speech_outline", "01", "author", ["member", "secretary"]),
        ("speech_outline", "02", "secretary", ["secretary"]),
        ("team_inspection", "team", "author", ["secretary"]),
        ("minutes", "team", "author", ["liaison"]),
        ("minutes", "team", "secretary", ["secretary"]),
    ],
)
def test_who_is_asked_is_who_may_sign(kind, post, role, who):
    material = {"unit": "990823-NYNC", "kind": kind, "post": post}
    assert signing.signers(material, role, {"secretary": "01"}) == who
    scopes = {"member": ("post", f"990823-NYNC/{post if post != 'team' else '02'}")}
    for held in ("member", "secretary", "liaison"):
        kind_of, of = scopes.get(held, ("unit", "990823-NYNC"))
        grants = [{"role": held, "scope": {"kind": kind_of, "of": of}}]
        assert (role in signing.roles_of(grants, material, {"secretary": "01"})) == (held in who)


def test_it_is_said_in_the_same_write_and_only_once(db):
    store.prepare(db)
    store.remember_plan(db, {**PLAN, "secretary": "01"}, 1)
    kept = store.keep(db, None, waiting(), [], f"{TODAY}T08:00:00Z")
    stored = db.materials.find_one({})
    assert [event["type"] for event in stored["outbox"]] == ["rectify.signature_awaited"]
    changed = sign(stored, "s", *BOTH)[0]
    fact = Fact("material_submitted", kept["_id"], kept["campaign"], kept["region"], sign(kept, "s", *BOTH)[1][0].data)
    after = store.keep(db, stored, changed, [fact], f"{TODAY}T09:00:00Z")
    store.keep(db, after, after, [], f"{TODAY}T10:00:00Z")
    names = [event["type"] for event in db.materials.find_one({})["outbox"]]
    assert names == ["rectify.signature_awaited", "rectify.material_submitted", "rectify.signature_settled"]


def test_whatever_is_said_of_a_work_secret_says_that_it_is_one():
    secret = {"secrecy": "work_secret"}
    attached = addenda.attach({**locked(), **secret}, GIVEN)[0]
    signer = signing.Signer(frozenset(BOTH), "s", "s", "", TODAY)
    said = [
        *awaiting.said(None, waiting() | secret, {"secretary": "01"}),
        *awaiting.said(waiting(), sign(waiting(), "s", *BOTH)[0] | secret, {}),
        *sign(waiting() | secret, "s", *BOTH)[1],
        *addenda.sign(attached, 1, signer)[1],
        *give(report() | secret)[1],
        *withdrawing.withdraw(first() | secret, 1, ASKING)[1],
    ]
    names = {"signature_awaited", "signature_settled", "material_submitted"}
    names |= {"addendum_attached", "receipt_given", "withdrawal_asked"}
    assert {fact.name: fact.data["secrecy"] for fact in said} == dict.fromkeys(names, "work_secret")
    for fact in said:
        contracts.check(f"events/{fact.name}", fact.data | {"material_id": "c.990823-NYNC.minutes.team"})
