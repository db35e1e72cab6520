"""The portal while the services behind it do not answer."""

import re

import pytest

from services.portal import app, clients
from services.spine import settings
from tests.broker import free_port


@pytest.fixture
def browser(monkeypatch, tmp_path):
    """A reader of a portal with nobody behind it."""
    (tmp_path / "secret").write_text("s" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    for service in settings.SERVICES:
        monkeypatch.setenv(f"RECTIFY_{service.upper()}_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(clients, "_retries", False)
    settings.secret.cache_clear()
    yield app.create().test_client()
    settings.secret.cache_clear()


def sign_in(browser):
    """Press the button of the sign-in page."""
    form = browser.get("/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    return browser.post("/sign-in", data={"csrf_token": token and token[1], "login": "office", "password": "x"})


def test_a_page_says_so_calmly(browser):
    """In the reader's language, with the status that says when to come back."""
    answer = sign_in(browser)
    assert answer.status_code == 503
    assert "服务暂时不可用" in answer.text
    browser.get("/language/en")
    assert "The service is unavailable for the moment" in sign_in(browser).text


def test_a_program_gets_a_problem_document(browser):
    """With a code it can act on."""
    answer = browser.post("/api/v1/sessions", json={"login": "office", "password": "x"})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.json["code"] == "service_unavailable"
    assert answer.headers["Retry-After"] == "5"


def test_the_portal_itself_is_healthy(browser):
    """Its health is its own."""
    assert browser.get("/health").json == {"service": "portal", "ok": True}


def test_a_form_from_another_site_is_not_accepted(browser):
    """Without the token of this site's own page nothing is done."""
    answer = browser.post("/sign-in", data={"login": "office", "password": "x"})
    assert answer.status_code == 400
    assert "这次提交没有被接受" in answer.text


def test_behind_a_proxy_with_tls_forms_are_taken_and_cookies_are_secure(browser):
    """Whatever port the proxy listens on."""
    browser.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    browser.environ_base["HTTP_REFERER"] = "https://localhost:8443/sign-in"
    assert sign_in(browser).status_code == 503
    cookie = browser.get("/language/en").headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


def test_nothing_may_be_loaded_from_outside(browser):
    """The content policy of every page allows this site only, and no script or style inside a page."""
    page = browser.get("/sign-in")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("https", "http").split("img-src")[0]
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=", page.text)


def test_a_program_needs_its_token_and_not_a_cookie(browser):
    """So no other site can act for a reader through the public API."""
    browser.set_cookie("rectify_session", "a" * 40)
    answer = browser.get("/api/v1/me")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_what_is_too_large_is_refused_after_it_was_read(browser):
    """A clear answer on a page and for a program."""
    large = b"x" * (12 * 1024 * 1024)
    page = browser.post("/materials/a.b.c.d/versions", data=large, content_type="application/octet-stream")
    assert page.status_code == 413
    assert "文件太大，没有收下" in page.text
    assert browser.post("/api/v1/sessions", data=large).json["code"] == "file_too_large"
