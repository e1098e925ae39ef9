"""Where a webhook may go: never into our own network, whatever a name says, and whenever it says so."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.outreach.receiver import a_receiver
from vitrine.errors import TargetRefused
from vitrine.outreach.posting import Network, post
from vitrine.outreach.targets import check_target, read_target, refusal

PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "127.0.0.1", "127.255.255.254",
    "::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
]  # fmt: skip
NEVER = [
    "0.0.0.0",  # noqa: S104  # asked about, not bound
    "0.1.2.3", "169.254.169.254", "169.254.1.1", "100.100.100.200", "168.63.129.16", "fd00:ec2::254",
    "192.0.0.192", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.88.99.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "::127.0.0.1",
    "::ffff:0:127.0.0.1", "100::1", "localhost", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called(address: str) -> None:
    assert refusal(address, private=False) == ""


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_called_only_where_that_was_chosen(address: str) -> None:
    assert "WEBHOOKS_TO=private" in refusal(address, private=False)
    assert refusal(address, private=True) == ""


@pytest.mark.parametrize("address", NEVER)
def test_these_are_never_called(address: str) -> None:
    assert refusal(address, private=False)
    assert refusal(address, private=True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://shop.example/", "scheme is 'http'"),
        ("ftp://shop.example/", "scheme is 'ftp'"),
        ("shop.example/hooks", "scheme is ''"),
        ("https://user:password@shop.example/", "login"),
        ("https://shop.example@127.0.0.1/", "login"),
        ("https://shop.example/#part", "fragment"),
        ("https://shop.example:22/", "port is 22"),
        ("https://shop.example:80/", "port is 80"),
        ("https://shop.example:70000/", "port is 70000"),
        ("https://shop.example:6x/", "no host"),
        ("https://", "no host"),
        ("https://[::1/", "no URL"),
        ("https://shop.example/a b", "without spaces"),
        ("https://shop.example/\r\nX: y", "without spaces"),
        ("https://bücher.example/", "xn--"),
        ("https://shop.example\\@127.0.0.1/", "without spaces"),
        ("https://shop.example/" + "x" * 500, "521 characters; at most 500"),
    ],
)
def test_a_url_that_is_none_of_ours_is_refused_with_what_it_breaks(url: str, said: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        read_target(url, private=False)

    assert said in refused.value.detail


def test_the_intranet_switch_takes_http() -> None:
    target = read_target("http://intranet.example/hooks?a=1", private=True)

    assert (target.host, target.port, target.path, target.host_header) == (
        "intranet.example",
        80,
        "/hooks?a=1",
        "intranet.example",
    )


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "localhost", "[::]"]
)
def test_however_loopback_is_written_it_is_refused(host: str) -> None:
    with pytest.raises(TargetRefused):
        check_target(f"https://{host}/hooks", private=False)


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,40}/.{0,10}"))
@settings(max_examples=300, deadline=None)
def test_whatever_is_taken_for_a_url_can_stand_in_a_request(url: str) -> None:
    try:
        target = read_target(url, private=True)
    except TargetRefused:
        return

    assert re.fullmatch(r"[a-z0-9.:-]+", target.host)
    assert re.fullmatch(r"/[!-~]*", target.path)
    assert target.port in {80, 443} or 1024 <= target.port <= 65535


def test_a_name_without_an_address_is_refused() -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(TargetRefused, match=r"shop\.example has no address .*: Name or service not known"):
        check_target("https://shop.example/", private=False, resolve=unknown)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(TargetRefused, match=r"at 10\.0\.0\.1"):
        check_target(
            "https://shop.example/", private=False, resolve=lambda _host, _port: ["1.1.1.1", "10.0.0.1"]
        )


def test_a_name_that_was_harmless_when_it_was_given_is_checked_again_when_it_is_called() -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])

    def rebinding(_host: str, _port: int) -> Sequence[str]:
        return next(answers)

    with a_receiver() as receiver:
        url = f"https://shop.example:{receiver.port}/"
        check_target(url, private=False, resolve=rebinding)

        with pytest.raises(TargetRefused, match=r"at 127\.0\.0\.1"):
            post(url, {}, b"{}", Network(private=False, resolve=rebinding))

    assert receiver.received == []


def test_the_call_goes_to_the_address_that_was_checked_under_the_name_that_was_given() -> None:
    asked: list[str] = []

    def once(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with a_receiver() as receiver:
        url = f"http://shop.example:{receiver.port}/"
        answer = post(url, {}, b"{}", Network(private=True, resolve=once))

    assert (answer.status, asked) == (200, ["shop.example"])
    assert receiver.received[0].headers["Host"] == f"shop.example:{receiver.port}"
