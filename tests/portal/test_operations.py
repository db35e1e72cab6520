"""What operators read of a task."""

import pytest

from services.portal import app
from services.portal.pages import operations
from services.spine import settings


@pytest.fixture
def page(monkeypatch, tmp_path):
    """While a Chinese page is being made."""
    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    settings.secret.cache_clear()
    with app.create().test_request_context("/"):
        yield
    settings.secret.cache_clear()


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"what": "failed", "reason": "Timeout: intake"}, "Timeout: intake"),
        ({"what": "once more", "reason": "opinions"}, "征求到的意见有变化"),
        ({"what": "once more", "reason": "resembles a.b.v1"}, "与后来收到的一份相似：a.b.v1"),
        ({"what": "done"}, ""),
    ],
)
def test_why_a_task_is_done_once_more_is_said_in_words(step, said):
    """What an error says stays as it is."""
    assert operations.because(step) == said
