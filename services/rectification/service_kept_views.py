"""The doors of kept views: filters under a name, one's own or shared, and being told of one each day or week."""

from typing import Any

from services.rectification import kept_views, kept_views_store
from services.spine import clock, doors, mongo
from services.spine.actor import Actor
from services.spine.doors import on_event, route
from services.spine.errors import Refusal
from services.spine.events import Event


class KeptViewDoors(doors.Service):
    """Views of the ledger, kept by whoever reads it."""

    @route("GET", "/ledger/views", accepts="find_views", may="keep_view", answers="view_list")
    def views_kept(self, actor: Actor, query: dict[str, str]) -> Any:
        """The views one keeps or shares in a campaign, and how one is told of them."""
        mine, today = self._held(actor, query["campaign"]), clock.today()
        rows = kept_views_store.seen(self.db, query["campaign"], actor.id, mine, today)
        return {"rows": self._views(actor, rows), "most": kept_views.MOST}

    @route("POST", "/ledger/views", accepts="keep_view", may="keep_view", answers="view")
    def keep_view(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Filters are kept under a name; the same key again is the same view."""
        mine, at = self._held(actor, draft["campaign"]), clock.now()
        kept = len(kept_views_store.own(self.db, draft["campaign"], actor.id))
        view = kept_views.keep(draft, actor.id, mine, at)
        known = self.db.ledger_views.find_one({"_id": view["_id"]})
        if known:
            return 200, self._views(actor, [known])[0]
        kept_views.check_room(kept)
        mongo.add(self.db.ledger_views, view, at=at)
        return 201, self._views(actor, [view])[0]

    @route("GET", "/ledger/views/<view_id>", may="keep_view", answers="view")
    def view_kept(self, actor: Actor, view_id: str) -> Any:
        """One view, with whether anything of its place lies in one's scope."""
        return self._views(actor, [self._view(actor, view_id)])[0]

    @route("POST", "/ledger/views/<view_id>", accepts="rename_view", may="keep_view", answers="view")
    def rename_view(self, actor: Actor, view_id: str, draft: dict[str, Any]) -> Any:
        """One's own view has another name, or other readers."""
        view = self._view(actor, view_id, own=True)
        changed = kept_views.rename(view, draft, self._held(actor, view["campaign"]))
        return self._views(actor, [mongo.save(self.db.ledger_views, view, changed, at=clock.now())])[0]

    @route("POST", "/ledger/views/<view_id>/removal", accepts="remove_view", may="keep_view")
    def remove_view(self, actor: Actor, view_id: str, draft: dict[str, Any]) -> Any:
        """One's own view goes, for its readers too; nobody is told of it any more."""
        kept_views_store.remove(self.db, self._view(actor, view_id, own=True), clock.now())

    @route("POST", "/ledger/views/<view_id>/following", accepts="follow_view", may="keep_view", answers="view")
    def follow_view(self, actor: Actor, view_id: str, draft: dict[str, Any]) -> Any:
        """One is told of a view each day or on Mondays from now on, or no more."""
        view, at = self._view(actor, view_id), clock.now()
        if draft["every"] is None:
            kept_views_store.unfollow(self.db, view_id, actor.id, at)
        else:
            mine = kept_views.held(actor.grants, view["campaign"])
            following = kept_views.follow(view, actor.id, mine, draft["every"], clock.today())
            kept_views_store.follow(self.db, following, at)
        return self._views(actor, [view])[0]

    @on_event("access", "grants_changed")
    def on_grants_changed(self, event: Event) -> None:
        """Somebody sees more or less of the ledger from now on."""
        said = event["data"]
        kept_views_store.remember_grants(self.db, said["account"], said["grants"], event["sequence"])

    def _held(self, actor: Actor, campaign: str) -> list[dict[str, Any]]:
        mine = [one for one in actor.grants if one.get("campaign") == campaign]
        if not mine:
            raise Refusal("not_found", id=campaign)
        return mine

    def _view(self, actor: Actor, view_id: str, *, own: bool = False) -> kept_views.View:
        view = kept_views_store.get(self.db, view_id, actor.id, actor.grants, clock.today())
        if own and view["account"] != actor.id:
            raise Refusal("view_of_others")
        return view

    def _views(self, actor: Actor, rows: list[kept_views.View]) -> list[dict[str, Any]]:
        told, there = (
            kept_views_store.followed(self.db, rows, actor.id),
            kept_views_store.reached(self.db, rows, actor.units),
        )
        return [kept_views.shown(one, actor.id, told.get(one["_id"]), reached=one["_id"] in there) for one in rows]
