"""The rules of study before the meeting."""

import pytest

from services.intake import store, study, study_store
from services.spine.errors import Refusal

PLAN = {
    "campaign": "a-campaign",
    "unit": "990823-NYNC",
    "required": [],
    "posts": [{"post": "01", "role": "secretary"}, {"post": "02", "role": "member"}],
    "preparation": {"study": {"hours": 6, "topics": ["theory", "party"], "due_on": "2023-12-30"}},
}
WHO = study.Writer("liaison", "联络员", "2024-01-05T08:00:00.000Z", "2024-01-05")
DRAFT = {
    "key": "s01",
    "on": "2023-12-25",
    "hours": 4,
    "form": "together",
    "topics": ["theory"],
    "attendance": [{"post": "01", "present": True}, {"post": "02", "present": False, "reason": "因公出差"}],
}


def refused(code, act, *arguments):
    with pytest.raises(Refusal) as no:
        act(*arguments)
    assert no.value.code == code
    return [(one["pointer"], one["code"]) for one in no.value.errors]


def total(*records):
    return {row["post"]: row for row in study.totals(PLAN, records, ["01", "02"])["rows"]}


def test_hours_count_for_those_who_were_there_or_made_up_for_it():
    record = study.begin(PLAN, DRAFT, WHO)
    before = total(record)
    assert (before["01"]["hours"], before["01"]["short"], before["01"]["topics_missing"]) == (4, 2, ["party"])
    assert (before["02"]["hours"], before["02"]["missed"]) == (0, [record["study_id"]])
    after = total(study.make_up(record, "02", "2023-12-28", 3, WHO))
    assert (after["02"]["hours"], after["02"]["missed"], after["02"]["made_up"]) == (3, [], 1)
    assert study.totals(PLAN, [record], ["01"])["topics_missing"] == ["party"]


def test_all_that_is_wrong_with_a_record_is_said_at_once():
    away = [{"post": "09", "present": True}, {"post": "02", "present": False}, {"post": "02", "present": True}]
    wrong = {**DRAFT, "on": "2099-01-01", "topics": ["dance"], "attendance": away}
    assert refused("study_faulty", study.begin, PLAN, wrong, WHO) == [
        ("/on", "day_in_future"), ("/topics/0", "topic_unknown"), ("/attendance/0/post", "unknown_post"),
        ("/attendance/1/reason", "absence_without_reason"), ("/attendance/2/post", "post_twice"),
    ]  # fmt: skip


def test_somebody_makes_up_once_for_what_was_missed_and_not_before_it():
    record = study.begin(PLAN, DRAFT, WHO)
    refused("was_not_away", study.make_up, record, "01", "2023-12-28", 3, WHO)
    refused("made_up_too_early", study.make_up, record, "02", "2023-12-01", 3, WHO)
    refused("day_in_future", study.make_up, record, "02", "2099-12-01", 3, WHO)
    made_up = study.make_up(record, "02", "2023-12-28", 3, WHO)
    assert study.make_up(made_up, "02", "2023-12-28", 3, WHO) == made_up
    refused("made_up_before", study.make_up, made_up, "02", "2023-12-29", 3, WHO)


def test_a_record_is_corrected_by_a_version_and_withdrawn_with_a_reason():
    record = study.begin(PLAN, DRAFT, WHO)
    draft = {**{key: DRAFT[key] for key in DRAFT if key != "key"}, "hours": 5, "follows": 1, "reason": "学时写错"}
    changed = study.correct(record, PLAN, draft, WHO)
    assert [one["hours"] for one in changed["versions"]] == [4, 5]
    assert study.correct(changed, PLAN, draft, WHO) == changed
    refused("study_changed", study.correct, changed, PLAN, {**draft, "hours": 6}, WHO)
    gone = study.withdraw(changed, "重复", WHO)
    assert study.withdraw(gone, "又", WHO) == gone and total(gone)["01"]["hours"] == 0
    refused("study_withdrawn", study.make_up, gone, "02", "2023-12-28", 3, WHO)


def test_the_same_key_is_the_same_record_and_it_is_kept_once(db):
    store.prepare(db)
    record = study_store.save(db, None, study.begin(PLAN, DRAFT, WHO), WHO.at)
    study.check_same(study_store.get(db, record["_id"]), DRAFT)
    refused("key_taken", study.check_same, record, {**DRAFT, "hours": 8})
    assert [one["study_id"] for one in study_store.of_unit(db, PLAN)] == [record["study_id"]]
