"""The doors at which the office puts a Word template of its own in the place of ours, sees it and takes it away."""

from typing import Any

from eventlet import tpool

from services.intake import files, originals, own_templates, own_templates_store, placeholders
from services.spine import clock, doors, errors
from services.spine.actor import Actor
from services.spine.doors import Upload, route


class OwnTemplateDoors(doors.Service):
    """Templates of a campaign's own."""

    @route("GET", "/campaigns/<campaign>/templates", may="manage_templates", answers="own_template_list")
    def templates_of_campaign(self, actor: Actor, campaign: str) -> Any:
        """For each kind handed in as Word whether ours or the campaign's own stands; the placeholders on offer."""
        _check_within(actor, campaign)
        kept = own_templates_store.of_campaign(self.db, campaign)
        records = [kept.get(kind) or own_templates.begin(campaign, kind) for kind in own_templates.in_word()]
        return {"rows": [own_templates.shown(one) for one in records], "placeholders": own_templates.offered()}

    @route("GET", "/campaigns/<campaign>/templates/<kind>", may="manage_templates", answers="own_template")
    def own_template(self, actor: Actor, campaign: str, kind: str) -> Any:
        """One of them with all its versions, and the standing one as a unit would get it."""
        record = self._record(actor, campaign, kind) or own_templates.begin(campaign, kind)
        data, blocks = own_templates_store.read(self.db, record), None
        if data is not None:
            filled = tpool.execute(placeholders.fill, data, placeholders.values(kind, own_templates.EXAMPLE))
            blocks = tpool.execute(own_templates.blocks, kind, filled)
        return {**own_templates.shown(record), "blocks": blocks}

    @route(
        "POST",
        "/campaigns/<campaign>/templates/<kind>",
        accepts="keep_template",
        may="manage_templates",
        upload=True,
        answers="own_template",
    )
    def keep_template(self, actor: Actor, campaign: str, kind: str, draft: dict[str, str], upload: Upload) -> Any:
        """Put a Word document in the place of our template; unknown placeholders are told with the right ones."""
        before = self._record(actor, campaign, kind)
        files.recognise(upload.name, upload.data, ("docx",))
        used = tpool.execute(placeholders.check, upload.name, upload.data)
        tpool.execute(own_templates.blocks, upload.name, upload.data)
        record = before or own_templates.begin(campaign, kind)
        known = {"sha256": originals.hash_of(upload.data), "size": len(upload.data), "file_name": upload.name}
        who = {"by": actor.name, "by_account": actor.id, "at": clock.now()}
        given = {**known, "placeholders": used, "note": draft.get("note", "").strip(), **who}
        changed = own_templates.keep(record, given)
        originals.keep(self.db, upload.data, files.DOCX, upload.name, record)
        own_templates_store.keep(self.db, before, changed, who["at"])
        return 200 if changed is record else 201, own_templates.shown(changed)

    @route(
        "POST",
        "/campaigns/<campaign>/templates/<kind>/withdrawal",
        accepts="withdraw_template",
        may="manage_templates",
        answers="own_template",
    )
    def withdraw_template(self, actor: Actor, campaign: str, kind: str, draft: dict[str, Any]) -> Any:
        """Take the standing template away, with a reason: units get ours again."""
        before = self._record(actor, campaign, kind)
        if before is None:
            raise errors.Refusal("not_found", id=f"{campaign}.{kind}")
        who = {"reason": draft["reason"].strip(), "by": actor.name, "by_account": actor.id, "at": clock.now()}
        changed = own_templates.withdraw(before, draft["version"], who)
        own_templates_store.keep(self.db, before, changed, who["at"])
        return own_templates.shown(changed)

    def _record(self, actor: Actor, campaign: str, kind: str) -> own_templates.OwnTemplate | None:
        _check_within(actor, campaign)
        own_templates.check_in_word(kind)
        return own_templates_store.find(self.db, campaign, kind)


def _check_within(actor: Actor, campaign: str) -> None:
    if not actor.covers({"campaign": campaign}):
        raise errors.Refusal("not_found", id=campaign)
