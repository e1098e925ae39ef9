"""Every error has its place in HTTP."""

from collections.abc import Iterator

from django.test import Client

from vitrine import errors
from vitrine.api import problems


def family(error: type[errors.VitrineError]) -> Iterator[type[errors.VitrineError]]:
    if error.__module__ == errors.__name__:
        yield error
    for child in error.__subclasses__():
        yield from family(child)


def test_every_error_has_a_status() -> None:
    assert set(family(errors.VitrineError)) == set(problems._STATUS)


def test_codes_are_told_apart() -> None:
    codes = [error.code for error in family(errors.VitrineError)]

    assert len(codes) == len(set(codes))


def test_a_host_that_is_not_ours_is_a_problem_under_api_too(client: Client) -> None:
    response = client.get("/api/assets/3d/", headers={"Host": "evil.example"})

    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")


def test_brackets_without_end_are_the_senders_fault(client: Client) -> None:
    response = client.post("/api/auth/token", "[" * 100_000, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
