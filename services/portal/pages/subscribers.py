"""For those who keep other systems as subscribers: how far each is behind, and what is done about it.

What must stay true: a token or key is shown on the answer that made it and nowhere else; every change has its reason.
"""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, days, doing, listing, subscriber_form, workbook

room = Blueprint("subscribers", __name__)
FILTERS = ("state", "kind")
AT = "/subscribers"


@room.get("/subscribers")
def listed(problem: clients.Declined | None = None, made: dict[str, Any] | None = None) -> Any:
    """All subscribers under the filters in the address, and making one."""
    asking.needs("keep_subscribers")
    return render_template(
        "subscribers.html",
        subscribers=listing.page("notification", AT, **listing.filters(*FILTERS)),
        campaigns=asking.viewer().campaigns, everywhere=asking.viewer().has("system_admin"),
        kinds=subscriber_form.kinds(), events=subscriber_form.events(), told=subscriber_form.told,
        problem=problem, made=made, entered=request.form,
    )  # fmt: skip


@room.post("/subscribers")
def create() -> Any:
    """Make a subscriber; what it proves itself or verifies calls with is shown this once."""
    form = request.form
    wanted = {"code": form.get("code", "").strip(), "kind": form.get("kind", ""), **subscriber_form.part(form)}
    wanted["campaign"] = form.get("campaign", "").strip() or None
    wanted |= {"url": form["url"].strip()} if form.get("url", "").strip() else {}
    wanted |= {"after": 0} if form.get("begins") == "0" else {}
    return _once(wanted, AT, lambda made, problem: listed(problem, made))


@room.get("/subscribers.xlsx")
def exported() -> Response:
    """The same list as a workbook."""
    heads = [
        gettext("系统名称"), gettext("代码"), gettext("方式"), gettext("活动"), gettext("范围"), gettext("最高密级"),
        gettext("截止日期"), gettext("状态"), gettext("原因"), gettext("落后"), gettext("落后自"),
        gettext("最近成功"), gettext("最近失败"), gettext("失败原因"),
    ]  # fmt: skip
    rows = asking.everything("notification", AT, **listing.filters(*FILTERS))
    return workbook.answer("subscribers", gettext("数据订阅"), heads, subscriber_form.lines(rows, days.sortable))


@room.get("/subscribers/<code:code>")
def show(
    code: str, problem: clients.Declined | None = None, about: str = "", made: dict[str, Any] | None = None
) -> Any:
    """One subscriber: where it stands, what was sent to it, and what may be done about it."""
    asking.needs("keep_subscribers")
    subscriber = asking.get("notification", f"{AT}/{code}")
    span, preview = subscriber_form.span(request.args), None
    if request.args.get("preview") and not problem:
        try:
            preview = asking.get("notification", f"{AT}/{code}/replays/count", **span)["count"]
        except clients.Declined as declined:
            problem, about = declined, "replay"
    called, waits = subscriber["kind"] == "webhook", None
    if called and subscriber["failures"]:
        failed = asking.rows("notification", f"{AT}/{code}/deliveries", taken=0, size=1)
        waits = next((row["n"] for row in failed if row["n"] > subscriber["cursor"]), None)
    log = listing.filters("taken", "type", "number")
    return render_template(
        "subscriber.html",
        subscriber=subscriber, events=subscriber_form.events(), told=subscriber_form.told, said=subscriber_form.said,
        log=listing.found("notification", f"{AT}/{code}/deliveries", **log) if called else None,
        replays=asking.rows("notification", f"{AT}/{code}/replays", size=10),
        called=called, waits=waits, span=span, preview=preview,
        problem=problem, about=about, made=made, entered=request.form,
    )  # fmt: skip


@room.post("/subscribers/<code:code>/token")
def renew(code: str) -> Any:
    """Another token, shown this once; the one before opens nothing any more."""
    return _once(_reason(), f"{AT}/{code}/token", lambda made, problem: show(code, problem, "token", made))


@room.post("/subscribers/<code:code>/keys")
def rotate(code: str) -> Any:
    """Another key to verify calls with, shown this once; for a day the one before signs beside it."""
    wanted = {"kind": request.form.get("kind", "shared"), **_reason()}
    return _once(wanted, f"{AT}/{code}/keys", lambda made, problem: show(code, problem, "keys", made))


@room.post("/subscribers/<code:code>/changes")
def change(code: str) -> Any:
    """It is told of another part from now on."""
    return _do(code, "changes", {**subscriber_form.part(request.form), **_reason()}, gettext("范围已更改。"), "part")


@room.post("/subscribers/<code:code>/state")
def switch(code: str) -> Any:
    """It is stopped for a while, or goes on where it stopped."""
    wanted = {"state": request.form.get("state", ""), **_reason()}
    done = gettext("已恢复，从停下的地方继续。") if wanted["state"] == "active" else gettext("已暂停，事件都留着。")
    return _do(code, "changes", wanted, done, "state")


@room.post("/subscribers/<code:code>/address")
def move(code: str) -> Any:
    """It is called at another address, which has to prove itself first."""
    wanted = {"url": request.form.get("url", "").strip(), **_reason()}
    return _do(code, "address", wanted, gettext("接收网址已更换，验证通过后开始推送。"), "address")


@room.post("/subscribers/<code:code>/proof")
def prove(code: str) -> Any:
    """The address is called with a challenge now."""
    return _do(code, "proof", {}, gettext("验证通过，开始推送。"), "proof")


@room.post("/subscribers/<code:code>/skip")
def skip(code: str) -> Any:
    """The event that holds it up is left out."""
    number = request.form.get("number", "")
    wanted = {"number": int(number) if number.isascii() and number.isdigit() else 0, **_reason()}
    return _do(code, "skip", wanted, gettext("第 %(n)s 号已跳过。", n=number), "skip")


@room.post("/subscribers/<code:code>/end")
def end(code: str) -> Any:
    """It is told nothing any more."""
    return _do(code, "end", _reason(), gettext("订阅已终止。"), "end")


@room.post("/subscribers/<code:code>/replays")
def replay(code: str) -> Any:
    """What was previewed, or the calls that were ticked, are sent once more."""
    numbers = [int(one) for one in request.form.getlist("number") if one.isascii() and one.isdigit()]
    wanted: dict[str, Any] = {"numbers": numbers} if numbers else {}
    wanted |= {key: request.form[key] for key in subscriber_form.SPAN if request.form.get(key)}
    about = "log" if request.form.get("from") == "log" else "replay"
    return _do(code, "replays", {**wanted, **_reason()}, gettext("开始重放。"), about)


@room.post("/subscribers/<code:code>/replays/<code:replay_id>/stop")
def stop(code: str, replay_id: str) -> Any:
    """A replay is sent no further."""
    return _do(code, f"replays/{replay_id}/stop", _reason(), gettext("重放已停止。"), "replay")


def _once(wanted: dict[str, Any], path: str, page: Any) -> Any:
    """Do what makes a secret, and show the page with it or with the reason why not."""
    try:
        made = asking.post("notification", path, wanted).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return page(None, problem), problem.status
    return page(made, None)


def _do(code: str, action: str, wanted: dict[str, Any], done: str, about: str) -> Any:
    path, there = f"{AT}/{code}/{action}", url_for(".show", code=code)
    return doing.post("notification", path, wanted, done, lambda problem: show(code, problem, about), there)


def _reason() -> dict[str, str]:
    return {"reason": request.form.get("reason", "").strip()}
