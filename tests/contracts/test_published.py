"""The written contracts are what the schemas and the doors say, and are valid."""

import functools
import json
import re

import openapi_spec_validator
import pytest
import yaml

from services.spine import contracts, publishing, settings


@functools.cache
def published(name):
    return yaml.load((settings.SCHEMAS / name).read_bytes(), yaml.CSafeLoader)


def test_the_written_contracts_have_not_drifted():
    assert publishing.drifted() == [], "run `rectify contracts write`"


def test_the_openapi_is_valid_and_every_operation_names_its_service():
    described = published("openapi.yaml")
    openapi_spec_validator.validate(described)
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert len(operations) > 30
    assert all(operation["x-service"] in settings.SERVICES and operation["summary"] for operation in operations)


def test_every_reference_in_the_written_contracts_leads_somewhere_and_no_example_is_taken_for_one():
    for name in ("openapi.yaml", "asyncapi.yaml"):
        described = published(name)
        text = json.dumps(described)
        assert not re.findall(r'(?<!"\$ref": )"#/[^"]*"', text)
        for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
            found = described
            for step in reference.split("/"):
                found = found[step]
            assert found


def test_every_event_stands_in_the_asyncapi_with_its_schema():
    described = published("asyncapi.yaml")
    names = {name.removeprefix("events/") for name in contracts.documents() if name.startswith("events/")} - {
        "envelope"
    }
    assert (
        set(described["channels"]) == set(described["operations"]) == set(described["components"]["messages"]) == names
    )


FREE_TEXT = {"title", "reason", "text", "note", "name", "problem", "by", "file_name"}


@pytest.mark.parametrize("name", sorted(name for name in contracts.documents() if name.startswith("events/")))
def test_an_event_carries_ids_codes_states_and_counts_but_no_text_or_names(name):
    if name in ("events/envelope", "events/campaign_opened"):
        return  # the envelope is CloudEvents'; a campaign's aspects are its public definition
    assert not FREE_TEXT & set(contracts.documents()[name]["properties"])
