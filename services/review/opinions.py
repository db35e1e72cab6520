"""Opinions: what was collected about a person or a team, and the group's remarks, each of which a material must answer.

What must stay true: an opinion keeps its own words and stays on record, also when it is withdrawn; of an anonymous one
nothing is kept by which its giver could be told: no account, the day only. (Who collects anonymous ones hands them over
together, not as each comes in.) An opinion: {_id, opinion_id, campaign, unit, region, group, post (or `team`), source,
text, entered: {side: unit|group|office|service, by, by_account, at} or, of an anonymous one, {side, on}, withdrawn}.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from services.review.domain import Reader
from services.spine import errors

Opinion = dict[str, Any]
ANONYMOUS, REMARK = "anonymous_appraisal", "supervision_group"
SIDES = {
    "unit": ("secretary", "liaison"),
    "service": ("service",),
    "office": ("office",),
    "group": ("supervisor", "group_leader"),
}
MOST = 300
FILL = re.compile(r"[\s，。；、！？,.;!?]+")


def side(roles: Iterable[str]) -> str:
    """On whose side somebody with these roles enters opinions; who is of the unit is on the unit's."""
    held = set(roles)
    return next(name for name, mine in SIDES.items() if held & set(mine))


def key(place: dict[str, Any], post: str, source: str, text: str) -> str:
    """The opinion's id: the same words about the same post, heard in the same way, are the same opinion."""
    words = FILL.sub("", unicodedata.normalize("NFKC", text)) or text
    place_of = f"{place['campaign']}.{place['unit']}.{post}"
    return f"{place_of}.o{hashlib.sha256(f'{source}|{words}'.encode()).hexdigest()[:16]}"


def collect(
    place: dict[str, Any], post: str, said: Iterable[dict[str, str]], hand: Reader, on_side: str
) -> list[Opinion]:
    """The opinions as they are kept, each once; a unit enters no remark in the group's name."""
    kept: dict[str, Opinion] = {}
    for one in said:
        source, text = one["source"], one["text"].strip()
        if source == REMARK and on_side == "unit":
            raise errors.Refusal("not_permitted", permission=f"add_opinion as {REMARK}")
        named = {"side": on_side, "by": hand.name, "by_account": hand.account, "at": hand.at}
        entered = {"side": on_side, "on": hand.today} if source == ANONYMOUS else named
        opinion_id = key(place, post, source, text)
        said_of = {"post": post, "source": source, "text": text, "entered": entered, "withdrawn": None}
        kept[opinion_id] = {"_id": opinion_id, "opinion_id": opinion_id, **place, **said_of}
    return list(kept.values())


def withdraw(opinion: Opinion, reason: str, hand: Reader, on_side: str) -> Opinion:
    """An opinion that need not be answered any more; who took it back stays on record, as does the opinion.

    A unit takes back only what a unit entered. Withdrawn once more, nothing changes.
    """
    if opinion["withdrawn"]:
        return opinion
    if on_side == "unit" and opinion["entered"]["side"] != "unit":
        raise errors.Refusal("not_your_opinion")
    withdrawn = {"reason": reason, "by": hand.name, "by_account": hand.account, "on": hand.today}
    return {**opinion, "withdrawn": withdrawn}


def asked(opinions: Iterable[Opinion]) -> list[dict[str, str]]:
    """What the pre-check is asked about: [{id, source, text}]."""
    return [{"id": one["opinion_id"], "source": one["source"], "text": one["text"]} for one in opinions]
