"""The doors of the column: drafts for the offices, released by two of them; released articles for everybody."""

import hashlib
from typing import Any

from services.notification import (
    column,
    column_drafts,
    column_package,
    column_sources,
    column_store,
    column_views,
    picture,
)
from services.spine import clock, doors, http
from services.spine.actor import Actor
from services.spine.doors import Answer, Upload, route


class ColumnDoors(doors.Service):
    """Articles of the column."""

    @route("GET", "/articles", accepts="find_articles", may="keep_column", answers="article_list")
    def articles(self, actor: Actor, query: dict[str, str]) -> Any:
        """Articles in any state, the latest meetings first."""
        return column_store.listed(self.db, actor.scope, query)

    @route("GET", "/articles/<article_id>", may="keep_column", answers="article")
    def article(self, actor: Actor, article_id: str) -> Any:
        """One article with what was taken out of it, and what stands in the way of its release."""
        found = column_store.get(self.db, article_id, actor.scope)
        return {**_shown(found), "followed_by": column_store.follows(self.db, found)}

    @route("POST", "/articles/<article_id>/text", accepts="write_article", may="keep_column", answers="article")
    def write_article(self, actor: Actor, article_id: str, draft: dict[str, Any]) -> Any:
        """Write title and text; after the first release that has to be made again."""
        found, hand = column_store.get(self.db, article_id, actor.scope), _hand(actor)
        names = column_sources.names(found["campaign"])
        return _shown(column_store.save(self.db, found, (column.edit(found, draft, names, hand), []), hand.at), names)

    @route(
        "POST", "/articles/<article_id>/check", accepts="write_article", may="keep_column", answers="article_checked"
    )
    def check_article(self, actor: Actor, article_id: str, draft: dict[str, Any]) -> Any:
        """What would stand in the way of a release of these words; nothing is kept."""
        found = column_store.get(self.db, article_id, actor.scope)
        return {"unfit": column.unfit({**found, **draft}, column_sources.names(found["campaign"]))}

    @route("POST", "/articles/<article_id>/release", accepts="release_article", may="keep_column", answers="article")
    def release_article(self, actor: Actor, article_id: str, draft: dict[str, str]) -> Any:
        """The first or the second release of exactly what was read; two people make it public."""
        found, hand = column_store.get(self.db, article_id, actor.scope), _hand(actor)
        names = column_sources.names(found["campaign"])
        changed = column.release(found, draft["step"], draft["hash"], names, hand)
        return _shown(column_store.save(self.db, found, changed, hand.at), names)

    @route(
        "POST", "/articles/<article_id>/withdrawal", accepts="withdraw_article", may="keep_column", answers="article"
    )
    def withdraw_article(self, actor: Actor, article_id: str, draft: dict[str, str]) -> Any:
        """Take a released article back, with the reason; its address says so from now on."""
        found, hand = column_store.get(self.db, article_id, actor.scope), _hand(actor)
        return _shown(column_store.save(self.db, found, column.withdraw(found, draft["reason"], hand), hand.at))

    @route("POST", "/articles/<article_id>/redraft", accepts="redraft_article", may="keep_column", answers="article")
    def redraft_article(self, actor: Actor, article_id: str, draft: dict[str, Any]) -> Any:
        """Another draft of the same meeting after one that was withdrawn; asked for twice it is made once."""
        found, hand = column_store.get(self.db, article_id, actor.scope), _hand(actor)
        column_store.add(self.db, column_drafts.redraft(found, hand), hand.at)
        return 201, _shown(column_store.get(self.db, column_drafts.following(found), actor.scope))

    @route("GET", "/articles/<article_id>/package", may="keep_column")
    def article_package(self, actor: Actor, article_id: str) -> Any:
        """A released article for the public account: text, page and cover in a zip."""
        public = column_views.public(column_store.get(self.db, article_id, actor.scope))
        pictures = [column_store.picture(self.db, article_id, one["sha256"]) for one in public["pictures"]]
        return http.download(column_package.zipped(public, pictures), "application/zip", f"{public['title']}.zip")

    @route(
        "POST",
        "/articles/<article_id>/pictures",
        accepts="add_picture",
        may="keep_column",
        answers="article",
        upload=True,
    )
    def add_picture(self, actor: Actor, article_id: str, draft: dict[str, str], upload: Upload) -> Any:
        """A picture at the end of an article, without all that does not belong to the picture."""
        found, hand = column_store.get(self.db, article_id, actor.scope), _hand(actor)
        data, media = picture.plain(upload.data)
        shown = {"sha256": hashlib.sha256(data).hexdigest(), "media": media, "caption": draft.get("caption", "")}
        changed = column.illustrate(found, shown, hand)
        column_store.keep_picture(self.db, article_id, shown["sha256"], data)
        return 201, _shown(column_store.save(self.db, found, (changed, []), hand.at))

    @route(
        "POST",
        "/articles/<article_id>/pictures/<sha256>/removal",
        accepts="remove_picture",
        may="keep_column",
        answers="article",
    )
    def remove_picture(self, actor: Actor, article_id: str, sha256: str, draft: dict[str, str]) -> Any:
        """Take a picture out of an article that is not released."""
        found, hand = column_store.get(self.db, article_id, actor.scope), _hand(actor)
        changed = column.remove_picture(found, sha256, hand)
        return _shown(column_store.save(self.db, found, (changed, []), hand.at))

    @route("GET", "/articles/<article_id>/pictures/<sha256>", may="keep_column")
    def article_picture(self, actor: Actor, article_id: str, sha256: str) -> Any:
        """A picture of an article in any state."""
        return self._picture(column_store.get(self.db, article_id, actor.scope), sha256)

    @route("GET", "/column/<article_id>/pictures/<sha256>")
    def released_picture(self, article_id: str, sha256: str) -> Any:
        """A picture of a released article, for everybody."""
        return self._picture(column_views.public(column_store.get(self.db, article_id)), sha256)

    @route("GET", "/column", accepts="find_column", answers="column_list")
    def released_articles(self, query: dict[str, str]) -> Any:
        """What was released and not withdrawn, the latest first, for everybody."""
        return column_store.released(self.db, query)

    @route("GET", "/column/<article_id>", answers="column_article")
    def column_article(self, article_id: str) -> Any:
        """One released article, for everybody."""
        return column_views.public(column_store.get(self.db, article_id))

    def _picture(self, article: column.Article, sha256: str) -> Answer:
        found = column_views.picture_of(article, sha256)
        return Answer(column_store.picture(self.db, article["article_id"], sha256), found["media"])


def _shown(article: column.Article, names: list[str] | None = None) -> column.Article:
    known = column_sources.names(article["campaign"]) if names is None else names
    released = article["state"] in ("released", "withdrawn")
    return column_views.shown(article, [] if released else column.unfit(article, known))


def _hand(actor: Actor) -> column.Hand:
    return column.Hand(actor.id, actor.name, clock.now())
