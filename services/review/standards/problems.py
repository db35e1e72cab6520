"""F1, problems are pinned down: every aspect of the campaign has a problem of its own, told in the writer's words, and
every opinion is met.

What the rules stand on:
- missing, merged: the campaign's aspects against the headings found (structure knows them however they are
  numbered). Titles, not phrases. Where half of them were not found it is the reading that is lost, and where a problem
  is left that no title was found for it may be the one: only noted.
- empty: see `empty`.
- restates, last year's: see `retelling`.
- stock: what is left of an aspect when the words all such texts share are taken out, and how many clauses only pass
  judgement. Both must agree, and a fact acquits: a stock heading followed by facts is no stock problem.
- others: see `others`.
- opinion: see `opinions`.
"""

from typing import Any

from services.review import aspects

from . import empty, findings, opinions, others, retelling, stock
from .reading import Reading

Finding = dict[str, Any]
SEVERAL, FULL = 3, 60
EACH = 100  # characters for each aspect: a text that has fewer has not examined them


def judge(reading: Reading) -> list[Finding]:
    """Where problems are not pinned down."""
    return [
        *_missing(reading),
        *_merged(reading),
        *empty.judge(reading),
        *retelling.judge(reading),
        *_stock(reading),
        *others.judge(reading),
        *opinions.judge(reading),
    ]


def _missing(reading: Reading) -> list[Finding]:
    have = {code for node in reading.by_role.get("aspect", []) for code in (node["aspect"], *node.get("also", ()))}
    missing = [each for each in reading.aspects if each["code"] not in have]
    would = ("为该方面单独写出自己的问题和具体表现。", "Write a problem of its own, and how it shows, for this aspect.")
    found = []
    if reading.lost or SEVERAL <= len(missing) >= len(have):
        named = "、".join(each["title"] for each in missing)
        sure = sum(len(line["text"]) for line in reading.lines) < EACH * len(reading.aspects)
        reason = (f"没有认出这些方面的检视：{named}。", f"These aspects were not made out: {named}.")
        found.append(
            findings.make(
                "problems.aspects_missing", reading.place(None), reason, would, 0.8 if sure else 0.4, fail=sure
            )
        )
    elif missing:
        sure = aspects.spare(reading.lines, reading.rules) < len(missing)
        for each in missing:
            reason = (
                (f"“{each['title']}”方面没有检视。", f"The aspect “{each['title']}” is not examined.")
                if sure
                else (
                    f"没有认出“{each['title']}”方面的检视，也可能换了名称。",
                    f"The aspect “{each['title']}” was not made out, perhaps it has another name.",
                )
            )
            found.append(
                findings.make(
                    "problems.aspect_missing", reading.place(None), reason, would, 0.95 if sure else 0.4, fail=sure
                )
            )
    return found


def _merged(reading: Reading) -> list[Finding]:
    """Aspects under one heading; only noted where each may have a paragraph of its own that does not name it."""
    would = (
        "为每个方面分别写出自己的问题和具体表现。",
        "Write a problem of its own, and how it shows, for each aspect.",
    )
    found = []
    for node in reading.by_role.get("aspect", []):
        if not node.get("also"):
            continue
        codes = (node["aspect"], *node["also"])
        named, sure = "、".join(reading.titles[code] for code in codes), not _may_be_told_apart(reading, codes)
        reason = (
            f"“{named}”合在一起检视，" + ("没有各自的问题。" if sure else "须看是否各有自己的问题。"),
            f"Aspects are merged into one ({named}); "
            + ("each needs a problem of its own." if sure else "see whether each has a problem of its own."),
        )
        anchor = reading.place(node)
        found.append(findings.make("problems.aspects_merged", anchor, reason, would, 0.85 if sure else 0.4, fail=sure))
    return found


def _may_be_told_apart(reading: Reading, codes: tuple[str, ...]) -> bool:
    """Whether there are as many full paragraphs as aspects, and of each aspect something is spoken in them."""
    told = [each for each in reading.problems if (each.get("aspect"), *each.get("also", ())) == codes]
    full = [reading.see(each) for each in told if len(each["text"]) >= FULL]
    return len(full) >= len(codes) and all(
        any(each.has(f"headings.{reading.titles[code]}") for each in full) for code in codes
    )


def _stock(reading: Reading) -> list[Finding]:
    found = []
    left, judged = (reading.rules.limit("problems", key) for key in ("stock_left", "stock_judged"))
    for code, body in reading.bodies.items():
        if not body.text or body.weight >= 1 or not stock.is_stock(body, left, judged):
            continue
        title = reading.titles[code]
        reason = (
            f"“{title}”方面通篇是放到哪里都适用的套话，看不出是谁的什么问题。",
            f"“{title}” is made of stock phrases that fit anyone anywhere.",
        )
        would = (
            "去掉套话，写清本人（本班子）在哪件事上、怎样表现出这个问题。",
            "Leave the phrases out; say in which matter and how this problem showed.",
        )
        found.append(
            findings.make("problems.stock_phrases", reading.place(reading.sections[code]), reason, would, 0.85)
        )
    return found
