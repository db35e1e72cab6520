"""The pages of an opinion form for respondents: a code, the questions, thanks. Without an account, without a script.

What must stay true: nothing of a respondent is looked at, handed on or kept here: no cookie is read or set, no session,
no address, no browser; the code travels in the body of a form, never in an address that a log could keep (the slip's
QR code has it behind `#`, which browsers do not send).
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.portal import clients, languages

ADDRESS = languages.OPEN
room = Blueprint("answering", __name__, url_prefix=ADDRESS.rstrip("/"))


@room.get("/<code:key>")
def face(key: str, problem: clients.Declined | None = None) -> Any:
    """What the form is, why it is anonymous, and the field for the code."""
    form = _ask("GET", key, "")
    return render_template(
        "answering.html", step="code", key=key, form=form, problem=problem, typed=request.form.get("code", "")
    )


@room.post("/<code:key>")
def ask(key: str) -> Any:
    """The questions, for a code that is good."""
    try:
        return _questions(key, _ask("POST", key, "/look", {"code": _code()}))
    except clients.Declined as problem:
        if problem.status == 404:
            raise
        return face(key, problem), problem.status


@room.post("/<code:key>/answers")
def answer(key: str) -> Any:
    """Hand the answers in, once; refused, they come back as they were written."""
    given: dict[str, dict[str, Any]] = {}
    for name in request.form:
        _, _, asked = name.partition(":")
        post, _, question = asked.partition(":")
        if question:
            chosen = name.startswith("choice:")
            words = request.form[name].replace("\r\n", "\n")
            given.setdefault(post, {})[question] = request.form.getlist(name) if chosen else words
    try:
        _ask("POST", key, "/answers", {"code": _code(), "answers": given})
    except clients.Declined as problem:
        if problem.status == 404:
            raise
        try:
            asked_of = _ask("POST", key, "/look", {"code": _code()})
        except clients.Declined as spent:
            return face(key, spent), spent.status
        return _questions(key, asked_of, problem), problem.status
    return redirect(url_for(".thanks", key=key, lang=_language().get("lang")), 303)


@room.get("/<code:key>/thanks")
def thanks(key: str) -> Any:
    """It was taken; there is nothing to come back with."""
    return render_template("answering.html", step="thanks", key=key, form=_ask("GET", key, ""), problem=None)


@room.errorhandler(clients.Declined)
@room.errorhandler(clients.Unreachable)
def failed(failure: clients.Declined | clients.Unreachable) -> Any:
    """No such form, or nobody answers: said without looking who asked."""
    away = clients.refused("service_unavailable", languages.current())
    problem = failure if isinstance(failure, clients.Declined) else away
    return render_template("answering.html", step="failed", key="", form=None, problem=problem), problem.status


@room.context_processor
def _always() -> dict[str, Any]:
    return {"spoken": _language()}


def _questions(key: str, form: dict[str, Any], problem: clients.Declined | None = None) -> str:
    entered = request.form
    return render_template(
        "answering.html", step="questions", key=key, form=form, problem=problem, typed=_code(), entered=entered
    )


def _code() -> str:
    return request.form.get("code", "").strip()[:60] or "-"


def _language() -> dict[str, str]:
    return {"lang": "en"} if languages.current() == "en" else {}


def _ask(method: str, key: str, deed: str, body: Any = None) -> Any:
    return clients.call("intake", method, f"/forms/{key}{deed}", language=languages.current(), body=body).body
