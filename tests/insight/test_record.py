"""Events are kept in the order of their time, and for their time only."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from vitrine.insight.models import Event, id_at, new_id
from vitrine.insight.record import forget_old


def an_event(*, days_old: float) -> Event:
    moment = timezone.now() - timedelta(days=days_old)
    return Event.objects.create(
        id=id_at(moment, random=7),
        product_id=uuid.uuid4(),
        view=uuid.uuid4(),
        kind="poster",
        at=moment,
        device="phone",
    )


def test_an_id_is_a_uuid_of_version_7_in_the_order_of_time() -> None:
    now = timezone.now()

    ids = [id_at(now - timedelta(milliseconds=1), random=2**74 - 1), id_at(now), id_at(now, random=1)]

    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in (*ids, new_id())} == {(7, uuid.RFC_4122)}


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id() for _ in range(1_000)}) == 1_000


@pytest.mark.django_db
def test_events_are_forgotten_when_their_days_are_over_and_no_sooner(settings: Settings) -> None:
    settings.EVENTS_DAYS = 30
    young, _, _ = an_event(days_old=29.9), an_event(days_old=30.1), an_event(days_old=400)

    assert forget_old() == 2

    assert list(Event.objects.all()) == [young]
    assert forget_old() == 0
