"""Versions from handing in to counting, by a program: signatures with passwords, on paper, and who may not.

The steps are told in order; each shows what is refused before it shows what is done.
"""

import concurrent.futures
import hashlib
import io
import zipfile

import pytest

from services.intake import watermark
from tests.intake.corpus import png
from tests.stack import CAMPAIGN, Person, Refused, Stack, document, grant

UNIT, OTHER = "990823-NYNC", "990881-LY"
MEETING = f"{CAMPAIGN}.{UNIT}"
OUTLINE = f"{MEETING}.speech_outline.02"
PICTURE = png()
GRANTS = {
    "liaison": grant("liaison", "unit", UNIT),
    "author": grant("member", "post", f"{UNIT}/02"),
    "colleague": grant("member", "post", f"{UNIT}/03"),
    "secretary": grant("secretary", "unit", UNIT),
    "stranger": grant("secretary", "unit", OTHER),
    "supervisor": grant("supervisor", "group", "G4"),
    "office": grant("office", "campaign", CAMPAIGN),
    "county": grant("county_office", "region", "990823"),
}


class People:
    """Everybody at the services' doors, each with an account and a password."""

    def __init__(self, stack: Stack) -> None:
        security = stack.person("security", grant("security_admin", "system", "*", None))
        self.passwords: dict[str, str] = {}
        for login, given in GRANTS.items():
            account = {"login": login, "name": login, "grants": [given]}
            self.passwords[login] = security.post("access", "/accounts", account)["password"]
            setattr(self, login, stack.person(login, given))

    def __getattr__(self, name: str) -> Person:
        raise AttributeError(name)

    def proof(self, who: Person, material_id: str, version: int, sha256: str) -> str:
        """The password given again."""
        deed = {"purpose": "sign", "about": f"{material_id}.v{version}", "sha256": sha256}
        return who.post("access", "/proofs", {"password": self.passwords[who.name], **deed})["proof"]


@pytest.fixture(scope="module")
def people(embedded):
    embedded.load([UNIT, OTHER])
    embedded.settled()
    return People(embedded)


def refused(code: str, act, *words, **how) -> Refused:
    with pytest.raises(Refused) as no:
        act(*words, **how)
    assert no.value.code == code, no.value
    return no.value


def version(who: Person, number: int = 1, material_id: str = OUTLINE) -> dict:
    return who.get("intake", f"/materials/{material_id}")["versions"][number - 1]


def signatures(number: int = 1, material_id: str = OUTLINE) -> str:
    return f"/materials/{material_id}/versions/{number}/signatures"


def needed(who: Person, post: str = "02") -> dict:
    rows = who.get("registry", f"/meetings/{MEETING}")["required"]
    return next(row for row in rows if row["post"] == post)


def asked(who: Person) -> list[tuple[str, str]]:
    """What waits unread for somebody's signature: the matter's page and the subject."""
    who.stack.settled()
    rows = who.get("notification", "/messages", unread="1")["rows"]
    return [(row["link"]["id"], row["subject"]) for row in rows if row["event"] == "signature_awaited"]


def test_1_what_nobody_has_signed_is_not_the_groups_to_see_and_is_not_handed_in_yet(embedded, people):
    kept = people.liaison.upload(OUTLINE, "提纲.docx", document("docx/so-01.docx"))
    assert (kept["state"], kept["unsigned"]) == ("unsigned", ["author", "secretary"])
    embedded.settled()
    refused("not_found", people.supervisor.get, "review", f"/reviews/{OUTLINE}.v1")
    refused("not_found", people.supervisor.get, "intake", f"/materials/{OUTLINE}")
    assert people.supervisor.get("intake", "/materials")["total"] == 0
    assert needed(people.liaison)["state"] == "missing"
    assert asked(people.author) == [(OUTLINE, "第 1 版等待您签字")]
    for other in (
        people.liaison,
        people.colleague,
        people.secretary,
        people.stranger,
        people.supervisor,
        people.office,
    ):
        assert asked(other) == []


def test_2_only_who_is_asked_signs_with_the_password_for_this_very_content(people):
    sha256 = version(people.author)["sha256"]
    good = people.proof(people.author, OUTLINE, 1, sha256)
    assert refused("not_permitted", people.liaison.post, "intake", signatures(), {"proof": good}).status == 403
    assert refused("not_permitted", people.supervisor.post, "intake", signatures(), {"proof": good}).status == 403
    for outside in (people.stranger, people.colleague):
        assert refused("not_found", outside.post, "intake", signatures(), {"proof": good}).status == 404
    for bad in (
        "x.y.z",
        people.proof(people.author, OUTLINE, 1, "0" * 64),
        people.proof(people.author, OUTLINE, 2, sha256),
    ):
        refused("proof_unknown", people.author.post, "intake", signatures(), {"proof": bad})
    refused("proof_unknown", people.secretary.post, "intake", signatures(), {"proof": good})


def test_3_a_wrong_password_signs_nothing_and_guessing_ends_soon(people):
    guess = {"password": "wrong horse", "purpose": "sign", "about": f"{OUTLINE}.v1", "sha256": "0" * 64}
    for _ in range(5):
        assert refused("wrong_password", people.colleague.post, "access", "/proofs", guess).status == 422
    right = {**guess, "password": people.passwords["colleague"]}
    refused("too_many_attempts", people.colleague.post, "access", "/proofs", right)
    sign_in = {"login": "colleague", "password": people.passwords["colleague"]}
    refused("too_many_attempts", people.colleague.post, "access", "/sessions", sign_in)


def test_4_the_last_signature_says_it_once_and_signing_again_changes_nothing(embedded, people):
    sha256 = version(people.author)["sha256"]
    for who, left in ((people.author, ["secretary"]), (people.author, ["secretary"]), (people.secretary, [])):
        signed = who.post("intake", signatures(), {"proof": people.proof(who, OUTLINE, 1, sha256)})
        assert signed["unsigned"] == left
        assert (len(asked(people.author)), len(asked(people.secretary))) == (0, len(left))
    people.secretary.post("intake", signatures(), {"proof": people.proof(people.secretary, OUTLINE, 1, sha256)})
    embedded.settled()
    assert embedded.database("feed").events.count_documents({"name": "material_submitted"}) == 1
    assert [(one["role"], one["by"]) for one in version(people.office)["signatures"]] == [
        ("author", "author"),
        ("secretary", "secretary"),
    ]
    assert people.supervisor.get("review", f"/reviews/{OUTLINE}.v1")["state"] == "prechecked"
    assert needed(people.liaison)["state"] == "submitted"


def test_5_who_has_no_account_signs_on_paper_and_somebody_else_confirms(embedded, people):
    outline = f"{MEETING}.speech_outline.04"
    people.liaison.upload(outline, "a.txt", document("so-04.txt"))
    pages = f"/materials/{outline}/versions/1/paper-signatures"
    form = {"role": "author", "reason": "本人没有账号"}

    def page(who: Person, data: bytes, name: str = "签字页.png") -> int:
        return who.ask("POST", "intake", pages, data=form, files={"file": (name, data)}).status_code

    assert page(people.supervisor, PICTURE) == 403
    assert page(people.stranger, PICTURE) == 404
    assert page(people.liaison, b"no picture") == 422
    assert [page(people.liaison, PICTURE), page(people.liaison, PICTURE)] == [201, 201]
    found = version(people.secretary, 1, outline)
    assert len(found["on_paper"]) == 1 and found["signatures"] == []
    proof = people.proof(people.secretary, outline, 1, found["sha256"])
    wanted = {"role": "author", "proof": proof}
    assert refused("not_permitted", people.liaison.post, "intake", f"{pages}/confirmation", wanted).status == 403
    assert people.secretary.post("intake", f"{pages}/confirmation", wanted)["unsigned"] == ["secretary"]
    assert [matter for matter, _ in asked(people.secretary)] == [outline]
    signed = people.secretary.post("intake", signatures(1, outline), {"proof": proof})
    assert [one["on_paper"] is not None for one in signed["signatures"]] == [True, False]
    sha256 = found["on_paper"][0]["sha256"]
    assert people.supervisor.ask("GET", "intake", f"/files/{sha256}").content == PICTURE
    embedded.settled()
    assert people.supervisor.get("review", f"/reviews/{outline}.v1")


def test_of_two_handed_in_at_once_one_wins_and_the_other_is_told_who_was_first(embedded, people):
    outline = f"{MEETING}.speech_outline.07"

    def hand_in(name: str) -> str:
        try:
            return str(people.liaison.upload(outline, name, document(name))["version"])
        except Refused as no:
            return f"{no.code} {no.problem['params']['by']} {no.problem['params']['version']}"

    with concurrent.futures.ThreadPoolExecutor(4) as hands:
        answers = sorted(hands.map(hand_in, ("so-04.txt", "so-05.md", "so-06.txt", "so-09.txt")))
    assert answers == ["1", *["version_exists liaison 1"] * 3]
    assert len(people.liaison.get("intake", f"/materials/{outline}")["versions"]) == 1


def take_back(who: Person, material_id: str, number: int) -> dict:
    path = f"/materials/{material_id}/versions/{number}/withdrawal"
    return who.post("intake", path, {"reason": "误传了去年的文件"})


def test_6_a_version_nobody_reads_is_taken_back_and_leaves_every_queue(embedded, people):
    assert refused("not_permitted", take_back, people.supervisor, OUTLINE, 1).status == 403
    assert refused("not_found", take_back, people.stranger, OUTLINE, 1).status == 404
    assert take_back(people.liaison, OUTLINE, 1)["granted"] is None
    embedded.settled()
    material = people.liaison.get("intake", f"/materials/{OUTLINE}")
    assert (material["state"], material["versions"][0]["withdrawal"]["granted"]) == ("withdrawn", True)
    assert take_back(people.liaison, OUTLINE, 1)["granted"] is True
    waiting = people.supervisor.get("review", "/reviews", state="open")["rows"]
    assert OUTLINE not in {row["material_id"] for row in waiting}
    refused("not_open", people.supervisor.post, "review", f"/reviews/{OUTLINE}.v1/claim", {})
    assert needed(people.liaison)["state"] == "missing"


def test_7_who_claimed_it_first_keeps_it_and_the_unit_is_told(embedded, people):
    outline = f"{MEETING}.speech_outline.04"
    people.supervisor.post("review", f"/reviews/{outline}.v1/claim", {})
    assert take_back(people.liaison, outline, 1)["granted"] is None
    embedded.settled()
    material = people.liaison.get("intake", f"/materials/{outline}")
    assert (material["state"], material["versions"][0]["withdrawal"]["granted"]) == ("prechecked", False)


def test_of_a_reader_and_an_author_at_the_same_moment_the_first_wins_and_both_know(embedded, people):
    outline = f"{MEETING}.speech_outline.03"
    for number in range(1, 5):
        text = document("so-04.txt") + f"第{number}稿".encode()
        people.liaison.hand_in(outline, "a.txt", text, follows=number - 1)
        embedded.settled()

        def claim(number: int = number) -> bool:
            path = f"/reviews/{outline}.v{number}/claim"
            return people.supervisor.ask("POST", "review", path, json={}).status_code == 200

        with concurrent.futures.ThreadPoolExecutor(2) as hands:
            claimed, _ = hands.submit(claim), hands.submit(take_back, people.liaison, outline, number)
        embedded.settled()
        assert version(people.liaison, number, outline)["withdrawal"]["granted"] is not claimed.result()


def test_8_an_earlier_version_is_handed_in_again_as_a_new_one_byte_for_byte(embedded, people):
    again = {"follows": 1, "note": "撤回有误，恢复第 1 版"}
    path = f"/materials/{OUTLINE}/versions/1/again"
    assert refused("not_permitted", people.supervisor.post, "intake", path, again).status == 403
    assert refused("not_found", people.stranger.post, "intake", path, again).status == 404
    kept = people.liaison.post("intake", path, again)
    assert people.liaison.post("intake", path, again)["repeated"]
    embedded.sign(OUTLINE, kept["version"])
    embedded.settled()
    assert (kept["version"], version(people.liaison, 2)["again"]) == (2, 1)
    original = people.office.ask("GET", "intake", f"/materials/{OUTLINE}/versions/2/file").content
    assert original == document("docx/so-01.docx")
    assert people.supervisor.get("review", f"/reviews/{OUTLINE}.v2")["state"] == "prechecked"
    found = people.author.get("review", f"/reviews/{OUTLINE}.v2/differences", against=1)
    assert set(found["counts"]) <= {"same"} or found["counts"]["same"]
    assert embedded.operator().get("intake", "/status")["dead_letters"] == 0
    assert embedded.operator().get("review", "/status")["dead_letters"] == 0


def test_9_a_work_secret_is_read_by_whom_it_concerns_and_carries_their_names(embedded, people):
    outline = f"{MEETING}.speech_outline.02"
    secret = document("docx/so-12.docx")
    kept = people.liaison.hand_in(outline, "提纲.docx", secret, follows=2, secrecy="work_secret")
    embedded.settled()
    path, review = f"/materials/{outline}/versions/{kept['version']}/file", f"/reviews/{outline}.v{kept['version']}"
    for who in (people.county, people.colleague, people.stranger):
        assert who.ask("GET", "intake", path).status_code == 404
        assert who.ask("GET", "review", review).status_code == 404
        assert who.ask("GET", "review", f"/reviews/{outline}.v2").status_code == 404
        assert who.ask("GET", "intake", f"/files/{kept['receipt']['sha256']}").status_code == 404
        assert outline not in {row["material_id"] for row in who.get("intake", "/materials")["rows"]}
    for who in (people.author, people.secretary, people.liaison, people.supervisor, people.office):
        taken = who.ask("GET", "intake", path)
        with zipfile.ZipFile(io.BytesIO(taken.content)) as package:
            headers = [package.read(name).decode() for name in package.namelist() if "header" in name]
        assert any(who.name in header and "工作秘密" in header for header in headers)
        assert who.get("review", review)["paragraphs"]
    copy = f"{CAMPAIGN}.{OTHER}.speech_outline.02"
    people.stranger.hand_in(copy, "提纲.docx", secret)
    embedded.settled()
    (found,) = people.stranger.get("review", f"/reviews/{copy}.v1")["near_copies"]
    assert found["whose"] == "work_secret"
    assert all(set(passage) == {"paragraph", "quotation"} for passage in found["passages"])
    assert people.office.get("review", f"/reviews/{copy}.v1")["near_copies"][0]["material_id"] == outline
    assert people.office.ask("GET", "intake", path, params={"original": "1"}).content == secret
    assert people.supervisor.ask("GET", "intake", path, params={"original": "1"}).status_code == 403


@pytest.mark.parametrize("how", ["level", "text", "note", "name"])
def test_a_state_secret_is_refused_and_nothing_of_it_is_kept(embedded, people, how):
    outline, data = f"{MEETING}.speech_outline.05", f"机密★一年\n涉密段落{how}".encode()
    fields, name = {"follows": "0"}, "提纲.txt"
    if how != "text":
        data = f"普通文字{how}".encode()
        fields |= {"level": {"secrecy": "secret"}, "note": {"note": "绝密★"}, "name": {}}[how]
        name = "秘密★提纲.txt" if how == "name" else name
    sent = f"/materials/{outline}/versions"
    answer = people.liaison.ask("POST", "intake", sent, data=fields, files={"file": (name, data)})
    code = {"level": "state_secret", "note": "secrecy_mark_in_words"}.get(how, "secrecy_mark")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    refused("not_found", people.liaison.get, "intake", f"/materials/{outline}")
    sha256 = hashlib.sha256(data).hexdigest()
    assert not embedded.database("intake")["originals.files"].find_one({"_id": sha256})
    logs = "".join(path.read_text("utf-8", "replace") for path in embedded.folder.glob("*.log"))
    assert "涉密段落" not in logs and "绝密★" not in logs


def test_a_mark_that_only_the_pre_check_can_read_destroys_the_file_and_leaves_hash_and_reason(embedded, people):
    outline, data = f"{MEETING}.speech_outline.06", watermark.stamp("机密★三年 涉密内容", [0, 0, 595, 842])
    sha256 = people.liaison.hand_in(outline, "提纲.pdf", data)["receipt"]["sha256"]
    embedded.settled()
    material = people.liaison.get("intake", f"/materials/{outline}")
    gone = material["versions"][0]
    assert (material["state"], gone["destroyed"]["reason"], gone["sha256"]) == ("withdrawn", "secrecy_mark", sha256)
    assert people.office.ask("GET", "intake", f"/materials/{outline}/versions/1/file").status_code == 404
    assert not embedded.database("intake")["originals.chunks"].find_one({"files_id": sha256})
    assert "涉密" not in str(list(embedded.database("review").reviews.find({"material_id": outline})))
    assert not embedded.database("review").signatures.find_one({"material_id": outline})
    refused("file_destroyed", people.liaison.upload, outline, "又一次.pdf", data, 1)
    assert needed(people.liaison, "06")["state"] == "missing"
