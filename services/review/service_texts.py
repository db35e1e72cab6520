"""The doors of the texts that materials are compared with."""

from typing import Any

from eventlet import tpool

from services.review import extraction, texts
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import Upload, every, route


class TextDoors(doors.Service):
    """Models and last year's materials."""

    @route("POST", "/texts", accepts="keep_text", may="keep_text", upload=True, answers="text")
    def keep_text(self, actor: Actor, draft: dict[str, str], upload: Upload) -> Any:
        """Keep a text that materials are compared with."""
        if not actor.covers({"campaign": draft["campaign"]}):
            raise errors.Refusal("not_found", id=draft["campaign"])
        found = tpool.execute(extraction.extract_safely, upload.data, upload.name)
        return 201, _shown(texts.keep(self.db, draft, found["paragraphs"], _hand(actor)))

    @route("GET", "/texts", accepts="find_texts", may="keep_text", answers="text_list")
    def find_texts(self, actor: Actor, query: dict[str, str]) -> Any:
        """The texts that are kept."""
        found = texts.listed(self.db, actor.scope, query)
        return {**found, "rows": [_shown(row) for row in found["rows"]]}

    @every(10)
    def sign_texts_anew(self) -> None:
        """After the way of signing changed: texts kept before are found again."""
        texts.sign_anew(self.db, 50)

    @route("POST", "/texts/<text_id>/removal", accepts="remove_text", may="keep_text")
    def remove_text(self, actor: Actor, text_id: str, draft: dict[str, str]) -> Any:
        """Compare with a text no longer."""
        texts.remove(self.db, text_id, actor.scope, draft["reason"], _hand(actor))


def _hand(actor: Actor) -> texts.Kept:
    return texts.Kept(actor.id, actor.name, clock.now())


def _shown(text: dict[str, Any]) -> dict[str, Any]:
    keys = ("text_id", "origin", "kind", "title", "campaign", "unit", "post", "submitted_at", "characters")
    return {**{key: text.get(key) for key in keys}, "kept_by": text["kept_by"], "kept_at": text["kept_at"]}
