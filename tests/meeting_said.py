"""What registry says of a meeting that is scheduled, cancelled and restored, in its envelope, as a door hears it."""

from typing import Any

from services.spine import contracts, events
from tests.stack import CAMPAIGN

UNIT, GROUP, REGION, ON = "990823-NYNC", "G4", "990823", "2024-01-03"
PLACE = f"{CAMPAIGN}.{UNIT}"


def scheduled(sequence: int, because: str | None = None, **more: Any) -> events.Event:
    """The meeting as its schema's example has it."""
    example = contracts.documents()["events/meeting_scheduled"]["examples"][0]
    why = {"because": because} if because else {}
    return _sealed("meeting_scheduled", sequence, {**example, **why, **more})


def cancelled(sequence: int, because: str = "decided", on: str = ON) -> events.Event:
    """It is not held any more."""
    return _sealed("meeting_cancelled", sequence, {"unit": UNIT, "group": GROUP, "on": on, "because": because})


def _sealed(name: str, sequence: int, data: dict[str, Any]) -> events.Event:
    fact = events.Fact(name, PLACE, CAMPAIGN, REGION, data)
    return events.seal(fact, source="registry", at="2024-01-03T08:00:00.000Z", sequence=sequence)


def hear(service: Any, *said: events.Event) -> list[Exception | None]:
    """A service's doors hear it, one after the other; what became of each: None where it was heard."""
    return [fate for event in said for fate in getattr(service, f"on_{events.name_of(event)}")([event])]
