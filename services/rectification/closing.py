"""Close-out: the unit applies, others close, level by level.

What must stay true: what was sent back or opened again is not closed with the old evidence, nor anything with words
alone where the policy asks for files; what is decided on is exactly what was seen, told by its hash; whoever applied
decides nothing, and nobody decides on two levels, but whoever passed one may send it back until it is closed; what
was applied for and decided before is kept. A close-out: {result, effect, requested_by, requested_by_account, at, on,
overdue: whether its day was over, needed: [levels], next: level, levels: [{level, passed, reason, by, by_account,
at}], verified_by, reason}.
"""

from collections.abc import Collection
from typing import Any

from services.rectification import domain, lists, requests
from services.rectification.domain import Changed, Hand, Item, begin, changes, entry, evidence_of, fact
from services.rectification.lists import BEFORE, Rules
from services.spine.errors import Refusal

LEVELS = {"group": ("supervisor", "group_leader", "office"), "county_office": ("county_office",), "office": ("office",)}
"""Whose roles decide on a level; the office may in the group's stead."""


def apply(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules = BEFORE, rank: str = "") -> Changed:
    """The unit applies for close-out, with evidence and files as the policy asks. Applied for late is late for good."""
    stands, state = begin(item, "apply", hand)
    if not evidence_of(stands):
        raise Refusal("evidence_missing")
    if not (fresh := domain.fresh_evidence(stands)):
        raise Refusal("evidence_not_fresh")
    needed = rules.get("evidence_files", lists.EVIDENCE_FILES)
    if len(domain.filed(fresh)) < needed:
        raise Refusal("evidence_without_file", needed=needed)
    if left := [one for one in stands["milestones"] if not one["done_on"]]:
        raise Refusal("milestones_open", count=len(left))
    if lists.look_back(item, hand.today, rules) and not stands["interim"]:
        raise Refusal("interim_missing")
    levels = lists.levels(rules, item["category"], rank)
    closeout = {
        **draft,
        "requested_by": hand.name,
        "requested_by_account": hand.account,
        "at": hand.at,
        "on": hand.today,
        "overdue": domain.overdue(item, hand.today),
        "needed": levels,
        "next": levels[0],
        "levels": [],
    }
    history = [*stands["history"], entry("applied", hand)]
    changed = {**_put_aside(stands), "state": state, "closeout": closeout, "history": history, "back_since": None}
    return changed, [fact(item, "closeout_requested", {"evidence": len(evidence_of(stands)), "level": levels[0]})]


def verify(
    item: Item, draft: dict[str, Any], hand: Hand, own_unit: bool, roles: Collection[str], rules: Rules = BEFORE
) -> Changed:
    """Somebody else of the level that is awaited closes it, passes it on, or sends it back with reason and date; who
    passed a level before may send it back."""
    if own_unit:
        raise Refusal("own_item")
    begin(item, "return", hand)
    closeout = item["closeout"]
    own = [one["level"] for one in closeout["levels"] if one["by_account"] == hand.account]
    level = own[0] if own else closeout["next"]
    if closeout["requested_by_account"] == hand.account:
        raise Refusal("applicant_verifies")
    if own and draft["passed"]:
        raise Refusal("decided_before")
    if draft["hash"] != domain.applied_for(item):
        raise Refusal("closeout_changed")
    if not set(LEVELS[level]) & set(roles):
        raise Refusal("level_not_yours", level=level)
    said = {"level": level, **{key: draft[key] for key in ("passed", "reason")}}
    levels = [*closeout["levels"], {**said, "by": hand.name, "by_account": hand.account, "at": hand.at}]
    left = closeout["needed"][len(levels) :]
    decided = {**item, "closeout": {**closeout, "levels": levels, "next": left[0] if left else None}}
    if not draft["passed"]:
        return _send_back(decided, draft, hand, rules)
    return _pass_on(decided, draft, hand) if left else _close(decided, draft, hand, rules)


def reopen(item: Item, draft: dict[str, Any], hand: Hand, own_unit: bool, rules: Rules, immediate_days: int) -> Changed:
    """A closing is undone by others, with reason and a day by which it is put right; the same again changes nothing."""
    if own_unit:
        raise Refusal("own_item")
    last = item["history"][-1]
    if item["state"] == "open" and last["what"] == "reopened" and draft.items() <= last.items():
        return item, []
    stands, _ = begin(item, "reopen", hand)
    return opened_again(stands, "reopened", draft, hand, rules, immediate_days)


def opened_again(
    item: Item, because: str, draft: dict[str, Any], hand: Hand, rules: Rules, immediate_days: int
) -> Changed:
    """A closed item is open again until a new day; its closing is kept among the earlier ones."""
    due_on = draft["due_on"]
    if due_on < hand.today:
        raise _refused_day("day_past", on=due_on)
    lists.check_limit({**item, "due_on": due_on}, hand.today, immediate_days)
    moved = changes(item, {**item, "due_on": due_on})
    history = [*item["history"], entry(because, hand, draft["reason"], due_on=due_on, **moved)]
    next_on = {"report_due_on": lists.first_report(hand.today, rules), "recheck_on": None}
    next_on["look_back_on"] = lists.look_back(item, hand.today, rules)
    changed = {**_put_aside(item), "state": "open", "closed_on": None, "due_on": due_on, "history": history, **next_on}
    changed |= domain.came_back(item, hand.today)
    changed |= lists.dated(changed, rules)
    said = {"because": because, "rebounds": item["rebounds"], "due_on": due_on}
    return changed, [fact(item, "item_reopened", said)]


def _put_aside(item: Item) -> Item:
    """The close-out that stands goes among the earlier ones."""
    earlier = [*item["earlier_closeouts"], *([item["closeout"]] if item["closeout"] else [])]
    return {**item, "closeout": None, "earlier_closeouts": earlier}


def _pass_on(item: Item, draft: dict[str, Any], hand: Hand) -> Changed:
    stands, state = begin(item, "pass", hand)
    level, following = stands["closeout"]["levels"][-1]["level"], stands["closeout"]["next"]
    history = [*stands["history"], entry("passed_level", hand, draft["reason"], level=level)]
    changed = {**stands, "state": state, "history": history}
    return changed, [fact(item, "closeout_passed", {"level": level, "next": following})]


def _close(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules) -> Changed:
    stands, state = begin(item, "close", hand)
    closeout = {**stands["closeout"], "verified_by": hand.name, "reason": draft["reason"]}
    history = [*stands["history"], entry("closed", hand, draft["reason"], level=closeout["levels"][-1]["level"])]
    done = {"report_due_on": None, "look_back_on": None, "recheck_on": None}
    closed = {**stands, **done, "state": state, "closed_on": hand.today, "closeout": closeout, "history": history}
    closed |= {"recheck_on": lists.next_recheck(closed, rules)}
    closed, lapsed = requests.lapse(closed, hand)
    return closed, [_decided(closed, "closed"), *lapsed]


def _send_back(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules) -> Changed:
    stands, state = begin(item, "return", hand)
    due_on = _day_of_return(item, draft.get("due_on"), hand.today, rules)
    level = stands["closeout"]["levels"][-1]["level"]
    moved = changes(stands, {**stands, "due_on": due_on})
    history = [*stands["history"], entry("sent_back", hand, draft["reason"], level=level, due_on=due_on, **moved)]
    closeout, report = {**stands["closeout"], "next": None}, lists.first_report(hand.today, rules)
    returned = {**stands, "state": state, "closeout": closeout, "due_on": due_on, "report_due_on": report}
    returned |= domain.came_back(stands, hand.today)
    returned |= lists.dated(returned, rules)
    return {**returned, "history": history}, [_decided(returned, "returned")]


def _day_of_return(item: Item, asked: str | None, today: str, rules: Rules) -> str | None:
    """By when it is put right: a day has to be set, no later than the one that stands or, where that is sooner, some
    days from now; any later one is asked for.

    What is changed at once keeps its day, over or not, unless an earlier one is set.
    """
    due_on: str | None = item["due_on"]
    if not asked and item["category"] == "immediate":
        return due_on
    if not asked:
        raise _refused_day("return_day_needed")
    if asked < today:
        raise _refused_day("day_past", on=asked)
    if item["category"] == "immediate" and due_on and asked > due_on:
        raise Refusal("immediate_never_postponed")
    latest = max(due_on or "", lists.return_by(item["category"], today, rules))
    if asked > latest:
        raise _refused_day("return_too_late", on=asked, latest=latest)
    return asked


def _refused_day(code: str, **facts: str) -> Refusal:
    return Refusal(code, errors=[{"pointer": "/due_on", "code": code, **facts}], **facts)


def _decided(item: Item, outcome: str) -> Any:
    said = {"outcome": outcome, "on_time": not item["late"], "level": item["closeout"]["levels"][-1]["level"]}
    return fact(item, "closeout_decided", {**said, "due_on": item["due_on"], "recheck_on": item["recheck_on"]})
