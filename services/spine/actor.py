"""Who asks, and what that person may do where.

Claims are signed by access with the deployment's secret and live for minutes. A grant is a role with a scope, a first
and a last day; a permission opens a door to certain roles; the scope of those grants is the part of the records that
is seen. What lies outside is not refused but not found.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import errors as jose
from joserfc import jwt
from joserfc.jwk import OctKey

from services.spine import errors, settings

BUSINESS = ("office", "county_office", "supervisor", "group_leader", "secretary", "member", "liaison")
ADMINISTRATORS = ("system_admin", "security_admin", "auditor")
ROLES = (*BUSINESS, *ADMINISTRATORS, "subscriber", "checker", "service")

UNIT_SIDE = ("secretary", "liaison")
GROUP_SIDE = ("supervisor", "group_leader")
OFFICES = ("office", "county_office")

CALENDAR = "calendar"
"""The role of a link that is subscribed to: it opens the one door that says how many dates a day has."""

FEED = "feed"
"""The role of a subscriber's token: it opens the feed, as far as the subscriber is told of it."""

MAY: dict[str, tuple[str, ...]] = {
    "load_campaign": ("office",),
    "open_campaign": ("office",),
    "edit_campaign": ("office",),
    "read_versions": OFFICES,
    "keep_organisations": OFFICES,
    "change_post": (*OFFICES, "secretary"),
    "take_back_post": OFFICES,
    "move_units": ("office",),
    "read_group_accounts": ("office", *GROUP_SIDE),
    "tighten": OFFICES,
    "read_campaign": (*BUSINESS, "subscriber"),
    "read_meeting": (*BUSINESS, "service"),
    "read_board": (*OFFICES, *GROUP_SIDE),
    "read_progress": BUSINESS,
    "make_bulletin": OFFICES,
    "schedule_meeting": ("office", *UNIT_SIDE),
    "ask_postponement": UNIT_SIDE,
    "decide_postponement": OFFICES,
    "move_any_day": ("office",),
    "cancel_meeting": OFFICES,
    "restore_meeting": ("office",),
    "take_calendar": (*BUSINESS, CALENDAR),
    "read_workdays": (*BUSINESS, "system_admin"),
    "load_workdays": ("office", "system_admin"),
    "record_aspect": ("office", *GROUP_SIDE, *UNIT_SIDE),
    "waive": ("office",),
    "record_meeting": ("office", *GROUP_SIDE, *UNIT_SIDE),
    "correct_meeting": ("office", *UNIT_SIDE),
    "outline_meeting": ("service",),
    "read_day": BUSINESS,
    "record_day": UNIT_SIDE,
    "record_relay": UNIT_SIDE,
    "confirm_relay": ("secretary", "member"),
    "close_relay": OFFICES,
    "coach": (*OFFICES, *GROUP_SIDE),
    "read_coaching": BUSINESS,
    "confirm_coaching": UNIT_SIDE,
    "ask_question": (*OFFICES, *GROUP_SIDE, *UNIT_SIDE),
    "answer_question": (*OFFICES, *GROUP_SIDE),
    "read_question": BUSINESS,
    "submit": (*UNIT_SIDE, "member"),
    "submit_batch": (*OFFICES, "liaison"),
    "state_facts": (*OFFICES, *GROUP_SIDE, "secretary"),
    "sign": (*UNIT_SIDE, "member"),
    "give_receipt": OFFICES,
    "record_paper": UNIT_SIDE,
    "confirm_paper": ("office", "secretary"),
    "read_material": BUSINESS,
    "manage_templates": ("office",),
    "read_file": (*BUSINESS, "service"),
    "attach_file": (*UNIT_SIDE, "member"),
    "read_filing": (*OFFICES, *GROUP_SIDE, *UNIT_SIDE),
    "find_filings": OFFICES,
    "export_archive": (*OFFICES, *UNIT_SIDE),
    "record_talk": (*UNIT_SIDE, "member"),
    "read_talk": (*GROUP_SIDE, *UNIT_SIDE, "member"),
    "read_talks_owed": BUSINESS,
    "read_talks_of_units": (*OFFICES, *GROUP_SIDE),
    "read_criticism": BUSINESS,
    "record_study": UNIT_SIDE,
    "read_study": BUSINESS,
    "read_review": BUSINESS,
    "keep_text": ("office",),
    "try_rules": ("office", "service"),
    "add_opinion": ("office", *GROUP_SIDE, *UNIT_SIDE, "service"),
    "read_opinion": BUSINESS,
    "work_on_opinions": ("office", *UNIT_SIDE),
    "receive_feedback": ("secretary", "member"),
    "ask_words": ("service",),
    "ask_names": ("service",),
    "open_form": ("office", *UNIT_SIDE),
    "read_form": (*OFFICES, *GROUP_SIDE, *UNIT_SIDE),
    "judge": ("office", *GROUP_SIDE, "secretary"),
    "hold": GROUP_SIDE,
    "lead": ("group_leader",),
    "see_reading": (*OFFICES, *GROUP_SIDE),
    "annotate": ("office", *GROUP_SIDE),
    "withdraw_verdict": ("office", *GROUP_SIDE, "secretary"),
    "overrule": ("office", "group_leader"),
    "extend": ("office", "group_leader"),
    "read_readers": ("office", *GROUP_SIDE),
    "recuse": ("office", *GROUP_SIDE),
    "draw_sample": ("office",),
    "reread": ("office", *GROUP_SIDE),
    "check_text": ("checker",),
    "comment_meeting": GROUP_SIDE,
    "read_comment": BUSINESS,
    "register_item": (*GROUP_SIDE, *UNIT_SIDE),
    "enter_finding": (*OFFICES, *GROUP_SIDE, *UNIT_SIDE),
    "carry_over": (*OFFICES, *UNIT_SIDE),
    "explain_candidate": UNIT_SIDE,
    "reopen_candidate": GROUP_SIDE,
    "read_item": BUSINESS,
    "progress_item": (*UNIT_SIDE, "member"),
    "close_item": UNIT_SIDE,
    "keep_view": BUSINESS,
    "share_view": OFFICES,
    "verify_item": (*OFFICES, *GROUP_SIDE),
    "import_ledger": (*OFFICES, *UNIT_SIDE),
    "revise_item": UNIT_SIDE,
    "ask_item_change": UNIT_SIDE,
    "decide_item_change": (*OFFICES, "group_leader"),
    "recheck_item": (*OFFICES, *GROUP_SIDE),
    "submit_plan": UNIT_SIDE,
    "decide_plan": ("office", *GROUP_SIDE),
    "sign_escalation": (*OFFICES, "group_leader"),
    "acknowledge_escalation": ("secretary",),
    "judge_effect": ("office", *GROUP_SIDE),
    "reword_effect": UNIT_SIDE,
    "publish_effects": OFFICES,
    "evaluate": (*OFFICES, *GROUP_SIDE),
    "propose_grade": GROUP_SIDE,
    "decide_grade": OFFICES,
    "read_messages": (*BUSINESS, "system_admin"),
    "issue_tip": OFFICES,
    "read_tip": BUSINESS,
    "acknowledge_tip": UNIT_SIDE,
    "read_events": (*OFFICES, "subscriber", "checker", "system_admin", "service", FEED),
    "keep_column": OFFICES,
    "read_snapshots": (*OFFICES, "subscriber", "service", FEED),
    "keep_subscribers": ("office", "system_admin"),
    "ask_addressees": ("service",),
    "keep_delivery": ("office", "system_admin"),
    "set_delivery": ("office",),
    "keep_letters": ("office",),
    "operate": ("system_admin", "service"),
    "manage_accounts": ("security_admin",),
    "sign_in": ROLES,
}

SECRECY = ("public", "internal", "work_secret")


def up_to(secrecy: str) -> list[str | None]:
    """The levels of whoever is told up to one; what has none is no secret."""
    return [None, *SECRECY[: SECRECY.index(secrecy) + 1]]


OPEN: dict[str, Any] = {"secrecy": {"$in": up_to("internal")}}
READING = ("read_material", "read_review", "read_file", "check_text", "read_filing", "export_archive")
OWN = ("submit", "sign", "receive_feedback", "progress_item")
"""What is done by a post with what is its own only, not with what is the team's."""
NOT_FOR_WORK_SECRETS = ("county_office", "checker")
"""Who reads what is a work secret only where it is the own: neither these roles nor the rest of a team."""
TOLD_OF_WORK_SECRETS = ("office", "service")
"""Whose feed and snapshots have what happens to a work secret; a subscriber's have it where that is said."""


def told_up_to(role: str) -> str:
    """How secret the records are of which feed and snapshots tell a role."""
    return "work_secret" if role in TOLD_OF_WORK_SECRETS else "internal"


class Actor:
    """The one who asks, narrowed to what one permission allows."""

    def __init__(self, claims: dict[str, Any], permission: str, today: str) -> None:
        self.id = str(claims["sub"])
        self.name = str(claims["name"])
        self.permission, roles = permission, MAY[permission]
        self.all_grants, self.ended_grants = held_on(today, claims["grants"])
        self.grants = [grant for grant in self.all_grants if grant["role"] in roles]
        if not self.grants:
            raise errors.Refusal("not_permitted", permission=permission)

    @property
    def roles(self) -> set[str]:
        """The roles by which this actor may do what is asked."""
        return {grant["role"] for grant in self.grants}

    @property
    def scope(self) -> dict[str, Any]:
        """The part of the records this actor may touch, as a filter of the store."""
        return _any([part for _, part in self.parts])

    @property
    def parts(self) -> list[tuple[str, dict[str, Any]]]:
        """Each role by which this actor may, with the part of the records it reaches."""
        return [(grant["role"], _part(grant, self.permission)) for grant in self.grants]

    def may(self, permission: str, record: Mapping[str, Any]) -> bool:
        """Whether this actor may do something else, too, to that record."""
        roles = MAY[permission]
        return any(grant["role"] in roles and lies_within(record, _part(grant)) for grant in self.all_grants)

    @property
    def units(self) -> dict[str, Any]:
        """The scope of records that concern a unit as a whole: whoever holds a post in it sees them."""
        return _any([{key: value for key, value in part.items() if key != "post"} for _, part in self.parts])

    def covers(self, record: Mapping[str, Any]) -> bool:
        """Whether a record (with campaign, region, group, unit, post) lies in the scope."""
        return lies_within(record, self.scope)

    def belongs_to(self, unit: str) -> bool:
        """Whether this actor holds any role inside that unit."""
        return unit in self.own_units

    def has_been_of(self, unit: str) -> bool:
        """Whether this actor holds any role inside that unit, or once held one."""
        return unit in self.own_units | self.former_units

    def check_apart(self, unit: str) -> None:
        """Refuse who is, or once was, of a unit that is decided about."""
        if self.has_been_of(unit):
            raise errors.Refusal("own_unit")

    @property
    def own_units(self) -> frozenset[str]:
        """The units this actor is of."""
        return units_of(self.all_grants)

    @property
    def former_units(self) -> frozenset[str]:
        """The units this actor was of and is no longer."""
        return units_of(self.ended_grants) - self.own_units


def held_on(day: str, grants: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Which grants are held on a day, and which have ended by then."""
    kept = list(grants)
    living = [grant for grant in kept if not grant.get("until") or grant["until"] >= day]
    held = [grant for grant in living if (grant.get("since") or "") <= day]
    return held, [grant for grant in kept if grant not in living]


def units_of(grants: Iterable[dict[str, Any]]) -> frozenset[str]:
    """The units inside which grants are held."""
    return frozenset(_unit(grant) for grant in grants if grant["scope"]["kind"] in ("unit", "post"))


def both(scope: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for, within what may be seen; flat where it can be, for a store finds no index behind an $and."""
    if any(scope[key] != wanted[key] for key in scope.keys() & wanted.keys()):
        return {"$and": [dict(scope), dict(wanted)]}
    return {**scope, **wanted}


def lies_within(record: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether a record fits a filter of scopes ($and, $or, $in, equality; a list fits by any of its values)."""
    return all(_fits(record, key, wanted) for key, wanted in asked.items())


def _fits(record: Mapping[str, Any], key: str, wanted: Any) -> bool:
    if key == "$or":
        return any(lies_within(record, part) for part in wanted)
    if key == "$and":
        return all(lies_within(record, part) for part in wanted)
    value = record.get(key)
    accepted = wanted["$in"] if isinstance(wanted, dict) else [wanted]
    return any(one in accepted for one in (value if isinstance(value, list) else [value]))


def _any(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _part(grant: dict[str, Any], permission: str = "") -> dict[str, Any]:
    kind, code, campaign = grant["scope"]["kind"], grant["scope"]["of"], grant.get("campaign")
    if kind == "system":
        return {}
    hidden = OPEN if permission in READING and grant["role"] in NOT_FOR_WORK_SECRETS else {}
    if kind == "campaign":
        return {"campaign": campaign, **hidden}
    if kind == "post":
        unit, _, post = code.partition("/")
        readable = [post] if permission in OWN else [post, "team", None]
        if permission in READING:
            own, others = {"post": post}, {"post": {"$in": ["team", None]}, **OPEN}
            return {"campaign": campaign, "unit": unit, "$or": [own, others]}
        return {"campaign": campaign, "unit": unit, "post": {"$in": readable}}
    return {"campaign": campaign, kind: code, **hidden}


def _unit(grant: dict[str, Any]) -> str:
    return str(grant["scope"]["of"]).partition("/")[0]


def sign(subject: str, name: str, grants: Iterable[dict[str, Any]], *, expires: int) -> str:
    """Signed claims; `expires` in seconds since 1970."""
    claims = {"sub": subject, "name": name, "grants": list(grants), "exp": expires}
    return str(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(settings.secret())))


def sign_as_service(service: str, *, expires: int) -> str:
    """Claims of a service (or of the operator's command) that acts for the system, without business rights."""
    grant = {"role": "service", "campaign": None, "scope": {"kind": "system", "of": "*"}, "until": None}
    return sign(f"service:{service}", service, [grant], expires=expires)


def read(token: str, *, at: int) -> dict[str, Any]:
    """The claims of a token; refuses `not_signed_in` when it is forged, damaged or over."""
    claims = vouched(token)
    if claims is None or "grants" not in claims or claims.get("exp", 0) < at:
        raise errors.Refusal("not_signed_in")
    return claims


def vouch(facts: Mapping[str, Any]) -> str:
    """What one service vouches for to another, carried there by whoever asked: signed, but no claims."""
    return str(jwt.encode({"alg": "HS256"}, dict(facts), OctKey.import_key(settings.secret())))


def vouched(token: str) -> dict[str, Any] | None:
    """What a signed token says; None when it is forged or damaged."""
    try:
        said: dict[str, Any] = jwt.decode(token, OctKey.import_key(settings.secret()), algorithms=["HS256"]).claims
    except (jose.JoseError, ValueError):
        return None
    return said
