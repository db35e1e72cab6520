"""Who acts in the demonstration, and how they take turns.

Whoever has an account of deploy/demo/accounts.json acts under its login, so that what was done shows up as their own;
everybody else acts as the holder of a post. Nobody does what their role may not.
"""

import functools
import json
import re
import time
from collections.abc import Callable, Iterable
from concurrent import futures
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from services.console import calling

Some = TypeVar("Some")
HANDS = 4
PATIENCE_SECONDS = 120
LOOK_SECONDS = 0.1


class Cast:
    """The people of the campaign, by role and place."""

    def __init__(self, request: dict[str, Any], accounts: Path, person: Callable[..., calling.Caller]) -> None:
        self.request = request
        self.campaign: str = request["campaign"]["campaign_code"]
        self.units = {unit["unit_code"]: unit for unit in request["units"]}
        self.groups = {code: group for group in request["groups"] for code in group["units"]}
        self._person = person
        self._known = {
            (grant["role"], grant["scope"]["of"]): (account["login"], account["name"])
            for account in json.loads(accounts.read_text("utf-8"))
            for grant in account["grants"]
        }

    @functools.cached_property
    def office(self) -> calling.Caller:
        """The campaign's office."""
        return self._acting("office", "campaign", self.campaign, "主题教育办公室")

    @functools.cached_property
    def operator(self) -> calling.Caller:
        """Who keeps the system running."""
        grant = {"role": "system_admin", "campaign": None, "scope": calling.SYSTEM, "until": None}
        return self._person("system", "系统管理员", grant)

    def county_office(self, region: str) -> calling.Caller:
        """The office of a county."""
        return self._acting("county_office", "region", region, "县主题教育办公室")

    def supervisor(self, unit: str) -> calling.Caller:
        """Who reads for the group of a unit."""
        return self.reader(self.groups[unit]["group_code"])

    def reader(self, group: str) -> calling.Caller:
        """Who reads for a group."""
        name = next(one["name"] for one in self.request["groups"] if one["group_code"] == group)
        return self._acting("supervisor", "group", group, f"{name}督导员")

    def has_account(self, role: str, of: str) -> bool:
        """Whether whoever starts Rectify can sign in as this one."""
        return (role, of) in self._known

    def liaison(self, unit: str) -> calling.Caller:
        """Who keeps a unit's papers."""
        return self._acting("liaison", "unit", unit, f"{self.units[unit]['name']}联络员")

    def author(self, unit: str, post: str) -> calling.Caller:
        """Who writes a material: the holder of a post; the liaison for the team."""
        if post == "team":
            return self.liaison(unit)
        held = next(row for row in self.units[unit]["posts"] if row["post"] == post)
        return self._acting("member", "post", f"{unit}/{post}", f"{self.units[unit]['name']}{held['title']}")

    def secretary(self, unit: str) -> calling.Caller:
        """The first responsible person of a unit."""
        return self._acting("secretary", "unit", unit, f"{self.units[unit]['name']}第一责任人")

    def _acting(self, role: str, kind: str, of: str, name: str) -> calling.Caller:
        login, known_as = self._known.get((role, of), (f"{role}.{of}".lower().replace("/", "."), name))
        grant = {"role": role, "campaign": self.campaign, "scope": {"kind": kind, "of": of}, "until": None}
        return self._person(login, known_as, grant)


class Life:
    """What every room of the demonstration needs: the people, the texts, the day, and whom to tell how far it is."""

    def __init__(self, cast: Cast, place: Path, today: str, report: Callable[[str, int, int], None]) -> None:
        self.cast, self.place, self.today = cast, place, today
        self.report = report

    @functools.cached_property
    def aspects(self) -> list[dict[str, str]]:
        """The aspects a material examines, in their order."""
        found: list[dict[str, str]] = self.cast.request["campaign"]["aspects"]
        return found

    def read(self, name: str) -> Any:
        """A JSON text of deploy/demo/life."""
        return json.loads((self.place / "life" / name).read_text("utf-8"))

    def day(self, offset: int) -> str:
        """The day so many days from today."""
        return (date.fromisoformat(self.today) + timedelta(days=offset)).isoformat()

    def told(self, text: str) -> str:
        """A text with its days filled in: `{-3}` becomes the day three days ago, as people write it."""

        def written(found: "re.Match[str]") -> str:
            day = date.fromisoformat(self.day(int(found.group(1))))
            return f"{day.month}月{day.day}日"

        return re.sub(r"\{([+-]?\d+)\}", written, text)

    def together(self, what: str, jobs: Iterable[Some], act: Callable[[Some], object]) -> None:
        """Do independent jobs a few at a time, and report as each is done; the first accident ends it."""
        todo = list(jobs)
        self.report(what, 0, len(todo))
        pool = futures.ThreadPoolExecutor(HANDS)
        try:
            for done, one in enumerate(futures.as_completed([pool.submit(act, job) for job in todo]), 1):
                one.result()
                self.report(what, done, len(todo))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def until(look: Callable[[], Some | None], what: str) -> Some:
    """What `look` gives as soon as it gives something; what is not there yet is looked for again."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            found = look()
        except calling.Declined as no:
            if no.code not in ("not_found", "unit_not_planned", "not_prechecked", "candidate_unknown"):
                raise
            found = None
        if found is not None:
            return found
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(LOOK_SECONDS)


def choice(texts: list[str], *of: object) -> str:
    """One of the texts, always the same for the same occasion."""
    return texts[number(*of) % len(texts)]


def number(*of: object) -> int:
    """A number that follows from an occasion and looks like chance."""
    found = 7
    for sign in "/".join(str(one) for one in of):
        found = (found * 31 + ord(sign)) % 1_000_003
    return found
