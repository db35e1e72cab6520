"""The doors of heart-to-heart talks: entered, confirmed, corrected, and which are still owed."""

from typing import Any

from services.intake import domain, sight, store, talk_readers, talks, talks_store
from services.spine import actor as actors
from services.spine import clock, doors
from services.spine.actor import UNIT_SIDE, Actor
from services.spine.doors import route


class TalkDoors(doors.Service):
    """Who with whom, when, and what was promised; never what was said."""

    @route("POST", "/talks", accepts="enter_talks", may="record_talk", answers="talks_entered")
    def enter_talks(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Record talks, all of them or none; the same again changes nothing."""
        plan, reader = place(self.db, actor, draft["campaign"], draft["unit"])
        domain.check_goes_on(plan)
        before, book = talks_store.book(self.db, plan)
        changed, facts, fates = talks.enter(book, plan, draft["talks"], _teller(actor, reader))
        talks_store.save(self.db, before, (changed, facts), clock.now())
        return 201 if "added" in fates else 200, {state: fates.count(state) for state in ("added", "known")}

    @route("GET", "/talks", accepts="find_talks", may="read_talk", answers="unit_talk_list")
    def find_talks(self, actor: Actor, query: dict[str, str]) -> Any:
        """A unit's talks, as far as they are the reader's to see."""
        plan, reader = place(self.db, actor, query["campaign"], query["unit"])
        return {"rows": talk_readers.shown(talks_store.book(self.db, plan)[1], reader)}

    @route("GET", "/talks/owed", accepts="find_talks", may="read_talks_owed", answers="talks_owed")
    def talks_owed(self, actor: Actor, query: dict[str, str]) -> Any:
        """The talks the campaign asks of a unit, each with how far it has come."""
        plan, reader = place(self.db, actor, query["campaign"], query["unit"])
        return talk_readers.owed(plan, talks_store.book(self.db, plan)[1], reader)

    @route("GET", "/talks/units", accepts="find_talk_units", may="read_talks_of_units", answers="talk_unit_list")
    def talk_units(self, actor: Actor, query: dict[str, str]) -> Any:
        """Units with how far their talks have come, those that lack most first."""
        barred = {"_id": {"$nin": sight.barred(self.db, actor)}}
        return talks_store.listed(self.db, actors.both(actor.scope, barred), query)

    @route("POST", "/talks/confirmations", accepts="confirm_talks", may="record_talk", answers="talks_owed")
    def confirm_talks(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """The other side confirms talks as they stand; confirming again changes nothing."""
        plan, reader = place(self.db, actor, draft["campaign"], draft["unit"])
        domain.check_goes_on(plan)
        before, book = talks_store.book(self.db, plan)
        changed = talks.confirm(book, plan, draft["talks"], _teller(actor, reader))
        return talk_readers.owed(plan, talks_store.save(self.db, before, changed, clock.now()), reader)

    @route("POST", "/talks/<talk_id>/versions", accepts="correct_talk", may="record_talk", answers="unit_talk")
    def correct_talk(self, actor: Actor, talk_id: str, draft: dict[str, Any]) -> Any:
        """Correct a talk by a new version with its reason."""
        plan, reader = self._unit_of(actor, talk_id)
        before, book = talks_store.book(self.db, plan)
        changed = talks.correct(book, plan, talk_id, draft, _teller(actor, reader))
        return self._shown(talks_store.save(self.db, before, changed, clock.now()), talk_id, reader)

    @route("POST", "/talks/<talk_id>/withdrawal", accepts="withdraw_talk", may="record_talk", answers="unit_talk")
    def withdraw_talk(self, actor: Actor, talk_id: str, draft: dict[str, str]) -> Any:
        """A talk does not count any more; it stays on record with the reason."""
        plan, reader = self._unit_of(actor, talk_id)
        before, book = talks_store.book(self.db, plan)
        changed = talks.withdraw(book, plan, talk_id, draft["reason"], _teller(actor, reader))
        return self._shown(talks_store.save(self.db, before, changed, clock.now()), talk_id, reader)

    def _unit_of(self, actor: Actor, talk_id: str) -> tuple[talks.Plan, talk_readers.Reader]:
        campaign, _, rest = talk_id.partition(".")
        found = place(self.db, actor, campaign, rest.partition(".")[0])
        domain.check_goes_on(found[0])
        return found

    def _shown(self, book: talks.Book, talk_id: str, reader: talk_readers.Reader) -> Any:
        return next(row for row in talk_readers.shown(book, reader) if row["talk_id"] == talk_id)


def place(db: Any, actor: Actor, campaign: str, unit: str) -> tuple[talks.Plan, talk_readers.Reader]:
    """The unit's plan, and who the actor is there; not found outside the actor's scope, nor for a reader recused."""
    plan = store.plan(db, campaign, unit, actor.units)
    roles = frozenset(role for role, part in sight.parts(db, actor, plan) if "post" not in part)
    grants = [grant for grant in actor.grants if grant["campaign"] == campaign]
    return plan, talk_readers.Reader(talk_readers.posts_of(grants, roles, plan), roles)


def _teller(actor: Actor, reader: talk_readers.Reader) -> talks.Teller:
    for_all = bool(reader.roles & {*UNIT_SIDE})
    return talks.Teller(actor.id, actor.name, reader.posts, for_all, clock.now(), clock.today())
