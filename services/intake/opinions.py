"""Opinions: what was collected about a person or a team, and the group's remarks, each of which a material must answer.

What must stay true: an opinion keeps its own words and stays on record, also when it is withdrawn or merged with
others; of an anonymous one nothing is kept by which its giver could be told: no account, the day only. An opinion:
{_id, opinion_id, campaign, unit, region, group, post (or `team`), source, text, question, entered: {side: unit|group|
office|service|form, by, by_account, at} or, of an anonymous one, {side, on}, merges: [ids], merged_into, filed:
{category, aspect}, fed_back_on, read_on, withdrawn}. It stands, and must be answered, until it is withdrawn or merged.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from services.intake.opinion_forms import Said
from services.spine import errors
from services.spine.events import Fact

Opinion = dict[str, Any]
ANONYMOUS, REMARK, MERGED = "anonymous_appraisal", "supervision_group", "merged"
SIDES = {
    "unit": ("secretary", "liaison"),
    "service": ("service",),
    "office": ("office",),
    "group": ("supervisor", "group_leader"),
}
MOST = 300
FILL = re.compile(r"[\s，。；、！？,.;!?]+")
COURSE: dict[str, Any] = {
    "question": None,
    "merges": [],
    "merged_into": None,
    "filed": None,
    "fed_back_on": None,
    "read_on": None,
    "withdrawn": None,
}


class Hand(NamedTuple):
    """Who enters something, and when."""

    account: str
    name: str
    at: str
    today: str


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
    place: dict[str, Any], post: str, said: Iterable[dict[str, str]], hand: Hand, on_side: str
) -> list[Opinion]:
    """The opinions as they are kept, each once; a unit enters no remark in the group's name."""
    kept: dict[str, Opinion] = {}
    for one in said:
        source, text = one["source"], one["text"].strip()
        if source == REMARK and on_side == "unit":
            raise errors.Refusal("not_permitted", permission=f"add_opinion as {REMARK}")
        named = {"side": on_side, "by": hand.name, "by_account": hand.account, "at": hand.at}
        entered = {"side": on_side, "on": hand.today} if source == ANONYMOUS else named
        opinion = _kept(place, post, source, text, entered)
        kept[opinion["_id"]] = opinion
    return list(kept.values())


def of_form(form: dict[str, Any], said: Sequence[Said], today: str, *, few: bool) -> list[Opinion]:
    """What was said on a form, in an order that tells nothing; where few answered, not even that it was a form."""
    kept = {}
    for post, text, question in said:
        opinion = _kept(form, post, "other" if few else form["source"], text, {"side": "form", "on": today})
        kept[opinion["_id"]] = {**opinion, "question": None if few else question}
    return [kept[opinion_id] for opinion_id in sorted(kept)]


def stands(opinion: Opinion) -> bool:
    """Whether a material must answer it."""
    return not opinion["withdrawn"] and not opinion.get("merged_into")


def changed(opinion: Opinion) -> list[Fact]:
    """What is said of an opinion that came, went (why, and by whose hand) or came back: its id, no word of it."""
    said = {name: opinion[name] for name in ("opinion_id", "unit", "group", "post")} | {"stands": stands(opinion)}
    if gone := opinion["withdrawn"]:
        said |= {"because": "withdrawn", **{name: gone[name] for name in ("side",) if name in gone}}
    elif not stands(opinion):
        said |= {"because": "merged"}
    return [Fact("opinion_changed", opinion["_id"], opinion["campaign"], opinion["region"], said)]


def said_at(opinion: Opinion, now: str) -> str:
    """When it is said that an opinion came: of one that only a day is kept of, at that day's beginning."""
    return f"{opinion['entered']['on']}T00:00:00.000Z" if "on" in opinion["entered"] else now


def withdraw(opinion: Opinion, reason: str, hand: Hand, on_side: str) -> Opinion:
    """An opinion that need not be answered any more; who took it back stays on record, as does the opinion.

    A unit takes back only what a unit entered or a form brought. Withdrawn once more, nothing changes.
    """
    if opinion["withdrawn"]:
        return opinion
    if on_side == "unit" and opinion["entered"]["side"] not in ("unit", "form"):
        raise errors.Refusal("not_your_opinion")
    withdrawn = {"reason": reason, "side": on_side, "by": hand.name, "by_account": hand.account, "on": hand.today}
    return {**opinion, "withdrawn": withdrawn}


def merge(parts: Sequence[Opinion], text: str, hand: Hand, on_side: str) -> Opinion:
    """One opinion in place of several about the same post, worded anew beside them; refuses what does not fit.

    The same merger again is the same opinion. It is of the unit's hand: the words of its parts stay as they were said.
    """
    first, ids = parts[0], sorted(one["_id"] for one in parts)
    for one in parts:
        if (one["unit"], one["post"]) != (first["unit"], first["post"]) or one["source"] in (MERGED, REMARK):
            raise errors.Refusal("cannot_merge", id=one["_id"])
    merged = _kept(first, first["post"], f"{MERGED}|{','.join(ids)}", text, {"side": on_side, "on": hand.today})
    merged |= {"source": MERGED, "merges": ids}
    for one in parts:
        if not stands(one) and one["merged_into"] != merged["_id"]:
            raise errors.Refusal("cannot_merge", id=one["_id"])
    return merged


def file(opinion: Opinion, filed: dict[str, Any]) -> Opinion:
    """An opinion put under a category and an aspect, beside its words."""
    return {**opinion, "filed": {name: filed.get(name) or None for name in ("category", "aspect")}}


def _kept(place: dict[str, Any], post: str, source: str, text: str, entered: dict[str, Any]) -> Opinion:
    opinion_id, where = key(place, post, source, text), ("campaign", "unit", "region", "group")
    said = {"post": post, "source": source, "text": text, "entered": entered}
    return {"_id": opinion_id, "opinion_id": opinion_id, **{name: place[name] for name in where}, **said, **COURSE}
