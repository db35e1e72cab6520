"""What may be called: what is public and allowed, nothing inside, and never another address than was looked at."""

import pytest

from services.notification import calling, guarding
from services.spine import errors
from tests.receiver import Receiver

ANY = guarding.Allowed()
LOOPBACK = guarding.allowed("127.0.0.0/8, ::1/128")


def choose(url: str, *addresses: str, may: guarding.Allowed = ANY) -> str:
    return guarding.choose(guarding.target(url), addresses, may)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:1::1", "ff02::1", "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_nothing_inside_is_called_by_whatever_name(address):
    with pytest.raises(errors.Refusal, match="webhook_inward"):
        choose("https://oa.example.cn/hook", address)
    with pytest.raises(errors.Refusal, match="webhook_inward"):
        choose("https://oa.example.cn/hook", "93.184.215.14", address)
    with pytest.raises(errors.Refusal, match="webhook_inward"):
        choose("https://oa.example.cn/hook", address, may=guarding.allowed("oa.example.cn"))


def test_what_is_public_is_called_over_an_encrypted_line_only():
    assert choose("https://oa.example.cn/hook", "93.184.215.14") == "93.184.215.14"
    with pytest.raises(errors.Refusal, match="webhook_not_encrypted"):
        choose("http://oa.example.cn/hook", "93.184.215.14")


def test_once_something_is_allowed_nothing_else_is():
    may = guarding.allowed("oa.example.cn, .gov.example, 10.8.0.0/16")
    for host in ("oa.example.cn", "a.gov.example", "b.a.gov.example"):
        assert choose(f"https://{host}/", "93.184.215.14", may=may)
    for host in ("evil.example", "oa.example.cn.evil.example", "xoa.example.cn", "gov.example.evil"):
        with pytest.raises(errors.Refusal, match="webhook_not_allowed"):
            choose(f"https://{host}/", "93.184.215.14", may=may)
    assert choose("http://inside.example/", "10.8.3.4", may=may) == "10.8.3.4"
    with pytest.raises(errors.Refusal, match="webhook_inward"):
        choose("http://inside.example/", "10.9.3.4", may=may)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://oa.example.cn/", "file:///etc/passwd", "https:///hook", "https://a:b@oa.example.cn/", "//oa.example.cn/",
        "https://oa.example.cn\\@evil.example/", "https://oa.example.cn/ x", "https://oa.example.cn/\r\nX: y",
        "https://oa.example.cn:99999/", "https://oa.example.cn/#a", "gopher://x/", "https://[::1/", "javascript:1",
        "https://oa.example.cn/" + "a" * 500, "",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(errors.Refusal, match="webhook_malformed"):
        guarding.target(url)


def test_a_name_that_means_nothing_is_refused():
    with pytest.raises(errors.Refusal, match="webhook_unknown_host"):
        choose("https://nowhere.invalid/")
    assert calling.resolve("nowhere.invalid", 443) == []


@pytest.mark.parametrize(
    "written", ["https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://localhost/"]
)
def test_an_address_in_disguise_is_looked_at_as_what_it_means(written):
    with pytest.raises(errors.Refusal, match="webhook_(inward|unknown_host)"):
        calling.check(written, ANY)


@pytest.fixture
def receiver(tmp_path):
    with Receiver(tmp_path) as running:
        yield running


def test_the_address_that_was_looked_at_is_connected_to_and_asked_for_once_only(receiver):
    asked = []

    def once(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    receiver.answers(200, {"Retry-After": "7"})
    outcome = calling.call(f"http://oa.example.cn:{receiver.port}/hook?a=1", {}, b"{}", LOOPBACK, once)
    came = receiver.came()[0]
    assert (outcome.status, outcome.retry_after, came["path"], came["body"]) == (200, "7", "/hook?a=1", "{}")
    assert came["headers"]["Host"] == f"oa.example.cn:{receiver.port}" and asked == ["oa.example.cn"]


def test_no_redirect_is_followed_and_of_a_long_answer_only_the_beginning_is_read(receiver):
    receiver.answers(302, {"Location": "/elsewhere"}, "x" * 100_000)
    outcome = calling.call(receiver.url, {}, b"{}", LOOPBACK)
    assert outcome.status == 302 and len(receiver.came()) == 1 and len(outcome.body) <= calling.MOST_READ


def test_nobody_at_the_address_is_a_call_without_an_answer_and_no_accident(receiver):
    receiver.process.kill()
    receiver.process.wait()
    outcome = calling.call(receiver.url, {}, b"{}", LOOPBACK)
    assert outcome.status == calling.FAILED and outcome.error
