"""Every address × every method × everybody: who comes in, and how the others are turned away."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import pytest
from django.core import signals
from django.db import close_old_connections, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver
from rest_framework.views import APIView

from tests.builders import a_job, a_key, a_product, a_user
from vitrine.access import tokens
from vitrine.access.doors import DOORS, Open
from vitrine.access.models import User
from vitrine.access.roles import Action, Role, Scope
from vitrine.api.permissions import ByTheTable
from vitrine.catalog import files, publishing, saved
from vitrine.catalog.models import Product
from vitrine.catalog.saved import SavedView
from vitrine.outreach import endpoints
from vitrine.outreach.models import Endpoint
from vitrine.pipeline.work import Kind
from vitrine.processing import campaigns, uploads
from vitrine.processing.intake import Wishes
from vitrine.processing.live import STATION
from vitrine.processing.models import Campaign, Upload
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MAY: Mapping[Action, frozenset[str]] = {
    Action.READ: frozenset({"viewer", "editor", "admin", "assets:read", "assets:write"}),
    Action.WRITE: frozenset({"editor", "admin", "assets:write"}),
    Action.ANALYZE: frozenset({"viewer", "editor", "admin", "analytics:read"}),
    Action.MEASURE: frozenset({"admin", "metrics:read"}),
    Action.ADMINISTER: frozenset({"admin"}),
    Action.IDENTIFY: frozenset({"viewer", "editor", "admin", *Scope}),
    Action.OWN: frozenset({"viewer", "editor", "admin"}),
}
"""What was promised, written down once more."""

EVERYBODY = ("nobody", *Role, *Scope)


@dataclass(frozen=True, slots=True)
class Visitor:
    """`session` is a person's in the console; `headers` are a program's, or a person's who uses the API."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    session: User | None = None
    person: User | None = None

    @classmethod
    def called(cls, name: str) -> "Visitor":
        if name == "nobody":
            return cls(name)
        if name in set(Scope):
            row, key = a_key(Scope(name))
            return cls(name, {"Authorization": f"Api-Key {key}"}, person=row.created_by)
        person = a_user(Role(name))
        return cls(name, {"Authorization": f"Bearer {tokens.begin(person).access}"}, person, person)

    def may(self, action: Action) -> bool:
        return self.name in MAY[action]


@pytest.fixture(params=EVERYBODY)
def visitor(request: pytest.FixtureRequest) -> Visitor:
    return Visitor.called(request.param)


def listed() -> Iterator[tuple[str, Any]]:
    """Each route of the URLconf as one text, and its view."""

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, Any]]:
        for one in resolver.url_patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one, route)
            else:
                yield route, one.callback

    yield from walk(get_resolver(), "")


def is_page(route: str) -> bool:
    """Whether people come there by the console's session."""
    return not route.startswith(("api/", "health/", "metrics"))


def address(route: str, product: Product, visitor: Visitor | None = None) -> str:
    """Where something stands; an upload is the visitor's own."""
    endpoint = an_endpoint() if "endpoint_id" in route else None
    found = {
        "<uuid:upload_id>": str(an_upload(visitor).pk) if "upload_id" in route else "",
        "<uuid:delivery_id>": str(endpoints.test(endpoint).pk) if endpoint and "delivery_id" in route else "",
        "<uuid:endpoint_id>": str(endpoint.pk) if endpoint else "",
        "<uuid:product_id>": str((_deleted() if "/deleted/" in route else product).pk),
        "<int:number>": "1",
        "<slug:code>": "conflict",
        "<uuid:task_id>": str(a_job().pk) if "task_id" in route else "",
        "<uuid:campaign_id>": str(a_campaign(product).pk) if "campaign_id" in route else "",
        "<uuid:key_id>": str(a_key(Scope.ASSETS_READ)[0].pk) if "key_id" in route else "",
        "<uuid:person_id>": str(a_user().pk) if "person_id" in route else "",
        "<uuid:view_id>": str(a_view(visitor).pk) if "view_id" in route else "",
        "<path:key>": path_of_file(product),
        "<str:name>": "accent-1d5f56.css",
        "<path:name>": "vitrine-viewer.js",
        "<str:topic>": "loads",
    }
    for parameter, value in found.items():
        route = route.replace(parameter, value)
    return f"/{route}"


def path_of_file(product: Product) -> str:
    """With the signature that shoppers get; without one for what only staff may read."""
    key = product.shown_version.key
    return files.url_to_read(key, "", public=True).removeprefix("/files/") if product.published else key


def _deleted() -> Product:
    """A product whose picture only a page of those that were deleted shows."""
    product = a_product(variants=(Kind.THUMBNAIL,))
    picture = product.shown_version.variants.get(kind=Kind.THUMBNAIL)
    files.store().put(Key(picture.key), io.BytesIO(b"picture"), media_type="image/webp")
    publishing.remove(product)
    return product


def an_upload(visitor: Visitor | None) -> Upload:
    person = visitor.person if visitor else None
    return uploads.begin("chair.glb", 100, sha256="", by=person or a_user())


def a_view(visitor: Visitor | None) -> SavedView:
    person = visitor.person if visitor else None
    return saved.save(by=person or a_user(), name=f"View {uuid4()}", query="q=oak", shared=False)


def a_campaign(product: Product) -> Campaign:
    return campaigns.begin(Campaign(name="Smaller"), [product.pk], Wishes(publish=False), by=a_user())


def an_endpoint() -> Endpoint:
    return endpoints.make(by=a_user(Role.ADMIN), url="https://8.8.8.8/hook")[0]


def call(visitor: Visitor, method: str, path: str, *, page: bool) -> HttpResponseBase:
    """Whatever it does is undone."""
    client = Client()
    with transaction.atomic():
        if page and visitor.session is not None:
            client.force_login(visitor.session)
        headers = {} if page and visitor.session is not None else visitor.headers
        response = client.generic(method, path, "{}", content_type="application/json", headers=headers)
        if response.headers.get("Content-Type") == "text/event-stream":
            leave(response)
        else:
            b"".join(cast(Iterable[bytes], response))
        transaction.set_rollback(True)
    return response


def leave(response: HttpResponseBase) -> None:
    """An answer without end. Like Django's client does for others, it spares the transaction's connection."""
    signals.request_finished.disconnect(close_old_connections)
    response.close()
    STATION.end()
    signals.request_finished.connect(close_old_connections)


def told(response: HttpResponseBase) -> str:
    """in, 401, 403, 404, or led to the login."""
    if response.status_code == 302 and response.headers["Location"].startswith("/login?next="):
        return "led to the login"
    return str(response.status_code) if response.status_code in {401, 403, 404, 405} else "in"


def expected(visitor: Visitor, route: str, action: Action) -> str:
    by_session_only = is_page(route) and visitor.session is None
    if visitor.may(action) and not by_session_only:
        return "in"
    if is_page(route):
        return "led to the login" if visitor.session is None else "403"
    return "401" if visitor.name == "nobody" else "403"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {route.rstrip("/") for route, _ in listed()} == set(DOORS)


def test_nothing_but_the_list_is_asked() -> None:
    others = {
        route: view.cls.permission_classes
        for route, view in listed()
        if issubclass(getattr(view, "cls", object), APIView) and view.cls.permission_classes != [ByTheTable]
    }

    assert others == {}


def test_no_view_takes_a_method_that_is_not_in_its_row() -> None:
    """That it takes those in its row, the tests below show."""
    product, nobody, admin = a_product(), Visitor("nobody"), Visitor.called("admin")
    for route, row in DOORS.items():
        path = address(route, product)
        visitor = admin if any(isinstance(need, Action) for need in row.values()) else nobody
        for method in set(METHODS) - set(row):
            assert call(visitor, method, path, page=is_page(route)).status_code == 405, (method, path)


def test_who_comes_in_and_who_does_not(visitor: Visitor) -> None:
    product = a_product()
    rows = [
        (route, method, need)
        for route, row in DOORS.items()
        for method, need in row.items()
        if isinstance(need, Action)
    ]

    answers = {
        (route, method): told(call(visitor, method, address(route, product, visitor), page=is_page(route)))
        for route, method, _ in rows
    }

    assert answers == {(route, method): expected(visitor, route, need) for route, method, need in rows}


def test_what_is_anybody_s_is_the_same_for_everybody() -> None:
    """But for what begins and ends a login; and the schema, which takes its time and is asked for once."""
    product, visitors = a_product(), [Visitor.called(name) for name in EVERYBODY]
    for route, row in DOORS.items():
        for method, need in row.items():
            if need == Open.ANYONE and route not in {"login", "logout", "api/auth/logout"}:
                asking = visitors[:1] if route == "api/schema" else visitors
                path = address(route, product)
                answers = {call(one, method, path, page=is_page(route)).status_code for one in asking}
                assert len(answers) == 1, (method, path, answers)
                assert not answers & {401, 403, 405}, (method, path, answers)


def in_each_published_row(check: Callable[[str, str], None], product: Product) -> int:
    rows = [route for route, row in DOORS.items() if Open.PUBLISHED in row.values()]
    for route in rows:
        check(route, address(route, product))
    return len(rows)


def test_what_is_published_is_there_for_everybody(visitor: Visitor) -> None:
    def check(route: str, path: str) -> None:
        assert call(visitor, "GET", path, page=is_page(route)).status_code == 200, path

    assert in_each_published_row(check, a_product()) == 3


def test_what_is_not_published_is_not_there_for_who_may_not_read_it(visitor: Visitor) -> None:
    status = 200 if visitor.may(Action.READ) else 404

    def check(route: str, path: str) -> None:
        assert call(visitor, "GET", path, page=is_page(route)).status_code == status, path

    assert in_each_published_row(check, a_product(published=False)) == 3


@pytest.mark.parametrize("name", ["nobody", Scope.ANALYTICS_READ])
def test_refusals_do_not_tell_whether_a_product_is_there(name: str) -> None:
    """Those who may not read what is not published get the same answer for it as for what never was."""
    visitor, hidden, gone = Visitor.called(name), a_product(published=False), a_product(published=False)
    paths = [
        (route, address(route, hidden), address(route, gone)) for route in DOORS if "product_id" in route
    ]
    gone.delete()

    for route, there, not_there in paths:
        for method in ("HEAD", "OPTIONS", *METHODS):
            answers = [call(visitor, method, path, page=is_page(route)) for path in (there, not_there)]
            assert answers[0].status_code == answers[1].status_code, (method, there)
            said, of_nothing = (getattr(one, "content", b"").decode() for one in answers)
            assert said.replace(str(hidden.pk), "") == of_nothing.replace(str(gone.pk), ""), (method, there)


def test_each_address_answers_alike_with_and_without_its_slash() -> None:
    product, nobody = a_product(published=False), Visitor("nobody")
    for route, _ in listed():
        if not route.endswith("/"):
            path = address(route, product)
            twins = [other for other, _ in listed() if other == f"{route}/"]
            for _ in twins:
                answers = [
                    call(nobody, "POST", one, page=is_page(route)).status_code for one in (path, f"{path}/")
                ]
                assert answers[0] == answers[1], path


def test_an_address_that_nobody_listed_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {route: row for route, row in DOORS.items() if route != "api/tasks"}
    monkeypatch.setattr("vitrine.access.doors.DOORS", without)

    answers = [call(Visitor.called(name), "GET", "/api/tasks/", page=False).status_code for name in EVERYBODY]

    assert answers == [401, *[403] * (len(EVERYBODY) - 1)]


def test_a_key_reaches_no_farther_than_the_role_of_its_person_today() -> None:
    admin = a_user(Role.ADMIN)
    _, key = a_key(*Scope, by=admin)
    visitor = Visitor("a key", {"Authorization": f"Api-Key {key}"})
    path = f"/api/assets/3d/{a_product().pk}/"
    assert call(visitor, "DELETE", path, page=False).status_code == 204

    admin.role = Role.VIEWER
    admin.save()

    assert call(visitor, "DELETE", path, page=False).status_code == 403
    assert call(visitor, "GET", "/api/tasks/", page=False).status_code == 200


def test_a_refusal_says_which_scope_is_missing() -> None:
    _, key = a_key(Scope.ASSETS_READ)

    body = Client().post("/api/assets/3d/", headers={"Authorization": f"Api-Key {key}"}).json()

    assert (body["code"], body["detail"]) == (
        "not-allowed",
        "This takes a key with assets:write; yours has assets:read.",
    )
