"""What is written down on the day of a meeting, and the holiday file the office loaded.

Everybody who came criticises everybody else; in every third unit one pair is missing, as it happens. What was said is
written nowhere.
"""

from collections.abc import Iterator
from typing import Any

from services.console.demo import people
from services.console.demo.people import Life

HOLIDAYS, NOTE = "holidays.csv", "法定节假日；国务院办公厅通知公布后载入全文"
AT_ONCE = 200
BEGINS, PACE = 1 * 60, 12
"""Minutes after midnight UTC at which the first step begins, and between two steps."""
Entry = dict[str, Any]


def load_holidays(life: Life) -> None:
    """Statutory holidays of a year whose notice nobody has loaded; its moved working days are not made up."""
    data = (life.place / "life" / HOLIDAYS).read_bytes()
    life.cast.office.send("registry", "/workdays", HOLIDAYS, data, note=NOTE, unseen="yes")


def write(life: Life, meeting: dict[str, Any], record: dict[str, Any], sayings: dict[str, Any]) -> None:
    """The unit's liaison writes its day, before the meeting is put on record; written again it changes nothing."""
    liaison, path = life.cast.liaison(meeting["unit"]), f"/meetings/{meeting['meeting_id']}/day"
    agenda = [step["code"] for step in liaison.get("registry", path)["agenda"]]
    found = [*_entries(meeting, record, agenda, sayings)]
    for start in range(0, len(found), AT_ONCE):
        liaison.post("registry", path, {"entries": found[start : start + AT_ONCE]})


def _entries(
    meeting: dict[str, Any], record: dict[str, Any], agenda: list[str], sayings: dict[str, Any]
) -> Iterator[Entry]:
    unit, number = meeting["unit"], iter(range(10_000))

    def entry(what: str, nth: int, **said: Any) -> Entry:
        minute = BEGINS + PACE * nth
        at = f"{record['held_on']}T{minute // 60:02d}:{minute % 60:02d}:00.000Z"
        return {"id": f"demo-{unit}-{next(number):04d}", "what": what, "at": at, **said}

    titles = {post["post"]: post["title"] for post in meeting["posts"]}
    host, *others = titles.values()
    place = people.choice(sayings["day_places"], unit)
    yield entry("setting", 0, place=place, host=host, recorder=others[-1] if others else host)
    for post in record["present"]:
        yield entry("attendance", 0, post=post, present=True)
    for absence in record["absences"]:
        away = {"post": absence["post"], "present": False, "reason": absence["reason"], "written": True}
        yield entry("attendance", 0, **away)
    for nth, code in enumerate(agenda):
        yield entry("step", nth, step=code)
    pairs = [(critic, target) for critic in record["present"] for target in titles if critic != target]
    for critic, target in pairs[: -1 if people.number("pairs", unit) % 3 == 0 else None]:
        yield entry("criticism", len(agenda) - 2, critic=critic, target=target, done=True)
    yield entry("statement", len(agenda) - 1, text=people.choice(sayings["day_statements"], unit))
