"""Where a request comes from, and whom we believe about it."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from vitrine.access.addresses import address_of, shortened


def a_request(forwarded: str | None = None, connection: str = "10.0.0.9") -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=connection)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "10.0.0.9"),
        (0, "6.6.6.6", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.8", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "203.0.113.7:4711", "203.0.113.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "unknown", "10.0.0.9"),
        (1, "203.0.113.7\r\nX: y", "10.0.0.9"),
    ],
)
def test_only_as_many_names_are_believed_as_there_are_proxies_of_ours(
    settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    assert address_of(a_request(forwarded)) == expected


def test_a_socket_in_the_file_system_has_no_address() -> None:
    assert address_of(a_request(connection="")) == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_of_an_address_its_network_is_kept(address: str, network: str) -> None:
    assert shortened(address) == network
