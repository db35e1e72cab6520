"""The posts of a unit's team over time: who comes and goes is told by post and day, never by name."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, reference
from services.spine import clock

room = Blueprint("posts", __name__)
ASKED = ("what", "post", "title", "role", "on", "reason", "account")


@room.get("/teams/<code:unit>")
def show(unit: str, problem: clients.Declined | None = None) -> Any:
    """Who is in which post since when, what was changed, and the way to tell another change."""
    asking.needs("change_post")
    found = asking.get("registry", f"/teams/{unit}/posts")
    return render_template(
        "posts.html", found=found, history=found["history"][::-1], problem=problem, entered=request.form,
        about=request.form.get("what", ""),
    )  # fmt: skip


@room.post("/teams/<code:unit>/withdrawal")
def take_back(unit: str) -> Any:
    """A change told ahead does not come."""
    post, wanted = request.form["post"], {key: request.form.get(key, "").strip() for key in ("told_at", "reason")}
    return doing.post(
        "registry", f"/teams/{unit}/posts/{post}/withdrawal", wanted, gettext("已撤回，原来的岗位不变。"),
        lambda problem: show(unit, problem), url_for(".show", unit=unit),
    )  # fmt: skip


@room.post("/teams/<code:unit>")
def change(unit: str) -> Any:
    """Another person, nobody any more, or a new post, from a day on."""
    wanted = {key: request.form[key].strip() for key in ASKED if request.form.get(key, "").strip()}

    def act() -> None:
        asking.post("registry", f"/teams/{unit}/posts", wanted)
        reference.forget()
        ahead = wanted.get("on", "") > clock.today()
        done = gettext("已登记，到那天生效。") if ahead else gettext("已登记，未召开的会议和应交材料随之更新。")
        flash(done, "done")

    return doing.attempt(act, lambda problem: show(unit, problem), url_for(".show", unit=unit))
