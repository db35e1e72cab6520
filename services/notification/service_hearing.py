"""What notification hears, and what it does about each: who is told, what is done with, what is owed by which day.

What must stay true: each row is a door `on_<event>` as any other, heard at least once and remembered; its deeds are
done in their order and come to the same when they are done again.
"""

from collections.abc import Callable
from typing import Any

from services.notification import column_hearing, domain, nodes, reminders_store, store, tips_store
from services.spine import clock, doors, events, mongo
from services.spine.doors import on_event
from services.spine.events import Event

Deed = Callable[[mongo.Db, list[Event]], None]


def write(db: mongo.Db, told: list[Event]) -> None:
    """Whoever an event concerns has a message."""
    store.add(db, [domain.write(event, events.name_of(event)) for event in told])


def write_if(fits: Callable[[dict[str, Any]], bool]) -> Deed:
    """The same of those events alone that are news to somebody."""
    return lambda db, told: write(db, [event for event in told if fits(event["data"])])


if_by_itself = write_if(lambda said: "due_at" in said)
if_for_good = write_if(lambda said: said["because"] in ("withdrawn", "left_out"))
if_from_above = write_if(lambda said: said["side"] == "above")
if_issued = write_if(lambda said: said["was"] == "issued")
if_of_a_unit = write_if(lambda said: "unit" in said)
if_reminder = write_if(lambda said: "reminder" in said)
if_returned = write_if(lambda said: said["outcome"] == "returned")
unless_because = write_if(lambda said: said.get("because") in (None, "restored"))
unless_lapsed = write_if(lambda said: said["outcome"] != "lapsed")


def settle(db: mongo.Db, told: list[Event]) -> None:
    """What was asked in these matters before is done with."""
    store.settle(db, [(domain.matter(event), event["sequence"], event["time"]) for event in told])


def write_of_late_comers(db: mongo.Db, told: list[Event]) -> None:
    """The same of those items alone that came behind their reminders."""
    write(db, reminders_store.late_comers(db, told))


def keep_days(db: mongo.Db, told: list[Event]) -> None:
    """Take over what events say of days, of what is done and what rests."""
    read = [nodes.read(event, clock.local_day(event["time"])) for event in told]
    reminders_store.hear(db, read, clock.today(), clock.now())


HEARD: dict[str, dict[str, tuple[str, *tuple[Deed, ...]]]] = {
    "registry": {
        "meeting_scheduled": (
            "The unit is told its day, but not what was waived; a postponement is told by itself.",
            tips_store.remember_units,
            unless_because,
            keep_days,
        ),
        "meeting_cancelled": (
            "First responsible person, liaison and group are told; nobody is asked or reminded for it any more.",
            tips_store.remember_cancelled,
            write,
            keep_days,
        ),
        "postponement_asked": ("The offices are told that a unit asks for another day.", write, keep_days),
        "postponement_decided": (
            "Unit and group are told, unless the meeting was held first; nobody is asked any more.",
            unless_lapsed,
            settle,
            keep_days,
        ),
        "meeting_held": (
            "The group is told that the meeting was held; the column has a draft.",
            write,
            column_hearing.draft,
            keep_days,
        ),
        "meeting_corrected": (
            "The group is told of the correction; the column's draft is flagged.",
            write,
            column_hearing.correct,
        ),
        "relay_awaited": ("The absent and the unit are told that what was said is to be brought to the absent.", write),
        "question_answered": ("The unit that asked is told that there is an answer.", if_of_a_unit),
        "bulletin_made": ("The office is told that the week has its bulletin, made by itself.", if_by_itself),
    },
    "intake": {
        "signature_awaited": ("Whoever signs next is told; who was asked before has signed.", write, settle),
        "signature_settled": ("Nobody is asked to sign this any more.", settle),
        "receipt_given": ("First responsible person and liaison are told what was sent back.", if_returned, keep_days),
        "material_submitted": ("What was handed in is owed no more.", keep_days),
        "talks_completed": ("A unit's talks are done.", keep_days),
        "talks_reopened": ("A unit's talks are done no longer.", keep_days),
    },
    "review": {
        "material_prechecked": ("The group is told that something waits to be read.", write, keep_days),
        "verdict_issued": ("The unit is told the verdict.", write, keep_days),
        "verdict_withdrawn": ("The unit is told that a verdict was taken back.", write, keep_days),
        "answer_extended": ("The unit is told the new days for its answer.", write, keep_days),
        "supervision_commented": ("The unit is told that the group has commented.", write, keep_days),
        "withdrawal_decided": ("A version that was taken back is owed as before.", keep_days),
        "secrecy_found": ("A version that was destroyed is owed as before.", keep_days),
    },
    "rectification": {
        "candidate_found": ("The unit is told what somebody above it found or carried over.", if_from_above),
        "candidate_explained": ("The group is told that a problem is not to go on the ledger.", write),
        "candidate_reopened": ("The unit is told that its explanation was not taken.", write),
        "candidate_withdrawn": (
            "The group is told that a problem's source is gone, unless it was merged or its verdict taken back.",
            if_for_good,
        ),
        "closeout_requested": ("The group is told that something waits to be verified.", write, keep_days),
        "closeout_decided": ("The unit is told what the group decided.", write, keep_days),
        "closeout_passed": ("The next level is told that it decides now.", write),
        "item_reopened": ("The unit is told that a closed item is open again.", write, keep_days),
        "retype_asked": ("The group's leader and the offices are asked for another list.", write),
        "retype_decided": ("The unit is told, unless the item was closed first.", unless_lapsed, settle, keep_days),
        "item_postponement_asked": ("The group's leader and the offices are asked for more time.", write, keep_days),
        "item_postponement_decided": (
            "The unit is told, unless the item was closed first.",
            unless_lapsed,
            settle,
            keep_days,
        ),
        "plan_submitted": ("The group is told that a plan waits for it.", write),
        "plan_decided": (
            "The unit is told; the column's draft counts its measures.",
            write,
            settle,
            column_hearing.count_measures,
        ),
        "plan_stale": ("Unit and group are told that what was submitted no longer stands.", write, settle),
        "item_overdue": (
            "Reminders tell of it; unit and group are told of one that came behind them.",
            write_of_late_comers,
        ),
        "item_day_passed": (
            "Unit and group are told what is owed, a milestone or a recheck, say.",
            write,
        ),
        "escalation_proposed": ("Whoever signs is told that a document waits.", write),
        "escalation_issued": (
            "The first responsible person is told what is to be acknowledged.",
            write,
            settle,
            keep_days,
        ),
        "escalation_acknowledged": ("Offices and group are told; nobody is asked any more.", write, settle, keep_days),
        "escalation_withdrawn": (
            "Nobody is asked any more; the unit is told where it had it.",
            if_issued,
            settle,
            keep_days,
        ),
        "report_due": ("The unit is reminded of its monthly report.", write),
        "report_missing": ("Unit and group are told, on the days the policy has for it.", if_reminder),
        "effect_judged": ("The unit is told what became of its line of effects.", write),
        "effect_reworded": ("The group is told that a returned line reads otherwise.", write),
        "effects_published": ("A unit is told; a region's issue is no one unit's news.", if_of_a_unit),
        "effect_withdrawn": ("Unit and offices are told that something published no longer holds.", write),
        "evaluation_proposed": ("The offices are told that a grade waits for them.", write),
        "evaluation_decided": ("Unit and group are told that the grade is decided.", write, keep_days),
        "second_round_opened": ("Unit and group are told that another round begins, and by when.", write, keep_days),
        "view_digested": ("Whoever follows a view of the ledger is told what there is of it.", write),
        "item_registered": ("An item has its day.", keep_days),
        "item_planned": ("An item that lacked something has its day.", keep_days),
        "item_revised": ("An item may have another day.", keep_days),
        "item_progressed": ("A measure or milestone of an item may be done.", keep_days),
    },
    "notification": {
        "tip_published": ("The unit is told; an earlier version is done with.", write, settle),
        "tip_reminded": ("The unit is told once more; the word before is done with.", write, settle),
        "tip_acknowledged": ("Nobody of the unit is asked any more.", settle),
    },
}
"""By the service that says it each event, what that means, and what is done about it."""


def _door(source: str, event: str, means: str, deeds: tuple[Deed, ...]) -> Callable[..., Any]:
    def hear(self: doors.Service, told: list[Event]) -> None:
        for deed in deeds:
            deed(self.db, told)

    hear.__name__, hear.__doc__ = f"on_{event}", means
    return on_event(source, event, together=True)(hear)


class HearingDoors(doors.Service):
    """What is heard many at a time: a door for each row."""


for source, heard in HEARD.items():
    for event, (means, *deeds) in heard.items():
        setattr(HearingDoors, f"on_{event}", _door(source, event, means, tuple(deeds)))
