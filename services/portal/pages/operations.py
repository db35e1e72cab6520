"""For those who keep the system running: is every service there, what waits, what was buried. No business text."""

from concurrent import futures
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, languages, listing
from services.spine import clock, settings

room = Blueprint("operations", __name__)


@room.get("/operations")
def show(problem: clients.Declined | None = None) -> Any:
    """Every service with its queues, its outbox and its dead letters; then the tasks that need a person."""
    asking.needs("operate")
    asked = listing.filters("state", "lane") or ({"state": "dead"} if problem else {})
    wanted = {"page": listing.number(), "size": listing.SIZE, **asked}
    tasks = asking.find("review", "/tasks", **wanted)
    services = look()
    return render_template(
        "operations.html",
        services=services,
        board=asking.find("review", "/tasks/board"),
        state=asked.get("state"),
        ago=ago,
        because=because,
        lasted=lasted,
        tasks=listing.Page(tasks["rows"], tasks["total"], tasks["page"], tasks["size"]) if tasks else None,
        letters=[letter for one in services if one.get("dead_letters") for letter in _dead_letters(one["service"])],
        problem=problem,
    )


@room.post("/operations/tasks/<code:task_id>/retry")
def retry(task_id: str) -> Any:
    """Have a dead task tried once more, with a reason."""
    try:
        asking.post("review", f"/tasks/{task_id}/retry", {"reason": request.form.get("reason", "").strip()})
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(problem), problem.status
    flash(gettext("任务已重新排队。"), "done")
    return redirect(url_for(".show"), 303)


@room.post("/operations/<service>/dead-letters/<letter_id>/retry")
def revive(service: str, letter_id: str) -> Any:
    """Put a buried message back into its queue."""
    if service not in settings.SERVICES:
        abort(404)
    try:
        asking.post(service, f"/dead-letters/{clients.quoted(letter_id)}/retry")
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(problem), problem.status
    flash(gettext("死信已放回队列。"), "done")
    return redirect(url_for(".show"), 303)


def look() -> list[dict[str, Any]]:
    """The state of every service, asked at the same time; one that does not answer is shown as down."""
    claims, language = asking.viewer().claims, languages.current()
    with futures.ThreadPoolExecutor(len(settings.SERVICES)) as pool:
        return list(pool.map(lambda service: _state(service, claims, language), settings.SERVICES))


def lasted(seconds: float | None) -> str:
    """A span of time as one says it: 45 seconds, 12 minutes, 3 hours, 2 days."""
    if seconds is None:
        return "—"
    count = max(0, round(seconds))
    if count < 120:
        return str(ngettext("%(num)d 秒", "%(num)d 秒", count))
    if count < 7200:
        return str(ngettext("%(num)d 分钟", "%(num)d 分钟", count // 60))
    if count < 172800:
        return str(ngettext("%(num)d 小时", "%(num)d 小时", count // 3600))
    return str(ngettext("%(num)d 天", "%(num)d 天", count // 86400))


def ago(at: float | None) -> str:
    """How long ago a moment was, given in seconds since 1970 as the task queue keeps it."""
    if at is None:
        return "—"
    return str(gettext("%(span)s前", span=lasted(clock.moment(clock.now()).timestamp() - at)))


def because(step: dict[str, Any]) -> str:
    """Why a step was taken; what the services themselves give as a reason is said in words."""
    reason = str(step.get("reason") or "")
    if step.get("what") != "once more":
        return reason
    resembled = reason.removeprefix("resembles ")
    if resembled != reason:
        return str(gettext("与后来收到的一份相似：%(id)s", id=resembled))
    return str(gettext("征求到的意见有变化"))


def _dead_letters(service: str) -> list[dict[str, Any]]:
    return [{"service": service, **row} for row in asking.rows(service, "/dead-letters", size=20)]


def _state(service: str, claims: str, language: str) -> dict[str, Any]:
    try:
        told = clients.call(service, "GET", "/status", claims=claims, language=language).body or {}
        return {"service": service, "up": True, **told}
    except clients.Declined as declined:
        return {"service": service, "up": True, "declined": declined.detail}
    except clients.Unreachable:
        return {"service": service, "up": False}
