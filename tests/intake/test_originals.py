"""Originals as they are kept: byte for byte, once, whatever happened on the way."""

import concurrent.futures
import hashlib

import gridfs
import pytest

from services.intake import originals
from services.spine.errors import Refusal

PLACES = {"campaign": "a-campaign", "unit": "990823-NYNC", "region": "990823", "group": "G4", "post": "02"}
LARGE = bytes(range(256)) * 5000


@pytest.fixture
def kept(db):
    originals.prepare(db)
    return db


def test_a_file_of_many_pieces_comes_back_as_it_came_and_any_gridfs_client_reads_it(kept):
    sha256 = originals.keep(kept, LARGE, "application/pdf", "提纲.pdf", PLACES)
    assert sha256 == hashlib.sha256(LARGE).hexdigest()
    assert originals.read(kept, sha256) == gridfs.GridFSBucket(kept, "originals").open_download_stream(sha256).read()


def test_the_same_file_at_once_and_again_is_kept_once_with_all_its_holders(kept):
    other = {**PLACES, "unit": "990881-LY"}
    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        hashes = set(hands.map(lambda n: originals.keep(kept, LARGE, "m", "a", (PLACES, other)[n % 2]), range(8)))
    (sha256,) = hashes
    assert kept["originals.chunks"].count_documents({}) == 5
    assert {row["unit"] for row in originals.about(kept, sha256)["holders"]} == {"990823-NYNC", "990881-LY"}


def test_what_broke_off_half_way_is_whole_after_the_next_try(kept):
    sha256 = hashlib.sha256(LARGE).hexdigest()
    kept["originals.chunks"].insert_one({"files_id": sha256, "n": 0, "data": LARGE[: originals.CHUNK]})
    with pytest.raises(Refusal, match="not_found"):
        originals.read(kept, sha256)
    originals.keep(kept, LARGE, "m", "a", PLACES)
    assert originals.read(kept, sha256) == LARGE


def test_files_kept_in_one_piece_before_move_over_once_with_their_holders(kept):
    sha256 = hashlib.sha256(LARGE).hexdigest()
    held = {**PLACES, "file_name": "提纲.pdf", "media": "application/pdf"}
    kept.files.insert_one({"_id": sha256, "data": LARGE, "size": len(LARGE), "holders": [held]})
    originals.prepare(kept)
    originals.prepare(kept)
    assert originals.read(kept, sha256) == LARGE
    assert originals.about(kept, sha256)["holders"] == [held] and not kept.files.count_documents({})


def test_what_is_not_what_its_hash_says_is_never_given_out(kept):
    sha256 = originals.keep(kept, LARGE, "m", "a", PLACES)
    kept["originals.chunks"].update_one({"n": 1}, {"$set": {"data": LARGE[1 : originals.CHUNK + 1]}})
    with pytest.raises(OSError, match=sha256):
        originals.read(kept, sha256)


def test_a_file_destroyed_between_the_look_and_the_write_is_refused_and_nothing_of_it_stays(kept):
    sha256 = originals.keep(kept, LARGE, "m", "a", PLACES)
    originals.destroy(kept, sha256, "2099-01-01T00:00:00.000Z", "marked")
    with pytest.raises(Refusal, match="file_destroyed"):
        originals.add(kept, LARGE, "m", "a", PLACES)
    assert originals.about(kept, sha256)["holders"] == []
    assert not kept["originals.chunks"].count_documents({"files_id": sha256})
