"""The column for everybody: what was released, as pages and as a feed. Without an account, without a script.

What must stay true: no cookie is read or set and nobody is asked for, so that one answer is everybody's and may be kept
by caches for a minute; what was withdrawn is gone from list and feed, and its address says that it was withdrawn.
"""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from services.portal import atom, clients, languages, listing

room = Blueprint("column", __name__, url_prefix=languages.COLUMN)
SIZE, IN_FEED, KEPT_SECONDS = 12, 50, 60


@room.get("")
def listed() -> Response:
    """What was released, the latest first."""
    found = _ask("", page=listing.number(), size=SIZE, **_region())
    return _kept(
        render_template("column.html", found=found, page=listing.of(found), here_region=_region().get("region"))
    )


@room.get("/feed.atom")
def feed() -> Response:
    """The latest as an Atom feed, of one region where it is named."""
    region = _region()
    entries = [
        {
            "key": row["article_id"],
            "address": url_for(".show", article_id=row["article_id"], _external=True),
            "author": row["publisher"],
            "at": row["released_at"],
            **{name: row[name] for name in ("title", "paragraphs")},
        }
        for row in _ask("", size=IN_FEED, **region)["rows"]
    ]
    key = ":".join(["column", *region.values()])
    here, page = url_for(".feed", _external=True, **region), url_for(".listed", _external=True, **region)
    return _kept(atom.write("民主生活会专栏", key, here, page, entries), "application/atom+xml; charset=utf-8")


@room.get("/<code:article_id>")
def show(article_id: str) -> Response:
    """One article."""
    return _kept(render_template("column_article.html", article=_ask(f"/{article_id}")))


@room.get("/<code:article_id>/pictures/<code:sha256>")
def picture(article_id: str, sha256: str) -> Response:
    """A picture of an article."""
    address = clients.address("notification", f"/column/{article_id}/pictures/{sha256}")
    answer = clients.send("notification", "GET", address, {"Accept-Language": _language()}, None, stream=False)
    if answer.status != 200:
        raise clients.refused("article_gone" if answer.status == 410 else "not_found", _language())
    return _kept(answer.data, answer.headers["Content-Type"])


@room.errorhandler(clients.Declined)
@room.errorhandler(clients.Unreachable)
def failed(failure: clients.Declined | clients.Unreachable) -> Any:
    """Not there, withdrawn, or nobody answers."""
    problem = failure if isinstance(failure, clients.Declined) else clients.refused("service_unavailable", _language())
    titles = {404: gettext("没有这篇稿件"), 410: gettext("这篇稿件已经撤回")}
    title = titles.get(problem.status) or gettext("暂时打不开")
    status = problem.status if problem.status in (404, 410) else 503
    return render_template("column_failed.html", title=title, status=status), status


@room.context_processor
def _always() -> dict[str, Any]:
    return {"spoken": {"lang": "en"} if _language() == "en" else {}}


def _language() -> str:
    return languages.current()


def _region() -> dict[str, str]:
    asked = request.args.get("region", "")
    return {"region": asked} if asked.isascii() and asked.isdigit() and len(asked) == 6 else {}


def _ask(path: str, **query: Any) -> Any:
    return clients.call("notification", "GET", f"/column{path}", language=_language(), query=query).body


def _kept(body: str | bytes, media: str = "text/html; charset=utf-8") -> Response:
    """An answer that caches may keep for a minute, and that is not sent again to whoever has it."""
    response = Response(body, content_type=media)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.add_etag()
    response.make_conditional(request)
    return response
