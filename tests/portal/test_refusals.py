"""A service's "no" as a person reads it."""

from typing import Any

import pytest

from services.portal import app, clients, refusals
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
