"""Words of the ledger: which problems contain what is searched for, found by a pair of its characters.

They lie beside the items, whose own record is written often and would bear each pair at each write. What must stay
true: what is found is read again from its item before it is shown; what an item says now is here before the event that
tells of it was heard. words: {_id: item_id, campaign, place: number_key, revision: of the item, problem, pairs}.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.rectification import domain, views, words
from services.spine import mongo

Db = mongo.Db
AT_FIRST, FEW, MOST = 10_000, 300, 3_000
"""Among how many items a pair is looked for at first; below how many it is looked for among twice as many; and how many
are the most that are read of it to be put into another order than that of their numbers."""
LAST = "~"


def prepare(db: Db) -> None:
    """Index."""
    db.words.create_index([("campaign", 1), ("pairs", 1), ("place", 1)])


def write(db: Db, item: domain.Item, revision: int) -> None:
    """Keep what an item says since a revision; what it said before never takes its place."""
    kept = row(item, revision)
    if not mongo.insert_new(db.words, [kept]):
        db.words.replace_one({"_id": kept["_id"], "revision": {"$lt": revision}}, kept)


def follow(db: Db, item: domain.Item) -> None:
    """Keep what an item says, if whoever wrote it did not come so far."""
    if db.words.find_one({"_id": item["_id"], "problem": item["problem"]}, {"_id": 1}) is None:
        write(db, item, item["revision"])


def along(
    db: Db, campaign: str, sought: str, pair: str, regions: Mapping[str, int], after: str = "", region: str = ""
) -> Iterator[tuple[str, int, list[str]]]:
    """The items of these regions (with how many each has about), or of one alone, that contain what is sought, by place
    and some at a time: up to which place was read, how many have that pair, and the ids of those that contain all."""
    left, much = [code for code in sorted(regions) if f"{code}.{LAST}" > after], AT_FIRST
    after, last = max(after, region), f"{region}.{LAST}" if region else LAST
    while left:
        count = 0
        while left and (not count or count + regions[left[0]] <= much):
            code = left.pop(0)
            count += regions[code]
        end = f"{code}.{LAST}" if left else last
        asked = {"campaign": campaign, "pairs": pair, "place": {"$gt": after, "$lte": end}}
        found = list(db.words.find(asked, {"problem": 1}))
        yield end if left else LAST, len(found), [one["_id"] for one in found if words.contains(one["problem"], sought)]
        after, much = end, much * 2 if len(found) < FEW else much


def row(item: domain.Item, revision: int) -> dict[str, Any]:
    """What is kept of an item's words."""
    said = {"campaign": item["campaign"], "place": views.marked(item)["number_key"], "problem": item["problem"]}
    return {"_id": item["_id"], **said, "revision": revision, "pairs": words.pairs(item["problem"])}
