"""Guessing passwords is slow for everybody, and shuts nobody out."""

import time
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest

from tests.builders import PASSWORD, a_user
from vitrine.access.counting import counts
from vitrine.access.login import Hold, log_in
from vitrine.access.models import User
from vitrine.errors import LoginNeeded, TooManyLogins

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    """Under a name that no other test's guesses were counted for."""
    return a_user(username=f"ada-{uuid4()}", with_password=True)


def an_address() -> str:
    """In a network of its own."""
    number = uuid4().int
    return f"10.{number % 256}.{number // 256 % 256}.{number // 65536 % 254 + 1}"


def guess(username: str, address: str, times: int) -> list[int]:
    """The seconds that each guess has to wait, 0 when it was looked at. No password is hashed for these."""
    waits = []
    for _ in range(times):
        try:
            Hold(username, address).take()
            waits.append(0)
        except TooManyLogins as error:
            waits.append(error.retry_after_s or 0)
    return waits


def test_the_ninth_wrong_password_in_a_row_waits_a_minute(person: User) -> None:
    waits = guess(person.username, an_address(), times=10)

    assert waits[:8] == [0] * 8
    assert all(0 < wait <= 60 for wait in waits[8:])


def test_even_the_right_password_is_not_looked_at_then(person: User) -> None:
    address = an_address()
    guess(person.username, address, times=8)

    with pytest.raises(TooManyLogins) as raised:
        log_in(person.username, PASSWORD, address)

    assert f"Wait {raised.value.retry_after_s} seconds" in raised.value.detail


def test_the_right_password_takes_nothing(person: User) -> None:
    address = an_address()

    for _ in range(9):
        assert log_in(person.username, PASSWORD, address) == person


def test_capitals_are_no_other_account(person: User) -> None:
    address = an_address()
    guess(person.username, address, times=8)

    assert guess(person.username.upper(), address, times=1)[0] > 0


def test_one_address_cannot_try_one_password_on_everybody() -> None:
    address = an_address()

    waits = [guess(str(uuid4()), address, times=1)[0] for _ in range(45)]

    assert waits[:40] == [0] * 40
    assert min(waits[40:]) > 0


def test_many_addresses_cannot_guess_one_account(person: User) -> None:
    waits = [guess(person.username, an_address(), times=1)[0] for _ in range(65)]

    assert waits.count(0) == 60
    assert max(waits) <= 60


def test_an_account_under_attack_stays_open_to_its_owner_where_he_was_before(person: User) -> None:
    home = an_address()
    log_in(person.username, PASSWORD, home)
    for _ in range(65):
        guess(person.username, an_address(), times=1)

    assert log_in(person.username, PASSWORD, home) == person


def try_from_anywhere(username: str, password: str) -> None:
    log_in(username, password, an_address())


def fastest(run: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        with pytest.raises(LoginNeeded):
            run()
        times.append(time.perf_counter() - begun)
    return min(times)


def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has(person: User) -> None:
    known = fastest(partial(try_from_anywhere, person.username, "wrong"))
    without = a_user(username=f"guest-{uuid4()}")  # who has no password
    sleeping = a_user(username=f"gone-{uuid4()}", with_password=True, is_active=False)

    for name, password in ((str(uuid4()), "x"), (without.username, "x"), (sleeping.username, PASSWORD)):
        assert known / 3 < fastest(partial(try_from_anywhere, name, password)) < known * 3


def test_what_is_counted_names_nobody(person: User) -> None:
    held = Hold(person.username, an_address())
    held.take()

    assert not any(person.username in bucket.name for bucket in held._taken)
    assert counts().take(held._taken) == 0
