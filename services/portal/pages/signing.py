"""Signing in and out, and the switch between Chinese and English."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext

from services.portal import clients, languages, sessions

room = Blueprint("signing", __name__)


@room.get("/")
def start() -> Any:
    """The start page is the day's work."""
    return redirect(url_for("today.show"))


@room.get("/sign-in")
def form(problem: clients.Declined | None = None) -> Any:
    """The sign-in form; who is signed in already goes on."""
    target = languages.local(request.values.get("next"))
    if problem is None and sessions.viewer() is not None:
        return redirect(target)
    return render_template("sign_in.html", problem=problem, target=target, login=request.form.get("login", ""))


@room.post("/sign-in")
def sign_in() -> Any:
    """Open a session; a wrong password says no more than that."""
    try:
        token = sessions.sign_in(request.form.get("login", "").strip(), request.form.get("password", ""))
    except clients.Declined as problem:
        return form(problem), problem.status
    former = request.cookies.get(sessions.COOKIE)
    if former:
        sessions.sign_out(former)
    session.clear()
    return sessions.keep(redirect(languages.local(request.form.get("next")), 303), token)


@room.post("/sign-out")
def sign_out() -> Any:
    """End the session everywhere."""
    token = request.cookies.get(sessions.COOKIE)
    if token:
        sessions.sign_out(token)
    session.clear()
    flash(gettext("您已退出。"), "info")
    return sessions.drop(redirect(url_for("signing.form"), 303))


@room.get("/language/<language>")
def switch(language: str) -> Any:
    """Chinese or English from now on, and back to the same page."""
    chosen = language if language in languages.KNOWN else "zh"
    return languages.keep(redirect(languages.local(request.args.get("next")), 303), chosen)
