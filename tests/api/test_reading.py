"""The read that every product page makes: quick, and never a moment behind."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from redis import Redis
from rest_framework.test import APIClient

from tests.api.entering import Door, Got, entering
from tests.builders import a_product, a_user
from vitrine.access import tokens
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.api import quick, reading
from vitrine.api.quick import QuickReads
from vitrine.catalog import publishing
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.pipeline.work import Kind
from vitrine.traces.spans import Span, Tracing, trace_by

pytestmark = pytest.mark.django_db(transaction=True)  # the quick read has a connection of its own

Change: TypeAlias = Callable[[Product], object]


def address(product: Product) -> str:
    return f"/api/assets/3d/{product.pk}/"


def bearing(who: User) -> dict[str, str]:
    """Headers with an access token."""
    return {"Authorization": f"Bearer {tokens.begin(who).access}"}


def the_long_way(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_: object) -> None:
        return None

    monkeypatch.setattr(QuickReads, "answer", none)


def test_the_quick_way_and_the_long_way_tell_the_same(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product(
        variants=(Kind.WEB, Kind.IOS), metadata={"note": 'a "\\u0000/ in it', "é": [1.5, None]}
    )
    who = bearing(a_user(Role.VIEWER))

    short = door.get(address(product), who)
    again = door.get(address(product), who)
    the_long_way(door, monkeypatch)
    long = door.get(address(product), who)

    assert (short.by_the_quick_way, again.by_the_quick_way, long.by_the_quick_way) == (True, True, False)
    assert short.content == again.content == long.content


AS_ASKED: dict[str, dict[str, str]] = {
    "plainly": {},
    "by HEAD": {"method": "HEAD"},
    "without the slash": {"path": ""},
    "with a query": {"query_string": "x=1"},
    "from another page": {"Origin": "https://shop.example"},
    "from a page that may call with a login": {"Origin": "https://friend.example"},
    "by https": {"X-Forwarded-Proto": "https"},
    "by TLS": {"scheme": "https"},
    "by HTTP/2": {"http_version": "2", "authority": "testserver"},
    "once more": {"If-None-Match": "*"},
    "under a name that is not ours": {"Host": "evil.example"},
    "for anything": {"Accept": "text/html,*/*;q=0.8"},
    "for what we do not have": {"Accept": "image/png"},
    "with a cookie of somebody else's": {"Cookie": "theme=dark"},
    "with a session that is none": {"Cookie": "sessionid=made-up"},
    "with a key that is none": {"Authorization": "Api-Key vtr_api_none"},
    "with a token that is none": {"Authorization": "Bearer none"},
    "with a body": {"Content-Length": "0"},
}
_SCOPE = {"method", "path", "query_string", "scheme", "http_version", "authority"}
_THE_LONG_WAY = {
    *("under a name that is not ours", "for what we do not have", "with a session that is none"),
    *("with a key that is none", "with a token that is none", "with a body"),
}


@pytest.mark.parametrize("asked", AS_ASKED)
@pytest.mark.parametrize("who", [None, Role.VIEWER])
@pytest.mark.parametrize("redirects", [False, True], ids=["", "https only"])
def test_the_quick_way_says_all_that_the_long_way_says(
    transactional_db: None,
    who: Role | None,
    asked: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    redirects: bool,
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_SSL_REDIRECT = redirects
    settings.ALLOWED_HOSTS = ["testserver"]
    product = a_product()
    scope: dict[str, Any] = {name: text for name, text in AS_ASKED[asked].items() if name in _SCOPE}
    path = address(product).rstrip("/") if "path" in scope else address(product)
    method = scope.pop("method", "GET")
    scope.pop("path", None)
    headers = bearing(a_user(who)) if who else {}
    headers |= {name: text for name, text in AS_ASKED[asked].items() if name not in _SCOPE}

    with entering() as door:
        short = door.ask(method, path, [*headers.items()], **scope)
        the_long_way(door, monkeypatch)
        long = door.ask(method, path, [*headers.items()], **scope)

    secure = "https" in AS_ASKED[asked].values()
    assert short.by_the_quick_way == (asked not in _THE_LONG_WAY and (secure or not redirects))
    assert not long.by_the_quick_way
    assert short.status == long.status
    if long.status >= 400:  # its request's id is in it
        assert short.json()["code"] == long.json()["code"]
    else:
        assert short.content == long.content or method == "HEAD"  # the server sends none of it
    assert _said_by(short) == _said_by(long)


def _said_by(got: Got) -> dict[str, set[str]]:
    """Its headers but for those that are another each time, and `Allow`, which only the long way knows. Either way the
    server says how long a body is."""
    other = {"server-timing", "x-request-id", "ratelimit", "allow", "content-length"}
    said = {name: text for name, text in got.headers.items() if name not in other}
    return {name: set(text.lower().split(", ")) if name == "vary" else {text} for name, text in said.items()}


@pytest.mark.parametrize("who", [None, Role.VIEWER])
def test_a_kept_answer_is_sent_and_nothing_of_it_fetched_again(
    door: Door, who: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = a_product(variants=tuple(Kind))
    headers = bearing(a_user(who)) if who else {}
    first = door.get(address(product), headers)

    monkeypatch.setattr(quick, "made_or_found", None)
    second = door.get(address(product), headers)

    assert second.content == first.content
    assert second.by_the_quick_way


def test_strangers_may_keep_what_is_published_and_nobody_else_keeps_anything(door: Door) -> None:
    product = a_product()

    strangers, persons = door.get(address(product)), door.get(address(product), bearing(a_user()))

    assert strangers.headers["cache-control"] == "public, max-age=30, stale-while-revalidate=300"
    assert strangers.headers["access-control-allow-origin"] == "*"
    assert persons.headers["cache-control"] == "private, no-store"
    assert {"Authorization", "Cookie"} <= set(strangers.headers["vary"].split(", "))


def test_an_etag_is_that_of_the_change_that_made_it(door: Door) -> None:
    product, client = a_product(), APIClient()
    client.force_authenticate(a_user(Role.EDITOR))
    changed = client.patch(address(product), {"name": "Armchair"}, format="json")

    got = door.get(address(product), {"If-None-Match": f'"x", {changed.headers["ETag"]}'})

    assert (got.status, got.content, got.by_the_quick_way) == (304, b"", True)
    assert got.headers["etag"] == changed.headers["ETag"]
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
def test_every_change_shows_at_once(door: Door, change: Change) -> None:
    product = a_product(variants=(Kind.IOS,))
    before = door.get(address(product))

    change(product)

    after = door.get(address(product), {"If-None-Match": before.headers["etag"]})
    assert (after.status, after.by_the_quick_way) == (200, True)
    assert after.content != before.content


@pytest.mark.parametrize("hide", [Product.withdraw, Product.remove, Product.delete])
def test_what_is_hidden_is_hidden_at_once(door: Door, hide: Change) -> None:
    product = a_product()
    etag = door.get(address(product)).headers["etag"]

    hide(product)

    for headers in ({}, {"If-None-Match": etag}):
        got = door.get(address(product), headers)
        assert (got.status, got.json()["code"]) == (404, "not-found")


def test_a_reader_that_keeps_its_answer_after_a_withdrawal_gives_it_to_nobody(
    door: Door, settings: Settings
) -> None:
    product = a_product()
    late = reading.made(product.pk)
    assert late is not None

    product.withdraw()
    reading.shelf(settings.REDIS_URL).keep(product.pk, late)

    assert door.get(address(product)).status == 404
    assert door.get(address(product), bearing(a_user())).json()["published"] is False


def test_a_reader_that_keeps_its_answer_after_a_change_gives_it_to_nobody(
    door: Door, settings: Settings
) -> None:
    product = a_product(name="Chair")
    late = reading.made(product.pk)
    assert late is not None

    publishing.change(product, name="Armchair")
    reading.shelf(settings.REDIS_URL).keep(product.pk, late)

    assert door.get(address(product)).json()["name"] == "Armchair"


def test_without_redis_reads_go_on(door: Door, settings: Settings) -> None:
    product = a_product()
    before = door.get(address(product))

    settings.REDIS_URL = f"unix:///nowhere/{uuid4()}.sock"

    with entering(is_open=False) as another:
        for _ in range(2):
            after = another.get(address(product))
            assert (after.content, after.by_the_quick_way) == (before.content, False)


def test_each_host_reads_its_own_addresses_from_one_kept_answer(door: Door, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    product = a_product()
    first = door.get(address(product), {"Host": "one.example"})
    second = door.get(address(product), {"Host": "two.example:81"})

    assert first.json()["links"]["page"] == f"http://one.example/p/{product.pk}"
    assert second.json()["links"]["page"] == f"http://two.example:81/p/{product.pk}"
    assert first.headers["etag"] != second.headers["etag"]


def test_a_token_that_has_run_out_is_refused_although_it_was_known(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = a_product()
    monkeypatch.setattr(tokens, "ACCESS_LIFE", timedelta(seconds=2))  # whole seconds: it has one at least
    monkeypatch.setattr(tokens, "_SKEW_S", 0)
    who = bearing(a_user())
    assert door.get(address(product), who).status == 200

    deadline = time.monotonic() + 60
    while door.get(address(product), who).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert door.get(address(product), who).json()["code"] == "login-needed"


def test_a_person_who_is_no_longer_welcome_is_refused_at_once(door: Door) -> None:
    product = a_product(published=False)
    person = a_user(Role.VIEWER)
    who = bearing(person)
    assert door.get(address(product), who).by_the_quick_way

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert door.get(address(product), who).status == 401


ENDS: dict[str, Callable[[User], object]] = {
    "logged out": lambda person: tokens.end(person.logins.get()),
    "another password": lambda person: User.objects.filter(pk=person.pk).update(password="another"),
    "run out": lambda person: person.logins.update(expires_at=timezone.now()),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_a_login_that_has_ended_is_refused_at_once_although_its_token_was_known(
    door: Door, end: Callable[[User], object]
) -> None:
    product = a_product(published=False)
    person = a_user(Role.VIEWER)
    who, other = bearing(person), bearing(a_user(Role.VIEWER))
    assert door.get(address(product), who).by_the_quick_way

    end(person)

    assert door.get(address(product), who).status == 401
    assert door.get(address(product), other).status == 200


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_quick_read_stands_in_the_trace_of_a_proxy_of_ours(
    door: Door, settings: Settings, proxies: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    given, product, spans = f"00-{'a' * 32}-{'b' * 16}-01", a_product(), list[Span]()
    trace_by(Tracing(spans.append, 1.0))
    try:
        got = door.get(address(product), {"traceparent": given, "X-Request-ID": "a-proxys-own"})
    finally:
        trace_by(None)

    (one,) = [span for span in spans if span.name.startswith("GET")]
    assert got.by_the_quick_way
    assert one.name == "GET /api/assets/3d/{product_id}"
    assert (one.place.trace_id == "a" * 32) is bool(proxies)
    assert (got.headers["x-request-id"] == "a-proxys-own") is bool(proxies)
    assert one.attributes["vitrine.request_id"] == got.headers["x-request-id"]


def test_a_database_connection_that_was_ended_is_replaced(door: Door) -> None:
    product = a_product()
    before = door.get(address(product))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    after = door.get(address(product))
    assert door.loop.run_until_complete(door.entrance.quick.begin())
    again = door.get(address(product))

    assert (after.status, after.content) == (200, before.content)
    assert (again.by_the_quick_way, again.content) == (True, before.content)


def test_a_script_that_redis_forgot_is_told_it_again(door: Door, settings: Settings) -> None:
    product = a_product()
    before = door.get(address(product))
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.script_flush()

    after = door.get(address(product))
    assert door.loop.run_until_complete(door.entrance.quick.begin())
    again = door.get(address(product))

    assert (after.status, after.content) == (200, before.content)
    assert (again.by_the_quick_way, again.content) == (True, before.content)


def test_many_readers_at_once_have_an_answer_made_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product()
    made: list[UUID] = []
    make = reading.made

    def counted(product_id: UUID) -> reading.Kept | None:
        made.append(product_id)
        return make(product_id)

    monkeypatch.setattr(reading, "made", counted)

    got = door.get_at_once(address(product), 8)

    assert [one.status for one in got] == [200] * 8
    assert made == [product.pk]
