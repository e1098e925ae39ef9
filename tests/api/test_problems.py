"""Every error has its place in HTTP, its row in the documents, and one form under /api/."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework.views import APIView

from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine import errors
from vitrine.access.roles import Role
from vitrine.api import problems
from vitrine.catalog.models import Product
from vitrine.config.environment import ROOT
from vitrine.config.urls import urlpatterns as _all

FROM_OEMBED = {"not-published", "not-in-this-format"}


def family(error: type[errors.VitrineError]) -> Iterator[type[errors.VitrineError]]:
    if error.__module__ == errors.__name__:
        yield error
    for child in error.__subclasses__():
        yield from family(child)


class Breaking(APIView):
    """A view with a fault that nobody foresaw."""

    authentication_classes = []
    permission_classes = []

    def get(self, request: HttpRequest) -> None:
        raise RuntimeError("the secret is 4711")


urlpatterns = [*_all, path("api/breaking/", Breaking.as_view())]
handler500 = problems.server_error_page


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """A problem of RFC 9457 and nothing else, that says its own status and is kept by no cache."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert body["type"] == f"/docs/problems#{code}"
    assert body["title"]
    assert body["detail"]
    return body


def test_every_error_has_a_status() -> None:
    assert set(family(errors.VitrineError)) == set(problems._STATUS)


def test_codes_are_told_apart() -> None:
    codes = [error.code for error in family(errors.VitrineError)]

    assert len(codes) == len(set(codes))


def test_every_code_has_its_row_in_the_documents() -> None:
    table = (ROOT / "docs" / "problems.md").read_text()
    rows = {
        code: {int(status) for status in statuses.split(", ")}
        for code, statuses in re.findall(r"^\| `([a-z-]+)` \| ([\d, ]+) \|", table, re.MULTILINE)
    }
    told = [(error.code, problems._STATUS[error]) for error in family(errors.VitrineError)]
    told += [(code, status) for status, (code, _) in problems._TITLES.items()]

    assert set(rows) == {code for code, _ in told} | FROM_OEMBED
    assert not [(code, status) for code, status in told if status not in rows[code]]


def test_a_host_that_is_not_ours_is_a_problem_under_api_too(client: Client) -> None:
    response = client.get("/api/assets/3d/", headers={"Host": "evil.example"})

    assert_problem(response, 400, "invalid")


def test_brackets_without_end_are_the_senders_fault(client: Client) -> None:
    response = client.post("/api/auth/token", "[" * 100_000, content_type="application/json")

    assert_problem(response, 400, "invalid")


@pytest.mark.parametrize("where", ["/api", "/api/", "/api/nowhere", "/api/assets/3d/%2e%2e/", "/api/auth"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_is_not_there_is_a_problem_whatever_is_asked_of_it(
    client: Client, where: str, method: str
) -> None:
    response = client.generic(method, where, headers={"Accept": "text/html"})

    assert_problem(response, 404, "not-found")


def test_a_method_that_is_not_taken_is_answered_with_those_that_are(calling: Caller) -> None:
    response = calling(Role.EDITOR).put("/api/assets/3d/", {})

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/docs/", "/api/schema/"])
def test_a_page_under_api_refuses_by_a_problem_too(client: Client, path: str) -> None:
    response = client.post(path)

    assert_problem(response, 405, "method-not-allowed")


def test_a_type_that_we_do_not_answer_in_is_a_problem(calling: Caller) -> None:
    response = calling(Role.EDITOR).get("/api/assets/3d/", headers={"Accept": "text/html"})

    assert_problem(response, 406, "not-acceptable")


def test_a_body_over_the_limit_is_a_problem_that_names_it(calling: Caller) -> None:
    product = a_product(name="Chair")
    sent = '{"name": "' + "x" * 1_100_000 + '"}'

    response = calling(Role.EDITOR).generic(
        "PUT", f"/api/assets/3d/{product.pk}/", sent, content_type="application/json"
    )

    body = assert_problem(response, 413, "too-large")
    assert "1,100,012 bytes" in body["detail"]
    assert "1,000,000" in body["detail"]
    assert Product.objects.get().name == "Chair"


def test_a_type_that_is_not_taken_is_a_problem(calling: Caller) -> None:
    product = a_product(name="Chair")

    response = calling(Role.EDITOR).generic(
        "PUT", f"/api/assets/3d/{product.pk}/", "<name/>", content_type="application/xml"
    )

    assert_problem(response, 415, "unsupported-media-type")
    assert Product.objects.get().name == "Chair"


def test_a_cookie_without_its_form_token_is_a_problem(db: None) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(a_user(Role.ADMIN))

    response = client.put(f"/api/assets/3d/{a_product().pk}/", {"name": "x"})

    assert "CSRF" in assert_problem(response, 403, "not-allowed")["detail"]


def test_a_fault_that_nobody_foresaw_tells_nothing_of_itself(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)

    response = client.get("/api/breaking/")

    assert_problem(response, 500, "broken")
    assert b"4711" not in response.content
    assert b"RuntimeError" not in response.content
