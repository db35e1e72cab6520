"""Criticism that was said before: a criticism list, line by line, beside the same person's list of an earlier campaign.

What must stay true: a line is marked, never changed or refused; who last year's list was is told by its author's
signature, and by the post only where nobody signed. A repeat: {line, target, problem, fact, how: same | alike,
share, before: {line, target, problem, fact}}; lines count from 1.
"""

import re
from collections.abc import Iterable
from typing import Any

from services.intake import domain

Document = dict[str, Any]
Line = dict[str, str]
Repeat = dict[str, Any]
WORDS = ("target", "problem", "fact")
ALIKE, TO_ANOTHER = 0.5, 0.75
"""How much of a line stands in another that it counts as the same thing said again: to the same person, to another."""
_NUMERALS = re.compile(r"[\d零〇一二三四五六七八九十百千万两]+")
_LETTERS = re.compile(r"[^\w#]|_")


def lines(document: Document) -> list[Line]:
    """The criticisms of a list, as far as they are compared."""
    return [{key: str(row.get(key, "")) for key in WORDS} for row in document.get("criticisms", ())]


def found(now: Document, before: Document) -> list[Repeat]:
    """The lines that say again what was said before, each beside the earlier line it resembles most."""
    earlier = list(enumerate(lines(before), 1))
    rows = []
    for number, line in enumerate(lines(now) if earlier else (), 1):
        share, n, other = max(((_likeness(line, one), -n, one) for n, one in earlier), key=lambda each: each[:2])
        if share:
            how = "same" if plain(line["problem"]) == plain(other["problem"]) else "alike"
            was = {"line": -n, **other}
            rows.append({"line": number, **line, "how": how, "share": round(share, 2), "before": was})
    return rows


def plain(text: str) -> str:
    """A text without what is changed first when it is used again: figures become #, punctuation and blanks go."""
    return _LETTERS.sub("", _NUMERALS.sub("#", text))


def same_author(mine: domain.Material, version: domain.Version, theirs: domain.Material, other: domain.Version) -> bool:
    """Whether two lists are one person's: by who signed them, else by the post."""
    accounts = _author(version), _author(other)
    return accounts[0] == accounts[1] if all(accounts) else mine["post"] == theirs["post"]


def last(
    material: domain.Material, version: domain.Version, earlier: Iterable[domain.Material]
) -> tuple[domain.Material, domain.Version] | None:
    """The same person's last list that counted before this version came in, with a form that can be read."""
    standing = [
        (one["counted_at"], row, one)
        for row in earlier
        for one in row["versions"]
        if domain.stands(one) and one.get("form") and not one["destroyed"] and one["outcome"] not in domain.SENT_BACK
        if one["counted_at"] < version["submitted_at"] and same_author(material, version, row, one)
    ]
    return max(standing, key=lambda found: found[0])[1:] if standing else None


def _author(version: domain.Version) -> str | None:
    """The account of who signed as the author; a page signed on paper was confirmed by somebody else."""
    signed = (one for one in version["signatures"] if one["role"] == "author" and not one["on_paper"])
    return next((str(one["by_account"]) for one in signed), None)


def _likeness(line: Line, other: Line) -> float:
    """How much two lines say the same, 0 where they do not; the same fact counts only about the same person."""
    same = line["target"] == other["target"]
    share = max(_share(line[key], other[key]) for key in (("problem", "fact") if same else ("problem",)))
    return share if share >= (ALIKE if same else TO_ANOTHER) else 0.0


def _share(one: str, other: str) -> float:
    """The pairs of characters that two texts share, of all they have."""
    mine, theirs = plain(one), plain(other)
    if mine == theirs:
        return float(bool(mine))
    pairs, others = ({text[n : n + 2] for n in range(len(text) - 1)} for text in (mine, theirs))
    return len(pairs & others) / len(pairs | others) if pairs and others else 0.0
