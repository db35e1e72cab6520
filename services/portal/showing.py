"""What templates may use besides what their page gives them: words, days, times, addresses of the same list, signs.

Days and times are shown where the campaign lives; a day says how far away it is, so that nobody counts.
"""

from datetime import date, datetime
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup, escape

from services.portal import languages, pages, reference, sessions, wording
from services.spine import clock

WEEKDAYS = "一二三四五六日"


def prepare(app: Flask) -> None:
    """Hand templates their words."""
    app.jinja_env.filters.update(day=day, long_day=long_day, moment=moment, size=size, pick=languages.pick)
    app.jinja_env.globals.update(
        word=wording.word, words_of=wording.words, state=wording.state, from_now=from_now, days_left=days_left,
        here=here, titled=titled, pairs=pairs, spans=spans, post_name=reference.post_name, today=clock.today,
        hidden_filters=hidden_filters,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_always)


def _always() -> dict[str, Any]:
    person: sessions.Viewer | None = g.get("viewer")
    return {
        "language": languages.current(),
        "viewer": person,
        "rooms": pages.rooms_for(person) if person else [],
        "away": g.get("away", set()),
    }


def day(text: str | None) -> str:
    """`2024-01-05` as 2024年1月5日, or 5 Jan 2024."""
    if not text:
        return "—"
    on = date.fromisoformat(text[:10])
    if languages.current() == "en":
        return f"{on.day} {on:%b} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def long_day(text: str | None) -> str:
    """The same with its weekday."""
    if not text:
        return "—"
    on = date.fromisoformat(text[:10])
    return f"{on:%a} {day(text)}" if languages.current() == "en" else f"{day(text)}（周{WEEKDAYS[on.weekday()]}）"


def moment(text: str | None) -> str:
    """A stored time on the campaign's clock, to the minute."""
    if not text:
        return "—"
    at: datetime = clock.moment(text).astimezone(clock.ZONE)
    return f"{day(at.date().isoformat())} {at:%H:%M}"


def days_left(text: str | None) -> int:
    """Days from today to a day; negative when it is past."""
    return (clock.day(text[:10]) - clock.day(clock.today())).days if text else 0


def from_now(text: str | None) -> str:
    """How far a day is away, in words."""
    if not text:
        return ""
    left = days_left(text)
    if left == 0:
        return str(gettext("今天"))
    if left > 0:
        return str(ngettext("还有 %(num)d 天", "还有 %(num)d 天", left))
    return str(ngettext("已过 %(num)d 天", "已过 %(num)d 天", -left))


def size(octets: int | None) -> str:
    """Bytes in the unit a person would use."""
    if octets is None:
        return "—"
    if octets < 1024 * 1024:
        return f"{format_decimal(max(1, round(octets / 1024)))} KB"
    return f"{octets / 1048576:.1f} MB"


def here(**changes: Any) -> str:
    """The address of this list with some filters changed (None removes one); a new filter starts at the first page."""
    query = {name: value for name, value in request.args.items() if value}
    if "page" not in changes:
        query.pop("page", None)
    query.update({name: str(value) for name, value in changes.items() if value is not None})
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **query})


def hidden_filters(*but: str) -> Markup:
    """The filters in force as hidden fields, for a form that changes only `but`."""
    fields = [
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in request.args.items()
        if value and name not in (*but, "page")
    ]
    return Markup("".join(fields))


def spans(numbers: list[int]) -> str:
    """Numbers with runs drawn together: 1–4、10."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    between = ", " if languages.current() == "en" else "、"
    return between.join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def pairs(rows: list[dict[str, Any]], code: str, name: str = "name") -> list[tuple[str, str]]:
    """Codes with their names, for a list to choose from."""
    return [(str(row[code]), str(row[name])) for row in rows]


def titled(kind: str | None, post_title: str | None = None) -> str:
    """What a material is called: its kind, and whose it is."""
    name = wording.word("kind", kind)
    return f"{name} · {post_title}" if post_title else name
