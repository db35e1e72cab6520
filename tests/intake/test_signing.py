"""Signing: nothing unsigned reaches the group, and nobody signs by uploading."""

import pytest

from services.intake import domain, signing
from services.spine.errors import Refusal
from tests.intake.test_domain import PLAN, handed, settle

GRANTS = {
    "author": [{"role": "member", "scope": {"kind": "post", "of": "990823-NYNC/02"}}],
    "other": [{"role": "member", "scope": {"kind": "post", "of": "990823-NYNC/03"}}],
    "secretary": [{"role": "secretary", "scope": {"kind": "unit", "of": "990823-NYNC"}}],
    "stranger": [{"role": "secretary", "scope": {"kind": "unit", "of": "990881-LY"}}],
    "liaison": [{"role": "liaison", "scope": {"kind": "unit", "of": "990823-NYNC"}}],
}
BOTH = ("author", "secretary")
TODAY = "2024-01-02"
PAGE = {"role": "author", "sha256": "f" * 64, "file_name": "签字页.jpg", "media": "image/jpeg", "reason": "没有账号"}
PAGE |= {"by": "联络员", "by_account": "liaison", "at": "2024-01-02T09:00:00Z"}


def waiting(content: str = "a", asks: tuple[str, ...] = BOTH, before: domain.Material | None = None, **how):
    material = before or domain.begin(PLAN, "speech_outline", "02")
    return domain.submit(material, handed(content, **how)._replace(asks=asks))[0]


def signer(who: str, *roles: str, today: str = TODAY) -> signing.Signer:
    return signing.Signer(frozenset(roles), who, who, f"{today}T10:00:00Z", today)


def sign(material: domain.Material, who: str, *roles: str, number: int = 1, today: str = TODAY):
    return signing.sign(material, number, signer(who, *roles, today=today))


def test_a_version_counts_and_is_said_only_with_the_last_signature_asked_for():
    material = waiting()
    assert (material["state"], material["counted"]) == ("unsigned", 0)
    material, facts = sign(material, "a", "author")
    assert (material["state"], facts) == ("unsigned", [])
    material, facts = sign(material, "s", "secretary")
    assert (material["state"], [fact.name for fact in facts]) == ("submitted", ["material_submitted"])
    assert [(one["role"], one["by"]) for one in material["versions"][0]["signatures"]] == [
        ("author", "a"),
        ("secretary", "s"),
    ]


def test_signing_twice_signs_once_and_says_it_once():
    material, _ = sign(waiting(), "a", "author")
    assert sign(material, "a", "author") == (material, [])
    done, _ = sign(material, "s", "secretary")
    assert sign(done, "s", "secretary") == (done, [])


def test_without_a_policy_nothing_is_asked():
    material, facts = domain.submit(domain.begin(PLAN, "speech_outline", "02"), handed("a"))
    assert (material["state"], len(facts)) == ("submitted", 1)


@pytest.mark.parametrize(
    ("who", "post", "roles"),
    [
        ("author", "02", {"author"}),
        ("other", "02", set()),
        ("secretary", "02", {"secretary"}),
        ("secretary", "01", {"author", "secretary"}),
        ("secretary", "team", {"author", "secretary"}),
        ("stranger", "02", set()),
        ("liaison", "02", set()),
    ],
)
def test_who_holds_the_post_is_the_author_and_a_secretary_signs_own_text_once_for_both(who, post, roles):
    material = {"unit": "990823-NYNC", "kind": "speech_outline", "post": post}
    assert signing.roles_of(GRANTS[who], material, {"secretary": "01"}) == roles


def test_whom_nobody_asked_signs_nothing():
    with pytest.raises(Refusal, match="signature_not_asked"):
        sign(waiting(asks=("secretary",)), "a", "author")


def test_a_new_version_needs_new_signatures_and_the_old_one_takes_none():
    material, _ = sign(waiting(), "a", "author")
    material = waiting("b", before=material, follows=1)
    assert signing.missing(material["versions"][-1]) == ["author", "secretary"]
    with pytest.raises(Refusal, match="not_to_sign"):
        sign(material, "s", "secretary")


def returned(**more) -> domain.Material:
    counted = sign(waiting(), "s", *BOTH)[0]
    return settle(counted, 1, "returned", ["m.v1.measures"], "2024-01-04", **more)


def test_while_an_answer_waits_for_signatures_the_comments_and_the_close_stand():
    material = returned(closes_on="2024-01-05")
    answers = {"m.v1.measures": "已补充时限"}
    material = waiting("b", before=material, follows=1, answers=answers)
    assert (material["state"], material["under"], material["comments"]) == ("unsigned", "returned", ["m.v1.measures"])
    with pytest.raises(Refusal, match="answers_closed"):
        sign(material, "s", *BOTH, number=2, today="2024-01-06")
    material, facts = sign(material, "s", *BOTH, number=2)
    assert (material["state"], material["comments"], len(facts)) == ("submitted", [], 1)


def test_a_verdict_overtakes_a_version_that_nobody_signed_in_time():
    counted = sign(waiting(), "s", *BOTH)[0]
    material = waiting("b", before=counted, follows=1)
    assert domain.prechecked(material, 1, readable=True)["under"] == "prechecked"
    passed = settle(material, 1, "passed", [], None)
    assert passed["state"] == "passed"
    with pytest.raises(Refusal, match="not_to_sign"):
        sign(passed, "s", *BOTH, number=2)


def test_a_page_signed_on_paper_counts_when_the_secretary_has_confirmed_it():
    material = signing.record_paper(waiting(), 1, PAGE)
    assert signing.record_paper(material, 1, PAGE) == material
    assert signing.missing(material["versions"][0]) == ["author", "secretary"]
    material, _ = signing.confirm_paper(material, 1, "author", signer("secretary"), office=False)
    signature = material["versions"][0]["signatures"][0]
    assert (signature["role"], signature["by"], signature["on_paper"]) == ("author", "secretary", "f" * 64)


def test_nobody_confirms_the_own_upload_and_the_secretarys_page_is_the_offices():
    material = signing.record_paper(waiting(), 1, {**PAGE, "by_account": "secretary"})
    with pytest.raises(Refusal, match="paper_own_upload"):
        signing.confirm_paper(material, 1, "author", signer("secretary"), office=False)
    material = signing.record_paper(waiting(), 1, {**PAGE, "role": "secretary"})
    with pytest.raises(Refusal, match="paper_by_office"):
        signing.confirm_paper(material, 1, "secretary", signer("secretary"), office=False)
    assert signing.confirm_paper(material, 1, "secretary", signer("office"), office=True)[0] != material


PROOF = {"purpose": "sign", "about": "m.v1", "sha256": "a" * 64, "by": "a", "exp": 100}


@pytest.mark.parametrize(
    "proof",
    [None, {}, *({**PROOF, key: "x"} for key in ("purpose", "about", "sha256", "by")), {**PROOF, "exp": 99}],
)
def test_a_proof_is_good_for_one_person_one_content_and_a_short_while(proof):
    signing.check_proof(PROOF, "a", "m.v1", "a" * 64, 100)
    with pytest.raises(Refusal, match="proof_unknown"):
        signing.check_proof(proof, "a", "m.v1", "a" * 64, 100)


def test_one_persons_material_of_one_kind_is_one_record_over_all_rounds():
    first = waiting()
    later = waiting("c", before=returned(), follows=1, answers={"m.v1.measures": "已改"})
    assert first["_id"] == later["_id"] == "a-campaign.990823-NYNC.speech_outline.02"
    assert [row["version"] for row in later["versions"]] == [1, 2]
