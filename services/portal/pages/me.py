"""My account: what I may do, where and until when, a new password, calendars to subscribe to."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, sessions

room = Blueprint("me", __name__)


@room.get("/me")
def show(problem: clients.Declined | None = None, about: str = "password", made: str = "") -> Any:
    """Name, grants, the form for a new password, and links to subscribe to a calendar; one just made is shown once."""
    links = asking.rows("access", "/calendar-links") if asking.viewer().may("read_campaign") else None
    account = asking.get("access", "/me")
    address = url_for("subscribing.calendar", token=made, _external=True) if made else ""
    return render_template("me.html", account=account, problem=problem, about=about, links=links, address=address)


@room.post("/me/calendar-links")
def make_link() -> Any:
    """A link to subscribe to; its address is shown on the page that answers and nowhere else."""
    try:
        made = asking.post("access", "/calendar-links", {"campaign": asking.campaign() or ""}).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(problem, "calendar"), problem.status
    return show(about="calendar", made=made["token"])


@room.post("/me/calendar-links/<code:link_id>/revocation")
def revoke_link(link_id: str) -> Any:
    """Whoever has the link sees nothing any more."""
    path, done = f"/calendar-links/{link_id}/revocation", gettext("订阅链接已停用。")
    return doing.post("access", path, {}, done, lambda problem: show(problem, "calendar"), url_for(".show"))


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
