"""The rooms of pages, one file each, and who finds which of them in the menu."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from werkzeug import exceptions

from services.portal import languages, sessions
from services.portal.pages import (
    accounts,
    answering,
    articles,
    attending,
    batches,
    beside,
    board,
    bulletins,
    calls,
    campaign_folders,
    campaigns,
    candidates,
    coaching,
    collected,
    column,
    contracts,
    criticism,
    day,
    definition,
    effectiveness,
    escalations,
    evaluations,
    files,
    filing,
    findings,
    forms,
    inbox,
    item_moves,
    items,
    lacking,
    ledger,
    ledger_sheet,
    ledger_views,
    letters,
    materials,
    me,
    meeting_day,
    meetings,
    offline,
    operations,
    opinion_forms,
    opinions,
    organisations,
    own_templates,
    places,
    plans,
    posts,
    questions,
    readers,
    reading,
    records,
    recurrences,
    reports,
    reviews,
    rules,
    sampling,
    schedule,
    scorecards,
    signing,
    signoff,
    studies,
    subscribers,
    subscribing,
    supervision,
    talks,
    templates,
    tips,
    today,
    unit_search,
    versions,
)  # fmt: skip

OPEN = (signing.room, answering.room, subscribing.room, column.room, contracts.room)
BEHIND_SIGN_IN = (
    today.room, inbox.room, meetings.room, meeting_day.room, supervision.room, materials.room, reviews.room, day.room,
    readers.room, offline.room, sampling.room, reading.room, beside.room, candidates.room, items.room,
    item_moves.room, plans.room, ledger.room, ledger_views.room, findings.room, recurrences.room, evaluations.room,
    scorecards.room, effectiveness.room, attending.room, board.room, bulletins.room, campaigns.room,
    campaign_folders.room, definition.room, operations.room, accounts.room, me.room, files.room,
    opinions.room, opinion_forms.room, collected.room, rules.room, batches.room, lacking.room,
    talks.room, studies.room, signoff.room, versions.room, forms.room, templates.room, records.room, filing.room,
    escalations.room, reports.room,
    own_templates.room, coaching.room, questions.room, schedule.room, organisations.room, places.room, posts.room,
    criticism.room, unit_search.room, ledger_sheet.room, articles.room, tips.room,
    calls.room,
    letters.room,
    subscribers.room,
)  # fmt: skip
ROOMS: tuple[Blueprint, ...] = (*OPEN, *BEHIND_SIGN_IN)


WITH_FILES = (
    "materials.hand_in", "signoff.record_paper", "records.attach", "records.record_paper", "items.progress",
    "item_moves.interim",
    "offline.check", "rules.try_files", "talks.take", "own_templates.keep",
    "schedule.load", "organisations.hand_over", "ledger_sheet.hand_over", "articles.add_picture",
)  # fmt: skip
"""Forms that take a file and show themselves again, with what was written, when it is too large."""
WITH_PARCELS = ("batches.hand_over",)
"""Forms that take a zip of many files."""


@dataclass(frozen=True)
class Place:
    """An entry of the menu: the page it opens, its name, the permission it needs, other pages in it."""

    endpoint: str
    title: LazyString
    permission: str | None = None
    within: tuple[str, ...] = ()


MENU = (
    Place("today.show", _l("今日工作")),
    Place("board.show", _l("总览"), "read_board"),
    Place("meetings.listed", _l("民主生活会"), "read_meeting", ("/lacking/", "/talks/", "/filing/", "/schedule/")),
    Place("reviews.queue", _l("审阅"), "hold"),
    Place("sampling.show", _l("抽样复读"), "load_campaign"),
    Place("rules.show", _l("预审规则"), "try_rules"),
    Place("materials.listed", _l("材料"), "read_material", ("/batches/",)),
    Place("opinion_forms.listed", _l("征求意见"), "read_form", ("/opinions/",)),
    Place("collected.mine", _l("对我的意见"), "receive_feedback"),
    Place("tips.listed", _l("工作提示"), "read_tip"),
    Place("coaching.listed", _l("辅导答疑"), "read_coaching", ("/questions/",)),
    Place(
        "items.listed",
        _l("整改台账"),
        "read_item",
        ("/plans/", "/ledger/", "/ledger-sheets/", "/escalations/", "/reports/", "/evaluations/", "/scorecards/"),
    ),
    Place("effectiveness.listed", _l("成效清单"), "read_item"),
    Place(
        "organisations.listed",
        _l("组织"),
        "keep_organisations",
        ("/organisation-imports/", "/groups/", "/requirements/"),
    ),
    Place("articles.listed", _l("专栏"), "keep_column"),
    Place("campaigns.listed", _l("活动"), "read_versions", ("/campaign-folder/", "/calls/", "/subscribers/")),
    Place("operations.show", _l("系统运行"), "operate"),
    Place("subscribers.listed", _l("数据订阅"), "operate"),
    Place("accounts.listed", _l("账号管理"), "manage_accounts"),
)


def rooms_for(viewer: sessions.Viewer) -> list[dict[str, Any]]:
    """The menu of this person, with the entry that is open now marked."""
    return [
        {
            "address": url_for(place.endpoint),
            "title": place.title,
            "here": f"{request.path}/".startswith((f"{url_for(place.endpoint)}/", *place.within)),
        }
        for place in MENU
        if place.permission is None or viewer.may(place.permission)
    ]


def to_sign_in(*, ended: bool = False) -> Any:
    """Send to the sign-in page, and back here afterwards when this was a page to read."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    if ended or request.cookies.get(sessions.COOKIE):
        flash(gettext("登录已结束，请重新登录。"), "info")
        g.ended_session = True
    return redirect(url_for("signing.form", next=target if target not in (None, "/") else None), 303)


def above(path: str) -> str:
    """The page that a form's address belongs to: the nearest address above it that is a page to read."""
    steps = path.strip("/").split("/")
    while steps := steps[:-1]:
        nearer = "/" + "/".join(steps)
        with suppress(exceptions.HTTPException):
            current_app.url_map.bind("").match(nearer, method="GET")
            return nearer
    return "/"


def came_from() -> str:
    """The page on this site with the form that was sent."""
    origin = urlsplit(request.referrer or "")
    here = origin.netloc in ("", request.host) and origin.path not in ("", request.path)
    return languages.local(origin.path) if here else above(request.path)


def _signed_in_only() -> Any:
    if sessions.viewer() is None:
        return to_sign_in()
    return None


for _room in BEHIND_SIGN_IN:
    _room.before_request(_signed_in_only)
