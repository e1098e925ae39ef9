"""Limits of the quick read: one of a quota for each, whichever way it was begun and ended."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import uuid4

import pytest
from pytest_django import Settings

from tests.api.entering import Door
from tests.api.test_reading import address, bearing, the_long_way
from tests.builders import a_product, a_user
from vitrine.access.limits import LIMITS, RECEIPT, Kind, Limit
from vitrine.access.lines import LineBroken
from vitrine.api import quick
from vitrine.catalog import standing
from vitrine.catalog.models import Product

pytestmark = pytest.mark.django_db(transaction=True)  # the quick read has a connection of its own

Spoil: TypeAlias = Callable[[Door, Product, pytest.MonkeyPatch], object]


@pytest.fixture(autouse=True)
def _nine(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Nine reads, and then none for a long time."""
    settings.RATE_LIMITS = 1
    for kind in (Kind.PUBLIC, Kind.READ):
        monkeypatch.setitem(LIMITS, kind, Limit(per_s=0.001, burst=9))


@pytest.fixture
def client() -> str:
    """An address that no other test has."""
    number = uuid4().int
    return f"10.{number % 200}.{number // 200 % 200}.{number // 40_000 % 200}:1"


def test_a_quota_counts_both_ways(door: Door, client: str) -> None:
    product = a_product()

    got = [door.get(address(product), client=client) for _ in range(10)]

    assert [one.headers["ratelimit"].split(";")[1] for one in got[:9]] == [f"r={8 - n}" for n in range(9)]
    assert (got[9].status, got[9].json()["code"]) == (429, "too-many-requests")


def _database_broken(_: Door, __: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise LineBroken("database: gone")

    monkeypatch.setattr(standing, "standing", broken)


UNENDED: dict[str, Spoil] = {
    "what is not there": lambda _, product, __: Product.objects.filter(pk=product.pk).delete(),
    "a database that breaks": _database_broken,
    "a fault of ours": lambda _, __, monkeypatch: monkeypatch.setattr(quick, "has", None),
    "middleware that answers itself": lambda door, _, monkeypatch: monkeypatch.setattr(
        door.entrance, "_dress", lambda *_, **__: None
    ),
}


@pytest.mark.parametrize("by_name", [False, True], ids=["a stranger", "a person"])
@pytest.mark.parametrize("spoil", UNENDED.values(), ids=UNENDED.keys())
def test_what_the_quick_way_begins_and_cannot_end_is_counted_once(
    door: Door, monkeypatch: pytest.MonkeyPatch, client: str, spoil: Spoil, by_name: bool
) -> None:
    product, other, who = a_product(), a_product(), bearing(a_user()) if by_name else {}

    first = door.get(address(other), who, client=client)
    with monkeypatch.context() as for_now:
        spoil(door, product, for_now)
        unended = [door.get(address(product), who, client=client) for _ in range(2)]
    last = door.get(address(other), who, client=client)

    got = [first, *unended, last]
    assert [one.by_the_quick_way for one in got] == [True, False, False, True]
    assert [one.headers["ratelimit"].split(";")[1] for one in got] == ["r=8", "r=7", "r=6", "r=5"]


@pytest.mark.parametrize("name", [RECEIPT, "HTTP_VITRINE.RECEIPT", "wsgi.vitrine.receipt"])
def test_nobody_sends_a_receipt(door: Door, monkeypatch: pytest.MonkeyPatch, client: str, name: str) -> None:
    product = a_product()
    the_long_way(door, monkeypatch)

    got = [door.get(address(product), {name: "1"}, client=client) for _ in range(10)]

    assert [one.status for one in got] == [200] * 9 + [429]
