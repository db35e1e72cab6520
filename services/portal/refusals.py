"""A service's "no" as a person reads it: the sentence of the common catalogue, with days, times and codes in words.

Services answer for programs too, so their parameters are codes and stamps. A page says 退回修改, not `returned`.
"""

import re
from typing import Any

from flask_babel import gettext

from services.portal import clients, days, languages, showing, wording
from services.spine import errors

WORDS = {
    "outcome": "material", "category": "list", "kind": "kind", "state": "item", "move": "move", "held": "role",
    "asked": "role", "stands": "candidate",
}  # fmt: skip
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
    said = [_say(str(place.get("code", "")), place, str(place.get("detail", ""))) for place in problem.places]
    return [text for text in dict.fromkeys(said) if text != sentence(problem)]


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
    return errors.text(code, languages.current(), {name: _humane(name, value) for name, value in params.items()})


def _humane(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in ("standards", "missing"):
        one = _failure if name == "standards" else _material
        return languages.listed(one(part) for part in value.split("、"))
    if name == "kind" and value in wording.SCOPES:
        return wording.word("scope", value)
    if name == "post":
        return gettext("岗位 %(post)s", post=value)
    return wording.word(WORDS[name], value) if name in WORDS else _on_the_calendar(value)


def _on_the_calendar(value: str) -> str:
    if _STAMP.fullmatch(value):
        return days.moment(value)
    return days.day(value) if _DAY.fullmatch(value) else value


def _failure(code: str) -> str:
    return wording.word("failure", code)


def _material(owed: str) -> str:
    post, _, kind = owed.partition(" ")
    return showing.titled(kind, None if post == "team" else str(gettext("岗位 %(post)s", post=post)))
