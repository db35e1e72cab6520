"""Whatever is sent to any public door, the answer is an answer: never a 5xx, and every no is a problem document."""

from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
import yaml
from schemathesis.core import result
from schemathesis.pytest import lazy

from services.spine import contracts, errors, settings
from tests.stack import CAMPAIGN, Stack, grant

UNIT = "990823-NYNC"
EDGES = 24
described = schemathesis.openapi.from_dict(
    yaml.load((settings.SCHEMAS / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
)
# Signing out is left out, or nothing more would be asked as anybody.
DOORS = [
    f"{method.upper()} {path}"
    for path, doors in described.raw_schema["paths"].items()
    for method in doors
    if not path.endswith("/sessions/end")
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("garbage"), portal=True) as running:
        running.load([UNIT])
        yield running


@pytest.fixture(scope="module")
def token(stack):
    """Somebody who may do nearly everything, so that what is sent gets past permission."""
    grants = [grant("office", "campaign", CAMPAIGN), grant("liaison", "unit", UNIT), grant("supervisor", "group", "G4")]
    grants += [grant("checker", "campaign", CAMPAIGN)]
    return stack.signed_in("everything", *grants).token


@pytest.mark.parametrize("door", DOORS)
def test_no_garbage_makes_a_door_answer_5xx(door, stack, token):
    """What is sent is made now: for all doors at once, as tests are collected, it takes longer than all else there.

    A door of many fields has thousands of edges; of these every so many-th is sent.
    """
    (made,) = lazy.get_all_tests(
        schema=described.include(name=door), test_func=is_answered, settings=None, given_kwargs=None
    )
    assert isinstance(made, result.Ok), made
    test: Any = made.ok()[1]
    edges = test.hypothesis_explicit_examples
    test.hypothesis_explicit_examples = edges[:: 1 + len(edges) // EDGES]
    test(stack=stack, token=token)


@hypothesis.settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
def is_answered(case, stack, token):
    answer = case.call(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        problem = answer.json()
        assert answer.headers["content-type"][0].startswith(errors.PROBLEM)
        assert problem["code"] in errors.catalogue() and problem["detail"]


def test_every_example_of_a_request_is_taken_or_refused_by_a_rule_never_by_its_form(stack, token):
    """The examples in the contract are what a newcomer copies first."""

    for name in ("find_meetings", "find_ledger", "find_reviews", "find_materials", "find_messages", "count_items"):
        paths = {"find_meetings": f"campaigns/{CAMPAIGN}/meetings", "count_items": "items/counts"}
        path = paths.get(name, name.removeprefix("find_"))
        for example in contracts.documents()[f"requests/{name}"]["examples"]:
            answer = requests.get(
                f"{stack.url}/api/v1/{path}", params=example, headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
            assert answer.status_code == 200, (name, answer.text)
