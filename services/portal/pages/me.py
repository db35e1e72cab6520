"""My account: what I may do, where and until when, how I am reached and called, a new password, calendars."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, sessions

room = Blueprint("me", __name__)


@room.get("/me")
def show(problem: clients.Declined | None = None, about: str = "password", made: str = "") -> Any:
    """Name, grants, addresses and how one is called, a new password, links to a calendar; one just made shown once."""
    links = asking.rows("access", "/calendar-links") if asking.viewer().may("read_campaign") else None
    account = asking.get("access", "/me")
    address = url_for("subscribing.calendar", token=made, _external=True) if made else ""
    return render_template(
        "me.html",
        account=account,
        problem=problem,
        about=about,
        links=links,
        address=address,
        contact=asking.find("access", "/me/contact"),
        wishes=asking.find("notification", "/preferences") if asking.viewer().may("read_messages") else None,
        entered=request.form,
    )


@room.post("/me/contact")
def change_contact() -> Any:
    """Where one is reached."""
    wanted = {key: request.form.get(key, "").strip() for key in ("email", "mobile")}
    done = gettext("联系方式已保存。")
    return doing.post("access", "/me/contact", wanted, done, lambda problem: show(problem, "contact"), url_for(".show"))


@room.post("/me/preferences")
def change_preferences() -> Any:
    """By which channels one is called, each time or once a day, and when not."""
    form, done = request.form, gettext("接收设置已保存。")
    hour = form.get("hour", "")
    wanted = {
        "channels": form.getlist("channel"),
        "digest_hour": int(hour) if form.get("mode") == "digest" and hour.isascii() and hour.isdigit() else None,
        "quiet": span(form),
        "language": form.get("language", "zh"),
    }
    again, there = (lambda problem: show(problem, "preferences")), url_for(".show", _anchor="preferences")
    return doing.post("notification", "/preferences", wanted, done, again, there)


def span(form: Mapping[str, str]) -> dict[str, str] | None:
    """Quiet hours as a form has them; None when neither end is given."""
    first, end = form.get("quiet_from", ""), form.get("quiet_to", "")
    return {"from": first, "to": end} if first or end else None


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
