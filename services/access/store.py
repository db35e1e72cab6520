"""Accounts, sessions and failed attempts as they are kept. A session is stored as a hash of its token."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from services.access import changes, domain
from services.spine import errors, mongo, outbox

Db = mongo.Db


def prepare(db: Db) -> None:
    """Indexes; sessions and attempts go by themselves when their time is over."""
    outbox.kept(db.accounts)
    db.sessions.create_index("expires", expireAfterSeconds=0)
    db.sessions.create_index("login")
    db.calendar_links.create_index("login")
    db.attempts.create_index("at", expireAfterSeconds=domain.ATTEMPT_WINDOW_MINUTES * 60)
    db.attempts.create_index("login")
    db.accounts.create_index("grants.scope.of")
    db.mergers.create_index("into")


def add(db: Db, account: domain.Account, at: str) -> None:
    """A new account; refuses a login that is taken."""
    if not mongo.add(db.accounts, account, at=at):
        raise errors.Refusal("login_taken", login=account["login"])


def find(db: Db, login: str) -> domain.Account | None:
    """The account of that login, if there is one that has not ended."""
    return db.accounts.find_one({"_id": login, "ended": None})


def get(db: Db, login: str) -> domain.Account:
    """The account of that login."""
    return mongo.get(db.accounts, login)


def save(db: Db, before: domain.Account, after: domain.Account, at: str) -> None:
    """Write a changed account, and say what it holds from now on."""
    mongo.save(db.accounts, before, after, domain.told(before, after), at=at)


def holders(db: Db, place: dict[str, Any], login: str | None) -> list[domain.Account]:
    """The accounts with a grant in a place, or the one of that login."""
    wanted: dict[str, Any] = {"grants.scope.of": place["scope"]["of"], **({"_id": login} if login else {})}
    return list(db.accounts.find(wanted).sort("_id", 1))


def handed_on(db: Db, said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Keep that a unit went into another one, and tell whose work is whose by it: that of what went into the unit, too,
    and all of it is again of what that other one went into, whichever of them was heard first."""
    db.mergers.replace_one({"_id": said["unit"]}, said, upsert=True)
    ways = [said]
    for way in ways:
        ways += [changes.onward(one, way) for one in db.mergers.find({"into": way["unit"]})]
    for way in ways:
        yield way
        last = way
        while after := db.mergers.find_one({"_id": last["into"]}):
            last = changes.onward(last, after)
            yield last


def names(db: Db, campaign: str) -> list[str]:
    """What all accounts are called that have, or had, a grant in a campaign."""
    found = db.accounts.find({"grants.campaign": campaign}, {"_id": 0, "name": 1})
    return sorted({row["name"] for row in found})


def around(db: Db, place: dict[str, Any]) -> list[domain.Account]:
    """The accounts that have not ended with a grant in a place, above it or in it."""
    above = [place[key] for key in ("campaign", "region", "group", "unit") if place[key]]
    parts: list[dict[str, Any]] = [{"grants.scope.of": {"$in": above}}]
    if place["unit"] and "member" in place["roles"]:
        parts.append({"grants.scope.of": {"$regex": f"^{re.escape(place['unit'])}/"}})
    return list(db.accounts.find({"ended": None, "$or": parts}).sort("_id", 1))


def listed(db: Db, query: dict[str, str]) -> dict[str, Any]:
    """One page of accounts by login."""
    found = mongo.page(db.accounts, {}, [("_id", 1)], query)
    return {**found, "rows": [domain.shown(row) for row in found["rows"]]}


def keep_session(db: Db, token: str, login: str, expires: datetime) -> None:
    """Remember a session by the hash of its token."""
    db.sessions.insert_one({"_id": hash_of(token), "login": login, "expires": expires})


def session_login(db: Db, token: str, now: datetime) -> str | None:
    """Whose session this is, while it lasts."""
    session = db.sessions.find_one({"_id": hash_of(token), "expires": {"$gt": now}})
    return session["login"] if session else None


def end_session(db: Db, token: str) -> None:
    """Forget a session."""
    db.sessions.delete_one({"_id": hash_of(token)})


def end_sessions(db: Db, login: str) -> None:
    """Forget all sessions of an account."""
    db.sessions.delete_many({"login": login})


def count_attempts(db: Db, login: str, since: datetime) -> int:
    """How often somebody tried to sign in as this account lately, without success since."""
    return db.attempts.count_documents({"login": login, "at": {"$gt": since}})


def remember_attempt(db: Db, login: str, at: datetime) -> None:
    """One more attempt; remembered before it is known how it ends, so that many at once count too."""
    db.attempts.insert_one({"login": login, "at": at})


def forget_attempts(db: Db, login: str) -> None:
    """Signing in succeeded."""
    db.attempts.delete_many({"login": login})


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
