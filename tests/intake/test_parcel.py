"""Zips as they come: names right whoever wrote them, and whatever would harm refused as a whole, before anything."""

import io
import struct
import zipfile

import pytest

from services.intake import manifest, parcel, service_batches
from services.spine.errors import Refusal
from tests import parcels

UNIT = "990823-NYNC"
ROW = (UNIT, "speech_outline", "02", "提纲.docx")
SHEET = parcels.sheet([ROW])


def opened(data: bytes) -> parcel.Parcel:
    return parcel.Parcel("全县.zip", io.BytesIO(data))


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new) and data.count(old) == 2
    return data.replace(old, new)


def flagged(data: bytes, flag: int) -> bytes:
    """Every entry says of itself that it is locked (0x1), in its own head and in the directory."""
    changed = bytearray(data)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            (old,) = struct.unpack_from("<H", data, at + place)
            struct.pack_into("<H", changed, at + place, old | flag)
            at = data.find(sign, at + 1)
    return bytes(changed)


def linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("manifest.xlsx", SHEET)
        link = zipfile.ZipInfo("提纲.docx")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    return out.getvalue()


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package, pytest.warns(UserWarning, match="Duplicate"):
        for content in (SHEET, b"a", b"b"):
            package.writestr("manifest.xlsx" if content is SHEET else "a.txt", content)
    return out.getvalue()


BOMB = parcels.zipped({"manifest.xlsx": SHEET, "a.txt": b"\0" * 30_000_000}, compression=zipfile.ZIP_DEFLATED)
PLAIN = parcels.packed([ROW], {"提纲.docx": b"x"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "batch_not_zip"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 100, "batch_not_zip"),
        (PLAIN[: len(PLAIN) // 2], "file_damaged"),
        (PLAIN[:-22] + b"PK\x05\x06" + b"\0" * 18, "batch_manifest_missing"),
        (BOMB, "file_bomb"),
        (PLAIN[:-22] + b"PK\x06\x07" + b"\0" * 16 + PLAIN[-22:], "file_bomb"),
        (PLAIN[:-14] + struct.pack("<HHI", 60000, 60000, 100) + PLAIN[-6:], "file_bomb"),
        (parcels.zipped({f"{n}.txt": b"" for n in range(5001)}), "file_bomb"),
        (flagged(PLAIN, 0x1), "file_encrypted"),
        (linked(), "batch_name_unsafe"),
        (twice(), "batch_name_twice"),
        (parcels.packed([ROW], {"../提纲.docx": b"x"}), "batch_name_unsafe"),
        (parcels.packed([ROW], {"/etc/passwd": b"x"}), "batch_name_unsafe"),
        (parcels.packed([ROW], {"a/./b.txt": b"x"}), "batch_name_unsafe"),
        (parcels.packed([ROW], {"a//b.txt": b"x"}), "batch_name_unsafe"),
        (renamed(parcels.packed([ROW], {"C_/b.txt": b"x"}), b"C_/b.txt", b"C:/b.txt"), "batch_name_unsafe"),
        (renamed(parcels.packed([ROW], {"a__b__c.txt": b"x"}), b"a__b__c.txt", b"..\\b..c.txt"), "batch_name_unsafe"),
        (parcels.packed([ROW], {"a\u202etxt.docx": b"x"}), "batch_name_unsafe"),
        (parcels.packed([ROW], {"长" * 241 + ".docx": b"x"}), "batch_name_unsafe"),
        (parcels.packed([ROW], {"里面.zip": PLAIN}), "batch_nested"),
        (parcels.packed([ROW], {"里面.7z": b"7z"}), "batch_nested"),
        (parcels.zipped({"提纲.docx": b"x"}), "batch_manifest_missing"),
        (parcels.zipped({"a/manifest.xlsx": SHEET, "b/manifest.xlsx": SHEET}), "batch_name_twice"),
        (parcels.zipped({"manifest.xlsx": b"no workbook"}), "file_damaged"),
        (parcels.zipped({"manifest.xlsx": parcels.sheet([(UNIT,)], ["unit"])}), "batch_manifest_not_ours"),
        (parcels.packed([(UNIT, "speech_outline", "02", "")], {}), "batch_empty"),
        (parcels.packed([(UNIT, "minutes", "team", f"{n}") for n in range(2001)], {}), "batch_too_many"),
        (parcels.packed([(*ROW, "机密★一年")], {"提纲.docx": b"x"}), "secrecy_mark"),
        (parcels.packed([ROW], {"绝密★提纲.docx": b"x"}), "secrecy_mark"),
    ],
)
def test_what_would_harm_or_mislead_is_refused_whole_with_a_reason(data, code):
    with pytest.raises(Refusal) as no:
        service_batches._opened("全县.zip", io.BytesIO(data))
    assert no.value.code == code


def test_a_file_is_read_no_further_than_its_limit_whatever_the_zip_says_of_it(monkeypatch):
    monkeypatch.setattr(parcel, "LARGEST_FILE", 100)
    found = opened(parcels.packed([ROW], {"提纲.docx": b"x" * 101, "b.txt": b"y" * 100}))
    with pytest.raises(Refusal, match="file_too_large"):
        found.read("提纲.docx")
    assert found.read("b.txt") == b"y" * 100
    with pytest.raises(Refusal, match="batch_file_missing"):
        found.read("c.txt")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_names_are_right_whoever_packed_them(encoding):
    """Windows writes GB18030, others UTF-8, both without saying so; folders may be parted by backslashes."""
    name = "农业农村局\\刘伟—提纲.docx".encode(encoding)
    data = parcels.zipped({"manifest.xlsx": SHEET, "x" * len(name): b"words"})
    assert opened(renamed(data, b"x" * len(name), name)).files == ["农业农村局/刘伟—提纲.docx"]


def test_a_packed_folder_is_seen_from_its_manifest_and_litter_is_passed_over():
    files = {"全县/清单.xlsx": SHEET, "全县/a/提纲.docx": b"x", "__MACOSX/全县/._a": b"x", "全县/.DS_Store": b"x"}
    found = opened(parcels.zipped(files))
    assert (found.manifest, found.files) == ("清单.xlsx", ["a/提纲.docx"])
    assert found.read("a/提纲.docx") == b"x" and found.read("清单.xlsx") == SHEET


def test_a_manifest_is_read_in_either_language_and_told_by_its_cells():
    rows = [
        ("９９０８２３－NYNC", "个人发言提纲", "2", "a.docx"),
        (UNIT, "speech_outline", "02", "b.docx"),
        (UNIT, "班子大事", "班子", "c.docx"),
        (UNIT, "minutes", "team", "=HYPERLINK(1)", "", "工作秘密"),
        (UNIT, "minutes", "03", "", "只是备注"),
        (UNIT, "report", "所有人", "d.docx"),
    ]
    lines, blank = manifest.read("清单.xlsx", parcels.sheet(rows))
    label = manifest._kinds()["speech_outline"]["zh"]
    told = {line["row"]: line["refusal"] and (line["refusal"]["code"], line["refusal"]["params"]) for line in lines}
    assert blank == 1 and lines[3]["secrecy"] == "work_secret" and lines[3]["file"] == "=HYPERLINK(1)"
    assert told[4][0] == "batch_cell" and told[4][1]["cell"] == "B4" and label in told[4][1]["right"]["zh"]
    assert told[2] is None and (lines[0]["unit"], lines[0]["kind"], lines[0]["post"]) == ROW[:3]
    assert told[3] == ("batch_row_twice", {"cell": "3", "other": 2})
    assert (told[7][1]["cell"], told[7][1]["value"]) == ("B7", "report")


def test_the_template_has_a_line_for_each_material_and_comes_back_empty_or_filled():
    owed = [{"kind": "speech_outline", "post": "02", "due_on": "2024-01-02"}, {"kind": "minutes", "post": "team"}]
    plan = {"unit": UNIT, "required": owed}
    for language in ("zh", "en"):
        data = manifest.write([plan], {UNIT: "县农业农村局"}, language)
        with pytest.raises(Refusal, match="batch_empty"):
            manifest.read("清单.xlsx", data)
