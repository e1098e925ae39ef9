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
from vitrine.api.problem_codes import MEANINGS
from vitrine.catalog.models import Product
from vitrine.config.environment import ROOT
from vitrine.config.problems_page import problems_page
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
    assert body["type"] == f"/docs/problems/{code}"
    assert body["title"]
    assert body["detail"]
    return body


def test_every_error_has_a_status() -> None:
    assert set(family(errors.VitrineError)) == set(problems._STATUS)


def test_codes_are_told_apart() -> None:
    codes = [error.code for error in family(errors.VitrineError)]

    assert len(codes) == len(set(codes))


def test_every_code_has_its_meaning() -> None:
    told = [(error.code, problems._STATUS[error]) for error in family(errors.VitrineError)]
    told += [(code, status) for status, (code, _) in problems._TITLES.items()]

    assert set(MEANINGS) == {code for code, _ in told} | FROM_OEMBED
    assert not [(code, status) for code, status in told if status not in MEANINGS[code].statuses]


def test_the_documents_agree() -> None:
    assert (ROOT / "docs" / "problems.md").read_text() == problems_page()


def test_what_a_meaning_leads_to_is_there() -> None:
    for meaning in MEANINGS.values():
        if meaning.more:
            file, _, heading = meaning.more.partition("#")
            headings = re.findall(r"^#+ (.*)$", (ROOT / "docs" / file).read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
            assert not heading or heading in slugs


@pytest.mark.parametrize("code", MEANINGS)
def test_a_problems_type_leads_to_a_page_on_it(client: Client, code: str) -> None:
    page = client.get(problems.problem(400, code, "title", "detail")["type"])

    assert page.status_code == 200
    assert f"<h1><code>{code}</code></h1>" in page.text
    assert f'<div id="{code}">' in client.get("/docs/problems").text


def test_a_code_that_is_none_has_no_page(client: Client) -> None:
    assert client.get("/docs/problems/no-such-code").status_code == 404


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
