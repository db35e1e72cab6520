"""The doors of intake about reference templates: one to see, one as Word, all that a unit owes as a package."""

import io
import re
import zipfile
from typing import Any

from eventlet import tpool

from services.intake import (
    begun,
    files,
    forms,
    kinds,
    own_templates,
    own_templates_store,
    placeholders,
    reference,
    reference_word,
    store,
    workbook,
)
from services.intake.service_kinds import KindDoors
from services.spine import errors, http
from services.spine.actor import Actor
from services.spine.doors import route

ZIP = "application/zip"


class TemplateDoors(KindDoors):
    """How materials are usually laid out, with what is known of the unit written in."""

    @route("POST", "/kinds/<kind>/template", accepts="render_template", may="read_material")
    def template(self, actor: Actor, kind: str, draft: dict[str, Any]) -> Any:
        """The reference template of a kind as a Word document to fill in; names are used and not kept."""
        facts, own = self._asked(actor, kind, draft)
        name = f"{kinds.shown(kind)['label']['zh']}（参考模板）.docx"
        return http.download(tpool.execute(_word, kind, facts, own), files.DOCX, name)

    @route(
        "POST",
        "/kinds/<kind>/template/preview",
        accepts="render_template",
        may="read_material",
        answers="template_shown",
    )
    def template_preview(self, actor: Actor, kind: str, draft: dict[str, Any]) -> Any:
        """The same block by block, to be shown on a page."""
        facts, own = self._asked(actor, kind, draft)
        blocks = tpool.execute(_blocks, kind, facts, own)
        return {"kind": kind, "label": kinds.shown(kind)["label"], "own": own is not None, "blocks": blocks}

    @route("POST", "/units/<unit>/templates", accepts="render_templates", may="read_material")
    def templates(self, actor: Actor, unit: str, draft: dict[str, Any]) -> Any:
        """The templates of all that a unit owes and the reader may read, as a zip; a member's own for each member."""
        plan, names = store.plan(self.db, draft["campaign"], unit), draft.get("names", {})
        owed = [row for row in plan["required"] if row["kind"] in kinds.KINDS]
        mine = [row for row in owed if actor.covers({**plan, "post": row["post"]})]
        if not mine:
            raise errors.Refusal("not_found", id=unit)
        given = begun.given(plan, draft, actor.name)
        made = [(_name(row, names), *self._made(plan, row["kind"], row["post"], names, given)) for row in mine]
        kept = own_templates_store.of_campaign(self.db, draft["campaign"])
        own = {row["kind"]: own_templates_store.read(self.db, kept.get(row["kind"])) for row in mine}
        package = tpool.execute(_zip, made, own)
        return http.download(package, ZIP, f"{names.get('unit') or unit} 参考模板.zip")

    def _asked(self, actor: Actor, kind: str, draft: dict[str, Any]) -> tuple[reference.Facts, bytes | None]:
        """What is known for the template that is asked for, and the campaign's own document if one stands."""
        names = draft.get("names", {})
        if "material_id" not in draft:
            kinds.kind(kind)
            return reference.Facts(names.get("unit", ""), names.get("campaign", "")), None
        plan, post, known = self.known(actor, kind, draft["material_id"])
        own = own_templates_store.find(self.db, plan["campaign"], kind)
        return self._facts(plan, kind, post, names, known), own_templates_store.read(self.db, own)

    def _made(
        self, plan: dict[str, Any], kind: str, post: str, names: dict[str, Any], given: dict[str, str]
    ) -> tuple[str, reference.Facts, forms.Known, Any]:
        """What a template of the package is made of: its kind, its facts, what is known, its form begun."""
        material = store.find(self.db, f"{plan['campaign']}.{plan['unit']}.{kind}.{post}")
        plain = store.known(self.db, plan, post, material)
        known = begun.titled(plain, names.get("posts", {}))
        filled = begun.document(kinds.schema(kinds.versions(kind)[-1]), known, given, post)
        return kind, self._facts(plan, kind, post, names, plain), known, filled

    def _facts(
        self, plan: dict[str, Any], kind: str, post: str, names: dict[str, Any], known: forms.Known
    ) -> reference.Facts:
        """What is known, with the names as the asker gave them."""
        titles = names.get("posts", {})
        posts, aspects = known.choices["unit.posts"], known.choices["campaign.aspects"]
        return reference.Facts(
            unit=names.get("unit", ""),
            campaign=names.get("campaign", ""),
            meeting_on=plan.get("meeting_on"),
            post=None if post == "team" else post,
            posts=tuple((one["code"], titles.get(one["code"], one["code"])) for one in posts),
            aspects=tuple((one["code"], one["label"]["zh"]) for one in aspects),
            applies=known.facts,
            most=known.lengths.get(kind),
        )


def _name(row: dict[str, Any], names: dict[str, Any]) -> str:
    """What a template is called in the package: by kind, a member's in a folder of the kind by post."""
    label, ending = kinds.shown(row["kind"])["label"]["zh"], "docx" if "docx" in _endings(row["kind"]) else "xlsx"
    if row["post"] == "team":
        return f"{label}.{ending}"
    title = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", names.get("posts", {}).get(row["post"], "")).strip(" .")
    return f"{label}/{row['post']} {title}".rstrip() + f".{ending}"


def _endings(kind: str) -> tuple[str, ...]:
    return kinds.kind(kind).endings


def _word(kind: str, facts: reference.Facts, own: bytes | None) -> bytes:
    """The campaign's own document with the facts written in, else ours."""
    if own is None:
        return reference_word.write(reference.blocks(kind, facts))
    return placeholders.fill(own, placeholders.values(kind, facts))


def _blocks(kind: str, facts: reference.Facts, own: bytes | None) -> list[reference.Block]:
    return reference.blocks(kind, facts) if own is None else own_templates.blocks(kind, _word(kind, facts, own))


def _zip(made: list[tuple[str, str, reference.Facts, forms.Known, Any]], own: dict[str, bytes | None]) -> bytes:
    """The package; what is not handed in as Word is there as its workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kind, facts, known, filled in made:
            in_word = "docx" in _endings(kind)
            sheet = None if in_word else workbook.write(kinds.versions(kind)[-1], "zh", known, filled)
            archive.writestr(name, sheet or _word(kind, facts, own[kind]))
    return out.getvalue()
