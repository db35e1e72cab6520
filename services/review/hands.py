"""Who is at the door: the reader as the rules know one, and what a reader must not read."""

from services.review import domain, holding, holding_store, reading
from services.spine import clock, errors, mongo
from services.spine.actor import GROUP_SIDE, OFFICES, Actor, lies_within

LEVELS = (("group", ("supervisor", "group_leader")), ("office", ("office",)), ("secretary", ("secretary",)))
RISING = ("secretary", "group", "office")


def reader(actor: Actor) -> domain.Reader:
    """Account, post, and when it is."""
    return domain.Reader(actor.id, actor.name, clock.now(), clock.today())


def barred(db: mongo.Db, actor: Actor, campaign: str) -> holding.Barred:
    """The units whose materials this reader must not read."""
    return holding.Barred(actor.own_units, actor.former_units, holding_store.recused(db, campaign, actor.id))


def check_concern(actor: Actor, review: domain.Review, barred: holding.Barred) -> None:
    """Refuse a group's reader whom a unit concerns; by another role there (the author's, the office's) one comes in."""
    if _roles(actor, review) <= set(GROUP_SIDE):
        holding.check_not_barred(review["unit"], barred)


def inside(actor: Actor, review: domain.Review, barred: holding.Barred) -> bool:
    """Whether this actor sees what readers keep among them: not who is of the unit, but for the office."""
    concerned = holding.concerned(review["unit"], barred)
    return actor.may("see_reading", review) and not (concerned and not _roles(actor, review) & set(OFFICES))


def _roles(actor: Actor, review: domain.Review) -> set[str]:
    """The roles by which this actor reaches that review."""
    return {role for role, part in actor.parts if lies_within(review, part)}


def levels(actor: Actor, review: domain.Review) -> list[str]:
    """The levels at which this actor may read that review, by the roles held where it lies."""
    return [name for name, held in LEVELS if _roles(actor, review) & set(held)]


def as_high(actor: Actor, review: domain.Review, level: str) -> bool:
    """Whether this actor reads that review at that level, or above it."""
    return any(RISING.index(name) >= RISING.index(level) for name in levels(actor, review))


def level(actor: Actor, review: domain.Review, asked: str | None) -> str:
    """The level at which this actor reads that review: by role, or the one asked for where several fit."""
    fitting = levels(actor, review)
    if asked is not None and asked not in fitting:
        raise errors.Refusal("not_permitted", permission=f"judge as {asked}")
    return asked or fitting[0]


def policy(db: mongo.Db, campaign: str) -> reading.Policy:
    """How the campaign reads."""
    return reading.policy(db.campaigns.find_one({"_id": campaign}))
