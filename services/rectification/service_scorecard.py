"""The doors of the scorecard: how a unit did, for its secretary's work report."""

from typing import Any

from services.rectification import scorecard_paper, scorecard_store
from services.spine import clock, doors, http, official_word
from services.spine.actor import Actor
from services.spine.doors import route


class ScorecardDoors(doors.Service):
    """Counted when it is asked for."""

    @route("GET", "/scorecards/<card_id>", may="read_item", answers="scorecard")
    def scorecard(self, actor: Actor, card_id: str) -> Any:
        """How a unit did, with an extract of its ledger."""
        return scorecard_store.card(self.db, card_id, actor.units, clock.today())

    @route("GET", "/scorecards/<card_id>/word", accepts="write_scorecard", may="read_item")
    def scorecard_word(self, actor: Actor, card_id: str, query: dict[str, str]) -> Any:
        """The same as a Word document."""
        card = scorecard_store.card(self.db, card_id, actor.units, clock.today())
        name = query.get("unit_name") or card["unit"]
        return http.download(
            official_word.write(scorecard_paper.blocks(card, name)),
            official_word.MEDIA_TYPE,
            f"{scorecard_paper.TITLE}-{card['unit']}.docx",
        )
