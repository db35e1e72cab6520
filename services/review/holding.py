"""Who has a review in hand: one at a time, for a while, and never somebody it concerns.

A reader claims a review and holds it for the campaign's lease; after that anybody may take it. Whoever came from the
unit, declined, or is recused does not get it. Pure.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from services.review.domain import READABLE, Reader, Review, check_goes_on
from services.spine import errors, workdays
from services.spine.events import Fact


class Barred(NamedTuple):
    """Units a reader must not read: of which he is, or once was; and from which he is recused."""

    own: frozenset[str]
    former: frozenset[str]
    recused: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All of them."""
        return self.own | self.former | self.recused


def recused(recusal: dict[str, Any]) -> Fact:
    """Whether somebody is recused from a unit, for those who must respect it elsewhere."""
    said = {name: recusal[name] for name in ("recusal_id", "unit", "account")} | {"stands": not recusal["ended"]}
    return Fact("reader_recused", recusal["recusal_id"], recusal["campaign"], recusal["region"], said)


def said_by(recusal: dict[str, Any], account: str) -> bool:
    """Whether this account said it: many bear one post's name."""
    return bool(recusal["by_account"] == account)


def holder(review: Review, today: str) -> dict[str, Any] | None:
    """Who holds it now."""
    held: dict[str, Any] | None = review["holder"]
    return held if held and held["until"] >= today else None


def concerned(unit: str, barred: Barred) -> str | None:
    """Why a reader must not read this unit's materials; None when he may."""
    reasons = (("own_material", barred.own), ("own_former_unit", barred.former), ("recused", barred.recused))
    return next((code for code, units in reasons if unit in units), None)


def why_not(review: Review, account: str, barred: Barred) -> str | None:
    """Why a reader does not read this review: it concerns him, or he gave it back for good."""
    declined = any(one["account"] == account for one in review["declined"])
    return concerned(review["unit"], barred) or ("declined_before" if declined else None)


def check_not_barred(unit: str, barred: Barred) -> None:
    """Refuse who must not read this unit's materials."""
    if code := concerned(unit, barred):
        raise errors.Refusal(code, unit=unit)


def check_may_read(review: Review, account: str, barred: Barred) -> None:
    """Refuse whom it concerns, and who gave it back for good."""
    if code := why_not(review, account, barred):
        raise errors.Refusal(code, unit=review["unit"])


def check_free(review: Review, account: str, today: str) -> None:
    """Refuse when somebody else holds it."""
    held = holder(review, today)
    if held and held["account"] != account:
        raise errors.Refusal("held_by_another", by=held["name"], until=held["until"])


def claim(
    review: Review,
    reader: Reader,
    barred: Barred,
    policy: dict[str, Any],
    held_already: int,
    calendar: workdays.Calendar = workdays.PUBLISHED,
) -> Review:
    """Take it in hand; who has it already holds it longer."""
    check_goes_on(review)
    if review["state"] not in READABLE:
        raise errors.Refusal("not_open", state=review["state"])
    check_not_barred(review["unit"], barred)
    check_free(review, reader.account, reader.today)
    check_may_read(review, reader.account, barred)
    mine = holder(review, reader.today)
    if mine is None and held_already >= policy["most_held"]:
        raise errors.Refusal("too_many_held", limit=policy["most_held"])
    lease = policy["lease"]
    until = calendar.shift(date.fromisoformat(reader.today), lease["days"], lease["unit"]).isoformat()
    at = mine["at"] if mine else reader.at
    return {**review, "holder": {"account": reader.account, "name": reader.name, "at": at, "until": until}}


def release(review: Review, reader: Reader, reason: str, *, leader: bool) -> Review:
    """Give it back; the group's leader may give back another's, with a reason."""
    held = holder(review, reader.today)
    if held is None:
        return review
    if held["account"] != reader.account:
        if not leader:
            raise errors.Refusal("held_by_another", by=held["name"], until=held["until"])
        if not reason.strip():
            raise errors.Refusal("reason_needed", errors=[{"pointer": "/reason", "code": "reason_needed"}])
    return {**review, "holder": None}


def decline(review: Review, reader: Reader, reason: str) -> Review:
    """Give it back for good, with the reason."""
    if review["state"] not in READABLE:
        raise errors.Refusal("not_open", state=review["state"])
    held = holder(review, reader.today)
    mine = held is not None and held["account"] == reader.account
    entry = {"account": reader.account, "name": reader.name, "reason": reason, "at": reader.at}
    known = any(one["account"] == reader.account for one in review["declined"])
    declined = review["declined"] if known else [*review["declined"], entry]
    return {**review, "declined": declined, "holder": None if mine else review["holder"]}


def spread(
    reviews: Sequence[Review], readers: Sequence[dict[str, Any]], most_held: int
) -> list[tuple[Review, dict[str, Any]]]:
    """Free reviews, the nearest meeting first, each to who holds least; readers: [{account, name, held, barred}]."""
    load = {reader["account"]: reader["held"] for reader in readers}
    given = []
    for review in reviews:
        declined = {one["account"] for one in review["declined"]}
        fit = [
            reader
            for reader in readers
            if review["unit"] not in reader["barred"]
            and reader["account"] not in declined
            and load[reader["account"]] < most_held
        ]
        if fit:
            lucky = min(fit, key=lambda reader: (load[reader["account"]], reader["account"]))
            load[lucky["account"]] += 1
            given.append((review, lucky))
    return given
