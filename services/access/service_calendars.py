"""The doors at which links to subscribe to a calendar are made and revoked, and the portal asks what one reaches."""

import secrets
from typing import Any

from services.access import calendar_links, store
from services.spine import actor as actors
from services.spine import clock, doors, errors, mongo
from services.spine.actor import Actor
from services.spine.doors import route

CLAIMS_SECONDS = 60


class CalendarDoors(doors.Service):
    """Links to subscribe to a calendar."""

    @route("GET", "/calendar-links", may="read_campaign", answers="calendar_link_list")
    def my_calendar_links(self, actor: Actor) -> Any:
        """One's own links."""
        found = self.db.calendar_links.find({"login": actor.id}).sort("made_at", -1)
        return {"rows": [calendar_links.shown(link) for link in found]}

    @route("POST", "/calendar-links", accepts="make_calendar_link", may="read_campaign", answers="calendar_link")
    def make_calendar_link(self, actor: Actor, draft: dict[str, str]) -> Any:
        """A new link; its token is answered once and kept nowhere."""
        if draft["campaign"] not in {grant["campaign"] for grant in actor.grants}:
            raise errors.Refusal("not_found", id=draft["campaign"])
        token, in_use = secrets.token_hex(32), {"login": actor.id, "revoked_at": None}
        count, at = self.db.calendar_links.count_documents(in_use), clock.now()
        hashed, link_id = store.hash_of(token), secrets.token_hex(8)
        link = calendar_links.make(hashed, link_id, actor.id, draft["campaign"], at, count)
        mongo.add(self.db.calendar_links, link, at=at)
        return 201, {**calendar_links.shown(link), "token": token}

    @route(
        "POST",
        "/calendar-links/<link_id>/revocation",
        accepts="revoke_calendar_link",
        may="read_campaign",
        answers="calendar_link",
    )
    def revoke_calendar_link(self, actor: Actor, link_id: str, draft: dict[str, Any]) -> Any:
        """Whoever has the link sees nothing any more; revoking it twice changes nothing."""
        mine, links = {"link_id": link_id, "login": actor.id}, self.db.calendar_links
        links.update_one({**mine, "revoked_at": None}, {"$set": {"revoked_at": clock.now()}})
        found = links.find_one(mine)
        if found is None:
            raise errors.Refusal("not_found", id=link_id)
        return calendar_links.shown(found)

    @route("POST", "/calendar-claims", accepts="exchange_session")
    def calendar_claims(self, draft: dict[str, str]) -> Any:
        """Claims that open a calendar's one door, for a link's token."""
        wanted = {"_id": store.hash_of(draft["token"]), "revoked_at": None}
        link = self.db.calendar_links.find_one(wanted)
        account = store.find(self.db, link["login"]) if link else None
        if link is None or account is None:
            raise errors.Refusal("not_found", id="link")
        self.db.calendar_links.update_one(wanted, {"$set": {"read_on": clock.today()}})
        expires = int(clock.moment(clock.now()).timestamp()) + CLAIMS_SECONDS
        held = calendar_links.grants(account, link["campaign"])
        claims = actors.sign("calendar", "calendar", held, expires=expires)
        return {"claims": claims, "campaign": link["campaign"], "key": link["link_id"]}
