"""The numbers of the board and the lists behind them: the filters both share, said in an address and in words.

What must stay true: whatever filters stand in the address of the board are those of every list it opens.
"""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from services.portal import days, languages, listing, reference, wording
from services.portal.sessions import Viewer

PLACES = ("region", "group", "team")
FILTERS = (*PLACES, "stage", "aspect", "overdue")
BEHIND = (*FILTERS, "state", "move", "failed", "round", "day", "what", "reading", "problem", "source", "category")
OFFICES, GROUP_SIDE = ("office", "county_office"), ("supervisor", "group_leader")
ALARMED = {
    "liaison": (*OFFICES, *GROUP_SIDE),
    "author": (*OFFICES, *GROUP_SIDE),
    "secretary": (*OFFICES, *GROUP_SIDE),
    "group": ("office", *GROUP_SIDE),
    "office": ("office",),
}
"""Who can do something about those whose turn it is; nobody else is alarmed."""
SIDES = {"group": GROUP_SIDE, "office": ("office",)}
"""Whose own turn it is, of those who read the board."""


def behind(**asked: Any) -> str:
    """The address of the list behind a number: the filters in force, and what the number counts."""
    kept = listing.filters(*PLACES, "stage", "overdue")
    return url_for("board.units", **{**kept, **asked})


def behind_places(**asked: Any) -> str:
    """The same for a number that no stage narrows."""
    return url_for("board.units", **{**listing.filters(*PLACES), **asked})


def turns(moves: list[dict[str, Any]], viewer: Viewer) -> list[dict[str, Any]]:
    """Whose turn it is, those with most overdue first; whether it is the reader's own, and whether it alarms."""
    shown = [
        {**one, "own": viewer.has(*SIDES.get(one["move"], ("",))), "alarm": viewer.has(*ALARMED[one["move"]])}
        for one in moves
        if one["units"]
    ]
    return sorted(shown, key=lambda one: (-one["overdue"], -one["units"]))


def aspects(campaign: str) -> dict[str, str]:
    """Titles of the checklist's aspects by number."""
    checklist = reference.campaign(campaign).get("checklist") or []
    return {str(one["number"]): languages.pick(one["title"]) for one in checklist}


def problem(campaign: str, code: str | None) -> str:
    """An examined aspect's title."""
    return reference.aspect_titles(campaign).get(code or "", code or "") or gettext("未分方面")


def words(campaign: str, asked: Mapping[str, str]) -> list[str]:
    """What is counted, in words, a filter each."""
    return [*_standing(campaign, asked), *_counted(campaign, asked)]


def _standing(campaign: str, asked: Mapping[str, str]) -> list[str]:
    """Where the units lie, and how they stand."""
    said = []
    if "region" in asked:
        said.append(reference.region_names(campaign).get(asked["region"], asked["region"]))
    if "group" in asked:
        said.append(reference.group_names(campaign).get(asked["group"], asked["group"]))
    if "team" in asked:
        said.append(asked["team"])
    if "stage" in asked:
        said.append(gettext("阶段：%(stage)s", stage=wording.word("stage", asked["stage"])))
    if "overdue" in asked:
        said.append(gettext("有逾期事项"))
    if "from" in asked or "until" in asked:
        said.append(" — ".join(_day(asked[key]) if key in asked else "" for key in ("from", "until")))
    return said


def _counted(campaign: str, asked: Mapping[str, str]) -> list[str]:
    """What of theirs is counted."""
    said = []
    if "aspect" in asked:
        title = aspects(campaign).get(asked["aspect"], "")
        of = {"n": asked["aspect"], "title": title, "state": wording.word("counted", asked.get("state", ""))}
        told = gettext("第 %(n)s 项 %(title)s：%(state)s", **of) if "state" in asked else f"{asked['aspect']} {title}"
        said.append(told)
    if "move" in asked:
        said.append(gettext("等%(who)s办理", who=wording.word("turn", asked["move"])))
    if "failed" in asked:
        standard = wording.word("failure", asked["failed"])
        said.append(gettext("第 %(n)s 次审阅：%(standard)s", n=asked.get("round", ""), standard=standard))
    if "day" in asked:
        what = wording.word("happening", asked["what"]) if "what" in asked else gettext("当日在此阶段")
        said.append(f"{_day(asked['day'])} {what}")
    if "reading" in asked:
        said.append(gettext("审阅结论：%(reading)s", reading=wording.word("reading", asked["reading"])))
    if "problem" in asked:
        code = None if asked["problem"] == "none" else asked["problem"]
        said.append(f"{problem(campaign, code)} · {wording.word('source', asked.get('source'))}")
    if "category" in asked:
        said.append(wording.word("list", asked["category"]))
    return said


def _day(text: str) -> str:
    try:
        return days.day(text)
    except ValueError:
        return text
