"""A service's "no" as a person reads it: the sentence of the common catalogue, with days, times and codes in words.

Services answer for programs too, so their parameters are codes and stamps. A page says 退回修改, not `returned`.
"""

import re
from typing import Any

from flask import g, request
from flask_babel import gettext

from services.portal import asking, clients, days, definition_words, languages, reference, showing, wording
from services.spine import errors

WORDS = {
    "outcome": "material", "category": "list", "kind": "kind", "move": "move", "held": "role",
    "asked": "role", "stands": "candidate", "level": "level", "field": "clear_field",
}  # fmt: skip
STATE_OF = {"not_open": "review", "task_not_dead": "task", "plan_not_submitted": "plan", "article_not_so": "article"}
"""Whose states a sentence speaks of, where it is not an item's."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def sentence(problem: clients.Declined) -> str:
    """Why something was not done."""
    return _say(problem.code, problem.params, problem.detail)


def said(code: str, params: dict[str, Any]) -> str:
    """The same for a refusal that came as one row of many: its code and parameters only."""
    return _say(code, params, errors.text(code, languages.current(), params))


def places(problem: clients.Declined) -> list[str]:
    """What is wrong at each place, where that says more than the sentence itself."""
    said = [place(one) for one in problem.places]
    return [text for text in dict.fromkeys(said) if text != sentence(problem)]


def place(one: dict[str, Any]) -> str:
    """What is wrong at one place."""
    return _say(str(one.get("code", "")), one, str(one.get("detail", "")))


def at(problem: clients.Declined | None, pointer: str) -> str:
    """What is wrong at one field (`/due_on`), or nothing."""
    faults = [one for one in (problem.places if problem else ()) if one.get("pointer") == pointer]
    return " ".join(map(place, faults))


def unreadable(refusal: dict[str, Any] | None, name: str) -> str:
    """Why a version could not be read, with the name people know it by instead of the one it is kept under."""
    if not refusal:
        return ""
    if refusal.get("code") not in errors.catalogue():
        return str(refusal.get("detail", ""))
    return errors.text(str(refusal["code"]), languages.current(), {**(refusal.get("params") or {}), "name": name})


def _say(code: str, params: dict[str, Any], detail: str) -> str:
    if code not in errors.catalogue() or not params:
        return detail
    return errors.text(code, languages.current(), {name: _humane(code, name, value) for name, value in params.items()})


def _humane(code: str, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in ("unit", "group"):
        return _named(name, value)
    if name in LISTS:
        return languages.listed(LISTS[name](part) for part in value.split("、"))
    if name == "kind" and value in wording.SCOPES:
        return wording.word("scope", value)
    if name == "post":
        unit = _of_meeting()
        return reference.post_name(unit, value) if unit else gettext("岗位 %(post)s", post=value)
    words = STATE_OF.get(code, "item") if name == "state" else WORDS.get(name)
    return wording.word(words, value) if words else _on_the_calendar(value)


def _named(what: str, code: str) -> str:
    """A unit or a group by its name, as far as the reader knows the roster."""
    if "viewer" not in g:
        return code
    campaign = asking.campaign()
    names = reference.unit_names(campaign) if what == "unit" else reference.group_names(campaign)
    return names.get(code, code)


def _of_meeting() -> str:
    """The unit whose page this is, as far as the address names one."""
    known = "viewer" in g and request.view_args or {}
    return str(known.get("meeting_id", "")).rpartition(".")[2]


def _on_the_calendar(value: str) -> str:
    if _STAMP.fullmatch(value):
        return days.moment(value)
    return days.written(value) if _DAY.fullmatch(value) else value


def _failure(code: str) -> str:
    return wording.word("failure", code)


def _material(owed: str) -> str:
    post, _, kind = owed.partition(" ")
    return showing.titled(kind, None if post == "team" else str(gettext("岗位 %(post)s", post=post)))


def _rule(key: str) -> str:
    kind, _, aspect = key.rpartition(".")
    if kind != "offsets":
        return wording.word("requirement", key)
    campaign = asking.campaign() if "viewer" in g else None
    checklist = reference.campaign(campaign).get("checklist") or [] if campaign else []
    titles = {row["code"]: languages.pick(row["title"]) for row in checklist}
    return titles.get(aspect) or aspect


LISTS = {"standards": _failure, "missing": _material, "parts": definition_words.label, "rules": _rule}
"""What is told as several in one, and the word for each."""
