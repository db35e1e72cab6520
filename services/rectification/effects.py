"""Lines of the effectiveness list: derived from closed items, reviewed by the group, gone when their closure is.

What must stay true: nobody types a line in, and a unit does not accept its own; what is accepted is exactly what was
seen, told by its hash; what a line said before it was put in other words is kept. The review stands with the close-out
it belongs to: {line: {state: waiting|accepted|returned, rounds: [{what, hash, reason, by, by_account, at}]},
earlier_effects: [effect]}.
"""

from typing import Any

from services.rectification.domain import Changed, Hand, Item, begin, evidence_of, fact, fingerprint
from services.spine.errors import Refusal

WAITING: dict[str, Any] = {"state": "waiting", "rounds": []}
TAKEN = ("item_id", "campaign", "unit", "region", "group", "number", "problem", "category", "closed_on")
SAID = ("before", "after", "rule", "benefits", "judgement")


def frozen(item: Item) -> dict[str, Any]:
    """What a closed item says on the list, with its hash: as it is published."""
    closeout = item["closeout"]
    line = {
        **{key: item[key] for key in TAKEN},
        **{key: closeout["effect"].get(key, "") for key in SAID},
        "actions": _actions(item),
        "result": closeout["result"],
        "evidence": evidence_of(item),
        "on_time": not item["late"],
        "closure": closeout["at"],
    }
    places = ("region", "group")
    return {**line, "hash": fingerprint({key: value for key, value in line.items() if key not in places})}


def line(item: Item) -> dict[str, Any]:
    """The same with how its review stands."""
    review = item["closeout"].get("line", WAITING)
    reason = review["rounds"][-1]["reason"] if review["state"] == "returned" else ""
    return {**frozen(item), "state": review["state"], "reason": reason}


def judge(item: Item, draft: dict[str, Any], hand: Hand, own_unit: bool) -> Changed:
    """The group accepts a line as it saw it, or returns it with a reason; the same again changes nothing."""
    if own_unit:
        raise Refusal("own_item")
    stands, _ = begin(item, "judge", hand)
    review, to = stands["closeout"].get("line", WAITING), "accepted" if draft["passed"] else "returned"
    if review["state"] == to and review["rounds"][-1]["hash"] == draft["hash"]:
        return item, []
    if review["state"] == "accepted":
        raise Refusal("line_accepted")
    if stands["closeout"]["requested_by_account"] == hand.account:
        raise Refusal("applicant_verifies")
    if frozen(item)["hash"] != draft["hash"]:
        raise Refusal("line_changed")
    changed = _reviewed(stands, to, to, draft["hash"], draft["reason"], hand)
    return changed, [fact(item, "effect_judged", {"outcome": to})]


def reword(item: Item, draft: dict[str, Any], hand: Hand) -> Changed:
    """The unit puts a returned line in other words; the same again changes nothing."""
    stands, _ = begin(item, "reword", hand)
    closeout = stands["closeout"]
    if closeout["effect"] == draft["effect"]:
        return item, []
    if closeout.get("line", WAITING)["state"] != "returned":
        raise Refusal("line_not_returned")
    earlier = [*closeout.get("earlier_effects", ()), closeout["effect"]]
    said = {**stands, "closeout": {**closeout, "effect": draft["effect"], "earlier_effects": earlier}}
    changed = _reviewed(said, "waiting", "reworded", frozen(said)["hash"], "", hand)
    return changed, [fact(item, "effect_reworded", {})]


def _actions(item: Item) -> list[dict[str, str]]:
    """What was done and what it came to by the way, by day."""
    told = [*item["progress"], *({"on": one["on"], "text": one["result"]} for one in item["interim"])]
    return sorted(({key: one[key] for key in ("on", "text")} for one in told), key=lambda one: one["on"])


def _reviewed(item: Item, state: str, what: str, content: str, reason: str, hand: Hand) -> Item:
    who = {"by": hand.name, "by_account": hand.account, "at": hand.at}
    rounds = [
        *item["closeout"].get("line", WAITING)["rounds"],
        {"what": what, "hash": content, "reason": reason, **who},
    ]
    return {**item, "closeout": {**item["closeout"], "line": {"state": state, "rounds": rounds}}}
