"""A service's "no" as a person reads it."""

from typing import Any

import pytest
from flask import g, request

from services.portal import app, clients, reference, refusals
from services.spine import errors, settings


@pytest.fixture
def page(monkeypatch, tmp_path):
    """While a Chinese page is being made."""
    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    settings.secret.cache_clear()
    with app.create().test_request_context("/"):
        yield
    settings.secret.cache_clear()


def told(code: str, **params: Any) -> clients.Declined:
    """The refusal as a service answers it."""
    return clients.Declined(errors.Refusal(code, **params).body("zh"))


@pytest.mark.usefixtures("page")
def test_codes_and_stamps_are_said_in_words():
    """Nobody has to know what `returned` means, nor what time it is in Greenwich."""
    judged = told("already_judged", version=1, at="2024-01-05T16:30:00.000Z", by="督导员", outcome="returned")
    missing = told("materials_not_passed", count=2, missing="team team_inspection、02 speech_outline")

    assert refusals.sentence(judged) == "第 1 版已于 2024年1月6日 00:30 由 督导员 作出结论：退回修改。"
    assert "班子对照检查材料、个人发言提纲 · 岗位 02" in refusals.sentence(missing)
    looser = told("not_stricter", rules="answer_within、immediate_days")
    assert "退回后答复时限、即知即改期限（天）比现行规定宽" in refusals.sentence(looser)


@pytest.mark.usefixtures("page")
def test_on_a_units_page_a_post_has_the_name_it_has_there(monkeypatch):
    """Elsewhere its number has to do."""
    monkeypatch.setattr(reference, "post_name", lambda unit, post: {("990823-NYNC", "04"): "总农艺师"}[unit, post])
    away = told("absence_without_reason", post="04")
    assert "岗位 04" in refusals.sentence(away)
    g.viewer, request.view_args = "any", {"meeting_id": "minchuan.990823-NYNC"}
    assert "总农艺师" in refusals.sentence(away)


@pytest.mark.usefixtures("page")
def test_a_state_is_called_by_the_word_of_what_it_is_the_state_of():
    """A review, a task and an item share codes, not words."""
    assert "“已有结论”" in refusals.sentence(told("not_open", state="judged"))
    assert "“整改中”" in refusals.sentence(told("wrong_state", state="open", move="close"))
    assert "督导组 还没有审阅通过" in refusals.sentence(told("level_missing", level="group"))


@pytest.mark.usefixtures("page")
def test_a_field_is_told_in_the_same_words_as_the_form():
    """Days as on the calendar, beside the field too."""
    fault = {"pointer": "/due_on", "code": "extension_past_close", "closes_on": "2024-02-01"}
    late = told("extension_past_close", closes_on="2024-02-01", errors=[fault])

    assert refusals.at(late, "/due_on") == refusals.sentence(late)
    assert refusals.at(late, "/closes_on") == refusals.at(None, "/due_on") == ""


@pytest.mark.usefixtures("page")
def test_standards_that_failed_are_named_by_what_is_wrong():
    """They are refused for their failure, so 整改措施实 would say the opposite."""
    silent = told("verdict_without_reason", standards="persuasion、measures")

    assert "说服力不强、措施不实" in refusals.sentence(silent)


@pytest.mark.usefixtures("page")
def test_a_version_that_could_not_be_read_is_named_as_people_know_it():
    """Not by the name it is kept under."""
    refusal = {"code": "no_text_layer", "params": {"name": "c.u.k.p.v1.pdf"}, "detail": "“c.u.k.p.v1.pdf”是扫描件"}

    assert refusals.unreadable(refusal, "提纲.pdf").startswith("“提纲.pdf”是扫描件")
    assert refusals.unreadable(None, "提纲.pdf") == ""


@pytest.mark.usefixtures("page")
def test_a_place_that_says_the_same_is_not_said_twice():
    """One sentence for one fault."""
    fault = {"pointer": "/due_on", "code": "immediate_too_long", "days": 30, "latest": "2024-02-01"}
    late = told("immediate_too_long", days=30, latest="2024-02-01", errors=[fault])

    assert "2024年2月1日" in refusals.sentence(late)
    assert refusals.places(late) == []
