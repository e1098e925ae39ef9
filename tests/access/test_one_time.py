"""Codes by the clock."""

import base64

import pytest

from vitrine.access.one_time import address_for_apps, code_at, new_secret, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // 30, digits=8) == code


@pytest.mark.parametrize(("late_s", "found"), [(0, True), (30, True), (-30, True), (61, False), (-61, False)])
def test_a_clock_may_be_off_by_half_a_minute(late_s: int, found: bool) -> None:
    now = 1_700_000_010

    assert (step_of(SECRET, code_at(SECRET, now // 30), now=now + late_s) is not None) == found


@pytest.mark.parametrize("code", ["", "000000", "12345", "１２３４５６", "é", "x" * 40])
def test_anything_else_is_no_code(code: str) -> None:
    assert step_of(SECRET, code, now=59) is None


def test_secrets_have_160_bits_and_are_never_the_same() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert len(base64.b32decode(new_secret())) == 20


def test_a_name_cannot_break_out_of_the_address() -> None:
    assert (
        address_for_apps("S", "a&secret=b/?#")
        == "otpauth://totp/Vitrine:a%26secret%3Db%2F%3F%23?secret=S&issuer=Vitrine"
    )
