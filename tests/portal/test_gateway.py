"""Which service owns which public address."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from services.portal import gateway
from services.spine import settings


def test_every_public_operation_has_an_owner():
    """The gateway knows each path of the published interface, with any id in it."""
    described = yaml.load((settings.SCHEMAS / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
    for path, operations in described["paths"].items():
        asked = path.removeprefix("/api/v1").replace("{version}", "2").replace("{number}", "3")
        asked = asked.replace("{", "a.b-").replace("}", "")
        assert {gateway.owner(asked)} == {one["x-service"] for one in operations.values()}, path


@pytest.mark.parametrize("path", ["/claims", "/status", "/metrics", "/health", "/items/../claims", "/", "/forms/k7m"])
def test_what_services_say_among_themselves_is_not_public(path):
    """Claims are made for the portal only; states are for operators, inside."""
    assert gateway.owner(path) is None


def test_many_who_ask_first_at_once_wait_for_one_reading_of_the_contract(monkeypatch, request):
    """Ten readings beside each other kept everybody waiting for half a minute on a crowded machine."""
    read = []

    def load(*_):
        read.append("openapi")
        time.sleep(0.1)
        return {"paths": {"/api/v1/events": {"get": {"x-service": "notification"}}}}

    monkeypatch.setattr(yaml, "load", load)
    gateway._routes.cache_clear()
    request.addfinalizer(gateway._routes.cache_clear)
    with ThreadPoolExecutor(4) as askers:
        assert set(askers.map(gateway.owner, ["/events"] * 4)) == {"notification"}
    assert read == ["openapi"]
