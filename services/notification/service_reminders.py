"""What is heard of days, and the stroke at which people are reminded of them."""

import time

from services.notification import reminders_store, reminding
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

    @every(60)
    def remind(self) -> None:
        """Tell what is due, a little at a time; what is left the next stroke tells."""
        reminding.run(self.db, clock.today(), time.monotonic() + SLICE_SECONDS)
