"""The doors of what becomes of an item: made clear, asked for, looked back on, closed on paper, opened again."""

from typing import Any

from services.rectification import (
    closing,
    domain,
    escalation_store,
    interim,
    owners,
    rechecks,
    requests,
    revising,
    slip,
    store,
)
from services.rectification.service_candidates import hand_of
from services.spine import actor as actors
from services.spine import clock, doors, errors, http, official_word
from services.spine.actor import Actor
from services.spine.doors import route


class StateDoors(doors.Service):
    """Every move but registering, progress and the close-out itself."""

    @route("POST", "/items/<item_id>/revision", accepts="revise_item", may="revise_item", answers="item")
    def revise(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """The unit makes clear what was missing, or says it otherwise."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        place = self.rules(item)
        owners.check(draft, place, item)
        changed = revising.revise(item, draft, hand, place["rectification"], place["immediate_days"])
        if changed[1]:
            store.share(self.db, changed[0], hand, before=item)
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route("POST", "/items/<item_id>/interim", accepts="record_interim", may="progress_item", answers="item")
    def record_interim(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """What a long-term item came to, with evidence."""
        item, hand = self.worked_on(actor, item_id), hand_of(actor)
        changed = interim.record(item, with_files(draft, item), hand, self.rules(item)["rectification"])
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route("POST", "/items/<item_id>/requests", accepts="ask_item_change", may="ask_item_change", answers="item")
    def ask_change(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """The unit asks for another list or another day."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        place = self.rules(item)
        changed = requests.ask(item, draft, hand, place["rectification"], place["immediate_days"])
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route(
        "POST",
        "/items/<item_id>/requests/<number>/decision",
        accepts="decide_item_change",
        may="decide_item_change",
        answers="item",
    )
    def decide_change(self, actor: Actor, item_id: str, number: str, draft: dict[str, Any]) -> Any:
        """Somebody else grants it or not."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        place, own = self.rules(item), actor.has_been_of(item["unit"])
        asked = int(number) if number.isascii() and number.isdigit() else 0
        changed = requests.decide(item, asked, draft, hand, own, place["rectification"], place["immediate_days"])
        return domain.shown(store.save(self.db, item, changed, hand.at), hand.today)

    @route("POST", "/items/<item_id>/rechecks", accepts="record_recheck", may="recheck_item", answers="item")
    def record_recheck(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """What was closed was looked at again."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        place, own = self.rules(item), actor.has_been_of(item["unit"])
        changed = rechecks.record(item, draft, hand, own, place["rectification"], place["immediate_days"])
        return domain.shown(store.save(self.db, item, store.back(self.db, item, changed, hand), hand.at), hand.today)

    @route("POST", "/items/<item_id>/reopening", accepts="reopen_item", may="recheck_item", answers="item")
    def reopen_item(self, actor: Actor, item_id: str, draft: dict[str, Any]) -> Any:
        """A closing is undone."""
        item, hand = store.get(self.db, item_id, actor.units), hand_of(actor)
        place, own = self.rules(item), actor.has_been_of(item["unit"])
        changed = closing.reopen(item, draft, hand, own, place["rectification"], place["immediate_days"])
        return domain.shown(store.save(self.db, item, store.back(self.db, item, changed, hand), hand.at), hand.today)

    @route("GET", "/items/<item_id>/slip", accepts="write_slip", may="read_item")
    def closeout_slip(self, actor: Actor, item_id: str, query: dict[str, str]) -> Any:
        """The close-out slip as a Word document."""
        item = domain.shown(store.get(self.db, item_id, actor.units), clock.today())
        uses = escalation_store.uses(self.db, item, {key: item[key] for key in ("campaign", "unit")})
        blocks = slip.blocks(item, query.get("unit_name") or item["unit"], uses)
        return http.download(
            official_word.write(blocks), official_word.MEDIA_TYPE, f"{slip.TITLE}-{item['unit']}-{item['number']}.docx"
        )

    def rules(self, item: domain.Item) -> dict[str, Any]:
        """The rules that hold for an item: those of its campaign as it began, of its region and unit."""
        return store.plan_of(self.db, item)

    def worked_on(self, actor: Actor, item_id: str) -> domain.Item:
        """An item for whoever says what was done on it: its unit's hands, and who holds a post that owns it."""
        item = store.get(self.db, item_id, actor.units)
        if not actor.covers({**item, "post": owners.posts(item)}):
            raise errors.Refusal("not_owner", number=item["number"])
        return item


def with_files(draft: dict[str, Any], item: domain.Item) -> dict[str, Any]:
    """What is handed in, each piece of evidence with the file that intake vouches for, if it has one."""
    return {**draft, "evidence": [_with_file(one, item) for one in draft["evidence"]]}


def _with_file(evidence: dict[str, str], item: domain.Item) -> dict[str, str]:
    if "receipt" not in evidence:
        return evidence
    said = actors.vouched(evidence["receipt"]) or {}
    if (said.get("campaign"), said.get("unit")) != (item["campaign"], item["unit"]) or "sha256" not in said:
        raise errors.Refusal("receipt_unknown", name=evidence["title"])
    return {
        **{key: evidence[key] for key in ("title", "dated_on")},
        **{key: said[key] for key in ("sha256", "file_name")},
    }
