"""A pre-check that was given up: its material is left to people, who read and judge it without.

What must stay true: whoever reads is told that nothing was pre-checked, and why. An operator may have the task tried
again; what is found then comes to the review unless somebody has judged it meanwhile.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from services.review import domain, store, tasks
from services.spine import errors, mongo
from services.spine.events import Fact

Db = mongo.Db


def leave(
    review: domain.Review,
    paragraphs: list[dict[str, Any]],
    former: domain.Review | None = None,
    noted: Sequence[domain.Review] = (),
) -> tuple[domain.Review, list[Fact]]:
    """A review whose pre-check will not come, with its text as far as it was read."""
    if review["state"] != "waiting":
        return review, []
    found = {"refusal": {"code": domain.GIVEN_UP, "params": {}}, "paragraphs": paragraphs}
    return domain.prechecked(review, found, former, noted)


def leave_all(db: Db, at: str) -> None:
    """Leave to people what was given up since the last look."""
    for review_id in tasks.to_leave(db):
        with suppress(errors.Stale):  # looked at again soon
            _leave_one(db, review_id, at)
            tasks.left(db, review_id)


def _leave_one(db: Db, review_id: str, at: str) -> None:
    review = store.find(db, review_id)
    if review and review["state"] == "waiting":
        read = db.signatures.find_one({"_id": review_id}, {"paragraphs": 1}) or {"paragraphs": []}
        changed, facts = leave(review, read["paragraphs"], store.former(db, review), store.noted(db, review))
        store.save(db, review, changed, facts, at)
