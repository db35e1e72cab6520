"""A campaign's reminders in words: of each kind of node its steps in one line, earliest first."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from services.portal import languages, wording


def lines(policy: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[tuple[str, str]]:
    """Each kind that is reminded of, with its steps: 提交会前材料, 提前 3 天（经办人）；当天（经办人、负责人）."""
    return [
        (str(words), gettext("；").join(step(one) for one in policy[kind]))
        for kind, words in wording.REMINDED.items()
        if policy.get(kind)
    ]


def step(said: Mapping[str, Any]) -> str:
    """One step and whom it reaches."""
    days, to = said["days"], languages.listed(str(wording.REMINDED_LINE[one]) for one in said["to"])
    if not days:
        return str(gettext("当天（%(to)s）", to=to))
    if said["unit"] == "working":
        if days < 0:
            return str(gettext("提前 %(n)s 个工作日（%(to)s）", n=-days, to=to))
        return str(gettext("逾期 %(n)s 个工作日（%(to)s）", n=days, to=to))
    if days < 0:
        return str(gettext("提前 %(n)s 天（%(to)s）", n=-days, to=to))
    return str(gettext("逾期 %(n)s 天（%(to)s）", n=days, to=to))
