"""Rules of rectification that a county or a unit makes stricter on a page: what is left empty stays."""

from werkzeug.datastructures import MultiDict

from services.portal import stricter_form
from services.portal.pages.places import _number
from services.registry import definition, rectifying

RULES = definition.REFERENCE["policy"]["rectification"]


def asked(**fields: str | list[str]):
    return stricter_form.rectification(
        RULES, MultiDict({key.replace("__", ":"): said for key, said in fields.items()}), _number
    )


def test_nothing_is_asked_where_nothing_is_written_or_all_of_it_stands_already():
    assert asked() is None is asked(report_day="25", level=["long_term:group"], return_days__phased="15")


def test_what_is_written_is_asked_and_is_stricter():
    rules = asked(report_day="20", level=["phased:office"], return_days__immediate="5", recheck_days__phased="90、180")
    assert (rules["report_day"], rules["lists"]["immediate"]["return_days"]) == (20, 5)
    phased = rules["lists"]["phased"]
    assert (phased["levels"], phased["levels_at"]["city"], phased["recheck_days"]) == (
        ["group", "office"], ["group", "office"], [90, 180],
    )  # fmt: skip
    assert rules["escalation"] == RULES["escalation"] and rectifying.stricter(RULES, rules)


def test_what_is_no_number_is_left_to_be_refused_by_its_place():
    assert asked(report_day="月底")["report_day"] == "月底"
