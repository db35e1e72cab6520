"""Rules of rectification and reminders that a county or a unit makes stricter on a page: what is left empty stays."""

from werkzeug.datastructures import MultiDict

from services.portal import numerals, stricter_form
from services.registry import definition, inheritance, rectifying

RULES = definition.REFERENCE["policy"]["rectification"]


def asked(**fields: str | list[str]):
    return stricter_form.rectification(
        RULES, MultiDict({key.replace("__", ":"): said for key, said in fields.items()}), numerals.read
    )


def test_nothing_is_asked_where_nothing_is_written_or_all_of_it_stands_already():
    assert asked() is None is asked(report_day="25", level=["long_term:group"], return_days__phased="15")


def test_what_is_written_is_asked_and_is_stricter():
    rules = asked(
        report_day="20",
        soon_days="10",
        evidence_files="2",
        level=["phased:office"],
        return_days__immediate="5",
        recheck_days__phased="90、180",
    )
    assert (rules["report_day"], rules["soon_days"], rules["evidence_files"]) == (20, 10, 2)
    assert rules["lists"]["immediate"]["return_days"] == 5
    phased = rules["lists"]["phased"]
    assert (phased["levels"], phased["levels_at"]["city"], phased["recheck_days"]) == (
        ["group", "office"], ["group", "office"], [90, 180],
    )  # fmt: skip
    assert rules["escalation"] == RULES["escalation"] and rectifying.stricter(RULES, rules)


def test_where_what_was_sent_back_is_not_yellow_a_place_may_ask_for_it():
    calm = {**RULES, "when_returned": "as_due"}
    assert stricter_form.rectification(calm, MultiDict({}), numerals.read) is None
    assert stricter_form.rectification(calm, MultiDict({"when_returned": "yellow"}), numerals.read) == RULES


def test_what_is_no_number_is_left_to_be_refused_by_its_place():
    assert asked(report_day="月底")["report_day"] == "月底"


STEPS = definition.REFERENCE["policy"]["reminders"]


def reminded(**fields: str | list[str]):
    return stricter_form.reminders(
        STEPS, MultiDict({key.replace("__", ":"): said for key, said in fields.items()}), numerals.read
    )


def test_no_reminder_is_asked_where_no_day_is_written_or_it_stands_already():
    assert reminded() is None is reminded(to__meeting=["office"], counted__meeting="working")
    assert reminded(before__meeting="7", to__meeting=["owner"]) is None


def test_days_before_and_after_are_added_and_a_day_that_stands_reaches_more_people():
    steps = reminded(before__meeting="10、-7、0", after__meeting="5", to__meeting=["group", "owner"])
    asked = {(one["days"], one["unit"]): one["to"] for one in steps["meeting"]}
    assert (asked[-10, "natural"], asked[5, "natural"]) == (["owner", "group"], ["owner", "group"])
    assert (asked[-7, "natural"], asked[0, "natural"]) == (["owner", "group"], ["owner", "leader", "group"])
    assert inheritance.stricter("reminders", STEPS, steps) and not inheritance.stricter("reminders", steps, STEPS)
    working = reminded(before__answer="2", counted__answer="working", to__answer=["owner"])["answer"]
    assert {"days": -2, "unit": "working", "to": ["owner"]} in working


def test_a_reminder_of_nobody_and_a_day_that_is_none_are_left_to_be_refused():
    assert reminded(before__item="20")["item"][-1]["to"] == []
    assert reminded(before__item="下周", to__item=["owner"])["item"][-1]["days"] == "下周"
