"""The doors of a meeting's day: what is written down while it goes on, its record corrected, the absent told."""

from typing import Any

from services.registry import (
    agenda,
    attendance,
    day,
    day_readers,
    day_store,
    definition_store,
    gates,
    meeting_lines,
    organisation_store,
    posts,
    posts_store,
    schedule_store,
    store,
    telling,
)
from services.spine import clock, doors
from services.spine.actor import Actor, lies_within
from services.spine.doors import route


class DayDoors(doors.Service):
    """Who came, which step began when, who criticised whom; never what was said."""

    @route("GET", "/meetings/<meeting_id>/day", may="read_day", answers="meeting_day")
    def day(self, actor: Actor, meeting_id: str) -> Any:
        """The day of a meeting, as far as it is the reader's to see."""
        meeting = store.meeting(self.db, meeting_id, actor.units)
        campaign = definition_store.campaign_of(self.db, meeting)
        return day_readers.shown(day_store.of(self.db, meeting), meeting, campaign, _reader(actor, meeting))

    @route("POST", "/meetings/<meeting_id>/agenda-waiver", accepts="waive_agenda", may="waive", answers="meeting")
    def waive_agenda(self, actor: Actor, meeting_id: str, draft: dict[str, str]) -> Any:
        """The office lets a unit put its meeting on record without every step of the agenda."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        actor.check_apart(meeting["unit"])
        changed = agenda.waive(meeting, draft["reason"], actor.name, at)
        return meeting_lines.shown(store.save(self.db, meeting, (changed, []), at), clock.today())

    @route("GET", "/meetings/<meeting_id>/outline", may="outline_meeting", answers="meeting_outline")
    def outline(self, actor: Actor, meeting_id: str) -> Any:
        """What the column may tell of a meeting."""
        meeting = store.meeting(self.db, meeting_id, actor.units)
        campaign, region = definition_store.campaign_of(self.db, meeting), meeting["region"]
        named = [*organisation_store.region_names(self.db, [region]), *campaign["regions"]]
        regions = {row["region_code"]: row["name"] for row in named}
        return day_readers.outline(day_store.of(self.db, meeting), meeting, campaign, regions)

    @route("POST", "/meetings/<meeting_id>/day", accepts="write_day", may="record_day", answers="day_written")
    def write_day(self, actor: Actor, meeting_id: str, draft: dict[str, Any]) -> Any:
        """Write entries; each is told what became of it, and one sent again changes nothing."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        before, campaign = day_store.of(self.db, meeting), definition_store.campaign_of(self.db, meeting)
        after, fates = day.write(before, meeting, campaign, draft["entries"], actor.name, at)
        day_store.keep(self.db, before, after, at)
        return {"rows": fates}

    @route(
        "POST",
        "/meetings/<meeting_id>/corrections",
        accepts="correct_meeting",
        may="correct_meeting",
        answers="meeting",
    )
    def correct(self, actor: Actor, meeting_id: str, draft: dict[str, Any]) -> Any:
        """An addendum to the record of the meeting."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        campaign = definition_store.campaign_of(self.db, meeting)
        around = schedule_store.around(self.db, campaign, meeting, office=actor.may("move_any_day", meeting))
        changed = attendance.correct(meeting, campaign, draft, actor.name, at, clock.today(), around)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), clock.today())

    @route(
        "POST", "/meetings/<meeting_id>/relays/<post>", accepts="record_relay", may="record_relay", answers="meeting"
    )
    def record_relay(self, actor: Actor, meeting_id: str, post: str, draft: dict[str, str]) -> Any:
        """An absent member was told what was said."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        changed = attendance.tell(meeting, post, draft, actor.name, at, clock.today())
        return meeting_lines.shown(store.save(self.db, meeting, (changed, []), at), clock.today())

    @route(
        "POST",
        "/meetings/<meeting_id>/relays/<post>/confirmation",
        accepts="confirm_relay",
        may="confirm_relay",
        answers="meeting",
    )
    def confirm_relay(self, actor: Actor, meeting_id: str, post: str, draft: dict[str, Any]) -> Any:
        """The absent member confirms having been told."""
        meeting, at = store.meeting(self.db, meeting_id, actor.units), clock.now()
        own, since = _reader(actor, meeting).posts, self.held_since(meeting)
        changed = attendance.confirm(meeting, post, own, since, actor.name, at)
        return meeting_lines.shown(store.save(self.db, meeting, (changed, []), at), clock.today())

    @route(
        "POST", "/meetings/<meeting_id>/relays/<post>/closing", accepts="close_relay", may="close_relay",
        answers="meeting",
    )  # fmt: skip
    def close_relay(self, actor: Actor, meeting_id: str, post: str, draft: dict[str, str]) -> Any:
        """The office closes what waits for somebody who holds the post no longer, with the reason."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        actor.check_apart(meeting["unit"])
        changed = attendance.close(meeting, post, self.held_since(meeting), draft["reason"].strip(), actor.name, at)
        return meeting_lines.shown(store.save(self.db, meeting, (changed, []), at), clock.today())

    def held_since(self, meeting: telling.Meeting) -> dict[str, str]:
        """The day on which each post of the unit last changed hands, where it is known."""
        return posts.held_since(posts_store.team(self.db, meeting["unit"])["posts"], clock.today())

    def agenda_of(self, meeting: telling.Meeting, campaign: telling.Campaign) -> dict[str, Any]:
        """Whether the agenda is asked for before the meeting is put on record, and which steps are owed of it."""
        waits = gates.to_be_held(meeting)
        left = agenda.owed(meeting, campaign, day_store.of(self.db, meeting)) if waits else []
        return {"required": agenda.asked(meeting, campaign), "missing": left}


def _reader(actor: Actor, meeting: telling.Meeting) -> day_readers.Reader:
    """Who the actor is in the meeting's unit."""
    roles = frozenset(role for role, part in actor.parts if "post" not in part and lies_within(meeting, part))
    grants = [grant for grant in actor.grants if grant["campaign"] == meeting["campaign"]]
    return day_readers.Reader(day_readers.posts_of(grants, roles, meeting), roles)
