"""The doors of bulletins: the numbers of a moment kept for good, and told in a Word document."""

from functools import partial
from typing import Any

from services.registry import bulletin, bulletin_store, progress_lists, store
from services.spine import clock, doors, errors, http, mongo, official_word
from services.spine.actor import Actor
from services.spine.doors import every, route


class BulletinDoors(doors.Service):
    """Makes bulletins and hands them out as they were made."""

    @route("POST", "/campaigns/<code>/bulletins", accepts="make_bulletin", may="make_bulletin", answers="bulletin")
    def make_bulletin(self, actor: Actor, code: str, draft: dict[str, str]) -> Any:
        """Keep the numbers of this moment under the next number; a key makes one bulletin."""
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        parts, key = progress_lists.reach(actor, code), f"{code}.{draft['key']}"
        region = bulletin.place(parts, draft.get("region"))
        if self.db.bulletins.find_one({"_id": key}, {"_id": 1}) is None:
            if campaign["state"] != "open":
                raise errors.Refusal("campaign_not_open")
            found = bulletin_store.figures(self.db, campaign, parts, region, clock.today())
            head = {"_id": key, "campaign": code, "region": region, "title": draft["title"].strip()}
            record = {**head, "as_of": clock.now(), "made_by": actor.name, "figures": found}
            bulletin_store.add(self.db, campaign, record)
        return 201, bulletin.shown(mongo.get(self.db.bulletins, key, actor.scope))

    @route("GET", "/campaigns/<code>/bulletins", accepts="find_bulletins", may="make_bulletin", answers="bulletin_list")
    def bulletins(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Bulletins of the campaign in the reader's scope, the latest first."""
        store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        return bulletin_store.find(self.db, actor.scope, code, query)

    @route("GET", "/bulletins/<bulletin_id>", may="make_bulletin", answers="bulletin")
    def bulletin(self, actor: Actor, bulletin_id: str) -> Any:
        """One bulletin with its numbers as they were."""
        return bulletin.shown(mongo.get(self.db.bulletins, bulletin_id, actor.scope))

    @route("GET", "/bulletins/<bulletin_id>/word", may="make_bulletin")
    def bulletin_word(self, actor: Actor, bulletin_id: str) -> Any:
        """Its Word document, the same bytes whenever it is fetched."""
        found = mongo.get(self.db.bulletins, bulletin_id, actor.scope)
        return http.download(
            bytes(found["word"]), official_word.MEDIA_TYPE, f"{found['title']}（第{found['number']}期）.docx"
        )

    @every(60)
    def make_weekly(self) -> None:
        """Each campaign under way has its bulletin of the week, once it is due; late, if nobody was there."""
        for campaign in self.db.campaigns.find({"state": "open"}):
            mongo.again(partial(bulletin_store.make_weekly, self.db, mongo.database("feed"), campaign, clock.now()))
