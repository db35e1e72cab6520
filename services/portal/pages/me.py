"""My account: what I may do, where and until when, and a new password."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, sessions

room = Blueprint("me", __name__)


@room.get("/me")
def show(problem: clients.Declined | None = None) -> Any:
    """Name, grants and the form for a new password."""
    return render_template("me.html", account=asking.get("access", "/me"), problem=problem)


@room.post("/me/password")
def change() -> Any:
    """A new password; the old one has to be known."""
    form = request.form
    if form.get("new", "") != form.get("again", ""):
        differs = clients.Declined(
            {"status": 422, "code": "passwords_differ", "detail": gettext("两次输入的新密码不一样。")}
        )
        return show(differs), 422
    try:
        asking.post("access", "/me/password", {"old": form.get("old", ""), "new": form.get("new", "")})
    except clients.Declined as problem:
        if problem.status == 401 and problem.code != "wrong_credentials":
            raise
        return show(problem), problem.status if problem.status != 401 else 422
    sessions.forget(request.cookies.get(sessions.COOKIE))
    if sessions.exchange(request.cookies.get(sessions.COOKIE, "")) is None:
        flash(gettext("密码已修改，请用新密码重新登录。"), "done")
        return sessions.drop(redirect(url_for("signing.form"), 303))
    flash(gettext("密码已修改。"), "done")
    return redirect(url_for(".show"), 303)
