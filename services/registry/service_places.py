"""The doors of who takes part and what holds for whom: units chosen from the tree, groups, stricter rules below."""

import time
from typing import Any

from services.registry import (
    aspects,
    coaching_store,
    definition,
    grouping,
    inheritance,
    organisation_store,
    organisations,
    planning,
    schedule_store,
    store,
    tightening,
)
from services.registry.service_organisations import OrganisationDoors
from services.spine import clock, errors
from services.spine.actor import Actor
from services.spine.doors import every, route

MOST_TOLD = 200
SLICE_SECONDS = 2


class PlaceDoors(OrganisationDoors):
    """Who takes part in a campaign, followed by which group, under which rules."""

    @route("POST", "/campaigns/<code>/units", accepts="choose_units", may="load_campaign", answers="units_chosen")
    def choose_units(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """Take units from the tree by level and region; taken again, names and posts follow and nothing is lost."""
        campaign, at = self._covered(actor, code), clock.now()
        stems = [organisations.stem(campaign["region_code"])]
        found = organisation_store.chosen(self.db, stems, draft["levels"], draft.get("regions", []))
        units = [organisations.as_unit(one, clock.today()) for one in found]
        left = organisations.left_out(units)
        units = [unit for unit in units if unit["unit_code"] not in {one["unit"] for one in left}]
        standing = store.groups_of(self.db, code)
        above = organisation_store.above(self.db, dict.fromkeys(unit["unit_code"] for unit in units))
        units = [organisations.placed(unit, above[unit["unit_code"]], {*standing, *above}) for unit in units]
        if otherwise := draft.get("group", ""):
            grouping.check_known(campaign["groups"], otherwise)
        group_of = grouping.assign(campaign["groups"], units, standing, otherwise)
        regions = {row["region_code"]: row for row in definition.region_names(campaign, units)}
        regions |= {row["region_code"]: row for row in campaign["regions"]}
        taken = {
            "groups": grouping.joined(campaign["groups"], group_of),
            "regions": sorted(regions.values(), key=_code),
        }
        store.save_campaign(self.db, campaign, {**campaign, **taken}, [], at)
        calendar = schedule_store.calendar(self.db)
        planned = [planning.plan(campaign, unit, group_of[unit["unit_code"]], calendar) for unit in units]
        added, changed = store.join(self.db, campaign, planned, at, calendar)
        told = {"total": len(left), "rows": left[:MOST_TOLD]}
        return {"campaign_code": code, "units": len(units), "added": added, "changed": changed, "left_out": told}

    @route("GET", "/campaigns/<code>/groups", may="read_board", answers="group_list")
    def groups(self, actor: Actor, code: str) -> Any:
        """The supervision groups with their jurisdiction and how far their units have come."""
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        stages = store.stages_of_groups(self.db, actor.scope, code)
        rows = [
            {**group, "units": sum(stages.get(group["group_code"], {}).values())}
            | {"stages": {**dict.fromkeys(aspects.STAGES, 0), **stages.get(group["group_code"], {})}}
            for group in campaign["groups"]
            if actor.covers({"campaign": code}) or group["group_code"] in stages
        ]
        told = campaign.get("group_changes", [])
        return {
            "rows": [{**row, "changes": [one for one in told if one["group"] == row["group_code"]]} for row in rows],
            "closed": grouping.closed(campaign) if actor.covers({"campaign": code}) else [],
        }

    @route("POST", "/campaigns/<code>/groups", accepts="add_group", may="move_units", answers="group_list")
    def add_group(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """One more group, which follows no unit yet, with the reason."""
        campaign, at = self._covered(actor, code), clock.now()
        store.save_campaign(self.db, campaign, grouping.add(campaign, draft, actor.name, at), [], at)
        return 201, self.groups(actor, code)

    @route(
        "POST", "/campaigns/<code>/groups/<group>/end", accepts="close_group", may="move_units", answers="group_list"
    )
    def close_group(self, actor: Actor, code: str, group: str, draft: dict[str, str]) -> Any:
        """A group that follows no unit is closed, with the reason."""
        campaign, at = self._covered(actor, code), clock.now()
        said = draft["reason"], actor.name, at, clock.today()
        changed, facts = grouping.close(campaign, group, store.groups_of(self.db, code), *said)
        store.save_campaign(self.db, campaign, changed, facts, at)
        return self.groups(actor, code)

    @route("POST", "/campaigns/<code>/groups/<group>", accepts="edit_group", may="move_units", answers="group_list")
    def edit_group(self, actor: Actor, code: str, group: str, draft: dict[str, Any]) -> Any:
        """Another name, leader's post, jurisdiction or last day of a group, with the reason."""
        campaign, at = self._covered(actor, code), clock.now()
        grouping.check_last(campaign, group, draft, store.groups_of(self.db, code), clock.today())
        edited = grouping.edit(campaign, group, draft, actor.name, at)
        edited, resumed = grouping.resume(campaign, edited, group, clock.today())
        changed, ended = grouping.end(edited, clock.today())
        store.save_campaign(self.db, campaign, changed, [*resumed, *ended], at)
        return self.groups(actor, code)

    @every(60)
    def end_groups(self) -> None:
        """The attachment of a group is over: said once, the day after its last."""
        for campaign in self.db.campaigns.find({"groups.until": {"$lt": clock.today()}}):
            changed, facts = grouping.end(campaign, clock.today())
            store.save_campaign(self.db, campaign, changed, facts, clock.now())

    @route("POST", "/campaigns/<code>/groups/moves", accepts="move_units", may="move_units", answers="units_moved")
    def move_units(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """Units go to another group with all that is open; whoever read for the former one no longer holds anything."""
        campaign, at = self._covered(actor, code), clock.now()
        meetings = store.meetings_of(self.db, code, draft["units"])
        known = {meeting["unit"] for meeting in meetings}
        faults = [
            {"pointer": f"/units/{place}", "code": "unit_not_planned", "unit": unit, "campaign": code}
            for place, unit in enumerate(draft["units"])
            if unit not in known
        ]
        if faults:
            raise errors.Refusal("unit_not_planned", unit=faults[0]["unit"], campaign=code, errors=faults)
        groups = grouping.move(campaign["groups"], draft["units"], draft["to"])
        store.save_campaign(self.db, campaign, {**campaign, "groups": groups}, [], at)
        moved = 0
        for meeting in meetings:
            changed = planning.regroup(meeting, draft["to"], draft["reason"], actor.name, at)
            moved += store.save(self.db, meeting, changed, at)["revision"] != meeting["revision"]
        coaching_store.follow(self.db, code, draft["units"])
        return {"campaign_code": code, "to": draft["to"], "moved": moved}

    @route("GET", "/campaigns/<code>/policy", accepts="find_policy", may="read_campaign", answers="policy_shown")
    def policy(self, actor: Actor, code: str, query: dict[str, str]) -> Any:
        """What holds for a region or a unit, each value with where it comes from."""
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        region, unit, above = query.get("region", ""), query.get("unit", ""), list[str]()
        if unit:
            meeting = store.meeting(self.db, f"{code}.{unit}", actor.units)
            region, above = meeting["region"], meeting.get("above", [])
        return {"region": region, "unit": unit, **inheritance.policy_for(campaign, region, unit, above)}

    @route("POST", "/campaigns/<code>/overrides", accepts="tighten_policy", may="tighten", answers="policy_shown")
    def tighten(self, actor: Actor, code: str, draft: dict[str, Any]) -> Any:
        """A region, an organisation for all below it, or a unit asks for more; less is refused, all of it at once."""
        campaign, at = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants]), clock.now()
        kind, of = draft["kind"], draft["of"]
        place = tightening.place(self.db, code, kind, of)
        if not actor.covers(place):
            raise errors.Refusal("not_found", id=of)
        level = {"level": place["level"]} if kind == "organisation" else {}
        asked = {"policy": {}, "offsets": {}, **draft, **level, "by": actor.name, "at": at}
        region, line = place["region"], place.get("line", [])
        changed = inheritance.tighten(campaign, asked, region, line)
        if changed is not campaign:
            work = tightening.begin(self.db, campaign, asked)
            store.save_campaign(self.db, campaign, changed, [], at)
            tightening.follow(self.db, work, time.monotonic() + SLICE_SECONDS)
        unit = of if kind == "unit" else ""
        return {"region": region, "unit": unit, **inheritance.policy_for(changed, region, unit, line)}

    @every(1)
    def go_on_tightening(self) -> None:
        """Units follow what was asked of them where whoever asked was stopped, or they are many."""
        tightening.resume(self.db, time.monotonic() + SLICE_SECONDS)

    def _covered(self, actor: Actor, code: str) -> definition.Campaign:
        campaign = store.campaign(self.db, code, [grant["campaign"] for grant in actor.grants])
        if not actor.covers({"campaign": code}):
            raise errors.Refusal("not_found", id=code)
        return campaign


def _code(row: dict[str, str]) -> str:
    return row["region_code"]
