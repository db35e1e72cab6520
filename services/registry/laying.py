"""Works over all units of a campaign, some at a time: previews a draft, lays units out under a published version,
tells them that the campaign opens.

What must stay true: whoever is killed in the middle loses nothing and doubles nothing: a unit that stands on the
version is passed over, what a preview found is written by unit, and counts move with the place that was reached.
"""

import time
from collections.abc import Callable

from services.registry import (
    calendar_preview,
    definition_store,
    domain,
    openings,
    preview_store,
    replanning,
    roster_lines,
    rosters,
    schedule_store,
    store,
    telling,
    versions,
    waves,
)
from services.spine import clock, mongo
from services.spine.workdays import Calendar

Db = mongo.Db
AT_ONCE = 100
Step = Callable[[definition_store.Work, list[telling.Meeting]], dict[str, int]]


def preview(db: Db, work: definition_store.Work, until: float) -> None:
    """Go on with a preview until it is through or the time (monotonic) is over."""
    if work["_id"] != work["campaign"]:
        preview_calendar(db, work, until)
        return
    draft = definition_store.draft(db, work["campaign"])
    campaign = db.campaigns.find_one({"_id": work["campaign"]})
    if campaign is None or draft["definition"] is None or draft["revision"] != work["draft_revision"]:
        definition_store.go_on(db, "previews", work, {"state": "done", "until": 0})
        return
    calendar = schedule_store.calendar(db)
    drafted = versions.under(campaign, draft["definition"], work["version"] + 1)

    def look(reached: definition_store.Work, meetings: list[telling.Meeting]) -> dict[str, int]:
        above = _above(db, campaign, drafted, meetings)
        found = replanning.effects(meetings, drafted, work["on"], calendar, above, campaign)
        preview_store.keep(db, reached, found)
        return replanning.counted(found)

    _over_units(db, "previews", work, look, until)


def preview_calendar(db: Db, work: definition_store.Work, until: float) -> None:
    """The same with what another calendar comes to for a campaign's units."""
    drafted = calendar_preview.get(db, work["draft_revision"])
    if drafted is None:
        definition_store.go_on(db, "previews", work, {"state": "done", "until": 0})
        return
    calendar, campaigns = Calendar(drafted["version"]["days"]), dict[int, telling.Campaign]()

    def under(meeting: telling.Meeting) -> telling.Campaign:
        number = versions.number_of(meeting, "definition")
        if number not in campaigns:
            campaigns[number] = definition_store.campaign_of(db, meeting)
        return campaigns[number]

    def look(reached: definition_store.Work, meetings: list[telling.Meeting]) -> dict[str, int]:
        found = [replanning.recounted(meeting, under(meeting), work["on"], calendar) for meeting in meetings]
        preview_store.keep(db, reached, found)
        return replanning.counted(found)

    _over_units(db, "previews", work, look, until)


def _above(
    db: Db, campaign: telling.Campaign, drafted: telling.Campaign, meetings: list[telling.Meeting]
) -> replanning.Above:
    """The meetings of the teams above these units under a draft, and from when they leave days free as it stands."""
    lines = {one["unit"]: roster_lines.of(one) for one in meetings}
    above = schedule_store.superiors(db, drafted, list(lines.values()))
    found = {one["unit"]: one for one in rosters.read(db, list(set(above.values())))}
    first = {
        unit: waves.earliest(campaign, lines[unit].level, lines[unit].region, superior.meets_on)
        for unit, superior in above.items()
    }
    return {unit: (found[superior.unit], first[unit]) for unit, superior in above.items() if superior.unit in found}


def lay_out(db: Db, work: definition_store.Work, until: float) -> None:
    """Go on with a published version until all units stand on it or the time (monotonic) is over."""
    campaign = db.campaigns.find_one({"_id": work["campaign"]}) or {}
    said = work["reason"], work["by"], work["at"], clock.today(), schedule_store.calendar(db)
    under = versions.under(campaign, work["definition"], work["version"])
    before = definition_store.under_version(db, campaign, work["version"] - 1)

    def lay(_: definition_store.Work, meetings: list[telling.Meeting]) -> dict[str, int]:
        left = meetings
        while left:
            changed = [(meeting, *replanning.lay_anew(meeting, under, *said, before)) for meeting in left]
            overtaken = store.write(db, changed, clock.now())[1]
            left = definition_store.overtaken(db, left, work["version"]) if overtaken else []
        return {}

    if _over_units(db, "versions", work, lay, until):
        definition_store.laid(db, work["campaign"], work["version"])


def open_up(db: Db, work: definition_store.Work, until: float) -> None:
    """Go on telling units that the campaign opens, until it is open or the time (monotonic) is over."""

    def tell(_: definition_store.Work, meetings: list[telling.Meeting]) -> dict[str, int]:
        left = meetings
        while left:
            told = [(meeting, *domain.announce(meeting)) for meeting in left]
            overtaken = store.write(db, told, clock.now())[1]
            left = openings.untold(db, left) if overtaken else []
        return {}

    if _over_units(db, "openings", work, tell, until):
        end_opening(db, work["campaign"])


def end_opening(db: Db, code: str) -> None:
    """The campaign is open, once all its units were told; those that came in behind are told before."""
    if openings.any_untold(db, code):
        openings.begin(db, code)
        return
    campaign = store.campaign(db, code)
    at = clock.now()
    opened, facts = domain.open_campaign(campaign, definition_store.units(db, code), at)
    store.save_campaign(db, campaign, opened, facts, at)


def _over_units(db: Db, name: str, work: definition_store.Work, step: Step, until: float) -> bool:
    """Take step after step; whether all units are through."""
    if not work["bounds"]:
        cut = {**work, "bounds": definition_store.bounds(db, work["campaign"], AT_ONCE)}
        if not definition_store.go_on(db, name, work, cut):
            return False
        work = cut
    while True:
        meetings = definition_store.next_units(db, work)
        if not meetings:
            done = {"state": "done", "until": 0, "worked": work["worked"]}
            return definition_store.go_on(db, name, work, done)
        found = step(work, meetings)
        further = {**work, "after": meetings[-1]["unit"], "worked": work["worked"] + len(meetings)}
        further["until"] = time.time() + definition_store.LEASE_SECONDS
        if found:
            further["counts"] = {key: work["counts"].get(key, 0) + count for key, count in found.items()}
        over = time.monotonic() > until
        if not definition_store.go_on(db, name, work, {**further, "until": 0} if over else further):
            return False
        work = further
        if over:
            return False
