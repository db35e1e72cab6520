"""The doors of the registry."""

import time
from typing import Any

from services.registry import (
    aspects,
    attendance,
    bulletin_store,
    day_store,
    definition_store,
    domain,
    meeting_lines,
    organisation_store,
    postponing,
    posts_store,
    progress_store,
    progressing,
    rosters,
    schedule_store,
    store,
    tightening,
    waves,
)
from services.registry.service_bulletins import BulletinDoors
from services.registry.service_cancelling import CancellingDoors
from services.registry.service_coaching import CoachingDoors
from services.registry.service_day import DayDoors
from services.registry.service_definition import DefinitionDoors
from services.registry.service_opening import OpeningDoors
from services.registry.service_posts import PostDoors
from services.registry.service_progress import BEHIND, ProgressDoors
from services.registry.service_questions import QuestionDoors
from services.registry.service_schedule import ScheduleDoors
from services.registry.service_snapshots import SnapshotDoors
from services.spine import clock, errors, mongo
from services.spine.actor import Actor
from services.spine.doors import every, on_event, route
from services.spine.events import Event
from services.spine.mongo import Mongo

UNSHOWN = ("published", "group_changes", "groups_ended")
"""What of a campaign's record is no part of its definition."""


def prepare(db: mongo.Db) -> None:
    """Indexes."""
    store.prepare(db)
    progress_store.prepare(db)
    organisation_store.prepare(db)
    posts_store.prepare(db)
    bulletin_store.prepare(db)
    tightening.prepare(db)


class RegistryService(
    DefinitionDoors,
    OpeningDoors,
    ScheduleDoors,
    CancellingDoors,
    DayDoors,
    CoachingDoors,
    QuestionDoors,
    PostDoors,
    ProgressDoors,
    BulletinDoors,
    SnapshotDoors,
):
    """Plans the campaign and watches how far each unit has come."""

    name = "registry"
    db = Mongo(prepare)

    @route("POST", "/campaigns", accepts="load_campaign", may="load_campaign", answers="loaded")
    def load_campaign(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Load a campaign folder; loading it twice changes nothing."""
        return self.take_in(actor, draft)

    @route("GET", "/campaigns", may="read_campaign", answers="campaign_list")
    def campaigns(self, actor: Actor) -> Any:
        """The campaigns the reader takes part in, newest first."""
        codes = [grant["campaign"] for grant in actor.grants]
        found = self.db.campaigns.find({"_id": {"$in": codes}}).sort("opens_on", -1)
        keys = ("campaign_code", "title", "type", "state", "opens_on", "all_meetings_held_by", "region_code")
        return {"rows": [{key: row[key] for key in keys} for row in found]}

    @route("GET", "/campaigns/<code>", may="read_campaign", answers="campaign_shown")
    def campaign(self, actor: Actor, code: str) -> Any:
        """A campaign's definition with its checklist."""
        found = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        dropped = definition_store.dropped_aspects(self.db, found)
        return {**{key: value for key, value in found.items() if key not in UNSHOWN}, "dropped_aspects": dropped}

    @route("GET", "/campaigns/<code>/units", accepts="find_units", may="read_campaign", answers="unit_list")
    def units(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Names of units, regions and groups, for showing codes to people: some units at a time."""
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        found = store.units(self.db, code, query)
        named = {row["region_code"] for row in campaign["regions"]}
        followed = {region for group in campaign["groups"] for region in group.get("regions", ())}
        nameless = ({campaign["region_code"], *found["own"]["regions"]} | followed) - named
        regions = [*campaign["regions"], *organisation_store.region_names(self.db, nameless)]
        return {**found, "regions": regions, "groups": campaign["groups"]}

    @route("GET", "/campaigns/<code>/meetings", accepts="find_meetings", may="read_meeting", answers="meeting_list")
    def meetings(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Units with their meeting day and stage, by day."""
        store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        return store.listed(self.db, actor.units, code, query, clock.today())

    @route("GET", "/campaigns/<code>/lacking", accepts="find_lacking", may="read_board", answers="lacking_list")
    def lacking(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """Units by what they lack: not handed in, or sent back."""
        store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        return store.lacking(self.db, actor.scope, code, query, clock.today())

    @route("GET", "/meetings/<meeting_id>", may="read_meeting", answers="meeting")
    def meeting(self, actor: Actor, meeting_id: str) -> Any:
        """One unit's meeting with its aspects, materials and gate."""
        meeting = store.meeting(self.db, meeting_id, actor.units)
        off = postponing.days_off(meeting, schedule_store.calendar(self.db))
        campaign = definition_store.campaign_of(self.db, meeting)
        beside = {
            "agenda": self.agenda_of(meeting, campaign),
            "quorum": attendance.quorum(campaign, meeting),
            "outside_wave": waves.missed(campaign, meeting),
            "unit_ended": organisation_store.ended(self.db, meeting["unit"]),
        }
        relays = {"relays": attendance.relays(meeting, self.held_since(meeting))} if meeting["held"] else {}
        return {**meeting_lines.shown(meeting, clock.today()), "days_off": off, **beside, **relays}

    @route(
        "POST",
        "/meetings/<meeting_id>/aspects/<int:number>",
        accepts="record_aspect",
        may="record_aspect",
        answers="meeting",
    )
    def record_aspect(self, actor: Actor, meeting_id: str, number: int, draft: dict[str, str]) -> Any:
        """An aspect is done, or waived by the office."""
        meeting, on = store.meeting(self.db, meeting_id, actor.scope), draft.get("on") or clock.today()
        if draft["state"] == "waived" and not actor.may("waive", meeting):
            raise errors.Refusal("not_permitted", permission="waive")
        if draft["state"] == "waived":
            actor.check_apart(meeting["unit"])
        changed = aspects.record(meeting, number, draft["state"], on, draft["note"], actor.name, clock.today())
        return meeting_lines.shown(store.save(self.db, meeting, changed, clock.now()), clock.today())

    @route("POST", "/meetings/<meeting_id>/waivers", accepts="waive_requirement", may="waive", answers="meeting")
    def waive(self, actor: Actor, meeting_id: str, draft: dict[str, str]) -> Any:
        """The office does without one material."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        actor.check_apart(meeting["unit"])
        changed = domain.waive(meeting, draft["kind"], draft["post"], draft["reason"], actor.name, at, clock.today())
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), clock.today())

    @route("POST", "/meetings/<meeting_id>/held", accepts="record_meeting", may="record_meeting", answers="meeting")
    def hold(self, actor: Actor, meeting_id: str, draft: dict[str, Any]) -> Any:
        """The meeting was held, with this attendance."""
        meeting, at = store.meeting(self.db, meeting_id, actor.scope), clock.now()
        campaign = definition_store.campaign_of(self.db, meeting)
        written = day_store.of(self.db, meeting)
        around = schedule_store.around(self.db, campaign, meeting, office=actor.may("move_any_day", meeting))
        around = around._replace(written=written)
        changed = domain.hold(meeting, campaign, draft, actor.name, at, clock.today(), around)
        return meeting_lines.shown(store.save(self.db, meeting, changed, at), clock.today())

    @on_event("intake", "material_submitted")
    def on_material_submitted(self, event: Event) -> None:
        """A version was handed in."""
        self._move_material(event, "submitted")

    @on_event("intake", "receipt_given")
    def on_receipt_given(self, event: Event) -> None:
        """An addressee has a paper, or sent it back."""
        said = event["data"]
        if said["outcome"] == "returned":
            meeting = store.meeting(self.db, f"{event['campaign']}.{said['unit']}")
            on = clock.local_day(event["time"])
            changed = domain.paper_sent_back(meeting, said["kind"], said["post"], said["version"], on)
            store.save(self.db, meeting, changed, clock.now())

    @on_event("intake", "talks_completed")
    def on_talks_completed(self, event: Event) -> None:
        """A unit's talks are complete."""
        self._move_talks(event, event["data"]["last_on"])

    @on_event("intake", "talks_reopened")
    def on_talks_reopened(self, event: Event) -> None:
        """A unit's talks are complete no longer."""
        self._move_talks(event, None)

    @on_event("review", "verdict_issued")
    def on_verdict_issued(self, event: Event) -> None:
        """A version was judged."""
        self._move_material(event, event["data"]["outcome"])

    @on_event("review", "verdict_withdrawn")
    def on_verdict_withdrawn(self, event: Event) -> None:
        """A verdict was taken back: the version is read again."""
        said = event["data"]
        meeting = store.meeting(self.db, f"{event['campaign']}.{said['unit']}")
        on = clock.local_day(event["time"])
        changed = domain.verdict_withdrawn(meeting, said["kind"], said["post"], said["version"], on)
        store.save(self.db, meeting, changed, clock.now())

    @on_event("review", "withdrawal_decided")
    def on_withdrawal_decided(self, event: Event) -> None:
        """A unit took a version back."""
        if event["data"]["granted"]:
            self._move_back(event)

    @on_event("review", "secrecy_found")
    def on_secrecy_found(self, event: Event) -> None:
        """A version was destroyed: the unit owes the material as before."""
        self._move_back(event)

    @on_event("review", "supervision_commented")
    def on_supervision_commented(self, event: Event) -> None:
        """The group has commented on the meeting."""
        meeting = store.meeting(self.db, f"{event['campaign']}.{event['data']['unit']}")
        store.save(self.db, meeting, domain.commented(meeting, clock.local_day(event["time"])), clock.now())

    @on_event("rectification", "item_registered")
    def on_item_registered(self, event: Event) -> None:
        """The unit's ledger has one more item."""
        self._move_ledger(event, "open", planned=event["data"].get("state", "open") == "open")

    @on_event("rectification", "item_planned")
    def on_item_planned(self, event: Event) -> None:
        """An item of the unit's ledger has its clear fields now."""
        self._move_ledger(event, "open")

    @on_event("rectification", "item_reopened")
    def on_item_reopened(self, event: Event) -> None:
        """An item that was closed is open again."""
        self._move_ledger(event, "open")

    @on_event("rectification", "closeout_decided")
    def on_closeout_decided(self, event: Event) -> None:
        """An item was closed; one sent back stays open."""
        if event["data"]["outcome"] == "closed":
            self._move_ledger(event, "closed")

    def _move_material(self, event: Event, state: str) -> None:
        said = event["data"]
        meeting = store.meeting(self.db, f"{event['campaign']}.{said['unit']}")
        on = clock.local_day(event["time"])
        changed = domain.material_moved(meeting, said["kind"], said["post"], said["version"], state, on)
        store.save(self.db, meeting, changed, clock.now())

    def _move_back(self, event: Event) -> None:
        said, on = event["data"], clock.local_day(event["time"])
        meeting = store.meeting(self.db, f"{event['campaign']}.{said['unit']}")
        place = said["kind"], said["post"], said["version"], said["back_to"]
        store.save(self.db, meeting, domain.version_withdrawn(meeting, *place, on), clock.now())

    def _move_talks(self, event: Event, last_on: str | None) -> None:
        meeting = store.meeting(self.db, f"{event['campaign']}.{event['data']['unit']}")
        store.save(self.db, meeting, domain.talks_moved(meeting, event["sequence"], last_on), clock.now())

    def _move_ledger(self, event: Event, state: str, *, planned: bool = True) -> None:
        meeting = store.meeting(self.db, f"{event['campaign']}.{event['data']['unit']}")
        key = event["data"]["item_id"].rsplit(".", 1)[-1]
        on = clock.local_day(event["time"])
        changed = domain.ledger_moved(meeting, key, state, on, event["sequence"], planned=planned)
        store.save(self.db, meeting, changed, clock.now())

    @every(10)
    def mend_rosters(self) -> None:
        """Lines of units that somebody died over are made anew."""
        rosters.sweep(self.db, time.time())

    def facts(self) -> dict[str, Any]:
        """How far the board is behind what was told."""
        return {"progress_behind": progressing.state(self.db, mongo.database("feed"))["behind"]}

    def gauge(self) -> None:
        """Set the gauges just before they are read."""
        super().gauge()
        BEHIND.set(self.facts()["progress_behind"])
