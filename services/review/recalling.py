"""A version its unit wants back: whether anybody had begun to read it.

What must stay true: who has a review in hand, or has written to it, was first; then it stays. Else it leaves every
queue. What bears the mark of a state secret leaves it too, and nothing of it stays. Pure.
"""

import itertools
import re
from typing import Any

from services.review import domain
from services.spine.events import Fact

MARK = re.compile(r"(绝密|机密|秘密)\s*[★☆]|[★☆]\s*(绝密|机密|秘密)")


def marked(paragraphs: list[dict[str, Any]]) -> bool:
    """Whether a text bears the mark of a state secret, on one line or on two that follow each other."""
    lines = [one["text"] for one in paragraphs]
    return any(MARK.search(text) for text in (*lines, *map("".join, itertools.pairwise(lines))))


def destroy(review: domain.Review, former: domain.Review | None) -> tuple[domain.Review, list[Fact]]:
    """A version bears the mark of a state secret: nothing of it is kept, and intake is told to destroy the file."""
    if review["state"] == "recalled":
        return review, []
    places: dict[str, Any] = {key: review[key] for key in (*domain.PLACES, "review_id")}
    outcome = former["verdict"]["outcome"] if former else "missing"
    said = {**places, "back_to": outcome if outcome in ("returned", "rewrite") else "missing"}
    gone = {**review, "state": "recalled", "refusal": {"code": "state_secret", "params": {}}}
    return gone, [domain.fact(review, "secrecy_found", said)]


def recall(review: domain.Review, back_to: str) -> tuple[domain.Review, list[Fact]]:
    """Give the version back, or say that reading began. Asked again, it has been answered."""
    if review["state"] == "recalled":
        return review, []
    written = any("of" not in note for note in review["notes"])  # on this version, not carried from the last
    granted = not (review["holder"] or review["readings"] or written or review["verdict"])
    places: dict[str, Any] = {key: review[key] for key in (*domain.PLACES, "review_id")}
    said = [domain.fact(review, "withdrawal_decided", {**places, "granted": granted, "back_to": back_to})]
    return ({**review, "state": "recalled", "once_more": False} if granted else review), said
