"""A campaign's definition in versions: edited as a draft, published with a reason, each kept whole.

What must stay true: a version that was published never changes; whoever edits a draft says which one he saw; what does
not fit is told all at once, by field. A draft: {_id: campaign, definition, by, by_account, at, log: [{by, at, parts}]};
it stays, without a definition, when it is published or dropped, so that its revisions never come again.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from services.registry import differing, lists
from services.registry.definition import Campaign
from services.spine import contracts, errors
from services.spine.events import Fact

Definition = dict[str, Any]
Draft = dict[str, Any]
Version = dict[str, Any]
Places = Collection[str]
FIXED = ("campaign_code", "region_code", "time_zone")
"""What makes a campaign this one, in all its versions."""
BESIDE = ("regions", "facts")
"""What follows the units, or is no rule: not for an editor to change."""
BLANK: Draft = {"definition": None, "by": None, "by_account": None, "at": None, "log": [], "revision": 0}
MOST_REMEMBERED = 50
EARLIEST, LATEST = "1950-01-01", "2199-12-31"


def definition_of(campaign: dict[str, Any]) -> Definition:
    """A campaign's definition alone, as campaign.json would have it but for what follows the units."""
    parts = contracts.documents()["documents/campaign"]["properties"]
    return {key: campaign[key] for key in parts if key in campaign and key not in BESIDE}


def under(campaign: Campaign, definition: Definition, number: int) -> Campaign:
    """The campaign as it is under a definition of it."""
    rest = {key: value for key, value in campaign.items() if key not in definition_of(campaign)}
    return {**rest, **definition, "version": number}


def number_of(record: dict[str, Any], key: str = "version") -> int:
    """The version of a campaign, or (`definition`) that a meeting stands on; what was there before versions is 1."""
    return int(record.get(key) or 1)


def edit(
    campaign: Campaign, before: Draft, draft: dict[str, Any], by: str, account: str, at: str, places: Places = ()
) -> Draft:
    """The draft as it was sent; refused when somebody else was faster, or when it breaks a rule (`places`: see
    check)."""
    definition = definition_of(draft["definition"])
    if (before["definition"], before["by_account"]) == (definition, account):
        return before
    check_seen(before, draft["revision"])
    check(campaign, definition, places)
    parts = sorted(
        {one["pointer"].split("/")[1] for one in differing.differences(standing(campaign, before), definition)}
    )
    log = [*before["log"], {"by": by, "at": at, "parts": parts}][-MOST_REMEMBERED:] if parts else before["log"]
    changed = {**before, "campaign": campaign["_id"], "definition": definition, "log": log}
    return {**changed, "by": by, "by_account": account, "at": at}


def standing(campaign: Campaign, draft: Draft) -> Definition:
    """What an editor sees: the draft, or the definition in force."""
    return draft["definition"] or definition_of(campaign)


def check_seen(draft: Draft, revision: int) -> None:
    """Refuse whoever did not see the draft as it is, saying who changed what meanwhile."""
    if draft["revision"] != revision:
        last = draft["log"][-1] if draft["log"] else {"by": draft["by"] or "…", "at": draft["at"] or "…", "parts": []}
        raise errors.Refusal("draft_changed", by=last["by"], on=last["at"], parts="、".join(last["parts"]) or "…")


def drop(draft: Draft, by: str, account: str, at: str) -> Draft:
    """The draft goes; its revisions go on."""
    return {**draft, "definition": None, "by": by, "by_account": account, "at": at, "log": []}


def check(campaign: Campaign, definition: Definition, places: Places = ()) -> None:
    """Refuse what the schema cannot say, all of it at once; `places`: regions and groups that are there beside those
    the campaign itself knows."""
    faults = [*_fixed(campaign, definition), *_days(definition), *_codes(definition), *_policy(definition)]
    faults += _marks(campaign, definition, places)
    if faults:
        placed = [{**fault, "pointer": f"/definition{fault['pointer']}"} for fault in faults]
        raise errors.Refusal("definition_faulty", count=len(placed), errors=placed)


def publish(
    campaign: Campaign, draft: Draft, reason: str, units: int, by: str, account: str, at: str
) -> tuple[Campaign, list[Fact]]:
    """The campaign under its next version; what is to be kept of it is written in the same step (`published`)."""
    if draft["definition"] is None:
        raise errors.Refusal("no_draft")
    if campaign.get("laying"):
        raise errors.Refusal("still_laying")
    changes = differing.differences(definition_of(campaign), draft["definition"])
    if not changes:
        raise errors.Refusal("nothing_changed")
    number = number_of(campaign) + 1
    said = {"reason": reason, "by": by, "by_account": account, "at": at, "draft_revision": draft["revision"]}
    after = {**under(campaign, draft["definition"], number), "laying": True}
    after["published"] = {**said, "differences": changes, "total": units}
    return after, [revised(after, units)] if campaign["state"] == "open" else []


def was_published(campaign: Campaign, revision: int, account: str) -> bool:
    """Whether that revision of the draft is what this person published last: the button pressed twice."""
    last = campaign.get("published") or {}
    return (last.get("draft_revision"), last.get("by_account")) == (revision, account)


def kept(campaign: Campaign) -> Version:
    """The version in force as it is kept; the first is nobody's, since it was loaded."""
    number, said = number_of(campaign), campaign.get("published") or {}
    known: dict[str, Any] = {"reason": "", "by": None, "by_account": None, "differences": [], "total": 0}
    known["at"] = campaign.get("loaded_at") or f"{campaign['opens_on']}T00:00:00.000Z"
    known |= {key: said[key] for key in known if key in said}
    state = "running" if campaign.get("laying") else "done"
    return {
        "_id": f"{campaign['_id']}.{number}",
        "campaign": campaign["_id"],
        "version": number,
        **known,
        "definition": definition_of(campaign),
        "state": state,
        **WORK,
    }


WORK: dict[str, Any] = {"after": "", "worked": 0, "until": 0, "bounds": []}
"""Where work over all units begins."""


ALSO_TOLD = ("reading", "facts", "small_group", "lengths", "rectification", "reminders")
"""What is told of a policy where it is laid down."""


def told(campaign: Campaign, units: int) -> dict[str, Any]:
    """What others are told of a campaign's definition."""
    policy = campaign["policy"]
    return {
        "units": units,
        "aspects": campaign["aspects"],
        "answer_within": policy["answer_within"],
        "immediate_days": policy["immediate_days"],
        "all_meetings_held_by": campaign["all_meetings_held_by"],
        "standards": campaign["standards"],
        "version": number_of(campaign),
        **{key: policy[key] for key in ALSO_TOLD if key in policy},
    }


def revised(campaign: Campaign, units: int) -> Fact:
    """A running campaign has another version."""
    code = campaign["campaign_code"]
    return Fact("campaign_revised", code, code, campaign["region_code"], told(campaign, units))


def _fixed(campaign: Campaign, definition: Definition) -> Iterator[dict[str, Any]]:
    for key in FIXED:
        if definition[key] != campaign.get(key, definition[key]):
            yield {"pointer": f"/{key}", "code": "code_fixed", "value": campaign[key]}
    for key in ("checklist", "policy"):
        if key not in definition:
            yield {"pointer": f"/{key}", "code": "code_missing", "value": key}


def _days(definition: Definition) -> Iterator[dict[str, Any]]:
    first, last = definition["opens_on"], definition["all_meetings_held_by"]
    yield from implausible({"opens_on": first, "all_meetings_held_by": last})
    if last < first:
        place = "/all_meetings_held_by"
        yield {"pointer": place, "code": "days_reversed", "earliest": first, "latest": last}
    for number, wave in enumerate(definition.get("waves", [])):
        begins, ends = wave.get("opens_on", first), wave.get("held_by", last)
        if ends < begins:
            place = f"/waves/{number}/held_by"
            yield {"pointer": place, "code": "days_reversed", "earliest": begins, "latest": ends}


def implausible(days: dict[str, str]) -> list[dict[str, Any]]:
    """Days from which no others can be counted in earnest, by their fields."""
    return [
        {"pointer": f"/{key}", "code": "day_implausible", "on": on}
        for key, on in days.items()
        if not EARLIEST <= on <= LATEST
    ]


def _codes(definition: Definition) -> Iterator[dict[str, Any]]:
    policy = definition.get("policy", {})
    lists: Sequence[tuple[str, Any, tuple[str, ...]]] = (
        ("/aspects", definition["aspects"], ("code",)),
        ("/standards", definition["standards"], ("code",)),
        ("/lists", definition["lists"], ("code",)),
        ("/waves", definition.get("waves", []), ("code",)),
        ("/checklist", definition.get("checklist", []), ("number",)),
        ("/checklist", definition.get("checklist", []), ("code",)),
        ("/policy/papers", policy.get("papers", []), ("kind", "of")),
        ("/policy/addressees", policy.get("addressees", []), ("code",)),
        ("/policy/rectification/evaluation/grades", _grades(policy), ("code",)),
        ("/policy/study/topics", policy.get("study", {}).get("topics", []), ("code",)),
        ("/policy/rectification/escalation/steps", _ladder(policy).get("steps", ()), ("code",)),
        ("/policy/rectification/escalation/marks", _ladder(policy).get("marks", ()), ("of",)),
        *((f"/policy/reminders/{kind}", rows, ("days", "unit")) for kind, rows in policy.get("reminders", {}).items()),
    )
    for at, rows, keys in lists:
        known: set[tuple[Any, ...]] = set()
        for number, row in enumerate(rows):
            value = tuple(row[key] for key in keys)
            if value in known:
                shown = " ".join(map(str, value))
                yield {"pointer": f"{at}/{number}/{keys[0]}", "code": "code_twice", "value": shown}
            known.add(value)


def marked(definition: Definition) -> list[str]:
    """Of which levels, regions and groups documents have words of their own before their numbers."""
    return [one["of"] for one in _ladder(definition.get("policy", {})).get("marks", ())]


def _marks(campaign: Campaign, definition: Definition, places: Places) -> Iterator[dict[str, Any]]:
    """Words for a place that is not there would be printed nowhere; a group that was closed is still known."""
    levels = contracts.documents()["documents/terms"]["$defs"]["signer"]["enum"]
    named = {row["region_code"] for row in campaign.get("regions", ())}
    closed = {entry["group"] for entry in campaign.get("group_changes", ())}
    known = {*levels, *named, *closed, *lists.places((), campaign.get("groups", ())), *places}
    for place, of in enumerate(marked(definition)):
        if of not in known:
            at = f"/policy/rectification/escalation/marks/{place}/of"
            yield {"pointer": at, "code": "mark_of_nobody", "value": of}


def _ladder(policy: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = policy.get("rectification", {}).get("escalation", {})
    return found


def _grades(policy: dict[str, Any]) -> Sequence[Any]:
    found: Sequence[Any] = policy.get("rectification", {}).get("evaluation", {}).get("grades", ())
    return found


def _policy(definition: Definition) -> Iterator[dict[str, Any]]:
    policy = definition.get("policy", {})
    gate, checklist = policy.get("gate", {}).get("aspects", []), definition.get("checklist", ())
    yield from above_all(policy)
    if policy.get("agenda_required") and not policy.get("agenda"):
        yield {"pointer": "/policy/agenda_required", "code": "agenda_missing"}
    for place, row in enumerate(checklist):
        if row["offset"]["days"] > 0 and (row["stage"] == "before" or row["number"] in gate):
            told = {"number": row["number"], "days": row["offset"]["days"]}
            yield {"pointer": f"/checklist/{place}/offset/days", "code": "aspect_after_meeting", **told}
    numbers = {row["number"] for row in checklist}
    for place, number in enumerate(gate):
        if number not in numbers:
            yield {"pointer": f"/policy/gate/aspects/{place}", "code": "gate_unknown_aspect", "number": number}


def above_all(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The fault of a quorum that more would have to keep than there are."""
    quorum = policy.get("quorum")
    if not quorum or quorum["needed"] <= quorum["of"]:
        return []
    return [{"pointer": "/policy/quorum/needed", "code": "quorum_above_all", **quorum}]
