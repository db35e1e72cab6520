"""The data folder: one Rectify at a time, for its owner's eyes, never half written."""

import stat

import pytest

from services.console import folder, telling


@pytest.fixture
def taken(tmp_path):
    """A data folder in use."""
    place = folder.Folder(tmp_path / "data")
    place.take()
    yield place
    place.release()


def refusal(place):
    """The code of the sentence with which a folder is refused."""
    with pytest.raises(telling.Trouble) as caught:
        place.take()
    place.release()
    return caught.value.code


def test_two_cannot_use_one_folder(taken):
    second = folder.Folder(taken.path)
    assert refusal(second) == "folder_taken"
    assert second.is_held()


def test_the_folder_and_the_secret_are_the_owners_alone(taken):
    assert stat.S_IMODE(taken.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(taken.secret.stat().st_mode) == 0o600
    assert len(taken.secret.read_text().strip()) == 64


def test_the_secret_is_made_once(taken):
    secret = taken.secret.read_text()
    taken.release()
    taken.take()
    assert taken.secret.read_text() == secret


def test_a_nearly_full_disk_is_refused_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "ENOUGH_MB", 10**9)
    assert refusal(folder.Folder(tmp_path / "data")) == "disk_full"


def test_a_path_that_is_a_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    assert refusal(folder.Folder(tmp_path / "file")) == "folder_unusable"


def test_what_a_killed_rectify_left_behind_does_not_count_as_running(taken):
    taken.write_running({"url": "http://127.0.0.1:1"})
    assert folder.Folder(taken.path).running() == {"url": "http://127.0.0.1:1"}
    taken.release()
    assert folder.Folder(taken.path).running() is None
