"""The doors of a campaign's opening."""

import time
from typing import Any

from services.registry import definition_store, domain, laying, openings, store
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import every, route

SLICE_SECONDS = 2
AT_ONCE = 500
"""Units that are told while whoever opens the campaign waits; more are told in the background."""


class OpeningDoors(doors.Service):
    """Opens campaigns, however many units they have."""

    @route("POST", "/campaigns/<code>/open", may="open_campaign", answers="opened")
    def open_campaign(self, actor: Actor, code: str) -> Any:
        """Open the campaign: each unit's day and materials are said, then that it is open; many units take a while."""
        campaign, at = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants]), clock.now()
        units = definition_store.units(self.db, code)
        if units > AT_ONCE:
            opening = domain.begin_opening(campaign)
            store.save_campaign(self.db, campaign, opening, [], at)
            openings.begin(self.db, code)
            return 202, {"campaign_code": code, "state": opening["state"], "units": units}
        units = store.announce(self.db, code, at)
        opened, facts = domain.open_campaign(campaign, units, at)
        store.save_campaign(self.db, campaign, opened, facts, at)
        return {"campaign_code": code, "state": opened["state"], "units": units}

    @route("GET", "/campaigns/<code>/opening", may="read_campaign", answers="opening")
    def opening(self, actor: Actor, code: str) -> Any:
        """How many of the campaign's units were told that it opens."""
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        work = openings.get(self.db, code)
        told = {"total": work["total"], "worked": work["worked"]}
        return {"campaign_code": code, "state": campaign["state"], **told}

    @every(1)
    def open_up(self) -> None:
        """Go on telling units for some seconds; killed in the middle, the next stroke goes on."""
        for code in openings.unfinished(self.db):
            laying.end_opening(self.db, code)
        if claimed := definition_store.claim(self.db, "openings", time.time()):
            laying.open_up(self.db, claimed, time.monotonic() + SLICE_SECONDS)
