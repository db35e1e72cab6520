"""The rules of work tips (工作提示): drafted for a stage, published in versions, acknowledged unit by unit.

What must stay true: a version that went out never changes and bears the hash of its text; a unit acknowledges the
version it has, once; a newer one takes the place of the older for the units it goes to, and asks them again.
A tip, as it is being written: {_id: campaign.t.stage[.level][.region], tip_id, campaign, region: whose it is, county,
stage, level, text (see tip_text), aspects: [{number, title}], definition: the campaign's version, by, by_account, at}.
A version: {_id: tip_id.v3, the same, version, issued_on, sha256, draft: the revision of the tip it was, to: {levels,
teams, regions, groups, units}, units: how many it went to, reason, spread: it is with all of them, spread_to: or up to
this unit}.
A receipt, one a unit: {_id: tip_id.unit, receipt_id, tip_id, campaign, region, group, unit, level, team, stage, title,
version, issued_at, state, opened: [{by, by_account, role, at}], receipt: {.., note}, reminders: [{on, by, by_account}],
reminded_on, earlier: the same of versions before; cancelled_on where the unit does not meet}.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from services.notification import tip_text
from services.spine import actor
from services.spine.errors import Refusal
from services.spine.events import Event, Fact

Tip = dict[str, Any]
Version = dict[str, Any]
Receipt = dict[str, Any]
Unit = dict[str, Any]
WRITTEN = ("issuer", "serial", "title", "addressee", "sections")
CHOICES = {"levels": "level", "teams": "team", "regions": "region", "groups": "group", "units": "unit"}
STATES = ("unread", "opened", "acknowledged")
OF_A_VERSION = ("version", "title", "issued_at", "state", "opened", "receipt", "reminders")
READERS = 40
"""So many readers of a unit are remembered for a version."""


class Hand(NamedTuple):
    """Who does it, in which role, and when."""

    account: str
    name: str
    role: str
    at: str
    today: str


def key_of(draft: Mapping[str, str], region: str | None) -> str:
    """The id of the tip of a stage; `region` names a county whose office writes its own."""
    parts = (f"{draft['campaign']}.t.{draft['stage']}", draft.get("level"), region)
    return ".".join(part for part in parts if part)


def begin(definition: Mapping[str, Any], draft: Mapping[str, str], region: str | None, hand: Hand) -> Tip:
    """A tip as the campaign's definition has it."""
    key = key_of(draft, region)
    place = {"campaign": draft["campaign"], "region": region or definition["region_code"], "county": bool(region)}
    asked = {"stage": draft["stage"], "level": draft.get("level")}
    return drafted({"_id": key, "tip_id": key, **place, **asked}, definition, hand)


def drafted(tip: Tip, definition: Mapping[str, Any], hand: Hand) -> Tip:
    """The tip with its text made anew from the definition."""
    text = tip_text.compose(definition, tip["stage"], tip["level"] or "")
    rows = [row for row in definition["checklist"] if row["stage"] == tip["stage"]]
    aspects = [{"number": row["number"], "title": row["title"]} for row in rows]
    number = int(definition.get("version") or 1)
    return {**tip, "text": text, "aspects": aspects, "definition": number, **_signed(hand)}


def renew(tip: Tip, definition: Mapping[str, Any], revision: int, hand: Hand) -> Tip:
    """The text of the definition again, asked for by whoever has seen what is given up; there already it stays."""
    fresh = drafted(tip, definition, hand)
    if (fresh["text"], fresh["definition"]) == (tip["text"], tip["definition"]):
        return tip
    check_seen(tip, revision)
    return fresh


def edit(tip: Tip, draft: Mapping[str, Any], hand: Hand) -> Tip:
    """The text as the office wrote it, who has seen the last one."""
    text = {part: draft[part] for part in WRITTEN}
    if text == tip["text"]:
        return tip
    check_seen(tip, draft["revision"])
    return {**tip, "text": text, **_signed(hand)}


def check_seen(tip: Tip, revision: int) -> None:
    """Refuse who has not seen what somebody else wrote meanwhile."""
    if tip["revision"] != revision:
        raise Refusal("tip_changed", by=tip["by"])


def publish(tip: Tip, last: Version | None, draft: Mapping[str, Any], units: int, hand: Hand) -> tuple[Version, bool]:
    """The next version and whether it is a new one: pressed again, the same text to the same units is the same."""
    to = {key: sorted(set(draft["to"][key])) for key in CHOICES if draft["to"].get(key)}
    if last and (last["draft"], last["to"]) == (draft["revision"], to):
        return last, False
    check_seen(tip, draft["revision"])
    if not units:
        raise Refusal("tip_for_nobody")
    if last and not draft.get("reason"):
        raise Refusal("tip_reason_missing", version=last["version"])
    number = last["version"] + 1 if last else 1
    frozen = {"text": tip["text"], "issued_on": hand.today}
    known = {key: tip[key] for key in ("tip_id", "campaign", "region", "county", "stage", "level", "aspects")}
    named = {"_id": f"{tip['tip_id']}.v{number}", "version": number, **known, **frozen, "sha256": hash_of(frozen)}
    asked = {"draft": draft["revision"], "to": to, "units": units, "reason": draft.get("reason", "")}
    return {**named, **asked, **_signed(hand), "spread": False, "spread_to": ""}, True


def hash_of(frozen: Mapping[str, Any]) -> str:
    """The hash by which a printed version is told from any other text."""
    said = {key: frozen[key] for key in ("text", "issued_on")}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def addressed(tip: Mapping[str, Any], to: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Which units it goes to, as a filter: those that fit every choice made, of the tip's level and county, and are to
    meet."""
    place = {"campaign": tip["campaign"], "cancelled_on": None, **({"region": tip["region"]} if tip["county"] else {})}
    if tip["level"]:
        place["level"] = tip["level"]
    return actor.both(place, {CHOICES[key]: {"$in": list(chosen)} for key, chosen in to.items()})


def deliver(before: Receipt | None, version: Version, unit: Unit) -> tuple[Receipt, list[Fact]]:
    """The unit has this version, to be acknowledged; it had it already: nothing changes."""
    if before and before["version"] >= version["version"]:
        return before, []
    key = f"{version['tip_id']}.{unit['unit']}"
    places = {name: unit[name] for name in ("campaign", "region", "group", "unit", "level", "team")}
    earlier = [*before["earlier"], {part: before[part] for part in OF_A_VERSION}] if before else []
    fresh: Receipt = {
        "_id": key, "receipt_id": key, "tip_id": version["tip_id"], "stage": version["stage"], **places,
        "title": version["text"]["title"], "version": version["version"], "issued_at": version["at"],
        "state": "unread", "opened": [], "receipt": None, "reminders": [], "reminded_on": "",
        "earlier": earlier,
    }  # fmt: skip
    return {**(before or {}), **fresh}, [_said("tip_published", fresh)]


def open_(row: Receipt, version: int, hand: Hand) -> Receipt:
    """Somebody of the unit has looked at the version it has; remembered once for each."""
    known = [one["by_account"] for one in row["opened"]]
    if row["version"] != version or hand.account in known or len(known) >= READERS:
        return row
    state = "opened" if row["state"] == "unread" else row["state"]
    return {**row, "state": state, "opened": [*row["opened"], {**_signed(hand), "role": hand.role}]}


def acknowledge(row: Receipt, draft: Mapping[str, Any], hand: Hand) -> tuple[Receipt, list[Fact]]:
    """The unit has it in writing; who was first has signed for it."""
    if row["version"] != draft["version"]:
        raise Refusal("tip_replaced", version=row["version"])
    if row["receipt"]:
        return row, []
    receipt = {**_signed(hand), "role": hand.role, "note": draft.get("note", "")}
    changed = {**open_(row, row["version"], hand), "state": "acknowledged", "receipt": receipt}
    return changed, [_said("tip_acknowledged", changed)]


def remind(row: Receipt, hand: Hand) -> tuple[Receipt, list[Fact]]:
    """A unit that has not acknowledged is reminded, once a day."""
    if row["receipt"] or row["reminded_on"] == hand.today:
        return row, []
    reminders = [*row["reminders"], {"on": hand.today, "by": hand.name, "by_account": hand.account}]
    changed = {**row, "reminders": reminders, "reminded_on": hand.today}
    return changed, [_said("tip_reminded", changed, reminder=len(changed["reminders"]))]


def had(row: Receipt, version: int) -> Receipt:
    """What became of one of the versions this unit had; refuses one it never had."""
    found = next((one for one in (row, *row["earlier"]) if one["version"] == version), None)
    if found is None:
        raise Refusal("not_found", id=f"{row['tip_id']}.v{version}")
    return {**row, **{part: found[part] for part in OF_A_VERSION}, "latest": row["version"]}


def place_of(event: Event) -> Unit:
    """Where a unit belongs and when its aspects are due, as the registry says it."""
    said = event["data"]
    return {
        "campaign": event["campaign"],
        "region": event["region"],
        **{key: said[key] for key in ("unit", "group", "meeting_on")},
        **{key: said.get(key, "") for key in ("level", "team")},
        "due": [{key: one[key] for key in ("number", "due_on", "state")} for one in said.get("aspects", ())],
    }


def _said(name: str, row: Receipt, **more: int) -> Fact:
    told = {key: row[key] for key in ("tip_id", "receipt_id", "stage", "version", "unit", "group")}
    return Fact(name, row["_id"], row["campaign"], row["region"], {**told, **more})


def _signed(hand: Hand) -> dict[str, str]:
    return {"by": hand.name, "by_account": hand.account, "at": hand.at}
