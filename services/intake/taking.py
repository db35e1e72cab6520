"""Taking a version in: the one way in, whether it comes alone or as one of a county's thousand.

What must stay true: `look` keeps nothing, so what it says of a batch's row before the batch runs is what `keep` then
does; whatever is refused leaves no trace.
"""

from functools import partial
from typing import Any, NamedTuple

import orjson

from services.intake import domain, files, handing, originals, secrecy, store
from services.spine import contracts, errors
from services.spine.events import Fact
from services.spine.http import Upload

Db = store.Db


class Sender(NamedTuple):
    """Who hands in, and when."""

    id: str
    name: str
    at: str
    today: str


class Taken(NamedTuple):
    """A material before and with the version, what that says, the files it brings, what was read as something else."""

    before: domain.Material | None
    after: domain.Material
    facts: list[Fact]
    files: list[handing.Kept]
    normalised: list[dict[str, str]]

    @property
    def repeated(self) -> bool:
        """Whether this very version is there already."""
        return self.after is self.before


def look(
    db: Db, plan: dict[str, Any], kind: str, post: str, draft: dict[str, str], upload: Upload | None, sender: Sender
) -> Taken:
    """What handing in would come to; refuses what may not come in. A draft that follows nothing follows the newest."""
    before = store.find(db, f"{plan['campaign']}.{plan['unit']}.{kind}.{post}")
    draft = {"follows": str(before["versions"][-1]["version"] if before else 0), **draft}
    files.check_unmarked(*draft.values())
    given = handing.look(kind, partial(store.known, db, plan, post, before), draft.get("document", ""), upload)
    for data, _, _ in given.files:
        originals.check_taken(db, originals.hash_of(data))
    made = handed(sender, draft, domain.owed(plan, kind, post), given.described)
    begun = before or domain.begin(plan, kind, post, store.definition(db, plan["campaign"]))
    after, facts = domain.submit(begun, made)
    return Taken(before, after, facts, given.files, given.normalised)


def keep(db: Db, taken: Taken, sender: Sender) -> None:
    """Keep the files, then the version with what it says."""
    for data, media, name in taken.files:
        originals.add(db, data, media, name, taken.after)
    if taken.before and taken.before["secrecy"] != taken.after["secrecy"]:
        all_files = [one for row in taken.after["versions"] for one in domain.files_of(row)]
        originals.classify(db, all_files, taken.after)
    store.keep(db, taken.before, taken.after, taken.facts, sender.at)


def handed(sender: Sender, draft: dict[str, Any], owed: dict[str, Any], file: dict[str, Any]) -> domain.Handed:
    """What was handed in: the file, and the form beside it."""
    return domain.Handed(
        **file,
        follows=int(draft["follows"]),
        note=draft.get("note", "").strip(),
        answers=_answers(draft.get("answers", "")),
        by=sender.id,
        by_name=sender.name,
        at=sender.at,
        today=sender.today,
        asks=tuple(owed.get("signatures", ())),
        secrecy=secrecy.level(draft.get("secrecy")),
    )


def _answers(text: str) -> dict[str, dict[str, Any]]:
    """Answers to comments as they came in the form's one field: in words, or with how and where."""
    if not text.strip():
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise errors.Refusal("not_json", line=fault.lineno, column=fault.colno) from None
    contracts.check("requests/answers", found)
    answers = {key: domain.answer(given) for key, given in found.items()}
    files.check_unmarked(*(words for one in answers.values() for words in (one["where"], one["text"])))
    return answers
