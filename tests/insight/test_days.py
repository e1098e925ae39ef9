"""Events lie in tables of a day each: made ahead, filled from the default one, dropped whole when their time is up."""

import time
import uuid
from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.insight.sessions import another_session
from vitrine.insight import days, rollup
from vitrine.insight.models import Event

pytestmark = pytest.mark.django_db

TODAY = timezone.now().astimezone(UTC).date()


def an_event(*, days_old: float = 0, **fields: object) -> Event:
    at = timezone.now() - timedelta(days=days_old)
    told = {"product_id": uuid.uuid4(), "view": uuid.uuid4(), "kind": "poster", "device": "phone"}
    return Event.objects.create(at=at, **told | fields)


def dropped() -> int:
    """Days that were over thirty days ago."""
    return days.drop_before((timezone.now() - timedelta(days=30)).astimezone(UTC).date())


def lies_in(event: Event) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM insight_event WHERE id = %s", [event.pk])
        return str(cursor.fetchone()[0])


def test_tables_are_made_for_the_days_to_come_and_once() -> None:
    assert days.keep_ahead() == days.AHEAD + 2

    assert days.there() == [TODAY + timedelta(days=number) for number in range(-1, days.AHEAD + 1)]
    assert days.keep_ahead() == 0
    assert lies_in(an_event()) == days.table_of(timezone.now().astimezone(UTC).date())


def test_what_came_before_its_day_had_a_table_is_kept_and_moves_there() -> None:
    stray, early = an_event(days_old=40, ms=7), an_event()
    assert {lies_in(stray), lies_in(early)} == {"insight_event_default"}

    days.keep_ahead()

    assert lies_in(stray) == days.table_of(stray.at.date())
    assert lies_in(early) == days.table_of(early.at.date())
    assert [event.ms for event in Event.objects.order_by("id")] == [7, None]


def test_a_day_is_dropped_when_its_time_is_over_and_no_sooner(settings: Settings) -> None:
    settings.EVENTS_DAYS = 30
    young, _ = an_event(days_old=29), an_event(days_old=31.5)
    days.keep_ahead()
    rollup.roll_up()

    assert dropped() == 1

    assert list(Event.objects.all()) == [young]
    assert dropped() == 0


def test_a_day_that_is_not_rolled_up_stays(settings: Settings) -> None:
    settings.EVENTS_DAYS = 30
    old = an_event(days_old=40)
    days.keep_ahead()

    assert dropped() == 0
    assert Event.objects.get() == old
    rollup.roll_up()

    assert dropped() == 1
    assert not Event.objects.exists()


def test_who_makes_or_drops_a_day_does_not_have_others_wait_behind_him() -> None:
    """Whoever wants a table to himself and does not get it has all that come later wait, too."""
    with another_session() as other:
        other.execute("LOCK TABLE ONLY insight_event IN ACCESS EXCLUSIVE MODE")
        before = time.monotonic()

        assert days.keep_ahead() == 0

        assert time.monotonic() - before < 5
        assert days.there() == []
    assert days.keep_ahead() == days.AHEAD + 2
