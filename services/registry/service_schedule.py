"""The doors of the schedule: days moved, asked for and decided; which days are worked; clashes; calendars to take."""

import time
from typing import Any

from services.registry import (
    calendar_file,
    calendar_preview,
    clashes,
    definition_store,
    ics,
    meeting_lines,
    planning,
    postponing,
    schedule_store,
    store,
    telling,
    waves,
)
from services.spine import clock, doors, errors, mongo
from services.spine.actor import CALENDAR, Actor
from services.spine.doors import Upload, every, route
from services.spine.http import download

BATCH, QUIET_SECONDS = 400, 60
COUNTED: dict[tuple[str, int], float] = {}
"""Until when nobody looks whether a meeting was counted with an earlier calendar: all were."""


class ScheduleDoors(doors.Service):
    """When everything is due, and who may move it."""

    @route(
        "POST", "/meetings/<meeting_id>/schedule", accepts="schedule_meeting", may="schedule_meeting", answers="meeting"
    )
    def schedule(self, actor: Actor, meeting_id: str, draft: dict[str, Any]) -> Any:
        """Set the meeting day; all dates follow."""
        meeting, at, today = store.meeting(self.db, meeting_id, actor.scope), clock.now(), clock.today()
        campaign, on = self.campaign_of(meeting), draft["on"]
        if not actor.may("move_any_day", meeting):
            postponing.check_by_unit(meeting, campaign, on, today)
        early = self._check(actor, campaign, meeting, on, draft)
        calendar = schedule_store.calendar(self.db)
        changed = planning.reschedule(meeting, campaign, on, draft["reason"], actor.name, at, today, calendar, early)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), today)

    @route(
        "POST",
        "/meetings/<meeting_id>/postponements",
        accepts="ask_postponement",
        may="ask_postponement",
        answers="meeting",
    )
    def ask_postponement(self, actor: Actor, meeting_id: str, draft: dict[str, str]) -> Any:
        """The unit asks for another day."""
        meeting, at, today = store.meeting(self.db, meeting_id, actor.scope), clock.now(), clock.today()
        words = draft["on"], draft["reason"].strip()
        changed = postponing.ask(meeting, self.campaign_of(meeting), *words, actor.name, actor.id, at, today)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), today)

    @route(
        "POST",
        "/meetings/<meeting_id>/postponements/<int:number>/decision",
        accepts="decide_postponement",
        may="decide_postponement",
        answers="meeting",
    )
    def decide_postponement(self, actor: Actor, meeting_id: str, number: int, draft: dict[str, Any]) -> Any:
        """An office grants the day asked for, or another, or refuses it."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        actor.check_apart(meeting["unit"])
        campaign, open_one = self.campaign_of(meeting), postponing.open_one(meeting)
        outcome, on = draft["outcome"], draft.get("on")
        decision = {"outcome": outcome, "on": on, "reason": draft["reason"].strip(), "by": actor.name, "at": at}
        if outcome == "granted" and open_one:
            early = self._check(actor, campaign, meeting, on or open_one["to"], draft)
            decision |= {"before_superior": early} if early else {}
        calendar = schedule_store.calendar(self.db)
        changed = postponing.decide(meeting, campaign, number, decision, actor.id, clock.today(), calendar)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), clock.today())

    @route(
        "POST",
        "/meetings/<meeting_id>/postponements/<int:number>/withdrawal",
        accepts="withdraw_postponement",
        may="ask_postponement",
        answers="meeting",
    )
    def withdraw_postponement(self, actor: Actor, meeting_id: str, number: int, draft: dict[str, str]) -> Any:
        """The unit no longer asks."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        decision = {"outcome": "withdrawn", "on": None, "reason": draft["reason"].strip(), "by": actor.name, "at": at}
        calendar = schedule_store.calendar(self.db)
        who, campaign = (actor.id, clock.today(), calendar), self.campaign_of(meeting)
        changed = postponing.decide(meeting, campaign, number, decision, *who)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), clock.today())

    @route(
        "GET",
        "/campaigns/<code>/postponements",
        accepts="find_postponements",
        may="read_board",
        answers="postponement_list",
    )
    def postponements(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Units that ask for another day, or were answered."""
        store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        return schedule_store.postponements(self.db, actor.scope, code, query)

    @route("GET", "/campaigns/<code>/clashes", accepts="find_clashes", may="read_board", answers="clash_list")
    def clashes(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Days with several meetings of a group, days off, those before the superior's or outside the wave's."""
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        lines = schedule_store.lines(self.db, actor.scope, code, query)
        early = clashes.early(campaign, lines, schedule_store.superiors(self.db, campaign, lines))
        early += clashes.outside(campaign, lines)
        found = clashes.find(clashes.days(lines), schedule_store.calendar(self.db), early)
        wanted = [row for row in found if query.get("what") in (None, row["what"])]
        return mongo.page_of(wanted, query)

    @route("GET", "/workdays", may="read_workdays", answers="workdays")
    def workdays(self, actor: Actor) -> Any:
        """Which days an office loaded as off or worked, and which years are known."""
        return calendar_file.shown(schedule_store.versions(self.db), clock.today())

    @route("POST", "/workdays", accepts="load_workdays", may="load_workdays", upload=True, answers="workdays")
    def load_workdays(self, actor: Actor, draft: dict[str, str], upload: Upload) -> Any:
        """Load a holiday file without a look at what it moves; the same one again changes nothing."""
        version, standing = self._calendar(actor, draft, upload)
        if "unseen" not in draft:
            raise errors.Refusal("workdays_unseen")
        if version is not standing:
            schedule_store.load(self.db, version, version["at"])
        return 200 if version is standing else 201, self.workdays(actor)

    @route(
        "POST", "/workdays/preview", accepts="preview_workdays", may="load_workdays", upload=True,
        answers="workdays_preview",
    )  # fmt: skip
    def preview_workdays(self, actor: Actor, draft: dict[str, str], upload: Upload) -> Any:
        """Have it worked out what a holiday file comes to, before it is loaded."""
        version, standing = self._calendar(actor, draft, upload)
        if version is standing:
            raise errors.Refusal("workdays_same")
        calendar_preview.begin(self.db, version, clock.today())
        return 201, calendar_preview.shown(self.db)

    @route("GET", "/workdays/preview", may="load_workdays", answers="workdays_preview")
    def workdays_preview(self, actor: Actor) -> Any:
        """What the file that was last handed in comes to, in numbers."""
        return calendar_preview.shown(self.db)

    @route(
        "GET", "/campaigns/<code>/workdays-preview/units", accepts="find_recounted", may="read_board",
        answers="effect_on_units",
    )  # fmt: skip
    def recounted(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Units of a campaign whose days it would move, by code, with their old and new days."""
        store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        if not actor.covers({"campaign": code}):
            raise errors.Refusal("not_found", id=code)
        return calendar_preview.effects(self.db, code, query)

    @route("POST", "/workdays/confirmation", accepts="confirm_workdays", may="load_workdays", answers="workdays")
    def confirm_workdays(self, actor: Actor, draft: dict[str, int]) -> Any:
        """Load what was looked at, as it was shown; a second time it changes nothing."""
        standing, at = schedule_store.standing(self.db), clock.now()
        if standing and standing.get("preview") == draft["preview"]:
            return self.workdays(actor)
        said = {"by": actor.name, "by_account": actor.id, "at": at}
        schedule_store.load(
            self.db, {**calendar_preview.confirmed(self.db, draft["preview"], clock.today()), **said}, at
        )
        return 201, self.workdays(actor)

    @route("GET", "/calendar.ics", accepts="take_calendar", may="take_calendar")
    def take_calendar(self, actor: Actor, query: dict[str, str], language: str) -> Any:
        """Meetings and due days as a calendar; for a subscription only how many a day has."""
        campaign = store.campaign(self.db, query["campaign"], [grant["campaign"] for grant in actor.grants])
        meetings = schedule_store.dated(self.db, actor.units, query["campaign"])
        if actor.roles == {CALENDAR}:
            data = ics.write(ics.unnamed(meetings, language, query.get("key", "")), "Rectify", clock.now())
        else:
            titles = definition_store.aspect_titles(self.db, campaign)
            data = ics.write(ics.named(meetings, titles, language), campaign["title"], clock.now())
        return download(data, ics.MEDIA, "rectify.ics", Cache_Control="no-store")

    @every(2)
    def count_anew(self) -> None:
        """Another calendar was loaded: the dates of meetings to come follow, some at a time."""
        standing = schedule_store.standing(self.db)
        if standing is None:
            return
        if time.monotonic() < COUNTED.get((self.db.name, standing["version"]), 0):
            return
        calendar, version, today = schedule_store.calendar(self.db), standing["version"], clock.today()
        meetings, campaigns = schedule_store.uncounted(self.db, version, BATCH), dict[Any, telling.Campaign]()
        for meeting in meetings:
            if (key := (meeting["campaign"], meeting.get("definition"))) not in campaigns:
                campaigns[key] = self.campaign_of(meeting)
        under = [campaigns[meeting["campaign"], meeting.get("definition")] for meeting in meetings]
        changed = [
            planning.recount(one, by, standing, today, calendar) for one, by in zip(meetings, under, strict=True)
        ]
        store.write(self.db, [(one, *to) for one, to in zip(meetings, changed, strict=True)], clock.now())
        if not meetings:
            COUNTED[self.db.name, version] = time.monotonic() + QUIET_SECONDS

    def campaign_of(self, meeting: telling.Meeting) -> telling.Campaign:
        """The definition a meeting stands on."""
        return definition_store.campaign_of(self.db, meeting)

    def _calendar(
        self, actor: Actor, draft: dict[str, str], upload: Upload
    ) -> tuple[calendar_file.Version, calendar_file.Version | None]:
        """The calendar as a file would have it, and as it stands; one and the same where it says nothing else."""
        days, standing = calendar_file.read(upload.data, upload.name), schedule_store.standing(self.db)
        said = actor.name, actor.id, clock.now(), draft.get("note", "").strip()
        return calendar_file.over(standing, days, *said), standing

    def _check(
        self, actor: Actor, campaign: telling.Campaign, meeting: telling.Meeting, on: str, draft: dict[str, Any]
    ) -> str:
        """Whether the day is one this actor may set: the office alone goes beyond a wave and before a superior; of one
        before the superior's the first free day."""
        planning.check_day(meeting, campaign, on, clock.today())
        office = actor.may("move_any_day", meeting)
        if not office:
            waves.check_window(campaign, meeting, on)
        above = schedule_store.superior(self.db, campaign, meeting)
        approved = office and draft.get("before_superior", False)
        return waves.check_superior(campaign, meeting, above, on, approved=approved)
