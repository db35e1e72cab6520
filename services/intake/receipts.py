"""Receipts: those to whom a report goes (policy: addressees) say each that it has reached them, or send it back.

What must stay true: a receipt is for one version; one sent back is answered by a new version, which needs receipts of
its own; nothing is taken away. A version's receipts: [{addressee, outcome: received|returned, name (who took it in
there), on, reason, by, by_account, at}].
"""

from typing import Any

from services.intake import domain
from services.spine.errors import Refusal
from services.spine.events import Fact

Receipt = dict[str, Any]
SAME = ("addressee", "outcome", "name", "on", "reason")


def asked(plan: dict[str, Any], material: domain.Material) -> list[str]:
    """The addressees of a material."""
    place = (material["kind"], material["post"])
    named = (row.get("addressees", ()) for row in plan["required"] if (row["kind"], row["post"]) == place)
    return list(next(named, ()))


def of(version: domain.Version) -> list[Receipt]:
    """The receipts of a version, the first first."""
    return list(version.get("receipts", ()))


def waiting(version: domain.Version, addressees: list[str]) -> list[str]:
    """Who has not yet said anything to a version."""
    answered = {one["addressee"] for one in of(version)}
    return [one for one in addressees if one not in answered]


def give(
    material: domain.Material,
    number: int,
    addressees: list[str],
    draft: dict[str, Any],
    who: dict[str, str],
    today: str,
) -> tuple[domain.Material, list[Fact]]:
    """One addressee's word on the version that counts; said twice it is said once, and it is not changed."""
    version, reason = domain.version(material, number), draft.get("reason", "").strip()
    receipt = {**draft, "name": draft["name"].strip(), "reason": reason, **who}
    if receipt["addressee"] not in addressees:
        raise Refusal("addressee_unknown", addressee=receipt["addressee"], known="、".join(addressees))
    known = next((one for one in of(version) if one["addressee"] == receipt["addressee"]), None)
    if known and all(known[key] == receipt[key] for key in SAME):
        return material, []
    if known:
        raise Refusal("receipt_given_before", name=known["name"], on=known["on"])
    if number != material["counted"] or material["state"] not in ("received", "returned"):
        raise Refusal("version_replaced", version=number)
    if receipt["on"] > today:
        place = {"pointer": "/on", "code": "day_in_future", "on": receipt["on"]}
        raise Refusal("day_in_future", on=receipt["on"], errors=[place])
    if receipt["outcome"] == "returned" and not reason:
        raise Refusal("return_without_reason", errors=[{"pointer": "/reason", "code": "return_without_reason"}])
    kept = {**version, "receipts": [*of(version), receipt]}
    rows = [kept if row["version"] == number else row for row in material["versions"]]
    changed = {**material, "versions": rows}
    if receipt["outcome"] == "returned":
        changed["state"] = "returned"
    places = {key: material[key] for key in ("material_id", "unit", "group", "kind", "post", "secrecy")}
    said = {**places, "version": number, "addressee": receipt["addressee"], "outcome": receipt["outcome"]}
    return changed, [Fact("receipt_given", material["_id"], material["campaign"], material["region"], said)]


def shown(material: domain.Material, number: int, addressees: list[str]) -> dict[str, Any]:
    """The receipts of a version, and who still owes one."""
    version = domain.version(material, number)
    places = {"material_id": material["_id"], "version": number, "state": material["state"]}
    return {**places, "receipts": of(version), "waiting": waiting(version, addressees)}
