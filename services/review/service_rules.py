"""The doors of the rules: which are in use, and what a new version would say of past materials."""

import threading
from typing import Any

from eventlet import tpool

from services.review import rules, rules_store, trials, trying
from services.spine import doors, errors
from services.spine.actor import Actor
from services.spine.doors import route

USUAL = 100
ONE_AT_A_TIME = threading.Lock()


class RuleDoors(doors.Service):
    """Rules are changed by files; before that they are tried."""

    @route("GET", "/rules", may="try_rules", answers="rules")
    def rules(self, actor: Actor) -> Any:
        """The rules in use: their version, and the limits of each file."""
        return rules.present().summary()

    @route("POST", "/rules/trials", accepts="try_rules", may="try_rules", answers="rules_trial")
    def try_rules(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """What changed files of rules would say of past materials, beside what the rules in use and people say."""
        found = rules_store.past(self.db, actor.scope, draft.get("campaign"), int(draft.get("limit", USUAL)))
        if not ONE_AT_A_TIME.acquire(blocking=False):
            raise errors.Refusal("trial_running")
        try:
            tried = tpool.execute(trying.ask, draft["files"], [rules_store.material(self.db, row) for row in found])
        finally:
            ONE_AT_A_TIME.release()
        return trials.compare(tried, rules_store.failed(found))
