"""The doors of the rules: which are in use, and what a new version would say of past materials."""

from typing import Any

from eventlet import tpool

from services.review import authors, hands, rules, rules_store, trials, trials_store, trying
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import Answer, route

USUAL = 100
AUTHORS = authors.Authors()
RUNNING: set[str] = set()
"""At most one trial, by its id: asked and entered in one step of this process, whose doors take turns."""


class RuleDoors(doors.Service):
    """Rules are changed by files; before that they are tried."""

    @route("GET", "/rules", may="try_rules", answers="rules")
    def rules(self, actor: Actor) -> Any:
        """The rules in use: their version, and the limits of each file."""
        return rules.present().summary()

    @route("GET", "/rules/<file>", may="try_rules")
    def rules_file(self, actor: Actor, file: str) -> Any:
        """A file of the rules in use as it is written, to be edited and tried."""
        if file not in rules.present().written:
            raise errors.Refusal("not_found", id=file)
        named = {"Content-Disposition": f'attachment; filename="{file}"'}
        return Answer(rules.present().written[file], "application/json", named)

    @route("GET", "/rules/trials", accepts="find_trials", may="try_rules", answers="rules_trial_list")
    def trials(self, actor: Actor, query: dict[str, str]) -> Any:
        """Trials of a campaign, the newest first, without their rows."""
        found, now = trials_store.listed(self.db, actor.scope, query), clock.now()
        return {**found, "rows": [trials.shown(row, now) for row in found["rows"]]}

    @route("GET", "/rules/trials/<trial_id>", may="try_rules", answers="rules_trial")
    def trial(self, actor: Actor, trial_id: str, language: str) -> Any:
        """A trial that runs, its comparison, or why it was refused."""
        return trials.shown(trials_store.get(self.db, trial_id, actor.scope), clock.now(), language)

    @route("POST", "/rules/trials", accepts="try_rules", may="try_rules", answers="rules_trial")
    def try_rules(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """What changed files of rules would say of past materials, beside what the rules in use and people say."""
        campaign, limit = draft.get("campaign", actor.scope.get("campaign")), int(draft.get("limit", USUAL))
        kept_for = campaign if campaign and actor.covers({"campaign": campaign}) else None
        trial = trials.begin(draft["files"], kept_for, limit, hands.reader(actor))
        if RUNNING:
            raise errors.Refusal("trial_running", **({"trial_id": trial["_id"]} if trial["_id"] in RUNNING else {}))
        RUNNING.add(trial["_id"])
        try:
            trials_store.begin(self.db, trial)
            found = rules_store.past(self.db, actor.scope, campaign, limit)
            materials = [rules_store.material(self.db, row, AUTHORS.of(row)) for row in found]
            tried = tpool.execute(trying.ask, draft["files"], materials)
        except errors.Refusal as no:
            trials_store.end(self.db, trial, trials.refused(no))
            raise
        finally:
            RUNNING.clear()
        said = {"state": "done", **trials.compare(tried, rules_store.failed(found))}
        return trials.shown(trials_store.end(self.db, trial, said), clock.now())
