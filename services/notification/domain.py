"""Who is told what about an event.

A message is addressed to sides (the unit's, the group's, the offices', or one role in a unit) of a place, not to a
person: whoever holds that role there when it is read, reads it. It keeps ids, codes and counts of its event; the
sentence is made when it is read, in the reader's language. One that asks for something belongs to a matter (what is to
be signed) and is settled when something later was said of it: it is no longer to do, whether read or not. A message:
{_id: event id, event, campaign, region, group, unit, post, sides, params, link, at, read_by: [accounts], matter,
sequence, settled_at, account: whom alone it is for, or None, class: normal, or urgent where it does not wait for
working hours}.
"""

from typing import Any, NamedTuple

from services.spine import actor

Message = dict[str, Any]


class Letter(NamedTuple):
    """To whom an event's letter goes, and the page it leads to."""

    sides: tuple[str, ...]
    page: str
    id: str


LETTERS = {
    "meeting_scheduled": Letter(("unit",), "meeting", "meeting_id"),
    "meeting_cancelled": Letter(("secretary", "liaison", "group"), "meeting", "meeting_id"),
    "postponement_asked": Letter(("office",), "meeting", "meeting_id"),
    "postponement_decided": Letter(("unit", "group"), "meeting", "meeting_id"),
    "meeting_held": Letter(("group", "office"), "meeting", "meeting_id"),
    "meeting_corrected": Letter(("group", "office"), "meeting", "meeting_id"),
    "relay_awaited": Letter(("unit",), "meeting", "meeting_id"),
    "material_prechecked": Letter(("group",), "review", "review_id"),
    "verdict_issued": Letter(("unit",), "material", "material_id"),
    "verdict_withdrawn": Letter(("unit", "group"), "material", "material_id"),
    "answer_extended": Letter(("unit",), "material", "material_id"),
    "supervision_commented": Letter(("unit",), "comment", "meeting_id"),
    "candidate_found": Letter(("unit",), "candidate", "candidate_id"),
    "candidate_explained": Letter(("group",), "candidate", "candidate_id"),
    "candidate_reopened": Letter(("unit",), "candidate", "candidate_id"),
    "candidate_withdrawn": Letter(("group",), "candidate", "candidate_id"),
    "closeout_requested": Letter(("group",), "item", "item_id"),
    "closeout_passed": Letter(("office",), "item", "item_id"),
    "closeout_decided": Letter(("unit",), "item", "item_id"),
    "item_reopened": Letter(("unit",), "item", "item_id"),
    "retype_asked": Letter(("group_leader", "office"), "item", "item_id"),
    "retype_decided": Letter(("unit",), "item", "item_id"),
    "item_postponement_asked": Letter(("group_leader", "office"), "item", "item_id"),
    "item_postponement_decided": Letter(("unit",), "item", "item_id"),
    "plan_submitted": Letter(("group",), "plan", "plan_id"),
    "plan_decided": Letter(("unit",), "plan", "plan_id"),
    "plan_stale": Letter(("unit", "group"), "plan", "plan_id"),
    "item_overdue": Letter(("unit", "group"), "item", "item_id"),
    "item_day_passed": Letter(("unit", "group"), "item", "item_id"),
    "escalation_proposed": Letter(("group_leader", "office"), "escalation", "escalation_id"),
    "escalation_issued": Letter(("secretary", "liaison"), "escalation", "escalation_id"),
    "escalation_acknowledged": Letter(("group", "office"), "escalation", "escalation_id"),
    "escalation_withdrawn": Letter(("secretary", "liaison"), "escalation", "escalation_id"),
    "report_due": Letter(("secretary", "liaison"), "report", "report_id"),
    "report_missing": Letter(("secretary", "liaison", "group"), "report", "report_id"),
    "effect_judged": Letter(("unit",), "effect", "item_id"),
    "effect_reworded": Letter(("group",), "effect", "item_id"),
    "effects_published": Letter(("unit",), "issue", "issue_id"),
    "effect_withdrawn": Letter(("unit", "office"), "issue", "issue_id"),
    "evaluation_proposed": Letter(("office",), "evaluation", "evaluation_id"),
    "evaluation_decided": Letter(("unit", "group"), "evaluation", "evaluation_id"),
    "second_round_opened": Letter(("unit", "group"), "evaluation", "evaluation_id"),
    "signature_awaited": Letter((), "material", "material_id"),
    "receipt_given": Letter(("secretary", "liaison"), "material", "material_id"),
    "question_answered": Letter(("secretary", "liaison"), "question", "question_id"),
    "bulletin_made": Letter(("office",), "bulletin", "bulletin_id"),
    "tip_published": Letter(("secretary", "liaison"), "tip", "receipt_id"),
    "tip_reminded": Letter(("secretary", "liaison"), "tip", "receipt_id"),
    "view_digested": Letter((), "view", "view_id"),
}
SIDES = {
    **{role: (role,) for role in (*actor.UNIT_SIDE, "member", "group_leader")},
    "unit": (*actor.UNIT_SIDE, "member"),
    "group": actor.GROUP_SIDE,
    "office": actor.OFFICES,
    "operator": ("system_admin",),
}


LEVELS = {"closeout_requested": "level", "closeout_passed": "next", "escalation_proposed": "signer"}
"""Where an event says which level decides on a close-out now, or signs a document: that one is asked."""

ASKING = (
    "postponement_asked",
    "retype_asked",
    "item_postponement_asked",
    "plan_submitted",
    "item_overdue",
    "escalation_proposed",
    "escalation_issued",
    "tip_published",
    "tip_reminded",
)
"""What is settled when it is decided, or done."""


PERSONAL = ("view_digested",)
"""What is for one account alone, as long as it holds the role it is told for."""


def write(event: dict[str, Any], name: str) -> Message:
    """The message an event gives rise to."""
    said, letter = event["data"], LETTERS[name]
    places = {
        **{key: event[key] for key in ("campaign", "region")},
        **{key: said.get(key) for key in ("unit", "group")},
    }
    ids = {"meeting_id": f"{event['campaign']}.{places['unit']}", **said}
    return {
        "_id": event["id"],
        "message_id": event["id"],
        "event": name,
        **places,
        "post": said.get("post"),
        "account": said["account"] if name in PERSONAL else None,
        "sides": said.get("signers") or _asked(name, said) or list(letter.sides),
        "params": said,
        "link": {"page": letter.page, "id": ids[letter.id]},
        "at": event["time"],
        "read_by": [],
        "matter": matter(event) if name in ASKING or "signers" in said else None,
        "sequence": event["sequence"],
        "settled_at": None,
        "class": "normal",
    }


def matter(event: dict[str, Any]) -> str:
    """What is to be signed (a version, an addendum to it, a document of the ladder), decided (an asking, a plan as it
    was submitted) or put right (an item, as its reminders have it)."""
    said = event["data"]
    if "receipt_id" in said:
        return str(said["receipt_id"])
    if "escalation_id" in said:
        return str(said["escalation_id"])
    if "plan_id" in said:
        return f"{said['plan_id']}.{said['hash']}"
    if "item_id" in said:
        return f"{said['item_id']}:item" if "days_late" in said else f"{said['item_id']}.r{said['number']}"
    if "reminders" in said:
        return f"{said['meeting_id']}.p{said['number']}"
    return f"{said['material_id']}.v{said['version']}" + (f".a{said['addendum']}" if "addendum" in said else "")


def _asked(name: str, said: dict[str, Any]) -> list[str]:
    if name in PERSONAL:
        return addressed_to({said["role"]})
    if said.get("because") == "restored":
        return [*LETTERS["meeting_cancelled"].sides]
    level = said.get(LEVELS.get(name, ""))
    return [level if level in ("group", "group_leader") else "office"] if level else []


def addressed_to(roles: set[str]) -> list[str]:
    """The sides whose messages these roles read."""
    return [side for side, readers in SIDES.items() if roles & set(readers)]
