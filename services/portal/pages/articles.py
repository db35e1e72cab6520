"""The column's articles for the offices: what is drafted, written, released by two people, and withdrawn."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from services.portal import asking, clients, doing, listing, reference
from services.portal.pages import files

room = Blueprint("articles", __name__)
FILTERS = ("state", "region")


@room.get("/articles")
def listed() -> Any:
    """Articles by state, the latest meetings first."""
    asking.needs("keep_column")
    campaign = asking.campaign()
    if campaign is None:
        return render_template("no_campaign.html")
    found = asking.get(
        "notification", "/articles", campaign=campaign, page=listing.number(), size=listing.SIZE,
        **listing.filters(*FILTERS),
    )  # fmt: skip
    return render_template(
        "articles.html",
        found=found,
        articles=listing.of(found),
        regions=reference.own(campaign, "keep_column")["regions"],
    )


@room.get("/articles/<code:article_id>")
def show(article_id: str, problem: clients.Declined | None = None) -> Any:
    """One article: its words to be written, what was taken out, what stands in the way, and its two releases."""
    asking.needs("keep_column")
    article = asking.get("notification", f"/articles/{article_id}")
    login = asking.viewer().login
    return render_template("article.html", article=article, problem=problem, entered=request.form, login=login)


@room.post("/articles/<code:article_id>/text")
def write(article_id: str) -> Any:
    """Keep what was written; with the other button what may not be public is taken out first."""
    wanted = {**_words(), **({"scrub": True} if request.form.get("scrub") else {})}
    return _do(article_id, "/text", wanted, gettext("稿件已保存。"))


@room.post("/articles/<code:article_id>/check")
def check(article_id: str) -> Any:
    """What stands in the way of a release of what is being written."""
    found = asking.post("notification", f"/articles/{article_id}/check", _words()).body["unfit"]
    return render_template("article_unfit.html", unfit=found)


@room.post("/articles/<code:article_id>/pictures")
def add_picture(article_id: str) -> Any:
    """One more picture."""

    def act() -> None:
        if g.get("too_large"):
            raise files.too_large()
        upload = files.chosen("file")
        fields: dict[str, str | clients.Upload] = {"caption": request.form.get("caption", "").strip()}
        fields |= {"file": upload} if upload else {}
        asking.hand_in("notification", f"/articles/{article_id}/pictures", fields)
        flash(gettext("图片已加入。"), "done")

    return doing.attempt(act, lambda problem: show(article_id, problem), url_for(".show", article_id=article_id))


@room.post("/articles/<code:article_id>/pictures/<code:sha256>/removal")
def remove_picture(article_id: str, sha256: str) -> Any:
    """One picture less."""
    return _do(article_id, f"/pictures/{sha256}/removal", {}, gettext("图片已移除。"))


@room.get("/articles/<code:article_id>/pictures/<code:sha256>")
def picture(article_id: str, sha256: str) -> Any:
    """A picture as it would be public."""
    return files.passed_on("notification", f"/articles/{article_id}/pictures/{sha256}")


@room.post("/articles/<code:article_id>/release")
def release(article_id: str) -> Any:
    """The first or the second release of what was read."""
    wanted = {"step": request.form.get("step", ""), "hash": request.form.get("hash", "")}
    done = gettext("已公开发布。") if wanted["step"] == "second" else gettext("已初次签发，请另一位同志第二次签发。")
    return _do(article_id, "/release", wanted, done)


@room.post("/articles/<code:article_id>/withdrawal")
def withdraw(article_id: str) -> Any:
    """Take it back with a reason."""
    return _do(article_id, "/withdrawal", {"reason": request.form.get("reason", "").strip()}, gettext("稿件已撤回。"))


@room.post("/articles/<code:article_id>/redraft")
def redraft(article_id: str) -> Any:
    """Another draft of the same meeting after this one was withdrawn."""

    try:
        made = asking.post("notification", f"/articles/{article_id}/redraft", {}).body
    except clients.Declined as problem:
        if problem.status in (401, 404):
            raise
        return show(article_id, problem), problem.status
    flash(gettext("已重新起草，仍须两位同志先后签发。"), "done")
    return redirect(url_for(".show", article_id=made["article_id"]), 303)


@room.get("/articles/<code:article_id>.zip")
def package(article_id: str) -> Any:
    """The package for the public account."""
    return files.passed_on("notification", f"/articles/{article_id}/package")


def _words() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in ("title", "text", "hash")}


def _do(article_id: str, deed: str, wanted: dict[str, Any], done: str) -> Any:
    there = url_for(".show", article_id=article_id)
    return doing.post(
        "notification", f"/articles/{article_id}{deed}", wanted, done, lambda problem: show(article_id, problem), there
    )
