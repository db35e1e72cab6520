"""The doors of study before the meeting: put on record, made up for, corrected, added up."""

from typing import Any

from services.intake import coverage, domain, sight, store, study, study_store
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import route


class StudyDoors(doors.Service):
    """When, how long, on what, and who was there."""

    @route("POST", "/studies", accepts="enter_study", may="record_study", answers="study")
    def enter_study(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Put a session of study on record; the same key again is the same record."""
        plan, who = store.plan(self.db, draft["campaign"], draft["unit"], actor.units), _writer(actor)
        domain.check_goes_on(plan)
        record = study.begin(plan, draft, who)
        known = study_store.find(self.db, record["_id"])
        if known:
            study.check_same(known, draft)
            return 200, known
        return 201, study_store.save(self.db, None, record, who.at)

    @route("GET", "/studies", accepts="find_studies", may="read_study", answers="study_list")
    def find_studies(self, actor: Actor, query: dict[str, str]) -> Any:
        """A unit's study, and what each has studied and missed; a member sees only the own attendance."""
        plan = store.plan(self.db, query["campaign"], query["unit"], actor.units)
        sight.parts(self.db, actor, plan)
        team, records = [post["post"] for post in coverage.posts(plan)], study_store.of_unit(self.db, plan)
        seen = [post for post in team if actor.covers({**plan, "post": post})]
        rows = [study.shown(record, seen) for record in records]
        return {"rows": rows, "posts": seen, "totals": study.totals(plan, records, seen)}

    @route("POST", "/studies/<study_id>/versions", accepts="correct_study", may="record_study", answers="study")
    def correct_study(self, actor: Actor, study_id: str, draft: dict[str, Any]) -> Any:
        """Correct a record by a new version with its reason."""
        plan, record = self._study(actor, study_id)
        who = _writer(actor)
        return study_store.save(self.db, record, study.correct(record, plan, draft, who), who.at)

    @route("POST", "/studies/<study_id>/make-ups", accepts="make_up_study", may="record_study", answers="study")
    def make_up_study(self, actor: Actor, study_id: str, draft: dict[str, Any]) -> Any:
        """Somebody who was away made up for it."""
        _, record = self._study(actor, study_id)
        who = _writer(actor)
        changed = study.make_up(record, draft["post"], draft["on"], draft["hours"], who)
        return study_store.save(self.db, record, changed, who.at)

    @route("POST", "/studies/<study_id>/withdrawal", accepts="withdraw_study", may="record_study", answers="study")
    def withdraw_study(self, actor: Actor, study_id: str, draft: dict[str, str]) -> Any:
        """A record does not count any more; it stays with the reason."""
        _, record = self._study(actor, study_id)
        who = _writer(actor)
        return study_store.save(self.db, record, study.withdraw(record, draft["reason"], who), who.at)

    def _study(self, actor: Actor, study_id: str) -> tuple[study.Plan, study.Record]:
        campaign, _, rest = study_id.partition(".")
        plan = store.plan(self.db, campaign, rest.partition(".")[0], actor.units)
        domain.check_goes_on(plan)
        return plan, study_store.get(self.db, study_id)


def _writer(actor: Actor) -> study.Writer:
    return study.Writer(actor.id, actor.name, clock.now(), clock.today())
