"""Addenda: what is found wrong in a locked record is put right beside it, never in it.

What must stay true: an addendum changes nothing of the version it belongs to; once there it stays as it is; it counts
when the same have signed it who signed the version. An addendum: {number, version, text, file: {sha256, size, media,
file_name} or None, reason, sha256 (of all this with the version's own), by, by_account, at, asks, signatures,
on_paper, counted_at}.
"""

import hashlib
from typing import Any

import orjson

from services.intake import domain, signing
from services.spine.errors import Refusal
from services.spine.events import Fact

Addendum = dict[str, Any]
CONTENT = ("version", "text", "reason", "file")


def of(material: domain.Material) -> list[Addendum]:
    """The addenda of a material, the first first."""
    return [{"on_paper": [], **one} for one in material.get("addenda", ())]


def get(material: domain.Material, number: int) -> Addendum:
    """One addendum; refuses one that is not there."""
    for one in of(material):
        if one["number"] == number:
            return one
    raise Refusal("not_found", id=name(material, number))


def name(material: domain.Material, number: int) -> str:
    """By what an addendum is known: `...minutes.team.v1.a2`."""
    return f"{material['_id']}.v{material['counted']}.a{number}"


def attach(material: domain.Material, given: Addendum) -> tuple[domain.Material, list[Fact]]:
    """The next addendum ({text, reason, file, by, by_account, at}); the same content again changes nothing."""
    domain.check_goes_on(material)
    if not domain.locked(material):
        raise Refusal("not_locked")
    if not given["text"] and not given["file"]:
        raise Refusal("addendum_empty", errors=[{"pointer": "/text", "code": "addendum_empty"}])
    version = domain.version(material, material["counted"])
    content = {**given, "version": version["version"]}
    if any(all(one[key] == content[key] for key in CONTENT) for one in of(material)):
        return material, []
    number = len(of(material)) + 1
    addendum = {"number": number, **content, "sha256": _hash(material, number, version, content)}
    addendum |= {"asks": version["asks"], "signatures": [], "on_paper": [], "counted_at": None}
    return _kept({**material, "addenda": [*of(material), addendum]}, addendum, given["at"])


def sign(
    material: domain.Material, number: int, signer: signing.Signer, on_paper: str | None = None
) -> tuple[domain.Material, list[Fact]]:
    """A signature under an addendum; with the last one it counts. Signing twice changes nothing."""
    domain.check_goes_on(material)
    addendum = get(material, number)
    mine, left = [role for role in addendum["asks"] if role in signer.roles], signing.missing(addendum)
    if not mine:
        raise Refusal("signature_not_asked", version=number, missing="、".join(left))
    given = {"post": material["post"], "by": signer.by, "by_account": signer.by_account, "at": signer.at}
    signatures = [{"role": role, **given, "on_paper": on_paper} for role in left if role in mine]
    if not signatures:
        return material, []
    return _kept(material, {**addendum, "signatures": [*addendum["signatures"], *signatures]}, signer.at)


def record_paper(material: domain.Material, number: int, page: dict[str, Any]) -> domain.Material:
    """The picture of an addendum signed on paper; it counts when confirmed. The same picture again changes nothing."""
    domain.check_goes_on(material)
    addendum = get(material, number)
    if signing.has_page(addendum, page):
        return material
    return _kept(material, signing.with_page(addendum, number, page), page["at"])[0]


def confirm_paper(
    material: domain.Material, number: int, role: str, signer: signing.Signer, *, office: bool
) -> tuple[domain.Material, list[Fact]]:
    """Somebody else than who uploaded the page has compared it: it counts as the signature."""
    page = signing.page_to_confirm(get(material, number), role, signer.by_account, office=office)
    return sign(material, number, signer._replace(roles=frozenset({role})), page)


def _kept(material: domain.Material, addendum: Addendum, at: str) -> tuple[domain.Material, list[Fact]]:
    """The material with an addendum as it is now; that it counts is said."""
    facts = []
    if not signing.missing(addendum):
        addendum = {**addendum, "counted_at": at}
        places = {key: material[key] for key in ("material_id", "unit", "group", "kind", "post", "secrecy")}
        said = {**places, **{key: addendum[key] for key in ("version", "number", "sha256")}}
        facts = [Fact("addendum_attached", material["_id"], material["campaign"], material["region"], said)]
    rows = [addendum if one["number"] == addendum["number"] else one for one in of(material)]
    return {**material, "addenda": rows}, facts


def _hash(material: domain.Material, number: int, version: domain.Version, content: Addendum) -> str:
    known = {key: content[key] for key in CONTENT}
    whole = {**known, "material_id": material["_id"], "number": number, "record": version["sha256"]}
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()


def shown(material: domain.Material, addendum: Addendum) -> dict[str, Any]:
    """An addendum as an answer, with what still lacks."""
    places = {"material_id": material["_id"], "addendum": name(material, addendum["number"])}
    return {**places, **addendum, "unsigned": signing.missing(addendum)}
