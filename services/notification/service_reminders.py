"""What is heard of days, and the stroke at which people are reminded of them."""

import time

from services.notification import nodes, reminders_store, reminding
from services.spine import clock, doors
from services.spine.doors import every, on_event
from services.spine.events import Event

SLICE_SECONDS = 45


class ReminderDoors(doors.Service):
    """Reminds of what is owed, before its day and after."""

    @on_event("registry", "campaign_opened")
    def on_campaign_opened(self, event: Event) -> None:
        """The campaign's reminders are known."""
        reminders_store.remember_policy(self.db, event)

    @on_event("registry", "campaign_revised")
    def on_campaign_revised(self, event: Event) -> None:
        """Other reminders hold: what is open is planned anew."""
        reminders_store.remember_policy(self.db, event)

    @on_event("registry", "calendar_loaded")
    def on_calendar_loaded(self, event: Event) -> None:
        """Which days are worked, as an office loaded it."""
        reminders_store.remember_calendar(self.db, event)

    @on_event("intake", "material_submitted", together=True)
    def on_material_submitted(self, told: list[Event]) -> None:
        """What was handed in is owed no more."""
        self.keep_days(told)

    @on_event("review", "withdrawal_decided", together=True)
    def on_withdrawal_decided(self, told: list[Event]) -> None:
        """A version that was taken back is owed as before."""
        self.keep_days(told)

    @on_event("review", "secrecy_found", together=True)
    def on_secrecy_found(self, told: list[Event]) -> None:
        """A version that was destroyed is owed as before."""
        self.keep_days(told)

    @on_event("intake", "talks_completed", together=True)
    def on_talks_completed(self, told: list[Event]) -> None:
        """A unit's talks are done."""
        self.keep_days(told)

    @on_event("intake", "talks_reopened", together=True)
    def on_talks_reopened(self, told: list[Event]) -> None:
        """A unit's talks are done no longer."""
        self.keep_days(told)

    @on_event("rectification", "item_registered", together=True)
    def on_item_registered(self, told: list[Event]) -> None:
        """An item has its day."""
        self.keep_days(told)

    @on_event("rectification", "item_planned", together=True)
    def on_item_planned(self, told: list[Event]) -> None:
        """An item that lacked something has its day."""
        self.keep_days(told)

    @on_event("rectification", "item_revised", together=True)
    def on_item_revised(self, told: list[Event]) -> None:
        """An item may have another day."""
        self.keep_days(told)

    @every(60)
    def remind(self) -> None:
        """Tell what is due, a little at a time; what is left the next stroke tells."""
        reminding.run(self.db, clock.today(), time.monotonic() + SLICE_SECONDS)

    def keep_days(self, told: list[Event]) -> None:
        """Take over what events say of days, of what is done and what rests."""
        read = [nodes.read(event, clock.local_day(event["time"])) for event in told]
        reminders_store.hear(self.db, read, clock.today(), clock.now())
