"""What stands in deploy/ holds together: every file is valid for its tool, and all of them mean the same services."""

import json
import re
import subprocess

import compose_spec
import kubernetes_validate
import pytest
import typer.testing
import yaml

from services.console import app, keys
from services.spine import contracts, settings, topology

ROOT = settings.ROOT
KUBERNETES = "1.31"
KINDS_OF_OTHERS = ("kustomize.config.k8s.io", "keda.sh")


@pytest.fixture(scope="module")
def compose():
    """docker-compose.yml as Compose reads it: variables filled in with their defaults."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$"))


@pytest.fixture(scope="module")
def manifests():
    """Every Kubernetes document."""
    files = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
    return [document for file in files for document in yaml.safe_load_all(file.read_text("utf-8"))]


def ours(compose):
    """The compose services that run our image."""
    return {name: one for name, one in compose["services"].items() if one["image"].startswith("rectify:")}


def test_the_compose_file_follows_the_compose_specification(compose):
    assert set(compose_spec.PyCompose.from_json(json.dumps(compose)).service_names()) == set(compose["services"])


def test_every_service_of_the_house_has_its_container(compose):
    served = {one["command"][1] for one in ours(compose).values() if one["command"][0] == "serve"}
    assert served == {*settings.SERVICES, "portal"}
    assert compose["services"]["review-worker"]["command"][:2] == ["worker", "review"]


def test_the_commands_of_containers_are_commands_of_rectify(compose, manifests):
    commands = [one["command"] for one in ours(compose).values()]
    commands += [container_of(one)["args"] for one in run(manifests) if name_of(one) != "operator"]
    runner = typer.testing.CliRunner()
    for command in commands:
        words = [word for word in command if not word.startswith("-") and not word.isdigit()]
        depth = 1 if words[0] == "serve" else 2
        assert runner.invoke(app.app, [*words[:depth], "--help"]).exit_code == 0, command


def test_no_container_is_root_or_can_write_outside_its_volumes(compose):
    for name, one in compose["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["user"].split(":")[0] not in ("0", "root"), name
        assert "limits" in one["deploy"]["resources"], name


def test_every_long_running_container_says_whether_it_is_well(compose):
    for name, one in compose["services"].items():
        if one["restart"] == "unless-stopped" and name != "review-worker":
            assert "test" in one["healthcheck"], name


def test_every_secret_is_a_file_that_the_keys_command_makes(compose, tmp_path):
    keys.write(tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    brought = {"tls.crt", "tls.key"}
    for name, secret in compose["secrets"].items():
        assert secret["file"].removeprefix("deploy/secrets/") in made | brought, name
    mounted = [one.get("secrets", []) for one in compose["services"].values()]
    used = {secret if isinstance(secret, str) else secret["source"] for secrets in mounted for secret in secrets}
    assert used == set(compose["secrets"])


def test_each_service_gets_its_own_broker_and_store_user_and_no_other(compose):
    for service in settings.SERVICES:
        sources = [one if isinstance(one, str) else one["source"] for one in compose["services"][service]["secrets"]]
        calling = ["broker-watcher", "channels.json"] if service == "notification" else []
        assert sorted(sources) == sorted(["signing-key", f"broker-{service}", f"store-{service}", *calling])
    assert compose["services"]["portal"]["secrets"] == ["signing-key"]


def test_no_password_stands_in_a_deployment_file(compose, manifests):
    for one in compose["services"].values():
        for name, value in (one.get("environment") or {}).items():
            assert "PASS" not in name or name.endswith("_FILE"), name
            assert not re.search(r"://[^/@]+:[^/@]+@", str(value)), name
    assert all(document["kind"] != "Secret" for document in manifests)


def test_only_the_proxy_is_reached_from_outside(compose):
    published = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert set(published) == {"proxy", "rabbitmq"}
    assert all(port.startswith("127.0.0.1:") for port in published["rabbitmq"])


def test_the_kubernetes_documents_are_valid(manifests):
    for document in manifests:
        if not document["apiVersion"].startswith(KINDS_OF_OTHERS):
            kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_kustomize_names_every_file_and_no_other():
    place = ROOT / "deploy/kubernetes"
    named = yaml.safe_load((place / "kustomization.yaml").read_text("utf-8"))["resources"]
    assert sorted([*named, "kustomization.yaml"]) == sorted(path.name for path in place.iterdir())


def test_kubernetes_mounts_only_secrets_that_the_keys_command_makes(manifests, tmp_path):
    keys.write(tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert {source for one in run(manifests) for source in mounted(one).values()} <= made


def test_kubernetes_gives_each_service_the_secrets_that_compose_gives_it_and_no_other(compose, manifests):
    for one in run(manifests):
        like = compose["services"]["topology" if name_of(one) == "operator" else name_of(one)]
        given = [{"source": one} if isinstance(one, str) else one for one in like["secrets"]]
        wanted = {f"/run/secrets/{one.get('target', one['source'])}": one["source"] for one in given}
        if name_of(one) == "topology":
            del wanted["/run/secrets/broker-management"]
        assert mounted(one) == wanted, name_of(one)
        said = {row["name"]: row["value"] for row in container_of(one).get("env", ())}
        assert set(said.values()) <= set(wanted)
        assert said.items() <= like["environment"].items(), name_of(one)


def test_the_file_of_channels_is_read_by_notification_and_names_none_until_somebody_writes_in_it(compose, tmp_path):
    keys.write(tmp_path)
    contracts.check("documents/channels", json.loads((tmp_path / "channels.json").read_text("utf-8")))
    (tmp_path / "channels.json").unlink()
    (tmp_path / "channels.json").write_text('{"working_days": true}')
    keys.write(tmp_path)
    assert (tmp_path / "channels.json").read_text() == '{"working_days": true}', "what an operator wrote is kept"
    readers = [name for name, one in compose["services"].items() if "channels.json" in one.get("secrets", ())]
    assert readers == ["notification"]


def test_only_whoever_calls_others_leaves_the_inside(compose, manifests):
    outside = {name for name, one in compose["services"].items() if "outside" in one.get("networks", ())}
    assert outside == {"proxy", "notification"}
    policies = {name_of(one): one["spec"] for one in manifests if one["kind"] == "NetworkPolicy"}
    asking = policies["management"]["podSelector"]["matchExpressions"][0]["values"]
    managing = {"broker-watcher", "broker-management"}
    assert set(asking) == {name_of(one) for one in run(manifests) if managing & set(mounted(one).values())}


def test_workers_scale_by_the_queue_that_the_topology_declares(manifests):
    scaled = next(one for one in manifests if one["kind"] == "ScaledObject")
    queue = scaled["spec"]["triggers"][0]["metadata"]["queueName"]
    assert queue in [one.name for one in topology.queues()["review_worker"]]


@pytest.mark.parametrize("name", ["lock.txt", "lock-test.txt", "lock-image.txt"])
def test_locks_name_exact_versions_with_hashes_and_no_address(name):
    text = (ROOT / "deploy" / name).read_text("utf-8")
    entries = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z,-]+\])?==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_the_image_holds_no_part_under_the_gpl():
    """The embedded store is GPL-2.0-only; production uses MongoDB and the image goes without."""
    assert "secantusdb" in (ROOT / "deploy/lock.txt").read_text("utf-8")
    assert "secantusdb" not in (ROOT / "deploy/lock-image.txt").read_text("utf-8")


def test_the_image_is_built_from_files_that_are_there():
    recipe = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    let_in = (ROOT / ".dockerignore").read_text("utf-8").split()
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", recipe, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in let_in, source


@pytest.mark.parametrize("name", ["up", "test", "lock", "make-secrets", "environment.sh", "../.ci/run"])
def test_shell_scripts_parse(name):
    subprocess.run(["bash", "-n", ROOT / "deploy" / name], check=True)


def test_scripts_can_be_run():
    for name in ("deploy/up", "deploy/test", "deploy/lock", "deploy/make-secrets", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, name


def run(manifests):
    """What runs our image."""
    return [one for one in manifests if one["kind"] in ("Deployment", "Job")]


def name_of(document):
    return document["metadata"]["name"]


def container_of(document):
    """The one container of a deployment or job."""
    return document["spec"]["template"]["spec"]["containers"][0]


def mounted(document):
    """Where the secrets of a deployment or job stand in it, and which each is."""
    return {
        mount["mountPath"]: mount["subPath"] for mount in container_of(document)["volumeMounts"] if "subPath" in mount
    }
