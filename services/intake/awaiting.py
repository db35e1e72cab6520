"""Whose signature is awaited: said as soon as it is, and said when it no longer is.

What must stay true: it is said in the write that makes it so, whichever door or event that was; of several signatures
the next one is awaited when the one before is there, so that a secretary is asked when the author has signed.
"""

from typing import Any, NamedTuple

from services.intake import addenda, domain, signing
from services.spine.events import Fact


class Matter(NamedTuple):
    """What waits for signatures: a version, or an addendum to it (0 for the version itself)."""

    version: int
    addendum: int


def awaited(material: domain.Material | None) -> dict[Matter, str]:
    """Whose signature each matter of a material waits for next."""
    if material is None or material.get("cancelled_on"):
        return {}
    found = {Matter(one["version"], one["number"]): signing.missing(one) for one in addenda.of(material)}
    if material["state"] == "unsigned":
        last = material["versions"][-1]
        found[Matter(last["version"], 0)] = signing.missing(last)
    return {matter: roles[0] for matter, roles in found.items() if roles}


def said(before: domain.Material | None, after: domain.Material, plan: dict[str, Any]) -> list[Fact]:
    """What a change of a material says of the signatures it waits for."""
    was, now = awaited(before), awaited(after)
    settled = [(matter, {"outcome": _outcome(after, matter)}) for matter in was if matter not in now]
    asked = [
        (matter, {"role": role, "signers": signing.signers(after, role, plan)})
        for matter, role in now.items()
        if was.get(matter) != role
    ]
    return [
        *(_fact("signature_settled", after, matter, words) for matter, words in settled),
        *(_fact("signature_awaited", after, matter, words) for matter, words in asked),
    ]


def _outcome(material: domain.Material, matter: Matter) -> str:
    """Signed, taken back, overtaken by a newer version or by a verdict on the one before; or cancelled."""
    if material.get("cancelled_on"):
        return "cancelled"
    if matter.addendum:
        return "signed"
    version = domain.version(material, matter.version)
    return "signed" if domain.stands(version) else "withdrawn" if domain.taken_back(version) else "overtaken"


def _fact(name: str, material: domain.Material, matter: Matter, words: dict[str, Any]) -> Fact:
    places = {key: material[key] for key in ("material_id", "unit", "group", "kind", "post", "secrecy")}
    said = {**places, "version": matter.version, **({"addendum": matter.addendum} if matter.addendum else {}), **words}
    return Fact(name, material["_id"], material["campaign"], material["region"], said)
