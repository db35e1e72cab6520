"""The doors at which a person says how to be called, and an office when nobody is."""

from typing import Any

from services.notification import channels, sendings_store
from services.spine import clock, doors, errors, mongo
from services.spine.actor import Actor
from services.spine.doors import route

ALL = {"digest_hour": None, "quiet": None, "language": "zh"}


class ChannelDoors(doors.Service):
    """How and when persons are called."""

    @route("GET", "/preferences", may="read_messages", answers="preferences")
    def my_preferences(self, actor: Actor) -> Any:
        """How one wishes to be called, and by which channels one can be."""
        return self._preferences(actor.id)

    @route("POST", "/preferences", accepts="change_preferences", may="read_messages", answers="preferences")
    def change_preferences(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """One wishes to be called otherwise; what is to do and the inbox stay as they are."""
        self.db.preferences.update_one({"_id": actor.id}, {"$set": {**draft, "at": clock.now()}}, upsert=True)
        return self._preferences(actor.id)

    @route("GET", "/delivery-policies/<campaign>", may="keep_delivery", answers="delivery_policy")
    def delivery_policy(self, actor: Actor, campaign: str) -> Any:
        """When nobody in a campaign is called: its own rule, or the deployment's."""
        _check_within(actor, campaign)
        return _policy(campaign, sendings_store.policy(self.db, campaign, channels.configured()))

    @route(
        "POST",
        "/delivery-policies/<campaign>",
        accepts="set_delivery_policy",
        may="set_delivery",
        answers="delivery_policy",
    )
    def set_delivery_policy(self, actor: Actor, campaign: str, draft: dict[str, Any]) -> Any:
        """Another rule for a campaign, with a reason; it holds for what leaves from now on."""
        _check_within(actor, campaign)
        rule = {key: draft[key] for key in ("quiet", "working_days")}
        told = {**draft, "by": actor.id, "at": clock.now()}
        changes = {"$set": rule, "$push": {"changes": {"$each": [told], "$slice": -100}}}
        self.db.delivery_policies.update_one({"_id": campaign}, changes, upsert=True)
        return _policy(campaign, mongo.get(self.db.delivery_policies, campaign))

    def _preferences(self, account: str) -> dict[str, Any]:
        said = channels.configured()
        names = channels.names(said)
        kept = self.db.preferences.find_one({"_id": account}) or {**ALL, "channels": names}
        wished = {key: kept[key] for key in ("channels", *ALL)}
        return {**wished, "available": [_shown(said, name) for name in names]}


def _shown(said: dict[str, Any], name: str) -> dict[str, Any]:
    """A channel as persons see it; nothing of where it leads."""
    return {
        "channel": name,
        "class": "outside" if channels.is_outside(said, name) else "inside",
        "address": channels.ROOMS[name].ADDRESS,
    }


def _policy(campaign: str, kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "quiet": kept.get("quiet"),
        "working_days": bool(kept.get("working_days")),
        "own": "_id" in kept,
        "changes": kept.get("changes", []),
    }


def _check_within(actor: Actor, campaign: str) -> None:
    if not actor.covers({"campaign": campaign}):
        raise errors.Refusal("not_found", id=campaign)
