"""A meeting that is cancelled: nothing new is taken for it, what is kept stays, and restored it goes on as it was."""

import random
from typing import Any

import pytest

from services.intake import (
    batches_store,
    codes,
    coverage,
    domain,
    filing_store,
    manifest,
    opinion_forms,
    opinion_forms_store,
    shelves_store,
    signing,
    store,
    taking,
    talk_readers,
    talks_store,
)
from services.intake.service import IntakeService
from services.spine import errors, sheets
from services.spine.http import Upload
from tests.intake.asked import DRAFT, HAND, sheet
from tests.intake.test_domain import handed
from tests.intake.test_sight import asking
from tests.intake.test_signing import PAGE, signer
from tests.meeting_said import ON, PLACE, UNIT, cancelled, hear, scheduled
from tests.stack import CAMPAIGN, grant

pytestmark = pytest.mark.usefixtures("secret")
OUTLINE, AT, HERE = f"{PLACE}.speech_outline.02", "2024-01-02T08:00:00.000Z", {"campaign": CAMPAIGN, "unit": UNIT}
ASKED = {**DRAFT, **HERE, "closes_on": "2099-01-01"}
STUDY = {**HERE, "key": "s01", "on": "2023-12-25", "hours": 4, "form": "together"}
STUDY |= {"attendance": [{"post": "01", "present": True}]}
TALK = {"from_post": "01", "with_post": "02", "on": "2023-12-25"}
OPINION = {"source": "interview", "text": "下基层少"}
WRONG = {"reason": "登错了"}


@pytest.fixture
def service(db) -> Any:
    """The doors, the meeting scheduled, with an outline that waits for its author's signature."""
    store.prepare(db)
    service = IntakeService()
    service.db = db
    assert hear(service, scheduled(1)) == [None]
    begun = domain.begin(store.plan(db, CAMPAIGN, UNIT), "speech_outline", "02")
    changed, facts = domain.submit(begun, handed("b")._replace(asks=("author", "secretary")))
    store.keep(db, None, changed, facts, AT)
    return service


def liaison(permission: str) -> Any:
    return asking(permission, "a", grant("liaison", "unit", UNIT), grant("secretary", "unit", UNIT))


def outline(service: Any) -> domain.Material:
    return store.get(service.db, OUTLINE, {})


def said(service: Any) -> list[tuple[str, str]]:
    """What was said of the outline's signatures."""
    return [(one["type"].split("_")[1], one["data"].get("outcome", "")) for one in outline(service)["outbox"]]


def opened(service: Any, key: str, *texts: str) -> opinion_forms.Form:
    """An open form about the unit, answered."""
    plan = store.plan(service.db, CAMPAIGN, UNIT)
    made = {**opinion_forms.begin(plan, {**ASKED, "key": key}, HAND, AT[:10], 5), "state": "open"}
    opinion_forms_store.add(service.db, made, AT)
    given = codes.make(12, random.choice)
    opinion_forms_store.fill(service.db, made["_id"], given)
    for code, text in zip(given, texts, strict=False):
        opinion_forms_store.put(service.db, made["_id"], code, sheet(text))
    return made


def test_nothing_new_is_taken_and_what_is_kept_stays(service):
    db, sender = service.db, taking.Sender("a", "联络员", AT, AT[:10])
    service.enter_talks(liaison("record_talk"), {**HERE, "talks": [TALK]})
    service.enter_study(liaison("record_study"), STUDY)
    before = outline(service)
    form = service.open_form(liaison("open_form"), ASKED)[1]
    hear(service, cancelled(2))
    plan, upload = store.plan(db, CAMPAIGN, UNIT), Upload("提纲.txt", "我在学习上不够系统。".encode())
    (talk,) = service.find_talks(liaison("read_talk"), HERE)["rows"]
    number = {"follows": "1"}
    for act in (
        lambda: taking.look(db, plan, "speech_outline", "02", number, upload, sender),
        lambda: domain.submit(outline(service), handed("c", follows=1)),
        lambda: signing.sign(outline(service), 1, signer("a", "author")),
        lambda: signing.record_paper(outline(service), 1, PAGE),
        lambda: service.enter_talks(liaison("record_talk"), {**HERE, "talks": [{**TALK, "on": "2023-12-26"}]}),
        lambda: service.withdraw_talk(liaison("record_talk"), talk["talk_id"], WRONG),
        lambda: service.enter_study(liaison("record_study"), {**STUDY, "key": "s02"}),
        lambda: service.withdraw_study(liaison("record_study"), f"{PLACE}.s.s01", WRONG),
        lambda: service.open_form(liaison("open_form"), {**ASKED, "key": "another1"}),
        lambda: service.make_codes(liaison("open_form"), form["form_id"], {}),
        lambda: service.add_opinions(liaison("add_opinion"), {**HERE, "post": "02", "opinions": [OPINION]}),
    ):
        with pytest.raises(errors.Refusal) as no:
            act()
        assert (no.value.code, no.value.params) == ("meeting_cancelled", {"on": ON})
    assert outline(service)["versions"] == before["versions"]
    assert service.material(liaison("read_material"), OUTLINE)["cancelled_on"] == ON
    assert len(service.find_studies(liaison("read_study"), HERE)["rows"]) == 1


def test_what_waits_for_a_signature_stands_in_no_list_until_the_meeting_is_restored(service):
    asked = {"campaign": CAMPAIGN, "state": "unsigned"}

    def waits() -> list[list[str]]:
        rows = shelves_store.page(service.db, {}, asked, lambda _: True)["rows"]
        return [store.row(row)["unsigned"] for row in rows]

    hear(service, cancelled(2), cancelled(2))
    assert said(service) == [("awaited", ""), ("settled", "cancelled")]
    assert (waits(), store.row(outline(service))["unsigned"]) == ([], [])
    hear(service, scheduled(3, "restored"), scheduled(3, "restored"))
    assert said(service)[2:] == [("awaited", "")]
    assert waits() == [["author", "secretary"]]
    signed, _ = signing.sign(outline(service), 1, signer("a", "author", "secretary"))
    assert signed["state"] == "submitted"


def test_an_open_form_closes_as_on_its_day_and_keeps_nothing_by_which_answers_could_be_told_apart(service):
    form = opened(service, "k7m2p9qx", "下基层少", "开会多")
    hear(service, cancelled(2), cancelled(2))
    closed = opinion_forms_store.get(service.db, form["_id"], {})
    assert (closed["state"], closed["answered"]) == ("closed", None), "fewer than may be told"
    assert [one["type"] for one in closed["outbox"]] == ["rectify.opinion_form_closed"]
    assert sorted(one["text"] for one in service.db.opinions.find()) == ["下基层少", "开会多"]
    assert service.db.boxes.count_documents({}) == 0
    hear(service, scheduled(3, "restored"))
    assert opinion_forms_store.get(service.db, form["_id"], {})["state"] == "closed"


def test_a_form_that_waits_for_its_codes_gets_them_when_the_meeting_is_restored(service):
    form = service.open_form(liaison("open_form"), ASKED)[1]
    hear(service, cancelled(2), scheduled(3, "restored"))
    assert service.make_codes(liaison("open_form"), form["form_id"], {})[0] == 201


def to_fill_in(db: Any) -> int:
    """How many lines a batch's table to fill in has."""
    return len(sheets.read(manifest.write(batches_store.plans(db, HERE), {}, "zh"))[0].rows) - 1


def test_nothing_is_asked_of_it(service):
    db, reader = service.db, talk_readers.Reader(frozenset({"02"}), frozenset({"secretary"}))
    hear(service, cancelled(2))
    plan = store.plan(db, CAMPAIGN, UNIT)
    owed = talk_readers.owed(plan, talks_store.book(db, plan)[1], reader)
    assert (owed["rows"], owed["to_confirm"]) == ([], 0)
    assert service.find_studies(liaison("read_study"), HERE)["totals"]["hours"] == 0
    assert filing_store.listed(db, {}, {"campaign": CAMPAIGN})["rows"] == []
    assert service.filing(liaison("read_filing"), UNIT, {"campaign": CAMPAIGN})["missing"] == []
    assert to_fill_in(db) == 0
    hear(service, scheduled(3, "restored"))
    assert to_fill_in(db) == 2
    assert len(filing_store.listed(db, {}, {"campaign": CAMPAIGN})["rows"]) == 1


def test_talks_that_were_complete_are_not_said_again(service):
    talks = [TALK, {"from_post": "02", "with_outside": "办公室主任", "on": "2023-12-25"}]
    rules = {**coverage.RULES, "confirmed": False, "due_on": None}
    hear(service, scheduled(2, preparation={"opens_on": "2023-12-04", "talks": rules}))
    service.enter_talks(liaison("record_talk"), {**HERE, "talks": talks})
    hear(service, cancelled(3), scheduled(4, "restored", preparation={"opens_on": "2023-12-04", "talks": rules}))
    (book,) = service.db.talk_books.find()
    assert [one["type"] for one in book["outbox"]] == ["rectify.talks_completed"] and book["counts"]["owed"] == 2


def test_of_two_sayings_the_later_holds_in_whatever_order_they_come(service, db):
    def stands() -> str | None:
        return store.plan(db, CAMPAIGN, UNIT).get("cancelled_on")

    hear(service, scheduled(5, "regrouped", group="G5"), cancelled(4))
    assert stands() == outline(service)["cancelled_on"] == ON, "what else is said of it takes nothing back"
    hear(service, scheduled(7, "restored"), cancelled(6, on="2024-01-05"), cancelled(4))
    assert (stands(), outline(service)["cancelled_on"]) == (None, None)
    hear(service, cancelled(8), scheduled(7, "restored"), scheduled(1))
    assert stands() == ON


def test_it_waits_for_the_meeting_it_is_about(db):
    store.prepare(db)
    service: Any = IntakeService()
    service.db = db
    (fate,) = hear(service, cancelled(2))
    assert isinstance(fate, errors.Stale), "it comes again"
    assert hear(service, scheduled(1), cancelled(2)) == [None, None]
