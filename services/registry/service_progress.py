"""The doors of progress: the board, the units behind each of its numbers, and how far behind the feed it is."""

from typing import Any

import prometheus_client as prometheus

from services.registry import (
    progress_figures,
    progress_lists,
    progress_problems,
    progress_shares,
    progress_store,
    progressing,
    store,
)
from services.spine import clock, doors, feed, mongo
from services.spine.actor import Actor
from services.spine.doors import every, route

BEHIND = prometheus.Gauge("rectify_progress_behind_events", "Events told that the board does not count yet")
ONE_STROKE = 200


class ProgressDoors(doors.Service):
    """Tells how far all units have come."""

    @route("GET", "/campaigns/<code>/progress", accepts="find_progress", may="read_progress", answers="progress_board")
    def progress(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """How far all units have come, by region and group."""
        campaign, build, parts = self._asked(actor, code)
        found = progress_lists.board(self.db, campaign, build, parts, query, clock.today())
        number = progress_store.cursor(self.db)["n"]
        return {**found, "heard": {"number": number, "behind": feed.last(mongo.database("feed")) - number}}

    @route(
        "GET",
        "/campaigns/<code>/progress/units",
        accepts="find_progress_units",
        may="read_progress",
        answers="progress_unit_list",
    )
    def progress_units(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """The units behind a number of the board."""
        campaign, build, parts = self._asked(actor, code)
        progress_problems.check(self.db, campaign, build, parts, query)
        least = progress_lists.least(campaign, parts, query)
        return progress_lists.units(self.db, build, parts, query, least, clock.today())

    @route("GET", "/campaigns/<code>/progress/grid", accepts="find_grid", may="read_progress", answers="progress_grid")
    def progress_grid(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """A cell for each unit."""
        _, build, parts = self._asked(actor, code)
        return progress_lists.grid(self.db, build, parts, query, clock.today())

    @route(
        "GET", "/campaigns/<code>/progress/trend", accepts="find_trend", may="read_progress", answers="progress_trend"
    )
    def progress_trend(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Stages, passed materials and closed items day by day."""
        _, build, parts = self._asked(actor, code)
        cells = progress_lists.cells(self.db, "days", build, parts, query, "all")
        return progress_figures.trend(cells, query, clock.today())

    @route(
        "GET",
        "/campaigns/<code>/progress/standards",
        accepts="find_progress_places",
        may="read_progress",
        answers="progress_standards",
    )
    def progress_standards(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Which standards were failed at which reading, by region and group."""
        campaign, regions = self._whole(actor, code, query, "region")
        _, groups = self._whole(actor, code, query, "group")
        return progress_figures.standards(regions, groups, campaign, clock.today())

    @route(
        "GET",
        "/campaigns/<code>/progress/groups",
        accepts="find_progress_places",
        may="read_board",
        answers="progress_groups",
    )
    def progress_groups(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """How the groups read, beside each other."""
        campaign, cells = self._whole(actor, code, query, "group")
        return progress_figures.groups(cells, campaign, clock.today())

    @route(
        "GET",
        "/campaigns/<code>/progress/problems",
        accepts="find_progress_places",
        may="read_board",
        answers="progress_problems",
    )
    def progress_problems(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Problems that many units have, by aspect, source and list."""
        campaign, build, parts = self._asked(actor, code)
        return progress_problems.find(self.db, campaign, build, parts, query, clock.today())

    @route("GET", "/progress", may="operate", answers="progress_state")
    def progress_state(self, actor: Actor) -> Any:
        """How far behind the feed the board is."""
        return progressing.state(self.db, mongo.database("feed"))

    @every(0.25, everywhere=True)
    def follow_feed(self) -> None:
        """Take in what was told since."""
        feed_db = mongo.database("feed")
        for _ in range(ONE_STROKE):
            if not progressing.step(self.db, feed_db):
                break
        if progress_store.cursor(self.db)["rolled"] != clock.today():
            progress_store.roll(self.db, clock.today())

    def _asked(self, actor: Actor, code: str) -> tuple[dict[str, Any], str, progress_lists.Reach]:
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        build = progress_store.build_of(progress_store.cursor(self.db), code)
        return campaign, build, progress_lists.reach(actor, code)

    def _whole(self, actor: Actor, code: str, query: dict[str, str], by: str) -> tuple[dict[str, Any], list[Any]]:
        campaign, build, parts = self._asked(actor, code)
        return campaign, progress_lists.cells(self.db, "counts", build, parts, query, by, [progress_shares.ANY])
