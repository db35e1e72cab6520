"""The letters: each event that is told to people has its words in both languages, and says nothing it should not."""

import pytest

from services.notification import domain, letters
from services.spine import contracts

CASES = [(name, example) for name in domain.LETTERS for example in contracts.documents()[f"events/{name}"]["examples"]]
VARIANTS: list[tuple[str, dict]] = [
    ("verdict_issued", {"outcome": "passed", "comments": [], "due_on": None}),
    ("verdict_issued", {"outcome": "rewrite"}),
    ("material_prechecked", {"readable": False, "refusal": "no_text_layer"}),
    ("supervision_commented", {"addendum": 1, "problems": []}),
    ("closeout_decided", {"outcome": "returned"}),
    ("closeout_decided", {"on_time": False}),
]


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
    event = {
        "id": "e1",
        "campaign": "a-campaign",
        "region": "990823",
        "time": "2024-01-02T08:00:00Z",
        "data": example(name),
    }
    message = domain.write(event, name)
    assert set(message["sides"]) <= set(domain.SIDES) and message["unit"] == "990823-NYNC" and message["group"] == "G4"
    assert message["link"]["id"].startswith(("a-campaign.", "minchuan-"))


def test_a_verdict_reaches_the_unit_and_a_closeout_request_its_group():
    assert domain.addressed_to({"liaison"}) == ["unit"]
    assert domain.addressed_to({"supervisor", "member"}) == ["unit", "group"]
    assert domain.addressed_to({"county_office"}) == ["office"]
    assert domain.addressed_to({"auditor"}) == []
