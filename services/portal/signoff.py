"""Who of those at the browser may sign what, and signing itself: the password again, then the signature."""

from collections.abc import Mapping
from typing import Any

from flask import request

from services.portal import asking, clients, languages

TEAM = "team"


def roles(campaign: str, unit: str, post: str, posts: list[dict[str, Any]], *, recorded: bool = False) -> set[str]:
    """In which roles this person may sign a material; the service has the last word."""
    viewer = asking.viewer()
    held = {grant["role"] for grant in viewer.grants if grant.get("campaign") == campaign and _of(grant, unit)}
    if recorded:
        return {role for role, by in (("author", "liaison"), ("secretary", "secretary")) if by in held}
    own = post == TEAM or any(one["post"] == post and one["role"] == "secretary" for one in posts)
    found = {"author"} if f"{unit}/{post}" in viewer.scopes("post", campaign=campaign) else set[str]()
    if "secretary" in held:
        found |= {"secretary", "author"} if own else {"secretary"}
    return found


def sign(material_id: str, version: Mapping[str, Any], password: str) -> dict[str, Any]:
    """Sign a version; declined when the password is wrong or no signature is asked."""
    wanted = {"proof": _proof(material_id, version, password)}
    path = f"/materials/{material_id}/versions/{version['version']}/signatures"
    return dict(asking.post("intake", path, wanted).body)


def sign_addendum(addendum: Mapping[str, Any], material_id: str, password: str) -> dict[str, Any]:
    """Sign an addendum as the record was signed."""
    wanted = {"proof": _proof_of_addendum(addendum, material_id, password)}
    path = f"/materials/{material_id}/addenda/{addendum['number']}/signatures"
    return dict(asking.post("intake", path, wanted).body)


def confirm_addendum(addendum: Mapping[str, Any], material_id: str, role: str, password: str) -> dict[str, Any]:
    """Confirm an addendum's page signed on paper."""
    wanted = {"role": role, "proof": _proof_of_addendum(addendum, material_id, password)}
    path = f"/materials/{material_id}/addenda/{addendum['number']}/paper-signatures/confirmation"
    return dict(asking.post("intake", path, wanted).body)


def record_paper(path: str, upload: clients.Upload | None) -> None:
    """Hand over the picture of a page signed on paper, with whose signature it is and why; declined without one."""
    if upload is None:
        raise clients.refused("file_missing", languages.current())
    words = {name: request.form.get(name, "").strip() for name in ("role", "reason")}
    asking.hand_in("intake", path, {"file": upload, **words})


def confirm(material_id: str, version: Mapping[str, Any], role: str, password: str) -> None:
    """Confirm a page signed on paper."""
    wanted = {"role": role, "proof": _proof(material_id, version, password)}
    path = f"/materials/{material_id}/versions/{version['version']}/paper-signatures/confirmation"
    asking.post("intake", path, wanted)


def _proof(material_id: str, version: Mapping[str, Any], password: str) -> str:
    return proven(f"{material_id}.v{version['version']}", version["sha256"], password)


def _proof_of_addendum(addendum: Mapping[str, Any], material_id: str, password: str) -> str:
    about = f"{material_id}.v{addendum['version']}.a{addendum['number']}"
    return proven(about, addendum["sha256"], password)


def _of(grant: Mapping[str, Any], unit: str) -> bool:
    return (grant["scope"]["kind"], grant["scope"]["of"]) == ("unit", unit)


def proven(about: str, sha256: str, password: str) -> str:
    """The proof that whoever is at the browser gave the password again for this; declined when it is wrong."""
    deed = {"purpose": "sign", "about": about, "sha256": sha256}
    return str(asking.post("access", "/proofs", {**deed, "password": password}).body["proof"])
