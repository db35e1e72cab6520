"""The stroke at which the queues of other systems are filled."""

from services.notification import forwarding
from services.spine import doors, mongo, settings
from services.spine.doors import every

FORWARDER = forwarding.Forwarder()


class QueueDoors(doors.Service):
    """Other systems that have a queue."""

    @every(1.0, everywhere=True)
    def fill_queues(self) -> None:
        """Every queue gets what the feed has for it."""
        if not settings.embedded():
            FORWARDER.turn(self.db, mongo.database("feed"))
