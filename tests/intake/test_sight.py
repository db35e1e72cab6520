"""What a group's reader may read of a unit that concerns him."""

import pytest

from services.intake import domain, opinions_store, originals, store
from services.intake.service import IntakeService
from services.spine import errors
from services.spine.actor import Actor
from tests.intake.test_domain import PLAN, handed
from tests.stack import grant

UNIT, CAMPAIGN, TEXT = str(PLAN["unit"]), str(PLAN["campaign"]), b"text"


def asking(permission, account, *grants):
    return Actor({"sub": account, "name": account, "grants": list(grants)}, permission, "2024-01-12")


@pytest.fixture
def service(db):
    """The doors with one outline that counts, and a piece of evidence."""
    store.prepare(db)
    sha256 = originals.keep(db, TEXT, "text/plain", "提纲.txt", {**PLAN, "post": "02", "secrecy": "internal"})
    originals.keep(db, b"photo", "text/plain", "佐证.txt", PLAN)
    sent = handed("b")._replace(sha256=sha256, media="text/plain", file_name="提纲.txt", asks=())
    material = domain.submit(domain.begin(PLAN, "speech_outline", "02"), sent)[0]
    db.materials.insert_one({**material, "revision": 1})
    said = {"recusal_id": "r", "unit": UNIT, "account": "recused", "stands": True}
    opinions_store.remember_recusal(db, {"campaign": CAMPAIGN, "sequence": 1, "data": said})
    service = IntakeService()
    service.db = db
    return service


def test_a_reader_whom_a_unit_concerns_gets_none_of_its_texts_by_whichever_door(service):
    """Neither recused nor of it, now or once; the group's others do, and evidence is read by whoever verifies."""
    key, supervisor = f"{CAMPAIGN}.{UNIT}.speech_outline.02", grant("supervisor", "group", str(PLAN["group"]), CAMPAIGN)
    former = {**grant("liaison", "unit", UNIT, CAMPAIGN), "until": "2020-01-01"}
    own, author = (grant("member", "post", f"{UNIT}/{post}", CAMPAIGN) for post in ("03", "02"))

    def read(account, *grants):
        service.version_file(asking("read_material", account, supervisor, *grants), key, 1, {})
        service.file(asking("read_file", account, supervisor, *grants), originals.hash_of(TEXT))

    for account, grants, code in (
        ("recused", (), "recused"),
        ("a", (former,), "own_former_unit"),
        ("a", (own,), "own_material"),
    ):
        for ask in (
            lambda who: service.version_file(who("read_material"), key, 1, {}),
            lambda who: service.version_form(who("read_material"), key, 1),
            lambda who: service.repeats(who("read_material"), key, 1),
            lambda who: service.file(who("read_file"), originals.hash_of(TEXT)),
        ):
            with pytest.raises(errors.Refusal, match=code):
                ask(lambda permission, of=account, held=grants: asking(permission, of, supervisor, *held))
    read("a")
    read("recused", author)
    service.file(asking("read_file", "recused", supervisor), originals.hash_of(b"photo"))
