"""The doors of work tips: drafted, written, published to units, acknowledged by them; who has not is reminded."""

from collections.abc import Sequence
from typing import Any

from services.notification import definitions, tip_paper, tips, tips_store
from services.spine import actor as actors
from services.spine import clock, doors, errors, http, mongo, official_word
from services.spine.actor import Actor
from services.spine.doors import every, route

AT_THE_DOOR, A_STROKE = 500, 10_000
"""So many units a version, or a reminder, reaches before the door answers; a version more at each stroke after that."""


class TipDoors(doors.Service):
    """Work tips."""

    @route("GET", "/tips", accepts="find_tips", may="issue_tip", answers="tip_list")
    def all_tips(self, actor: Actor, query: dict[str, str]) -> Any:
        """What an office writes and has published, each with how many have acknowledged it."""
        found = tips_store.listed(self.db, actor.scope, query)
        return {**found, "rows": [_shown(self.db, row) for row in found["rows"]]}

    @route("POST", "/tips", accepts="draft_tip", may="issue_tip", answers="tip")
    def draft_tip(self, actor: Actor, draft: dict[str, str]) -> Any:
        """A tip for a stage, as the campaign's definition has it; one that was begun stays as it is."""
        region, hand = _county(actor, draft["campaign"]), _hand(actor)
        known = tips_store.find(self.db, tips.key_of(draft, region))
        if known is None:
            definition = definitions.of(actor, draft["campaign"], region)
            known = tips_store.add(self.db, tips.begin(definition, draft, region, hand), hand.at)
        return 201, _shown(self.db, known)

    @route("GET", "/tips/<tip_id>", may="issue_tip", answers="tip")
    def tip(self, actor: Actor, tip_id: str) -> Any:
        """One tip as it is being written."""
        return _shown(self.db, tips_store.get(self.db, tip_id, actor.scope))

    @route("POST", "/tips/<tip_id>/text", accepts="edit_tip", may="issue_tip", answers="tip")
    def edit_tip(self, actor: Actor, tip_id: str, draft: dict[str, Any]) -> Any:
        """The office words it, as whoever has seen its last wording."""
        known, hand = tips_store.get(self.db, tip_id, actor.scope), _hand(actor)
        return _shown(self.db, tips_store.save(self.db, known, tips.edit(known, draft, hand), hand.at))

    @route("POST", "/tips/<tip_id>/renewal", accepts="renew_tip", may="issue_tip", answers="tip")
    def renew_tip(self, actor: Actor, tip_id: str, draft: dict[str, int]) -> Any:
        """Its text is made anew from the definition as it stands now."""
        known, hand = tips_store.get(self.db, tip_id, actor.scope), _hand(actor)
        definition = definitions.of(actor, known["campaign"], known["region"] if known["county"] else None)
        renewed = tips.renew(known, definition, draft["revision"], hand)
        return _shown(self.db, tips_store.save(self.db, known, renewed, hand.at))

    @route("GET", "/tips/<tip_id>/versions", may="issue_tip", answers="tip_version_list")
    def tip_versions(self, actor: Actor, tip_id: str) -> Any:
        """All versions that went out, the newest first."""
        tips_store.get(self.db, tip_id, actor.scope)
        return {"rows": [tip_paper.shown_version(row) for row in tips_store.versions(self.db, tip_id)]}

    @route("POST", "/tips/<tip_id>/versions", accepts="publish_tip", may="issue_tip", answers="tip_version")
    def publish_tip(self, actor: Actor, tip_id: str, draft: dict[str, Any]) -> Any:
        """Publish the text as the next version to all units or some; pressed again it is the same version."""
        known, last = tips_store.get(self.db, tip_id, actor.scope), tips_store.last(self.db, tip_id)
        units = tips_store.addressed(self.db, known, draft["to"])
        made, new = tips.publish(known, last, draft, units, _hand(actor))
        if new:
            tips_store.add_version(self.db, made)
            tips_store.spread(self.db, made, AT_THE_DOOR)
        return 201, tip_paper.shown_version(made)

    @route("GET", "/tips/<tip_id>/versions/<int:number>/word", may="issue_tip")
    def tip_word(self, actor: Actor, tip_id: str, number: int) -> Any:
        """A version as Word, in official layout."""
        tips_store.get(self.db, tip_id, actor.scope)
        return _word(tips_store.version(self.db, tip_id, number))

    @route("GET", "/tip-receipts", accepts="find_tip_receipts", may="read_tip", answers="tip_receipt_list")
    def tip_receipts(self, actor: Actor, query: dict[str, str]) -> Any:
        """Who has which tip, who has read it and who has acknowledged it and when, what is open first."""
        found = tips_store.receipts(self.db, actor.units, query)
        return {**found, "rows": [tip_paper.shown_receipt(row) for row in found["rows"]]}

    @route(
        "GET", "/tip-receipts/<receipt_id>", accepts="show_tip_receipt", may="read_tip", answers="tip_receipt"
    )  # fmt: skip
    def tip_receipt(self, actor: Actor, receipt_id: str, query: dict[str, str]) -> Any:
        """The tip a unit has, with its own days, and what became of it; an earlier version where one is asked for."""
        row, version = _had(self.db, actor, receipt_id, query)
        nodes = tip_paper.nodes(version, tips_store.unit(self.db, row["campaign"], row["unit"]))
        return {**tip_paper.shown_receipt(row), "of": tip_paper.shown_version(version, nodes), "nodes": nodes}

    @route("GET", "/tip-receipts/<receipt_id>/word", accepts="show_tip_receipt", may="read_tip")
    def tip_receipt_word(self, actor: Actor, receipt_id: str, query: dict[str, str]) -> Any:
        """The same as Word, with the unit's own days behind it."""
        row, version = _had(self.db, actor, receipt_id, query)
        return _word(version, tip_paper.nodes(version, tips_store.unit(self.db, row["campaign"], row["unit"])))

    @route(
        "POST", "/tip-receipts/<receipt_id>/opened",
        accepts="open_tip", may="acknowledge_tip", answers="tip_receipt",
    )  # fmt: skip
    def open_tip(self, actor: Actor, receipt_id: str, draft: dict[str, int]) -> Any:
        """Somebody of the unit has opened it; the office sees who and when."""
        row, hand = tips_store.receipt(self.db, receipt_id, actor.scope), _hand(actor)
        return tip_paper.shown_receipt(
            tips_store.save_receipt(self.db, row, tips.open_(row, draft["version"], hand), [], hand.at)
        )

    @route(
        "POST", "/tip-receipts/<receipt_id>/receipt",
        accepts="acknowledge_tip", may="acknowledge_tip", answers="tip_receipt",
    )  # fmt: skip
    def acknowledge_tip(self, actor: Actor, receipt_id: str, draft: dict[str, Any]) -> Any:
        """The unit's secretary or liaison signs for the version it has; the second click changes nothing."""
        row, hand = tips_store.receipt(self.db, receipt_id, actor.scope), _hand(actor)
        changed, facts = tips.acknowledge(row, draft, hand)
        return tip_paper.shown_receipt(tips_store.save_receipt(self.db, row, changed, facts, hand.at))

    @route("POST", "/tip-reminders", accepts="remind_tip", may="issue_tip", answers="tip_reminded")
    def remind_tip(self, actor: Actor, draft: dict[str, Any]) -> Any:
        """Remind units, all or some, that have not acknowledged a tip: none twice a day; who is left, next time."""
        some = {"unit": {"$in": draft["units"]}} if "units" in draft else {}
        wanted = {"tip_id": draft["tip_id"], **some}
        return tips_store.remind(self.db, actor.scope, wanted, _hand(actor), AT_THE_DOOR)

    @every(5)
    def spread_tips(self) -> None:
        """What was published goes on to the units that do not have it yet."""
        for made in tips_store.unspread(self.db):
            tips_store.spread(self.db, made, A_STROKE)


def _had(db: mongo.Db, actor: Actor, receipt_id: str, query: dict[str, str]) -> tuple[tips.Receipt, tips.Version]:
    row = tips_store.receipt(db, receipt_id, actor.units)
    had = tips.had(row, int(query.get("version") or row["version"]))
    return had, tips_store.version(db, row["tip_id"], had["version"])


def _shown(db: mongo.Db, tip: tips.Tip) -> dict[str, Any]:
    last, counted = tips_store.last(db, tip["_id"]), tips_store.counts(db, {"tip_id": tip["_id"]})
    return tip_paper.shown(tip, last, counted)


def _word(version: tips.Version, nodes: Sequence[dict[str, Any]] = ()) -> Any:
    body = official_word.letter(tip_paper.paper(version, nodes))
    return http.download(body, official_word.MEDIA_TYPE, f"{version['text']['title']}.docx")


def _hand(actor: Actor) -> tips.Hand:
    role = next(role for role in actors.ROLES if role in actor.roles)
    return tips.Hand(actor.id, actor.name, role, clock.now(), clock.today())


def _county(actor: Actor, campaign: str) -> str | None:
    """The county whose office writes a tip of its own; None for the campaign's. Refused where it has no office."""
    grants = [grant for grant in actor.grants if grant["campaign"] == campaign]
    if not grants:
        raise errors.Refusal("not_found", id=campaign)
    if any(grant["role"] == "office" for grant in grants):
        return None
    return str(grants[0]["scope"]["of"])
