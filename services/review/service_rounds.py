"""The doors of the rounds between reader and author: notes, talks, verdicts taken back, more time, differences."""

from typing import Any

from services.review import differences, hands, holding, rounds, service_opinions, store
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import route


class RoundDoors(doors.Service):
    """What happens around a verdict."""

    @route("POST", "/reviews/<review_id>/notes", accepts="add_note", may="annotate", answers="note")
    def add_note(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """A comment in the margin, at a passage."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        holding.check_may_read(review, actor.id, hands.barred(self.db, actor, review["campaign"]))
        changed, note = rounds.note(review, draft, who)
        store.save(self.db, review, changed, [], who.at)
        return 201, note

    @route("POST", "/reviews/<review_id>/notes/<note_id>/withdraw", accepts="withdraw_note", may="annotate")
    def withdraw_note(self, actor: Actor, review_id: str, note_id: str, draft: dict[str, Any]) -> Any:
        """Take one's own comment back, before the verdict."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        store.save(self.db, review, rounds.withdraw_note(review, note_id, who), [], who.at)

    @route(
        "POST",
        "/reviews/<review_id>/withdrawal",
        accepts="withdraw_verdict",
        may="withdraw_verdict",
        answers="withdrawn",
    )
    def withdraw(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """Take back a verdict, or a named level's passing, of one's own level or below, until the meeting."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        if hands.levels(actor, review) != ["secretary"]:
            holding.check_may_read(review, actor.id, hands.barred(self.db, actor, review["campaign"]))
        found = rounds.given(review, draft.get("level"))
        as_high = hands.as_high(actor, review, found.get("level", "group"))
        held, newest = store.meeting_held(self.db, review), store.newest(self.db, review["material_id"])
        changed, facts = rounds.withdraw(
            review, found, who, draft["reason"], newest, as_high=as_high, meeting_held=held
        )
        store.save(self.db, review, changed, facts, who.at)
        service_opinions.once_more(self.db, review)
        return {"review_id": review_id, "state": changed["state"]}

    @route("POST", "/reviews/<review_id>/extension", accepts="extend_answer", may="extend", answers="extended")
    def extend(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """More time to answer, by the group's leader or the office, with a reason."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        hands.check_concern(actor, review, hands.barred(self.db, actor, review["campaign"]))
        actor.check_apart(review["unit"])
        newest = store.newest(self.db, review["material_id"])
        changed, facts = rounds.extend(review, draft, who, newest, office="office" in hands.levels(actor, review))
        store.save(self.db, review, changed, facts, who.at)
        return {"review_id": review_id, **{key: changed["verdict"][key] for key in ("due_on", "closes_on")}}

    @route("POST", "/materials/<material_id>/talks", accepts="record_talk", may="lead", answers="talk")
    def record_talk(self, actor: Actor, material_id: str, draft: dict[str, Any]) -> Any:
        """The group's leader talked with the author."""
        review = store.newest_review(self.db, material_id, actor.scope)
        hands.check_concern(actor, review, hands.barred(self.db, actor, review["campaign"]))
        judged = review if review["verdict"] else store.former(self.db, review)
        at = judged["verdict"]["at"] if judged else None
        talk = rounds.talk(review, draft, hands.reader(actor), at, clock.local_day(at) if at else "")
        return 201, store.keep_talk(self.db, talk)

    @route(
        "GET", "/reviews/<review_id>/differences", accepts="compare_versions", may="read_review", answers="differences"
    )
    def differences(self, actor: Actor, review_id: str, query: dict[str, str]) -> Any:
        """What changed since an earlier version: the one before, or any other up to the first."""
        review = store.get(self.db, review_id, actor.scope)
        hands.check_concern(actor, review, hands.barred(self.db, actor, review["campaign"]))
        against = int(query.get("against", review["version"] - 1))
        if not 1 <= against < review["version"]:
            raise errors.Refusal("no_such_version", against=against, version=review["version"])
        other = store.get(self.db, f"{review['material_id']}.v{against}", actor.scope)
        found = differences.compare(other["paragraphs"], review["paragraphs"])
        return {"against": against, "version": review["version"], **found}
