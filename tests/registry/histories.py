"""Made courses of campaigns as the feed tells them: plausible from afar, with all that is taken back."""

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from services.spine.events import Event

FIRST = date(2024, 1, 2)
FOLLOWS = (
    *("hand",) * 3,
    "talks",
    "team_inspection",
    "speech_outline",
    *("meeting",) * 2,
    "comment",
    *("hand",) * 2,
    "ledger",
)
OFFSETS = (-15, -10, -8, -6, -7, -7, 0, 0, 3, 15, 15, 15)
STANDARDS = ("problems", "examples", "persuasion", "causes", "measures")
LISTS = ("immediate", "phased", "long_term")
SOURCES, EXAMINED = ("opinion", "supervision", "other"), ("theory", "style", None)
TEAMS = ("党组", "党委")


def event(name: str, campaign: str, region: str, day: date, data: dict[str, Any], subject: str = "") -> Event:
    """A fact in as much of its envelope as a reader of the feed looks at."""
    time = f"{day.isoformat()}T04:00:00.000Z"
    return {"type": f"rectify.{name}", "subject": subject, "campaign": campaign, "region": region, "time": time,
            "data": data}  # fmt: skip


class Unit:
    """A unit that goes its way, a step at a time."""

    def __init__(self, number: int, campaign: str, chance: random.Random, regions: int = 3, spread: int = 20) -> None:
        self.chance, self.campaign, self.number = chance, campaign, number
        self.unit = f"99{number % regions:04d}-U{number}"
        self.region, self.group = f"99{number % regions:04d}", f"G{number % regions % 2 + 1}"
        self.team, self.on = TEAMS[number % 2], FIRST + timedelta(days=15 + number % spread)
        self.aspects = dict.fromkeys(range(1, 13), "open")
        self.versions = {"team": 0, "01": 0, "02": 0}
        self.states = dict.fromkeys(self.versions, "missing")
        self.items: dict[str, str] = {}
        self.held = self.cancelled = False

    def say(self, name: str, day: date, **data: Any) -> Event:
        """A fact about this unit."""
        return event(name, self.campaign, self.region, day, {"unit": self.unit, "group": self.group, **data})

    def scheduled(self, day: date) -> Event:
        """Its day, its materials and aspects."""
        aspects = [
            {
                "number": number,
                "code": _code(number),
                "stage": "before" if number < 7 else "after",
                "follows": FOLLOWS[number - 1],
                "due_on": (self.on + timedelta(days=OFFSETS[number - 1])).isoformat(),
                "state": state,
                "late": False,
            }
            for number, state in self.aspects.items()
        ]
        required = [
            {"kind": _kind(post), "post": post, "gate": True, "read": True, "levels": ["secretary", "group"],
             "due_on": (self.on - timedelta(days=7)).isoformat(), **({"state": "waived"} if state == "waived" else {})}
            for post, state in self.states.items()
        ]  # fmt: skip
        said = {"meeting_on": self.on.isoformat(), "required": required, "team": self.team, "level": "county"}
        return self.say("meeting_scheduled", day, **said, aspects=aspects, waits_for=[1, 2])

    def step(self, day: date) -> Event:
        """Something happens."""
        what = self.chance.choice(("material", "material", "material", "aspect", "meeting", "item", "item", "move"))
        return getattr(self, f"_{what}")(day)

    def _material(self, day: date) -> Event:
        post = self.chance.choice(list(self.states))
        place: dict[str, Any] = {"kind": _kind(post), "post": post, "version": self.versions[post]}
        if self.states[post] in ("missing", "returned", "rewrite"):
            self.versions[post] += 1
            self.states[post] = "submitted"
            return self.say("material_submitted", day, **{**place, "version": self.versions[post]})
        if self.states[post] == "submitted":
            what = self.chance.choice(("reading_passed", "withdrawal_decided", *("verdict_issued",) * 4))
            if what == "reading_passed":
                return self.say(what, day, **place, level="secretary")
            if what == "withdrawal_decided":
                granted = self.chance.random() < 0.5
                self.states[post] = "missing" if granted else "submitted"
                return self.say(what, day, **place, granted=granted, back_to="missing")
            outcome = self.chance.choice(("passed", "passed", "returned", "rewrite"))
            failed = [] if outcome == "passed" else self.chance.sample(STANDARDS, 2)
            self.states[post] = outcome
            return self.say(what, day, **place, outcome=outcome, failed=failed, level="group")
        if self.chance.random() < 0.1:
            self.states[post] = "submitted"
            return self.say("verdict_withdrawn", day, **place, outcome="passed")
        return self._aspect(day)

    def _aspect(self, day: date) -> Event:
        number = self.chance.randint(1, 12)
        if self.aspects[number] == "done" and self.chance.random() < 0.3:
            self.aspects[number] = "open"
            return self.say("aspect_reopened", day, number=number, code=_code(number))
        self.aspects[number] = self.chance.choice(("done", "done", "waived"))
        return self.say(
            "aspect_recorded", day, number=number, code=_code(number), state=self.aspects[number], late=False
        )

    def _meeting(self, day: date) -> Event:
        if self.cancelled or (not self.held and self.chance.random() < 0.2):
            return self._turn(day)
        if self.held or self.chance.random() < 0.5:
            return self._item(day)
        self.held = True
        came = {"expected": 3, "present": 3, "outside": self.number % 3 == 0}
        return self.say("meeting_held", day, held_on=day.isoformat(), **came)

    def _turn(self, day: date) -> Event:
        """It is not held any more, or is to be held after all."""
        self.cancelled = not self.cancelled
        if self.cancelled:
            return self.say("meeting_cancelled", day, on=day.isoformat(), because="decided")
        said = self.scheduled(day)
        return {**said, "data": {**said["data"], "because": "restored"}}

    def _item(self, day: date) -> Event:
        still_open = [key for key, state in self.items.items() if state == "open"]
        if len(self.items) < 4 or not still_open:
            key = f"p{len(self.items) + 1:02d}"
            self.items[key] = "open"
            aspect = self.chance.choice(EXAMINED)
            said = {"source": self.chance.choice(SOURCES), **({"aspect": aspect} if aspect else {}), **_list(key)}
            return self.say("item_registered", day, item_id=f"{self.campaign}.{self.unit}.{key}", **said)
        closed = [key for key, state in self.items.items() if state == "closed"]
        if closed and self.chance.random() < 0.1:
            self.items[closed[0]] = "open"
            said = {"item_id": f"{self.campaign}.{self.unit}.{closed[0]}", **_list(closed[0])}
            return self.say("item_reopened", day, **said, because="reopened", rebounds=0, due_on=None)
        key = self.chance.choice(still_open)
        what = {"item_id": f"{self.campaign}.{self.unit}.{key}", **_list(key)}
        if self.chance.random() < 0.4:
            return self.say("closeout_requested", day, **what, evidence=1)
        outcome = self.chance.choice(("closed", "returned"))
        self.items[key] = "closed" if outcome == "closed" else "open"
        return self.say("closeout_decided", day, **what, outcome=outcome, on_time=True)

    def _move(self, day: date) -> Event:
        """Another day, another group or a material that the office does without; all is said anew."""
        if not self.held:
            self.on += timedelta(days=self.chance.choice((-1, 1)))
        if self.chance.random() < 0.1:
            self.group = self.chance.choice(("G1", "G2"))
        if self.chance.random() < 0.1:
            self.states[self.chance.choice(list(self.states))] = "waived"
        return self.scheduled(day)


def _code(number: int) -> str:
    return f"aspect_{'abcdefghijkl'[number - 1]}"


def _kind(post: str) -> str:
    return "team_inspection" if post == "team" else "speech_outline"


def _list(key: str) -> dict[str, str]:
    return {"category": LISTS[int(key[1:]) % 3]}


def told(
    seed: int, units: int, count: int, campaigns: tuple[str, ...] = ("a-campaign",), **how: int
) -> Iterator[Event]:
    """So many events of so many units, in order; days go by meanwhile."""
    chance = random.Random(seed)
    all_units = [Unit(number, code, chance, **how) for code in campaigns for number in range(units)]
    first = (unit.scheduled(FIRST) for unit in all_units)
    rest = count - len(all_units)
    steps = (
        chance.choice(all_units).step(FIRST + timedelta(days=number * 40 // max(rest, 1))) for number in range(rest)
    )
    return itertools.islice(itertools.chain(first, steps), count)
