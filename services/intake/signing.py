"""Signing: who puts a name under a version before it counts.

What must stay true: nobody signs by uploading; a signature names the very content, by a password given again for it;
a new version needs new ones. A first responsible person who is the author signs once for both; of a record such as
the minutes the author is who keeps it, the unit's liaison, so that recorder and host are two. A page signed on paper
counts when somebody else than who uploaded its picture has compared and confirmed it. A signature: {role:
author|secretary, post, by, by_account, at, on_paper: hash of the picture or None}.
"""

from typing import Any, NamedTuple

from services.intake import domain, kinds
from services.spine.errors import Refusal
from services.spine.events import Fact

Grants = list[dict[str, Any]]
Signed = dict[str, Any]
"""A version or an addendum: {asks, signatures, on_paper}."""
TEAM = "team"
ASKED = ("secretary", "member")


class Signer(NamedTuple):
    """Who signs as whom, and when."""

    roles: frozenset[str]
    by: str
    by_account: str
    at: str
    today: str


def roles_of(grants: Grants, material: domain.Material, plan: dict[str, Any]) -> frozenset[str]:
    """In which of the two roles somebody with these grants signs a material."""
    post, recorded = material["post"], kinds.kind(material["kind"]).locked
    own = () if recorded else (TEAM, plan.get("secretary"))
    roles: set[str] = set()
    for grant in grants:
        held = (grant["role"], grant["scope"]["kind"], grant["scope"]["of"])
        if held == ("member", "post", f"{material['unit']}/{post}"):
            roles.add("author")
        if recorded and held == ("liaison", "unit", material["unit"]):
            roles.add("author")
        if held == ("secretary", "unit", material["unit"]):
            roles |= {"secretary", "author"} if post in own else {"secretary"}
    return frozenset(roles)


def signers(material: domain.Material, role: str, plan: dict[str, Any]) -> list[str]:
    """Who gives a signature: holders of which roles in the material's unit, a member the one of its post."""
    if role == "secretary" or (material["post"] == TEAM and not kinds.kind(material["kind"]).locked):
        return ["secretary"]
    if material["post"] == TEAM:
        return ["liaison"]
    return ["member", "secretary"] if material["post"] == plan.get("secretary") else ["member"]


def check_asked(held: set[str], roles: frozenset[str]) -> None:
    """Refuse a liaison who keeps no record here: nobody signs for others."""
    if not roles and not held & set(ASKED):
        raise Refusal("not_permitted", permission="sign")


def missing(signed: Signed) -> list[str]:
    """Whose signatures a version or an addendum still lacks."""
    given = {one["role"] for one in signed["signatures"]}
    return [role for role in signed["asks"] if role not in given]


def check_proof(proof: dict[str, Any] | None, account: str, about: str, sha256: str, now: float) -> None:
    """Refuse what does not prove that this account gave its password again for this content, just now."""
    deed = {"purpose": "sign", "about": about, "sha256": sha256, "by": account}
    given = proof or {}
    if any(given.get(key) != deed[key] for key in deed) or given.get("exp", 0) < now:
        raise Refusal("proof_unknown")


def sign(
    material: domain.Material, number: int, signer: Signer, on_paper: str | None = None
) -> tuple[domain.Material, list[Fact]]:
    """A signature under a version; with the last one it counts. Signing twice changes nothing."""
    version = domain.version(material, number)
    mine = [role for role in version["asks"] if role in signer.roles]
    if mine and not set(mine) & set(missing(version)):
        return material, []
    _check_waits(material, number)
    if not mine:
        raise Refusal("signature_not_asked", version=number, missing="、".join(missing(version)))
    domain.check_in_time(material, signer.today)
    given = {"post": material["post"], "by": signer.by, "by_account": signer.by_account, "at": signer.at}
    signatures = [{"role": role, **given, "on_paper": on_paper} for role in missing(version) if role in mine]
    changed = _with(material, {**version, "signatures": [*version["signatures"], *signatures]})
    return (changed, []) if missing(changed["versions"][-1]) else domain.count(changed, signer.at)


def has_page(signed: Signed, page: dict[str, Any]) -> bool:
    """Whether that picture was recorded for that signature before."""
    return any(all(one[key] == page[key] for key in ("role", "sha256")) for one in signed.get("on_paper", ()))


def with_page(signed: Signed, number: int, page: dict[str, Any]) -> Signed:
    """A version or an addendum with the picture of a page signed on paper; refuses a signature that nobody asks for."""
    if page["role"] not in missing(signed):
        raise Refusal("signature_not_asked", version=number, missing="、".join(missing(signed)))
    return {**signed, "on_paper": [*signed.get("on_paper", ()), page]}


def page_to_confirm(signed: Signed, role: str, by_account: str, *, office: bool) -> str:
    """The hash of the page to confirm: by the office, an author's by the secretary too; never by its uploader."""
    page = next((one for one in reversed(signed.get("on_paper", ())) if one["role"] == role), None)
    if page is None:
        raise Refusal("not_found", id=role)
    if not office and role == "secretary":
        raise Refusal("paper_by_office")
    if page["by_account"] == by_account:
        raise Refusal("paper_own_upload")
    return str(page["sha256"])


def record_paper(material: domain.Material, number: int, page: dict[str, Any]) -> domain.Material:
    """The picture of a page signed on paper; it counts when confirmed. The same picture again changes nothing."""
    version = domain.version(material, number)
    if has_page(version, page):
        return material
    _check_waits(material, number)
    return _with(material, with_page(version, number, page))


def confirm_paper(
    material: domain.Material, number: int, role: str, signer: Signer, *, office: bool
) -> tuple[domain.Material, list[Fact]]:
    """Somebody else than who uploaded a page signed on paper has compared it: it counts as the signature."""
    page = page_to_confirm(domain.version(material, number), role, signer.by_account, office=office)
    return sign(material, number, signer._replace(roles=frozenset({role})), page)


def _check_waits(material: domain.Material, number: int) -> None:
    domain.check_goes_on(material)
    if material["state"] != "unsigned" or material["versions"][-1]["version"] != number:
        raise Refusal("not_to_sign", version=number)


def _with(material: domain.Material, version: domain.Version) -> domain.Material:
    """The material with its last version as it is now."""
    return {**material, "versions": [*material["versions"][:-1], version]}
