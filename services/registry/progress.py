"""How far a unit has come, told by events alone: the fold from what was said to one row for each unit.

What must stay true: the same events in the same order give the same rows, in whatever batches they come; an event that
a row has taken in changes nothing when it comes again. A row: {_id: campaign.unit, n: the last event taken in,
campaign, unit, region, group, team, level, meeting_on, held: {held_on, outside}, cancelled: {on}, stage, spans:
[{stage, from, until}], aspects: [as meeting_scheduled tells them], waits_for: [their numbers], required: [see papers,
with level, submitted_on, passed_on, readings: [{version, outcome, failed, days}]], ledger: {key: open|closed}, items:
{key: {source, aspect, category, asked, registered_on, closed_on}}, asking: whether it waits for an office's word about
another day}.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.registry import aspects, papers
from services.spine import clock, events
from services.spine.events import Event

Row = dict[str, Any]
Said = dict[str, Any]
NEVER = "9999-12-31"
FRESH: Row = {"state": "missing", "version": 0, "late": False, "level": "", "submitted_on": None, "readings": []}
EMPTY: Row = {
    "n": 0,
    "aspects": [],
    "required": [],
    "waits_for": [],
    "ledger": {},
    "items": {},
    "asking": False,
    "held": None,
    "cancelled": None,
    "stage": "preparing",
    "spans": [],
}


def fold(rows: Mapping[str, Row], told: Iterable[tuple[int, Event]]) -> dict[str, Row]:
    """The rows that these events change, as they are afterwards."""
    after: dict[str, Row] = {}
    for number, event in told:
        hand, unit = HANDS.get(events.name_of(event)), event["data"].get("unit")
        if hand is None or not unit:
            continue
        key = f"{event['campaign']}.{unit}"
        row = after.get(key) or rows.get(key)
        if row is None and hand is _meeting_scheduled:
            row = {"_id": key, "campaign": event["campaign"], "unit": unit, **EMPTY}
        if row is not None and number > row["n"]:
            day = clock.local_day(event["time"])
            after[key] = {**_staged(hand(row, event, day), day), "n": number}
    return after


def units_of(told: Iterable[tuple[int, Event]]) -> set[str]:
    """The rows that events may change."""
    return {
        f"{event['campaign']}.{event['data']['unit']}"
        for _, event in told
        if events.name_of(event) in HANDS and event["data"].get("unit")
    }


def _staged(row: Row, day: str) -> Row:
    """The row at its stage; a stage left on the day it was reached was none."""
    stage, spans = aspects.stage(row), row["spans"]
    if spans and stage == spans[-1]["stage"]:
        return {**row, "stage": stage}
    if spans:
        day = max(day, spans[-1]["from"])
        spans = [one for one in [*spans[:-1], {**spans[-1], "until": day}] if one["from"] < one["until"]]
    if spans and (spans[-1]["stage"], spans[-1]["until"]) == (stage, day):
        spans = [*spans[:-1], {**spans[-1], "until": NEVER}]
    else:
        spans = [*spans, {"stage": stage, "from": day, "until": NEVER}]
    return {**row, "stage": stage, "spans": spans}


def _meeting_scheduled(row: Row, event: Event, day: str) -> Row:
    said = event["data"]
    known = {(one["kind"], one["post"]): one for one in row["required"]}
    required = []
    for one in said["required"]:
        was = known.get((one["kind"], one["post"]), FRESH)
        state = one.get("state") or ("missing" if was["state"] == "waived" else was["state"])
        told = {key: one[key] for key in ("kind", "post", "gate", "read", "levels", "due_on") if key in one}
        required.append({**FRESH, **{key: was[key] for key in was if key != "due_on"}, **told, "state": state})
    places = {"region": event["region"], **{key: said.get(key) for key in ("group", "meeting_on", "team", "level")}}
    known_else = {key: said.get(key, row[key]) for key in ("aspects", "waits_for")}
    if said.get("because") == "restored":
        known_else["cancelled"] = None
    return {**row, **places, "required": required, **known_else}


def _aspect_recorded(row: Row, event: Event, day: str) -> Row:
    said = event["data"]
    unknown = {"number": said["number"], "code": said["code"], "stage": "before", "follows": "hand", "due_on": NEVER}
    aspects = row["aspects"]
    if all(one["number"] != said["number"] for one in aspects):
        aspects = [*aspects, unknown]
    new = {key: said[key] for key in ("state", "late")}
    return {**row, "aspects": [{**one, **new} if one["number"] == said["number"] else one for one in aspects]}


def _aspect_reopened(row: Row, event: Event, day: str) -> Row:
    number = event["data"]["number"]
    aspects = [{**one, "state": "open"} if one["number"] == number else one for one in row["aspects"]]
    return {**row, "aspects": aspects}


def _material_submitted(row: Row, event: Event, day: str) -> Row:
    def moved(one: Row, said: Said) -> Row:
        after = papers.moved(one, said["version"], "submitted", day)
        level = one.get("levels", ["group"])[0]
        return one if after is one else {**after, "submitted_on": day, "level": level}

    return _material(row, event, moved)


def _reading_passed(row: Row, event: Event, day: str) -> Row:
    def moved(one: Row, said: Said) -> Row:
        levels = one.get("levels", ["group"])
        following = levels[levels.index(said["level"]) + 1 :] if said["level"] in levels else []
        hit = following and one["version"] == said["version"] and one["state"] == "submitted"
        return {**one, "level": following[0]} if hit else one

    return _material(row, event, moved)


def _reading_withdrawn(row: Row, event: Event, day: str) -> Row:
    def back(one: Row, said: Said) -> Row:
        hit = one["version"] == said["version"] and one["state"] == "submitted"
        return {**one, "level": said["level"]} if hit else one

    return _material(row, event, back)


def _verdict_issued(row: Row, event: Event, day: str) -> Row:
    def moved(one: Row, said: Said) -> Row:
        after = papers.moved(one, said["version"], said["outcome"], day)
        if after is one:
            return one
        took = (clock.day(day) - clock.day(one["submitted_on"] or day)).days
        reading = {
            "version": said["version"],
            "outcome": said["outcome"],
            "failed": said["failed"],
            "days": max(took, 0),
        }
        return {**after, "passed_on": day, "readings": [*one["readings"], reading]}

    return _material(row, event, moved)


def _verdict_withdrawn(row: Row, event: Event, day: str) -> Row:
    def back(one: Row, said: Said) -> Row:
        if one["version"] != said["version"] or one["state"] == "waived":
            return one
        readings = [reading for reading in one["readings"] if reading["version"] != said["version"]]
        levels = one.get("levels", ["group"])
        level = said["level"] if said.get("level") in levels else levels[-1]
        return {**one, "state": "submitted", "readings": readings, "level": level}

    return _material(row, event, back)


def _withdrawal_decided(row: Row, event: Event, day: str) -> Row:
    return _secrecy_found(row, event, day) if event["data"]["granted"] else row


def _secrecy_found(row: Row, event: Event, day: str) -> Row:
    def back(one: Row, said: Said) -> Row:
        hit = (one["version"], one["state"]) == (said["version"], "submitted")
        return {**one, "state": said["back_to"]} if hit else one

    return _material(row, event, back)


def _receipt_given(row: Row, event: Event, day: str) -> Row:
    def back(one: Row, said: Said) -> Row:
        hit = (one["version"], one["state"], said["outcome"]) == (said["version"], "received", "returned")
        return {**one, "state": "returned"} if hit else one

    return _material(row, event, back)


def _meeting_held(row: Row, event: Event, day: str) -> Row:
    said = event["data"]
    return {**row, "held": {key: said[key] for key in ("held_on", "outside") if key in said}}


def _meeting_corrected(row: Row, event: Event, day: str) -> Row:
    return _meeting_held(row, event, day)


def _meeting_cancelled(row: Row, event: Event, day: str) -> Row:
    return {**row, "cancelled": {"on": event["data"]["on"]}}


def _postponement_asked(row: Row, event: Event, day: str) -> Row:
    return {**row, "asking": True}


def _postponement_decided(row: Row, event: Event, day: str) -> Row:
    return {**row, "asking": False}


def _item_registered(row: Row, event: Event, day: str) -> Row:
    said, key = event["data"], _key(event)
    if key in row["ledger"]:
        return row
    item = {**{key: said.get(key) for key in ("source", "aspect", "category")}, "asked": False, "registered_on": day}
    return {**row, "ledger": {**row["ledger"], key: "open"}, "items": {**row["items"], key: item}}


def _item_planned(row: Row, event: Event, day: str) -> Row:
    return _item(row, event)


def _item_revised(row: Row, event: Event, day: str) -> Row:
    return _item(row, event)


def _retype_decided(row: Row, event: Event, day: str) -> Row:
    return _item(row, event)


def _closeout_requested(row: Row, event: Event, day: str) -> Row:
    return _item(row, event, asked=True)


def _closeout_decided(row: Row, event: Event, day: str) -> Row:
    if event["data"]["outcome"] != "closed":
        return _item(row, event, asked=False)
    row = _item(row, event, asked=False, closed_on=day)
    return {**row, "ledger": {**row["ledger"], _key(event): "closed"}}


def _item_reopened(row: Row, event: Event, day: str) -> Row:
    row = _item(row, event, asked=False, closed_on=None)
    return {**row, "ledger": {**row["ledger"], _key(event): "open"}}


def _key(event: Event) -> str:
    return str(event["data"]["item_id"]).rsplit(".", 1)[-1]


def _item(row: Row, event: Event, **new: Any) -> Row:
    """What is new of an item; whatever is said of one says which list it is on."""
    key, new = _key(event), {**new, "category": event["data"]["category"]}
    return {**row, "items": {**row["items"], key: {**row["items"][key], **new}}} if key in row["items"] else row


def _material(row: Row, event: Event, change: Callable[[Row, Said], Row]) -> Row:
    said = event["data"]
    place = said["kind"], said["post"]
    required = [change(one, said) if (one["kind"], one["post"]) == place else one for one in row["required"]]
    return {**row, "required": required}


HANDS: dict[str, Callable[[Row, Event, str], Row]] = {
    hand.__name__.lstrip("_"): hand
    for hand in (
        _meeting_scheduled,
        _aspect_recorded,
        _aspect_reopened,
        _material_submitted,
        _reading_passed,
        _reading_withdrawn,
        _verdict_issued,
        _verdict_withdrawn,
        _withdrawal_decided,
        _secrecy_found,
        _receipt_given,
        _meeting_held,
        _meeting_corrected,
        _meeting_cancelled,
        _postponement_asked,
        _postponement_decided,
        _item_registered,
        _item_planned,
        _item_revised,
        _retype_decided,
        _closeout_requested,
        _closeout_decided,
        _item_reopened,
    )
}
