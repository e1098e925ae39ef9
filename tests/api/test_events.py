"""POST /api/events/: kept before it is answered, or refused with the limit and the value, and then not kept."""

import json
import uuid
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as chosen_settings
from hypothesis import strategies as st

from tests.builders import a_product, a_user
from tests.metrics.counting import nothing_counted
from vitrine.access.limits import LIMITS, Kind, Limit
from vitrine.api.events import _SCHEMA, _keeps_to_it, _validator
from vitrine.api.predicates import predicate_of
from vitrine.insight.buckets import LONGEST_AR_MS, LONGEST_LOAD_MS
from vitrine.insight.models import Event
from vitrine.metrics.kinds import take
from vitrine.metrics.table import EVENTS, METRICS

__all__ = ["nothing_counted"]

pytestmark = pytest.mark.django_db

VIEW = "0123456789abcdef0123456789abcdef"


def a_batch(*events: Any, **fields: Any) -> dict[str, Any]:
    return {"view": VIEW, "device": "phone", "events": list(events)} | fields


def an_event(product: object, kind: str = "poster", **fields: Any) -> dict[str, Any]:
    return {"product": str(product), "kind": kind, "age_ms": 0, "ms": 120} | fields


def told(client: Client, batch: Any, *, content_type: str = "text/plain", **headers: str) -> Any:
    body = batch if isinstance(batch, bytes) else json.dumps(batch).encode()
    return client.post("/api/events/", body, content_type=content_type, headers=headers)


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain;charset=UTF-8", "application/json"])
def test_a_batch_is_kept_field_by_field(client: Client, content_type: str) -> None:
    product = a_product()
    full = an_event(
        product.pk,
        "full",
        age_ms=60_000,
        ms=2_400,
        version=1,
        bytes=812_345,
        variant="web",
        cache="hit",
        file_ms=70,
    )

    response = told(client, a_batch(full, network="4g", save_data=True), content_type=content_type)

    assert (response.status_code, response.json()) == (202, {"accepted": 1, "dropped": 0})
    event = Event.objects.get()
    assert (event.product_id, event.version, event.view) == (product.pk, 1, uuid.UUID(VIEW))
    assert (event.kind, event.ms, event.bytes, event.variant, event.cache) == (
        "full",
        2_400,
        812_345,
        "web",
        "hit",
    )
    assert (event.device, event.network, event.took_ms, event.save_data) == ("phone", "4g", 70, True)
    assert timedelta(seconds=59) < timezone.now() - event.at < timedelta(seconds=160)


def test_each_kind_has_its_own_words(client: Client) -> None:
    product = a_product().pk
    batch = a_batch(
        an_event(product, "error", error="context-lost"),
        an_event(product, "interaction", action="rotate", count=3),
        an_event(product, "ar", ar="webxr", state="ended", session_ms=9_000),
    )

    told(client, batch)

    kept = Event.objects.order_by("kind").values_list("kind", "what", "state", "took_ms", "count")
    assert list(kept) == [
        ("ar", "webxr", "ended", 9_000, None),
        ("error", "context-lost", "", None, None),
        ("interaction", "rotate", "", None, 3),
    ]


def test_a_batch_is_one_insert(client: Client) -> None:
    product = a_product().pk

    with CaptureQueriesContext(connection) as queries:
        told(client, a_batch(*[an_event(product) for _ in range(50)]))

    inserts = [query for query in queries.captured_queries if "INSERT INTO insight_event" in query["sql"]]
    assert (len(inserts), Event.objects.count()) == (1, 50)


def test_the_same_batch_again_is_answered_as_before_and_counted_once(client: Client) -> None:
    batch = a_batch(*[an_event(a_product().pk)] * 2, an_event(uuid.uuid4()), batch="f" * 32)

    answers = [told(client, batch).json() for _ in range(3)]

    assert answers == [{"accepted": 2, "dropped": 1}] * 3
    assert Event.objects.count() == 2
    assert told(client, batch | {"batch": "e" * 32}).json()["accepted"] == 2
    assert Event.objects.count() == 4


@pytest.mark.parametrize(
    ("timing", "edge"),
    [
        ({"name": "cdn-cache-hit"}, "hit"),
        ({"name": "cdn-cache-miss", "say": "x"}, "miss"),
        ({"name": "cdn-cache", "say": "HIT"}, "hit"),
        ({"name": "cdn", "ms": 4, "say": "HIT from edge"}, "hit"),
        ({"name": "cdn-pop", "say": "FRA60-P1"}, ""),
        ({"name": "total", "say": "hit"}, ""),
    ],
)
def test_what_a_cdn_says_of_its_cache_is_kept(client: Client, timing: dict[str, Any], edge: str) -> None:
    full = an_event(a_product().pk, "full", bytes=1, variant="web", server_timing=[timing])

    told(client, a_batch(full))

    assert Event.objects.get().edge == edge


def test_what_strangers_cannot_read_is_dropped_like_what_is_not_there(client: Client) -> None:
    removed = a_product()
    removed.remove()
    ids = [a_product().pk, a_product(published=False).pk, removed.pk, uuid.uuid4()]

    response = told(client, a_batch(*[an_event(one) for one in ids]))

    assert response.json() == {"accepted": 1, "dropped": 3}
    assert [event.product_id for event in Event.objects.all()] == [ids[0]]


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_who_does_not_want_to_be_counted_is_not_whoever_tells(client: Client, header: str) -> None:
    batch = a_batch(an_event(a_product().pk))

    unwanted = told(client, batch, **{header: "1"})
    wanted = told(client, batch, **{header: "0"})

    assert (unwanted.status_code, unwanted.json()) == (202, {"accepted": 0, "dropped": 1})
    assert wanted.json() == {"accepted": 1, "dropped": 0}
    assert Event.objects.count() == 1


def test_what_becomes_of_events_is_counted_by_its_reason(
    client: Client, monkeypatch: pytest.MonkeyPatch, nothing_counted: None
) -> None:
    product, flooded = a_product().pk, a_product().pk
    odd = an_event(product, ms=LONGEST_LOAD_MS + 1)
    session = an_event(product, "ar", ar="webxr", state="ended", session_ms=LONGEST_AR_MS + 1)
    repeated = a_batch(an_event(product), odd, session, an_event(uuid.uuid4()), batch="f" * 32)
    monkeypatch.setitem(LIMITS, Kind.PRODUCT_EVENTS, Limit(per_s=0.001, burst=8))
    told(client, repeated)
    told(client, repeated)
    told(client, a_batch(an_event(product)), **{"Sec-GPC": "1"})
    told(client, a_batch(an_event(product, "dance"), an_event(product)))
    told(client, a_batch(*[an_event(flooded)] * 8))

    assert told(client, a_batch(*[an_event(flooded)] * 3)).status_code == 429

    counted = {cell.labels: n for cell, n in take(METRICS).items() if cell.name == EVENTS.name}
    assert counted == {
        ("accepted", ""): 1 + 8,
        ("corrected", "time"): 2,
        ("dropped", "unpublished"): 1 + 1,
        ("dropped", "repeated"): 3,
        ("dropped", "unwanted"): 1,
        ("dropped", "malformed"): 2,
        ("dropped", "flood"): 3,
    }


def test_any_page_may_tell_and_no_login_is_looked_at(client: Client) -> None:
    client.force_login(a_user())

    response = told(
        client, a_batch(an_event(a_product().pk)), Origin="https://shop.example", Authorization="Bearer x.y.z"
    )

    assert response.status_code == 202
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_nothing_of_who_told_is_kept(client: Client) -> None:
    told(client, a_batch(an_event(a_product().pk)), User_Agent="Browser-7", X_Forwarded_For="203.0.113.9")

    with connection.cursor() as cursor:
        cursor.execute("SELECT event::text FROM insight_event event")
        row = cursor.fetchone()[0]
    assert not [word for word in ("Browser-7", "203.0.113.9", "127.0.0.1") if word in row]


@pytest.mark.parametrize(
    ("fields", "pointer", "said"),
    [
        ({"age_ms": 3_600_001}, "/events/0/age_ms", "3600001 is too large; at most 3600000 is taken."),
        ({"age_ms": -1}, "/events/0/age_ms", "-1 is too small; at least 0 is taken."),
        ({"ms": 1e300}, "/events/0/ms", "1e+300 is too large; at most 86400000 is taken."),
        ({"ms": 1.5}, "/events/0/ms", "1.5 is not of the type integer."),
        ({"ms": True}, "/events/0/ms", "true is not of the type integer."),
        ({"bytes": 4_000_000_001}, "/events/0/bytes", "4000000001 is too large; at most 4000000000 is taken."),
        ({"product": "chair"}, "/events/0/product", "chair does not have the form"),
        ({"version": 2**31}, "/events/0/version", "2147483648 is too large; at most 2147483647 is taken."),
        ({"kind": "click"}, "/events/0/kind", "click is none of poster, preview, full, failed, error,"),
        ({"kind": "full"}, "/events/0", "A field that full needs is missing: bytes, variant."),
        ({"kind": "error", "error": "x\u0000"}, "/events/0/error", "does not have the form"),
        ({"kind": "error", "error": "x" * 25}, "/events/0/error", "25 characters are too many; at most 24 are taken."),
        ({"address": "203.0.113.9"}, "/events/0", "There is no such field here: address."),
        ({"server_timing": [{"name": "a"}] * 9}, "/events/0/server_timing", "9 entries are too many; at most 8"),
    ],
)  # fmt: skip
def test_a_bad_event_is_named_with_its_limit_and_nothing_of_its_batch_is_kept(
    client: Client, fields: dict[str, Any], pointer: str, said: str
) -> None:
    product = a_product().pk

    response = told(client, a_batch(an_event(product) | fields, an_event(product)))

    body = response.json()
    assert (response.status_code, body["code"]) == (400, "invalid")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    faults = {(fault["pointer"], said in fault["detail"]) for fault in body["errors"]}
    assert (pointer, True) in faults, body
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ({}, "A field that this needs is missing: device, events, view."),
        ([], "[] is not of the type object."),
        (a_batch(), "0 entries are too few; at least 1 is needed."),
        (a_batch(*[{}] * 51), "51 entries are too many; at most 50 are taken."),
        (a_batch({}, view=VIEW + "\n"), "33 characters are too many; at most 32 are taken."),
        (a_batch({}, device="fridge"), "fridge is none of phone, tablet, desktop, headset."),
        (a_batch({}, user="ada"), "There is no such field here: user."),
        (a_batch("x"), "x is not of the type object."),
    ],
)
def test_a_bad_batch_is_told_what_is_wrong_with_it(client: Client, batch: Any, said: str) -> None:
    response = told(client, batch)

    assert response.status_code == 400
    assert said in [fault["detail"] for fault in response.json()["errors"]]
    assert Event.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"view": NaN}'])
def test_what_is_no_json_is_the_senders_fault(client: Client, body: bytes) -> None:
    response = told(client, body)

    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_batch_over_the_limit_of_bytes_is_not_read(client: Client) -> None:
    body = json.dumps(a_batch(an_event(a_product().pk))).encode().ljust(64_001)

    response = told(client, body)

    assert (response.status_code, response.json()["code"]) == (413, "too-large")
    assert response.json()["detail"] == "This body has 64,001 bytes, and at most 64,000 are taken."
    assert Event.objects.count() == 0


def test_another_content_type_is_refused(client: Client) -> None:
    response = told(client, a_batch(an_event(a_product().pk)), content_type="application/xml")

    assert (response.status_code, response.json()["code"]) == (415, "unsupported-media-type")


_BATCH = {
    "view": VIEW,
    "device": "phone",
    "events": [
        {"product": str(uuid.UUID(int=1)), "kind": "poster", "age_ms": 0, "ms": 1},
        {"product": str(uuid.UUID(int=1)), "kind": "ar", "age_ms": 0, "ar": "webxr", "state": "ended"},
    ],
}
_ANYTHING: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    2**40,
    "",
    "web",
    "full",
    VIEW,
    VIEW + "\n",
    [],
    [{}] * 51,
    {},
)


_CONTRACT = json.loads(_SCHEMA.read_text())
_FIELDS = [*_CONTRACT["properties"], *_CONTRACT["$defs"]["event"]["properties"], "x"]


@given(data=st.data())
@chosen_settings(max_examples=300, derandomize=True, database=None, deadline=None)
def test_the_quick_check_says_what_the_contract_says(data: st.DataObject) -> None:
    batch = json.loads(json.dumps(_BATCH))
    for _ in range(data.draw(st.integers(0, 3))):
        part = data.draw(
            st.sampled_from([batch, *(one for one in batch.get("events") or () if isinstance(one, dict))])
        )
        name = data.draw(st.sampled_from(_FIELDS))
        part[name] = data.draw(st.sampled_from(_ANYTHING))
        if data.draw(st.booleans()):
            del part[name]
        if not isinstance(batch.get("events"), list):
            break

    assert _keeps_to_it()(batch) == _validator().is_valid(batch)


def test_what_the_quick_check_does_not_know_it_is_not_made_of() -> None:
    with pytest.raises(ValueError, match="more than can be asked quickly"):
        predicate_of({"type": "string", "maxLength": 3, "format": "uuid"})


def test_the_contract_is_a_schema_and_every_field_of_it_says_what_it_is() -> None:
    schema = json.loads(_SCHEMA.read_text())

    jsonschema.Draft202012Validator.check_schema(schema)
    fields = schema["properties"] | schema["$defs"]["event"]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []
