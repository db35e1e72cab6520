"""Who of those at the browser may sign what, and signing itself: the password again, then the signature."""

from collections.abc import Mapping
from typing import Any

from services.portal import asking

TEAM = "team"


def roles(campaign: str, unit: str, post: str, posts: list[dict[str, Any]]) -> set[str]:
    """In which roles this person may sign a material; the service has the last word."""
    viewer = asking.viewer()
    own = post == TEAM or any(one["post"] == post and one["role"] == "secretary" for one in posts)
    found = {"author"} if f"{unit}/{post}" in viewer.scopes("post", campaign=campaign) else set[str]()
    if ("unit", unit) in viewer.parts(campaign, "sign"):
        found |= {"secretary", "author"} if own else {"secretary"}
    return found


def sign(material_id: str, version: Mapping[str, Any], password: str) -> dict[str, Any]:
    """Sign a version; declined when the password is wrong or no signature is asked."""
    wanted = {"proof": _proof(material_id, version, password)}
    path = f"/materials/{material_id}/versions/{version['version']}/signatures"
    return dict(asking.post("intake", path, wanted).body)


def confirm(material_id: str, version: Mapping[str, Any], role: str, password: str) -> None:
    """Confirm a page signed on paper."""
    wanted = {"role": role, "proof": _proof(material_id, version, password)}
    path = f"/materials/{material_id}/versions/{version['version']}/paper-signatures/confirmation"
    asking.post("intake", path, wanted)


def _proof(material_id: str, version: Mapping[str, Any], password: str) -> str:
    deed = {"purpose": "sign", "about": f"{material_id}.v{version['version']}", "sha256": version["sha256"]}
    return str(asking.post("access", "/proofs", {**deed, "password": password}).body["proof"])
