"""The contracts to browse: every event and every door has its page, in both languages, without an account."""

import re

import pytest

from services.portal import app, contract_book
from services.spine import contracts, publishing, settings


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    secret = tmp_path_factory.mktemp("secret") / "secret"
    secret.write_text("s" * 64)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECTIFY_SECRET_FILE", str(secret))
        settings.secret.cache_clear()
        yield app.create().test_client()
        settings.secret.cache_clear()


def read(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def test_every_event_has_a_page_with_its_fields_and_an_example(client):
    listed = read(client, "/contracts")
    for name in contract_book.events():
        assert f'id="{name}"' in listed
        shown = read(client, f"/contracts/events/{name}")
        for field in contracts.documents()[f"events/{name}"]["properties"]:
            assert f'id="data-{field}"' in shown, name
        assert "specversion" in shown
    read(client, "/contracts/events/nothing_happened", 404)


def test_every_door_has_a_page(client):
    listed = read(client, "/contracts/doors")
    for place, door in enumerate(contract_book.doors().values()):
        assert f'id="{door.id}"' in listed and contract_book.door(door.id)["door"] == door
        if place % 12 == 0:
            assert door.address in read(client, f"/contracts/doors/{door.id}")
    handing_in = read(client, "/contracts/doors/notification_make_subscriber")
    assert 'id="accepts-limits.megabytes"' in handing_in and 'id="answers-queue.ready"' in handing_in
    assert len(contract_book.doors()) == sum(len(one) for one in publishing.openapi()["paths"].values())


def test_what_is_looked_for_is_found_and_the_files_are_given_out(client):
    found = read(client, "/contracts?q=verdict+withdrawn")
    assert 'id="verdict_withdrawn"' in found and 'id="material_submitted"' not in found
    only = read(client, "/contracts/doors?service=access&q=sessions")
    assert set(re.findall(r'<li id="(\w+?)_', only)) == {"access"}
    assert "没有找到" in read(client, "/contracts?q=nothing-of-the-kind")
    for name in ("asyncapi", "openapi"):
        assert client.get(f"/contracts/{name}.yaml").data == (settings.SCHEMAS / f"{name}.yaml").read_bytes()
    read(client, "/contracts/secrets.yaml", 404)


def test_nothing_is_loaded_from_elsewhere_and_no_script_stands_in_the_page(client):
    for address in ("/contracts", "/contracts/doors", "/contracts/events/verdict_issued"):
        shown = read(client, address)
        assert not re.search(r"(src|href)=\"(https?:)?//", shown) and not re.search(r"<script(?! src=\"/static)", shown)


def test_the_frame_speaks_both_languages(client):
    client.set_cookie("rectify_language", "en")
    for address in ("/contracts", "/contracts/doors/notification_make_subscriber"):
        shown = read(client, address)
        frame = re.sub(r"<pre.*?</pre>|<td.*?</td>|<li id.*?</li>|<a lang.*?</a>", "", shown, flags=re.S)
        assert re.findall("[\u4e00-\u9fff]+", re.sub(r"<title>.*?</title>|data-leave=\".*?\"", "", frame)) == []
