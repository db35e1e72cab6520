"""Whose unit and post a material is: asked once, and never waited for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from services.review import authors
from services.spine import settings

REVIEW = {"campaign": "minchuan-2023-theme", "unit": "990823-NYNC", "post": "02"}
MEETING = {"unit_name": "青溪县农业农村局", "posts": [{"post": "02", "title": "党组成员、副局长", "role": "member"}]}


@pytest.fixture
def registry(monkeypatch, tmp_path):
    """A registry that answers as it is told: {"status", "body", "asked"}."""
    told: dict[str, Any] = {"status": 200, "body": MEETING, "asked": 0}

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            told["asked"] += 1
            self.send_response(told["status"])
            self.end_headers()
            self.wfile.write(json.dumps(told["body"]).encode())

        def log_message(self, *_):
            pass

    (tmp_path / "secret").write_text("0" * 64)
    monkeypatch.setenv("RECTIFY_SECRET_FILE", str(tmp_path / "secret"))
    settings.secret.cache_clear()
    server = HTTPServer(("127.0.0.1", 0), Door)
    monkeypatch.setenv("RECTIFY_REGISTRY_URL", f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()
    settings.secret.cache_clear()


def test_unit_and_post_are_named_and_asked_for_once(registry):
    known = authors.Authors()
    assert known.of(REVIEW) == {"unit_name": "青溪县农业农村局", "title": "党组成员、副局长"}
    assert known.of({**REVIEW, "post": "team"}) == {"unit_name": "青溪县农业农村局", "title": ""}
    assert registry["asked"] == 1


def test_a_registry_that_is_away_is_left_alone_for_a_while_and_nobody_waits(registry):
    registry["status"] = 503
    known = authors.Authors()
    assert [known.of({**REVIEW, "unit": unit}) for unit in ("990823-NYNC", "990824-LY")] == [None, None]
    assert registry["asked"] == 1


def test_a_unit_that_the_registry_does_not_know_has_no_author(registry):
    registry["status"] = 404
    assert authors.Authors().of(REVIEW) is None


def test_what_was_told_serves_while_the_registry_is_away(registry, monkeypatch):
    known = authors.Authors()
    known.of(REVIEW)
    monkeypatch.setattr(authors, "KEPT_SECONDS", 0.0)
    known._known = {key: (0.0, told) for key, (_, told) in known._known.items()}
    registry["status"] = 500
    assert known.of(REVIEW) == {"unit_name": "青溪县农业农村局", "title": "党组成员、副局长"}
