"""Taking a version back, with a reason, before anybody began to read it; and handing an earlier one in again.

What must stay true: whether reading began is review's to say, so a version that counts is taken back only when review
has agreed: of a reader and an author at the same moment the first wins and the other is told. A version taken back
stays, with its reason. A version's withdrawal: {reason, by, by_account, at, granted: None until review has answered}.
"""

from typing import Any, NamedTuple

from services.intake import domain
from services.spine.errors import Refusal
from services.spine.events import Fact


class Asking(NamedTuple):
    """Who wants it back, when and why."""

    reason: str
    by: str
    by_account: str
    at: str


def withdraw(material: domain.Material, number: int, asking: Asking) -> tuple[domain.Material, list[Fact]]:
    """Take the newest version back: at once while nobody has it, else review is asked. Asked twice, asked once."""
    version = domain.version(material, number)
    asked = version["withdrawal"]
    if asked and asked["granted"] is not False:
        return material, []
    if number != material["versions"][-1]["version"]:
        raise Refusal("version_replaced", version=number)
    kept = {**asking._asdict(), "granted": None}
    if material["state"] == "unsigned":
        under = material["under"]
        changed = {**material, "state": "withdrawn" if under == "missing" else under, "under": None}
        return _with(changed, {**version, "withdrawal": {**kept, "granted": True}}), []
    if material["state"] == "received":
        raise Refusal("received_stays", version=number)
    if material["state"] not in domain.UNREAD:
        raise Refusal("reading_began", version=number)
    places = {key: material[key] for key in ("material_id", "unit", "group", "kind", "post", "secrecy")}
    said = {**places, "version": number, "back_to": _sent_back(version) or "missing"}
    changed = _with(material, {**version, "withdrawal": kept})
    return changed, [Fact("withdrawal_asked", material["_id"], material["campaign"], material["region"], said)]


def decided(material: domain.Material, number: int, *, granted: bool) -> domain.Material:
    """Review has answered: what was sent back before is to be answered again, or nothing is handed in."""
    version = domain.version(material, number)
    if not version["withdrawal"] or version["withdrawal"]["granted"] is not None:
        return material
    answered = {**version, "withdrawal": {**version["withdrawal"], "granted": granted}}
    changed = {**material, "versions": [answered if row["version"] == number else row for row in material["versions"]]}
    if not granted or number != material["counted"]:
        return changed
    before, state = version["before"], _sent_back(version) or "withdrawn"
    changed["counted"] = max((row["version"] for row in changed["versions"] if domain.stands(row)), default=0)
    if state != "withdrawn":
        changed |= {key: before[key] for key in domain.ROUND}
    if material["state"] == "unsigned":
        return {**changed, "under": state}
    return {**changed, "state": state}


def _sent_back(version: domain.Version) -> str | None:
    """What was to be answered when the version came to count."""
    state = str(version["before"]["state"])
    return state if state in domain.SENT_BACK else None


def _with(material: domain.Material, version: domain.Version) -> domain.Material:
    return {**material, "versions": [*material["versions"][:-1], version]}


def handed_again(version: domain.Version) -> dict[str, Any]:
    """The file of a version as it is handed in again."""
    kept = ("sha256", "size", "media", "file_name", "form")
    return {key: version.get(key) for key in kept} | {"again": version["version"]}


def destroy(material: domain.Material, number: int, at: str, reason: str) -> domain.Material:
    """A version turned out to be what must not be here: it is gone, as if it had been taken back."""
    version = domain.version(material, number)
    if version["destroyed"]:
        return material
    asked = {"reason": reason, "by": "", "by_account": "", "at": at, "granted": None}
    gone = {**version, "destroyed": {"at": at, "reason": reason}, "withdrawal": asked, "file_name": "—", "note": ""}
    rows = [gone if row["version"] == number else row for row in material["versions"]]
    return decided({**material, "versions": rows}, number, granted=True)
