"""The letters: each event that is told to people has its words in both languages, and says nothing it should not."""

import itertools

import pytest

from services.notification import domain, letters, service, store
from services.spine import actor, contracts

CASES = [(name, example) for name in domain.LETTERS for example in contracts.documents()[f"events/{name}"]["examples"]]
VARIANTS: list[tuple[str, dict]] = [
    ("verdict_issued", {"outcome": "passed", "comments": [], "due_on": None}),
    ("verdict_issued", {"outcome": "rewrite"}),
    ("meeting_cancelled", {"because": "closed"}),
    ("meeting_cancelled", {"because": "decided"}),
    ("meeting_scheduled", {"because": "restored"}),
    ("material_prechecked", {"readable": False, "refusal": "no_text_layer"}),
    ("supervision_commented", {"addendum": 1, "problems": []}),
    ("closeout_decided", {"outcome": "returned"}),
    ("closeout_decided", {"on_time": False}),
    ("receipt_given", {"outcome": "returned"}),
    ("retype_decided", {"outcome": "refused", "due_on": None}),
    ("item_postponement_decided", {"outcome": "refused", "late": True}),
    ("item_due_soon", {}),
    ("item_reopened", {"because": "reopened"}),
    ("plan_decided", {"outcome": "returned"}),
    ("item_day_passed", {"what": "plan"}),
    ("item_day_passed", {"what": "look_back"}),
    ("item_day_passed", {"what": "milestone"}),
    ("effect_judged", {"outcome": "accepted"}),
    ("evaluation_decided", {"again": False}),
    ("second_round_opened", {"items": 0}),
    ("effect_withdrawn", {"because": "reopened"}),
]
"""And what is written no more but stands in inboxes."""


def event(name: str, said: dict, sequence: int = 1) -> dict:
    places = {"campaign": "a-campaign", "region": "990823", "time": f"2024-01-02T08:0{sequence}:00Z"}
    return {"id": f"{name}:{sequence}", "type": f"rectify.{name}", "sequence": sequence, **places, "data": said}


def example(name: str) -> dict:
    return dict(contracts.documents()[f"events/{name}"]["examples"][0])


@pytest.mark.parametrize(("name", "params"), [*CASES, *((name, example(name) | change) for name, change in VARIANTS)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_letter_has_a_subject_and_a_text(name, params, language):
    subject, text = letters.render(name, language, params)
    assert subject and text and "\n" not in subject
    assert not {"None", "{{", "[]"} & set(subject.split() + text.split())


@pytest.mark.parametrize("name", sorted(domain.LETTERS))
def test_a_letter_is_addressed_to_a_side_of_a_place_and_leads_to_a_page(name):
    message = domain.write(event(name, example(name)), name)
    assert message["sides"]
    assert set(message["sides"]) <= set(domain.SIDES)
    places = tuple(example(name).get(key) for key in ("unit", "group"))
    assert (message["unit"], message["group"]) == places and (name == "bulletin_made") == (None in places)
    assert message["link"]["id"].startswith(("a-campaign.", "minchuan-"))


def test_a_verdict_reaches_the_unit_and_a_closeout_request_its_group():
    assert domain.addressed_to({"liaison"}) == ["liaison", "unit"]
    assert domain.addressed_to({"supervisor", "member"}) == ["member", "unit", "group"]
    assert domain.addressed_to({"county_office"}) == ["office"]
    assert domain.addressed_to({"auditor"}) == []


def test_the_systems_administrator_reads_what_is_about_running_and_no_letter_of_the_business():
    assert domain.addressed_to({"system_admin"}) == ["operator"]
    assert all("operator" not in letter.sides for letter in domain.LETTERS.values())


AWAITED = example("signature_awaited")
SECRETARY = AWAITED | {"role": "secretary", "signers": ["secretary"]}


def tell(db, name: str, said: dict, sequence: int) -> None:
    told = event(name, said, sequence)
    if name != "signature_settled":
        store.add(db, [domain.write(told, name)])
    if "_asked" not in name:
        store.settle(db, [(domain.matter(told), sequence, told["time"])])


def waiting(db, side: str, **query: str) -> list[str]:
    found = store.inbox(db, {"sides": {"$in": [side]}}, "somebody", {"unread": "1", **query})
    return [row["_id"] for row in found["rows"]]


SIGNED_ONE_AFTER_THE_OTHER = [
    ("signature_awaited", AWAITED, 1),
    ("signature_awaited", SECRETARY, 2),
    ("signature_settled", example("signature_settled"), 3),
]


def test_who_signs_is_told_then_the_next_and_nothing_is_left_to_do_when_all_have_signed(db):
    tell(db, *SIGNED_ONE_AFTER_THE_OTHER[0])
    assert (waiting(db, "member"), waiting(db, "secretary")) == (["signature_awaited:1"], [])
    tell(db, *SIGNED_ONE_AFTER_THE_OTHER[1])
    assert (waiting(db, "member"), waiting(db, "secretary")) == ([], ["signature_awaited:2"])
    tell(db, *SIGNED_ONE_AFTER_THE_OTHER[2])
    assert (waiting(db, "member"), waiting(db, "secretary")) == ([], [])
    assert db.messages.count_documents({}) == 2


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_and_how_often_it_is_heard_what_is_settled_stays_settled(db, order):
    for place in (*order, *order):
        tell(db, *SIGNED_ONE_AFTER_THE_OTHER[place])
    assert waiting(db, "member") + waiting(db, "secretary") == []


def test_a_new_version_is_a_matter_of_its_own_and_an_addendum_too(db):
    tell(db, "signature_awaited", AWAITED | {"version": 2}, 5)
    tell(db, "signature_settled", example("signature_settled"), 6)
    tell(db, "signature_awaited", AWAITED | {"version": 2, "addendum": 1}, 7)
    assert len(waiting(db, "member")) == 2


def test_what_is_told_of_a_view_is_for_the_one_who_follows_it_while_the_role_lasts(db):
    store.add(db, [domain.write(event("view_digested", example("view_digested")), "view_digested")])

    def inbox(login: str, role: str, of: str) -> int:
        grant = {"role": role, "campaign": "a-campaign", "scope": {"kind": "unit", "of": of}, "until": None}
        reader = actor.Actor({"sub": login, "name": login, "grants": [grant]}, "read_messages", "2026-03-02")
        return int(store.inbox(db, service._addressed(reader), login, {})["total"])

    assert inbox("liaison.ny", "liaison", "990823-NYNC") == 1
    assert inbox("another", "liaison", "990823-NYNC") == 0
    assert inbox("liaison.ny", "liaison", "990823-SLJ") == 0


def test_the_level_that_decides_on_a_close_out_is_told_and_no_other():
    for name, said, sides in (
        ("closeout_requested", {"level": "group"}, ["group"]),
        ("closeout_requested", {"level": "county_office"}, ["office"]),
        ("closeout_passed", {"next": "office"}, ["office"]),
    ):
        assert domain.write(event(name, example(name) | said), name)["sides"] == sides
    old = {key: value for key, value in example("closeout_requested").items() if key != "level"}
    assert domain.write(event("closeout_requested", old), "closeout_requested")["sides"] == ["group"]


@pytest.mark.parametrize("asked", ["retype_asked", "item_postponement_asked"])
def test_what_a_unit_asks_for_an_item_is_to_do_for_the_groups_leader_until_it_is_decided(db, asked):
    tell(db, asked, example(asked), 1)
    assert waiting(db, "group_leader") == [f"{asked}:1"] and waiting(db, "group") == []
    tell(db, asked.replace("asked", "decided"), example(asked.replace("asked", "decided")), 2)
    assert waiting(db, "group_leader") == []
