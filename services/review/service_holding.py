"""The doors of who reads what: claiming, giving back, handing over, recusals, readers and their numbers."""

from typing import Any

from services.review import domain, hands, holding, holding_store, store
from services.spine import clock, doors, errors
from services.spine.actor import Actor, both
from services.spine.doors import again, route

MANY = 1000


class HoldingDoors(doors.Service):
    """One holder at a time, and nobody whom it concerns."""

    @route("GET", "/reviews/counts", accepts="count_reviews", may="read_review", answers="review_counts")
    def review_counts(self, actor: Actor, query: dict[str, str]) -> Any:
        """The queue in numbers, by meeting day."""
        barred = hands.barred(self.db, actor, query["campaign"]).all
        return holding_store.counts(self.db, actor.scope, query["campaign"], actor.id, barred)

    @route("POST", "/reviews/<review_id>/claim", accepts="claim", may="hold", answers="held")
    def claim(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """Take a review in hand; of two at once one has it and the other is told who."""
        return self._claim(actor, review_id)

    @route("POST", "/claims", accepts="claim_many", may="hold", answers="claimed")
    def claim_many(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Take several in hand, a day's reading; each has its own answer."""
        rows: list[dict[str, Any]] = []
        for review_id in draft["review_ids"]:
            row: dict[str, Any] = {"review_id": review_id, "held": True, "code": None, "params": {}}
            try:
                again(lambda review_id=review_id: self._claim(actor, review_id))  # type: ignore[misc]
            except errors.Refusal as no:
                row |= {"held": False, "code": no.code, "params": no.params}
            rows.append(row)
        return {"rows": rows}

    @route("POST", "/claims/next", accepts="claim_next", may="hold", answers="held")
    def claim_next(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Take the free review whose meeting is nearest."""
        barred = hands.barred(self.db, actor, draft["campaign"])
        asked = store.wanted({"campaign": draft["campaign"], "mine": "free"}, actor.id, barred.all, clock.today())
        found = holding_store.nearest_free(self.db, actor.scope, asked, 1)
        if not found:
            raise errors.Refusal("nothing_free")
        return self._claim(actor, found[0]["_id"])

    @route("POST", "/reviews/<review_id>/release", accepts="release", may="hold", answers="held")
    def release(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """Give a review back; a leader also another's, with a reason."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        changed = holding.release(review, who, draft.get("reason", ""), leader=actor.may("lead", review))
        store.save(self.db, review, changed, [], who.at)
        return {"review_id": review_id, "holder": changed["holder"]}

    @route("POST", "/reviews/<review_id>/decline", accepts="decline", may="hold", answers="held")
    def decline(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """Give a review back for good, with the reason."""
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        changed = holding.decline(review, who, draft["reason"])
        store.save(self.db, review, changed, [], who.at)
        return {"review_id": review_id, "holder": changed["holder"]}

    @route("POST", "/reviews/<review_id>/holder", accepts="hand_over", may="lead", answers="held")
    def hand_over(self, actor: Actor, review_id: str, draft: dict[str, Any]) -> Any:
        """The group's leader hands a review to a reader of the group."""
        review = store.get(self.db, review_id, actor.scope)
        hands.check_concern(actor, review, hands.barred(self.db, actor, review["campaign"]))
        reader = self._known(review, draft["account"])
        freed = {**review, "holder": None}
        return self._hold(review, freed, reader, clock.now())

    @route("POST", "/distributions", accepts="distribute", may="lead", answers="distributed")
    def distribute(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """The group's leader spreads what is free over readers, evenly, the nearest meeting first."""
        campaign, today, given = draft["campaign"], clock.today(), dict.fromkeys(draft["readers"], 0)
        asked: dict[str, Any] = {"campaign": campaign, **store.free("", frozenset(), today)}
        if "meeting_on" in draft:
            asked["meeting_on"] = draft["meeting_on"]
        found = holding_store.nearest_free(self.db, actor.scope, asked, MANY)
        by_group: dict[str, list[domain.Review]] = {}
        for review in found:
            by_group.setdefault(review["group"], []).append(review)
        for group, reviews in by_group.items():
            rows = holding_store.readers(self.db, campaign, [group], None)
            present = [self._loaded(row, today) for row in rows if row["account"] in given]
            most = hands.policy(self.db, campaign)["most_held"]
            for review, reader in holding.spread(reviews, present, most):
                try:
                    self._hold(review, review, reader, clock.now())
                except (errors.Refusal, errors.Stale):
                    continue
                given[reader["account"]] += 1
        rows = [{"account": account, "given": count} for account, count in given.items()]
        return {"rows": rows, "left": len(found) - sum(given.values())}

    @route("GET", "/readers", accepts="find_readers", may="read_readers", answers="reader_list")
    def readers(self, actor: Actor, query: dict[str, str]) -> Any:
        """Readers with what they hold and have done: one's own line, the group's for its leader, all for the office."""
        campaign = query["campaign"]
        here = [grant for grant in actor.grants if grant.get("campaign") == campaign]
        groups = sorted({grant["scope"]["of"] for grant in here if grant["scope"]["kind"] == "group"})
        barred = hands.barred(self.db, actor, campaign)
        for group in groups:
            holding_store.meet(self.db, campaign, group, actor, barred, clock.now())
        leads = [grant["scope"]["of"] for grant in here if grant["role"] == "group_leader"]
        if "office" in actor.roles and actor.covers({"campaign": campaign}):
            found = holding_store.readers(self.db, campaign, None, None)
        else:
            found = holding_store.readers(self.db, campaign, leads or groups, None if leads else actor.id)
        return {"rows": [holding_store.statistics(self.db, row) for row in found]}

    @route("POST", "/recusals", accepts="recuse", may="recuse", answers="recusal")
    def recuse(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """A reader does not read a unit's materials: said by himself, or by the leader or the office."""
        account, other = draft.get("account", actor.id), draft.get("account", actor.id) != actor.id
        place = store.place(self.db, draft["campaign"], draft["unit"])
        if not actor.covers(place):
            raise errors.Refusal("not_found", id=draft["unit"])
        if other and not actor.may("overrule", place):
            raise errors.Refusal("not_permitted", permission="overrule")
        key = f"{draft['campaign']}.{draft['unit']}.{account}"
        kept = {"recusal_id": key, **{name: place[name] for name in ("campaign", "unit", "region", "group")}}
        kept |= {"account": account, "name": draft.get("name", actor.name if not other else account)}
        kept |= {"reason": draft["reason"], "by": actor.name, "by_account": actor.id}
        kept |= {"at": clock.now(), "ended": None}
        return 201, holding_store.recuse(self.db, kept)

    @route("GET", "/recusals", accepts="find_recusals", may="recuse", answers="recusal_list")
    def recusals(self, actor: Actor, query: dict[str, str]) -> Any:
        """Who does not read whom: one's own, and for leaders and the office the others'."""
        own = {"account": actor.id} if not actor.roles & {"office", "group_leader"} else {}
        wanted = both(actor.scope, {"campaign": query["campaign"], "ended": None, **own})
        rows = list(self.db.recusals.find(wanted, {"earlier": 0}).sort([("unit", 1), ("account", 1)]).limit(500))
        return {"rows": rows}

    @route("POST", "/recusals/<recusal_id>/end", accepts="end_recusal", may="recuse")
    def end_recusal(self, actor: Actor, recusal_id: str, draft: dict[str, Any]) -> Any:
        """The reason for a recusal is gone."""
        recusal = store.recusal(self.db, recusal_id, actor.scope)
        if not holding.said_by(recusal, actor.id) and not actor.may("overrule", recusal):
            raise errors.Refusal("not_permitted", permission="overrule")
        ended = {"reason": draft["reason"], "by": actor.name, "by_account": actor.id, "at": clock.now()}
        holding_store.end_recusal(self.db, recusal_id, ended)

    def _claim(self, actor: Actor, review_id: str) -> dict[str, Any]:
        review, who = store.get(self.db, review_id, actor.scope), hands.reader(actor)
        barred = hands.barred(self.db, actor, review["campaign"])
        holding_store.meet(self.db, review["campaign"], review["group"], actor, barred, who.at)
        held = holding_store.held(self.db, who.account, who.today)
        policy, calendar = hands.policy(self.db, review["campaign"]), store.calendar(self.db)
        changed = holding.claim(review, who, barred, policy, held, calendar)
        store.save(self.db, review, changed, [], who.at)
        return {"review_id": review_id, "holder": changed["holder"]}

    def _hold(self, before: domain.Review, review: domain.Review, reader: dict[str, Any], at: str) -> dict[str, Any]:
        """Put a review into the hands of a reader who is not at the door."""
        who = domain.Reader(reader["account"], reader["name"], at, clock.today())
        units = frozenset(reader["units"])
        recused = holding_store.recused(self.db, review["campaign"], who.account)
        held = holding_store.held(self.db, who.account, who.today)
        barred = holding.Barred(frozenset(), units, recused)
        policy, calendar = hands.policy(self.db, review["campaign"]), store.calendar(self.db)
        changed = holding.claim(review, who, barred, policy, held, calendar)
        store.save(self.db, before, changed, [], at)
        return {"review_id": review["_id"], "holder": changed["holder"]}

    def _known(self, review: domain.Review, account: str) -> dict[str, Any]:
        found = holding_store.readers(self.db, review["campaign"], [review["group"]], account)
        if not found:
            raise errors.Refusal("reader_unknown", account=account, group=review["group"])
        return found[0]

    def _loaded(self, row: dict[str, Any], today: str) -> dict[str, Any]:
        barred = frozenset(row["units"]) | holding_store.recused(self.db, row["campaign"], row["account"])
        return {**row, "held": holding_store.held(self.db, row["account"], today), "barred": barred}
