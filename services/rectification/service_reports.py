"""The doors of the monthly reports: who told of the progress of all open items, and who did not."""

from typing import Any

from services.rectification import reporting_store, store
from services.spine import clock, doors
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.events import Event


class ReportDoors(doors.Service):
    """A unit's report follows from its items: it is counted, never ticked."""

    @route("GET", "/reports", accepts="find_reports", may="read_item", answers="report_list")
    def reports(self, actor: Actor, query: dict[str, str]) -> Any:
        """The units' reports of a month."""
        return reporting_store.listed(self.db, actor.units, query, clock.today())

    @on_event("rectification", "item_progressed", together=True)
    def on_item_progressed(self, told: list[Event]) -> None:
        """An item was told of."""
        self._recount(told)

    @on_event("rectification", "closeout_requested", together=True)
    def on_closeout_requested(self, told: list[Event]) -> None:
        """Who asks to close an item need not tell of it."""
        self._recount(told)

    def _recount(self, told: list[Event]) -> None:
        for campaign, ledgers in store.ledgers(self.db, told).items():
            reporting_store.follow(self.db, campaign, ledgers, clock.today(), clock.now())
            store.show(self.db, ledgers.values(), clock.now())
