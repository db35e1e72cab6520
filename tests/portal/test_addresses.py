"""Addresses that only forms are sent to, and the pages they belong to."""

import pytest

from services.portal import app, pages
from services.spine import settings


@pytest.fixture
def portal(monkeypatch, tmp_path):
    """The portal, with nobody behind it."""
    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    settings.secret.cache_clear()
    yield app.create()
    settings.secret.cache_clear()


@pytest.mark.parametrize(
    ("entered", "page"),
    [
        ("/meetings/a.b/held", "/meetings/a.b"),
        ("/meetings/a.b/aspects/3", "/meetings/a.b"),
        ("/materials/a.b.c.d/versions", "/materials/a.b.c.d"),
        ("/reviews/a.b.c.d.v1/verdict", "/reviews/a.b.c.d.v1"),
        ("/reviews/a.b.c.d.v1/notes/a.b.c.d.v1.n1/withdraw", "/reviews/a.b.c.d.v1"),
        ("/reviews/forms/given", "/reviews/forms"),
        ("/reviews/rereadings/a.b.c.d.v1/verdict", "/reviews/rereadings/a.b.c.d.v1"),
        ("/meetings/a.b/comment/addenda", "/meetings/a.b/comment"),
        ("/items/candidates/a.b.comment.p1/explanation", "/items/candidates/a.b.comment.p1"),
        ("/items/a.b.c/closeout", "/items/a.b.c"),
        ("/campaigns/a/open", "/campaigns/a"),
        ("/accounts/ann/password", "/accounts"),
        ("/operations/tasks/t/retry", "/operations"),
        ("/rules/trials", "/rules"),
        ("/me/password", "/me"),
        ("/sign-out", "/"),
    ],
)
def test_the_address_of_a_form_entered_again_is_the_page_of_the_thing(portal, entered, page):
    """After a refused form it stands in the address bar."""
    answer = portal.test_client().get(entered)

    assert (answer.status_code, answer.headers["Location"]) == (303, page)


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("http://localhost/meetings/x", "/meetings/x"),
        ("https://evil.example/meetings/x", "/materials/a.b.c.d"),
        ("", "/materials/a.b.c.d"),
    ],
)
def test_the_way_back_from_a_file_that_is_too_large_is_the_page_with_its_form(portal, referrer, page):
    """As the browser tells it; never another site."""
    with portal.test_request_context("/materials/a.b.c.d/versions", method="POST", headers={"Referer": referrer}):
        assert pages.came_from() == page
