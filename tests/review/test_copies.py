"""What a reader sees of the text that another resembles: only what he may read, as it stands when he asks."""

from typing import Any

import pytest

from services.review import domain, reading, store
from services.spine.actor import Actor
from tests.review.test_rounds import AT, review
from tests.stack import grant

COUNTY, UNIT = "990823", "990823-NYNC"
PASSAGE = {"paragraph": 2, "quotation": "尽快补上台账。", "their_paragraph": 3, "their_quotation": "尽快补上账本。"}
MINE = {"paragraph": 2, "quotation": "尽快补上台账。"}


def copied(**known: Any) -> domain.Review:
    """A review whose text resembles the second post's."""
    places = {"campaign": "c", "unit": UNIT, "region": COUNTY, "group": "G4", "post": "02", "submitted_at": AT}
    ids = {"material_id": review(1)["material_id"], "review_id": review(1)["_id"]}
    copy = {"id": ids["review_id"], "whose": "colleague", "share": 0.7, "earlier": "theirs", "passages": [PASSAGE]}
    return review(1, _id="copy", near_copies=[{**copy, **places, **ids, **known}])


def seen(db: Any, role: str, kind: str, of: str, resembling: domain.Review | None = None) -> dict[str, Any]:
    """What somebody of that role is shown of it."""
    who = Actor({"sub": "x", "name": "x", "grants": [grant(role, kind, of, "c")]}, "read_review", AT[:10])
    (one,) = store.copies(db, resembling or copied())
    return reading.copy_as_seen(one, covered=who.covers(one))


@pytest.mark.parametrize(
    ("role", "kind", "of", "secret", "shown"),
    [
        ("county_office", "region", COUNTY, False, PASSAGE),
        ("county_office", "region", COUNTY, True, MINE),
        ("member", "post", f"{UNIT}/03", True, MINE),
        ("liaison", "unit", "990881-LY", False, PASSAGE),
        ("liaison", "unit", "990881-LY", True, MINE),
        ("supervisor", "group", "G5", True, MINE),
        ("supervisor", "group", "G4", True, PASSAGE),
        ("member", "post", f"{UNIT}/02", True, PASSAGE),
        ("office", "campaign", "c", True, PASSAGE),
    ],
)
def test_of_a_work_secret_its_words_are_shown_only_to_who_may_read_it(db, role, kind, of, secret, shown):
    db.reviews.insert_one(review(1, secrecy="work_secret" if secret else "internal"))
    found = seen(db, role, kind, of)
    assert found["share"] == 0.7
    assert found["passages"] == [shown]
    if shown == MINE:
        assert set(found) == {"share", "passages", "whose"}
        assert found["whose"] == "work_secret"


def test_a_text_that_became_a_work_secret_later_is_hidden_in_what_was_found_before(db):
    store.prepare(db)
    db.reviews.insert_one(review(1, secrecy="internal", revision=1))
    assert seen(db, "county_office", "region", COUNTY)["passages"] == [PASSAGE]
    store.open_reviews(db, [review(2, secrecy="work_secret", revision=1)], AT)
    assert seen(db, "county_office", "region", COUNTY)["passages"] == [MINE]


def test_a_model_is_shown_to_everybody(db):
    model = copied(whose="model", title="范文", review_id=None, unit=None)
    assert seen(db, "liaison", "unit", "990881-LY", model)["title"] == "范文"
