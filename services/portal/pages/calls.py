"""How people are called beside the inbox: what became of each call, what was given up and is sent again, where a code
that came with a call leads, and how one wishes to be called oneself.

What must stay true: no words of a message and no address of a person stand on the page of those who keep it running.
"""

import csv
import io
import re
import secrets
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from services.portal import asking, clients, doing, languages, listing, reference, wording
from services.portal.pages import inbox, me
from services.spine import clock, contracts

room = Blueprint("calls", __name__)
FILTERS = ("channel", "event", "account")
_CHINESE = re.compile(r"[\u4e00-\u9fff].*")


@room.get("/calls")
def listed(problem: clients.Declined | None = None) -> Any:
    """What was given up, or is in another state; the channels; the rule of the campaign and the package to take."""
    asking.needs("keep_delivery")
    state = request.args.get("state", "dead")
    asked = listing.filters(*FILTERS) | ({} if state == "all" else {"state": state})
    campaign = asking.campaign() if asking.viewer().may("set_delivery") else None
    path, asked = ("/resends", {}) if state == "resent" else ("/sendings", asked)
    return render_template(
        "calls.html",
        found=listing.page("notification", path, **asked),
        channels=asking.rows("notification", "/channels"),
        campaign=campaign,
        policy=asking.find("notification", f"/delivery-policies/{campaign}") if campaign else None,
        names=reference.unit_names(campaign) if campaign else {},
        state=state,
        title=title,
        because=because,
        entered=request.form,
        problem=problem,
        key=secrets.token_hex(10),
    )


@room.post("/calls")
def resend() -> Any:
    """Have what is ticked tried again, or all given up that the filters name."""
    wanted: dict[str, Any] = {"reason": request.form.get("reason", "").strip()}
    if "all" in request.form:
        wanted |= listing.filters(*FILTERS)
    else:
        wanted["ids"] = request.form.getlist("sending")

    kept: Any = request.args.to_dict()

    def act() -> None:
        count = asking.post("notification", "/sendings/resend", wanted).body["resent"]
        flash(ngettext("%(num)d 条已重新排队发送。", "%(num)d 条已重新排队发送。", count), "done")

    return doing.attempt(act, listed, url_for(".listed", **kept))


@room.post("/calls/policy")
def set_policy() -> Any:
    """When nobody of the campaign is called."""
    form, campaign = request.form, asking.campaign()
    rule = {"quiet": me.span(form), "working_days": "working_days" in form, "reason": form.get("reason", "").strip()}
    path, done = f"/delivery-policies/{campaign}", gettext("通知时段已修改，对之后的通知有效。")
    return doing.post("notification", path, rule, done, listed, url_for(".listed"))


@room.post("/calls/package")
def take() -> Any:
    """What waits for the public account, as a table."""
    wanted = {"key": request.form.get("key", ""), "campaign": asking.campaign()}
    rows = asking.post("notification", "/packages", wanted).body["rows"]
    if not rows:
        flash(gettext("现在没有等待公众号发送的通知。"), "info")
        return redirect(url_for(".listed"), 303)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([gettext("手机号"), gettext("内容"), gettext("代码")])
    writer.writerows([row["mobile"], row["text"], row["code"]] for row in rows)
    named = {"Content-Disposition": f'attachment; filename="public-account-{clock.today()}.csv"'}
    return Response("\ufeff" + table.getvalue(), content_type="text/csv; charset=utf-8", headers=named)


@room.get("/n/<code:code>")
def follow(code: str) -> Any:
    """The page that a call was about; several that came together, or what has no page, are in the inbox."""
    link = asking.get("notification", f"/codes/{code}")["link"]
    return redirect(inbox.target(link) or url_for("inbox.listed", unread=1), 303)


def title(event: str) -> str:
    """What an event is called in the reader's language."""
    return spoken(contracts.documents().get(f"events/{event}", {}).get("title", event))


def spoken(both: str) -> str:
    """The reader's part of a title that has both languages: "Verdict issued 审阅结论"."""
    chinese = _CHINESE.search(both)
    if chinese is None:
        return both
    return chinese.group(0) if languages.current() == "zh" else both[: chinese.start()].strip()


def because(code: str) -> str:
    """Why something was not sent; what a channel itself answered is shown as it said it."""
    return wording.word("because", code)
