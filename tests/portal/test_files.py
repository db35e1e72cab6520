"""A file that is made under filters: a filter that is none is told as on a page, not as a service that is away."""

import io
import json

import pytest
import urllib3
from flask import Flask

from services.portal import asking, clients, languages
from services.portal.pages import files

PURPLE = {"code": "not_valid", "errors": [{"pointer": "/colour", "code": "not_valid"}]}


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (422, PURPLE, (422, "not_valid", PURPLE["errors"])),
        (404, "no words", (404, "not_found", [])),
        (500, {"code": "accident"}, (503, "service_unavailable", [])),
    ],
)
def test_why_no_file_was_made_reaches_whoever_asked(status, said, told, monkeypatch):
    body = io.BytesIO(json.dumps(said).encode())
    answer = urllib3.HTTPResponse(body, status=status, preload_content=False)
    monkeypatch.setattr(clients, "send", lambda *_, **__: answer)
    monkeypatch.setattr(asking, "viewer", lambda: type("Viewer", (), {"claims": "c"}))
    monkeypatch.setattr(languages, "current", lambda: "zh")
    with Flask("portal").test_request_context(), pytest.raises(clients.Declined) as declined:
        files.passed_on("rectification", "/ledger.xlsx", {"colour": "purple"})
    assert (declined.value.status, declined.value.code, declined.value.places) == told
