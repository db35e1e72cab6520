"""What of a material whom it concerns may see.

What must stay true: a supervision group sees the versions that count, as if there were no others; what waits for
signatures or was taken back is the unit's own affair.
"""

from services.intake import addenda, domain
from services.spine import errors
from services.spine.actor import GROUP_SIDE, Actor

COUNTED = {"counted": {"$gt": 0}}


def of_group(actor: Actor) -> bool:
    """Whether somebody asks for a supervision group only."""
    return actor.roles <= set(GROUP_SIDE)


def seen(actor: Actor, material: domain.Material) -> domain.Material:
    """The material as this actor sees it; one that counts in no version is not there for a group."""
    material = {**material, "addenda": addenda.of(material)}
    if not of_group(actor):
        return material
    versions = [row for row in material["versions"] if domain.stands(row)]
    if not versions:
        raise errors.Refusal("not_found", id=material["_id"])
    counted = [one for one in material["addenda"] if one["counted_at"]]
    return {**material, "addenda": counted, "versions": versions, "state": domain.standing(material), "under": None}
