"""What time it is: the only place in the house that asks. Everyone else is told."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> str:
    """This moment in UTC, to the millisecond: `2026-03-01T08:30:00.123Z`."""
    return stamp(datetime.now(UTC))


def today() -> str:
    """Today's day where the campaign lives: `2026-03-01`."""
    return datetime.now(ZONE).date().isoformat()


def stamp(moment: datetime) -> str:
    """A moment as it is stored."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(stamped: str) -> datetime:
    """A stored time as a moment."""
    return datetime.fromisoformat(stamped.replace("Z", "+00:00"))


def day(text: str) -> date:
    """A stored day as a date."""
    return date.fromisoformat(text)


def seconds(count: float) -> timedelta:
    """A span of time."""
    return timedelta(seconds=count)


def local_day(stamped: str) -> str:
    """The day of a stored time where the campaign lives; a day stays itself."""
    return stamped if len(stamped) == len("2026-03-01") else moment(stamped).astimezone(ZONE).date().isoformat()
