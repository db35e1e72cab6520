"""Opinion forms as they are kept, and the boxes with spent codes and sealed answers while a form is open.

A box: {_id, form, shut, salt, unspent: [marks], spent: [marks], sealed: [answers]}, its lists sorted; see `sealing`.
Boxes are alike in size, and small enough that a write to one stays quick.
"""

import os
from typing import Any

from services.intake import opinion_forms, sealing
from services.spine import actor, mongo, outbox
from services.spine.errors import Refusal
from services.spine.events import Fact

Db = mongo.Db
BOX = 100


def prepare(db: Db) -> None:
    """Indexes."""
    outbox.kept(db.forms)
    db.forms.create_index("key", unique=True)
    db.forms.create_index([("campaign", 1), ("unit", 1)])
    db.forms.create_index([("state", 1), ("closes_on", 1)])
    db.boxes.create_index("form")


def get(db: Db, form_id: str, within: dict[str, Any]) -> opinion_forms.Form:
    """One form within a scope."""
    return mongo.get(db.forms, form_id, within)


def find(db: Db, form_id: str) -> opinion_forms.Form | None:
    """The form of that id, if there is one."""
    return db.forms.find_one({"_id": form_id})


def at(db: Db, key: str) -> opinion_forms.Form:
    """The form at a public address, once it has codes."""
    found = db.forms.find_one({"key": key, "state": {"$ne": "prepared"}})
    if found is None:
        raise Refusal("opinion_form_unknown")
    return found


def add(db: Db, form: opinion_forms.Form, at: str) -> bool:
    """Keep a new form; False when it is there already."""
    return mongo.add(db.forms, form, at=at)


def save(
    db: Db, before: opinion_forms.Form, after: opinion_forms.Form, facts: list[Fact], at: str
) -> opinion_forms.Form:
    """Keep a form's next state with what it says."""
    return mongo.save(db.forms, before, after, facts, at=at)


def listed(db: Db, within: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """One page of forms, those that close last first."""
    wanted: dict[str, Any] = {name: query[name] for name in ("campaign", "unit", "state") if name in query}
    return mongo.page(db.forms, actor.both(within, wanted), [("closes_on", -1), ("_id", 1)], query)


def fill(db: Db, form_id: str, codes: list[str]) -> None:
    """Boxes for new codes, in place of those that nobody has used; refuses once somebody has answered."""
    db.boxes.update_many({"form": form_id, "spent": []}, {"$set": {"shut": True}})
    if db.boxes.count_documents({"form": form_id, "shut": False}):
        db.boxes.update_many({"form": form_id}, {"$set": {"shut": False}})
        raise Refusal("codes_in_use")
    db.boxes.delete_many({"form": form_id})
    count = -(-len(codes) // BOX)
    for codes_of in (codes[place::count] for place in range(count)):
        salt = os.urandom(32)
        marks = sorted(sealing.mark(code, salt) for code in codes_of)
        box = {"form": form_id, "shut": False, "salt": salt, "unspent": marks, "spent": [], "sealed": []}
        db.boxes.insert_one({"_id": os.urandom(16).hex(), **box})


def check(db: Db, form_id: str, code: str) -> tuple[dict[str, Any], str]:
    """The box that a code opens, with the code's mark; refuses a code that is used or none of this form's."""
    for box in db.boxes.find({"form": form_id}, {"sealed": 0}):
        mark = sealing.mark(code, box["salt"])
        if mark in box["spent"]:
            raise Refusal("code_used")
        if mark in box["unspent"]:
            if box["shut"]:
                raise Refusal("form_closed")
            return box, mark
    raise Refusal("code_unknown")


def put(db: Db, form_id: str, code: str, answer: opinion_forms.Answers) -> None:
    """Spend a code and keep its answer, in one write; of two with one code, one is refused."""
    box, mark = check(db, form_id, code)
    sealed = sealing.seal(answer, box["salt"], os.urandom(sealing.NONCE))
    kept = {"spent": {"$each": [mark], "$sort": 1}, "sealed": {"$each": [sealed], "$sort": 1}}
    wanted = {"_id": box["_id"], "shut": False, "unspent": mark}
    if not db.boxes.update_one(wanted, {"$pull": {"unspent": mark}, "$push": kept}).matched_count:
        check(db, form_id, code)
        raise Refusal("form_closed")


def spent(db: Db, form_id: str) -> int:
    """How many codes of a form are spent."""
    return sum(len(box["spent"]) for box in db.boxes.find({"form": form_id}, {"spent": 1}))


def shut(db: Db, form_id: str) -> list[opinion_forms.Answers]:
    """Take no more answers, and give all there are, unsealed."""
    db.boxes.update_many({"form": form_id}, {"$set": {"shut": True}})
    boxes = db.boxes.find({"form": form_id}, {"salt": 1, "sealed": 1})
    return [sealing.unseal(sealed, box["salt"]) for box in boxes for sealed in box["sealed"]]


def burn(db: Db, form_id: str) -> None:
    """Remove marks, salts and sealed answers of a closed form."""
    db.boxes.delete_many({"form": form_id})


def due(db: Db, today: str) -> list[opinion_forms.Form]:
    """Forms to be closed: their last day has passed, or closing them was begun."""
    return list(db.forms.find({"$or": [{"state": "closing"}, {"state": "open", "closes_on": {"$lt": today}}]}))


def taking(db: Db, plan: dict[str, Any]) -> list[str]:
    """A unit's forms that take answers, or are being closed."""
    wanted = {"campaign": plan["campaign"], "unit": plan["unit"], "state": {"$in": ["open", "closing"]}}
    return [row["_id"] for row in db.forms.find(wanted, {"_id": 1})]


def left(db: Db) -> list[str]:
    """Closed forms whose boxes are still there."""
    ids = db.boxes.distinct("form")
    return [row["_id"] for row in db.forms.find({"_id": {"$in": ids}, "state": "closed"}, {"_id": 1})]
