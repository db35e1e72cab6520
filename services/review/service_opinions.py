"""The doors of opinions: what was collected about a person or a team, entered, shown, withdrawn."""

import time
from functools import partial
from typing import Any

from services.review import hands, holding, opinions, opinions_store, store, tasks
from services.spine import clock, doors, errors, mongo
from services.spine.actor import GROUP_SIDE, Actor, lies_within
from services.spine.doors import again, route


class OpinionDoors(doors.Service):
    """Each opinion must be answered; what was pre-checked without it is pre-checked once more."""

    @route("POST", "/opinions", accepts="add_opinions", may="add_opinion", answers="opinions_added")
    def add_opinions(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Enter opinions about a post or the team; the same again changes nothing."""
        place = store.place(self.db, draft["campaign"], draft["unit"])
        if not actor.covers(place):
            raise errors.Refusal("not_found", id=draft["unit"])
        said = opinions.collect(place, draft["post"], draft["opinions"], hands.reader(actor), self._side(actor, place))
        answer = opinions_store.add(self.db, said)
        once_more(self.db, {**place, "post": draft["post"]})
        return 201 if answer["added"] else 200, answer

    @route("GET", "/opinions", accepts="find_opinions", may="read_opinion", answers="opinion_list")
    def find_opinions(self, actor: Actor, query: dict[str, str]) -> Any:
        """Opinions, also withdrawn ones; a member sees those about the own post and the team."""
        return opinions_store.listed(self.db, actor.scope, query)

    @route(
        "POST", "/opinions/<opinion_id>/withdrawal", accepts="withdraw_opinion", may="add_opinion", answers="opinion"
    )
    def withdraw_opinion(self, actor: Actor, opinion_id: str, draft: dict[str, str]) -> Any:
        """An opinion need not be answered any more; it stays on record with the reason."""
        opinion, who = opinions_store.get(self.db, opinion_id, actor.scope), hands.reader(actor)
        changed = opinions.withdraw(opinion, draft["reason"], who, self._side(actor, opinion))
        opinions_store.withdraw(self.db, opinion, changed, who.at)
        once_more(self.db, opinion)
        return changed

    def _side(self, actor: Actor, place: dict[str, Any]) -> str:
        """Whose side the actor is on here; a reader who may not read a unit makes no remarks on it either."""
        roles = {role for role, part in actor.parts if lies_within(place, part)}
        if roles <= set(GROUP_SIDE):
            holding.check_not_barred(place["unit"], hands.barred(self.db, actor, place["campaign"]))
        return opinions.side(roles)


def once_more(db: mongo.Db, place: dict[str, Any]) -> None:
    """Have what nobody has judged about this post pre-checked once more, if its pre-check knew other opinions."""
    for review_id in opinions_store.outdated(db, place):
        if again(partial(opinions_store.reopen, db, review_id, clock.now())):
            tasks.once_more(db, review_id, "opinions", time.time())
            tasks.issue(db, [review_id], time.time())
