"""The secrets of a production deployment."""

import base64
import hashlib
import json
import stat
from urllib.parse import urlsplit

from services.console import keys
from services.spine import settings


def test_making_keys_again_keeps_every_password(tmp_path):
    keys.write(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.glob("[bs]*-*")}

    keys.write(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.glob("[bs]*-*")} == before


def test_only_the_owner_may_enter_the_folder(tmp_path):
    keys.write(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_the_broker_knows_each_user_by_a_hash_of_the_password_in_its_file(tmp_path):
    keys.write(tmp_path)
    text = (tmp_path / "rabbitmq-definitions.json").read_text()
    for user in json.loads(text)["users"]:
        if user["name"] == "operator":
            continue
        password = urlsplit((tmp_path / f"broker-{user['name'].replace('_', '-')}").read_text()).password or ""
        raw = base64.b64decode(user["password_hash"])
        assert raw[4:] == hashlib.sha256(raw[:4] + password.encode()).digest()
        assert password not in text


def test_a_service_may_not_touch_another_services_queues(tmp_path):
    keys.write(tmp_path)
    definitions = json.loads((tmp_path / "rabbitmq-definitions.json").read_text())
    permissions = {one["user"]: one for one in definitions["permissions"]}
    for service in settings.SERVICES:
        for other in set(settings.SERVICES) - {service}:
            assert f"{other}\\.on_" not in permissions[service]["read"]
            assert permissions[service]["configure"] != ".*"


def test_a_service_may_write_its_own_database_and_the_feed_only(tmp_path):
    keys.write(tmp_path)
    for user in json.loads((tmp_path / "mongo-users.json").read_text()):
        assert [role["db"] for role in user["roles"]] == [user["user"], "feed"]
