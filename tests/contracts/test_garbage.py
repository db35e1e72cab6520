"""Whatever is sent to any public door, the answer is an answer: never a 5xx, and every no is a problem document."""

import collections
import json
import re
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
OF_EACH_KIND = 2
described = yaml.load((settings.SCHEMAS / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
# Signing out is left out, or nothing more would be asked as anybody.
DOORS = [
    (method.upper(), path)
    for path, doors in described["paths"].items()
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


@pytest.mark.parametrize(("method", "path"), DOORS, ids=map(" ".join, DOORS))
def test_no_garbage_makes_a_door_answer_5xx(method, path, stack, token):
    """What is sent is made now: for all doors at once, as tests are collected, it takes longer than all else there."""
    door = schemathesis.openapi.from_dict(alone(path)).include(name=f"{method} {path}")
    (made,) = lazy.get_all_tests(schema=door, test_func=is_answered, settings=None, given_kwargs=None)
    assert isinstance(made, result.Ok), made
    test: Any = made.ok()[1]
    test.hypothesis_explicit_examples = some_of_each_kind(
        test.hypothesis_explicit_examples, DOORS.index((method, path))
    )
    test(stack=stack, token=token)


def alone(path: str) -> dict[str, Any]:
    """The contract of one path, with what it refers to: of the whole one each door would keep a copy of its own."""
    kept: dict[str, Any] = {"securitySchemes": described["components"]["securitySchemes"]}
    told = {**described, "paths": {path: described["paths"][path]}, "components": kept}
    parts = [told["paths"]]
    while parts:
        for kind, name in re.findall(r'"\$ref": "#/components/(\w+)/([^"/]+)', json.dumps(parts.pop())):
            if name not in kept.setdefault(kind, {}):
                kept[kind][name] = described["components"][kind][name]
                parts.append(kept[kind][name])
    return told


def some_of_each_kind(edges: list[Any], number: int) -> list[Any]:
    """A door of many fields has hundreds of edges, most of a few kinds; the next door gets others of each kind."""
    kinds: dict[Any, list[Any]] = collections.defaultdict(list)
    for edge in edges:
        phase = edge.kwargs["case"].meta.phase
        kind = (phase.name, getattr(phase.data, "scenario", None), getattr(phase.data, "parameter_location", None))
        kinds[kind].append(edge)
    return [
        alike[(number + step) % len(alike)]
        for alike in kinds.values()
        for step in range(0, len(alike), -(-len(alike) // OF_EACH_KIND))
    ]


@hypothesis.settings(
    max_examples=3,
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
