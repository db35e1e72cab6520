"""Interim results of long-term items: what they came to by a day, at least once a year, never silently open.

What must stay true: an interim result has evidence; each is kept. An entry: {key, on, result, evidence, by, at}.
"""

from typing import Any

from services.rectification import lists
from services.rectification.domain import Changed, Hand, Item, begin, check_evidence, entry, fact, known
from services.rectification.lists import Rules
from services.spine.errors import Refusal


def record(item: Item, draft: dict[str, Any], hand: Hand, rules: Rules) -> Changed:
    """What a long-term item came to; the same entry again changes nothing."""
    if known(item.get("interim", ()), draft):
        return item, []
    stands, state = begin(item, "interim", hand)
    if item["category"] != "long_term":
        raise Refusal("not_long_term", category=item["category"])
    check_evidence(draft, hand)
    interim = [*stands["interim"], {**draft, "by": hand.name, "at": hand.at}]
    look_back_on = lists.look_back(item, draft["on"], rules)
    look_back_on = max(look_back_on, stands["look_back_on"] or "") if look_back_on else None
    history = [*stands["history"], entry("interim_recorded", hand)]
    changed = {**stands, "state": state, "interim": interim, "look_back_on": look_back_on, "history": history}
    return changed, [fact(item, "interim_recorded", {"entries": len(interim), "look_back_on": look_back_on})]
