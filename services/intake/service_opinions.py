"""The doors of opinions: entered, shown (masked to whom they are about), merged, filed, fed back, withdrawn."""

from typing import Any

from services.intake import domain, masking, opinions, opinions_store, store
from services.spine import clock, doors, errors
from services.spine.actor import GROUP_SIDE, Actor, lies_within
from services.spine.doors import on_event, route
from services.spine.events import Event

AS_SAID = ("office", "county_office", *GROUP_SIDE, "secretary", "liaison")


class OpinionDoors(doors.Service):
    """Each opinion must be answered; its own words stay as they were said."""

    @route("POST", "/opinions", accepts="add_opinions", may="add_opinion", answers="opinions_added")
    def add_opinions(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Enter opinions about a post or the team; the same again changes nothing."""
        place = store.plan(self.db, draft["campaign"], draft["unit"], actor.scope)
        domain.check_goes_on(place)
        said = opinions.collect(place, draft["post"], draft["opinions"], hand(actor), self._side(actor, place))
        answer = opinions_store.add(self.db, said, clock.now())
        return 201 if answer["added"] else 200, answer

    @route("GET", "/opinions", accepts="find_opinions", may="read_opinion", answers="opinion_list")
    def find_opinions(self, actor: Actor, query: dict[str, str]) -> Any:
        """Opinions, also withdrawn ones; a member sees those about the own post and the team, masked."""
        found = opinions_store.listed(self.db, actor.scope, query)
        return {**found, "rows": [self._seen(actor, one) for one in found["rows"]]}

    @route(
        "POST", "/opinions/<opinion_id>/withdrawal", accepts="withdraw_opinion", may="add_opinion", answers="opinion"
    )
    def withdraw_opinion(self, actor: Actor, opinion_id: str, draft: dict[str, str]) -> Any:
        """An opinion need not be answered any more, with the reason; what was merged into it stands again."""
        opinion, who = opinions_store.get(self.db, opinion_id, actor.scope), hand(actor)
        changed = opinions.withdraw(opinion, draft["reason"], who, self._side(actor, opinion))
        for part in opinions_store.merged_into(self.db, opinion_id):
            opinions_store.save(self.db, part, {**part, "merged_into": None}, who.at)
        return opinions_store.save(self.db, opinion, changed, who.at)

    @route("POST", "/opinions/mergers", accepts="merge_opinions", may="work_on_opinions", answers="opinion")
    def merge_opinions(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """One opinion in place of several; their words are kept. Withdrawing it undoes the merger."""
        parts, who = opinions_store.parts(self.db, draft["opinion_ids"], actor.scope), hand(actor)
        merged = opinions.merge(parts, draft["text"].strip(), who, self._side(actor, parts[0]))
        opinions_store.keep(self.db, [merged], who.at)
        kept = opinions_store.get(self.db, merged["_id"], actor.scope)
        if kept["withdrawn"]:
            kept = opinions_store.save(self.db, kept, {**kept, "withdrawn": None}, who.at)
        for part in parts:
            opinions_store.save(self.db, part, {**part, "merged_into": merged["_id"]}, who.at)
        return 201, kept

    @route("POST", "/opinions/<opinion_id>/filing", accepts="file_opinion", may="work_on_opinions", answers="opinion")
    def file_opinion(self, actor: Actor, opinion_id: str, draft: dict[str, Any]) -> Any:
        """Put an opinion under a category and an aspect, beside its words."""
        opinion = opinions_store.get(self.db, opinion_id, actor.scope)
        return opinions_store.save(self.db, opinion, opinions.file(opinion, draft), clock.now())

    @route("POST", "/opinions/feedback", accepts="feed_back", may="work_on_opinions", answers="marked")
    def feed_back(self, actor: Actor, draft: dict[str, str]) -> Any:
        """Opinions about a post were fed back to whom they are about, in their own words; the day is kept."""
        place = store.plan(self.db, draft["campaign"], draft["unit"], actor.scope)
        where = {**{name: place[name] for name in ("campaign", "unit")}, "post": draft["post"]}
        return {"marked": opinions_store.mark(self.db, where, "fed_back_on", {}, clock.today())}

    @route("POST", "/opinions/receipt", accepts="feed_back", may="receive_feedback", answers="marked")
    def receive_feedback(self, actor: Actor, draft: dict[str, str]) -> Any:
        """Whom they are about has read the opinions that were fed back."""
        where = {name: draft[name] for name in ("campaign", "unit", "post")}
        if not actor.covers(store.plan(self.db, draft["campaign"], draft["unit"]) | where):
            raise errors.Refusal("not_found", id=draft["unit"])
        fed_back = {"fed_back_on": {"$ne": None}}
        return {"marked": opinions_store.mark(self.db, where, "read_on", fed_back, clock.today())}

    @route("GET", "/opinions/names", accepts="find_names", may="work_on_opinions", answers="names")
    def names(self, actor: Actor, query: dict[str, str]) -> Any:
        """The names that are masked in a unit's opinions."""
        store.plan(self.db, query["campaign"], query["unit"], actor.scope)
        return {"names": opinions_store.names(self.db, query["campaign"], query["unit"])}

    @route("POST", "/opinions/names", accepts="keep_names", may="work_on_opinions", answers="names")
    def keep_names(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Say which names are masked in a unit's opinions, in place of those before."""
        store.plan(self.db, draft["campaign"], draft["unit"], actor.scope)
        opinions_store.keep_names(self.db, draft["campaign"], draft["unit"], draft["names"])
        return {"names": opinions_store.names(self.db, draft["campaign"], draft["unit"])}

    @route("GET", "/opinions/masked-names", accepts="find_campaign_names", may="ask_names", answers="names")
    def masked_names(self, actor: Actor, query: dict[str, str]) -> Any:
        """The names that are masked in the opinions of a campaign's units: for what must not name them."""
        return {"names": opinions_store.all_names(self.db, query["campaign"])}

    @route("GET", "/opinions/words", accepts="find_words", may="ask_words", answers="opinion_words")
    def words(self, actor: Actor, query: dict[str, str]) -> Any:
        """What was said about a post, masked, for the pre-check."""
        campaign, unit = query["campaign"], query["unit"]
        names, found = opinions_store.names(self.db, campaign, unit), opinions_store.about(self.db, **query)
        rows = [{**{name: one[name] for name in ("opinion_id", "source")}, **_masked(one, names)} for one in found]
        return {"rows": rows}

    @on_event("review", "reader_recused")
    def on_reader_recused(self, event: Event) -> None:
        """A reader who must not read a unit makes no remarks on it either."""
        opinions_store.remember_recusal(self.db, event)

    def _side(self, actor: Actor, place: dict[str, Any]) -> str:
        """Whose side the actor is on here; a reader who may not read a unit makes no remarks on it either."""
        roles, unit = {role for role, part in actor.parts if lies_within(place, part)}, place["unit"]
        if roles <= set(GROUP_SIDE):
            recused = opinions_store.recused(self.db, place["campaign"], unit, actor.id)
            reasons = (("own_material", unit in actor.own_units), ("own_former_unit", unit in actor.former_units))
            for code, applies in (*reasons, ("recused", recused)):
                if applies:
                    raise errors.Refusal(code, unit=unit)
        return opinions.side(roles)

    def _seen(self, actor: Actor, opinion: opinions.Opinion) -> opinions.Opinion:
        """An opinion as this reader sees it: as it was said, or, for whom it is about, masked."""
        if any(role in AS_SAID and lies_within(opinion, part) for role, part in actor.parts):
            return opinion
        return {**opinion, **_masked(opinion, opinions_store.names(self.db, opinion["campaign"], opinion["unit"]))}


def hand(actor: Actor) -> opinions.Hand:
    """Account, name, and when it is."""
    return opinions.Hand(actor.id, actor.name, clock.now(), clock.today())


def _masked(opinion: opinions.Opinion, names: list[str]) -> dict[str, str]:
    return {"text": masking.mask(opinion["text"], names)}
