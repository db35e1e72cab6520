"""A version its unit wants back: of a reader and an author the first wins, and the other is told."""

import pytest

from services.review import domain, holding, recalling, store
from services.spine import errors
from tests.review.test_rounds import AT, READER, review

HELD = {"account": "r1", "name": "督导员", "at": AT, "until": "2026-03-03"}
FREE = holding.Barred(frozenset(), frozenset(), frozenset())
POLICY = {"most_held": 9, "lease": {"days": 2, "unit": "natural"}}
NOTE = {"id": "n", "text": "缺事例", "anchor": {}, "must_answer": True}


@pytest.mark.parametrize("state", ["waiting", "prechecked", "unreadable"])
def test_what_nobody_has_in_hand_leaves_the_queue_and_takes_no_reader(state):
    gone, facts = recalling.recall(review(1, state=state), "missing")
    assert (gone["state"], facts[0].name, facts[0].data["granted"]) == ("recalled", "withdrawal_decided", True)
    with pytest.raises(errors.Refusal, match="not_open"):
        holding.claim(gone, READER, FREE, POLICY, 0)
    assert domain.prechecked(gone, {"findings": []}) == (gone, [])
    assert recalling.recall(gone, "missing") == (gone, [])
    assert domain.supersede(gone) == gone


@pytest.mark.parametrize("begun", [{"holder": HELD}, {"notes": [NOTE]}, {"readings": [{"level": "secretary"}]}])
def test_who_began_to_read_was_first(begun):
    kept, facts = recalling.recall(review(1, **begun), "missing")
    assert (kept["state"], facts[0].data["granted"]) == ("prechecked", False)


def test_after_a_recall_the_version_before_it_is_the_newest_again(db):
    store.prepare(db)
    db.reviews.insert_many([review(1, state="judged"), review(2, state="recalled")])
    assert store.newest(db, review(1)["material_id"]) == 1
