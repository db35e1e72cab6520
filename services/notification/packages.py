"""Calls that an office takes along as a file for a platform that is not ours to call: the public account.

What must stay true: a package holds mobile numbers, words of the outside and codes, nothing else; what is in one is in
no other; the same key gives the same package, however often it is asked for. Numbers are asked of access each time.
"""

import itertools
from typing import Any

from services.notification import channels, parcels, posting, sendings, sendings_store

CHANNEL = channels.BY_HAND[0]
MOST = 500
COLUMNS = ("mobile", "text", "code")


def take(house: posting.House, key: str, campaign: str, by: str) -> None:
    """Put what waits of a campaign into the package of that key, unless that was done before."""
    if house.db.sendings.find_one({"package": key, "campaign": campaign}):
        return
    at = house.now()
    found = list(itertools.islice(sendings_store.due(house.db, CHANNEL, at, campaign), MOST))
    for lines in posting.still_wanted(house, found).values():
        rows = [row for row, _, _ in lines]
        sendings_store.note(house.db, rows, {**sendings.sent(rows, at), "package": key}, "taken", at, by)


def lines(house: posting.House, key: str, campaign: str) -> list[tuple[str, ...]]:
    """The package of that key, one line for each person that is called."""
    found: dict[str, list[sendings.Sending]] = {}
    for row in house.db.sendings.find({"package": key, "campaign": campaign}).sort("_id", 1):
        found.setdefault(row["parcel"], []).append(row)
    firsts = [rows[0] for rows in found.values()]
    readers = house.ask([sendings.asked_of(row) for row in firsts]) if firsts else []
    wished = sendings_store.wishes(house.db, {row["account"] for row in firsts})
    told = []
    for rows, persons in zip(found.values(), readers, strict=True):
        mobile = next((one["mobile"] for one in persons if one["login"] == rows[0]["account"]), "")
        leads: tuple[Any, ...] = (rows[0]["code"], house.said.get("address", ""), wished[rows[0]["account"]].language)
        made = parcels.outside(sendings.key(rows), mobile, len(rows), *leads)
        told.append((made.to, made.text, made.code))
    return [line for line in told if line[0]]
