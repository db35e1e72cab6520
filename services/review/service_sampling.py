"""The doors of the sample that is read again: drawing it, reading it blind, and how far the groups agree."""

import random
import secrets
from typing import Any

from services.review import domain, hands, reading, sampling, sampling_store, store
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import route


class SamplingDoors(doors.Service):
    """A second pair of eyes."""

    @route("POST", "/samples", accepts="draw_sample", may="draw_sample", answers="sample")
    def draw_sample(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Draw a share of what groups decided to be read again; the same seed draws nothing twice."""
        campaign, seed = draft["campaign"], draft.get("seed") or secrets.token_hex(4)
        _check_covers(actor, campaign)
        percent = draft.get("percent") or hands.policy(self.db, campaign)["sample_percent"]
        drawn = sampling.draw(sampling_store.decided(self.db, campaign, seed), percent, _chance(seed))
        reviews, groups = sampling_store.undrawn(self.db, drawn), sampling_store.groups(self.db, campaign)
        given = sampling_store.given(self.db, campaign)
        new = sampling.hand_out(reviews, groups, given, seed, clock.now())
        return 201, {"drawn": sampling_store.keep(self.db, new), "seed": seed, "percent": percent}

    @route("GET", "/rereadings", accepts="find_rereadings", may="reread", answers="rereading_list")
    def rereadings(self, actor: Actor, query: dict[str, str]) -> Any:
        """What was drawn: all of it for the office; for a group's reader what is his to read."""
        office = actor.may("draw_sample", query)
        who = None if office else self._second(actor, query["campaign"])
        found = sampling_store.page(self.db, actor.scope, who, query)
        return {**found, "rows": [sampling.row(one, office=office) for one in found["rows"]]}

    @route("GET", "/rereadings/<rereading_id>", may="reread", answers="rereading")
    def rereading(self, actor: Actor, rereading_id: str) -> Any:
        """A text to be read again, without anything of the first verdict."""
        return sampling.text(*self._given(actor, rereading_id))

    @route(
        "POST",
        "/rereadings/<rereading_id>/verdict",
        accepts="give_second_verdict",
        may="reread",
        answers="second_verdict",
    )
    def give_second_verdict(self, actor: Actor, rereading_id: str, draft: dict[str, Any]) -> Any:
        """A second verdict, which changes nothing for the author and is told to nobody."""
        (found, review), who = self._given(actor, rereading_id), hands.reader(actor)
        changed = sampling.judge(found, review, draft["standards"], who)
        sampling_store.save(self.db, found, changed, who.at)
        return {"rereading_id": rereading_id, **{key: changed["second"][key] for key in ("outcome", "at")}}

    @route("GET", "/calibration", accepts="find_calibration", may="draw_sample", answers="calibration")
    def calibration(self, actor: Actor, query: dict[str, str]) -> Any:
        """How often each group passes, and how far the second verdicts agree with its own."""
        campaign = query["campaign"]
        _check_covers(actor, campaign)
        decided, pairs = sampling_store.counted(self.db, campaign), sampling_store.pairs(self.db, campaign)
        usual = hands.policy(self.db, campaign)["sample_percent"]
        return {"sample_percent": usual, **sampling.calibration(decided, pairs)}

    def _given(self, actor: Actor, rereading_id: str) -> tuple[sampling.Rereading, domain.Review]:
        found = sampling_store.get(self.db, rereading_id, actor.scope)
        sampling.check_may_read(found, self._second(actor, found["campaign"]))
        review = store.get(self.db, found["review_id"])
        if reading.is_work_secret(review) and not actor.covers(review):
            raise errors.Refusal("not_found", id=rereading_id)
        return found, review

    def _second(self, actor: Actor, campaign: str) -> sampling.Second:
        here = [grant["scope"] for grant in actor.grants if grant.get("campaign") == campaign]
        groups = {scope["of"] for scope in here if scope["kind"] == "group"}
        return sampling.Second(actor.id, frozenset(groups), hands.barred(self.db, actor, campaign))


def _check_covers(actor: Actor, campaign: str) -> None:
    if not actor.covers({"campaign": campaign}):
        raise errors.Refusal("not_found", id=campaign)


def _chance(seed: str) -> sampling.Chance:
    return lambda review_id: random.Random(f"{seed}/{review_id}").random()
