"""Which service owns which public address."""

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
