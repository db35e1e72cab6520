"""The doors of a team's posts: who comes and goes, from which day."""

from functools import partial
from typing import Any

from services.registry import organisations, planning, posts, posts_store, schedule_store, store, successions_store
from services.registry.service_places import PlaceDoors
from services.spine import clock, errors
from services.spine.actor import OFFICES, Actor
from services.spine.doors import again, every, route


class PostDoors(PlaceDoors):
    """Changes of persons in the posts of a team."""

    @route("GET", "/teams/<unit>/posts", may="change_post", answers="team_posts")
    def team_posts(self, actor: Actor, unit: str) -> Any:
        """The posts of a unit's team over time, and what was changed; nobody is named."""
        return self._team_shown(actor, self._team(actor, unit))

    @route("POST", "/teams/<unit>/posts", accepts="change_post", may="change_post", answers="team_posts")
    def change_post(self, actor: Actor, unit: str, draft: dict[str, str]) -> Any:
        """Somebody leaves a post, comes into it, or a post is new, from a day on; meetings not held follow."""
        found, at, today = self._team(actor, unit), clock.now(), clock.today()
        if found.get("state", "active") != "active":
            raise errors.Refusal("organisation_ended", organisation=unit, on=found["ended_on"])
        role = posts.role_of(found["posts"], draft)
        if role == "secretary" and not self._by_office(actor, found["region"]):
            raise errors.Refusal("own_post")
        entry = posts.entry(draft, actor.name, at, today)
        terms = posts.change(found["posts"], draft)
        if terms != found["posts"]:
            fact = posts.told(unit, found["region"], draft, role)
            posts_store.save(self.db, found, terms, entry, fact, today, at)
        asked = organisations.posts_on({"posts": terms}, today)
        for meeting in posts_store.unheld(self.db, unit):
            again(partial(self._repost, meeting["_id"], asked, entry))
        return self._team_shown(actor, self._team(actor, unit))

    @route(
        "POST",
        "/teams/<unit>/posts/<post>/withdrawal",
        accepts="take_back_post",
        may="take_back_post",
        answers="team_posts",
    )
    def take_back_post(self, actor: Actor, unit: str, post: str, draft: dict[str, str]) -> Any:
        """A change that was told ahead does not come; one that has come is put right by another change."""
        found, at, today = self._team(actor, unit), clock.now(), clock.today()
        entry = posts.told_at(found["history"], post, draft["told_at"])
        if not entry.get("taken_back"):
            terms = posts.take_back(found["posts"], entry, today)
            back = {"by": actor.name, "at": at, "reason": draft["reason"]}
            posts_store.take_back(self.db, found, terms, {**entry, "taken_back": back}, today, at)
        return self._team_shown(actor, self._team(actor, unit))

    @every(60)
    def turn_posts(self) -> None:
        """Terms that begin or end today, as a table or a page told them: it is said, and meetings not held follow."""
        successions_store.turn(self.db, clock.today(), clock.now())

    def _repost(self, meeting_id: str, asked: list[dict[str, str]], entry: dict[str, Any]) -> None:
        meeting = store.meeting(self.db, meeting_id)
        campaign, calendar = store.campaign(self.db, meeting["campaign"]), schedule_store.calendar(self.db)
        changed = planning.repost(meeting, campaign, asked, entry, clock.today(), calendar)
        store.save(self.db, meeting, changed, entry["at"])

    def _team(self, actor: Actor, unit: str) -> posts_store.Team:
        organisations.check_bears([(unit, "team", "/unit")])
        found = posts_store.team(self.db, unit)
        own = any(grant["scope"] == {"kind": "unit", "of": unit} for grant in actor.grants)
        if not own and not self._by_office(actor, found["region"]):
            raise errors.Refusal("not_found", id=unit)
        return found

    def _by_office(self, actor: Actor, region: str) -> bool:
        """Whether an office asks in whose jurisdiction the region lies."""
        return bool(actor.roles & set(OFFICES)) and organisations.within(region, self._stems(actor))

    def _team_shown(self, actor: Actor, found: posts_store.Team) -> dict[str, Any]:
        told = [posts.marked(entry, clock.today()) for entry in found["history"]]
        history = [entry for entry in [*found["earlier"], *told] if entry["what"].startswith("post_")]
        shown = {"unit": found["code"], **{key: found[key] for key in ("name", "region", "posts")}}
        office = self._by_office(actor, found["region"])
        asked = [post for meeting in posts_store.unheld(self.db, found["code"]) for post in meeting["posts"]]
        number = posts.next_post([*found["posts"], *asked])
        return {**shown, "history": history, "next_post": number, "by_office": office}
