"""Locked records: no further version, put right by addenda that change nothing of them; receipts of those addressed."""

import pytest

from services.intake import addenda, domain, receipts, sight, signing
from services.spine.actor import Actor
from services.spine.errors import Refusal
from tests.intake.test_domain import handed
from tests.intake.test_signing import GRANTS, PAGE, signer

PLACES = {"campaign": "a-campaign", "unit": "990823-NYNC", "region": "990823", "group": "G4"}
ROW = {"post": "team", "read": False}
PLAN = {
    **PLACES,
    "secretary": "01",
    "required": [
        {"kind": "minutes", **ROW, "signatures": ["author", "secretary"]},
        {"kind": "meeting_report", **ROW, "addressees": ["organisation", "discipline"]},
    ],
}
GIVEN = {
    "text": "批评人应为周敏",
    "reason": "写错姓名",
    "file": None,
    "by": "林晓",
    "by_account": "l",
    "at": "2024-01-12T01:00:00Z",
}
WHO = {"by": "市委主题教育办", "by_account": "office", "at": "2024-01-22T01:00:00Z"}
RECEIPT = {"addressee": "organisation", "outcome": "received", "name": "何敏", "on": "2024-01-22"}


def waiting(content: str = "a", before: domain.Material | None = None, follows: int = 0) -> domain.Material:
    begun = before or domain.begin(PLAN, "minutes", "team")
    return domain.submit(begun, handed(content, follows)._replace(asks=("author", "secretary")))[0]


def locked() -> domain.Material:
    return signing.sign(waiting(), 1, signer("s", "author", "secretary"))[0]


def report() -> domain.Material:
    return domain.submit(domain.begin(PLAN, "meeting_report", "team"), handed("r")._replace(asks=()))[0]


def give(material: domain.Material, version: int = 1, **more: str):
    asked = receipts.asked(PLAN, material)
    return receipts.give(material, version, asked, {**RECEIPT, **more}, WHO, "2024-01-23")


def test_recorder_and_host_are_two_the_liaison_and_the_first_responsible_person():
    minutes = {"unit": "990823-NYNC", "post": "team", "kind": "minutes"}
    assert signing.roles_of(GRANTS["liaison"], minutes, PLAN) == {"author"}
    assert signing.roles_of(GRANTS["secretary"], minutes, PLAN) == {"secretary"}
    assert signing.roles_of(GRANTS["stranger"], minutes, PLAN) == set()


def test_minutes_may_be_replaced_until_they_count_and_then_take_no_further_version():
    second = waiting("b", waiting(), 1)
    assert [row["version"] for row in second["versions"]] == [1, 2]
    with pytest.raises(Refusal, match="material_locked"):
        waiting("b", locked(), 1)
    assert waiting("a", locked(), 1) == locked()


def test_an_addendum_stands_beside_the_version_counts_when_both_have_signed_and_changes_nothing():
    before = locked()
    material, facts = addenda.attach(before, GIVEN)
    assert (facts, material["versions"]) == ([], before["versions"])
    assert addenda.attach(material, {**GIVEN, "at": "2024-01-13T01:00:00Z"}) == (material, [])
    material, facts = addenda.sign(material, 1, signer("l", "author"))
    assert (facts, addenda.sign(material, 1, signer("l", "author"))) == ([], (material, []))
    material, facts = addenda.sign(material, 1, signer("s", "secretary"))
    assert [fact.name for fact in facts] == ["addendum_attached"] and "周敏" not in str(facts[0].data)
    assert addenda.get(material, 1)["counted_at"] and material["versions"] == before["versions"]
    two = addenda.attach(material, {**GIVEN, "text": "地点应为二楼"})[0]
    assert [one["number"] for one in addenda.of(two)] == [1, 2]
    assert len({one["sha256"] for one in addenda.of(two)}) == 2


def test_an_addendum_signed_on_paper_counts_when_somebody_else_has_confirmed_the_page():
    material = addenda.attach(locked(), GIVEN)[0]
    with pytest.raises(Refusal, match="not_found"):
        addenda.confirm_paper(material, 1, "author", signer("secretary"), office=False)
    once = addenda.record_paper(material, 1, PAGE)
    assert addenda.record_paper(once, 1, PAGE) == once and once["versions"] == material["versions"]
    assert signing.missing(addenda.get(once, 1)) == ["author", "secretary"]
    with pytest.raises(Refusal, match="paper_own_upload"):
        addenda.confirm_paper(once, 1, "author", signer("liaison"), office=True)
    confirmed, facts = addenda.confirm_paper(once, 1, "author", signer("secretary"), office=False)
    assert (facts, addenda.get(confirmed, 1)["signatures"][0]["on_paper"]) == ([], "f" * 64)
    assert addenda.confirm_paper(confirmed, 1, "author", signer("secretary"), office=False) == (confirmed, [])
    both = addenda.record_paper(confirmed, 1, {**PAGE, "role": "secretary"})
    with pytest.raises(Refusal, match="paper_by_office"):
        addenda.confirm_paper(both, 1, "secretary", signer("secretary"), office=False)
    counted, facts = addenda.confirm_paper(both, 1, "secretary", signer("office"), office=True)
    assert addenda.get(counted, 1)["counted_at"] and [fact.name for fact in facts] == ["addendum_attached"]
    with pytest.raises(Refusal, match="signature_not_asked"):
        addenda.record_paper(counted, 1, {**PAGE, "sha256": "e" * 64})


def test_an_addendum_from_before_pages_on_paper_is_signed_as_well():
    material = addenda.attach(locked(), GIVEN)[0]
    material["addenda"][0].pop("on_paper")
    assert addenda.get(addenda.record_paper(material, 1, PAGE), 1)["on_paper"] == [PAGE]


def test_an_addendum_needs_a_locked_record_and_something_to_say():
    with pytest.raises(Refusal, match="not_locked"):
        addenda.attach(waiting(), GIVEN)
    with pytest.raises(Refusal, match="addendum_empty"):
        addenda.attach(locked(), {**GIVEN, "text": ""})
    with pytest.raises(Refusal, match="signature_not_asked"):
        addenda.sign(addenda.attach(locked(), GIVEN)[0], 1, signer("x"))


def test_a_group_sees_an_addendum_when_it_counts():
    claims = {
        "sub": "g",
        "name": "g",
        "grants": [{"role": "supervisor", "campaign": "a-campaign", "scope": {"kind": "group", "of": "G4"}}],
    }
    group, material = Actor(claims, "read_material", "2024-01-12"), addenda.attach(locked(), GIVEN)[0]
    assert sight.seen(group, material)["addenda"] == []
    signed = addenda.sign(material, 1, signer("s", "author", "secretary"))[0]
    assert len(sight.seen(group, signed)["addenda"]) == 1


def test_each_addressee_gives_one_receipt_and_it_is_not_changed():
    material, facts = give(report())
    assert [fact.name for fact in facts] == ["receipt_given"] and "何敏" not in str(facts[0].data)
    assert give(material) == (material, [])
    assert receipts.waiting(material["versions"][0], ["organisation", "discipline"]) == ["discipline"]
    with pytest.raises(Refusal, match="receipt_given_before"):
        give(material, name="别人")
    with pytest.raises(Refusal, match="addressee_unknown"):
        give(material, addressee="press")
    with pytest.raises(Refusal, match="day_in_future"):
        give(report(), on="2024-01-24")


def test_a_report_sent_back_with_its_reason_is_owed_again_and_the_new_version_needs_new_receipts():
    with pytest.raises(Refusal, match="return_without_reason"):
        give(report(), outcome="returned")
    back, _ = give(report(), outcome="returned", reason="缺问题清单")
    assert back["state"] == "returned"
    with pytest.raises(Refusal, match="unchanged"):
        domain.submit(back, handed("r", 1)._replace(asks=()))
    again, facts = domain.submit(back, handed("s", 1)._replace(asks=()))
    assert (again["state"], [fact.name for fact in facts]) == ("received", ["material_submitted"])
    assert receipts.waiting(again["versions"][1], ["organisation", "discipline"]) == ["organisation", "discipline"]
    with pytest.raises(Refusal, match="version_replaced"):
        give(again, addressee="discipline")
