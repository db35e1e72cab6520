"""The house keeps its shape: who may import whom, what every room has, what its docstring promises."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.spine import contracts, errors, hearing, http, run, settings, topology

SERVICES = settings.ROOT / "services"
ROOMS = sorted(path.name for path in SERVICES.iterdir() if path.is_dir() and not path.name.startswith("__"))
FILES = sorted(path for path in SERVICES.rglob("*.py") if "__pycache__" not in path.parts)
OUTSIDE = ("portal", "console")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "data", "info", "process"}
TOP = {"services", "schemas", "deploy", "tests", "docker-compose.yml", "pyproject.toml", "README.md"}
USUAL = {"LICENSE", "CHANGELOG.md", ".gitignore", ".ci", ".dockerignore"}


def name_of(path: Path) -> str:
    return path.relative_to(settings.ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """The modules a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert [alias.name for alias in node.names] != ["*"], f"{path}: a star import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_top_level_is_fixed():
    import subprocess

    kept = subprocess.run(["git", "ls-files"], cwd=settings.ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in kept.splitlines()} <= TOP | USUAL


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_room_imports_itself_and_the_spine_never_another(path):
    room = path.relative_to(SERVICES).parts[0]
    allowed = {room, "spine"}
    if room == "console":
        allowed |= {"review", "intake", "registry"}  # a text, a form, a folder are checked without any service
    for module in imported(path):
        if module.startswith("services."):
            assert module.split(".")[1] in allowed, f"{path} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_stored_time_is_cut_to_its_day_which_in_the_small_hours_is_the_day_before(path):
    cut = re.search(r"(?<!hexdigest\(\))\[:10\]", path.read_text("utf-8"))
    assert not cut, f"{path} cuts a time; clock.local_day tells the day of the campaign"


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "domain.py"], ids=name_of)
def test_the_domain_knows_no_framework_clock_id_or_chance(path):
    known = ("nameko", "pymongo", "kombu", "eventlet", "requests", "flask", "time", "uuid", "random", "secrets")
    inside = ("clock", "mongo", "broker", "doors", "http", "outbox", "feed", "settings")
    for module in imported(path):
        assert module.split(".")[0] not in known, f"{path} imports {module}"
        assert not module.startswith(tuple(f"services.spine.{name}" for name in inside)), f"{path} imports {module}"
    assert not re.search(r"\.(now|today|utcnow)\(", path.read_text("utf-8"))


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "store.py"], ids=name_of)
def test_the_store_knows_nothing_of_http_or_queues(path):
    for module in imported(path):
        assert module.split(".")[0] not in ("nameko", "kombu", "eventlet", "requests", "flask", "werkzeug")
        assert not module.startswith(("services.spine.doors", "services.spine.http", "services.spine.broker"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_names_say_what_a_file_holds_and_its_docstring_says_it_in_words(path):
    assert path.stem not in FORBIDDEN_NAMES
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            owner = node.name in ("setup", "start", "stop", "run", "make_queue", "arrive", "get_url_rule", "bind_addr")
            nested = node not in tree.body
            assert ast.get_docstring(node) or owner or nested, f"{path}: {node.name} has no docstring"


@pytest.mark.parametrize("service", settings.SERVICES)
def test_every_service_has_the_same_four_files(service):
    assert {"__init__.py", "service.py", "domain.py", "store.py"} <= {
        path.name for path in (SERVICES / service).iterdir()
    }


def promised(service: str, word: str) -> set[str]:
    """What a service's docstring says it hears or says."""
    text = importlib.import_module(f"services.{service}").__doc__ or ""
    part = re.search(rf"^{word}\s+(.*?)(?=^\w|\Z)", text, re.S | re.M)
    assert part, f"{service} does not tell what it {word.lower()}"
    return set(re.findall(r"\b[a-z]+_[a-z_]+\b", part.group(1)))


def heard(service: str) -> dict[str, str]:
    """The events a service hears, with the service each comes from."""
    found = {}
    for method, door in topology.entrypoints(service):
        if isinstance(door, hearing.Hearing) and not isinstance(door, hearing.Ticket):
            source, name = topology.method_of(service, method).hears
            assert method == f"on_{name}"
            found[name] = source
    return found


def said(service: str) -> set[str]:
    """The events the rules of a service say; a refusal may bear the name of one that another says."""
    rules = [path for path in (SERVICES / service).glob("*.py") if not path.name.startswith(("service", "__init__"))]
    text = re.sub(r'Refusal\("\w+"', "", "\n".join(path.read_text("utf-8") for path in rules))
    return {
        name.removeprefix("events/") for name in contracts.documents() if f'"{name.removeprefix("events/")}"' in text
    }


@pytest.mark.parametrize("service", settings.SERVICES)
def test_a_service_hears_and_says_what_its_docstring_promises(service):
    assert set(heard(service)) == promised(service, "Hears")
    if service != "notification":
        assert said(service) & set(EVENTS) == promised(service, "Says")


EVENTS = sorted(
    name.removeprefix("events/")
    for name in contracts.documents()
    if name.startswith("events/") and name != "events/envelope"
)


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_said_by_one_service_and_heard_from_that_one(event):
    speakers = [service for service in settings.SERVICES if event in promised(service, "Says")]
    assert len(speakers) == 1
    for service in settings.SERVICES:
        if event in heard(service):
            assert heard(service)[event] == speakers[0]


DOORS = [
    (service, method, door)
    for service in settings.SERVICES
    for method, door in topology.entrypoints(service)
    if isinstance(door, http.Route)
]
PUBLIC = {("access", "sign_in"), ("access", "end_session"), ("access", "exchange"), ("access", "calendar_claims")}
PUBLIC |= {
    ("notification", "subscriber_claims"),
    ("notification", "released_articles"),
    ("notification", "column_article"),
    ("notification", "released_picture"),
    ("intake", "form_face"),
    ("intake", "show_form"),
    ("intake", "answer_form"),
}


@pytest.mark.parametrize(
    ("service", "method", "door"), DOORS, ids=[f"{service}.{method}" for service, method, _ in DOORS]
)
def test_every_door_has_one_line_that_says_what_it_does_a_permission_and_a_contract(service, method, door):
    said_of_it = topology.method_of(service, method).__doc__
    assert said_of_it and len(said_of_it.strip().splitlines()) == 1
    assert door.may or (service, method) in PUBLIC
    if door.method != "GET" and method not in ("open_campaign", "mark_read"):
        assert door.accepts, "what comes in is checked"


@pytest.mark.parametrize("service", settings.SERVICES)
def test_the_parts_of_a_service_share_no_name(service):
    """Of two methods of one name in two of its parts only one would ever be called, by both."""
    parts = run.service_class(service).__mro__
    names = [name for part in parts if part.__module__.startswith(f"services.{service}.") for name in vars(part)]
    own = [name for name in names if not name.startswith("__")]
    assert sorted({name for name in own if own.count(name) > 1}) == []


def test_every_refusal_that_is_raised_has_its_text_and_no_text_is_left_over():
    text = "\n".join(path.read_text("utf-8") for path in FILES)
    assert set(re.findall(r'Refusal\(\s*"(\w+)"', text)) <= set(errors.catalogue())
    assert [code for code in errors.catalogue() if f'"{code}"' not in text] == []
    written = json.loads((settings.SCHEMAS / "refusals.json").read_text("utf-8"), object_pairs_hook=list)
    assert len(written) == len(errors.catalogue()), "a code stands once"


def test_the_portal_and_the_command_own_nothing():
    for room in OUTSIDE:
        for path in (SERVICES / room).rglob("*.py"):
            assert not any(module.split(".")[0] == "pymongo" for module in imported(path) if room == "portal"), path


def test_nothing_tells_of_the_machine_it_was_made_on():
    import subprocess

    kept = subprocess.run(["git", "ls-files"], cwd=settings.ROOT, capture_output=True, text=True, check=True).stdout
    home = re.compile(r"/(root|home)/\w+|/work/(main|shared)|files\.pythonhosted|pypi\.org|registry\.npmjs")
    for line in kept.splitlines():
        path = settings.ROOT / line
        if path.suffix in (".py", ".md", ".txt", ".toml", ".yml", ".yaml", ".json", ".sh", "") and path.is_file():
            found = home.search(path.read_text("utf-8", errors="ignore"))
            assert path.samefile(__file__) or not found, f"{line}: {found and found.group(0)}"
