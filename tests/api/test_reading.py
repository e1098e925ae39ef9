"""The read that every product page makes: quick, and never a moment behind."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from tests.builders import a_product, a_user
from tests.conftest import Caller
from vitrine.access import tokens
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.api import reading
from vitrine.catalog import publishing
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.pipeline.work import Kind

Change: TypeAlias = Callable[[Product], object]


def address(product: Product) -> str:
    return f"/api/assets/3d/{product.pk}/"


def bearing(who: User) -> APIClient:
    """A client that sends an access token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.begin(who).access}")
    return client


def test_the_quick_way_and_the_long_way_tell_the_same(calling: Caller) -> None:
    product = a_product(
        variants=(Kind.WEB, Kind.IOS), metadata={"note": 'a "\\u0000/ in it', "é": [1.5, None]}
    )

    long = calling(Role.VIEWER).get(address(product))
    quick = bearing(a_user(Role.VIEWER)).get(address(product))
    again = bearing(a_user(Role.VIEWER)).get(address(product))

    assert long.headers["Server-Timing"].startswith("total;dur=")
    assert quick.headers["Server-Timing"].startswith("cache;dur=")
    assert quick.content == again.content == long.content


AS_ASKED = {
    "plainly": {},
    "by HEAD": {"REQUEST_METHOD": "HEAD"},
    "without the slash": {"PATH_INFO": ""},
    "from another page": {"HTTP_ORIGIN": "https://shop.example"},
    "from a page that may call with a login": {"HTTP_ORIGIN": "https://friend.example"},
    "by https": {"HTTP_X_FORWARDED_PROTO": "https"},
    "once more": {"HTTP_IF_NONE_MATCH": "*"},
    "under a name that is not ours": {"HTTP_HOST": "evil.example"},
}


@pytest.mark.parametrize("asked", AS_ASKED.values(), ids=AS_ASKED.keys())
@pytest.mark.parametrize("who", [None, Role.VIEWER])
def test_the_quick_way_says_all_that_the_long_way_says(
    db: None, who: Role | None, asked: dict[str, str], settings: Settings
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_SSL_REDIRECT = "HTTP_X_FORWARDED_PROTO" in asked
    settings.ALLOWED_HOSTS = ["testserver"]
    product = a_product()
    path = address(product).rstrip("/") if "PATH_INFO" in asked else address(product)
    token = {"HTTP_AUTHORIZATION": f"Bearer {tokens.begin(a_user(who)).access}"} if who else {}
    extra = {name: value for name, value in asked.items() if name != "PATH_INFO"} | token

    client: Any = Client()
    quick = client.get(path, **extra)
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith(".QuickRead")]
    client = Client()
    long = client.get(path, **extra)

    assert (quick.status_code, quick.content) == (long.status_code, long.content)
    assert _said_by(quick) == _said_by(long)


def _said_by(response: Any) -> dict[str, set[str]]:
    """Its headers but for those that are another each time, and `Allow`, which only the long way knows."""
    other = {"Server-Timing", "X-Request-ID", "RateLimit", "Allow"}
    said = {name: text for name, text in response.headers.items() if name not in other}
    return {name: set(text.lower().split(", ")) if name == "Vary" else {text} for name, text in said.items()}


@pytest.mark.parametrize("who", [None, Role.VIEWER])
def test_a_kept_answer_is_sent_and_nothing_of_it_fetched_again(
    db: None, who: Role | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = a_product(variants=tuple(Kind))
    client = bearing(a_user(who)) if who else APIClient()
    first = client.get(address(product))

    with django_assert_num_queries(0):  # the one statement of `standing` goes past Django
        second = client.get(address(product))

    assert second.content == first.content
    assert second.headers["Server-Timing"].startswith("cache;dur=")


def test_strangers_may_keep_what_is_published_and_nobody_else_keeps_anything(db: None) -> None:
    product = a_product()

    strangers, persons = APIClient().get(address(product)), bearing(a_user()).get(address(product))

    assert strangers.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=300"
    assert strangers.headers["Access-Control-Allow-Origin"] == "*"
    assert persons.headers["Cache-Control"] == "private, no-store"
    assert {"Authorization", "Cookie"} <= set(strangers.headers["Vary"].split(", "))


def test_an_etag_is_that_of_the_change_that_made_it(calling: Caller) -> None:
    product = a_product()
    changed = calling(Role.EDITOR).patch(address(product), {"name": "Armchair"})

    response = APIClient().get(address(product), headers={"If-None-Match": f'"x", {changed.headers["ETag"]}'})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == changed.headers["ETag"]
    product.refresh_from_db()
    assert reading.same_state(product, changed.headers["ETag"])


def _version_measured(product: Product) -> None:
    AssetVersion.objects.filter(product=product).update(dimensions_m=[1.0, 2.0, 3.0])


def _variant_made(product: Product) -> None:
    version = product.shown_version
    Variant.objects.create(
        version=version, kind=Kind.WEB, key=version.key, format="glb", size=1, sha256="0" * 64
    )


CHANGES: dict[str, Change] = {
    "a name": lambda product: publishing.change(product, name="Other"),
    "a name, by hand": lambda product: Product.objects.filter(pk=product.pk).update(name="Other"),
    "metadata": lambda product: publishing.change(product, metadata={"sku": "A"}),
    "a version measured": _version_measured,
    "a variant made": _variant_made,
    "a variant changed": lambda product: Variant.objects.update(size=99),
    "a variant gone": lambda product: Variant.objects.filter(kind=Kind.IOS).delete(),
    "a job's end": Product.note_passed,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_shows_at_once(db: None, change: Change) -> None:
    product = a_product(variants=(Kind.IOS,))
    before = APIClient().get(address(product))

    change(product)

    after = APIClient().get(address(product), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.content != before.content


@pytest.mark.parametrize("hide", [Product.withdraw, Product.remove, Product.delete])
def test_what_is_hidden_is_hidden_at_once(db: None, hide: Change) -> None:
    product = a_product()
    etag = APIClient().get(address(product)).headers["ETag"]

    hide(product)

    for headers in ({}, {"If-None-Match": etag}):
        response = APIClient().get(address(product), headers=headers)
        assert (response.status_code, response.json()["code"]) == (404, "not-found")


def test_a_reader_that_keeps_its_answer_after_a_withdrawal_gives_it_to_nobody(
    db: None, settings: Settings
) -> None:
    product = a_product()
    late = reading.made(product.pk)
    assert late is not None

    product.withdraw()
    reading.shelf(settings.REDIS_URL).keep(product.pk, late)

    assert APIClient().get(address(product)).status_code == 404
    assert bearing(a_user()).get(address(product)).json()["published"] is False


def test_a_reader_that_keeps_its_answer_after_a_change_gives_it_to_nobody(
    db: None, settings: Settings
) -> None:
    product = a_product(name="Chair")
    late = reading.made(product.pk)
    assert late is not None

    publishing.change(product, name="Armchair")
    reading.shelf(settings.REDIS_URL).keep(product.pk, late)

    assert APIClient().get(address(product)).json()["name"] == "Armchair"


def test_without_redis_reads_go_on(db: None, settings: Settings) -> None:
    product = a_product()
    before = APIClient().get(address(product))

    settings.REDIS_URL = f"unix:///nowhere/{uuid4()}.sock"

    for _ in range(2):
        assert APIClient().get(address(product)).content == before.content


def test_each_host_reads_its_own_addresses_from_one_kept_answer(
    db: None, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    product = a_product()
    first = APIClient().get(address(product), headers={"Host": "one.example"})

    with django_assert_num_queries(0):  # the one statement of `standing` goes past Django
        second = APIClient().get(address(product), headers={"Host": "two.example:81"})

    assert first.json()["links"]["page"] == f"http://one.example/p/{product.pk}"
    assert second.json()["links"]["page"] == f"http://two.example:81/p/{product.pk}"
    assert first.headers["ETag"] != second.headers["ETag"]


def test_a_token_that_has_run_out_is_refused_although_it_was_known(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = a_product()
    monkeypatch.setattr(tokens, "ACCESS_LIFE", timedelta(seconds=2))  # whole seconds: it has one at least
    monkeypatch.setattr(tokens, "_SKEW_S", 0)
    client = bearing(a_user())
    assert client.get(address(product)).status_code == 200

    deadline = time.monotonic() + 5
    while client.get(address(product)).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert client.get(address(product)).json()["code"] == "login-needed"


def test_a_person_who_is_no_longer_welcome_is_refused_at_once(db: None) -> None:
    product = a_product(published=False)
    person = a_user(Role.VIEWER)
    client = bearing(person)
    assert client.get(address(product)).status_code == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get(address(product)).status_code == 401


ENDS: dict[str, Callable[[User], object]] = {
    "logged out": lambda person: tokens.end(person.logins.get()),
    "another password": lambda person: User.objects.filter(pk=person.pk).update(password="another"),
    "run out": lambda person: person.logins.update(expires_at=timezone.now()),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_a_login_that_has_ended_is_refused_at_once_although_its_token_was_known(
    db: None, end: Callable[[User], object]
) -> None:
    product = a_product(published=False)
    person = a_user(Role.VIEWER)
    client, other = bearing(person), bearing(a_user(Role.VIEWER))
    assert client.get(address(product)).headers["Server-Timing"].startswith("cache;dur=")

    end(person)

    assert client.get(address(product)).status_code == 401
    assert other.get(address(product)).status_code == 200


def test_a_connection_that_broke_meanwhile_is_replaced(transactional_db: None) -> None:
    product = a_product()
    before = APIClient().get(address(product))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.connection.close()

    after = APIClient().get(address(product))

    assert (after.status_code, after.content) == (200, before.content)


def test_many_readers_at_once_have_an_answer_made_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = a_product()
    made: list[UUID] = []
    statuses: list[int] = []
    start = threading.Barrier(8)
    make = reading.made

    def counted(product_id: UUID) -> reading.Kept | None:
        made.append(product_id)
        return make(product_id)

    monkeypatch.setattr(reading, "made", counted)

    def read() -> None:
        start.wait()
        statuses.append(APIClient().get(address(product)).status_code)
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert statuses == [200] * 8
    assert made == [product.pk]
