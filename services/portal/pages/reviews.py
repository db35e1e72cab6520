"""The reading queue: what I hold, what is free, what the group has, by meeting day; and how one gets work from it.

What must stay true: taking work is a form that may be sent twice; who was too late is told who holds it.
"""

import collections
import itertools
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, days, languages, listing, reference, refusals, wording, workbook
from services.spine import clock

room = Blueprint("reviews", __name__)
FILTERS = ("state", "unit", "group", "region", "mine", "meeting_on", "overdue")
WAITING = "prechecked"
MOST_AT_ONCE = 100


@room.get("/reviews")
def queue() -> Any:
    """What waits for the group, the next meeting first."""
    campaign = asking.campaign()
    wanted = _wanted()
    found = listing.page("review", "/reviews", **wanted)
    return render_template(
        "reviews.html",
        reviews=found,
        by_day=[(on, list(rows)) for on, rows in itertools.groupby(found.rows, lambda row: row.get("meeting_on"))],
        mine=wanted.get("mine", ""),
        state=wanted.get("state", "all"),
        counts=_counts(campaign),
        names=reference.unit_names(campaign),
        roster=reference.own(campaign),
        waited=waited,
    )


@room.get("/reviews.xlsx")
def exported() -> Response:
    """The same queue as a workbook."""
    names = reference.unit_names(asking.campaign())
    heads = [
        gettext("单位"), gettext("材料"), gettext("岗位"), gettext("版本"), gettext("状态"), gettext("会议日期"),
        gettext("提交时间"), gettext("等待天数"), gettext("预审提示数"), gettext("提示不过的标准"), gettext("在谁手上"),
    ]  # fmt: skip
    lines = (
        [
            names.get(row["unit"], row["unit"]), wording.word("kind", row["kind"]),
            reference.post_name(row["unit"], row["post"]) if row["post"] != "team" else "", row["version"],
            wording.word("review", row["state"]), row.get("meeting_on") or "", days.sortable(row["submitted_at"]),
            waited(row["submitted_at"]), row.get("findings", 0),
            languages.listed(wording.word("failure", code) for code in row.get("fails") or []),
            (row.get("holder") or {}).get("name", ""),
        ]
        for row in asking.everything("review", "/reviews", **_wanted())
    )  # fmt: skip
    return workbook.answer("reviews", gettext("审阅队列"), heads, lines)


@room.post("/reviews/next")
def claim_next() -> Any:
    """Take the free review whose meeting is nearest."""
    try:
        taken = asking.post("review", "/claims/next", {"campaign": asking.campaign() or ""}).body
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        flash(refusals.sentence(problem), "info")
        return redirect(url_for(".queue", mine="held"), 303)
    return redirect(url_for("reading.read", review_id=taken["review_id"]), 303)


@room.post("/reviews/claims")
def claim_some() -> Any:
    """Take several at once: those that were ticked, or all free ones of a meeting day; then go to read that day."""
    on = request.form.get("on", "").strip()
    wanted = request.form.getlist("review")
    if on and not wanted:
        free = asking.get(
            "review", "/reviews", campaign=asking.campaign(), mine="free", meeting_on=on, size=MOST_AT_ONCE
        )
        wanted = [str(row["review_id"]) for row in free["rows"]]
    try:
        answered = asking.post("review", "/claims", {"review_ids": wanted}).body["rows"] if wanted else []
    except clients.Declined as problem:
        if problem.status == 401:
            raise
        flash(refusals.sentence(problem), "info")
        return redirect(url_for(".queue"), 303)
    held = sum(1 for row in answered if row["held"])
    refused = [refusals.said(row["code"], row.get("params") or {}) for row in answered if not row["held"]]
    if answered:
        flash(ngettext("领到 %(num)d 份。", "领到 %(num)d 份。", held), "done" if held else "info")
    else:
        flash(gettext("没有可领取的材料了。"), "info")
    for why, count in collections.Counter(refused).items():
        flash(gettext("%(n)s 份没有领到：%(why)s", n=count, why=why), "info")
    return redirect(url_for("day.show", on=on) if on else url_for(".queue", mine="held"), 303)


def waited(submitted_at: str | None) -> int:
    """Days a material has waited, on the campaign's calendar."""
    if not submitted_at:
        return 0
    handed_in = clock.moment(submitted_at).astimezone(clock.ZONE).date()
    return max(0, (clock.day(clock.today()) - handed_in).days)


def _wanted() -> dict[str, str]:
    """The filters in force; nothing said means what waits to be read."""
    asked = listing.filters(*FILTERS)
    if campaign := asking.campaign():
        asked["campaign"] = campaign
    wanted = asked if asked.get("mine") or asked.get("overdue") else {"state": WAITING, **asked}
    return {name: value for name, value in wanted.items() if not (name == "state" and value == "all")}


def _counts(campaign: str | None) -> dict[str, Any]:
    """How much there is of each kind; asked one by one where the service cannot tell them together."""
    told = asking.find("review", "/reviews/counts", campaign=campaign)
    if told is not None:
        return dict(told)
    asked = {state: asking.find("review", "/reviews", state=state, size=1) for state in ("prechecked", "unreadable")}
    return {state: found["total"] for state, found in asked.items() if found}
