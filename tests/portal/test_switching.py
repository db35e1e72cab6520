"""The language of a refused page: the same page in the other language, with what was written, and nothing is done."""

import json

import pytest
from flask import Flask, g, request
from werkzeug.datastructures import MultiDict

from services.portal import asking, clients, languages, switching
from services.spine import errors

REFUSED = clients.Declined(
    errors.Refusal(
        "form_invalid", count=1, errors=[{"pointer": "/on", "code": "day_implausible", "on": "1900-01-01"}]
    ).body("zh")
)
WRITTEN = [("on", "1900-01-01"), ("posts", "01"), ("posts", "02"), ("reason", "第一行\r\n第二行")]
SECRET = [("csrf_token", "t"), ("password", "p")]


@pytest.fixture
def page():
    """A page that was sent with this form."""
    app = Flask("portal")

    def sent(form: list[tuple[str, str]], path: str = "/meetings/a.b/schedule"):
        return app.test_request_context(path, method="POST", data=MultiDict(form))

    return sent


def again(page) -> str:
    """What the refused page carries to be sent again."""
    with page([*WRITTEN, *SECRET]):
        carried = switching.offered(REFUSED)
    assert carried is not None
    return carried


def test_what_was_written_comes_back_and_no_password_does(page):
    carried = again(page)
    assert '"p"' not in carried and "csrf_token" not in carried
    with page([("csrf_token", "t"), (switching.FIELD, carried)]):
        switching.begin()
        assert languages.current() == "en"
        assert list(request.form.items(multi=True)) == WRITTEN


def test_the_refusal_is_the_same_in_the_other_language_and_nothing_is_asked_of_a_service(page, monkeypatch):
    monkeypatch.setattr(clients, "call", lambda *_, **__: pytest.fail("a service was asked to do something"))
    with page([(switching.FIELD, again(page))]):
        switching.begin()
        for act in (lambda: asking.post("registry", "/x", {}), lambda: asking.hand_in("intake", "/x", {})):
            with pytest.raises(clients.Declined) as refused:
                act()
            assert refused.value.detail == errors.text("form_invalid", "en", {"count": 1})
            assert refused.value.places[0]["detail"] == errors.text("day_implausible", "en", {"on": "1900-01-01"})


def test_a_page_that_was_not_refused_or_asks_a_password_carries_nothing(page):
    with page(WRITTEN):
        assert switching.offered(None) is None
        request.url_rule = type("Rule", (), {"endpoint": "signing.sign_in"})()
        assert switching.offered(REFUSED) is None


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"language": "en"}', "null", '{"language": 1, "fields": 2}'])
def test_a_page_that_is_sent_spoilt_does_nothing_either(page, spoilt):
    with page([(switching.FIELD, spoilt), *WRITTEN]):
        switching.begin()
        with pytest.raises(clients.Declined):
            switching.stop()


def test_every_other_page_goes_on_as_it_is(page):
    with page(WRITTEN):
        switching.begin()
        switching.stop()
        assert "language" not in g and json.loads(again(page))["language"] == "en"
