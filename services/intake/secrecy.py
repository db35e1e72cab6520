"""Secrecy levels: public 公开, internal 内部 (unless something else is said), work secret 工作秘密.

What must stay true: a state secret is never taken in, and nothing of it is kept but a hash and the reason. A material
is as secret as the strictest version that ever stood in it. A work secret is read by its author, the first responsible
person, the unit's liaisons (who hand in and correct it), the group that reads the unit, and the office; not by the
county's office, the rest of the team, or other checkers (services/spine/actor.py: OPEN). Whoever takes its file gets a
copy with a watermark; the original itself only the office, to compare its hash. The unit's own archive package holds it
as it is, for the unit's secretary and liaisons and the office; who took one is kept.
"""

from services.spine.errors import Refusal

LEVELS = ("public", "internal", "work_secret")
USUAL, STRICTEST = "internal", "work_secret"
STATE_SECRETS = ("confidential", "secret", "top_secret")


def level(said: str | None) -> str:
    """The level somebody chose; refuses a state secret."""
    if said in STATE_SECRETS:
        raise Refusal("state_secret", errors=[{"pointer": "/secrecy", "code": "state_secret"}])
    return said or USUAL


def stricter(one: str, other: str) -> str:
    """The stricter of two levels."""
    return max(one, other, key=LEVELS.index)


def line(name: str, account: str, at: str) -> str:
    """What a watermark says."""
    return f"工作秘密 {name}（{account}）{at}"
