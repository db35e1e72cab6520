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
        blocks, name = self._paper(actor, card_id, query)
        return http.download(official_word.write(blocks), official_word.MEDIA_TYPE, f"{name}.docx")

    @route("GET", "/scorecards/<card_id>/pdf", accepts="write_scorecard", may="read_item")
    def scorecard_pdf(self, actor: Actor, card_id: str, query: dict[str, str]) -> Any:
        """The same as a PDF document."""
        from services.spine import official_pdf  # only a PDF needs it, and it takes a while to load

        blocks, name = self._paper(actor, card_id, query)
        return http.download(official_pdf.write(blocks, name), official_pdf.MEDIA_TYPE, f"{name}.pdf")

    def _paper(self, actor: Actor, card_id: str, query: dict[str, str]) -> tuple[list[official_word.Block], str]:
        card = scorecard_store.card(self.db, card_id, actor.units, clock.today())
        blocks = scorecard_paper.blocks(card, query.get("unit_name") or card["unit"])
        return blocks, f"{scorecard_paper.TITLE}-{card['unit']}"
