"""Of a picture only what is seen goes on: no place, no time, no device, nothing hidden behind its end."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification import picture
from services.spine import errors

SECRET = b"GPS 25.07N 117.01E iPhone"


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def exif(turned: int, order: bytes) -> bytes:
    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == b"II" else "big")

    said = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(turned, 2) + b"\0\0"
    return b"Exif\0\0" + order + number(42, 2) + number(8, 4) + number(1, 2) + said + number(0, 4) + SECRET


def jpeg(*told: bytes) -> bytes:
    scan = segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    again = segment(0xC4, b"table") + segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x78"
    return b"\xff\xd8" + b"".join(told) + segment(0xDB, b"table") + segment(0xC0, b"frame") + scan + again + b"\xff\xd9"


PNG = picture.PNG + chunk(b"IHDR", b"1" * 13) + chunk(b"IDAT", b"seen") + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", [b"tEXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"fdAT"])
def test_a_png_keeps_only_what_makes_the_picture(name):
    told = PNG.replace(chunk(b"IDAT", b"seen"), chunk(name, SECRET) + chunk(b"IDAT", b"seen")) + SECRET
    assert picture.plain(told) == (PNG, "image/png")


@pytest.mark.parametrize("marker", [0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE])
def test_a_jpeg_keeps_only_what_makes_the_picture(marker):
    assert picture.plain(jpeg(segment(marker, SECRET)) + SECRET) == (jpeg(), "image/jpeg")


@pytest.mark.parametrize("order", [b"II", b"MM"])
def test_a_turned_picture_stays_turned_and_says_nothing_else(order):
    upright, _ = picture.plain(jpeg(segment(0xE1, exif(6, order))))
    assert SECRET not in upright and upright != jpeg()
    assert picture.plain(upright) == (upright, "image/jpeg")
    assert picture.plain(jpeg(segment(0xE1, exif(1, order)))) == (jpeg(), "image/jpeg")


@given(st.integers(0, len(jpeg()) - 1) | st.binary(max_size=40))
def test_what_is_no_whole_picture_is_refused(cut):
    broken = jpeg()[:cut] if isinstance(cut, int) else cut
    for one in (broken, PNG[: min(len(broken), len(PNG) - 1)], PNG[:40] + b"?" + PNG[41:]):
        with pytest.raises(errors.Refusal, match="picture_unreadable"):
            picture.plain(one)
