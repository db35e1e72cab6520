"""A version its unit wants back: whether anybody had begun to read it.

What must stay true: who has a review in hand, or has written to it, was first; then it stays. Else it leaves every
queue. Pure.
"""

from typing import Any

from services.review import domain
from services.spine.events import Fact


def recall(review: domain.Review, back_to: str) -> tuple[domain.Review, list[Fact]]:
    """Give the version back, or say that reading began. Asked again, it has been answered."""
    if review["state"] == "recalled":
        return review, []
    granted = not (review["holder"] or review["readings"] or review["notes"] or review["verdict"])
    places: dict[str, Any] = {key: review[key] for key in (*domain.PLACES, "review_id")}
    said = [domain.fact(review, "withdrawal_decided", {**places, "granted": granted, "back_to": back_to})]
    return ({**review, "state": "recalled", "once_more": False} if granted else review), said
