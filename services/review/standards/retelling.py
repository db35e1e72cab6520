"""Retelling, a part of F1: an aspect that tells what was told before, of another aspect or a year ago.

- restates: every sentence of an aspect speaks of what another aspect is about, or its text is the other's text again;
  in other words too, where all it counts was counted there ("11次里有两次" after "十一次…两次") and it shares more
  words than two aspects ever do by chance. Only noted where one of the two is guessed.
- last year's: the text says itself what last year's problems were, and under half of the aspects or more the same
  stand again. Where what is told there has only days of years before, nothing of this year was looked for; else last
  year's problem may not be over, and it is only noted.
"""

import itertools
import re
from typing import Any

from services.review import facts, letters
from services.review.glance import Passage

from . import findings
from .reading import Reading

Finding = dict[str, Any]
SEVERAL, CLAUSE, HEAD, VERBATIM = 3, 5, 60, 0.8
TURN = "03"  # the last month in which a text still examines the year before
BETWEEN = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")


def judge(reading: Reading) -> list[Finding]:
    """Aspects that have no problem of their own, or none of their year."""
    return [*_of_another(reading), *_of_last_year(reading)]


def _of_another(reading: Reading) -> list[Finding]:
    found = []
    earlier: list[str] = []
    told_before: set[int] = set()
    if len(reading.bodies) < 2:  # noqa: PLR2004
        return []
    topics = {title: re.compile(named) for title, named in reading.rules.by_room["problems"]["topics"].items()}
    for code, body in reading.bodies.items():
        about = _topic_of(reading, code, topics) or _told_under(reading, body, earlier, told_before)
        told_before |= body.specific
        earlier.append(code)
        if about is None:
            continue
        title, other = reading.titles[code], reading.titles[about]
        reason = (
            f"“{title}”方面写的仍是“{other}”的内容，没有自己的问题。",
            f"“{title}” tells what belongs to “{other}”; it has no problem of its own.",
        )
        would = (
            f"写出属于“{title}”的问题和表现，不与“{other}”重复。",
            f"Tell a problem that belongs to “{title}” and is not told under “{other}”.",
        )
        sure, anchor = reading.guessed.isdisjoint((code, about)), reading.place(reading.sections[code])
        confidence = 0.8 if sure else 0.4
        found.append(findings.make("problems.aspect_restates_another", anchor, reason, would, confidence, fail=sure))
    return found


def _topic_of(reading: Reading, code: str, topics: dict[str, re.Pattern[str]]) -> str | None:
    """The other aspect every sentence of this one speaks of."""
    body, titles = reading.bodies[code], {title: code for code, title in reading.titles.items()}
    told = [each.text for each in body.sentences if len(each.text) > CLAUSE]
    return next((
        titles[title] for title, named in topics.items()
        if titles.get(title, code) != code and told and titles[title] in reading.bodies
        and all(named.search(each) for each in told)
        and len(set(named.findall(body.text))) >= reading.rules.limit("problems", "many")
    ), None)  # fmt: skip


def _told_under(reading: Reading, body: Passage, earlier: list[str], told_before: set[int]) -> str | None:
    """The aspect before that has told the same."""
    same, retold = (reading.rules.limit("problems", key) * len(body.specific) for key in ("same", "retold"))
    if not body.specific or len(body.specific & told_before) < retold:
        return None
    for code in earlier:
        before = reading.bodies[code]
        shared = len(body.specific & before.specific)
        if shared >= same or (shared >= retold and _counts_nothing_new(body.text, before.text)):
            return code
    return None


def _counts_nothing_new(text: str, before: str) -> bool:
    counted = facts.figures(text)
    return bool(counted) and counted <= facts.figures(before)


def _of_last_year(reading: Reading) -> list[Finding]:
    clauses = _listed(reading)
    again = [code for code in reading.bodies if clauses and _stands_again(reading, code, clauses)]
    if len(again) < max(SEVERAL, len(reading.bodies) / 2):
        return []
    old = [code for code in again if _is_old(reading, reading.bodies[code].text)]
    fail, total = len(old) * 2 > len(again), len(reading.bodies)
    reason = (
        f"{total} 个方面中有 {len(again)} 个的问题与文中所列上年度的问题相同"
        + ("，事例也是以前年度的。" if fail else "，须看是否今年仍有。"),
        f"Under {len(again)} of {total} aspects stand last year's problems, as the text lists them, again"
        + (", with examples of years before." if fail else "; see whether they are there this year."),
    )
    would = (
        "查摆本年度的问题；上年度的问题仍在的，写明今年怎样表现、为什么没有改掉。",
        "Look for this year's problems; where last year's are still there, tell how they showed this year, and why.",
    )
    anchor = reading.place(reading.sections[(old or again)[0]])
    return [findings.make("problems.same_as_last_year", anchor, reason, would, 0.85 if fail else 0.5, fail=fail)]


def _listed(reading: Reading) -> list[frozenset[str]]:
    """The clauses of what is listed, before the aspects, as last year's problems."""
    before = itertools.takewhile(lambda line: not line["aspects"], reading.lines)
    text = "\n".join([line["text"] for line in before])
    listed = reading.rules.meets("problems", "last_list", text)
    named = reading.rules.pattern("problems", "last_list").search(text) if listed else None
    if not named:
        return []
    last = reading.rules.pattern("problems", "this_year").split(text[named.end() :], maxsplit=1)[0]
    return [found for each in BETWEEN.split(last) if len(each) >= CLAUSE and (found := letters.grams(each))]


def _stands_again(reading: Reading, code: str, clauses: list[frozenset[str]]) -> bool:
    """Whether an aspect begins with one of these clauses."""
    head = letters.grams(reading.sections[code]["text"][:HEAD])
    return any(len(each & head) >= VERBATIM * len(each) for each in clauses)


def _is_old(reading: Reading, text: str) -> bool:
    """Whether all years it names are before the one that is examined."""
    day = reading.submitted_on or reading.written_on
    if not day or reading.rules.meets("problems", "this_year", text):
        return False
    year = int(day[:4])
    named = [*facts.years(text), *([year - 1] if "去年" in text else [])]
    return bool(named) and max(named) < year - (day[5:7] <= TURN)
