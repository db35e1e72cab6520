"""The rules of recording heart-to-heart talks (谈心谈话): who with whom, when, where, what was promised.

What must stay true: what was said is not asked for; the same two on the same day are the same talk; nothing recorded is
overwritten: a talk is corrected by a new version with its reason or withdrawn with one, and each version is confirmed
by the side that did not enter it. A unit's talks are one book, so that what completes them is said in the same write:
{_id: campaign.unit, campaign, unit, region, group, counts (see coverage), talks: [{talk_id, from_post, with_post,
with_outside, post: [the unit's posts in it], versions: [{version, on, place, commitments, reason, awaits, by,
by_account, at, confirmed}], withdrawn}]}. `with_outside` is the post of somebody outside the team, never a name.
"""

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from services.intake import coverage
from services.spine.errors import Refusal
from services.spine.events import Fact

Book = dict[str, Any]
Talk = dict[str, Any]
Plan = dict[str, Any]
Changed = tuple[Book, list[Fact]]
WRITTEN = ("on", "place", "commitments")


class Teller(NamedTuple):
    """Who records: the posts this person holds in the unit, and whether others' talks may be entered too."""

    account: str
    name: str
    posts: frozenset[str]
    for_all: bool
    at: str
    today: str


def begin(plan: Plan) -> Book:
    """A unit's book before the first talk."""
    key, places = f"{plan['campaign']}.{plan['unit']}", ("campaign", "unit", "region", "group")
    return follow({"_id": key, **{name: plan[name] for name in places}, "talks": [], "counts": None}, plan)[0]


def follow(book: Book, plan: Plan) -> Changed:
    """What is owed, counted anew; when the last of it is done, or something of it is no longer, that is said."""
    rows = coverage.owed(plan, book["talks"])
    before, now = book["counts"], coverage.counts(plan, rows)
    if plan.get("cancelled_on"):
        now["complete"] = bool(before and before["complete"])
    changed = {**book, "region": plan["region"], "group": plan["group"], "counts": now}
    if now["complete"] == bool(before and before["complete"]):
        return changed, []
    said = {"unit": plan["unit"], "group": plan["group"], "owed": now["owed"], "talks": len(standing(book))}
    if now["complete"]:
        said["last_on"] = max(row["on"] for row in rows)
    name = "talks_completed" if now["complete"] else "talks_reopened"
    return changed, [Fact(name, book["_id"], plan["campaign"], plan["region"], said)]


def standing(book: Book) -> list[Talk]:
    """The talks that were not withdrawn."""
    return [talk for talk in book["talks"] if not talk["withdrawn"]]


def enter(book: Book, plan: Plan, drafts: Sequence[dict[str, Any]], who: Teller) -> tuple[Book, list[Fact], list[str]]:
    """Take talks in, all or, if one of them cannot be, none; what became of each: added, or known before."""
    known = [post["post"] for post in coverage.posts(plan)]
    faults, talks, fates = list[dict[str, Any]](), list(book["talks"]), list[str]()
    for place, draft in enumerate(drafts):
        wrong = [*_faults(draft, known, plan, who)]
        entered = {**draft, "place": draft.get("place", ""), "commitments": draft.get("commitments", "")}
        same = None if wrong else _same(talks, entered)
        if same is not None and not _told_already(same, entered):
            code = "talk_withdrawn" if same["withdrawn"] else "talk_known_otherwise"
            wrong = [("on", code, {"on": draft["on"]})]
        if wrong:
            faults += [{"pointer": f"/talks/{place}/{part}", "code": code, **more} for part, code, more in wrong]
            continue
        fates.append("added" if same is None else "known")
        if same is None:
            talks.append(_new(plan, entered, who))
    if faults:
        raise Refusal("talks_faulty", count=len(faults), errors=faults)
    return *follow({**book, "talks": talks}, plan), fates


def confirm(book: Book, plan: Plan, wanted: Sequence[dict[str, Any]], who: Teller) -> Changed:
    """The other side confirms what was entered, in the version it has seen; confirming again changes nothing."""
    changed = book
    for one in wanted:
        talk, last = _current(changed, one["talk_id"], who)
        if one["version"] != last["version"]:
            raise Refusal("talk_changed", version=last["version"])
        side = who.posts & set(last["awaits"])
        if not side:
            raise Refusal("talk_not_yours_to_confirm", talk_id=talk["talk_id"])
        if not last["confirmed"]:
            signed = {"post": min(side), **_signed(who)}
            changed = _put(changed, {**talk, "versions": [*talk["versions"][:-1], {**last, "confirmed": signed}]})
    return follow(changed, plan)


def correct(book: Book, plan: Plan, talk_id: str, draft: dict[str, Any], who: Teller) -> Changed:
    """A new version with its reason, to be confirmed anew; it also takes a withdrawn talk up again."""
    talk, last = _current(book, talk_id, who, withdrawn_too=True)
    told = {**{part: last[part] for part in WRITTEN}, **{part: draft[part] for part in WRITTEN if part in draft}}
    if (told, draft["reason"]) == ({part: last[part] for part in WRITTEN}, last["reason"]) and not talk["withdrawn"]:
        return book, []
    if draft["follows"] != last["version"]:
        raise Refusal("talk_changed", version=last["version"])
    wrong = _day(told["on"], plan, who)
    others = [one for one in book["talks"] if one["talk_id"] != talk_id]
    if _same(others, {**talk, **told}):
        wrong.append(("on", "talk_known_otherwise", {"on": told["on"]}))
    if wrong:
        faults = [{"pointer": f"/{part}", "code": code, **more} for part, code, more in wrong]
        raise Refusal("talks_faulty", count=len(wrong), errors=faults)
    version = _version(talk["post"], last["version"] + 1, told, draft["reason"], who)
    return follow(_put(book, {**talk, "versions": [*talk["versions"], version], "withdrawn": None}), plan)


def withdraw(book: Book, plan: Plan, talk_id: str, reason: str, who: Teller) -> Changed:
    """A talk does not count any more; it stays on record with the reason. Withdrawn again it stays as it was."""
    talk, _ = _current(book, talk_id, who, withdrawn_too=True)
    if talk["withdrawn"]:
        return book, []
    return follow(_put(book, {**talk, "withdrawn": {"reason": reason, **_signed(who)}}), plan)


def _faults(draft: dict[str, Any], known: Collection[str], plan: Plan, who: Teller) -> list[tuple[str, str, Any]]:
    found: list[tuple[str, str, Any]] = []
    inside = [part for part in ("from_post", "with_post") if part in draft]
    found += [(part, "unknown_post", {"post": draft[part]}) for part in inside if draft[part] not in known]
    if draft["from_post"] == draft.get("with_post"):
        found.append(("with_post", "talk_with_oneself", {}))
    if not who.for_all and not who.posts & {draft[part] for part in inside}:
        found.append(("from_post", "talk_of_others", {}))
    return [*found, *_day(draft["on"], plan, who)]


def _day(on: str, plan: Plan, who: Teller) -> list[tuple[str, str, Any]]:
    opens_on = plan.get("preparation", {}).get("opens_on")
    if on > who.today:
        return [("on", "day_in_future", {"on": on})]
    return [("on", "before_campaign", {"on": on, "opens_on": opens_on})] if opens_on and on < opens_on else []


def _same(talks: Sequence[Talk], draft: dict[str, Any]) -> Talk | None:
    """The talk of the same two on the same day, if there is one."""
    wanted = (_whom(draft), draft["on"])
    return next((one for one in talks if (_whom(one), one["versions"][-1]["on"]) == wanted), None) or next(
        (one for one in talks if (_whom(one), one["versions"][0]["on"]) == wanted), None
    )


def _whom(one: dict[str, Any]) -> tuple[str, ...]:
    """The two of a talk, whoever began it."""
    inside = sorted(post for post in (one["from_post"], one.get("with_post")) if post)
    return (*inside, _plainly(one["with_outside"])) if one.get("with_outside") else tuple(inside)


def _told_already(talk: Talk, draft: dict[str, Any]) -> bool:
    """Whether a talk was once told in just these words, as when a table comes in a second time."""
    told = [tuple(version[part] for part in WRITTEN) for version in talk["versions"]]
    return tuple(draft[part] for part in WRITTEN) in told


def _new(plan: Plan, draft: dict[str, Any], who: Teller) -> Talk:
    outside, first = draft.get("with_outside"), draft["from_post"]
    inside = sorted({first, draft.get("with_post") or first})
    # Two posts are told by their codes, an outsider's post by its hash: an id carries no words.
    second = f"x{hashlib.sha256(_plainly(outside).encode()).hexdigest()[:10]}" if outside else inside[-1]
    pair = f"{first}-{second}" if outside else "-".join(inside)
    return {
        "talk_id": f"{plan['campaign']}.{plan['unit']}.t.{pair}.{draft['on']}",
        "from_post": first,
        "with_post": draft.get("with_post"),
        "with_outside": outside,
        "post": inside,
        "versions": [_version(inside, 1, draft, "", who)],
        "withdrawn": None,
    }


def _version(pair: Sequence[str], number: int, told: dict[str, Any], reason: str, who: Teller) -> dict[str, Any]:
    awaits = [post for post in pair if post not in who.posts]
    written = {part: told[part] for part in WRITTEN}
    return {"version": number, **written, "reason": reason, "awaits": awaits, **_signed(who), "confirmed": None}


def _current(book: Book, talk_id: str, who: Teller, *, withdrawn_too: bool = False) -> tuple[Talk, dict[str, Any]]:
    """The talk of that id, as far as this person may touch it, with its current version."""
    talk = next((one for one in book["talks"] if one["talk_id"] == talk_id), None)
    if talk is None or not (who.for_all or who.posts & set(talk["post"])):
        raise Refusal("not_found", id=talk_id)
    if talk["withdrawn"] and not withdrawn_too:
        raise Refusal("talk_withdrawn", on=talk["versions"][-1]["on"])
    return talk, talk["versions"][-1]


def _put(book: Book, talk: Talk) -> Book:
    return {**book, "talks": [talk if one["talk_id"] == talk["talk_id"] else one for one in book["talks"]]}


def _signed(who: Teller) -> dict[str, str]:
    return {"by": who.name, "by_account": who.account, "at": who.at}


def _plainly(words: str) -> str:
    return "".join(words.split()).casefold()
