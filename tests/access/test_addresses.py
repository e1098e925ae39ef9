"""Whose address is believed, and how much of it is written down."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from vitrine.access.addresses import address_of, shortened
from vitrine.access.limits import name_of_address


def asked(remote: str, forwarded: str = "") -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return address_of(RequestFactory(headers=headers).get("/", REMOTE_ADDR=remote))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "", "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "made up", "192.0.2.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, '"[2001:db8::7]:4711"', "2001:db8::7"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(
    settings: Settings, proxies: int, forwarded: str, believed: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    assert asked("192.0.2.1", forwarded) == believed


@pytest.mark.parametrize("remote", ["", "unix:", "x" * 10_000])
def test_a_connection_without_an_address_is_nobody_s(remote: str) -> None:
    assert asked(remote) == "0.0.0.0"  # noqa: S104  # told, not bound


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:7:8:9:a:b:c", "2001:db8:7::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("nobody", ""),
    ],
)
def test_an_address_is_shortened_to_a_network(address: str, short: str) -> None:
    assert shortened(address) == short


def test_an_ipv6_caller_is_counted_by_the_network_that_is_theirs() -> None:
    names = {
        name_of_address(RequestFactory().get("/", REMOTE_ADDR=one))
        for one in ("2001:db8::1", "2001:db8::ffff:1")
    }

    other = name_of_address(RequestFactory().get("/", REMOTE_ADDR="2001:db8:0:1::1"))
    assert len(names) == 1
    assert other not in names


def test_what_is_counted_by_tells_nobody_the_address_and_is_another_with_another_secret(
    settings: Settings,
) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.77")
    before = name_of_address(request)
    settings.SECRET_KEY = "another-secret"
    after = name_of_address(request)

    assert "203.0.113" not in before
    assert before != after
