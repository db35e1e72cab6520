"""What of a material, and of a unit's talks and study, whom it concerns may see.

What must stay true: a supervision group sees the versions that count, as if there were no others; what waits for
signatures or was taken back is the unit's own affair; a reader sees no talks and no study of a unit he is recused from,
and no text of one that he is recused from or that is or was his own.
"""

from typing import Any

from services.intake import addenda, domain, opinions_store
from services.spine import errors, mongo
from services.spine.actor import GROUP_SIDE, Actor, lies_within


def of_group(actor: Actor) -> bool:
    """Whether somebody asks for a supervision group only."""
    return actor.roles <= set(GROUP_SIDE)


def parts(db: mongo.Db, actor: Actor, plan: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Each role by which the actor sees of a unit's talks and study, with its part; not found where there is none."""
    recused = opinions_store.recused(db, plan["campaign"], plan["unit"], actor.id)
    whole = ((role, part, {key: value for key, value in part.items() if key != "post"}) for role, part in actor.parts)
    here = [(role, part) for role, part, unit in whole if lies_within(plan, unit)]
    found = [(role, part) for role, part in here if not (recused and role in GROUP_SIDE)]
    if not found:
        raise errors.Refusal("not_found", id=plan["unit"])
    return found


def barred(db: mongo.Db, actor: Actor) -> list[str]:
    """The units left out of a list of units, for somebody who asks for a supervision group only."""
    return opinions_store.recusals(db, actor.id) if of_group(actor) else []


def check_concern(db: mongo.Db, actor: Actor, record: dict[str, Any]) -> None:
    """Refuse a group's reader the texts of a unit that concerns him; by another role there one sees them."""
    if {role for role, part in actor.parts if lies_within(record, part)} <= set(GROUP_SIDE):
        unit = record["unit"]
        concerns = (("own_material", unit in actor.own_units), ("own_former_unit", unit in actor.former_units))
        recused = opinions_store.recused(db, record["campaign"], unit, actor.id)
        for code, concerned in (*concerns, ("recused", recused)):
            if concerned:
                raise errors.Refusal(code, unit=unit)


def read(db: mongo.Db, actor: Actor, material: domain.Material) -> domain.Material:
    """The same as `seen`, for who goes on to read its text."""
    check_concern(db, actor, material)
    return seen(actor, material)


def shown(actor: Actor, material: domain.Material) -> bool:
    """Whether a material stands in this actor's lists: for a group once it counts."""
    return not of_group(actor) or material["counted"] > 0


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
