"""The language of a refused page is switched with what was written still in it.

What must stay true: switching does nothing. The form is sent again to its own page, marked with the other language and
the refusal; whatever that page would ask a service to do is answered as before, in that language. No password and no
file is carried along; pages of passwords, and pages for respondents, who leave no trace, do not take part, nor do
programs, whose forms go through unread.
"""

import json
from typing import Any

from flask import Response, g, request
from werkzeug.datastructures import ImmutableMultiDict

from services.portal import clients, languages
from services.spine import errors

FIELD = "in_language"
LEFT_OUT = ("csrf_token", "password")
WITHOUT = ("me", "signing", "answering", "gateway")


def offered(problem: clients.Declined | None) -> str | None:
    """What sends a page again that was refused for this, in one field; None for every other page."""
    if problem is None or request.method != "POST" or request.blueprint in WITHOUT:
        return None
    language = "zh" if languages.current() == "en" else "en"
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    said = {"code": problem.code, "params": problem.params, "places": problem.places}
    return json.dumps({"language": language, "fields": fields, **said}, ensure_ascii=False)


def begin() -> None:
    """Before a page that is sent again: it is in the other language, what was written is in it, and nothing is done."""
    if request.method != "POST" or request.blueprint in WITHOUT or FIELD not in request.form:
        return
    try:
        again = json.loads(request.form[FIELD])
        g.language = "en" if again["language"] == "en" else "zh"
        written = ImmutableMultiDict([(str(name), str(value)) for name, value in again["fields"]])
        g.refused_before = _in_words(again["code"], again["params"], again["places"])
        request.__dict__.update(form=written)
    except (ValueError, KeyError, TypeError, AttributeError):
        g.refused_before = clients.refused("not_a_form", languages.current())


def stop() -> None:
    """Refuse, as it was refused before, whatever a page that is sent again would do."""
    if "refused_before" in g:
        raise g.refused_before


def end(response: Response) -> Response:
    """The other language from now on."""
    if "language" in g:
        languages.keep(response, g.language)
    return response


def _in_words(code: str, params: dict[str, Any], places: list[dict[str, Any]]) -> clients.Declined:
    """A refusal in the page's language, as far as the common catalogue has it."""
    known = errors.catalogue()
    told = [{key: one[key] for key in one if key != "detail" or one["code"] not in known} for one in places]
    refusal = errors.Refusal(code if code in known else "accident", errors=told, **params)
    return clients.Declined(refusal.body(languages.current()))
