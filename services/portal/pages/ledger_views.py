"""Kept views of the ledger: filters under a name, opened again with one click, shared by an office, told of by message.

What must stay true: a view opens the ledger with its filters and shows what its reader may see; where that is nothing
any more, it says so.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, reference, wording
from services.portal.pages import ledger
from services.spine.actor import BUSINESS

room = Blueprint("ledger_views", __name__)


@room.get("/ledger/views")
def listed(problem: clients.Declined | None = None, about: str = "") -> Any:
    """One's own views and those shared with one, each with how one is told of it."""
    campaign, viewer = asking.campaign(), asking.viewer()
    found = asking.get("rectification", "/ledger/views", campaign=campaign)
    return render_template(
        "ledger_views.html",
        campaign=campaign, found=found, problem=problem, about=about, entered=request.form,
        words={
            "unit": reference.unit_names(campaign), "group": reference.group_names(campaign),
            "region": reference.region_names(campaign), "aspect": reference.titles(campaign, "aspects"),
            "category": reference.titles(campaign, "lists"), "overdue": {"1": gettext("逾期")},
            "owner": reference.own_posts(campaign),
            "unreported": {"1": gettext("本月进展未报")}, "recheck_due": {"1": gettext("该回头看")},
        },
        may_share=viewer.may("share_view"), readers=[role for role in BUSINESS if role != "office"],
    )  # fmt: skip


@room.post("/ledger/views")
def keep() -> Any:
    """Keep the filters in force under a name."""
    form, campaign = request.form, asking.campaign()
    query: dict[str, Any] = {
        name: form[name].strip() for name in (*ledger.FILTERS, "sort") if form.get(name, "").strip()
    }
    wanted = {"campaign": campaign, "key": form.get("key", ""), "name": form.get("name", "").strip(), "query": query}
    wanted |= _share()
    there = url_for("ledger.grid", campaign=campaign, **query)
    done = gettext("视图已保存，在“常用视图”里随时打开。")
    return doing.post("rectification", "/ledger/views", wanted, done, listed, there)


@room.get("/ledger/views/<code:view_id>")
def show(view_id: str) -> Any:
    """Open the ledger with a view's filters."""
    view = asking.get("rectification", f"/ledger/views/{view_id}")
    if not view["reached"]:
        flash(gettext("这个视图涉及的单位已不在您的范围内，不会再发送摘要。"), "info")
    return redirect(url_for("ledger.grid", campaign=view["campaign"], **view["query"]), 303)


@room.post("/ledger/views/<code:view_id>")
def rename(view_id: str) -> Any:
    """Another name, other readers."""
    wanted = {"name": request.form.get("name", "").strip(), **_share()}
    return _changed(view_id, "", wanted, gettext("视图已修改。"))


@room.post("/ledger/views/<code:view_id>/removal")
def remove(view_id: str) -> Any:
    """A view goes."""
    return _changed(view_id, "/removal", {}, gettext("视图已删除，不再发送摘要。"))


@room.post("/ledger/views/<code:view_id>/following")
def follow(view_id: str) -> Any:
    """One is told of it each day or week, or no more."""
    every = request.form.get("every") or None
    done = {
        "daily": gettext("已订阅，从明天起每天一条摘要。"),
        "weekly": gettext("已订阅，每周一一条摘要。"),
    }.get(every or "", gettext("已退订。"))
    return _changed(view_id, "/following", {"every": every}, done)


def _changed(view_id: str, deed: str, wanted: dict[str, Any], done: str) -> Any:
    def again(problem: clients.Declined) -> Any:
        return listed(problem, view_id)

    return doing.post("rectification", f"/ledger/views/{view_id}{deed}", wanted, done, again, url_for(".listed"))


def _share() -> dict[str, str]:
    role = request.form.get("share_with", "")
    return {"share_with": role} if role else {}


def told_of(query: dict[str, str], words: dict[str, Mapping[str, str]]) -> str:
    """A view's filters in words; `words` of the campaign's own codes, by filter."""
    said = []
    for name, value in query.items():
        catalogue = {"state": "item", "sort": "order", "category": "list"}.get(name, name)
        known = words.get(name, {}).get(value)
        found = gettext("含“%(words)s”", words=value) if name == "q" else known
        said.append(found or (value if name in (*ledger.PLACES, "owner") else wording.word(catalogue, value)))
    return str(gettext("、").join(said) or gettext("全部问题"))


def fresh_key() -> str:
    """A key for the next view that is kept here."""
    return secrets.token_hex(8)


room.add_app_template_global(told_of, "view_told")
room.add_app_template_global(fresh_key, "fresh_key")
