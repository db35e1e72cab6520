"""What templates may use besides what their page gives them: words, days, times, addresses of the same list, signs.

What must stay true: a template finds here everything that is no word of its own, and decides nothing.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import format_decimal
from markupsafe import Markup, escape

from services.portal import counting, days, languages, pages, reference, reminder_words, sessions, wording
from services.spine import clock

PLACES = ("page", "after", "came")
"""Where in a list one is; everything else in its address says which list."""


def prepare(app: Flask) -> None:
    """Hand templates their words."""
    app.jinja_env.filters.update(
        day=days.day, long_day=days.long_day, moment=days.moment, hour=days.hour, written=days.written, size=size,
        pick=languages.pick, signer=signer, signers=signers, counted=counting.counted, offset=counting.offset,
        reminded=reminder_words.lines,
    )  # fmt: skip
    app.jinja_env.globals.update(
        word=wording.word, words_of=wording.words, state=wording.state, from_now=days.from_now,
        days_left=days.days_left, judged=wording.judged, about_comment=wording.comment, here=here, titled=titled,
        pairs=pairs, spans=spans, post_name=reference.post_name,
        campaign_title=reference.campaign_title, scope_name=reference.scope_name, today=clock.today,
        hidden_filters=hidden_filters,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_always)


def _always() -> dict[str, Any]:
    person: sessions.Viewer | None = g.get("viewer")
    return {
        "language": languages.current(),
        "back": request.full_path.rstrip("?") if request.method == "GET" else pages.above(request.path),
        "viewer": person,
        "rooms": pages.rooms_for(person) if person else [],
        "away": g.get("away", set()),
    }


def size(octets: int | None) -> str:
    """Bytes in the unit a person would use."""
    if octets is None:
        return "—"
    if octets < 1024 * 1024:
        return f"{format_decimal(max(1, round(octets / 1024)))} KB"
    return f"{octets / 1048576:.1f} MB"


def signer(role: str, recorded: bool = False) -> str:
    """Who signs in a role; of a record the recorder and the host."""
    return wording.word("record_signer" if recorded else "signer", role)


def signers(roles: Iterable[str], recorded: bool = False) -> str:
    """Those who sign, in one line."""
    return languages.listed(signer(role, recorded) for role in roles)


def here(**changes: Any) -> str:
    """The address of this list with some filters changed (None removes one); a new filter starts at the first page."""
    query = {name: value for name, value in request.args.items() if value and name not in PLACES}
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
        if value and name not in (*but, *PLACES)
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
    return languages.listed(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def pairs(rows: list[dict[str, Any]], code: str, name: str = "name") -> list[tuple[str, str]]:
    """Codes with their names, for a list to choose from."""
    return [(str(row[code]), str(row[name])) for row in rows]


def titled(kind: str | None, post_title: str | None = None) -> str:
    """What a material is called: its kind, and whose it is."""
    name = wording.word("kind", kind)
    return f"{name} · {post_title}" if post_title else name
